/* POSTs that may be sent again. What was asked is noted before it is done, the answer afterwards; whoever asks the same
 * again gets that answer. A note without an answer is of a process that ended in between: it is done again then, and
 * facts know their request's key. */
#include "api/api_int.h"
#include "base/digest.h"

#define KEPT_SECONDS 86400
#define LONGEST_KEY 200
#define LONGEST_ANSWER (64 * KIB) /* that is kept */

extern const char api_state_001_sql[], api_state_002_sql[];
static const char *const steps[] = {api_state_001_sql, api_state_002_sql};
const struct state_room api_state = {"api", steps, sizeof steps / sizeof *steps};

static void digest_of(const struct api_call *call, uint8_t out[32])
{
    struct digest d;
    digest_init(&d);
    digest_field(&d, call->request->method);
    digest_field(&d, call->request->path);
    digest_field(&d, call->request->query);
    digest_field(&d, call->request->body);
    if (call->file) digest_field(&d, (struct str){(const char *)call->file->sha256, sizeof call->file->sha256});
    digest_final(&d, out);
}

static enum rc note(struct ctx *cx, struct api_call *call, struct str key, const uint8_t asked[32])
{
    static const char forget[] = "DELETE FROM answer WHERE at < ?1";
    static const char put[] = "INSERT OR REPLACE INTO answer(who, key, asked, at, run, status) "
                              "VALUES (?1, ?2, ?3, ?4, ?5, 0)";
    sqlite3_stmt *st;
    TRY(pool_statement(cx, call->databases, call->state, forget, &st));
    store_bind_int(st, 1, call->now - KEPT_SECONDS);
    TRY(store_run(cx, st));
    TRY(pool_statement(cx, call->databases, call->state, put, &st));
    store_bind_str(st, 1, call->who.fingerprint);
    store_bind_str(st, 2, key);
    store_bind_blob(st, 3, asked, 32);
    store_bind_int(st, 4, call->now);
    store_bind_str(st, 5, str_from(call->api->run));
    return store_run(cx, st);
}

/* The answer of the first time. */
static enum rc answer_again(struct ctx *cx, struct api_call *call, sqlite3_stmt *st)
{
    static const char *const names[] = {"Content-Type", "Location", "ETag"};
    call->answer->status = sqlite3_column_int(st, 2);
    for (int i = 0; i < 3; i++) {
        struct str value = store_column_str(st, 3 + i);
        if (value.p) api_header(call, names[i], arena_str(&cx->arena, value));
    }
    struct str body = store_column_blob(st, 6);
    if (!body.p)
        return api_refuse(cx, call, E_CONFLICT, "conflict",
                          "this was done already; its answer was shown once and is not kept",
                          "tämä on jo tehty; vastaus näytettiin kerran eikä sitä säilytetä");
    buf_clear(&call->answer->body);
    buf_str(&call->answer->body, body);
    api_header(call, "Idempotent-Replayed", STR("true"));
    return buf_ok(&call->answer->body);
}

static enum rc find(struct ctx *cx, struct api_call *call, struct str key, const uint8_t asked[32], bool *done)
{
    static const char get[] =
        "SELECT asked, at, status, type, location, tag, body, run FROM answer WHERE who = ?1 AND key = ?2";
    sqlite3_stmt *st;
    bool row;
    TRY(pool_statement(cx, call->databases, call->state, get, &st));
    store_bind_str(st, 1, call->who.fingerprint);
    store_bind_str(st, 2, key);
    enum rc rc = store_step(cx, st, &row);
    if (rc == OK && row && sqlite3_column_int64(st, 1) >= call->now - KEPT_SECONDS) {
        if (!str_eq(store_column_blob(st, 0), (struct str){(const char *)asked, 32}))
            rc = api_refuse(cx, call, E_CONFLICT, "conflict", "this Idempotency-Key was used for another request",
                            "tätä Idempotency-Key-arvoa on käytetty toiseen pyyntöön");
        else if (sqlite3_column_int(st, 2) != 0) {
            rc = answer_again(cx, call, st);
            *done = rc == OK;
        } else if (str_eq(store_column_str(st, 7), str_from(call->api->run)))
            rc = api_refuse(cx, call, E_BUSY, "busy", "the same request is still being worked on",
                            "samaa pyyntöä käsitellään vielä");
    }
    (void)sqlite3_reset(st);
    return rc;
}

