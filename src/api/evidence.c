/* Evidence about commits of hosted repositories: handed in, looked at, had again. */
#include "api/evidence.h"
#include "api/show.h"
#include "base/digest.h"
#include "files/files.h"
#include "gates/checks.h"
#include "gates/evidence_in.h"
#include "store/store.h"

static enum rc none(struct ctx *cx, struct api_call *call)
{
    return api_fail(cx, call, E_NOTFOUND, "there is no such evidence, or it is not for you",
                    "sellaista näyttöä ei ole, tai se ei ole sinulle");
}

/* By its name or its id; who may not add evidence to it hears what somebody hears who asks for none. */
static enum rc find_place(struct ctx *cx, struct api_call *call, struct gate_place *out)
{
    struct str named = api_value(call, "repository");
    enum rc rc = gate_place_find(cx, call->ledger, call->dir, named, out);
    if (rc == E_NOTFOUND && named.n == 20)
        rc = gate_place_find(cx, call->ledger, call->dir, arena_printf(&cx->arena, "repo:" STR_FMT, STR_ARG(named)),
                             out);
    if (rc != OK && rc != E_NOTFOUND) return rc;
    bool within = api_within(call, rc == OK ? out->project : STR(""));
    return rc == OK && within ? OK
                              : api_fail(cx, call, E_NOTFOUND, "there is no such repository, or it is not for you",
                                         "sellaista repositoriota ei ole, tai se ei ole sinulle");
}

API_OPERATION(evidence_add)
{
    const struct http_file *f = call->file;
    struct gate_place place;
    struct evidence_done done;
    struct json *j = &call->out;
    char hex[65];
    /* what is handed in is somebody's word about work done elsewhere, however they are let in */
    const struct identity_actor by = {call->actor.person, call->actor.credential, STR("import")};
    digest_hex(f->sha256, sizeof f->sha256, hex);
    const struct evidence_wish w = {.commit = api_value(call, "commit"),
                                    .name = api_value(call, "name"),
                                    .path = f->path,
                                    .fd = f->fd,
                                    .digest = str_from(hex),
                                    .size = (int64_t)f->size};
    TRY(find_place(cx, call, &place));
    TRY(evidence_take(cx, call->facts, call->ledger, call->state, call->dir, &place, &by, &w, &done));
    json_begin(j, '{');
    json_put_int(j, "id", (int64_t)done.fact);
    json_put_cstr(j, "type", evidence_format_name(done.said.type));
    json_put_str(j, "name", w.name);
    json_put_str(j, "commit", done.commit);
    json_put_str(j, "tree", done.tree);
    json_put_bool(j, "repeated", done.repeated);
    json_end(j, '}');
    return OK;
}

#define ROWS                                                                                                           \
    "SELECT e.type, e.name, e.repository, r.name, e.commit_oid, e.tree_oid, e.digest, e.actor, p.name, e.via, "        \
    "e.predicate, e.signer, s.name, e.n, e.size, e.tests, e.failures, e.errors, e.skipped, e.level_error, "            \
    "e.level_warning, e.level_note, e.suppressed, e.components, e.vulnerabilities, e.lines, e.covered, e.score, "      \
    "e.at, e.effective_at, r.project FROM fact_evidence e JOIN fact_repository r ON r.subject = e.repository "         \
    "LEFT JOIN fact_person p ON p.subject = e.actor LEFT JOIN fact_person s ON s.subject = e.signer "
enum { COLUMN_NAME = 1, COLUMN_DIGEST = 6, COLUMN_NUMBERS = 13, COLUMN_AT = 28, COLUMN_PROJECT = 30 };

static void put_row(struct json *j, sqlite3_stmt *st)
{
    static const char *const names[] = {
        "type",       "name",       "repository", "repository_name", "commit",  "tree",        "digest",
        "by",         "by_name",    "via",        "predicate",       "signer",  "signer_name", "id",
        "size",       "tests",      "failures",   "errors",          "skipped", "level_error", "level_warning",
        "level_note", "suppressed", "components", "vulnerabilities", "lines",   "covered",     "score"};
    json_begin(j, '{');
    for (int i = 0; i < COLUMN_AT; i++) {
        if (sqlite3_column_type(st, i) == SQLITE_NULL)
            json_put_cstr(j, names[i], NULL);
        else if (i < COLUMN_NUMBERS)
            show_column_text(j, names[i], st, i);
        else
            show_column_int(j, names[i], st, i);
    }
    show_column_time(j, "at", st, COLUMN_AT);
    show_column_time(j, "effective_at", st, COLUMN_AT + 1);
    json_end(j, '}');
}

