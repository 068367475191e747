#include "identity/sessions.h"

#include "identity/identity_int.h"

#define SESSIONS_OF_ONE 50 /* the oldest ends when there is one more */
#define WRONG_MOST 5
#define AGENT_MOST 200

static enum rc is_here(struct ctx *cx, struct identity *id, struct str person)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, id->o.ledger, STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'"), &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    return row ? OK : fail(cx, E_DENIED, "this person has left, or was never here");
}

/* Within a transaction. */
static enum rc drop(struct ctx *cx, struct identity *id, struct str cookie)
{
    scoped_stmt *st = NULL;
    uint8_t hash[DIGEST_SIZE];
    if (!secret_hash(cookie, hash)) return OK;
    TRY(state_prepare(cx, id, "DELETE FROM session WHERE hash = ?1", &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    return store_run(cx, st);
}

static enum rc make_room(struct ctx *cx, struct identity *id, struct str person)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(
        cx, id,
        "DELETE FROM session WHERE person = ?1 AND hash NOT IN (SELECT hash FROM session WHERE person = ?1 "
        "ORDER BY seen DESC, id LIMIT ?2)",
        &st));
    store_bind_str(st, 1, person);
    store_bind_int(st, 2, SESSIONS_OF_ONE - 1);
    return store_run(cx, st);
}

static struct str shown_agent(struct ctx *cx, struct str agent)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_visible(&b, str_slice(agent, 0, AGENT_MOST));
    return arena_str(&cx->arena, buf_view(&b));
}

