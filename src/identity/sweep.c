#include "base/json.h"
#include "identity/identity_int.h"

#define GUESS_KEPT (30 * DAY_SECONDS)
#define HOURS_AT_ONCE 48

/* --- an hour's failures as one fact */

struct sum {
    int64_t hour, failed, refused, accounts, networks;
};

static enum rc oldest(struct ctx *cx, struct identity *id, struct sum *out, bool *found)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id,
                      "SELECT hour, failed, refused, "
                      "(SELECT count(*) FROM failure f WHERE f.hour = s.hour AND f.what >= x'61' AND f.what < x'62'), "
                      "(SELECT count(*) FROM failure f WHERE f.hour = s.hour AND f.what >= x'6e' AND f.what < x'6f') "
                      "FROM failures s WHERE hour < ?1 ORDER BY hour LIMIT 1",
                      &st));
    store_bind_int(st, 1, identity_now(id) / 3600);
    TRY(store_step(cx, st, found));
    if (*found)
        *out = (struct sum){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
                            sqlite3_column_int64(st, 3), sqlite3_column_int64(st, 4)};
    return OK;
}

/* By its key it is there once, though a crash may come before the row goes. */
static enum rc append(struct ctx *cx, struct identity *id, const struct sum *s)
{
    scoped_stmt *st = NULL;
    scoped_buf b;
    struct json j;
    bool row;
    struct facts_answer answer;
    TRY(state_prepare(cx, id, "SELECT id FROM installation", &st));
    TRY(store_step(cx, st, &row));
    struct str key = arena_printf(&cx->arena, "sign_in " STR_FMT " %lld",
                                  STR_ARG(row ? store_column_str(st, 0) : STR("")), (long long)s->hour);
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_int(&j, "since", s->hour * 3600);
    json_put_int(&j, "until", (s->hour + 1) * 3600);
    json_put_int(&j, "failed", s->failed);
    json_put_int(&j, "refused", s->refused);
    json_put_int(&j, "accounts", s->accounts);
    json_put_int(&j, "networks", s->networks);
    json_end(&j, '}');
    const struct identity_actor by = {.person = STR("system"), .credential = STR(""), .via = STR("gate")};
    const struct body body = change_body(&by, "sign_in", STR("org"), buf_view(&b));
    const struct facts_request r = {.facts = &body, .n = 1, .key = key};
    return facts_append(cx, id->o.facts, &r, &answer);
}

static enum rc forget_hour(struct ctx *cx, struct identity *id, int64_t hour)
{
    scoped_stmt *sum = NULL, *places = NULL;
    TRY(state_prepare(cx, id, "DELETE FROM failure WHERE hour <= ?1", &places));
    store_bind_int(places, 1, hour);
    TRY(store_run(cx, places));
    TRY(state_prepare(cx, id, "DELETE FROM failures WHERE hour <= ?1", &sum));
    store_bind_int(sum, 1, hour);
    return store_run(cx, sum);
}

static enum rc tell_hours(struct ctx *cx, struct identity *id)
{
    for (int i = 0; i < HOURS_AT_ONCE; i++) {
        struct sum s = {0};
        bool found;
        TRY(oldest(cx, id, &s, &found));
        if (!found) return OK;
        if (s.failed || s.refused) TRY(append(cx, id, &s));
        TRY(state_begin(cx, id));
        TRY(state_end(cx, id, forget_hour(cx, id, s.hour)));
    }
    return OK;
}

/* --- what is over */

static enum rc forget_over(struct ctx *cx, struct identity *id, int64_t now)
{
    static const struct {
        const char *sql;
        int64_t before;
    } all[] = {{"DELETE FROM session WHERE until <= ?1", 0},
               {"DELETE FROM session WHERE stage = 1 AND seen <= ?1", SESSION_IDLE},
               {"DELETE FROM link WHERE until <= ?1", 0},
               {"DELETE FROM token WHERE until <= ?1", 30 * DAY_SECONDS}, /* shown as over for so long */
               {"DELETE FROM guess WHERE last <= ?1", GUESS_KEPT}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        scoped_stmt *st = NULL;
        TRY(state_prepare(cx, id, all[i].sql, &st));
        store_bind_int(st, 1, now - all[i].before);
        TRY(store_run(cx, st));
    }
    return OK;
}

/* --- leavers of whom something is left */

static enum rc finish_leaving(struct ctx *cx, struct identity *id)
{
    scoped_stmt *st = NULL, *person = NULL;
    enum rc rc = OK;
    bool here;
    TRY(state_prepare(
        cx, id,
        "SELECT person FROM account UNION SELECT person FROM session UNION SELECT person FROM token UNION "
        "SELECT person FROM link UNION SELECT person FROM factor",
        &st));
    TRY(store_prepare(cx, id->o.ledger, STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'left'"),
                      &person));
    struct str *gone = NULL;
    size_t n = 0, room = 0;
    while (next_row(cx, st, &rc)) {
        store_bind_str(person, 1, store_column_str(st, 0));
        TRY(store_step(cx, person, &here));
        sqlite3_reset(person);
        if (!here) continue;
        if (n == room) {
            struct str *more = arena_array(&cx->arena, struct str, room = room ? 2 * room : 16);
            if (n) memcpy(more, gone, n * sizeof *gone);
            gone = more;
        }
        gone[n++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
    TRY(rc);
    for (size_t i = 0; i < n; i++) TRY(identity_purge(cx, id, gone[i]));
    return OK;
}

enum rc identity_sweep(struct ctx *cx, struct identity *id)
{
    if (!id->o.facts) return fail(cx, E_INTERNAL, "this process only reads");
    TRY(finish_leaving(cx, id));
    TRY(state_begin(cx, id));
    TRY(state_end(cx, id, forget_over(cx, id, identity_now(id))));
    return tell_hours(cx, id);
}
