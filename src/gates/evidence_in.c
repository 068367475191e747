#include "gates/evidence_in.h"

#include "base/json.h"
#include "base/limits.h"
#include "files/files.h"
#include "git/hosted.h"
#include "git/oid.h"
#include "records/append.h"
#include "store/store.h"

struct taking {
    const struct gate_place *place;
    const struct identity_actor *by;
    const struct evidence_wish *w;
    struct evidence_done *out;
};

/* --- what it is about */

static bool is_some_oid(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!memchr("0123456789abcdef", s.p[i], 16)) return false;
    return s.n >= 7 && s.n <= 40;
}

static enum rc resolve(struct ctx *cx, const struct gate_place *place, struct str named, struct evidence_done *out)
{
    struct git *g = NULL;
    scoped_buf said;
    int code = 0;
    buf_init(&said, 4 * KIB);
    if (!is_some_oid(named)) return fail(cx, E_INVALID, "a commit is named by 7 to 40 hexadecimal digits");
    const char *const argv[] = {"rev-parse", arena_printf(&cx->arena, STR_FMT "^{commit}", STR_ARG(named)).p,
                                arena_printf(&cx->arena, STR_FMT "^{tree}", STR_ARG(named)).p, NULL};
    TRY(hosted_open(cx, place->path, NULL, &g));
    enum rc rc = hosted_run(cx, g, argv, STR_NONE, &said, &code, NULL);
    git_close(g);
    TRY(rc);
    struct str rest = buf_view(&said), commit = STR_NONE, tree = STR_NONE;
    if (code != 0 || !str_cut(&rest, '\n', &commit) || !str_cut(&rest, '\n', &tree) || !oid_is(commit, 40) ||
        !oid_is(tree, 40) ||
        !str_eq_nocase(str_slice(commit, 0, named.n), named)) /* a ref of that name is no commit's id */
        return fail(cx, E_NOTFOUND, "%s has no commit %s: push it first", str_visible(cx, place->name),
                    str_visible(cx, named));
    out->commit = arena_str(&cx->arena, commit);
    out->tree = arena_str(&cx->arena, tree);
    return OK;
}

/* A statement may name the commit or tree it is about (in-toto's digest set: gitCommit, gitTree). *bound: it does. */
static enum rc check_subjects(struct ctx *cx, const struct evidence_done *d, bool *bound)
{
    *bound = false;
    bool other = false;
    for (size_t i = 0; i < d->said.n_subjects; i++) {
        const struct evidence_subject *s = &d->said.subjects[i];
        bool commit = str_eq(s->algorithm, STR("gitCommit")), tree = str_eq(s->algorithm, STR("gitTree"));
        bool same = str_eq(s->digest, commit ? d->commit : d->tree);
        if (commit || tree) *bound |= same;
        other |= (commit || tree) && !same;
    }
    return *bound || !other ? OK : fail(cx, E_INVALID, "the statement is about another commit");
}

/* --- as a fact */

static void put_some(struct json *j, const char *key, int64_t v)
{
    if (v) json_put_int(j, key, v);
}

static void put_sums(struct json *j, const struct evidence *e)
{
    bool tests = e->type == EVIDENCE_JUNIT || e->has_result,
         lines = e->type == EVIDENCE_LCOV || e->type == EVIDENCE_COBERTURA;
    put_some(j, "effective_at", e->effective_at);
    if (tests) {
        json_put_int(j, "tests", e->tests);
        json_put_int(j, "failures", e->failures);
        json_put_int(j, "errors", e->errors);
        json_put_int(j, "skipped", e->skipped);
    }
    if (e->type == EVIDENCE_SARIF) {
        json_put_int(j, "level_error", e->findings[LEVEL_ERROR]);
        json_put_int(j, "level_warning", e->findings[LEVEL_WARNING]);
        json_put_int(j, "level_note", e->findings[LEVEL_NOTE]);
        json_put_int(j, "suppressed", e->suppressed);
    }
    if (e->type == EVIDENCE_CYCLONEDX) {
        json_put_int(j, "components", e->components);
        json_put_int(j, "vulnerabilities", e->vulnerabilities);
    }
    if (lines) {
        json_put_int(j, "lines", e->lines);
        json_put_int(j, "covered", e->covered);
    }
    if (e->type == EVIDENCE_SCORECARD) json_put_int(j, "score", e->score);
}

