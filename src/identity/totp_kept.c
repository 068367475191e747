#include "identity/totp_kept.h"

#include "identity/identity_int.h"

#include <sodium.h>

#define FACTOR "totp"

struct kept {
    bool there, confirmed;
    uint8_t secret[TOTP_SECRET];
    int64_t used;
};

static enum rc read_kept(struct ctx *cx, struct identity *id, struct str person, struct kept *out)
{
    scoped_stmt *st = NULL;
    *out = (struct kept){0};
    TRY(state_prepare(cx, id, "SELECT secret, confirmed, used FROM totp WHERE person = ?1", &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &out->there));
    if (!out->there) return OK;
    struct str secret = store_column_blob(st, 0);
    if (secret.n != TOTP_SECRET) return fail(cx, E_CORRUPT, "state.db: a secret of one-time passwords is damaged");
    memcpy(out->secret, secret.p, TOTP_SECRET);
    out->confirmed = sqlite3_column_int(st, 1);
    out->used = sqlite3_column_int64(st, 2);
    return OK;
}

static enum rc put_new(struct ctx *cx, struct identity *id, struct str person, const uint8_t secret[TOTP_SECRET])
{
    struct kept k;
    scoped_stmt *st = NULL;
    TRY(read_kept(cx, id, person, &k));
    if (k.confirmed)
        return fail(cx, E_CONFLICT, "one-time passwords are turned on already; turn them off before setting up others");
    TRY(state_prepare(cx, id, "INSERT OR REPLACE INTO totp VALUES (?1, ?2, 0, -1, ?3)", &st));
    store_bind_str(st, 1, person);
    store_bind_blob(st, 2, secret, TOTP_SECRET);
    store_bind_int(st, 3, identity_now(id));
    return store_run(cx, st);
}

enum rc identity_totp_begin(struct ctx *cx, struct identity *id, struct str person, uint8_t secret[TOTP_SECRET])
{
    totp_secret(secret);
    TRY(state_begin(cx, id));
    return state_end(cx, id, put_new(cx, id, person, secret));
}

/* Within a write transaction, so that no two callers take the same step. */
static enum rc take(struct ctx *cx, struct identity *id, struct str person, bool confirmed, struct str code)
{
    struct kept k;
    scoped_stmt *st = NULL;
    int64_t step;
    TRY(read_kept(cx, id, person, &k));
    if (!confirmed && (!k.there || k.confirmed))
        return fail(cx, E_CONFLICT, "there is nothing to confirm: begin by setting up an authenticator app");
    if (confirmed && !k.confirmed)
        return fail(cx, E_DENIED, "the code is wrong, too old, or was used before; wait for the next one");
    enum rc rc = totp_check(cx, k.secret, code, identity_now(id), k.used, &step);
    sodium_memzero(k.secret, sizeof k.secret);
    if (rc != OK) return rc;
    TRY(state_prepare(cx, id, "UPDATE totp SET used = ?2, confirmed = 1 WHERE person = ?1", &st));
    store_bind_str(st, 1, person);
    store_bind_int(st, 2, step);
    return store_run(cx, st);
}

enum rc identity_totp_confirm(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                              struct str code)
{
    TRY(state_begin(cx, id));
    enum rc rc = take(cx, id, person, false, code);
    if (rc == OK) rc = identity_factor_put(cx, id, person, FACTOR);
    if (rc == OK) rc = identity_tell(cx, id, by, person, "totp", "added", STR_NONE);
    return state_end(cx, id, rc);
}

enum rc identity_totp_use(struct ctx *cx, struct identity *id, struct str person, struct str code)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, take(cx, id, person, true, code));
}

static enum rc take_away(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person)
{
    struct kept k;
    scoped_stmt *st = NULL;
    TRY(read_kept(cx, id, person, &k));
    sodium_memzero(k.secret, sizeof k.secret);
    if (!k.confirmed) return fail(cx, E_NOTFOUND, "one-time passwords are not turned on");
    TRY(state_prepare(cx, id, "DELETE FROM totp WHERE person = ?1", &st));
    store_bind_str(st, 1, person);
    TRY(store_run(cx, st));
    TRY(identity_factor_remove(cx, id, person, FACTOR));
    return identity_tell(cx, id, by, person, "totp", "removed", STR_NONE);
}

enum rc identity_totp_remove(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, take_away(cx, id, by, person));
}
