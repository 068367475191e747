/* People, groups and roles: what is refused, and what somebody loses who leaves. */
#include "identity_data.h"

#include <pthread.h>

#include "unit.h"

static void test_identity_people__made_and_changed(void **state)
{
    (void)state;
    struct str anna = person_made("Anna Virta", "anna@example.org"), found;
    struct person p;
    WELL(identity_person_find(&cx, the, STR("ANNA@example.ORG"), &found));
    assert_true(str_eq(found, anna));
    WELL(identity_person_find(&cx, the, STR("nobody@example.org"), &found));
    assert_null(found.p);
    const struct str two[] = {STR("anna@example.org"), STR("av@example.org")};
    WELL(identity_person_change(&cx, the, &operator_, anna, 0, STR("Anna Koski"), two, 2));
    WELL(identity_person_get(&cx, the, anna, &p));
    assert_true(str_eq(p.name, STR("Anna Koski")) && p.n_addresses == 2 && !p.left);
    REFUSED(identity_person_get(&cx, the, STR(BEN), &p), E_NOTFOUND, "no person");
    REFUSED(identity_person_change(&cx, the, &operator_, STR(BEN), 0, STR("B"), two, 1), E_NOTFOUND, "no person");
}

static void test_identity_people__alike_refused(void **state)
{
    (void)state;
    struct str out, a = STR("anna@example.org"), b = STR("b@example.org");
    struct str anna = person_made("Anna Virta", "anna@example.org");
    REFUSED(identity_person_create(&cx, the, &operator_, STR("ANNA VIRTA"), &b, 1, &out), E_CONFLICT, "taken for");
    REFUSED(identity_person_create(&cx, the, &operator_, STR("\xd0\x90nna Virta"), &b, 1, &out), E_INVALID, "scripts");
    REFUSED(identity_person_create(&cx, the, &operator_, STR("Ben"), &a, 1, &out), E_CONFLICT, "addresses");
    a = STR("ANNA@example.org");
    REFUSED(identity_person_create(&cx, the, &operator_, STR("Ben"), &a, 1, &out), E_CONFLICT, "addresses");
    a = STR("anna@example.org ");
    REFUSED(identity_person_create(&cx, the, &operator_, STR("Ben"), &a, 1, &out), E_INVALID, "address");
    /* her own are no conflict, and a leaver's are free again */
    WELL(identity_person_change(&cx, the, &operator_, anna, 0, STR("anna virta"), &(struct str){"ANNA@example.org", 16},
                                1));
    WELL(identity_person_leave(&cx, the, &operator_, anna));
    WELL(identity_person_create(&cx, the, &operator_, STR("Anna Virta"), &b, 1, &out));
    REFUSED(identity_person_return(&cx, the, &operator_, anna), E_CONFLICT, "taken for");
}

static void test_identity_people__roles(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org");
    struct session_made s = session_of(anna);
    grant(anna, ROLE_ADMIN, "org", 0);
    grant(anna, ROLE_AUDITOR, "org", the_time + 100);
    struct identity_who w = who_is(s.cookie, NULL);
    assert_int_equal(w.roles, 1U << ROLE_ADMIN | 1U << ROLE_AUDITOR);
    assert_true(w.n_grants == 2 && !w.grants[0].group.p && str_eq(w.grants[0].scope, STR("org")));
    the_time += 100; /* its end has come */
    assert_int_equal(who_is(s.cookie, NULL).roles, 1U << ROLE_ADMIN);

    struct role_change c = {.subject = anna, .role = ROLE_PARTNER, .scope = STR("org")};
    REFUSED(identity_role_put(&cx, the, &operator_, &c, NULL), E_INVALID, "has an end");
    c.until = the_time;
    REFUSED(identity_role_put(&cx, the, &operator_, &c, NULL), E_INVALID, "past");
    c = (struct role_change){.subject = anna, .role = ROLE_DEVELOPER, .scope = STR("project:abcdefghij234567klmn")};
    REFUSED(identity_role_put(&cx, the, &operator_, &c, NULL), E_NOTFOUND, "no project");
    c = (struct role_change){.subject = anna, .role = ROLE_ADMIN, .scope = STR("project:abcdefghij234567klmn")};
    REFUSED(identity_role_put(&cx, the, &operator_, &c, NULL), E_INVALID, "whole organization");
    c = (struct role_change){.subject = STR(BEN), .role = ROLE_EMPLOYEE, .scope = STR("org")};
    REFUSED(identity_role_put(&cx, the, &operator_, &c, NULL), E_NOTFOUND, "no person");
}

