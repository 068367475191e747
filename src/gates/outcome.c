/* What became of what was let in: told by who moved the refs, or found out after a crash. */
#include "base/json.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "gates/decide.h"
#include "gates/moving.h"
#include "git/oid.h"
#include "store/store.h"

struct ending {
    struct str repository;
    const struct gate_caller *by;
    uint64_t decision;
    bool done, settled;
    const struct str *stayed; /* subjects of refs */
    size_t n_stayed;
};

static enum rc put_outcome(struct append *a, const struct ending *e)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_int(&j, "decision", (int64_t)e->decision);
    json_put_cstr(&j, "outcome", e->done ? "done" : "not_done");
    if (e->settled) json_put_bool(&j, "settled", true);
    if (e->done && e->n_stayed) {
        json_key(&j, "stayed");
        json_begin(&j, '[');
        for (size_t i = 0; i < e->n_stayed; i++) json_str(&j, e->stayed[i]);
        json_end(&j, ']');
    }
    json_end(&j, '}');
    return gate_put(a, e->by, "outcome", arena_printf(&a->cx->arena, "fact:%llu", (unsigned long long)e->decision), &b,
                    NULL);
}

static bool has_stayed(const struct ending *e, struct str ref)
{
    for (size_t i = 0; i < e->n_stayed; i++)
        if (str_eq(e->stayed[i], ref)) return true;
    return false;
}

/* Changes whose patch sets have reached their targets by this decision. */
static enum rc end_changes(struct append *a, const struct ending *e)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT DISTINCT c.number, r.ref FROM fact_decision d JOIN fact_push_refs r ON r.n = d.push "
                          "JOIN fact_change c ON c.subject = r.change WHERE d.n = ?1 AND r.kind = 'branch' AND c.state "
                          "= 'open'"),
                      &st));
    store_bind_int(st, 1, (int64_t)e->decision);
    for (bool row;;) {
        struct change c;
        TRY(store_step(a->cx, st, &row));
        if (!row) return OK;
        if (has_stayed(e, store_column_str(st, 1))) continue;
        TRY(change_get(a->cx, a->db, e->repository, sqlite3_column_int64(st, 0), &c));
        TRY(change_put_state(a, e->by, &c, "published"));
    }
}

static enum rc build(struct append *a, void *arg)
{
    const struct ending *e = arg;
    if (e->settled) { /* who was at it may have told meanwhile */
        scoped_stmt *st = NULL;
        bool told;
        TRY(store_prepare(a->cx, a->db, STR("SELECT 1 FROM fact_outcome WHERE decision = ?1"), &st));
        store_bind_int(st, 1, (int64_t)e->decision);
        TRY(store_step(a->cx, st, &told));
        if (told) return OK;
    }
    if (e->done) TRY(end_changes(a, e));
    return put_outcome(a, e);
}

enum rc decide_put_done(struct append *a, const struct gate_caller *by, uint64_t n)
{
    const struct ending e = {.by = by, .decision = n, .done = true};
    return put_outcome(a, &e);
}

enum rc decide_outcome(struct ctx *cx, struct facts *f, const struct push *p, uint64_t decision)
{
    struct ending e = {.repository = p->place->subject, .by = p->caller, .decision = decision, .done = true};
    return append_run(cx, f, facts_now(f), build, &e);
}

enum rc decide_ended(struct ctx *cx, struct facts *f, const struct gate_place *place, const struct gate_caller *by,
                     uint64_t decision, const struct str *stayed, size_t n_stayed)
{
    struct ending e = {.repository = place->subject,
                       .by = by,
                       .decision = decision,
                       .done = true,
                       .stayed = stayed,
                       .n_stayed = n_stayed};
    return append_run(cx, f, facts_now(f), build, &e);
}

/* --- found out later */

/* A change's patch set is a ref of its own, so ask by what has moved there. */
static enum rc is_patch_set(struct ctx *cx, const struct git *g, struct str oid, bool *out)
{
    scoped_buf said;
    int code;
    const char *const argv[] = {"for-each-ref", "--points-at", arena_cstr(&cx->arena, oid), "refs/changes", NULL};
    buf_init(&said, 1 << 20);
    TRY(hosted_run(cx, g, argv, STR_NONE, &said, &code, NULL));
    *out = said.n > 0;
    return OK;
}

static enum rc has_moved(struct ctx *cx, const struct git *g, struct str subject, struct str after, bool *out)
{
    scoped_buf name;
    struct str oid;
    *out = true;
    buf_init(&name, LIMIT_PATH);
    if (subject.n < 26 || !subject_unspell(&name, str_slice(subject, 25, subject.n))) return OK;
    if (str_starts(buf_view(&name), STR("refs/for/"))) return is_patch_set(cx, g, after, out);
    TRY(hosted_ref(cx, g, buf_view(&name), &oid));
    *out = oid_is_zero(after) ? !oid.p : str_eq(oid, after);
    return OK;
}

