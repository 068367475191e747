/* Deliveries: put into the queue, sent, sent again, listed. */
#include "hooks/hooks.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/time.h"

#include <sodium.h>

#define GIVE_UP (5 * DAY_SECONDS) /* so long nothing got through */
#define HELD_BACK 1800
#define KEPT (30 * DAY_SECONDS)

/* Seconds before the next attempt, by how many there were. */
static const int64_t again[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
#define AGAIN_MOST (sizeof again / sizeof *again)

static struct str column(struct ctx *cx, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_str(&cx->arena, s) : STR("");
}

enum rc hooks_add(struct ctx *cx, sqlite3 *db, const struct hook *h, struct str type, struct str key,
                  struct str payload, int64_t now)
{
    scoped_stmt *st = NULL;
    struct digest d;
    uint8_t hash[32];
    char message[4 + 48 + 1] = "msg_";
    int64_t waiting;
    TRY(store_get_int(cx, db, "SELECT count(*) FROM delivery WHERE state = 'queued'", &waiting));
    if (waiting >= LIMIT_HOOK_WAITING) return fail(cx, E_LIMIT, "too many messages wait for webhooks");
    digest_init(&d);
    digest_field(&d, h->id);
    digest_field(&d, type);
    digest_field(&d, key);
    digest_final(&d, hash);
    digest_hex(hash, 24, message + 4);
    TRY(store_prepare(
        cx, db,
        STR("INSERT OR IGNORE INTO delivery(hook, message, type, payload, created, state, tries, next, status, "
            "answer) VALUES (?1, ?2, ?3, ?4, ?5, 'queued', 0, ?5, 0, '')"),
        &st));
    store_bind_str(st, 1, h->id);
    store_bind_str(st, 2, str_from(message));
    store_bind_str(st, 3, type);
    store_bind_str(st, 4, payload);
    store_bind_int(st, 5, now);
    return store_run(cx, st);
}

/* --- looking */

enum rc hooks_deliveries(struct ctx *cx, sqlite3 *db, struct str hook, int64_t before, size_t most,
                         struct hook_delivery *out, size_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    *n = 0;
    TRY(store_prepare(
        cx, db,
        STR("SELECT id, message, type, state, answer, created, next, coalesce(ended, 0), tries, status FROM "
            "delivery WHERE hook = ?1 AND (?2 = 0 OR id < ?2) ORDER BY id DESC LIMIT ?3"),
        &st));
    store_bind_str(st, 1, hook);
    store_bind_int(st, 2, before);
    store_bind_int(st, 3, (int64_t)most);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        out[(*n)++] = (struct hook_delivery){.id = sqlite3_column_int64(st, 0),
                                             .message = column(cx, st, 1),
                                             .type = column(cx, st, 2),
                                             .state = column(cx, st, 3),
                                             .answer = column(cx, st, 4),
                                             .created = sqlite3_column_int64(st, 5),
                                             .next = sqlite3_column_int64(st, 6),
                                             .ended = sqlite3_column_int64(st, 7),
                                             .tries = sqlite3_column_int64(st, 8),
                                             .status = sqlite3_column_int64(st, 9)};
    }
}

enum rc hooks_payload(struct ctx *cx, sqlite3 *db, struct str hook, int64_t delivery, struct str *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT payload FROM delivery WHERE hook = ?1 AND id = ?2"), &st));
    store_bind_str(st, 1, hook);
    store_bind_int(st, 2, delivery);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such delivery");
    *out = column(cx, st, 0);
    return OK;
}

enum rc hooks_again(struct ctx *cx, sqlite3 *db, struct str hook, int64_t delivery, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, db,
        STR("UPDATE delivery SET state = 'queued', tries = 0, next = ?3, ended = NULL WHERE hook = ?1 AND id "
            "= ?2"),
        &st));
    store_bind_str(st, 1, hook);
    store_bind_int(st, 2, delivery);
    store_bind_int(st, 3, now);
    TRY(store_run(cx, st));
    return sqlite3_changes(db) ? OK : fail(cx, E_NOTFOUND, "there is no such delivery");
}

/* --- sending */

struct one {
    int64_t id, tries;
    struct str hook, message, payload, url, secret, old_secret;
    bool inside;
};

/* The attempt counts before it is made: a message that kills the process is not tried for ever. */
static enum rc take(struct ctx *cx, sqlite3 *db, int64_t now, struct one *o, bool *found)
{
    scoped_stmt *st = NULL, *count = NULL;
    TRY(store_prepare(
        cx, db,
        STR("SELECT d.id, d.tries, d.hook, d.message, d.payload, h.url, h.secret, CASE WHEN h.old_until > ?1 THEN "
            "h.old_secret ELSE '' END, h.inside FROM delivery d JOIN hook h ON h.id = d.hook WHERE d.state = 'queued' "
            "AND "
            "d.next <= ?1 AND h.state = 'active' ORDER BY d.next, d.id LIMIT 1"),
        &st));
    store_bind_int(st, 1, now);
    TRY(store_step(cx, st, found));
    if (!*found) return OK;
    *o = (struct one){.id = sqlite3_column_int64(st, 0),
                      .tries = sqlite3_column_int64(st, 1) + 1,
                      .hook = column(cx, st, 2),
                      .message = column(cx, st, 3),
                      .payload = column(cx, st, 4),
                      .url = column(cx, st, 5),
                      .secret = column(cx, st, 6),
                      .old_secret = column(cx, st, 7),
                      .inside = sqlite3_column_int(st, 8)};
    sqlite3_reset(st);
    TRY(store_prepare(cx, db, STR("UPDATE delivery SET tries = tries + 1, next = ?2 WHERE id = ?1"), &count));
    store_bind_int(count, 1, o->id);
    store_bind_int(count, 2, now + 60); /* when this process dies meanwhile */
    return store_run(cx, count);
}

