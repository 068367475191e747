#include "identity/guesses.h"

#include "identity/accounts.h"

#include <arpa/inet.h>

#define SHOWN_PLACES 10000 /* different accounts and networks told apart of one hour */

struct bucket bucket_of(const char *word, struct str text, int64_t free, int64_t leak, int64_t most)
{
    struct bucket b = {.free = free, .leak = leak, .most = most};
    word_hash(word, text, b.what);
    return b;
}

struct str network_of(struct ctx *cx, struct str peer)
{
    struct in6_addr six;
    if (!memchr(peer.p ? peer.p : "", ':', peer.n) || inet_pton(AF_INET6, arena_cstr(&cx->arena, peer), &six) != 1)
        return arena_str(&cx->arena, peer);
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        const uint8_t *a = six.s6_addr + 12;
        return arena_printf(&cx->arena, "%d.%d.%d.%d", a[0], a[1], a[2], a[3]);
    }
    char hex[17];
    digest_hex(six.s6_addr, 8, hex);
    return arena_printf(&cx->arena, "%s/64", hex);
}

/* Thousandths of guesses that are still in it, and when the next is free. */
struct level {
    int64_t wrong, free;
};

static enum rc look(struct ctx *cx, struct identity *id, const struct bucket *b, int64_t now, struct level *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct level){0};
    TRY(state_prepare(cx, id, "SELECT wrong, last, free FROM guess WHERE what = ?1", &st));
    store_bind_blob(st, 1, b->what, sizeof b->what);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    int64_t gone = now - sqlite3_column_int64(st, 1);
    if (gone < 0) gone = 0;
    if (gone > 30 * DAY_SECONDS) return OK;
    int64_t left = sqlite3_column_int64(st, 0) - gone * 1000 / b->leak;
    *out = (struct level){.wrong = left > 0 ? left : 0, .free = sqlite3_column_int64(st, 2)};
    if (out->free > now + b->most) out->free = now + b->most; /* the clock has gone back */
    return OK;
}

static enum rc keep(struct ctx *cx, struct identity *id, const struct bucket *b, int64_t now, const struct level *l)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(
        cx, id, l->wrong ? "INSERT OR REPLACE INTO guess VALUES (?1, ?2, ?3, ?4)" : "DELETE FROM guess WHERE what = ?1",
        &st));
    store_bind_blob(st, 1, b->what, sizeof b->what);
    if (l->wrong) {
        store_bind_int(st, 2, l->wrong);
        store_bind_int(st, 3, now);
        store_bind_int(st, 4, l->free);
    }
    return store_run(cx, st);
}

static int64_t delay(const struct bucket *b, int64_t wrong)
{
    int64_t over = (wrong + 999) / 1000 - b->free;
    if (over <= 0) return 0;
    int64_t seconds = over > 30 ? b->most : INT64_C(1) << (over - 1);
    return seconds < b->most ? seconds : b->most;
}

static enum rc put(struct ctx *cx, struct identity *id, const struct bucket *b, size_t n, int64_t *wait)
{
    int64_t now = identity_now(id);
    struct level levels[8];
    *wait = 0;
    for (size_t i = 0; i < n; i++) {
        TRY(look(cx, id, &b[i], now, &levels[i]));
        if (levels[i].free - now > *wait) *wait = levels[i].free - now;
    }
    if (*wait > 0) return fail(cx, E_LIMIT, "too many wrong guesses: try again in %lld seconds", (long long)*wait);
    for (size_t i = 0; i < n; i++) {
        levels[i].wrong += 1000;
        levels[i].free = now + delay(&b[i], levels[i].wrong);
        TRY(keep(cx, id, &b[i], now, &levels[i]));
    }
    return OK;
}

enum rc guesses_put(struct ctx *cx, struct identity *id, const struct bucket *b, size_t n, int64_t *wait)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, put(cx, id, b, n, wait));
}

static enum rc take_back(struct ctx *cx, struct identity *id, const struct bucket *b, size_t n)
{
    int64_t now = identity_now(id);
    for (size_t i = 0; i < n; i++) {
        struct level l = {0};
        if (i) TRY(look(cx, id, &b[i], now, &l));
        l.wrong = l.wrong > 1000 ? l.wrong - 1000 : 0;
        l.free = now;
        TRY(keep(cx, id, &b[i], now, &l));
    }
    return OK;
}

enum rc guesses_right(struct ctx *cx, struct identity *id, const struct bucket *b, size_t n)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, take_back(cx, id, b, n));
}

/* --- the hour's sum */

static enum rc note_place(struct ctx *cx, struct identity *id, int64_t hour, char type, struct str text)
{
    scoped_stmt *st = NULL;
    uint8_t hash[DIGEST_SIZE];
    word_hash(type == 'a' ? "account" : "network", text, hash);
    hash[0] = (uint8_t)type;
    TRY(state_prepare(
        cx, id,
        "INSERT OR IGNORE INTO failure SELECT ?1, ?2 WHERE (SELECT count(*) FROM failure WHERE hour = ?1) < "
        "?3",
        &st));
    store_bind_int(st, 1, hour);
    store_bind_blob(st, 2, hash, sizeof hash);
    store_bind_int(st, 3, SHOWN_PLACES);
    return store_run(cx, st);
}

static enum rc count(struct ctx *cx, struct identity *id, bool refused, struct str account, struct str network)
{
    scoped_stmt *st = NULL;
    int64_t hour = identity_now(id) / 3600;
    TRY(state_prepare(
        cx, id,
        "INSERT INTO failures VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET failed = failed + ?2, refused = "
        "refused + ?3",
        &st));
    store_bind_int(st, 1, hour);
    store_bind_int(st, 2, !refused);
    store_bind_int(st, 3, refused);
    TRY(store_run(cx, st));
    TRY(note_place(cx, id, hour, 'a', account));
    return note_place(cx, id, hour, 'n', network);
}

enum rc guesses_count(struct ctx *cx, struct identity *id, bool refused, struct str account, struct str network)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, count(cx, id, refused, account, network));
}

/* --- codes and links */

#define CODE_FREE 5
#define CODE_LEAK 3600
#define CODE_MOST 3600
#define CODE_FREE_ALL 20
#define CODE_MOST_ALL 300

static void code_buckets(struct ctx *cx, struct str what, struct str network, struct bucket out[2])
{
    struct str here = arena_printf(&cx->arena, STR_FMT " " STR_FMT, STR_ARG(what), STR_ARG(network_of(cx, network)));
    out[0] = bucket_of("code here", here, CODE_FREE, CODE_LEAK, CODE_MOST);
    out[1] = bucket_of("code", what, CODE_FREE_ALL, CODE_LEAK, CODE_MOST_ALL);
}

enum rc identity_guess(struct ctx *cx, struct identity *id, struct str what, struct str network, int64_t *wait)
{
    struct bucket b[2];
    code_buckets(cx, what, network, b);
    enum rc rc = guesses_put(cx, id, b, 2, wait);
    if (rc != OK && rc != E_LIMIT) return rc;
    enum rc counted = guesses_count(cx, id, rc != OK, what, network_of(cx, network));
    return rc != OK ? rc : counted;
}

enum rc identity_guess_right(struct ctx *cx, struct identity *id, struct str what, struct str network)
{
    struct bucket b[2];
    code_buckets(cx, what, network, b);
    TRY(guesses_right(cx, id, b, 2));
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "UPDATE failures SET failed = failed - 1 WHERE hour = ?1 AND failed > 0", &st));
    store_bind_int(st, 1, identity_now(id) / 3600);
    return store_run(cx, st);
}
