#include "identity/keys.h"

#include "base/json.h"
#include "identity/identity_int.h"

enum rc key_read(struct ctx *cx, struct str text, struct key *out)
{
    *out = (struct key){.type = NULL};
    text = str_trim(text);
    if (text.n > KEY_TEXT) return fail(cx, E_LIMIT, "key: longer than %d bytes", KEY_TEXT);
    if (!text.n || !str_is_utf8(text)) return fail(cx, E_INVALID, "key: it is empty, or not UTF-8");
    if (str_has(text, STR("PRIVATE KEY")))
        return fail(cx, E_INVALID,
                    "key: this is a private key, and is kept nowhere here; take it for known to others now, make a new "
                    "one, and send its public half");
    if (str_starts(text, STR("-----BEGIN PGP PUBLIC KEY BLOCK-----"))) return key_read_gpg(cx, text, out);
    if (str_starts(text, STR("-----BEGIN CERTIFICATE-----"))) return key_read_x509(cx, text, out);
    if (str_starts(text, STR("-----BEGIN")))
        return fail(cx, E_INVALID, "key: of what is in PEM, public keys of PGP and certificates are taken");
    if (memchr(text.p, '\n', text.n)) return fail(cx, E_INVALID, "key: OpenSSH's are one line; send one at a time");
    return key_read_ssh(cx, text, out);
}

static struct str payload_of(struct ctx *cx, const struct key *k, const char *state)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, 2 * KEY_TEXT);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "fingerprint", k->fingerprint);
    json_put_cstr(&j, "type", k->type);
    json_put_str(&j, "public", k->public);
    json_put_cstr(&j, "state", state);
    if (k->expires) json_put_int(&j, "expires", k->expires);
    json_end(&j, '}');
    return arena_str(&cx->arena, buf_view(&b));
}

struct adding {
    struct str person;
    const struct key *key;
};

static enum rc judge_add(struct ctx *cx, sqlite3 *db, void *arg)
{
    const struct adding *a = arg;
    scoped_stmt *st = NULL, *count = NULL, *here = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'"), &here));
    store_bind_str(here, 1, a->person);
    TRY(store_step(cx, here, &row));
    if (!row) return fail(cx, E_DENIED, "this person has left");
    TRY(store_prepare(
        cx, db, STR("SELECT subject = ?2, state FROM fact_key WHERE fingerprint = ?1 ORDER BY subject <> ?2"), &st));
    store_bind_str(st, 1, str_from(a->key->fingerprint));
    store_bind_str(st, 2, a->person);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        if (!sqlite3_column_int(st, 0))
            return fail(cx, E_CONFLICT, "key: it is somebody else's, or was: each person needs a key of their own");
        if (str_eq(store_column_str(st, 1), STR("added"))) return fail(cx, E_CONFLICT, "key: you have it already");
    }
    TRY(store_prepare(cx, db, STR("SELECT count(*) FROM fact_key WHERE subject = ?1 AND state = 'added'"), &count));
    store_bind_str(count, 1, a->person);
    TRY(store_step(cx, count, &row));
    if (row && sqlite3_column_int64(count, 0) >= KEYS_OF_ONE)
        return fail(cx, E_LIMIT, "you have %d keys; remove one first", KEYS_OF_ONE);
    return OK;
}

enum rc identity_key_add(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                         struct str text, struct key *out)
{
    struct change c;
    struct adding a = {person, out};
    TRY(key_read(cx, text, out));
    const struct body b = change_body(by, "key", person, payload_of(cx, out, "added"));
    TRY(change_make(cx, id, &b, 1, &c));
    c.judge = judge_add;
    c.arg = &a;
    return change_append(cx, id, &c);
}

enum rc identity_key_remove(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                            struct str fingerprint)
{
    scoped_stmt *st = NULL;
    bool row;
    struct key k;
    struct change c;
    TRY(store_prepare(
        cx, id->o.ledger,
        STR("SELECT type, public FROM fact_key WHERE subject = ?1 AND fingerprint = ?2 AND state = 'added'"), &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, fingerprint);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such key");
    k = (struct key){.type = arena_cstr(&cx->arena, store_column_str(st, 0)),
                     .public = arena_str(&cx->arena, store_column_str(st, 1))};
    memcpy(k.fingerprint, fingerprint.p, fingerprint.n < 64 ? fingerprint.n : 64);
    const struct body b = change_body(by, "key", person, payload_of(cx, &k, "removed"));
    TRY(change_make(cx, id, &b, 1, &c));
    return change_append(cx, id, &c);
}