static enum rc note(struct ctx *cx, sqlite3 *db, const struct one *o, const char *state, int64_t next, int64_t ended,
                    int status, struct str answer)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, db,
        STR("UPDATE delivery SET state = ?2, next = ?3, ended = nullif(?4, 0), status = ?5, answer = ?6 WHERE "
            "id = ?1"),
        &st));
    store_bind_int(st, 1, o->id);
    store_bind_str(st, 2, str_from(state));
    store_bind_int(st, 3, next);
    store_bind_int(st, 4, ended);
    store_bind_int(st, 5, status);
    store_bind_str(st, 6, answer);
    return store_run(cx, st);
}

/* `gone`: it wants no more. *off: the webhook is turned off now. */
static enum rc note_hook(struct ctx *cx, sqlite3 *db, const struct one *o, bool works, bool gone, struct str why,
                         int64_t now, bool *off)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        cx, db,
        STR("UPDATE hook SET failing = CASE WHEN ?2 THEN NULL ELSE coalesce(failing, ?4) END, trouble = CASE "
            "WHEN ?2 THEN NULL ELSE ?3 END, trouble_at = CASE WHEN ?2 THEN NULL ELSE ?4 END, state = CASE "
            "WHEN state = 'active' AND NOT ?2 AND (?5 OR coalesce(failing, ?4) <= ?4 - ?6) THEN 'failed' ELSE "
            "state END WHERE id = ?1 RETURNING state = 'failed'"),
        &st));
    store_bind_str(st, 1, o->hook);
    store_bind_int(st, 2, works);
    store_bind_str(st, 3, why);
    store_bind_int(st, 4, now);
    store_bind_int(st, 5, gone);
    store_bind_int(st, 6, GIVE_UP);
    TRY(store_step(cx, st, &row));
    *off = row && sqlite3_column_int(st, 0);
    return row ? store_step(cx, st, &row) : OK;
}

/* The others to the same receiver wait too: one at a time finds out whether it is there again, and nobody else waits
 * for it. */
static enum rc hold_back(struct ctx *cx, sqlite3 *db, const struct one *o, int64_t until)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("UPDATE delivery SET next = max(next, ?2) WHERE hook = ?1 AND state = 'queued'"),
                      &st));
    store_bind_str(st, 1, o->hook);
    store_bind_int(st, 2, until);
    return store_run(cx, st);
}

static enum rc settle(struct ctx *cx, sqlite3 *db, const struct one *o, int status, int64_t wait, struct str why,
                      int64_t now, bool *off)
{
    bool works = status >= 200 && status < 300;
    TRY(note_hook(cx, db, o, works, status == 410, why, now, off));
    if (works) return note(cx, db, o, "delivered", now, now, status, STR(""));
    if (status == 410 || o->tries > (int64_t)AGAIN_MOST) return note(cx, db, o, "failed", now, now, status, why);
    int64_t later = again[o->tries - 1] + (int64_t)randombytes_uniform((uint32_t)(again[o->tries - 1] / 10 + 1));
    if (wait > later) later = wait < DAY_SECONDS ? wait : DAY_SECONDS;
    TRY(note(cx, db, o, "queued", now + later, 0, status, why));
    return hold_back(cx, db, o, now + (later < HELD_BACK ? later : HELD_BACK));
}

enum rc hooks_deliver(struct ctx *cx, sqlite3 *db, int64_t now, bool *tried, struct str *gave_up)
{
    struct one o;
    scoped_buf signature;
    int status;
    int64_t wait;
    bool off;
    *gave_up = STR_NONE;
    buf_init(&signature, 0);
    TRY(take(cx, db, now, &o, tried));
    if (!*tried) return OK;
    if (!hook_sign(o.secret, o.message, now, o.payload, &signature))
        return fail(cx, E_CORRUPT, "the secret of a webhook is none");
    if (o.old_secret.n) {
        buf_char(&signature, ' ');
        if (!hook_sign(o.old_secret, o.message, now, o.payload, &signature))
            return fail(cx, E_CORRUPT, "the old secret of a webhook is none");
    }
    const struct hook_post p = {.url = o.url,
                                .inside = o.inside,
                                .id = o.message,
                                .payload = o.payload,
                                .signature = buf_view(&signature),
                                .timestamp = now};
    enum rc rc = hook_post(cx, &p, &status, &wait);
    if (rc != OK && rc != E_INVALID) return rc;
    struct str why = arena_str(&cx->arena, str_from(cx->message));
    TRY(settle(cx, db, &o, status, wait, why, now, &off));
    if (off) *gave_up = o.hook;
    return OK;
}

enum rc hooks_sweep(struct ctx *cx, sqlite3 *db, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("DELETE FROM delivery WHERE (state <> 'queued' AND ended < ?1) OR created < ?1"),
                      &st));
    store_bind_int(st, 1, now - KEPT);
    return store_run(cx, st);
}
