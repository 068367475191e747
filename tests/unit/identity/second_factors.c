/* identity/totp_kept, webauthn_kept: factors are turned on by proof, each code and each challenge is of one use, and
 * what is one person's is nobody else's. */
#include "identity/totp_kept.h"
#include "identity/webauthn_kept.h"

#include "authenticator.h"
#include "identity_data.h"
#include "unit.h"

#include <liboath/oath.h>
#include <pthread.h>

static const struct webauthn_site site = {{"https://sinetti.example", 23}, {"sinetti.example", 15}};

static struct identity_actor self(struct str person)
{
    return (struct identity_actor){.person = person, .via = STR("person")};
}

static int64_t facts_of(struct str person, const char *what, const char *change)
{
    int64_t n;
    struct str sql = arena_printf(
        &cx.arena, "SELECT count(*) FROM fact_credential WHERE subject = '%s' AND what = '%s' AND change = '%s'",
        person.p, what, change);
    WELL(store_get_int(&cx, ledger_db, sql.p, &n));
    return n;
}

static bool has(struct str person, const char *factor)
{
    bool out;
    WELL(identity_factor_has(&cx, the, person, factor, &out));
    return out;
}

/* --- one-time passwords */

static struct str code_at(const uint8_t secret[TOTP_SECRET], int64_t when)
{
    char text[7];
    assert_int_equal(oath_totp_generate((const char *)secret, TOTP_SECRET, (time_t)when, 30, 0, 6, text), OATH_OK);
    return arena_str(&cx.arena, str_from(text));
}

static void test_identity_second_factors__totp_is_turned_on_by_a_code(void **state)
{
    (void)state;
    struct str p = person_made("Aino Aalto", "aino@sinetti.example");
    struct identity_actor by = self(p);
    uint8_t first[TOTP_SECRET], secret[TOTP_SECRET];
    REFUSED(identity_totp_confirm(&cx, the, &by, p, STR("000000")), E_CONFLICT, "nothing to confirm");
    WELL(identity_totp_begin(&cx, the, p, first));
    WELL(identity_totp_begin(&cx, the, p, secret)); /* the first was never confirmed */
    REFUSED(identity_totp_use(&cx, the, p, code_at(secret, the_time)), E_DENIED, "wrong"); /* not yet */
    REFUSED(identity_totp_confirm(&cx, the, &by, p, code_at(first, the_time)), E_DENIED, "wrong");
    assert_false(has(p, "totp"));
    WELL(identity_totp_confirm(&cx, the, &by, p, code_at(secret, the_time)));
    assert_true(has(p, "totp"));
    assert_int_equal(facts_of(p, "totp", "added"), 1);
    REFUSED(identity_totp_begin(&cx, the, p, first), E_CONFLICT, "turned on already");
    REFUSED(identity_totp_confirm(&cx, the, &by, p, code_at(secret, the_time + 30)), E_CONFLICT, "nothing to confirm");
    REFUSED(identity_totp_use(&cx, the, p, code_at(secret, the_time)), E_DENIED, "used"); /* by confirming */
    the_time += 30;
    WELL(identity_totp_use(&cx, the, p, code_at(secret, the_time)));
    REFUSED(identity_totp_use(&cx, the, p, code_at(secret, the_time)), E_DENIED, "used");
    WELL(identity_totp_remove(&cx, the, &by, p));
    assert_false(has(p, "totp"));
    assert_int_equal(facts_of(p, "totp", "removed"), 1);
    the_time += 30;
    REFUSED(identity_totp_use(&cx, the, p, code_at(secret, the_time)), E_DENIED, "wrong");
    REFUSED(identity_totp_remove(&cx, the, &by, p), E_NOTFOUND, "not turned on");
}

