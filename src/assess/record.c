#include "assess/record.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "facts/subject.h"

#include <errno.h>
#include <sys/stat.h>

#define MOST_FACTS 4
#define MOST_REFS 10000
#define MOST_REF_BYTES (512 * KIB) /* what stays of a body for its verdicts is more than the largest catalog needs */

enum rc record_find(struct ctx *cx, sqlite3 *db, struct str name, struct str *subject)
{
    scoped_stmt *st = NULL;
    bool row;
    *subject = STR_NONE;
    TRY(store_prepare(
        cx, db, STR("SELECT subject FROM fact_repository WHERE name = ?1 AND state = 'active' ORDER BY subject"), &st));
    store_bind_str(st, 1, name);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    *subject = arena_str(&cx->arena, store_column_str(st, 0));
    TRY(store_step(cx, st, &row));
    return row ? fail(cx, E_CONFLICT, "several repositories are called %s; close all but one", str_visible(cx, name))
               : OK;
}

struct writing {
    struct ctx *cx;
    const struct recorder *r;
    struct body bodies[MOST_FACTS];
    size_t n;
};

static void add_via(struct writing *w, const char *kind, struct str subject, const struct buf *payload, struct str via)
{
    w->bodies[w->n++] = (struct body){.actor = w->r->actor,
                                      .credential = w->r->credential,
                                      .via = via,
                                      .kind = str_from(kind),
                                      .subject = subject,
                                      .payload = arena_str(&w->cx->arena, buf_view(payload))};
}

static void add(struct writing *w, const char *kind, struct str subject, const struct buf *payload)
{
    add_via(w, kind, subject, payload, w->r->via);
}

/* Of what the program looked at itself: whoever asked for it had no say in it. */
static void add_seen(struct writing *w, const char *kind, struct str subject, const struct buf *payload)
{
    add_via(w, kind, subject, payload, STR("probe"));
}

static void hex_of(struct str bytes, char out[65])
{
    struct digest d;
    uint8_t hash[32];
    digest_init(&d);
    digest_add(&d, bytes);
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, out);
}

static void add_repository(struct writing *w, struct str name, struct str subject, const struct assessment *a)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "name", name);
    json_put_cstr(&j, "project", "");
    json_put_str(&j, "main", a->repository.branch.n ? a->repository.branch : STR("refs/heads/main"));
    json_put_cstr(&j, "state", "active");
    json_end(&j, '}');
    add(w, "repository", subject, &b);
}

/* Only when it is another than the last one recorded. */
static enum rc add_catalog(struct writing *w, const char *digest)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(w->cx, w->r->db, STR("SELECT digest, program FROM fact_catalog ORDER BY n DESC LIMIT 1"), &st));
    TRY(store_step(w->cx, st, &row));
    if (row && str_eq(store_column_str(st, 0), str_from(digest)) &&
        str_eq(store_column_str(st, 1), STR(SINETTI_VERSION)))
        return OK;
    scoped_buf b;
    struct json j;
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "digest", digest);
    json_put_cstr(&j, "program", SINETTI_VERSION);
    json_end(&j, '}');
    add(w, "catalog", STR("org"), &b);
    return OK;
}

static void add_assessment(struct writing *w, struct git *g, struct str subject, const struct assessment *a,
                           struct str report)
{
    scoped_buf b;
    struct json j;
    char digest[65];
    hex_of(report, digest);
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "head", a->repository.head);
    json_put_int(&j, "since", a->run.since);
    json_put_int(&j, "until", a->run.now);
    json_put_cstr(&j, "catalog", a->run.catalog_digest);
    json_put_str(&j, "refs", git_refs_digest(w->cx, g));
    json_put_cstr(&j, "report", digest);
    json_put_cstr(&j, "program", SINETTI_VERSION);
    json_end(&j, '}');
    add_seen(w, "assessment", subject, &b);
}

struct refs {
    struct json *j;
    size_t n, bytes;
};

/* Branches and tags; a name that is no UTF-8 cannot stand in a fact. */
static enum rc put_ref(void *arg, const struct git_ref *ref)
{
    struct refs *r = arg;
    bool wanted = str_starts(ref->name, STR("refs/heads/")) || str_starts(ref->name, STR("refs/tags/"));
    if (!wanted || !str_is_utf8(ref->name) || r->n == MOST_REFS || r->bytes + ref->name.n > MOST_REF_BYTES) return OK;
    r->n++;
    r->bytes += ref->name.n + ref->oid.n + sizeof "{\"oid\":\"\",\"ref\":\"\"},";
    json_begin(r->j, '{');
    json_put_str(r->j, "oid", ref->oid);
    json_put_str(r->j, "ref", ref->name);
    json_end(r->j, '}');
    return OK;
}

