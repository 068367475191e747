#include "store/state.h"

#include "base/digest.h"

extern const char store_state_sql[];

#define DIGEST_SIZE 32

enum rc state_open(struct ctx *cx, const char *dir, enum store_mode mode, sqlite3 **out)
{
    const char *path = arena_printf(&cx->arena, "%s/state.db", dir).p;
    if (mode != STORE_READ) TRY(store_check_user(cx, dir));
    enum rc rc = store_open_file(cx, path, mode, out);
    if (rc == E_NOTFOUND && mode == STORE_WRITE) {
        rc = store_open_file(cx, path, STORE_CREATE, out);
        if (rc == E_CONFLICT) rc = store_open_file(cx, path, mode, out); /* somebody else was faster */
    }
    if (rc != OK || mode == STORE_READ) return rc;
    rc = store_exec(cx, *out, store_state_sql);
    if (rc != OK) {
        store_close(*out);
        *out = NULL;
    }
    return rc;
}

static void step_digest(const char *sql, uint8_t out[DIGEST_SIZE])
{
    struct digest d;
    digest_init(&d);
    digest_add(&d, str_from(sql));
    digest_final(&d, out);
}

/* How many of the room's steps have run; each was ours. */
static enum rc count(struct ctx *cx, sqlite3 *db, const struct state_room *room, size_t *done)
{
    scoped_stmt *st = NULL;
    bool row;
    *done = 0;
    TRY(store_prepare(cx, db, STR("SELECT n, digest FROM state_step WHERE room = ?1 ORDER BY n"), &st));
    store_bind_str(st, 1, str_from(room->name));
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (*done == room->n)
            return fail(cx, E_DENIED, "state.db: a newer version of sinetti has changed the tables of %s; use that one",
                        room->name);
        uint8_t ours[DIGEST_SIZE];
        step_digest(room->steps[*done], ours);
        if (sqlite3_column_int64(st, 0) != (int64_t)*done + 1 ||
            !str_eq(store_column_blob(st, 1), (struct str){(const char *)ours, sizeof ours}))
            return fail(cx, E_CORRUPT, "state.db: step %zu of %s is not the one this program knows", *done + 1,
                        room->name);
        ++*done;
    }
}

static enum rc note(struct ctx *cx, sqlite3 *db, const struct state_room *room, size_t i)
{
    scoped_stmt *st = NULL;
    uint8_t digest[DIGEST_SIZE];
    step_digest(room->steps[i], digest);
    TRY(store_prepare(cx, db, STR("INSERT INTO state_step(room, n, digest) VALUES (?1, ?2, ?3)"), &st));
    store_bind_str(st, 1, str_from(room->name));
    store_bind_int(st, 2, (int64_t)i + 1);
    store_bind_blob(st, 3, digest, sizeof digest);
    return store_run(cx, st);
}

enum rc state_migrate(struct ctx *cx, sqlite3 *db, const struct state_room *room)
{
    for (;;) {
        size_t done;
        TRY(count(cx, db, room, &done));
        if (done == room->n) return OK;
        TRY(store_begin_write(cx, db));
        enum rc rc = count(cx, db, room, &done); /* another process may have been faster */
        if (rc == OK && done < room->n) rc = store_exec(cx, db, room->steps[done]);
        if (rc == OK && done < room->n) rc = note(cx, db, room, done);
        if (rc == OK) rc = store_commit(cx, db);
        if (rc != OK) {
            store_rollback(db);
            return rc;
        }
    }
}

enum rc state_check(struct ctx *cx, sqlite3 *db, const struct state_room *room)
{
    size_t done;
    TRY(count(cx, db, room, &done));
    return done == room->n
               ? OK
               : fail(cx, E_CONFLICT, "state.db: the tables of %s are older than this program; run `sinetti upgrade`",
                      room->name);
}
