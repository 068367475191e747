#include "gates/mirror.h"

#include "base/json.h"
#include "base/limits.h"
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
        STR("SELECT m.url, m.at, coalesce((SELECT o.at FROM fact_decision d JOIN fact_outcome o ON o.decision = d.n "
            "WHERE d.subject = m.subject AND d.decision = 'allowed' AND o.outcome = 'done' ORDER BY d.n DESC LIMIT 1), "
            "0) FROM fact_mirror m WHERE m.subject = ?1 AND m.state = 'active'"),
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
