/* Sessions, tokens, links and recovery codes: used once, over in time, void at once, never a secret on disk. */
#include "identity_data.h"

#include "unit.h"

static const char *bytes_of(const char *name, size_t *n)
{
    FILE *f = fopen(path_of(name), "r");
    char *all = arena_alloc(&cx.arena, 4 << 20);
    *n = f ? fread(all, 1, 4 << 20, f) : 0;
    if (f) fclose(f);
    return all;
}

static void nowhere(const char *secret)
{
    static const char *const names[] = {"state.db", "state.db-wal", "ledger.db", "ledger.db-wal"};
    for (int i = 0; i < 4; i++) {
        size_t n;
        const char *all = bytes_of(names[i], &n);
        if (memmem(all, n, secret, strlen(secret))) failed("a secret stands in %s", names[i]);
    }
}

static void test_identity_sessions__life(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org");
    struct session_made s = session_of(anna);
    struct identity_who w = who_is(s.cookie, NULL);
    assert_int_equal(w.credential, CREDENTIAL_SESSION);
    assert_int_equal(w.level, LEVEL_ONE);
    assert_true(str_eq(w.person, anna) && str_eq(w.name, STR("Anna")) && str_eq(w.session, s.id));
    assert_int_equal(w.fingerprint.n, 64);
    nowhere(s.cookie);
    assert_int_equal(who_is("", NULL).credential, CREDENTIAL_NONE);
    assert_int_equal(who_is("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL).credential, CREDENTIAL_NONE);
    assert_int_equal(who_is(NULL, s.cookie).credential, CREDENTIAL_NONE); /* a session is no token */
    char other[SECRET_TEXT + 1];
    memcpy(other, s.cookie, sizeof other); /* the same 256 bits, spelled with other spare bits */
    other[SECRET_TEXT - 1] = (char)(other[SECRET_TEXT - 1] == 'A' ? 'B' : other[SECRET_TEXT - 1] ^ 1);
    assert_int_equal(who_is(other, NULL).credential, CREDENTIAL_NONE);

    /* idle */
    the_time += SESSION_IDLE - 1;
    w = who_is(s.cookie, NULL);
    assert_true(w.credential == CREDENTIAL_SESSION && w.touch);
    WELL(identity_touch(&cx, the, &w));
    assert_false(who_is(s.cookie, NULL).touch);
    the_time += SESSION_IDLE - 1;
    assert_int_equal(who_is(s.cookie, NULL).credential, CREDENTIAL_SESSION);
    the_time += 1;
    assert_int_equal(who_is(s.cookie, NULL).credential, CREDENTIAL_NONE);

    /* absolute, however much it is used */
    s = session_of(anna);
    for (int64_t end = the_time + SESSION_MOST; the_time < end; the_time += 3600) {
        w = who_is(s.cookie, NULL);
        assert_int_equal(w.credential, CREDENTIAL_SESSION);
        WELL(identity_touch(&cx, the, &w));
    }
    assert_int_equal(who_is(s.cookie, NULL).credential, CREDENTIAL_NONE);
    WELL(identity_sweep(&cx, the));
    assert_string_equal(rows_of(path_of("state.db"), "SELECT count(*) FROM session"), "0\n");
}

static void test_identity_sessions__ended(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org"), ben = person_made("Ben", "ben@example.org");
    struct session_made a = session_of(anna), b = session_of(anna), c = session_of(anna), d = session_of(ben);
    REFUSED(identity_session_end(&cx, the, ben, a.id), E_NOTFOUND, "no such session"); /* not his */
    WELL(identity_session_end(&cx, the, anna, a.id));
    assert_int_equal(who_is(a.cookie, NULL).credential, CREDENTIAL_NONE);
    WELL(identity_session_end_all(&cx, the, anna, b.id));
    assert_int_equal(who_is(b.cookie, NULL).credential, CREDENTIAL_SESSION);
    assert_int_equal(who_is(c.cookie, NULL).credential, CREDENTIAL_NONE);
    WELL(identity_session_end_all(&cx, the, anna, STR_NONE));
    assert_int_equal(who_is(b.cookie, NULL).credential, CREDENTIAL_NONE);
    assert_int_equal(who_is(d.cookie, NULL).credential, CREDENTIAL_SESSION);
    for (int i = 0; i < 60; i++) session_of(anna);
    assert_string_equal(
        rows_of(path_of("state.db"), "SELECT count(*) FROM session GROUP BY person ORDER BY 1 DESC LIMIT 1"), "50\n");
}

static void test_identity_sessions__steps(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org"), whose;
    struct session_made planted = session_of(anna), pending, full, again;
    struct session_start start = {.person = anna,
                                  .method = STR("password"),
                                  .network = STR("192.0.2.1"),
                                  .agent = STR("x\x1b[2J"),
                                  .before = str_from(planted.cookie)};
    WELL(identity_pending_create(&cx, the, &start, &pending));
    assert_int_equal(who_is(planted.cookie, NULL).credential, CREDENTIAL_NONE); /* what the browser held is void */
    assert_int_equal(who_is(pending.cookie, NULL).credential, CREDENTIAL_NONE); /* and this opens nothing */
    WELL(identity_pending_find(&cx, the, str_from(pending.cookie), &whose));
    assert_true(str_eq(whose, anna));
    WELL(identity_pending_finish(&cx, the, str_from(pending.cookie), "totp", &full));
    struct identity_who w = who_is(full.cookie, NULL);
    assert_int_equal(w.level, LEVEL_TWO);
    assert_string_equal(rows_of(path_of("state.db"), "SELECT method, agent FROM session"), "password+totp|x\\x1b[2J\n");
    /* the step before is void: neither again nor beside */
    REFUSED(identity_pending_finish(&cx, the, str_from(pending.cookie), "totp", &again), E_DENIED, "first step");
    REFUSED(identity_pending_find(&cx, the, str_from(full.cookie), &whose), E_DENIED, "first step");

    start.before = STR_NONE;
    WELL(identity_pending_create(&cx, the, &start, &pending));
    for (int i = 0; i < 5; i++) {
        WELL(identity_pending_find(&cx, the, str_from(pending.cookie), &whose));
        WELL(identity_pending_failed(&cx, the, str_from(pending.cookie)));
    }
    REFUSED(identity_pending_finish(&cx, the, str_from(pending.cookie), "totp", &again), E_DENIED, "first step");
    WELL(identity_pending_create(&cx, the, &start, &pending));
    the_time += SESSION_PENDING;
    REFUSED(identity_pending_finish(&cx, the, str_from(pending.cookie), "totp", &again), E_DENIED, "first step");
}

static void test_identity_sessions__raised(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org");
    struct session_made s = session_of(anna), raised;
    struct identity_who w = who_is(s.cookie, NULL);
    bool fresh;
    WELL(identity_session_fresh(&cx, the, &w, &fresh));
    assert_true(fresh);
    the_time += SESSION_FRESH;
    WELL(identity_session_fresh(&cx, the, &w, &fresh));
    assert_false(fresh);
    WELL(identity_session_raise(&cx, the, str_from(s.cookie), LEVEL_TWO, &raised));
    assert_int_equal(who_is(s.cookie, NULL).credential, CREDENTIAL_NONE);
    w = who_is(raised.cookie, NULL);
    assert_true(w.level == LEVEL_TWO && str_eq(w.session, s.id));
    WELL(identity_session_fresh(&cx, the, &w, &fresh));
    assert_true(fresh);
    REFUSED(identity_session_raise(&cx, the, str_from(s.cookie), LEVEL_TWO, &raised), E_DENIED, "over");
}

static void test_identity_sessions__tokens(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org"), ben = person_made("Ben", "ben@example.org");
    struct session_made s = session_of(anna);
    struct identity_who w = who_is(s.cookie, NULL);
    struct token_made t;
    const struct str only[] = {STR("people.read"), STR("tasks.read")};
    struct token_wish wish = {STR("for the build"), only, 2, the_time + 1000};
    const struct identity_actor by = identity_actor_of(&w);
    WELL(identity_token_create(&cx, the, &w, &wish, &t));
    assert_true(str_starts(str_from(t.secret), STR("snt_")) && strlen(t.secret) == TOKEN_TEXT);
    nowhere(t.secret);
    nowhere(t.secret + 4);
    struct identity_who of = who_is(NULL, t.secret);
    assert_true(of.credential == CREDENTIAL_TOKEN && str_eq(of.person, anna));
    assert_true(of.n_only == 2 && str_eq(of.only[0], only[0]) && str_eq(of.only[1], only[1]));
    assert_int_equal(who_is(s.cookie, "snt_wrong").credential, CREDENTIAL_NONE); /* the token counts */
    assert_int_equal(who_is(t.secret, NULL).credential, CREDENTIAL_NONE);        /* and is no session */
    WELL(identity_touch(&cx, the, &of));
    assert_string_equal(rows_of(path_of("state.db"), "SELECT seen - created FROM token"), "0\n");
    assert_string_equal(rows("SELECT what, change, length(fingerprint), via FROM fact_credential"),
                        "token|added|64|person\n");
    the_time += 1000;
    assert_int_equal(who_is(NULL, t.secret).credential, CREDENTIAL_NONE);
    wish.until = the_time + 10;
    WELL(identity_token_create(&cx, the, &w, &wish, &t));
    REFUSED(identity_token_revoke(&cx, the, &by, ben, t.id), E_NOTFOUND, "no such token");
    WELL(identity_token_revoke(&cx, the, &by, anna, t.id));
    assert_int_equal(who_is(NULL, t.secret).credential, CREDENTIAL_NONE);

    wish.until = 0;
    REFUSED(identity_token_create(&cx, the, &w, &wish, &t), E_INVALID, "needs an end");
    wish.until = the_time + TOKEN_MOST + 1;
    REFUSED(identity_token_create(&cx, the, &w, &wish, &t), E_INVALID, "days ahead");
    wish.until = the_time + 10;
    wish.n_only = 0;
    REFUSED(identity_token_create(&cx, the, &w, &wish, &t), E_INVALID, "at least one");
    const struct str bad[] = {STR("a\",\"people.read")};
    wish = (struct token_wish){STR("x"), bad, 1, the_time + 10};
    REFUSED(identity_token_create(&cx, the, &w, &wish, &t), E_INVALID, "is none");
    wish.only = only;
    for (int i = 0; i < TOKENS_OF_ONE; i++) WELL(identity_token_create(&cx, the, &w, &wish, &t));
    struct token_made none;
    REFUSED(identity_token_create(&cx, the, &w, &wish, &none), E_LIMIT, "revoke one");
    assert_int_equal(who_is(NULL, none.secret).credential, CREDENTIAL_NONE);
    /* a list that was damaged opens nothing, rather than all */
    WELL(store_exec(&cx, state_db, "UPDATE token SET only_may = '[]'"));
    of = who_is(NULL, t.secret);
    assert_true(of.n_only == 1 && of.only[0].n == 0);
}

static void test_identity_sessions__links(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org"), whose;
    struct link_made a, b, c;
    enum link_purpose p;
    WELL(identity_link_create(&cx, the, &operator_, anna, LINK_INVITATION, 0, &a));
    WELL(identity_link_create(&cx, the, &operator_, anna, LINK_RESET, 60, &b));
    nowhere(a.secret);
    WELL(identity_link_find(&cx, the, str_from(a.secret), &p, &whose));
    WELL(identity_link_use(&cx, the, &(struct link_use){.secret = str_from(a.secret)}, &p, &whose));
    assert_true(p == LINK_INVITATION && str_eq(whose, anna));
    REFUSED(identity_link_use(&cx, the, &(struct link_use){.secret = str_from(a.secret)}, &p, &whose), E_DENIED,
            "used");
    WELL(identity_link_create(&cx, the, &operator_, anna, LINK_RESET, 60, &c)); /* the one before is void */
    REFUSED(identity_link_use(&cx, the, &(struct link_use){.secret = str_from(b.secret)}, &p, &whose), E_DENIED,
            "used");
    the_time += 60;
    REFUSED(identity_link_use(&cx, the, &(struct link_use){.secret = str_from(c.secret)}, &p, &whose), E_DENIED,
            "ended");
    WELL(identity_link_create(&cx, the, &operator_, anna, LINK_SIGN_IN, 0, &c));
    WELL(identity_link_revoke(&cx, the, &operator_, c.id));
    REFUSED(identity_link_use(&cx, the, &(struct link_use){.secret = str_from(c.secret)}, &p, &whose), E_DENIED,
            "never");
    REFUSED(identity_link_revoke(&cx, the, &operator_, c.id), E_NOTFOUND, "no such link");
    REFUSED(identity_link_create(&cx, the, &operator_, STR(BEN), LINK_RESET, 0, &c), E_NOTFOUND, "no person");
    REFUSED(identity_link_use(&cx, the, &(struct link_use){.secret = STR("' OR 1=1 --")}, &p, &whose), E_DENIED,
            "never");
    assert_string_equal(rows("SELECT what, change FROM fact_credential ORDER BY n"),
                        "link|added\nlink|added\nlink|used\nlink|added\nlink|added\nlink|revoked\n");
}

static void test_identity_sessions__recovery(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org"), ben = person_made("Ben", "ben@example.org");
    char codes[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1], more[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1];
    int left;
    WELL(identity_recovery_make(&cx, the, &operator_, anna, codes));
    nowhere(codes[3]);
    REFUSED(identity_recovery_use(&cx, the, ben, str_from(codes[3]), &left), E_DENIED, "not right");
    char typed[] = "ABCD EFGH ijkl mnop  ";
    for (int i = 0; i < RECOVERY_CODE_TEXT; i++) {
        char c = codes[3][i] == '-' ? ' ' : codes[3][i];
        typed[i] = (char)(c >= 'a' && c <= 'z' && i < 10 ? c - 32 : c);
    }
    WELL(identity_recovery_use(&cx, the, anna, str_from(typed), &left));
    assert_int_equal(left, RECOVERY_CODES - 1);
    REFUSED(identity_recovery_use(&cx, the, anna, str_from(codes[3]), &left), E_DENIED, "used before");
    REFUSED(identity_recovery_use(&cx, the, anna, STR(""), &left), E_DENIED, "not right");
    WELL(identity_recovery_make(&cx, the, &operator_, anna, more));
    REFUSED(identity_recovery_use(&cx, the, anna, str_from(codes[4]), &left), E_DENIED, "not right");
    WELL(identity_recovery_use(&cx, the, anna, str_from(more[0]), &left));
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, identity_setup, identity_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_identity_sessions__life),     WITH(test_identity_sessions__ended),
        WITH(test_identity_sessions__steps),    WITH(test_identity_sessions__raised),
        WITH(test_identity_sessions__tokens),   WITH(test_identity_sessions__links),
        WITH(test_identity_sessions__recovery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