/* What was to move by a decision, or when contents were taken out of the history: a ref, where to, and whether
 * something later found it there already. */
static const char push_moves[] =
    "SELECT r.ref, r.after, EXISTS (SELECT 1 FROM fact_push_refs l WHERE l.n > r.n AND l.ref = r.ref AND l.before = "
    "r.after) OR EXISTS (SELECT 1 FROM fact_expunged_moved l WHERE l.ref = r.ref AND l.n > r.n AND l.before = r.after) "
    "FROM fact_decision d JOIN fact_push_refs r ON r.n = d.push WHERE d.n = ?1 ORDER BY r.seq";
static const char expunge_moves[] =
    "SELECT r.ref, r.after, EXISTS (SELECT 1 FROM fact_push_refs l WHERE l.n > r.n AND l.ref = r.ref AND l.before = "
    "r.after) OR EXISTS (SELECT 1 FROM fact_expunged_moved l WHERE l.ref = r.ref AND l.n > r.n AND l.before = r.after) "
    "FROM fact_expunged_moved r WHERE r.n = ?1 ORDER BY r.seq";

/* Which of its refs have not moved. One that stood there when a later push began has moved. */
static enum rc find_stayed(struct ctx *cx, sqlite3 *db, const struct git *g, const char *moves, struct ending *e)
{
    scoped_stmt *st = NULL;
    size_t n = 0;
    struct str *stayed = arena_array(&cx->arena, struct str, PUSH_REFS);
    TRY(store_prepare(cx, db, str_from(moves), &st));
    store_bind_int(st, 1, (int64_t)e->decision);
    e->stayed = stayed;
    e->n_stayed = 0;
    for (bool row;; n++) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        struct str ref = arena_str(&cx->arena, store_column_str(st, 0));
        bool moved = sqlite3_column_int(st, 2) != 0;
        if (!moved) TRY(has_moved(cx, g, ref, arena_str(&cx->arena, store_column_str(st, 1)), &moved));
        if (!moved && e->n_stayed < PUSH_REFS) stayed[e->n_stayed++] = ref;
    }
    e->done = e->n_stayed < n || n == 0;
    return OK;
}

/* pending: numbers of facts without outcome, by the repository. */
static enum rc settle(struct ctx *cx, struct facts *f, sqlite3 *db, const struct git *g, const struct gate_place *place,
                      const struct gate_caller *by, const char *pending, const char *moves, size_t *settled)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(pending), &st));
    store_bind_str(st, 1, place->subject);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct ending e = {
            .repository = place->subject, .by = by, .decision = (uint64_t)sqlite3_column_int64(st, 0), .settled = true};
        if (moving_is_live(cx, place->path, e.decision)) continue;
        TRY(find_stayed(cx, db, g, moves, &e));
        TRY(append_run(cx, f, facts_now(f), build, &e));
        moving_end(cx, place->path, e.decision);
        ++*settled;
    }
}

enum rc decide_settle(struct ctx *cx, struct facts *f, sqlite3 *db, const struct git *g, const struct gate_place *place,
                      const struct gate_caller *by, size_t *settled)
{
    *settled = 0;
    TRY(settle(cx, f, db, g, place, by,
               "SELECT d.n FROM fact_decision d WHERE d.subject = ?1 AND d.decision = 'allowed' AND NOT EXISTS (SELECT "
               "1 FROM fact_outcome o WHERE o.decision = d.n) ORDER BY d.n",
               push_moves, settled));
    return settle(cx, f, db, g, place, by,
                  "SELECT x.n FROM fact_expunged x WHERE x.subject = ?1 AND NOT EXISTS (SELECT 1 FROM fact_outcome o "
                  "WHERE o.decision = x.n) ORDER BY x.n",
                  expunge_moves, settled);
}

enum rc decide_failed(struct ctx *cx, struct facts *f, struct log_reader *reader, const struct git *g,
                      const struct gate_place *place, const struct gate_caller *by, enum rc why)
{
    size_t settled;
    const char *message = arena_cstr(&cx->arena, str_from(cx->message));
    if (log_reader_refresh(cx, reader) != OK ||
        decide_settle(cx, f, log_reader_db(reader), g, place, by, &settled) != OK)
        return fail(cx, why, "%s (what has moved is settled later: %s)", message,
                    arena_cstr(&cx->arena, str_from(cx->message)));
    return fail(cx, why, "%s", message);
}