static void test_identity_people__last_officer(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org"), ben = person_made("Ben", "ben@example.org");
    int64_t n;
    grant(anna, ROLE_SECURITY_OFFICER, "org", 0);
    struct role_change c = {.subject = anna, .role = ROLE_SECURITY_OFFICER, .scope = STR("org"), .revoke = true};
    REFUSED(identity_role_put(&cx, the, &operator_, &c, NULL), E_CONFLICT, "last Security officer");
    c.revoke = false;
    c.until = the_time + 1000; /* would end by itself */
    REFUSED(identity_role_put(&cx, the, &operator_, &c, NULL), E_CONFLICT, "last Security officer");
    REFUSED(identity_person_leave(&cx, the, &operator_, anna), E_CONFLICT, "last Security officer");
    grant(ben, ROLE_SECURITY_OFFICER, "org", the_time + 1000); /* not lasting */
    REFUSED(identity_person_leave(&cx, the, &operator_, anna), E_CONFLICT, "last Security officer");
    WELL(identity_security_officers(&cx, ledger_db, the_time, &n));
    assert_int_equal(n, 2);
    grant(ben, ROLE_SECURITY_OFFICER, "org", 0);
    const struct body asked =
        make_body("role", anna.p, "{\"role\":\"security_officer\",\"scope\":\"org\",\"state\":\"revoked\"}");
    WELL(identity_role_judge(&cx, ledger_db, &asked, the_time));
    WELL(identity_person_leave(&cx, the, &operator_, anna));
    const struct body last =
        make_body("role", ben.p, "{\"role\":\"security_officer\",\"scope\":\"org\",\"state\":\"revoked\"}");
    REFUSED(identity_role_judge(&cx, ledger_db, &last, the_time), E_CONFLICT, "last Security officer");
    WELL(identity_security_officers(&cx, ledger_db, the_time, &n));
    assert_int_equal(n, 1);
}

/* Two officers leave at once, from two threads: one of them stays. */
struct leaver {
    struct str person;
    enum rc rc;
};

static void *leaves(void *arg)
{
    struct leaver *l = arg;
    struct ctx own;
    sqlite3 *state_, *ledger_;
    struct identity *id;
    ctx_init(&own);
    l->rc = E_INTERNAL;
    if (state_open(&own, folder, STORE_WRITE, &state_) == OK &&
        store_open_file(&own, arena_printf(&own.arena, "%s/ledger.db", folder).p, STORE_READ, &ledger_) == OK) {
        const struct identity_options o = {state_, ledger_, the_facts, test_now};
        if (identity_open(&own, &o, &id) == OK) l->rc = identity_person_leave(&own, id, &operator_, l->person);
        identity_close(id);
        store_close(state_);
        store_close(ledger_);
    }
    ctx_release(&own);
    return NULL;
}

static void test_identity_people__two_leave_at_once(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++) {
        struct leaver l[2];
        pthread_t t[2];
        for (int i = 0; i < 2; i++) {
            l[i].person = person_made(arena_printf(&cx.arena, "P%c%c", 'a' + round, 'x' + i).p,
                                      arena_printf(&cx.arena, "p%c%c@example.org", 'a' + round, 'x' + i).p);
            grant(l[i].person, ROLE_SECURITY_OFFICER, "org", 0);
        }
        if (round) { /* whoever stayed before goes first */
            const char *left = rows("SELECT subject FROM fact_role WHERE state = 'granted' ORDER BY n LIMIT 1");
            WELL(identity_person_leave(&cx, the, &operator_, str_trim(str_from(left))));
        }
        for (int i = 0; i < 2; i++) pthread_create(&t[i], NULL, leaves, &l[i]);
        for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
        assert_true((l[0].rc == OK && l[1].rc == E_CONFLICT) || (l[1].rc == OK && l[0].rc == E_CONFLICT));
    }
}

static void test_identity_people__leaver_loses_all(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org");
    struct session_made s = session_of(anna);
    struct link_made link;
    struct token_made token;
    enum link_purpose p;
    struct str whose;
    char codes[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1];
    int left;
    grant(anna, ROLE_ADMIN, "org", 0);
    add(the_facts, "key", anna.p,
        "{\"fingerprint\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"type\":\"ssh\","
        "\"public\":"
        "\"x\",\"state\":\"added\"}");
    struct identity_who w = who_is(s.cookie, NULL);
    const struct str only = STR("people.read");
    WELL(identity_token_create(&cx, the, &w, &(struct token_wish){STR("t"), &only, 1, the_time + 1000}, &token));
    WELL(identity_link_create(&cx, the, &operator_, anna, LINK_RESET, 0, &link));
    WELL(identity_recovery_make(&cx, the, &operator_, anna, codes));
    assert_int_equal(who_is(NULL, token.secret).credential, CREDENTIAL_TOKEN);

    WELL(identity_person_leave(&cx, the, &operator_, anna));
    assert_int_equal(who_is(s.cookie, NULL).credential, CREDENTIAL_NONE);
    assert_int_equal(who_is(NULL, token.secret).credential, CREDENTIAL_NONE);
    REFUSED(identity_link_use(&cx, the, &(struct link_use){.secret = str_from(link.secret)}, &p, &whose), E_DENIED,
            "link");
    REFUSED(identity_recovery_use(&cx, the, anna, str_from(codes[0]), &left), E_DENIED, "code");
    assert_string_equal(rows("SELECT count(*) FROM fact_role WHERE state = 'granted'"), "0\n");
    assert_string_equal(rows("SELECT state FROM fact_key"), "removed\n");
    /* all in one breath: the facts follow one another in one commit */
    assert_string_equal(rows("SELECT group_concat(kind, ' ') FROM (SELECT kind FROM facts ORDER BY n DESC LIMIT 3)"),
                        "key role person\n");
    WELL(identity_person_leave(&cx, the, &operator_, anna)); /* again is fine, and adds nothing */
    uint64_t size = sound_log();

    /* and comes back with nothing */
    WELL(identity_person_return(&cx, the, &operator_, anna));
    assert_int_equal(sound_log(), size + 1);
    assert_int_equal(who_is(s.cookie, NULL).credential, CREDENTIAL_NONE);
    assert_int_equal(who_is(NULL, token.secret).credential, CREDENTIAL_NONE);
    s = session_of(anna);
    assert_int_equal(who_is(s.cookie, NULL).roles, 0);
}

