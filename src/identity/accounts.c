#include "identity/accounts.h"

#include "identity/guesses.h"
#include "identity/hashing.h"
#include "identity/identity_int.h"
#include "identity/names.h"
#include "identity/people.h"
#include "identity/quality.h"

#include <sodium.h>

#define KNOWN_OF_ONE 30 /* networks and devices; the one unused for longest is forgotten */
#define KNOWN_SECONDS (180 * DAY_SECONDS)

/* Account and network together; the network; the account from where it does not know; all of those. */
#define HERE_FREE 5
#define HERE_LEAK 3600
#define HERE_MOST 3600
#define NETWORK_FREE 30
#define NETWORK_LEAK 60
#define NETWORK_MOST 900
#define ACCOUNT_FREE 50
#define ACCOUNT_LEAK 60
#define ACCOUNT_MOST 60
#define ALL_FREE 1000
#define ALL_LEAK 1
#define ALL_MOST 5

#define NOT_RIGHT "address or password is not right"

static struct str lowered(struct ctx *cx, struct str s)
{
    char *p = arena_cstr(&cx->arena, str_slice(s, 0, PERSON_ADDRESS));
    for (char *c = p; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + 32);
    return str_from(p);
}

/* --- what an account knows */

static bool device_hash(struct str device, uint8_t out[DIGEST_SIZE])
{
    return secret_hash(device, out);
}

static enum rc knows(struct ctx *cx, struct identity *id, struct str person, const uint8_t hash[DIGEST_SIZE], bool *out)
{
    scoped_stmt *st = NULL;
    *out = false;
    TRY(state_prepare(cx, id, "SELECT 1 FROM known WHERE person = ?1 AND hash = ?2 AND seen > ?3", &st));
    store_bind_str(st, 1, person.p ? person : STR(""));
    store_bind_blob(st, 2, hash, DIGEST_SIZE);
    store_bind_int(st, 3, identity_now(id) - KNOWN_SECONDS);
    return store_step(cx, st, out);
}

static enum rc note_known(struct ctx *cx, struct identity *id, struct str person, const uint8_t hash[DIGEST_SIZE])
{
    scoped_stmt *st = NULL, *old = NULL;
    TRY(state_prepare(cx, id, "INSERT OR REPLACE INTO known VALUES (?1, ?2, ?3)", &st));
    store_bind_str(st, 1, person);
    store_bind_blob(st, 2, hash, DIGEST_SIZE);
    store_bind_int(st, 3, identity_now(id));
    TRY(store_run(cx, st));
    TRY(state_prepare(cx, id,
                      "DELETE FROM known WHERE person = ?1 AND hash NOT IN (SELECT hash FROM known WHERE person = ?1 "
                      "ORDER BY seen DESC, hash LIMIT ?2)",
                      &old));
    store_bind_str(old, 1, person);
    store_bind_int(old, 2, KNOWN_OF_ONE);
    return store_run(cx, old);
}

enum rc identity_account_knows(struct ctx *cx, struct identity *id, struct str person, struct str network,
                               char device[SECRET_TEXT + 1])
{
    uint8_t place[DIGEST_SIZE], secret[DIGEST_SIZE];
    secret_new(device);
    word_hash("network", network_of(cx, network), place);
    if (!device_hash(str_from(device), secret)) return fail(cx, E_INTERNAL, "no secret was made");
    TRY(state_begin(cx, id));
    enum rc rc = note_known(cx, id, person, place);
    if (rc == OK) rc = note_known(cx, id, person, secret);
    return state_end(cx, id, rc);
}

enum rc device_is_known(struct ctx *cx, struct identity *id, struct str person, struct str device, bool *out)
{
    uint8_t hash[DIGEST_SIZE];
    *out = false;
    return device_hash(device, hash) ? knows(cx, id, person, hash, out) : OK;
}

