#include "identity/webauthn_kept.h"

#include "identity/identity_int.h"

#include <sodium.h>

#define FACTOR "passkey"
#define CEREMONIES_MOST 20000 /* under way at a time */
#define UNKNOWN "this passkey is not known here"
#define COPIED                                                                                                         \
    "the counter of this passkey went back: there may be a copy of it. Sign in another way, remove it, and add it "    \
    "anew"

static struct str column(struct ctx *cx, sqlite3_stmt *st, int i)
{
    struct str s = store_column_blob(st, i); /* text too */
    return s.p ? arena_str(&cx->arena, s) : STR("");
}

enum rc identity_passkeys(struct ctx *cx, struct identity *id, struct str person, struct passkeys *out)
{
    scoped_stmt *st = NULL;
    enum rc rc;
    out->list = arena_array(&cx->arena, struct passkey, PASSKEYS_OF_ONE);
    out->n = 0;
    TRY(state_prepare(cx, id,
                      "SELECT id, name, credential, site, verified, eligible, backed_up, created, seen, doubtful "
                      "FROM passkey WHERE person = ?1 ORDER BY created, id LIMIT ?2",
                      &st));
    store_bind_str(st, 1, person);
    store_bind_int(st, 2, PASSKEYS_OF_ONE);
    while (next_row(cx, st, &rc))
        out->list[out->n++] = (struct passkey){.id = column(cx, st, 0),
                                               .name = column(cx, st, 1),
                                               .credential = column(cx, st, 2),
                                               .site = column(cx, st, 3),
                                               .verified = sqlite3_column_int(st, 4),
                                               .eligible = sqlite3_column_int(st, 5),
                                               .backed_up = sqlite3_column_int(st, 6),
                                               .created = sqlite3_column_int64(st, 7),
                                               .seen = sqlite3_column_int64(st, 8),
                                               .doubtful = sqlite3_column_type(st, 9) != SQLITE_NULL};
    return rc;
}

/* --- challenges */

static enum rc put_challenge(struct ctx *cx, struct identity *id, bool making, struct str person,
                             const uint8_t challenge[WEBAUTHN_CHALLENGE])
{
    scoped_stmt *old = NULL, *count = NULL, *st = NULL;
    bool row;
    TRY(state_prepare(cx, id, "DELETE FROM ceremony WHERE until <= ?1", &old));
    store_bind_int(old, 1, identity_now(id));
    TRY(store_run(cx, old));
    TRY(state_prepare(cx, id, "SELECT count(*) FROM ceremony", &count));
    TRY(store_step(cx, count, &row));
    if (row && sqlite3_column_int(count, 0) >= CEREMONIES_MOST)
        return fail(cx, E_BUSY, "too many people are using passkeys at this moment; try again in a minute");
    TRY(state_prepare(cx, id, "INSERT INTO ceremony VALUES (?1, ?2, ?3, ?4)", &st));
    store_bind_blob(st, 1, challenge, WEBAUTHN_CHALLENGE);
    store_bind_int(st, 2, making);
    store_bind_str(st, 3, person);
    store_bind_int(st, 4, identity_now(id) + PASSKEY_SECONDS);
    return store_run(cx, st);
}

enum rc identity_passkey_ask(struct ctx *cx, struct identity *id, bool making, struct str person,
                             uint8_t challenge[WEBAUTHN_CHALLENGE])
{
    randombytes_buf(challenge, WEBAUTHN_CHALLENGE);
    TRY(state_begin(cx, id));
    return state_end(cx, id, put_challenge(cx, id, making, person, challenge));
}

/* The challenge that was answered, which is none from now on, whatever comes of it. */
static enum rc take_challenge(struct ctx *cx, struct identity *id, bool making, struct str person,
                              struct str client_data, uint8_t challenge[WEBAUTHN_CHALLENGE])
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(webauthn_challenge(cx, client_data, challenge));
    TRY(state_prepare(cx, id,
                      "DELETE FROM ceremony WHERE challenge = ?1 AND making = ?2 AND person IS ?3 AND until > ?4 "
                      "RETURNING 1",
                      &st));
    store_bind_blob(st, 1, challenge, WEBAUTHN_CHALLENGE);
    store_bind_int(st, 2, making);
    store_bind_str(st, 3, person);
    store_bind_int(st, 4, identity_now(id));
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_DENIED, "this was asked of nobody, was answered before, or took too long; begin again");
    return store_run(cx, st);
}

