#include "identity/identity_int.h"
#include "identity/tokens.h"

static const struct {
    const char *name;
    int64_t seconds;
} purposes[LINK_COUNT] = {
    [LINK_INVITATION] = {"invitation", 7 * DAY_SECONDS},
    [LINK_RESET] = {"reset", 3600},
    [LINK_SIGN_IN] = {"sign_in", 1800},
};

const char *link_purpose_name(enum link_purpose p)
{
    return p < LINK_COUNT ? purposes[p].name : "";
}

static enum rc insert(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                      enum link_purpose p, const struct link_made *made)
{
    scoped_stmt *st = NULL, *old = NULL;
    uint8_t hash[DIGEST_SIZE];
    if (!secret_hash(str_from(made->secret), hash)) return fail(cx, E_INTERNAL, "no secret was made");
    TRY(state_prepare(cx, id, "DELETE FROM link WHERE person = ?1 AND purpose = ?2", &old));
    store_bind_str(old, 1, person);
    store_bind_str(old, 2, str_from(purposes[p].name));
    TRY(store_run(cx, old));
    TRY(state_prepare(cx, id, "INSERT INTO link VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    store_bind_str(st, 2, made->id);
    store_bind_str(st, 3, person);
    store_bind_str(st, 4, str_from(purposes[p].name));
    store_bind_str(st, 5, by->person);
    store_bind_int(st, 6, identity_now(id));
    store_bind_int(st, 7, made->until);
    return store_run(cx, st);
}

enum rc identity_link_create(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                             enum link_purpose p, int64_t seconds, struct link_made *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, id->o.ledger, STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'"), &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no person \"%s\", or not any more", str_visible(cx, person));
    secret_new(out->secret);
    out->id = id_new(cx);
    out->until = identity_now(id) + (seconds ? seconds : purposes[p].seconds);
    TRY(state_begin(cx, id));
    enum rc rc = insert(cx, id, by, person, p, out);
    if (rc == OK) rc = identity_tell(cx, id, by, person, "link", "added", fingerprint_of(cx, "link", out->id));
    return state_end(cx, id, rc);
}

#define NO_LINK "this link was used, has ended, or never was; ask for another"

static enum rc read_row(struct ctx *cx, sqlite3_stmt *st, enum link_purpose *p, struct str *person)
{
    bool row;
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_DENIED, NO_LINK);
    *person = arena_str(&cx->arena, store_column_str(st, 0));
    for (int i = 0; i < LINK_COUNT; i++)
        if (str_eq(store_column_str(st, 1), str_from(purposes[i].name))) {
            *p = (enum link_purpose)i;
            return store_step(cx, st, &row);
        }
    return fail(cx, E_DENIED, NO_LINK);
}

static enum rc ask(struct ctx *cx, struct identity *id, const char *sql, struct str secret, enum link_purpose *p,
                   struct str *person)
{
    scoped_stmt *st = NULL;
    uint8_t hash[DIGEST_SIZE];
    *person = STR_NONE;
    if (!secret_hash(secret, hash)) return fail(cx, E_DENIED, NO_LINK);
    TRY(state_prepare(cx, id, sql, &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    store_bind_int(st, 2, identity_now(id));
    return read_row(cx, st, p, person);
}

enum rc identity_link_find(struct ctx *cx, struct identity *id, struct str secret, enum link_purpose *p,
                           struct str *person)
{
    return ask(cx, id, "SELECT person, purpose FROM link WHERE hash = ?1 AND until > ?2", secret, p, person);
}

enum rc identity_link_use(struct ctx *cx, struct identity *id, struct str secret, enum link_purpose *p,
                          struct str *person)
{
    return ask(cx, id, "DELETE FROM link WHERE hash = ?1 AND until > ?2 RETURNING person, purpose", secret, p, person);
}

enum rc identity_link_revoke(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str link)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(state_prepare(cx, id, "DELETE FROM link WHERE id = ?1 RETURNING person", &st));
    store_bind_str(st, 1, link);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such link, or it was used");
    struct str person = arena_str(&cx->arena, store_column_str(st, 0));
    TRY(store_step(cx, st, &row));
    return identity_tell(cx, id, by, person, "link", "revoked", fingerprint_of(cx, "link", link));
}
