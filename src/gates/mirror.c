#include "gates/mirror.h"

#include "base/json.h"
#include "base/limits.h"
#include "gates/change.h"
#include "gates/push.h"
#include "records/append.h"
#include "store/store.h"

#define FIRST_WAIT 60
#define LAST_WAIT 3600

const char *mirror_state_name(enum mirror_state s)
{
    static const char *const names[] = {"none", "waits", "runs", "current", "fails"};
    return names[s];
}

static enum rc read_fact(struct ctx *cx, sqlite3 *db, struct mirror *m, bool *active)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, db,
        STR("SELECT m.url, m.at, max(coalesce((SELECT o.at FROM fact_decision d JOIN fact_outcome o ON o.decision = "
            "d.n "
            "WHERE d.subject = m.subject AND d.decision = 'allowed' AND o.outcome = 'done' ORDER BY d.n DESC LIMIT 1), "
            "0), coalesce((SELECT max(o.at) FROM fact_expunged x JOIN fact_outcome o ON o.decision = x.n WHERE "
            "x.subject = m.subject), 0)) FROM fact_mirror m WHERE m.subject = ?1 AND m.state = 'active'"),
        &st));
    store_bind_str(st, 1, m->subject);
    TRY(store_step(cx, st, active));
    if (!*active) return OK;
    m->url = arena_str(&cx->arena, store_column_str(st, 0));
    m->since = sqlite3_column_int64(st, 1);
    m->moved = sqlite3_column_int64(st, 2);
    if (m->moved < m->since) m->moved = m->since;
    return OK;
}

/* What is pushed is what is there after the job was asked for. Of the same second it is not known. */
static enum mirror_state state_of(const struct mirror *m)
{
    if (!m->pushed || m->job.created < m->since) return MIRROR_WAITS;
    if (m->job.state == JOB_RUNNING) return MIRROR_RUNS;
    if (m->job.state == JOB_QUEUED) return MIRROR_WAITS;
    if (m->job.state != JOB_DONE) return MIRROR_FAILS;
    return m->moved >= m->job.started ? MIRROR_WAITS : MIRROR_CURRENT;
}

enum rc mirror_read(struct ctx *cx, sqlite3 *db, sqlite3 *state, struct str subject, struct mirror *out)
{
    bool active;
    *out = (struct mirror){.subject = subject};
    TRY(read_fact(cx, db, out, &active));
    if (!active) return OK;
    TRY(jobs_newest(cx, state, MIRROR_JOB, subject, &out->job, &out->pushed, &out->failed));
    out->state = state_of(out);
    return OK;
}

bool mirror_is_due(const struct mirror *m, int64_t now)
{
    bool waits = m->pushed && !job_has_ended(m->job.state);
    int64_t wait = m->failed > 6 ? LAST_WAIT : (int64_t)FIRST_WAIT << (m->failed > 0 ? m->failed - 1 : 0);
    if (m->state == MIRROR_NONE || waits) return false;
    return m->state == MIRROR_WAITS || (m->state == MIRROR_FAILS && now - m->job.ended >= wait);
}

/* --- what was taken out here */

enum rc mirror_clearing(struct ctx *cx, sqlite3 *db, struct str subject, struct mirror_clearing *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        cx, db,
        STR("SELECT x.n, EXISTS (SELECT 1 FROM fact_cleared c WHERE c.subject = ?1 AND c.expunged = x.n) FROM "
            "fact_mirror m JOIN fact_expunged x ON x.subject = m.subject AND x.n > m.n JOIN fact_outcome o ON "
            "o.decision = x.n AND o.outcome = 'done' WHERE m.subject = ?1 AND m.state = 'active' AND NOT EXISTS "
            "(SELECT 1 FROM fact_cleared c WHERE c.subject = ?1 AND c.outcome = 'done' AND c.expunged >= x.n) ORDER BY "
            "x.n DESC LIMIT 1"),
        &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    *out = row ? (struct mirror_clearing){(uint64_t)sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1) != 0}
               : (struct mirror_clearing){0};
    return OK;
}

enum rc mirror_had(struct ctx *cx, sqlite3 *db, const struct gate_place *place, struct str ref, struct str oid,
                   bool *had)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("SELECT 1 FROM fact_expunged_moved WHERE ref = ?1 AND ?2 IN (before, after) UNION ALL SELECT "
                          "1 FROM fact_push_refs WHERE ref = ?1 AND after = ?2 LIMIT 1"),
                      &st));
    store_bind_str(st, 1, push_subject(cx, place, ref));
    store_bind_str(st, 2, oid);
    return store_step(cx, st, had);
}

struct clearing {
    const struct gate_place *place;
    const struct mirror_clearing *c;
    size_t refs;
    struct str why;
};

static enum rc put_cleared(struct append *a, void *arg)
{
    const struct gate_caller by = {.person = STR("system"), .credential = STR("")};
    const struct clearing *s = arg;
    scoped_buf b;
    struct json j;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_int(&j, "expunged", (int64_t)s->c->expunged);
    json_put_cstr(&j, "outcome", s->why.p ? "refused" : "done");
    json_put_int(&j, "refs", (int64_t)s->refs);
    if (s->why.p) json_put_str(&j, "why", s->why);
    json_end(&j, '}');
    return gate_put(a, &by, "cleared", s->place->subject, &b, NULL);
}

enum rc mirror_put_cleared(struct ctx *cx, struct facts *f, const struct gate_place *place,
                           const struct mirror_clearing *c, size_t refs, struct str why)
{
    struct clearing s = {place, c, refs, why};
    return append_run(cx, f, facts_now(f), put_cleared, &s);
}

/* --- saying it */

struct saying {
    const struct identity_actor *by;
    struct str subject, url, reason;
};

static enum rc build(struct append *a, void *arg)
{
    const struct saying *s = arg;
    struct mirror now = {.subject = s->subject};
    scoped_buf b;
    struct json j;
    bool active;
    TRY(read_fact(a->cx, a->db, &now, &active));
    if (!s->url.n && !active) return fail(a->cx, E_NOTFOUND, "this repository has no mirror");
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "url", s->url.n ? s->url : now.url);
    json_put_cstr(&j, "state", s->url.n ? "active" : "ended");
    json_put_str(&j, "reason", s->reason);
    json_end(&j, '}');
    const struct body fact = append_body(s->by, "mirror", s->subject, buf_view(&b));
    return append_add(a, &fact, NULL);
}

enum rc mirror_set(struct ctx *cx, struct facts *f, const struct identity_actor *by, const struct gate_place *place,
                   struct str url, struct str reason)
{
    struct saying s = {by, place->subject, url, reason};
    if (place->host != GATE_HOSTED)
        return fail(cx, E_INVALID, STR_FMT " is kept by %s, which can mirror it itself", STR_ARG(place->name),
                    gate_host_name(place->host));
    return append_run(cx, f, facts_now(f), build, &s);
}