static void test_identity_second_factors__totp_is_ones_own(void **state)
{
    (void)state;
    struct str a = person_made("Aino Aalto", "aino@sinetti.example"),
               b = person_made("Eero Laine", "eero@sinetti.example");
    struct identity_actor by_a = self(a), by_b = self(b);
    uint8_t of_a[TOTP_SECRET], of_b[TOTP_SECRET];
    WELL(identity_totp_begin(&cx, the, a, of_a));
    WELL(identity_totp_begin(&cx, the, b, of_b));
    WELL(identity_totp_confirm(&cx, the, &by_a, a, code_at(of_a, the_time)));
    WELL(identity_totp_confirm(&cx, the, &by_b, b, code_at(of_b, the_time)));
    the_time += 60;
    REFUSED(identity_totp_use(&cx, the, a, code_at(of_b, the_time)), E_DENIED, "wrong");
    WELL(identity_totp_use(&cx, the, a, code_at(of_a, the_time)));
    WELL(identity_totp_use(&cx, the, b, code_at(of_b, the_time)));
    WELL(identity_person_leave(&cx, the, &operator_, a));
    the_time += 60;
    REFUSED(identity_totp_use(&cx, the, a, code_at(of_a, the_time)), E_DENIED, "wrong");
    WELL(identity_totp_use(&cx, the, b, code_at(of_b, the_time)));
}

/* --- passkeys */

static struct ceremony asked(bool making, struct str person, uint8_t challenge[WEBAUTHN_CHALLENGE])
{
    WELL(identity_passkey_ask(&cx, the, making, person, challenge));
    struct ceremony c = ceremony(making ? "webauthn.create" : "webauthn.get", challenge);
    if (making) c.flags |= 0x40;
    return c;
}

static enum rc add_key(struct str person, struct authenticator *a, struct str *out)
{
    uint8_t challenge[WEBAUTHN_CHALLENGE];
    struct identity_actor by = self(person);
    struct ceremony c = asked(true, person, challenge);
    struct webauthn_registration r = registers(&cx, a, &c);
    return identity_passkey_add(&cx, the, &by, person, &site, STR("Key"), &r, out);
}

static enum rc show_key(struct authenticator *a, struct str asked_of, struct str user, uint32_t counter,
                        struct str *who)
{
    uint8_t challenge[WEBAUTHN_CHALLENGE];
    struct str passkey;
    struct ceremony c = asked(false, asked_of, challenge);
    c.counter = counter;
    struct webauthn_assertion s = asserts(&cx, a, &c, user);
    return identity_passkey_show(&cx, the, &site, asked_of, a->id, &s, who, &passkey);
}

static void test_identity_second_factors__passkey(void **state)
{
    (void)state;
    struct str p = person_made("Aino Aalto", "aino@sinetti.example"), id, who;
    struct str user = identity_passkey_user(p);
    struct identity_actor by = self(p);
    struct authenticator a = authenticator_new(WEBAUTHN_ES256);
    struct passkeys all;
    WELL(add_key(p, &a, &id));
    assert_true(has(p, "passkey"));
    assert_int_equal(facts_of(p, "passkey", "added"), 1);
    assert_int_equal(user.n, 20);
    WELL(show_key(&a, STR_NONE, user, 8, &who)); /* anybody's: it is theirs */
    assert_true(str_eq(who, p));
    WELL(show_key(&a, p, STR_NONE, 9, &who)); /* the second step */
    REFUSED(show_key(&a, STR_NONE, STR_NONE, 10, &who), E_DENIED, "whose it is");
    REFUSED(add_key(p, &a, &id), E_CONFLICT, "registered already");
    WELL(identity_passkeys(&cx, the, p, &all));
    assert_int_equal(all.n, 1);
    assert_true(all.list[0].seen > 0 && !all.list[0].doubtful);
    WELL(identity_passkey_rename(&cx, the, p, all.list[0].id, STR("Toinen")));
    REFUSED(identity_passkey_rename(&cx, the, p, all.list[0].id, STR(" a")), E_INVALID, "blanks");
    REFUSED(identity_passkey_rename(&cx, the, p, all.list[0].id, STR("a\xe2\x80\xae")), E_INVALID, "cannot be seen");
    REFUSED(identity_passkey_rename(&cx, the, p, STR("other"), STR("a")), E_NOTFOUND, "no such");
    WELL(identity_passkey_remove(&cx, the, &by, p, all.list[0].id));
    assert_false(has(p, "passkey"));
    assert_int_equal(facts_of(p, "passkey", "removed"), 1);
    REFUSED(show_key(&a, STR_NONE, user, 20, &who), E_DENIED, "not known");
    EVP_PKEY_free(a.key);
}