static bool is_key(struct str key)
{
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] < 0x21 || key.p[i] > 0x7e) return false;
    return key.n > 0 && key.n <= LONGEST_KEY;
}

static struct str key_of(const struct api_call *call)
{
    if (strcmp(call->op->method, "POST") != 0 || call->who.credential == CREDENTIAL_NONE) return STR_NONE;
    return http_request_header(call->request, "Idempotency-Key");
}

/* Facts' keys are at most 200 bytes and shared with the command line's. */
static struct str fact_key(struct ctx *cx, struct str key)
{
    struct digest d;
    uint8_t hash[32];
    char hex[65];
    digest_init(&d);
    digest_field(&d, STR("api"));
    digest_field(&d, key);
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, hex);
    return arena_printf(&cx->arena, "api-%s", hex);
}

enum rc api_repeat_begin(struct ctx *cx, struct api_call *call, bool *done)
{
    struct str key = key_of(call);
    uint8_t asked[32];
    *done = false;
    if (!key.p) return OK;
    if (!is_key(key))
        return api_refuse(cx, call, E_INVALID, "malformed", "an Idempotency-Key is 1 to %d visible ASCII characters",
                          "Idempotency-Key on 1–%d näkyvää ASCII-merkkiä", LONGEST_KEY);
    digest_of(call, asked);
    TRY(store_begin_write(cx, call->state));
    enum rc rc = find(cx, call, key, asked, done);
    if (rc == OK && !*done) rc = note(cx, call, key, asked);
    if (rc == OK) rc = store_commit(cx, call->state);
    if (rc != OK) {
        if (store_in_transaction(call->state)) store_rollback(call->state);
        return rc;
    }
    call->key = fact_key(cx, key);
    return OK;
}

static struct str header_of(const struct http_response *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, str_from(name))) return r->headers[i].value;
    return STR_NONE;
}

static enum rc keep(struct ctx *cx, struct api_call *call, struct str key)
{
    static const char put[] = "UPDATE answer SET status = ?3, type = ?4, location = ?5, tag = ?6, body = ?7 "
                              "WHERE who = ?1 AND key = ?2";
    sqlite3_stmt *st;
    TRY(pool_statement(cx, call->databases, call->state, put, &st));
    struct str body = buf_view(&call->answer->body);
    store_bind_str(st, 1, call->who.fingerprint);
    store_bind_str(st, 2, key);
    store_bind_int(st, 3, call->answer->status);
    store_bind_str(st, 4, header_of(call->answer, "Content-Type"));
    store_bind_str(st, 5, header_of(call->answer, "Location"));
    store_bind_str(st, 6, header_of(call->answer, "ETag"));
    if (call->op->secret || body.n > LONGEST_ANSWER)
        store_bind_null(st, 7);
    else
        store_bind_blob(st, 7, body.n ? body.p : "", body.n);
    return store_run(cx, st);
}

static enum rc forget(struct ctx *cx, struct api_call *call, struct str key)
{
    static const char take[] = "DELETE FROM answer WHERE who = ?1 AND key = ?2";
    sqlite3_stmt *st;
    TRY(pool_statement(cx, call->databases, call->state, take, &st));
    store_bind_str(st, 1, call->who.fingerprint);
    store_bind_str(st, 2, key);
    return store_run(cx, st);
}

void api_repeat_end(struct api_call *call, bool ok)
{
    struct ctx own; /* the error of the call stays what it is */
    if (!call->key.n) return;
    ctx_init(&own);
    if (store_begin_write(&own, call->state) == OK) {
        enum rc rc = ok ? keep(&own, call, key_of(call)) : forget(&own, call, key_of(call));
        if (rc == OK) rc = store_commit(&own, call->state);
        if (rc != OK && store_in_transaction(call->state)) store_rollback(call->state);
    }
    ctx_release(&own);
}