/* Which buckets a guess goes into; the first is emptied by the right one. */
static enum rc buckets(struct ctx *cx, struct identity *id, const struct account_attempt *a, struct str person,
                       struct bucket out[4], size_t *n)
{
    uint8_t device[DIGEST_SIZE], place[DIGEST_SIZE];
    struct str network = network_of(cx, a->network), address = lowered(cx, a->address);
    bool known = false;
    *n = 0;
    if (device_hash(a->device, device)) TRY(knows(cx, id, person, device, &known));
    if (known) { /* nobody else can fill this one */
        struct str own = arena_printf(&cx->arena, STR_FMT " " STR_FMT, STR_ARG(person), STR_ARG(a->device));
        out[(*n)++] = bucket_of("device", own, HERE_FREE, HERE_LEAK, HERE_MOST);
        return OK;
    }
    struct str here = arena_printf(&cx->arena, STR_FMT " " STR_FMT, STR_ARG(network), STR_ARG(address));
    out[(*n)++] = bucket_of("here", here, HERE_FREE, HERE_LEAK, HERE_MOST);
    out[(*n)++] = bucket_of("network", network, NETWORK_FREE, NETWORK_LEAK, NETWORK_MOST);
    word_hash("network", network, place);
    TRY(knows(cx, id, person, place, &known));
    if (known) return OK;
    out[(*n)++] = bucket_of("account", address, ACCOUNT_FREE, ACCOUNT_LEAK, ACCOUNT_MOST);
    out[(*n)++] = bucket_of("all", STR(""), ALL_FREE, ALL_LEAK, ALL_MOST);
    return OK;
}

/* --- signing in */