/* What a crash between the fact and the purge leaves is worth nothing, and is swept. */
static void test_identity_people__half_left(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org");
    struct session_made s = session_of(anna), again;
    add(the_facts, "person", anna.p, "{\"name\":\"Anna\",\"addresses\":[],\"accounts\":[],\"state\":\"left\"}");
    assert_int_equal(who_is(s.cookie, NULL).credential, CREDENTIAL_NONE);
    const struct session_start start = {.person = anna, .level = LEVEL_ONE, .method = STR("password")};
    REFUSED(identity_session_create(&cx, the, &start, &again), E_DENIED, "left");
    assert_string_equal(rows_of(path_of("state.db"), "SELECT count(*) FROM session"), "1\n");
    WELL(identity_sweep(&cx, the));
    assert_string_equal(rows_of(path_of("state.db"), "SELECT count(*) FROM session"), "0\n");
}

static void test_identity_people__purge_knows_all_tables(void **state)
{
    (void)state;
    const char *tables =
        rows_of(path_of("state.db"), "SELECT DISTINCT m.name FROM sqlite_schema m JOIN "
                                     "pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'person'");
    extern const char identity_purge_sql[];
    struct str rest = str_from(tables), name;
    int n = 0;
    while (str_cut(&rest, '\n', &name)) {
        if (!name.n) continue;
        n++;
        if (!strstr(identity_purge_sql,
                    arena_printf(&cx.arena, "DELETE FROM " STR_FMT " WHERE person = ?1;", STR_ARG(name)).p))
            failed("purge.sql lets " STR_FMT " be", STR_ARG(name));
    }
    assert_true(n >= 7);
}

static void test_identity_people__groups(void **state)
{
    (void)state;
    struct str anna = person_made("Anna", "anna@example.org");
    struct session_made s = session_of(anna);
    struct group g = {.name = STR("Builders"), .members = &anna, .n_members = 1}, other = {.name = STR("BUILDERS")};
    WELL(identity_group_put(&cx, the, &operator_, &g));
    REFUSED(identity_group_put(&cx, the, &operator_, &other), E_CONFLICT, "taken for");
    grant(g.id, ROLE_DEVELOPER, "org", 0);
    struct identity_who w = who_is(s.cookie, NULL);
    assert_int_equal(w.roles, 1U << ROLE_DEVELOPER);
    assert_true(str_eq(w.grants[0].group, g.id));
    const struct role_change c = {.subject = g.id, .role = ROLE_ADMIN, .scope = STR("org")};
    REFUSED(identity_role_put(&cx, the, &operator_, &c, NULL), E_INVALID, "one by one");
    /* nor does it count when the operator writes it */
    add(the_facts, "role", g.id.p, "{\"role\":\"admin\",\"scope\":\"org\",\"state\":\"granted\"}");
    assert_int_equal(who_is(s.cookie, NULL).roles, 1U << ROLE_DEVELOPER);
    g.closed = true;
    WELL(identity_group_put(&cx, the, &operator_, &g));
    assert_int_equal(who_is(s.cookie, NULL).roles, 0);
    struct str nobody = STR(BEN);
    struct group bad = {.name = STR("Others"), .members = &nobody, .n_members = 1};
    REFUSED(identity_group_put(&cx, the, &operator_, &bad), E_NOTFOUND, "members");
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, identity_setup, identity_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_identity_people__made_and_changed),
        WITH(test_identity_people__alike_refused),
        WITH(test_identity_people__roles),
        WITH(test_identity_people__last_officer),
        WITH(test_identity_people__two_leave_at_once),
        WITH(test_identity_people__leaver_loses_all),
        WITH(test_identity_people__half_left),
        WITH(test_identity_people__purge_knows_all_tables),
        WITH(test_identity_people__groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