struct str identity_passkey_user(struct str person)
{
    return str_starts(person, STR("person:")) ? str_slice(person, 7, person.n) : person;
}

/* --- a new one */

static struct str fingerprint(struct ctx *cx, struct str credential)
{
    return fingerprint_of(cx, "passkey", credential);
}

static enum rc put_passkey(struct ctx *cx, struct identity *id, struct str person, const struct webauthn_site *site,
                           struct str name, const struct webauthn_key *key, struct str out)
{
    scoped_stmt *known = NULL, *count = NULL, *st = NULL;
    bool row;
    TRY(state_prepare(cx, id, "SELECT 1 FROM passkey WHERE credential = ?1", &known));
    store_bind_blob(known, 1, key->id.p, key->id.n);
    TRY(store_step(cx, known, &row));
    if (row) return fail(cx, E_CONFLICT, "this passkey is registered already");
    TRY(state_prepare(cx, id, "SELECT count(*) FROM passkey WHERE person = ?1", &count));
    store_bind_str(count, 1, person);
    TRY(store_step(cx, count, &row));
    if (row && sqlite3_column_int(count, 0) >= PASSKEYS_OF_ONE)
        return fail(cx, E_LIMIT, "a person has at most %d passkeys; remove one first", PASSKEYS_OF_ONE);
    TRY(state_prepare(cx, id,
                      "INSERT INTO passkey VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, NULL, NULL)",
                      &st));
    store_bind_blob(st, 1, key->id.p, key->id.n);
    store_bind_str(st, 2, out);
    store_bind_str(st, 3, person);
    store_bind_str(st, 4, name);
    store_bind_str(st, 5, site->id);
    store_bind_int(st, 6, key->algorithm);
    store_bind_blob(st, 7, key->public.p, key->public.n);
    store_bind_int(st, 8, key->counter);
    store_bind_int(st, 9, key->verified);
    store_bind_int(st, 10, key->eligible);
    store_bind_int(st, 11, key->backed_up);
    store_bind_blob(st, 12, key->model, sizeof key->model);
    store_bind_int(st, 13, identity_now(id));
    return store_run(cx, st);
}

static enum rc check_name(struct ctx *cx, struct str name)
{
    struct str s = str_trim(name);
    if (!s.n || s.n != name.n || name.n > PASSKEY_NAME || !str_is_utf8(name))
        return fail(cx, E_INVALID, "a passkey's name has 1 to %d bytes, without blanks at its ends", PASSKEY_NAME);
    for (size_t i = 0, n; i < name.n; i += n) {
        uint32_t cp;
        n = str_char(name, i, &cp);
        if (!n || char_is_deceptive(cp))
            return fail(cx, E_INVALID, "a passkey's name has characters that cannot be seen");
    }
    return OK;
}

enum rc identity_passkey_add(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                             const struct webauthn_site *site, struct str name, const struct webauthn_registration *r,
                             struct str *out)
{
    uint8_t challenge[WEBAUTHN_CHALLENGE];
    struct webauthn_key key;
    TRY(check_name(cx, name));
    TRY(take_challenge(cx, id, true, person, r->client_data, challenge));
    TRY(webauthn_register(cx, site, challenge, true, r, &key));
    *out = id_new(cx);
    TRY(state_begin(cx, id));
    enum rc rc = put_passkey(cx, id, person, site, name, &key, *out);
    if (rc == OK) rc = identity_factor_put(cx, id, person, FACTOR);
    if (rc == OK) rc = identity_tell(cx, id, by, person, "passkey", "added", fingerprint(cx, *out));
    return state_end(cx, id, rc);
}

/* --- one that is shown */

struct found {
    struct webauthn_key key;
    struct str person, id;
    bool doubtful;
};

static enum rc find(struct ctx *cx, struct identity *id, const struct webauthn_site *site, struct str credential,
                    struct found *out)
{
    scoped_stmt *st = NULL;
    bool row = false;
    if (!credential.n) return fail(cx, E_DENIED, UNKNOWN);
    TRY(state_prepare(cx, id,
                      "SELECT id, person, algorithm, public, counter, eligible, doubtful FROM passkey "
                      "WHERE credential = ?1 AND site = ?2",
                      &st));
    store_bind_blob(st, 1, credential.p, credential.n);
    store_bind_str(st, 2, site->id);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_DENIED, UNKNOWN);
    out->id = column(cx, st, 0);
    out->person = column(cx, st, 1);
    out->key = (struct webauthn_key){.id = credential,
                                     .algorithm = sqlite3_column_int(st, 2),
                                     .public = column(cx, st, 3),
                                     .counter = (uint32_t)sqlite3_column_int64(st, 4),
                                     .eligible = sqlite3_column_int(st, 5)};
    out->doubtful = sqlite3_column_type(st, 6) != SQLITE_NULL;
    return OK;
}