static void test_identity_second_factors__passkey_is_ones_own(void **state)
{
    (void)state;
    struct str a = person_made("Aino Aalto", "aino@sinetti.example"),
               b = person_made("Eero Laine", "eero@sinetti.example"), id, who;
    struct identity_actor by_b = self(b);
    struct authenticator key_a = authenticator_new(WEBAUTHN_ES256), key_b = authenticator_new(WEBAUTHN_EDDSA);
    key_b.id = STR("another-credential");
    WELL(add_key(a, &key_a, &id));
    WELL(add_key(b, &key_b, &who));
    REFUSED(show_key(&key_b, a, STR_NONE, 9, &who), E_DENIED, "not known"); /* b's key at a's second step */
    REFUSED(show_key(&key_a, STR_NONE, identity_passkey_user(b), 9, &who), E_DENIED, "another person");
    REFUSED(identity_passkey_remove(&cx, the, &by_b, b, id), E_NOTFOUND, "no such");
    struct authenticator taken = {key_b.algorithm, key_b.key, key_a.id}; /* b's key under a's id */
    REFUSED(show_key(&taken, STR_NONE, identity_passkey_user(a), 9, &who), E_DENIED, "signature");
    WELL(identity_person_leave(&cx, the, &operator_, a));
    REFUSED(show_key(&key_a, STR_NONE, identity_passkey_user(a), 9, &who), E_DENIED, "not known");
    EVP_PKEY_free(key_a.key);
    EVP_PKEY_free(key_b.key);
}

static void test_identity_second_factors__challenge_is_of_one_use(void **state)
{
    (void)state;
    struct str p = person_made("Aino Aalto", "aino@sinetti.example"),
               other = person_made("Eero Laine", "eero@sinetti.example");
    struct str id, who, passkey, user = identity_passkey_user(p);
    struct authenticator a = authenticator_new(WEBAUTHN_ES256);
    uint8_t challenge[WEBAUTHN_CHALLENGE];
    WELL(add_key(p, &a, &id));
    struct ceremony c = asked(false, STR_NONE, challenge);
    c.counter = 20;
    struct webauthn_assertion s = asserts(&cx, &a, &c, user);
    REFUSED(identity_passkey_show(&cx, the, &site, p, a.id, &s, &who, &passkey), E_DENIED,
            "asked of nobody"); /* of another step */
    WELL(identity_passkey_show(&cx, the, &site, STR_NONE, a.id, &s, &who, &passkey));
    REFUSED(identity_passkey_show(&cx, the, &site, STR_NONE, a.id, &s, &who, &passkey), E_DENIED,
            "answered before"); /* replayed */
    c = asked(false, STR_NONE, challenge);
    c.counter = 30;
    s = asserts(&cx, &a, &c, user);
    the_time += PASSKEY_SECONDS;
    REFUSED(identity_passkey_show(&cx, the, &site, STR_NONE, a.id, &s, &who, &passkey), E_DENIED, "too long");
    c = asked(false, STR_NONE, challenge); /* a failure uses it up too */
    c.counter = 40;
    c.spoil = true;
    s = asserts(&cx, &a, &c, user);
    assert_int_not_equal(identity_passkey_show(&cx, the, &site, STR_NONE, a.id, &s, &who, &passkey), OK);
    c.spoil = false;
    s = asserts(&cx, &a, &c, user);
    REFUSED(identity_passkey_show(&cx, the, &site, STR_NONE, a.id, &s, &who, &passkey), E_DENIED, "answered before");
    memset(challenge, 7, sizeof challenge); /* never asked */
    s = asserts(&cx, &a, &c, user);
    REFUSED(identity_passkey_show(&cx, the, &site, STR_NONE, a.id, &s, &who, &passkey), E_DENIED, "asked of nobody");
    struct authenticator b =
        authenticator_new(WEBAUTHN_ES256); /* made for one person, answered for another; or shown */
    b.id = STR("b");
    struct identity_actor by = self(other);
    c = asked(true, p, challenge);
    struct webauthn_registration r = registers(&cx, &b, &c);
    REFUSED(identity_passkey_add(&cx, the, &by, other, &site, STR("Key"), &r, &id), E_DENIED, "asked of nobody");
    c = asked(false, p, challenge);
    c.type = "webauthn.create";
    c.flags |= 0x40;
    r = registers(&cx, &b, &c);
    by = self(p);
    REFUSED(identity_passkey_add(&cx, the, &by, p, &site, STR("Key"), &r, &id), E_DENIED, "asked of nobody");
    EVP_PKEY_free(a.key);
    EVP_PKEY_free(b.key);
}