static void put_statement(struct json *j, const struct evidence *e, bool bound)
{
    if (e->type != EVIDENCE_IN_TOTO) return;
    json_put_str(j, "predicate", e->predicate);
    json_put_str(j, "signer", e->signer);
    json_put_str(j, "key", e->key);
    json_put_bool(j, "bound", bound);
    json_key(j, "subjects");
    json_begin(j, '[');
    for (size_t i = 0; i < e->n_subjects; i++) {
        json_begin(j, '{');
        json_put_str(j, "algorithm", e->subjects[i].algorithm);
        json_put_str(j, "digest", e->subjects[i].digest);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static enum rc find_same(struct append *a, const struct taking *t, uint64_t *n, bool *found)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT n, digest, commit_oid FROM fact_evidence WHERE repository = ?1 AND tree_oid = ?2 AND "
                          "type = ?3 AND name = ?4 AND actor = ?5 ORDER BY n DESC LIMIT 1"),
                      &st));
    const struct str values[] = {t->place->subject, t->out->tree, str_from(evidence_format_name(t->out->said.type)),
                                 t->w->name, t->by->person};
    for (int i = 0; i < 5; i++) store_bind_str(st, i + 1, values[i]);
    TRY(store_step(a->cx, st, found));
    *found = *found && str_eq(store_column_str(st, 1), t->w->digest) && str_eq(store_column_str(st, 2), t->out->commit);
    if (*found) *n = (uint64_t)sqlite3_column_int64(st, 0);
    return OK;
}

static enum rc put(struct append *a, void *arg)
{
    const struct taking *t = arg;
    struct evidence_done *d = t->out;
    struct facts_ready ready;
    struct leaf leaf;
    scoped_buf b;
    struct json j;
    bool bound;
    buf_init(&b, LIMIT_BODY);
    TRY(find_same(a, t, &d->fact, &d->repeated));
    if (d->repeated) return OK;
    TRY(check_subjects(a->cx, d, &bound));
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "type", evidence_format_name(d->said.type));
    json_put_str(&j, "name", t->w->name);
    json_put_str(&j, "digest", t->w->digest);
    json_put_int(&j, "size", t->w->size);
    json_put_str(&j, "tree_oid", d->tree);
    put_sums(&j, &d->said);
    put_statement(&j, &d->said, bound);
    json_end(&j, '}');
    TRY(buf_ok(&b));
    const struct body fact = append_body(
        t->by, "evidence",
        arena_printf(&a->cx->arena, "commit:" STR_FMT "/" STR_FMT, STR_ARG(t->place->id), STR_ARG(d->commit)),
        buf_view(&b));
    TRY(facts_make(a->cx, a->facts, &fact, true, &ready));
    TRY(facts_put(a->cx, a->facts, a->tx, &ready, &leaf));
    a->next = leaf.n + 1;
    d->fact = leaf.n;
    return OK;
}

static bool is_plain(struct str name)
{
    uint32_t cp;
    for (size_t at = 0, n; at < name.n; at += n) {
        n = str_char(name, at, &cp);
        if (!n || cp < ' ' || cp == 0x7f || char_is_deceptive(cp)) return false;
    }
    return name.n > 0 && name.n <= EVIDENCE_NAME;
}

enum rc evidence_take(struct ctx *cx, struct facts *f, sqlite3 *db, sqlite3 *state, const char *dir,
                      const struct gate_place *place, const struct identity_actor *by, const struct evidence_wish *w,
                      struct evidence_done *out)
{
    struct taking t = {place, by, w, out};
    bool bound;
    *out = (struct evidence_done){0};
    if (!is_plain(w->name)) return fail(cx, E_INVALID, "name: 1 to %d bytes of plain text", EVIDENCE_NAME);
    TRY(resolve(cx, place, w->commit, out));
    TRY(evidence_read(cx, db, w->fd, NULL, &out->said));
    TRY(check_subjects(cx, out, &bound));
    const struct files_upload u = {.digest = w->digest,
                                   .person = STR("evidence"), /* nobody: it is no attachment to name */
                                   .name = STR("evidence"),
                                   .type = STR("application/octet-stream"),
                                   .size = w->size,
                                   .at = facts_now(f)};
    TRY(files_add(cx, state, dir, w->path, &u)); /* it is swept a day later when no fact comes of it */
    return append_run(cx, f, facts_now(f), put, &t);
}