/* Within a transaction. */
static enum rc insert(struct ctx *cx, struct identity *id, const struct session_start *s, int stage,
                      struct session_made *out)
{
    scoped_stmt *st = NULL;
    uint8_t hash[DIGEST_SIZE];
    int64_t now = identity_now(id);
    secret_new(out->cookie);
    out->id = id_new(cx);
    out->until = now + (stage ? SESSION_MOST : SESSION_PENDING);
    if (!secret_hash(str_from(out->cookie), hash)) return fail(cx, E_INTERNAL, "no secret was made");
    TRY(make_room(cx, id, s->person));
    TRY(state_prepare(cx, id, "INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?7, ?8, 0, ?9, ?10)", &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    store_bind_str(st, 2, out->id);
    store_bind_str(st, 3, s->person);
    store_bind_int(st, 4, stage);
    store_bind_int(st, 5, stage ? (int64_t)s->level : 0);
    store_bind_str(st, 6, s->method);
    store_bind_int(st, 7, now);
    store_bind_int(st, 8, out->until);
    store_bind_str(st, 9, s->network.p ? s->network : STR(""));
    store_bind_str(st, 10, shown_agent(cx, s->agent));
    return store_run(cx, st);
}

static enum rc create(struct ctx *cx, struct identity *id, const struct session_start *s, int stage,
                      struct session_made *out)
{
    TRY(is_here(cx, id, s->person));
    TRY(state_begin(cx, id));
    enum rc rc = drop(cx, id, s->before);
    if (rc == OK) rc = insert(cx, id, s, stage, out);
    return state_end(cx, id, rc);
}

enum rc identity_session_create(struct ctx *cx, struct identity *id, const struct session_start *s,
                                struct session_made *out)
{
    return create(cx, id, s, 1, out);
}

/* --- the second step */

enum rc identity_pending_create(struct ctx *cx, struct identity *id, const struct session_start *s,
                                struct session_made *out)
{
    return create(cx, id, s, 0, out);
}

#define NO_PENDING "the first step of signing in is to be done again"

enum rc identity_pending_find(struct ctx *cx, struct identity *id, struct str cookie, struct str *person)
{
    scoped_stmt *st = NULL;
    uint8_t hash[DIGEST_SIZE];
    bool row;
    *person = STR_NONE;
    if (!secret_hash(cookie, hash)) return fail(cx, E_DENIED, NO_PENDING);
    TRY(state_prepare(cx, id, "SELECT person FROM session WHERE hash = ?1 AND stage = 0 AND until > ?2 AND wrong < ?3",
                      &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    store_bind_int(st, 2, identity_now(id));
    store_bind_int(st, 3, WRONG_MOST);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_DENIED, NO_PENDING);
    *person = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

enum rc identity_pending_failed(struct ctx *cx, struct identity *id, struct str cookie)
{
    scoped_stmt *st = NULL;
    uint8_t hash[DIGEST_SIZE];
    if (!secret_hash(cookie, hash)) return OK;
    TRY(state_prepare(cx, id, "UPDATE session SET wrong = wrong + 1 WHERE hash = ?1 AND stage = 0", &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    return store_run(cx, st);
}

/* Takes it out, so that only one caller goes on from it. */
static enum rc take(struct ctx *cx, struct identity *id, struct str cookie, struct session_start *out)
{
    scoped_stmt *st = NULL;
    uint8_t hash[DIGEST_SIZE];
    bool row;
    if (!secret_hash(cookie, hash)) return fail(cx, E_DENIED, NO_PENDING);
    TRY(state_prepare(cx, id,
                      "DELETE FROM session WHERE hash = ?1 AND stage = 0 AND until > ?2 AND wrong < ?3 "
                      "RETURNING person, method, network, agent",
                      &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    store_bind_int(st, 2, identity_now(id));
    store_bind_int(st, 3, WRONG_MOST);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_DENIED, NO_PENDING);
    *out = (struct session_start){.person = arena_str(&cx->arena, store_column_str(st, 0)),
                                  .level = LEVEL_TWO,
                                  .method = arena_str(&cx->arena, store_column_str(st, 1)),
                                  .network = arena_str(&cx->arena, store_column_str(st, 2)),
                                  .agent = arena_str(&cx->arena, store_column_str(st, 3))};
    return OK;
}

enum rc identity_pending_finish(struct ctx *cx, struct identity *id, struct str cookie, const char *second,
                                struct session_made *out)
{
    struct session_start s;
    struct str person;
    TRY(identity_pending_find(cx, id, cookie, &person));
    TRY(is_here(cx, id, person));
    TRY(state_begin(cx, id));
    enum rc rc = take(cx, id, cookie, &s);
    if (rc == OK) {
        s.method = arena_printf(&cx->arena, STR_FMT "+%s", STR_ARG(s.method), second);
        rc = insert(cx, id, &s, 1, out);
    }
    return state_end(cx, id, rc);
}

/* --- sessions that are there */

enum rc identity_session_raise(struct ctx *cx, struct identity *id, struct str cookie, enum identity_level level,
                               struct session_made *out)
{
    scoped_stmt *st = NULL;
    uint8_t before[DIGEST_SIZE], after[DIGEST_SIZE];
    bool row;
    secret_new(out->cookie);
    if (!secret_hash(cookie, before) || !secret_hash(str_from(out->cookie), after))
        return fail(cx, E_DENIED, "this is no session");
    TRY(state_prepare(
        cx, id,
        "UPDATE session SET hash = ?2, level = max(level, ?3), proved = ?4, seen = ?4 WHERE hash = ?1 AND "
        "stage = 1 AND until > ?4 RETURNING id, until",
        &st));
    store_bind_blob(st, 1, before, sizeof before);
    store_bind_blob(st, 2, after, sizeof after);
    store_bind_int(st, 3, (int64_t)level);
    store_bind_int(st, 4, identity_now(id));
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_DENIED, "this session is over");
    out->id = arena_str(&cx->arena, store_column_str(st, 0));
    out->until = sqlite3_column_int64(st, 1);
    return store_step(cx, st, &row); /* to its end: then it is written */
}

enum rc identity_session_fresh(struct ctx *cx, struct identity *id, const struct identity_who *who, bool *out)
{
    scoped_stmt *st = NULL;
    *out = false;
    if (who->credential != CREDENTIAL_SESSION) return OK;
    TRY(state_prepare(cx, id, "SELECT 1 FROM session WHERE person = ?1 AND id = ?2 AND stage = 1 AND proved > ?3",
                      &st));
    store_bind_str(st, 1, who->person);
    store_bind_str(st, 2, who->session);
    store_bind_int(st, 3, identity_now(id) - SESSION_FRESH);
    return store_step(cx, st, out);
}

enum rc identity_session_method(struct ctx *cx, struct identity *id, const struct identity_who *who, struct str *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = STR_NONE;
    if (who->credential != CREDENTIAL_SESSION) return OK;
    TRY(state_prepare(cx, id, "SELECT method FROM session WHERE person = ?1 AND id = ?2", &st));
    store_bind_str(st, 1, who->person);
    store_bind_str(st, 2, who->session);
    TRY(store_step(cx, st, &row));
    if (row) *out = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

enum rc identity_session_end(struct ctx *cx, struct identity *id, struct str person, struct str session)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "DELETE FROM session WHERE person = ?1 AND id = ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, session);
    TRY(store_run(cx, st));
    return sqlite3_changes(id->o.state) ? OK : fail(cx, E_NOTFOUND, "there is no such session");
}

enum rc identity_session_end_all(struct ctx *cx, struct identity *id, struct str person, struct str but)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "DELETE FROM session WHERE person = ?1 AND id IS NOT ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, but);
    return store_run(cx, st);
}

/* --- second factors */

enum rc identity_factor_put(struct ctx *cx, struct identity *id, struct str person, const char *factor)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "INSERT OR IGNORE INTO factor VALUES (?1, ?2, ?3)", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, str_from(factor));
    store_bind_int(st, 3, identity_now(id));
    return store_run(cx, st);
}

enum rc identity_factor_remove(struct ctx *cx, struct identity *id, struct str person, const char *factor)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "DELETE FROM factor WHERE person = ?1 AND factor = ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, str_from(factor));
    return store_run(cx, st);
}

enum rc identity_factor_has(struct ctx *cx, struct identity *id, struct str person, const char *factor, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "SELECT 1 FROM factor WHERE person = ?1 AND factor = ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, str_from(factor));
    return store_step(cx, st, out);
}

static enum rc delete_factors(struct ctx *cx, struct identity *id, struct str person)
{
    static const char *const all[] = {
        "DELETE FROM totp WHERE person = ?1",     "DELETE FROM passkey WHERE person = ?1",
        "DELETE FROM ceremony WHERE person = ?1", "DELETE FROM recovery_code WHERE person = ?1",
        "DELETE FROM factor WHERE person = ?1",   "DELETE FROM session WHERE person = ?1"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        scoped_stmt *st = NULL;
        TRY(state_prepare(cx, id, all[i], &st));
        store_bind_str(st, 1, person);
        TRY(store_run(cx, st));
    }
    return OK;
}

enum rc identity_factors_reset(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person)
{
    bool totp, passkey;
    TRY(identity_factor_has(cx, id, person, "totp", &totp));
    TRY(identity_factor_has(cx, id, person, "passkey", &passkey));
    if (!totp && !passkey) return fail(cx, E_NOTFOUND, "there is no second factor");
    TRY(state_begin(cx, id));
    TRY(state_end(cx, id, delete_factors(cx, id, person)));
    if (totp) TRY(identity_tell(cx, id, by, person, "totp", "removed", STR_NONE));
    return passkey ? identity_tell(cx, id, by, person, "passkey", "removed", STR_NONE) : OK;
}