static enum rc read_hash(struct ctx *cx, struct identity *id, struct str person, struct str *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = STR_NONE;
    TRY(state_prepare(cx, id, "SELECT password FROM account WHERE person = ?1", &st));
    store_bind_str(st, 1, person.p ? person : STR(""));
    TRY(store_step(cx, st, &row));
    if (row && store_column_str(st, 0).p) *out = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

static enum rc rehash(struct ctx *cx, struct identity *id, struct str person, struct str before, struct str password)
{
    scoped_stmt *st = NULL;
    char hash[HASH_TEXT];
    TRY(hashing_make(cx, password, hash));
    TRY(state_prepare(cx, id, "UPDATE account SET password = ?3 WHERE person = ?1 AND password = ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, before);
    store_bind_str(st, 3, str_from(hash));
    return store_run(cx, st);
}

/* Counted, then judged. */
static enum rc judge(struct ctx *cx, struct identity *id, const struct account_attempt *a, struct str person,
                     struct str password, int64_t *wait)
{
    struct bucket b[4];
    struct str hash, text;
    size_t n;
    bool right;
    TRY(buckets(cx, id, a, person, b, &n));
    enum rc rc = guesses_put(cx, id, b, n, wait);
    if (rc == E_LIMIT) {
        TRY(guesses_count(cx, id, true, lowered(cx, a->address), network_of(cx, a->network)));
        return rc;
    }
    TRY(rc);
    TRY(read_hash(cx, id, person, &hash));
    TRY(text_composed(cx, str_slice(password, 0, PASSWORD_MOST + 1), &text));
    TRY(hashing_check(cx, hash, text, &right));
    if (!right) {
        TRY(guesses_count(cx, id, false, lowered(cx, a->address), network_of(cx, a->network)));
        return fail(cx, E_DENIED, NOT_RIGHT);
    }
    TRY(guesses_right(cx, id, b, n));
    return hashing_is_old(hash) ? rehash(cx, id, person, hash, text) : OK;
}

enum rc identity_password_sign_in(struct ctx *cx, struct identity *id, const struct account_attempt *a,
                                  struct str password, struct str *person, int64_t *wait)
{
    struct str whose;
    *person = STR_NONE;
    *wait = 0;
    TRY(identity_person_find(cx, id, a->address, &whose));
    TRY(judge(cx, id, a, whose, password, wait));
    *person = whose;
    return OK;
}

enum rc identity_password_check(struct ctx *cx, struct identity *id, struct str person, struct str password,
                                struct str network, int64_t *wait)
{
    const struct account_attempt a = {.address = person, .network = network};
    enum rc rc = judge(cx, id, &a, person, password, wait);
    return rc == E_DENIED ? fail(cx, rc, "the present password is not right") : rc;
}

enum rc identity_password_has(struct ctx *cx, struct identity *id, struct str person, bool *out)
{
    struct str hash;
    TRY(read_hash(cx, id, person, &hash));
    *out = hash.p != NULL;
    return OK;
}

enum rc identity_account_used(struct ctx *cx, struct identity *id, struct str person, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id,
                      "SELECT 1 FROM account WHERE person = ?1 AND password IS NOT NULL UNION ALL SELECT 1 FROM factor "
                      "WHERE person = ?1 UNION ALL SELECT 1 FROM known WHERE person = ?1 LIMIT 1",
                      &st));
    store_bind_str(st, 1, person);
    return store_step(cx, st, out);
}

/* --- setting */

/* What a guesser who knows the person tries first. */
static enum rc admit(struct ctx *cx, struct identity *id, struct str person, const struct str *also, size_t n_also,
                     struct str password, struct str *text)
{
    struct person p;
    scoped_stmt *st = NULL;
    bool row;
    if (password.n > PASSWORD_MOST) return fail(cx, E_INVALID, "password: longer than %d bytes", PASSWORD_MOST);
    TRY(text_composed(cx, password, text));
    TRY(identity_person_get(cx, id, person, &p));
    if (p.left) return fail(cx, E_DENIED, "this person has left");
    struct str *own = arena_array(&cx->arena, struct str, p.n_addresses + n_also + 2);
    size_t n = 0;
    own[n++] = p.name;
    for (size_t i = 0; i < p.n_addresses; i++) own[n++] = p.addresses[i];
    for (size_t i = 0; i < n_also; i++) own[n++] = also[i];
    TRY(store_prepare(cx, id->o.ledger, STR("SELECT name FROM fact_organization LIMIT 1"), &st));
    TRY(store_step(cx, st, &row));
    if (row) own[n++] = arena_str(&cx->arena, store_column_str(st, 0));
    return quality_check(cx, *text, own, n);
}

enum rc password_make(struct ctx *cx, struct identity *id, struct str person, const struct str *also, size_t n_also,
                      struct str password, struct password_ready *out)
{
    struct str text;
    TRY(admit(cx, id, person, also, n_also, password, &text));
    TRY(identity_password_has(cx, id, person, &out->had));
    return hashing_make(cx, text, out->hash);
}

enum rc password_put(struct ctx *cx, struct identity *id, struct str person, const struct password_ready *p,
                     struct str but)
{
    scoped_stmt *st = NULL, *links = NULL;
    TRY(state_prepare(
        cx, id,
        "INSERT INTO account VALUES (?1, ?2, ?3, NULL) ON CONFLICT DO UPDATE SET password = ?2, changed = "
        "?3",
        &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, str_from(p->hash));
    store_bind_int(st, 3, identity_now(id));
    TRY(store_run(cx, st));
    TRY(state_prepare(cx, id, "DELETE FROM link WHERE person = ?1", &links)); /* of who may have made one */
    store_bind_str(links, 1, person);
    TRY(store_run(cx, links));
    return identity_session_end_all(cx, id, person, but);
}

enum rc identity_password_set(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                              struct str password, struct str but)
{
    struct password_ready p;
    TRY(password_make(cx, id, person, NULL, 0, password, &p));
    TRY(identity_tell(cx, id, by, person, "password", p.had ? "changed" : "added", STR_NONE));
    TRY(state_begin(cx, id));
    enum rc rc = state_end(cx, id, password_put(cx, id, person, &p, but));
    sodium_memzero(p.hash, sizeof p.hash);
    return rc;
}

enum rc identity_language_set(struct ctx *cx, struct identity *id, struct str person, struct str lang)
{
    scoped_stmt *st = NULL;
    if (lang_of(lang, LANG_COUNT) == LANG_COUNT)
        return fail(cx, E_INVALID, "language: \"%s\" is neither en nor fi", str_visible(cx, lang));
    TRY(state_prepare(cx, id, "INSERT INTO account VALUES (?1, NULL, ?3, ?2) ON CONFLICT DO UPDATE SET lang = ?2",
                      &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, lang);
    store_bind_int(st, 3, identity_now(id));
    return store_run(cx, st);
}
