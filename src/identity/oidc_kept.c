#include "identity/oidc_kept.h"

#include "base/json.h"
#include "base/limits.h"
#include "identity/identity_int.h"
#include "identity/oidc_kept_int.h"

#define CLIENT_MOST 255 /* bytes of a client's id, and of its secret */

static struct str column(struct ctx *cx, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_str(&cx->arena, s) : STR("");
}

#define COLUMNS "id, name, issuer, client, secret <> '', by_address, believes, active, version, trouble, trouble_at"

static struct oidc_provider read_row(struct ctx *cx, sqlite3_stmt *st)
{
    return (struct oidc_provider){.id = column(cx, st, 0),
                                  .name = column(cx, st, 1),
                                  .issuer = column(cx, st, 2),
                                  .client = column(cx, st, 3),
                                  .has_secret = sqlite3_column_int(st, 4),
                                  .by_address = sqlite3_column_int(st, 5),
                                  .believes = sqlite3_column_int(st, 6),
                                  .active = sqlite3_column_int(st, 7),
                                  .version = sqlite3_column_int64(st, 8),
                                  .trouble = sqlite3_column_type(st, 9) == SQLITE_NULL ? STR_NONE : column(cx, st, 9),
                                  .trouble_at = sqlite3_column_int64(st, 10)};
}

enum rc identity_providers(struct ctx *cx, struct identity *id, struct oidc_providers *out)
{
    scoped_stmt *st = NULL;
    enum rc rc;
    out->list = arena_array(&cx->arena, struct oidc_provider, PROVIDERS_MOST);
    out->n = 0;
    TRY(state_prepare(cx, id, "SELECT " COLUMNS " FROM provider ORDER BY name, id LIMIT ?1", &st));
    store_bind_int(st, 1, PROVIDERS_MOST);
    while (next_row(cx, st, &rc)) out->list[out->n++] = read_row(cx, st);
    return rc;
}

enum rc identity_provider_get(struct ctx *cx, struct identity *id, struct str provider, struct oidc_provider *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(state_prepare(cx, id, "SELECT " COLUMNS " FROM provider WHERE id = ?1", &st));
    store_bind_str(st, 1, provider);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such sign-in provider");
    *out = read_row(cx, st);
    return OK;
}

enum rc provider_secret(struct ctx *cx, struct identity *id, struct str provider, struct str *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(state_prepare(cx, id, "SELECT secret FROM provider WHERE id = ?1", &st));
    store_bind_str(st, 1, provider);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such sign-in provider");
    *out = column(cx, st, 0);
    return OK;
}

enum rc provider_note(struct ctx *cx, struct identity *id, struct str provider)
{
    scoped_stmt *st = NULL;
    struct str why = arena_str(&cx->arena, str_from(cx->message));
    TRY(state_prepare(cx, id, "UPDATE provider SET trouble = ?2, trouble_at = ?3 WHERE id = ?1", &st));
    store_bind_str(st, 1, provider);
    store_bind_str(st, 2, why);
    store_bind_int(st, 3, identity_now(id));
    return store_run(cx, st);
}

/* --- setting one up */

/* ascii: VSCHAR of RFC 6749, appendix A: blanks within are fine. */
static enum rc check_text(struct ctx *cx, const char *what, struct str s, size_t most, bool ascii)
{
    if (!s.n || s.n > most || str_trim(s).n != s.n || !str_is_utf8(s))
        return fail(cx, E_INVALID, "%s: 1 to %zu bytes, without blanks at its ends, are expected", what, most);
    for (size_t i = 0, n; i < s.n; i += n) {
        uint32_t cp = 0;
        n = str_char(s, i, &cp);
        if (!n || cp < 0x20 || char_is_deceptive(cp) || (ascii && cp > 0x7e))
            return fail(cx, E_INVALID, "%s: a character that it cannot have", what);
    }
    return OK;
}

static enum rc check_provider(struct ctx *cx, const struct oidc_provider *p, struct str secret)
{
    TRY(check_text(cx, "name", p->name, PROVIDER_NAME, false));
    TRY(oidc_address_check(cx, "issuer", p->issuer, true));
    TRY(check_text(cx, "client id", p->client, CLIENT_MOST, true));
    return secret.n ? check_text(cx, "client secret", secret, CLIENT_MOST, true) : OK;
}