static void put_points(struct json *j, const struct task_result *tasks, size_t n_tasks)
{
    json_key(j, "points");
    json_begin(j, '[');
    for (size_t i = 0; i < n_tasks; i++)
        for (size_t k = 0; k < tasks[i].n_obligations; k++) {
            const struct obligation_result *o = &tasks[i].obligations[k];
            scoped_buf name;
            buf_init(&name, 0);
            buf_printf(&name, STR_FMT "/" STR_FMT, STR_ARG(o->def->task), STR_ARG(o->def->key));
            json_begin(j, '{');
            json_put_str(j, "obligation", buf_view(&name));
            json_put_cstr(j, "verdict", verdict_name(o->verdict));
            json_put_cstr(j, "assurance", assurance_name(o->assurance));
            json_put_int(j, "scope", o->population);
            json_put_int(j, "judged", o->judged);
            json_put_int(j, "failing", o->failing);
            json_put_bool(j, "adopted", o->adopted);
            if (o->due) json_put_int(j, "due", o->due);
            json_end(j, '}');
        }
    json_end(j, ']');
}

/* Where they are others than the catalog's. */
static void put_priorities(struct json *j, const struct task_result *tasks, size_t n_tasks)
{
    json_key(j, "priorities");
    json_begin(j, '[');
    for (size_t i = 0; i < n_tasks; i++) {
        if (rules_priority(&tasks[i]) == tasks[i].def->priority) continue;
        json_begin(j, '{');
        json_put_str(j, "task", tasks[i].def->key);
        json_put_cstr(j, "priority", priority_name(rules_priority(&tasks[i])));
        json_end(j, '}');
    }
    json_end(j, ']');
}

static enum rc add_verdicts(struct writing *w, struct git *g, struct str subject, const char *catalog,
                            const struct task_result *tasks, size_t n_tasks)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "catalog", catalog);
    json_put_cstr(&j, "program", SINETTI_VERSION);
    json_key(&j, "refs");
    json_begin(&j, '[');
    struct refs refs = {.j = &j};
    if (g) TRY(git_refs(w->cx, g, put_ref, &refs));
    json_end(&j, ']');
    put_points(&j, tasks, n_tasks);
    put_priorities(&j, tasks, n_tasks);
    json_end(&j, '}');
    if (buf_ok(&b) != OK) return fail(w->cx, E_LIMIT, "the verdicts are larger than a fact may be");
    add_seen(w, "verdicts", subject, &b);
    return OK;
}

static enum rc append(struct writing *w, struct str key, struct facts_answer *answer)
{
    const struct facts_request request = {.facts = w->bodies, .n = w->n, .key = key};
    return facts_append(w->cx, w->r->facts, &request, answer);
}

enum rc record_assessment(struct ctx *cx, const struct recorder *r, struct git *g, struct str name, struct str subject,
                          const struct assessment *a, struct str report, struct recorded *out)
{
    struct writing w = {.cx = cx, .r = r};
    *out = (struct recorded){.repository = subject, .is_new = !subject.p};
    if (!a->n_frameworks) return fail(cx, E_INVALID, "only a part of the catalog was asked; what is recorded is whole");
    if (out->is_new) {
        char id[SUBJECT_ID + 1];
        subject_new_id(id);
        out->repository = arena_printf(&cx->arena, "repo:%s", id);
        add_repository(&w, name, out->repository, a);
    }
    TRY(add_catalog(&w, a->run.catalog_digest));
    add_assessment(&w, g, out->repository, a, report);
    TRY(add_verdicts(&w, g, out->repository, a->run.catalog_digest, a->tasks, a->n_tasks));
    struct facts_answer answer;
    char digest[65];
    hex_of(report, digest);
    TRY(record_report_keep(cx, r->dir, str_from(digest), report));
    TRY(append(&w, STR(""), &answer));
    out->verdicts = answer.n + w.n - 1;
    return OK;
}

enum rc record_standing(struct ctx *cx, const struct recorder *r, const struct catalog *c, const struct standing *s,
                        struct str key, uint64_t *n)
{
    struct writing w = {.cx = cx, .r = r};
    struct facts_answer answer;
    TRY(add_verdicts(&w, NULL, STR("org"), c->digest, s->tasks, s->n_tasks));
    TRY(append(&w, key, &answer));
    *n = answer.n;
    return OK;
}
