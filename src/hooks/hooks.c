#include "hooks/hooks.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"

#include <jansson.h>
#include <sodium.h>

extern const char hooks_state_001_sql[];

static const char *const steps[] = {hooks_state_001_sql};
const struct state_room hooks_state = {"hooks", steps, sizeof steps / sizeof *steps};

#define OLD_SECRET DAY_SECONDS

static struct str column(struct ctx *cx, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_str(&cx->arena, s) : STR("");
}

/* --- reading */

#define COLUMNS                                                                                                        \
    "id, name, url, events, inside, state, version, created, seen, old_until, coalesce(failing, 0), trouble, "         \
    "trouble_at"

static void read_events(struct ctx *cx, struct str text, struct hook *h)
{
    json_t *list = json_loadb(text.p ? text.p : "", text.n, 0, NULL);
    struct str *out = arena_array(&cx->arena, struct str, HOOK_EVENTS);
    for (size_t i = 0; i < json_array_size(list) && h->n_events < HOOK_EVENTS; i++)
        out[h->n_events++] = arena_str(&cx->arena, str_from(json_string_value(json_array_get(list, i))));
    h->events = out;
    json_decref(list);
}

static struct hook read_row(struct ctx *cx, sqlite3_stmt *st)
{
    struct hook h = {.id = column(cx, st, 0),
                     .name = column(cx, st, 1),
                     .url = column(cx, st, 2),
                     .inside = sqlite3_column_int(st, 4),
                     .state = column(cx, st, 5),
                     .version = sqlite3_column_int64(st, 6),
                     .created = sqlite3_column_int64(st, 7),
                     .seen = sqlite3_column_int64(st, 8),
                     .old_until = sqlite3_column_int64(st, 9),
                     .failing = sqlite3_column_int64(st, 10),
                     .trouble = sqlite3_column_type(st, 11) == SQLITE_NULL ? STR_NONE : column(cx, st, 11),
                     .trouble_at = sqlite3_column_int64(st, 12)};
    read_events(cx, store_column_str(st, 3), &h);
    return h;
}

enum rc hooks_list(struct ctx *cx, sqlite3 *db, struct hook *out, size_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    *n = 0;
    TRY(store_prepare(cx, db, STR("SELECT " COLUMNS " FROM hook ORDER BY name, id LIMIT ?1"), &st));
    store_bind_int(st, 1, LIMIT_HOOKS);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        out[(*n)++] = read_row(cx, st);
    }
}

enum rc hooks_get(struct ctx *cx, sqlite3 *db, struct str id, struct hook *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT " COLUMNS " FROM hook WHERE id = ?1"), &st));
    store_bind_str(st, 1, id);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such webhook");
    *out = read_row(cx, st);
    return OK;
}

bool hook_wants(const struct hook *h, struct str type)
{
    for (size_t i = 0; i < h->n_events; i++) {
        struct str e = h->events[i];
        if (str_eq(e, STR("*")) || str_eq(e, type)) return true;
        if (str_ends(e, STR(".*")) && str_starts(type, str_slice(e, 0, e.n - 1))) return true;
    }
    return false;
}

/* --- writing */

static bool type_ok(struct str s)
{
    if (str_eq(s, STR("*"))) return true;
    if (str_ends(s, STR(".*"))) s.n -= 2;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_' || s.p[i] == '.'))
            return false;
    return s.n && s.n <= 80;
}

static enum rc check(struct ctx *cx, const struct hook *h)
{
    if (!str_trim(h->name).n || h->name.n > 100 || !str_is_utf8(h->name))
        return fail(cx, E_INVALID, "name: 1 to 100 bytes are expected");
    TRY(hook_url_check(cx, h->url, h->inside));
    if (!h->n_events || h->n_events > HOOK_EVENTS)
        return fail(cx, E_INVALID, "events: 1 to %d types are expected", HOOK_EVENTS);
    for (size_t i = 0; i < h->n_events; i++)
        if (!type_ok(h->events[i])) return fail(cx, E_INVALID, "events[%zu]: is no type of event", i);
    return OK;
}

