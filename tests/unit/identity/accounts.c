/* Passwords: which are taken, and how long guesses wait, the owner's and other people's. */
#include "identity_data.h"

#include "identity/hashing.h"
#include "identity/quality.h"

#include "unit.h"

#define GOOD "murmelin vihko tuulee"
#define HOME "192.0.2.1"

static enum rc try_in(const char *address, const char *network, const char *device, const char *password, int64_t *wait)
{
    struct str person;
    const struct account_attempt a = {str_from(address), str_from(network), str_from(device)};
    enum rc rc = identity_password_sign_in(&cx, the, &a, str_from(password), &person, wait);
    if ((rc == OK) != (person.p != NULL)) failed("%d, and a person or none", rc);
    return rc;
}

static void test_identity_accounts__signs_in(void **state)
{
    (void)state;
    int64_t wait;
    struct str anna = person_made("Anna Virta", "anna@example.org");
    struct session_made s = session_of(anna);
    assert_int_equal(try_in("anna@example.org", HOME, NULL, GOOD, &wait), E_DENIED); /* has none yet */
    WELL(identity_password_set(&cx, the, &operator_, anna, STR(GOOD), STR_NONE));
    assert_int_equal(who_is(s.cookie, NULL).credential, CREDENTIAL_NONE); /* set anew: all sessions end */
    assert_int_equal(try_in("Anna@Example.org", HOME, NULL, GOOD, &wait), OK);
    assert_int_equal(try_in("anna@example.org", HOME, NULL, GOOD " ", &wait), E_DENIED);
    assert_int_equal(try_in("anna@example.org", HOME, NULL, "", &wait), E_DENIED);
    const char *hash = rows_of(path_of("state.db"), "SELECT password FROM account");
    assert_true(str_starts(str_from(hash), STR("$argon2id$v=19$m=65536,t=2,p=1$")));
    assert_string_equal(rows("SELECT what, change, fingerprint IS NULL FROM fact_credential"), "password|added|1\n");
    /* typed with a mark of its own, as some systems do: the same password */
    WELL(identity_password_set(&cx, the, &operator_, anna, STR("p\xc3\xa4iv\xc3\xa4 murmeli vihko"), STR_NONE));
    assert_int_equal(try_in("anna@example.org", HOME, NULL, "pa\xcc\x88iva\xcc\x88 murmeli vihko", &wait), OK);
    /* the same text for whoever is unknown */
    assert_int_equal(try_in("anna@example.org", "192.0.2.2", NULL, "wrong", &wait), E_DENIED);
    const char *known = arena_cstr(&cx.arena, str_from(cx.message));
    assert_int_equal(try_in("nobody@example.org", "192.0.2.2", NULL, "wrong", &wait), E_DENIED);
    assert_string_equal(known, cx.message);
    WELL(identity_person_leave(&cx, the, &operator_, anna));
    assert_int_equal(try_in("anna@example.org", HOME, NULL, GOOD, &wait), E_DENIED);
    assert_string_equal(known, cx.message);
}

static void test_identity_accounts__hashed_anew(void **state)
{
    (void)state;
    int64_t wait;
    struct str anna = person_made("Anna", "anna@example.org");
    WELL(identity_password_set(&cx, the, &operator_, anna, STR(GOOD), STR_NONE));
    /* of the same password, made when it cost less (by the argon2 of another day: m=8192, t=1) */
    char old[HASH_TEXT];
    extern int crypto_pwhash_argon2id_str(char *, const char *, unsigned long long, unsigned long long, size_t);
    assert_int_equal(crypto_pwhash_argon2id_str(old, GOOD, strlen(GOOD), 1, 8192 * 1024), 0);
    WELL(store_exec(&cx, state_db, arena_printf(&cx.arena, "UPDATE account SET password = '%s'", old).p));
    assert_true(hashing_is_old(str_from(old)));
    assert_int_equal(try_in("anna@example.org", HOME, NULL, "wrong", &wait), E_DENIED);
    assert_true(strstr(rows_of(path_of("state.db"), "SELECT password FROM account"), "m=8192"));
    assert_int_equal(try_in("anna@example.org", HOME, NULL, GOOD, &wait), OK);
    assert_true(strstr(rows_of(path_of("state.db"), "SELECT password FROM account"), "m=65536"));
    assert_int_equal(try_in("anna@example.org", HOME, NULL, GOOD, &wait), OK);
}

