#include "notices/events.h"

#include "base/json.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/time.h"
#include "notices/notices.h"

#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>

#define AT_ONCE 200 /* facts looked at for one webhook */

bool events_type_ok(const struct catalog *c, struct str type)
{
    if (str_eq(type, STR("*")) || str_eq(type, STR("reminder.*")) || catalog_find_kind(c, type)) return true;
    if (!str_starts(type, STR("reminder."))) return false;
    struct str word = str_slice(type, sizeof "reminder." - 1, type.n);
    for (int i = 0; i < NOTICE_WHATS; i++)
        if (str_eq(word, str_from(notice_word((enum notice_what)i)))) return true;
    return false;
}

enum rc events_newest(struct ctx *cx, sqlite3 *ledger, int64_t *n)
{
    return store_get_int(cx, ledger, "SELECT coalesce(max(n), -1) FROM facts", n);
}

/* --- what is sent of a fact */

static bool holds_subject(const struct catalog_kind *k, struct str field)
{
    for (size_t i = 0; i < k->n_subject_fields; i++)
        if (str_eq(k->subject_fields[i], field)) return true;
    return false;
}

/* Ids, digests and the like: by a pattern without blanks, short. */
static bool is_id(const struct catalog_schema *s)
{
    return s->pattern.n > 0 && s->most <= 64;
}

static bool is_title(const struct catalog_kind *k, struct str field)
{
    if (str_eq(field, STR("title"))) return true;
    return str_eq(field, STR("name")) && (str_eq(k->key, STR("repository")) || str_eq(k->key, STR("project")));
}

static bool is_sent(const struct catalog_kind *k, const struct catalog_field *f)
{
    const struct catalog_schema *s = &f->schema;
    if (s->type == SCHEMA_INTEGER || s->type == SCHEMA_BOOLEAN) return true;
    if (s->type != SCHEMA_STRING) return false;
    return s->n_values || holds_subject(k, f->name) || is_id(s) || is_title(k, f->name);
}

static void put_fields(struct json *j, const struct catalog_kind *k, const json_t *payload)
{
    for (size_t i = 0; i < k->payload.n_fields; i++) {
        const struct catalog_field *f = &k->payload.fields[i];
        char name[64];
        if (!is_sent(k, f) || f->name.n >= sizeof name) continue;
        memcpy(name, f->name.p, f->name.n);
        name[f->name.n] = 0;
        const json_t *v = json_object_get(payload, name);
        if (json_is_integer(v))
            json_put_int(j, name, json_integer_value(v));
        else if (json_is_boolean(v))
            json_put_bool(j, name, json_is_true(v));
        else if (json_is_string(v))
            json_put_str(j, name, json_text(v));
    }
}

/* What a repository is called here, so that who hears of a patch set can fetch it without asking
 * back. */
static void put_repository(struct json *j, sqlite3 *ledger, const json_t *payload)
{
    struct ctx cx;
    scoped_stmt *st = NULL;
    const char *subject = json_string_value(json_object_get(payload, "repository"));
    bool row;
    if (!subject) return;
    ctx_init(&cx);
    if (store_prepare(&cx, ledger, STR("SELECT name FROM fact_repository WHERE subject = ?1"), &st) == OK) {
        store_bind_str(st, 1, str_from(subject));
        if (store_step(&cx, st, &row) == OK && row) json_put_str(j, "repository_name", store_column_str(st, 0));
    }
    ctx_release(&cx);
}

/* Row: n, at, kind, subject, actor, via, body. */
static void put_fact(struct json *j, sqlite3_stmt *st, const struct catalog_kind *k)
{
    char at[32];
    struct str body = store_column_str(st, 6);
    json_t *whole = json_loadb(body.p ? body.p : "", body.n, 0, NULL);
    json_begin(j, '{');
    json_put_str(j, "type", k->key);
    json_put_cstr(j, "timestamp", time_format(sqlite3_column_int64(st, 1), at));
    json_key(j, "data");
    json_begin(j, '{');
    json_put_int(j, "event", sqlite3_column_int64(st, 0));
    json_put_str(j, "subject", store_column_str(st, 3));
    json_put_str(j, "actor", store_column_str(st, 4));
    json_put_str(j, "via", store_column_str(st, 5));
    json_key(j, "fields");
    json_begin(j, '{');
    put_fields(j, k, json_object_get(whole, "payload"));
    json_end(j, '}');
    put_repository(j, sqlite3_db_handle(st), json_object_get(whole, "payload"));
    json_end(j, '}');
    json_end(j, '}');
    json_decref(whole);
}

