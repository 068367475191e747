/* The metrics as they are now, for pages: derived.db's table `measured`. */
#include "metrics/metrics_int.h"

static enum rc measure(struct ctx *cx, sqlite3 *db, const struct catalog *c, int64_t now, struct metrics_value *values,
                       bool *failed)
{
    const struct metrics_moment when = {.at = now, .standing = STR("now")};
    for (size_t i = 0; i < c->n_metrics; i++) {
        enum rc rc = metrics_measure(cx, db, &c->metrics[i], &when, &values[i]);
        failed[i] = rc != OK;
        if (rc != OK && rc != E_INVALID && rc != E_LIMIT) return rc;
    }
    return OK;
}

static enum rc put(struct ctx *cx, sqlite3 *db, const struct catalog *c, int64_t now,
                   const struct metrics_value *values, const bool *failed)
{
    scoped_stmt *st = NULL;
    TRY(store_exec(cx, db, "DELETE FROM measured"));
    TRY(store_prepare(cx, db, STR("INSERT INTO measured VALUES (?1, ?2, ?3, ?4, ?5)"), &st));
    for (size_t i = 0; i < c->n_metrics; i++) {
        if (failed[i]) continue;
        store_bind_str(st, 1, c->metrics[i].key);
        store_bind_int(st, 2, now);
        if (values[i].measured) {
            store_bind_int(st, 3, values[i].value);
            store_bind_int(st, 4, values[i].numerator);
            store_bind_int(st, 5, values[i].denominator);
        }
        TRY(store_run(cx, st));
    }
    return OK;
}

static enum rc write(struct ctx *cx, const char *dir, const struct catalog *c, int64_t now,
                     const struct metrics_value *values, const bool *failed)
{
    sqlite3 *db;
    TRY(store_open_file(cx, arena_printf(&cx->arena, "%s/derived.db", dir).p, STORE_WRITE, &db));
    enum rc rc = store_begin_write(cx, db);
    if (rc == OK) {
        rc = put(cx, db, c, now, values, failed);
        if (rc == OK)
            rc = store_commit(cx, db);
        else
            store_rollback(db);
    }
    store_close(db);
    return rc;
}

enum rc metrics_refresh(struct ctx *cx, const char *dir, const struct catalog *c, int64_t now)
{
    sqlite3 *db;
    struct metrics_value *values = arena_array(&cx->arena, struct metrics_value, c->n_metrics + 1);
    bool *failed = arena_array(&cx->arena, bool, c->n_metrics + 1);
    if (!c->n_metrics) return OK;
    TRY(metrics_open(cx, arena_printf(&cx->arena, "%s/ledger.db", dir).p, dir, c, &db));
    enum rc rc = measure(cx, db, c, now, values, failed);
    store_close(db);
    return rc == OK ? write(cx, dir, c, now, values, failed) : rc;
}