static enum rc note(struct ctx *cx, struct identity *id, const struct found *f, const struct webauthn_shown *shown,
                    bool copied)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id,
                      copied ? "UPDATE passkey SET doubtful = ?2 WHERE id = ?1 AND doubtful IS NULL"
                             : "UPDATE passkey SET seen = ?2, counter = ?3, backed_up = ?4 WHERE id = ?1",
                      &st));
    store_bind_str(st, 1, f->id);
    store_bind_int(st, 2, identity_now(id));
    if (!copied) {
        store_bind_int(st, 3, shown->counter);
        store_bind_int(st, 4, shown->backed_up);
    }
    return store_run(cx, st);
}

/* Within a write transaction: the counter that is compared is the one that is replaced. */
static enum rc show(struct ctx *cx, struct identity *id, const struct webauthn_site *site, struct str person,
                    const uint8_t challenge[WEBAUTHN_CHALLENGE], struct str credential,
                    const struct webauthn_assertion *a, struct found *f, bool *copied)
{
    struct webauthn_shown shown;
    TRY(find(cx, id, site, credential, f));
    if (person.p && !str_eq(person, f->person)) return fail(cx, E_DENIED, UNKNOWN);
    if (!person.p && !a->user_handle.p) return fail(cx, E_DENIED, "the passkey does not say whose it is");
    if (f->doubtful) return fail(cx, E_DENIED, COPIED);
    enum rc rc = webauthn_assert(cx, site, challenge, !person.p, &f->key, identity_passkey_user(f->person), a, &shown);
    *copied = rc == E_CONFLICT;
    if (rc != OK && rc != E_CONFLICT) return rc;
    return note(cx, id, f, &shown, *copied);
}

enum rc identity_passkey_show(struct ctx *cx, struct identity *id, const struct webauthn_site *site, struct str person,
                              struct str credential, const struct webauthn_assertion *a, struct str *who,
                              struct str *passkey)
{
    uint8_t challenge[WEBAUTHN_CHALLENGE];
    struct found f;
    bool copied = false;
    TRY(take_challenge(cx, id, false, person, a->client_data, challenge));
    TRY(state_begin(cx, id));
    TRY(state_end(cx, id, show(cx, id, site, person, challenge, credential, a, &f, &copied)));
    if (copied) return fail(cx, E_DENIED, COPIED); /* and it was noted */
    *who = f.person;
    *passkey = f.id;
    return OK;
}

/* --- what its owner does with it */

enum rc identity_passkey_rename(struct ctx *cx, struct identity *id, struct str person, struct str passkey,
                                struct str name)
{
    scoped_stmt *st = NULL;
    TRY(check_name(cx, name));
    TRY(state_prepare(cx, id, "UPDATE passkey SET name = ?3 WHERE person = ?1 AND id = ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, passkey);
    store_bind_str(st, 3, name);
    TRY(store_run(cx, st));
    return sqlite3_changes(id->o.state) ? OK : fail(cx, E_NOTFOUND, "you have no such passkey");
}

static enum rc take_away(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                         struct str passkey)
{
    scoped_stmt *st = NULL, *left = NULL;
    bool row;
    TRY(state_prepare(cx, id, "DELETE FROM passkey WHERE person = ?1 AND id = ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, passkey);
    TRY(store_run(cx, st));
    if (!sqlite3_changes(id->o.state)) return fail(cx, E_NOTFOUND, "you have no such passkey");
    TRY(state_prepare(cx, id, "SELECT 1 FROM passkey WHERE person = ?1 LIMIT 1", &left));
    store_bind_str(left, 1, person);
    TRY(store_step(cx, left, &row));
    if (!row) TRY(identity_factor_remove(cx, id, person, FACTOR));
    return identity_tell(cx, id, by, person, "passkey", "removed", fingerprint(cx, passkey));
}

enum rc identity_passkey_remove(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                                struct str passkey)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, take_away(cx, id, by, person, passkey));
}