static enum rc queue_fact(struct ctx *cx, sqlite3 *state, const struct hook *h, const struct catalog *c,
                          sqlite3_stmt *st, int64_t now)
{
    const struct catalog_kind *k = catalog_find_kind(c, store_column_str(st, 2));
    scoped_buf payload;
    struct json j;
    if (!k || !hook_wants(h, k->key) || sqlite3_column_type(st, 6) == SQLITE_NULL) return OK; /* erased meanwhile */
    buf_init(&payload, LIMIT_HOOK_PAYLOAD);
    json_init(&j, &payload, false);
    put_fact(&j, st, k);
    TRY(buf_ok(&payload));
    return hooks_add(cx, state, h, k->key, arena_printf(&cx->arena, "%" PRId64, (int64_t)sqlite3_column_int64(st, 0)),
                     buf_view(&payload), now);
}

#define FACTS                                                                                                          \
    "SELECT f.n, f.at, f.kind, f.subject, f.actor, f.via, b.body FROM facts f LEFT JOIN bodies b ON b.n = f.n WHERE "  \
    "f.n > ?1 ORDER BY f.n LIMIT ?2"

static enum rc queue_for(struct ctx *cx, sqlite3 *state, sqlite3 *ledger, const struct catalog *c, const struct hook *h,
                         int64_t now, bool *more)
{
    scoped_stmt *st = NULL;
    int64_t seen = h->seen, looked = 0;
    TRY(store_prepare(cx, ledger, STR(FACTS), &st));
    store_bind_int(st, 1, h->seen);
    store_bind_int(st, 2, AT_ONCE);
    for (bool row;; looked++) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        seen = sqlite3_column_int64(st, 0);
        if (str_eq(h->state, STR("active"))) TRY(queue_fact(cx, state, h, c, st, now));
    }
    if (looked == AT_ONCE) *more = true;
    return looked ? hooks_seen(cx, state, h->id, seen) : OK;
}

enum rc events_queue(struct ctx *cx, sqlite3 *state, sqlite3 *ledger, const struct catalog *c, int64_t now, bool *more)
{
    struct hook *hooks = arena_array(&cx->arena, struct hook, LIMIT_HOOKS);
    int64_t newest;
    size_t n;
    *more = false;
    TRY(hooks_list(cx, state, hooks, &n));
    if (!n) return OK;
    TRY(events_newest(cx, ledger, &newest));
    for (size_t i = 0; i < n; i++) {
        if (hooks[i].seen >= newest) continue;
        TRY(store_begin_write(cx, state)); /* how far it is and what came of it stand or fall together */
        enum rc rc = queue_for(cx, state, ledger, c, &hooks[i], now, more);
        if (rc == OK) rc = store_commit(cx, state);
        if (rc != OK) {
            store_rollback(state);
            return rc;
        }
    }
    return OK;
}

enum rc events_try(struct ctx *cx, sqlite3 *state, const struct hook *h, int64_t now)
{
    scoped_buf payload;
    struct json j;
    char at[32];
    unsigned char random[8];
    char key[2 * sizeof random + 1];
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(key, sizeof key, random, sizeof random);
    buf_init(&payload, 0);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "type", "webhook.test");
    json_put_cstr(&j, "timestamp", time_format(now, at));
    json_key(&j, "data");
    json_begin(&j, '{');
    json_put_str(&j, "webhook", h->id);
    json_end(&j, '}');
    json_end(&j, '}');
    return hooks_add(cx, state, h, STR("webhook.test"), str_from(key), buf_view(&payload), now);
}