static enum rc tell(struct ctx *cx, struct identity *id, const struct identity_actor *by, const struct oidc_provider *p,
                    const char *state)
{
    scoped_buf payload;
    struct json j;
    struct change c;
    buf_init(&payload, 0);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_str(&j, "provider", p->id);
    json_put_str(&j, "issuer", p->issuer);
    json_put_str(&j, "client", p->client);
    json_put_cstr(&j, "state", state);
    json_put_bool(&j, "by_address", p->by_address);
    json_put_bool(&j, "believes", p->believes);
    json_end(&j, '}');
    const struct body b = change_body(by, "provider", STR("org"), buf_view(&payload));
    TRY(change_make(cx, id, &b, 1, &c));
    return change_append(cx, id, &c);
}

static enum rc insert(struct ctx *cx, struct identity *id, struct oidc_provider *p, struct str secret)
{
    scoped_stmt *known = NULL, *count = NULL, *st = NULL;
    bool row;
    TRY(state_prepare(cx, id, "SELECT 1 FROM provider WHERE issuer = ?1", &known));
    store_bind_str(known, 1, p->issuer);
    TRY(store_step(cx, known, &row));
    if (row) return fail(cx, E_CONFLICT, "this issuer is set up already");
    TRY(state_prepare(cx, id, "SELECT count(*) FROM provider", &count));
    TRY(store_step(cx, count, &row));
    if (row && sqlite3_column_int(count, 0) >= PROVIDERS_MOST)
        return fail(cx, E_LIMIT, "there are at most %d sign-in providers", PROVIDERS_MOST);
    p->id = id_new(cx);
    p->version = 1;
    TRY(state_prepare(cx, id,
                      "INSERT INTO provider(id, issuer, name, client, secret, by_address, believes, active, version) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)",
                      &st));
    store_bind_str(st, 1, p->id);
    store_bind_str(st, 2, p->issuer);
    store_bind_str(st, 3, p->name);
    store_bind_str(st, 4, p->client);
    store_bind_str(st, 5, secret.n ? secret : STR(""));
    store_bind_int(st, 6, p->by_address);
    store_bind_int(st, 7, p->believes);
    store_bind_int(st, 8, p->active);
    return store_run(cx, st);
}

static enum rc update(struct ctx *cx, struct identity *id, struct oidc_provider *p, struct str secret)
{
    scoped_stmt *st = NULL;
    struct oidc_provider before;
    TRY(identity_provider_get(cx, id, p->id, &before));
    if (before.version != p->version) return fail(cx, E_CONFLICT, "somebody else has changed this provider meanwhile");
    if (!str_eq(before.issuer, p->issuer))
        return fail(cx, E_INVALID, "issuer: it stays; remove this provider and add the other one");
    TRY(state_prepare(
        cx, id,
        "UPDATE provider SET name = ?2, client = ?3, secret = coalesce(?4, secret), by_address = ?5, "
        "believes = ?6, active = ?7, version = version + 1, document = NULL, keys = NULL, trouble = NULL, "
        "failed_at = NULL WHERE id = ?1",
        &st));
    store_bind_str(st, 1, p->id);
    store_bind_str(st, 2, p->name);
    store_bind_str(st, 3, p->client);
    store_bind_str(st, 4, secret);
    store_bind_int(st, 5, p->by_address);
    store_bind_int(st, 6, p->believes);
    store_bind_int(st, 7, p->active);
    TRY(store_run(cx, st));
    p->version = before.version + 1;
    return OK;
}

enum rc identity_provider_put(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                              struct oidc_provider *p, struct str secret)
{
    TRY(check_provider(cx, p, secret));
    TRY(state_begin(cx, id));
    enum rc rc = p->id.n ? update(cx, id, p, secret) : insert(cx, id, p, secret);
    if (rc == OK) rc = tell(cx, id, by, p, p->active ? "active" : "off");
    return state_end(cx, id, rc);
}

static enum rc take_away(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str provider)
{
    static const char *const statements[] = {
        "DELETE FROM foreign_account WHERE issuer = (SELECT issuer FROM provider WHERE id = ?1)",
        "DELETE FROM flow WHERE provider = ?1", "DELETE FROM provider WHERE id = ?1"};
    struct oidc_provider p;
    TRY(identity_provider_get(cx, id, provider, &p));
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        scoped_stmt *st = NULL;
        TRY(state_prepare(cx, id, statements[i], &st));
        store_bind_str(st, 1, provider);
        TRY(store_run(cx, st));
    }
    return tell(cx, id, by, &p, "removed");
}