static void test_identity_accounts__delays(void **state)
{
    (void)state;
    int64_t wait;
    struct str anna = person_made("Anna", "anna@example.org");
    char device[SECRET_TEXT + 1];
    WELL(identity_password_set(&cx, the, &operator_, anna, STR(GOOD), STR_NONE));
    WELL(identity_account_knows(&cx, the, anna, STR(HOME), device));

    /* a stranger waits longer and longer, and so for an account that is none */
    static const char *const addresses[] = {"anna@example.org", "nobody@example.org"};
    int64_t waits[2][12];
    for (int a = 0; a < 2; a++)
        for (int i = 0; i < 12; i++) {
            const char *network = a ? "198.51.100.2" : "198.51.100.1";
            waits[a][i] = try_in(addresses[a], network, NULL, "wrong", &wait) == E_LIMIT ? wait : 0;
            the_time += waits[a][i];
            if (waits[a][i]) assert_int_equal(try_in(addresses[a], network, NULL, "wrong", &wait), E_DENIED);
        }
    for (int i = 0; i < 12; i++) assert_int_equal(waits[0][i], waits[1][i]);
    assert_true(waits[0][4] == 0 && waits[0][6] > 0 && waits[0][11] >= 2 * waits[0][10] &&
                waits[0][10] >= 2 * waits[0][9]);
    /* while he waits even the right password is not looked at from there … */
    while (try_in("anna@example.org", "198.51.100.1", NULL, "wrong", &wait) == E_DENIED)
        ;
    assert_int_equal(try_in("anna@example.org", "198.51.100.1", NULL, GOOD, &wait), E_LIMIT);
    /* … and she comes in from home, and with her own device from anywhere, the stranger's network too */
    assert_int_equal(try_in("anna@example.org", HOME, NULL, GOOD, &wait), OK);
    assert_int_equal(try_in("anna@example.org", "198.51.100.1", device, GOOD, &wait), OK);
    /* somebody else's device is none of hers */
    char other[SECRET_TEXT + 1];
    struct str ben = person_made("Ben", "ben@example.org");
    WELL(identity_account_knows(&cx, the, ben, STR("203.0.113.9"), other));
    assert_int_equal(try_in("anna@example.org", "198.51.100.1", other, GOOD, &wait), E_LIMIT);
}

/* From ever new networks: the account's own count holds them back, and she still comes in from home. */
static void test_identity_accounts__many_networks(void **state)
{
    (void)state;
    int64_t wait;
    struct str anna = person_made("Anna", "anna@example.org");
    char device[SECRET_TEXT + 1];
    int judged = 0;
    WELL(identity_password_set(&cx, the, &operator_, anna, STR(GOOD), STR_NONE));
    WELL(identity_account_knows(&cx, the, anna, STR(HOME), device));
    for (int i = 0; i < 70; i++)
        judged += try_in("anna@example.org", arena_printf(&cx.arena, "2001:db8:0:%x::1", i).p, NULL, "wrong", &wait) ==
                  E_DENIED;
    assert_true(judged >= 50 && judged <= 52);
    assert_int_equal(try_in("anna@example.org", HOME, NULL, GOOD, &wait), OK);
    the_time += 60;
    assert_int_equal(try_in("anna@example.org", "203.0.113.1", NULL, GOOD, &wait),
                     OK); /* and from a new place after a wait */
}

/* All addresses of one /64 are one network; one network that tries many accounts is held back. */
static void test_identity_accounts__one_network(void **state)
{
    (void)state;
    int64_t wait;
    int judged = 0;
    for (int i = 0; i < 40; i++)
        judged += try_in(arena_printf(&cx.arena, "p%d@example.org", i).p, arena_printf(&cx.arena, "2001:db8::%x", i).p,
                         NULL, "wrong", &wait) == E_DENIED;
    assert_true(judged >= 30 && judged <= 32);
}

static void test_identity_accounts__told(void **state)
{
    (void)state;
    int64_t wait;
    the_time -= the_time % 3600;
    for (int i = 0; i < 8; i++) (void)!try_in("a@example.org", HOME, NULL, "wrong", &wait);
    (void)!try_in("b@example.org", "192.0.2.7", NULL, "wrong", &wait);
    WELL(identity_sweep(&cx, the));
    assert_string_equal(rows("SELECT count(*) FROM fact_sign_in"), "0\n"); /* the hour is not over */
    the_time += 3600;
    WELL(identity_sweep(&cx, the));
    WELL(identity_sweep(&cx, the));
    assert_string_equal(rows("SELECT failed, refused, accounts, networks, until - since FROM fact_sign_in"),
                        "7|2|2|2|3600\n");
    assert_string_equal(rows_of(path_of("state.db"), "SELECT count(*) FROM failure"), "0\n");
}

