#include "identity/tokens.h"

#include "base/json.h"
#include "identity/identity_int.h"
#include "identity/names.h"

#define NAME_MOST 100
#define ONLY_MOST 200
#define PREFIX_SHOWN 8 /* characters by which its owner knows it again */

/* noun.verb */
static bool is_permission(struct str s)
{
    bool dot = false;
    if (s.n == 0 || s.n > 80 || s.p[0] == '.' || s.p[s.n - 1] == '.') return false;
    for (size_t i = 0; i < s.n; i++) {
        bool is_dot = s.p[i] == '.';
        if (!is_dot && s.p[i] != '_' && !(s.p[i] >= 'a' && s.p[i] <= 'z')) return false;
        if (is_dot && dot) return false;
        dot |= is_dot;
    }
    return dot;
}

static enum rc check(struct ctx *cx, const struct token_wish *t, int64_t now)
{
    TRY(name_check(cx, t->name, NAME_MOST));
    if (t->until <= now) return fail(cx, E_INVALID, "until: a token needs an end, which lies ahead");
    if (t->until > now + TOKEN_MOST)
        return fail(cx, E_INVALID, "until: more than %d days ahead", TOKEN_MOST / DAY_SECONDS);
    if (t->n_only == 0) return fail(cx, E_INVALID, "permissions: name at least one");
    if (t->n_only > ONLY_MOST) return fail(cx, E_INVALID, "permissions: more than %d", ONLY_MOST);
    for (size_t i = 0; i < t->n_only; i++)
        if (!is_permission(t->only[i]))
            return fail(cx, E_INVALID, "permissions: \"%s\" is none", str_visible(cx, t->only[i]));
    return OK;
}

static enum rc insert(struct ctx *cx, struct identity *id, struct str person, const struct token_wish *t,
                      const struct token_made *made)
{
    scoped_stmt *st = NULL, *count = NULL;
    scoped_buf only;
    struct json j;
    uint8_t hash[DIGEST_SIZE];
    bool row;
    if (!secret_hash(str_from(made->secret + 4), hash)) return fail(cx, E_INTERNAL, "no secret was made");
    TRY(state_prepare(cx, id, "SELECT count(*) >= ?2 FROM token WHERE person = ?1 AND until > ?3", &count));
    store_bind_str(count, 1, person);
    store_bind_int(count, 2, TOKENS_OF_ONE);
    store_bind_int(count, 3, identity_now(id));
    TRY(store_step(cx, count, &row));
    if (row && sqlite3_column_int(count, 0))
        return fail(cx, E_LIMIT, "you have %d tokens; revoke one first", TOKENS_OF_ONE);
    buf_init(&only, 0);
    json_init(&j, &only, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < t->n_only; i++) json_str(&j, t->only[i]);
    json_end(&j, ']');
    TRY(state_prepare(cx, id, "INSERT INTO token VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL)", &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    store_bind_str(st, 2, made->id);
    store_bind_str(st, 3, person);
    store_bind_str(st, 4, t->name);
    store_bind_str(st, 5, str_slice(str_from(made->secret), 0, PREFIX_SHOWN));
    store_bind_str(st, 6, buf_view(&only));
    store_bind_int(st, 7, identity_now(id));
    store_bind_int(st, 8, t->until);
    return store_run(cx, st);
}

/* The fact goes first: a token nobody has seen opens nothing, one that no fact tells of would. */
enum rc identity_token_create(struct ctx *cx, struct identity *id, const struct identity_who *who,
                              const struct token_wish *t, struct token_made *out)
{
    struct identity_actor by = identity_actor_of(who);
    TRY(check(cx, t, identity_now(id)));
    out->id = id_new(cx);
    memcpy(out->secret, TOKEN_PREFIX, 4);
    secret_new(out->secret + 4);
    TRY(state_begin(cx, id));
    enum rc rc = insert(cx, id, who->person, t, out);
    if (rc == OK) rc = identity_tell(cx, id, &by, who->person, "token", "added", fingerprint_of(cx, "token", out->id));
    return state_end(cx, id, rc);
}

static enum rc delete_of(struct ctx *cx, struct identity *id, const char *sql, struct str person)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, sql, &st));
    store_bind_str(st, 1, person);
    return store_run(cx, st);
}

static enum rc delete_access(struct ctx *cx, struct identity *id, struct str person)
{
    TRY(delete_of(cx, id, "DELETE FROM session WHERE person = ?1", person));
    TRY(delete_of(cx, id, "DELETE FROM token WHERE person = ?1", person));
    return delete_of(cx, id, "DELETE FROM link WHERE person = ?1", person);
}

enum rc identity_access_end(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person)
{
    TRY(state_begin(cx, id));
    TRY(state_end(cx, id, delete_access(cx, id, person)));
    TRY(identity_tell(cx, id, by, person, "token", "revoked", STR_NONE));
    return identity_tell(cx, id, by, person, "session", "revoked", STR_NONE);
}

enum rc identity_token_revoke(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                              struct str token)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "DELETE FROM token WHERE person = ?1 AND id = ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, token);
    TRY(store_run(cx, st));
    if (!sqlite3_changes(id->o.state)) return fail(cx, E_NOTFOUND, "there is no such token");
    return identity_tell(cx, id, by, person, "token", "revoked", fingerprint_of(cx, "token", token));
}
