#include "metrics/recount.h"

#include "base/json.h"
#include "base/limits.h"
#include "facts/subject.h"

#include <stdio.h>
#include <string.h>

extern const char metrics_state_001_sql[];
static const char *const steps[] = {metrics_state_001_sql};
const struct state_room metrics_state = {"metrics", steps, sizeof steps / sizeof *steps};

static enum rc finish(struct ctx *cx, sqlite3 *db, enum rc rc)
{
    if (rc == OK) return store_commit(cx, db);
    store_rollback(db);
    return rc;
}

/* --- the table */

static enum rc put(struct ctx *cx, sqlite3 *db, const struct recount *r)
{
    scoped_stmt *st = NULL;
    TRY(store_exec(cx, db, "DELETE FROM recount"));
    TRY(store_prepare(cx, db, STR("INSERT INTO recount VALUES (?1, ?2, ?3, ?4, '', ?5)"), &st));
    store_bind_str(st, 1, r->id);
    store_bind_str(st, 2, r->person);
    store_bind_int(st, 3, r->since);
    store_bind_int(st, 4, r->until);
    store_bind_int(st, 5, r->at);
    return store_run(cx, st);
}

enum rc recounts_put(struct ctx *cx, sqlite3 *state, struct recount *r)
{
    char id[SUBJECT_ID + 1];
    subject_new_id(id);
    r->id = arena_printf(&cx->arena, "%s", id);
    TRY(store_begin_write(cx, state));
    return finish(cx, state, put(cx, state, r));
}

enum rc recounts_get(struct ctx *cx, sqlite3 *state, struct recount *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, state, STR("SELECT id, person, since, until, report, at FROM recount"), &st));
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "nobody has had days computed again");
    out->id = arena_str(&cx->arena, store_column_str(st, 0));
    out->person = arena_str(&cx->arena, store_column_str(st, 1));
    out->since = sqlite3_column_int64(st, 2);
    out->until = sqlite3_column_int64(st, 3);
    out->report = arena_str(&cx->arena, store_column_str(st, 4));
    out->at = sqlite3_column_int64(st, 5);
    return OK;
}

static enum rc keep(struct ctx *cx, sqlite3 *db, struct str id, struct str report)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("UPDATE recount SET report = ?2 WHERE id = ?1"), &st));
    store_bind_str(st, 1, id);
    store_bind_str(st, 2, report);
    return store_run(cx, st);
}

/* --- the job */

struct telling {
    struct json j;
    char day[32];
    int64_t days, gaps, figures, differ;
};

static void put_figure(struct json *j, const char *key, const struct metrics_value *v)
{
    json_key(j, key);
    if (!v->measured) {
        json_nil(j);
        return;
    }
    json_begin(j, '{');
    json_put_int(j, "value", v->value);
    json_put_int(j, "numerator", v->numerator);
    json_put_int(j, "denominator", v->denominator);
    json_end(j, '}');
}

static enum rc tell(void *arg, const struct metrics_again *a)
{
    struct telling *t = arg;
    if (strcmp(t->day, a->day) != 0) {
        (void)snprintf(t->day, sizeof t->day, "%s", a->day);
        t->days++;
        t->gaps += !a->day_recorded;
    }
    t->figures += a->was_recorded;
    if (!metrics_differs(a) || ++t->differ > LIMIT_RECOUNT_ROWS) return OK;
    json_begin(&t->j, '{');
    json_put_cstr(&t->j, "day", a->day);
    json_put_str(&t->j, "metric", a->metric->key);
    json_put_bool(&t->j, "failed", a->failed);
    json_put_bool(&t->j, "same_rule", a->same_rule);
    put_figure(&t->j, "recorded", &a->recorded);
    put_figure(&t->j, "again", &a->again);
    json_end(&t->j, '}');
    return OK;
}

static enum rc compute(struct ctx *cx, const char *dir, const struct catalog *c, sqlite3 *state,
                       const struct recount *r)
{
    struct telling t = {0};
    scoped_buf report;
    buf_init(&report, LIMIT_RECOUNT_REPORT);
    json_init(&t.j, &report, false);
    json_begin(&t.j, '{');
    json_key(&t.j, "rows");
    json_begin(&t.j, '[');
    TRY(metrics_recompute(cx, dir, c, r->since, r->until, tell, &t));
    json_end(&t.j, ']');
    json_put_int(&t.j, "days", t.days);
    json_put_int(&t.j, "gaps", t.gaps);
    json_put_int(&t.j, "figures", t.figures);
    json_put_int(&t.j, "differ", t.differ);
    json_end(&t.j, '}');
    TRY(buf_ok(&report));
    TRY(store_begin_write(cx, state));
    return finish(cx, state, keep(cx, state, r->id, buf_view(&report)));
}

enum rc recounts_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject)
{
    struct recount r;
    sqlite3 *state;
    if (!str_starts(subject, STR(RECOUNT_SUBJECT)))
        return fail(cx, E_INVALID, "days to be computed are expected: recount:ID");
    TRY(state_open(cx, dir, STORE_WRITE, &state));
    enum rc rc = recounts_get(cx, state, &r);
    bool asked = rc == OK && str_eq(r.id, str_slice(subject, sizeof RECOUNT_SUBJECT - 1, subject.n));
    if (rc == OK && !asked) rc = fail(cx, E_NOTFOUND, "other days were asked for since");
    if (asked && !r.report.n) rc = compute(cx, dir, c, state, &r);
    store_close(state);
    return rc;
}