static void test_identity_accounts__codes(void **state)
{
    (void)state;
    int64_t wait;
    int judged = 0;
    for (int i = 0; i < 30; i++) judged += identity_guess(&cx, the, STR("totp:x"), STR(HOME), &wait) == OK;
    assert_true(judged >= 5 && judged <= 7);
    the_time += wait;
    WELL(identity_guess(&cx, the, STR("totp:x"), STR(HOME), &wait));
    WELL(identity_guess_right(&cx, the, STR("totp:x"), STR(HOME)));
    WELL(identity_guess(&cx, the, STR("totp:x"), STR(HOME), &wait)); /* as before any wrong one */
}

static void test_identity_accounts__present_password(void **state)
{
    (void)state;
    int64_t wait;
    struct str anna = person_made("Anna", "anna@example.org");
    WELL(identity_password_set(&cx, the, &operator_, anna, STR(GOOD), STR_NONE));
    WELL(identity_password_check(&cx, the, anna, STR(GOOD), STR(HOME), &wait));
    for (int i = 0; i < 6; i++)
        REFUSED(identity_password_check(&cx, the, anna, STR("wrong"), STR(HOME), &wait), E_DENIED, "present password");
    assert_int_equal(identity_password_check(&cx, the, anna, STR(GOOD), STR(HOME), &wait), E_LIMIT);
}

static void test_identity_accounts__quality(void **state)
{
    (void)state;
    const struct str own[] = {STR("Anna Virtanen"), STR("av@esimerkkifirma.example"), STR("Pilvipaja Oy")};
    static const char *const bad[] = {"short",           "elevenchars",         "aaaaaaaaaaaaaaaa",
                                      "abcabcabcabcabc", "qwertyuiop12345",     "1qaz2wsx3edc4rfv",
                                      "zxcvbnm,./asdf",  "Password1234!",       "P@ssw0rdP@ssw0rd",
                                      "Salasana2026!",   "Tervetuloa123!",      "KesäKesä2026",
                                      "Summer2026!!!",   "letmein12345",        "Virtanen2026!",
                                      "anna.virtanen1",  "ANNAVIRTANEN123",     "esimerkkifirma1",
                                      "Pilvipaja2026!",  "p1lv1paja-p1lv1paja", "123456789012",
                                      "0987654321098",   "abcdefghijklm",       "zyxwvutsrqpon",
                                      "iloveyou1234",    "correcthorse",        "monkeymonkeydragon",
                                      "849203758123",    "!@#$%^&*()!@#"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (quality_check(&cx, str_from(bad[i]), own, 3) != E_INVALID)
            failed("%s was taken", bad[i]);
        else if (strstr(cx.message, bad[i]))
            failed("%s: the answer repeats it", bad[i]);
    static const char *const good[] = {
        "murmelin vihko tuulee", "xk7#Pq2!vR9m",       "lampi kirves ohdake", "Tr0ub4dor&3xyp",
        "fjelltopp-vegglampe",   "pöllö lentää yössä", "8f3kq0zz7mw1c",       "Virtanen lumikenkä jäätie"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (quality_check(&cx, str_from(good[i]), own, 3) != OK) failed("%s: %s", good[i], cx.message);
    assert_int_equal(quality_check(&cx, STR("Virtanen2026!"), own, 1), E_INVALID);
    assert_non_null(strstr(cx.message, "who knows you"));
    char *longest = arena_alloc(&cx.arena, PASSWORD_MOST + 2);
    for (int i = 0; i <= PASSWORD_MOST; i++) longest[i] = (char)('a' + i * 7919 % 26);
    assert_int_equal(quality_check(&cx, str_from(longest), own, 3), E_INVALID);
    assert_int_equal(quality_check(&cx,
                                   STR("abc\xff"
                                       "defghijklmno"),
                                   own, 3),
                     E_INVALID);
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, identity_setup, identity_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_identity_accounts__signs_in),    WITH(test_identity_accounts__hashed_anew),
        WITH(test_identity_accounts__delays),      WITH(test_identity_accounts__many_networks),
        WITH(test_identity_accounts__one_network), WITH(test_identity_accounts__told),
        WITH(test_identity_accounts__codes),       WITH(test_identity_accounts__present_password),
        WITH(test_identity_accounts__quality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