static void new_id(char out[HOOK_ID + 1])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char random[HOOK_ID];
    randombytes_buf(random, sizeof random);
    for (size_t i = 0; i < HOOK_ID; i++) out[i] = letters[random[i] & 31];
    out[HOOK_ID] = 0;
}

static enum rc bind_and_run(struct ctx *cx, sqlite3 *db, const char *sql, const struct hook *h, struct str secret,
                            int64_t now)
{
    scoped_stmt *st = NULL;
    scoped_buf events;
    struct json j;
    buf_init(&events, 0);
    json_init(&j, &events, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < h->n_events; i++) json_str(&j, h->events[i]);
    json_end(&j, ']');
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, h->id);
    store_bind_str(st, 2, h->name);
    store_bind_str(st, 3, h->url);
    store_bind_str(st, 4, buf_view(&events));
    store_bind_int(st, 5, h->inside);
    store_bind_str(st, 6, h->state);
    store_bind_int(st, 7, h->version);
    if (secret.n) {
        store_bind_str(st, 8, secret);
        store_bind_int(st, 9, now);
        store_bind_int(st, 10, h->seen);
    }
    return store_run(cx, st);
}

enum rc hooks_put(struct ctx *cx, sqlite3 *db, struct hook *h, char secret[HOOK_SECRET_TEXT + 1], int64_t now)
{
    struct hook before;
    int64_t count;
    char id[HOOK_ID + 1];
    TRY(check(cx, h));
    if (h->version) {
        TRY(hooks_get(cx, db, h->id, &before));
        if (before.version != h->version)
            return fail(cx, E_CONFLICT, "somebody else has changed this webhook meanwhile");
        h->version++;
        return bind_and_run(cx, db,
                            "UPDATE hook SET name = ?2, url = ?3, events = ?4, inside = ?5, state = ?6, version = ?7, "
                            "failing = NULL, trouble = NULL, trouble_at = NULL WHERE id = ?1",
                            h, STR_NONE, now);
    }
    TRY(store_get_int(cx, db, "SELECT count(*) FROM hook", &count));
    if (count >= LIMIT_HOOKS) return fail(cx, E_LIMIT, "there are at most %d webhooks", LIMIT_HOOKS);
    new_id(id);
    h->id = arena_str(&cx->arena, str_from(id));
    h->version = 1;
    h->created = now;
    hook_secret_new(secret);
    return bind_and_run(
        cx, db,
        "INSERT INTO hook(id, name, url, events, inside, state, version, secret, old_secret, old_until, "
        "created, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '', 0, ?9, ?10)",
        h, str_from(secret), now);
}

enum rc hooks_rotate(struct ctx *cx, sqlite3 *db, struct str id, char secret[HOOK_SECRET_TEXT + 1], int64_t now)
{
    scoped_stmt *st = NULL;
    struct hook h;
    TRY(hooks_get(cx, db, id, &h));
    hook_secret_new(secret);
    TRY(store_prepare(
        cx, db,
        STR("UPDATE hook SET old_secret = secret, old_until = ?3, secret = ?2, version = version + 1 WHERE "
            "id = ?1"),
        &st));
    store_bind_str(st, 1, id);
    store_bind_str(st, 2, str_from(secret));
    store_bind_int(st, 3, now + OLD_SECRET);
    return store_run(cx, st);
}

static enum rc run_with(struct ctx *cx, sqlite3 *db, const char *sql, struct str id, int64_t n)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, id);
    if (sqlite3_bind_parameter_count(st) > 1) store_bind_int(st, 2, n);
    return store_run(cx, st);
}

enum rc hooks_remove(struct ctx *cx, sqlite3 *db, struct str id)
{
    struct hook h;
    TRY(hooks_get(cx, db, id, &h));
    TRY(run_with(cx, db, "DELETE FROM delivery WHERE hook = ?1", id, 0));
    return run_with(cx, db, "DELETE FROM hook WHERE id = ?1", id, 0);
}

enum rc hooks_seen(struct ctx *cx, sqlite3 *db, struct str id, int64_t n)
{
    return run_with(cx, db, "UPDATE hook SET seen = max(seen, ?2) WHERE id = ?1", id, n);
}