static enum rc find(struct ctx *cx, struct api_call *call, sqlite3_stmt **st)
{
    bool row;
    TRY(store_prepare(cx, call->ledger, STR(ROWS "WHERE e.n = ?1"), st));
    store_bind_int(*st, 1, api_value_int(call, "evidence", -1));
    TRY(store_step(cx, *st, &row));
    bool within = api_within(call, row ? store_column_str(*st, COLUMN_PROJECT) : STR(""));
    return row && within ? OK : none(cx, call);
}

API_OPERATION(evidence_get)
{
    scoped_stmt *st = NULL;
    TRY(find(cx, call, &st));
    put_row(&call->out, st);
    return OK;
}

API_OPERATION(evidence_file)
{
    scoped_stmt *st = NULL;
    int fd;
    TRY(find(cx, call, &st));
    enum rc rc = files_open(cx, call->dir, store_column_str(st, COLUMN_DIGEST), &fd);
    if (rc == E_NOTFOUND)
        return api_fail(cx, call, rc, "the report is not on this server; what it says in sum is in the audit log",
                        "raporttia ei ole tällä palvelimella; sen yhteenveto on tapahtumalokissa");
    TRY(rc);
    api_answer_file(cx, call, fd, store_column_str(st, COLUMN_NAME), STR("application/octet-stream"),
                    store_column_str(st, COLUMN_DIGEST));
    return OK;
}

/* --- of a change */

#define COUNTING                                                                                                       \
    ROWS "WHERE e.n IN (SELECT max(x.n) FROM fact_evidence x WHERE x.repository = ?1 AND x.tree_oid = ?2 GROUP BY "    \
         "x.type, x.name, x.actor) ORDER BY e.n DESC LIMIT 200"

enum rc evidence_put_counting(struct ctx *cx, struct api_call *call, struct str repository, struct str tree)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger, STR(COUNTING), &st));
    store_bind_str(st, 1, repository);
    store_bind_str(st, 2, tree);
    json_key(&call->out, "evidence");
    json_begin(&call->out, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        put_row(&call->out, st);
    }
    json_end(&call->out, ']');
    return OK;
}

static enum rc put_check(struct ctx *cx, struct api_call *call, const struct push_check *c)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR("SELECT title FROM fact_record WHERE subject = ?1"), &st));
    store_bind_str(st, 1, c->definition);
    TRY(store_step(cx, st, &row));
    json_begin(j, '{');
    json_put_cstr(j, "what", c->what);
    json_put_bool(j, "ok", check_holds(c));
    json_put_str(j, "definition", c->definition);
    json_put_str(j, "definition_title", row ? store_column_str(st, 0) : STR(""));
    json_put_int(j, "wanted", c->wanted);
    if (c->found >= 0)
        json_put_int(j, "found", c->found);
    else
        json_put_cstr(j, "found", NULL);
    if (c->total >= 0)
        json_put_int(j, "total", c->total);
    else
        json_put_cstr(j, "total", NULL);
    json_put_cstr(j, "why", c->why);
    show_text(j, "level", c->level);
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < c->n_items; i++) {
        json_begin(j, '{');
        json_put_cstr(j, "key", c->items[i].key);
        json_put_str(j, "text", c->items[i].text);
        json_put_bool(j, "ticked", c->items[i].ticked);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

enum rc evidence_put_checks(struct ctx *cx, struct api_call *call, const struct push *push)
{
    json_key(&call->out, "checks");
    json_begin(&call->out, '[');
    for (size_t i = 0; push && i < push->n_checks; i++) TRY(put_check(cx, call, &push->checks[i]));
    json_end(&call->out, ']');
    return OK;
}