enum rc identity_provider_remove(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                                 struct str provider)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, take_away(cx, id, by, provider));
}

/* --- accounts there */

enum rc identity_accounts(struct ctx *cx, struct identity *id, struct str person, struct oidc_accounts *out)
{
    scoped_stmt *st = NULL;
    enum rc rc;
    out->list = arena_array(&cx->arena, struct oidc_account, ACCOUNTS_OF_ONE);
    out->n = 0;
    TRY(state_prepare(cx, id,
                      "SELECT a.id, p.id, p.name, a.created, a.seen FROM foreign_account a JOIN provider p "
                      "ON p.issuer = a.issuer WHERE a.person = ?1 ORDER BY a.created, a.id LIMIT ?2",
                      &st));
    store_bind_str(st, 1, person);
    store_bind_int(st, 2, ACCOUNTS_OF_ONE);
    while (next_row(cx, st, &rc))
        out->list[out->n++] = (struct oidc_account){.id = column(cx, st, 0),
                                                    .provider = column(cx, st, 1),
                                                    .name = column(cx, st, 2),
                                                    .created = sqlite3_column_int64(st, 3),
                                                    .seen = sqlite3_column_int64(st, 4)};
    return rc;
}

enum rc identity_account_find(struct ctx *cx, struct identity *id, struct str issuer, struct str subject,
                              struct str *person)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(state_prepare(cx, id, "SELECT person FROM foreign_account WHERE issuer = ?1 AND subject = ?2", &st));
    store_bind_str(st, 1, issuer);
    store_bind_str(st, 2, subject);
    TRY(store_step(cx, st, &row));
    *person = row ? column(cx, st, 0) : STR_NONE;
    return OK;
}

static enum rc link_account(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                            struct str issuer, struct str subject)
{
    scoped_stmt *count = NULL, *st = NULL;
    struct str owner, account = id_new(cx);
    bool row;
    TRY(identity_account_find(cx, id, issuer, subject, &owner));
    if (owner.p && str_eq(owner, person)) return OK;
    if (owner.p) return fail(cx, E_CONFLICT, "that account is linked to somebody else here");
    TRY(state_prepare(cx, id, "SELECT count(*) FROM foreign_account WHERE person = ?1", &count));
    store_bind_str(count, 1, person);
    TRY(store_step(cx, count, &row));
    if (row && sqlite3_column_int(count, 0) >= ACCOUNTS_OF_ONE)
        return fail(cx, E_LIMIT, "a person has at most %d linked accounts", ACCOUNTS_OF_ONE);
    TRY(state_prepare(cx, id, "INSERT INTO foreign_account VALUES (?1, ?2, ?3, ?4, ?5, NULL)", &st));
    store_bind_str(st, 1, issuer);
    store_bind_str(st, 2, subject);
    store_bind_str(st, 3, account);
    store_bind_str(st, 4, person);
    store_bind_int(st, 5, identity_now(id));
    TRY(store_run(cx, st));
    return identity_tell(cx, id, by, person, "account", "added", fingerprint_of(cx, "account", account));
}

enum rc identity_account_link(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                              struct str issuer, struct str subject)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, link_account(cx, id, by, person, issuer, subject));
}

enum rc identity_account_seen(struct ctx *cx, struct identity *id, struct str issuer, struct str subject)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "UPDATE foreign_account SET seen = ?3 WHERE issuer = ?1 AND subject = ?2", &st));
    store_bind_str(st, 1, issuer);
    store_bind_str(st, 2, subject);
    store_bind_int(st, 3, identity_now(id));
    return store_run(cx, st);
}

static enum rc unlink_account(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                              struct str account)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "DELETE FROM foreign_account WHERE person = ?1 AND id = ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, account);
    TRY(store_run(cx, st));
    if (!sqlite3_changes(id->o.state)) return fail(cx, E_NOTFOUND, "you have no such linked account");
    return identity_tell(cx, id, by, person, "account", "removed", fingerprint_of(cx, "account", account));
}

enum rc identity_account_unlink(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                                struct str account)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, unlink_account(cx, id, by, person, account));
}