static void test_identity_second_factors__copied_passkey(void **state)
{
    (void)state;
    struct str p = person_made("Aino Aalto", "aino@sinetti.example"), id, who = STR_NONE,
               user = identity_passkey_user(p);
    struct authenticator a = authenticator_new(WEBAUTHN_RS256);
    struct passkeys all;
    WELL(add_key(p, &a, &id)); /* its counter is 7 */
    WELL(show_key(&a, STR_NONE, user, 9, &who));
    REFUSED(show_key(&a, STR_NONE, user, 9, &who), E_DENIED, "a copy");
    REFUSED(show_key(&a, STR_NONE, user, 10, &who), E_DENIED, "a copy"); /* and from now on neither is believed */
    WELL(identity_passkeys(&cx, the, p, &all));
    assert_true(all.list[0].doubtful);
    EVP_PKEY_free(a.key);
}

static void test_identity_second_factors__passkey_of_another_site(void **state)
{
    (void)state;
    const struct webauthn_site there = {STR("https://other.example"), STR("other.example")};
    struct str p = person_made("Aino Aalto", "aino@sinetti.example"), id, who, passkey;
    struct authenticator a = authenticator_new(WEBAUTHN_ES256);
    uint8_t challenge[WEBAUTHN_CHALLENGE];
    WELL(add_key(p, &a, &id));
    struct ceremony c = asked(false, STR_NONE, challenge);
    c.counter = 9;
    c.origin = "https://other.example";
    c.rp_id = "other.example";
    struct webauthn_assertion s = asserts(&cx, &a, &c, identity_passkey_user(p));
    REFUSED(identity_passkey_show(&cx, the, &there, STR_NONE, a.id, &s, &who, &passkey), E_DENIED, "not known");
    EVP_PKEY_free(a.key);
}

static void test_identity_second_factors__passkeys_have_a_limit(void **state)
{
    (void)state;
    struct str p = person_made("Aino Aalto", "aino@sinetti.example"), id;
    struct authenticator a = authenticator_new(WEBAUTHN_ES256);
    for (int i = 0; i < PASSKEYS_OF_ONE; i++) {
        a.id = arena_printf(&cx.arena, "credential %d", i);
        WELL(add_key(p, &a, &id));
    }
    a.id = STR("one more");
    REFUSED(add_key(p, &a, &id), E_LIMIT, "at most");
    EVP_PKEY_free(a.key);
}

/* Of many at once with one code, one gets in. */
struct racer {
    struct str person, code;
    int *right;
};
static void *race(void *arg)
{
    struct racer *r = arg;
    struct ctx own;
    sqlite3 *db;
    struct identity *id;
    ctx_init(&own);
    const struct identity_options o = {NULL, ledger_db, NULL, test_now};
    struct identity_options mine = o;
    if (state_open(&own, folder, STORE_WRITE, &db) != OK) return NULL;
    mine.state = db;
    if (identity_open(&own, &mine, &id) == OK) {
        if (identity_totp_use(&own, id, r->person, r->code) == OK) __atomic_add_fetch(r->right, 1, __ATOMIC_SEQ_CST);
        identity_close(id);
    }
    store_close(db);
    ctx_release(&own);
    return NULL;
}

static void test_identity_second_factors__one_code_many_at_once(void **state)
{
    (void)state;
    struct str p = person_made("Aino Aalto", "aino@sinetti.example");
    struct identity_actor by = self(p);
    uint8_t secret[TOTP_SECRET];
    pthread_t threads[8];
    WELL(identity_totp_begin(&cx, the, p, secret));
    WELL(identity_totp_confirm(&cx, the, &by, p, code_at(secret, the_time)));
    for (int round = 0; round < 5; round++) {
        the_time += 30;
        int right = 0;
        struct racer r = {p, code_at(secret, the_time), &right};
        for (int i = 0; i < 8; i++) assert_int_equal(pthread_create(&threads[i], NULL, race, &r), 0);
        for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
        assert_int_equal(right, 1);
    }
}

#define TEST(name)                                                                                                     \
    cmocka_unit_test_setup_teardown(test_identity_second_factors__##name, identity_setup, identity_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(totp_is_turned_on_by_a_code),
        TEST(totp_is_ones_own),
        TEST(one_code_many_at_once),
        TEST(passkey),
        TEST(passkey_is_ones_own),
        TEST(challenge_is_of_one_use),
        TEST(copied_passkey),
        TEST(passkey_of_another_site),
        TEST(passkeys_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
