/* What git and its hooks get of who comes in: all of it, and nothing that the caller could have put there. */
#include "unit.h"
#undef fail

#include <stdlib.h>
#include <string.h>

#include "gates/door.h"

static struct ctx cx;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ctx_release(&cx);
    return 0;
}

static const struct str only[] = {STR("code.read"), STR("code.write")};

static struct door door(size_t n_only)
{
    return (struct door){.dir = "/srv/data",
                         .place = {.subject = STR("repo:aaaaaaaaaaaaaaaaaaaa")},
                         .caller = {.person = STR("person:bbbbbbbbbbbbbbbbbbbb"),
                                    .credential = STR("c0ffee"),
                                    .only = only,
                                    .n_only = n_only,
                                    .lang = LANG_FI}};
}

static const char *find(const char *const *env, const char *name)
{
    size_t n = strlen(name);
    for (; *env; env++)
        if (!strncmp(*env, name, n) && (*env)[n] == '=') return *env + n + 1;
    return NULL;
}

static void test_gates_door__what_git_gets(void **state)
{
    (void)state;
    struct door d = door(2);
    (void)setenv("GIT_DIR", "/tmp/evil", 1);
    (void)setenv("LD_PRELOAD", "evil.so", 1);
    (void)unsetenv("SINETTI_SIGNER");
    const char *const *env = door_environment(&cx, &d, STR("version=2"));
    (void)unsetenv("LD_PRELOAD");
    assert_null(find(env, "GIT_DIR"));
    assert_null(find(env, "LD_PRELOAD"));
    assert_null(find(env, "SINETTI_SIGNER"));
    assert_string_equal(find(env, "GIT_PROTOCOL"), "version=2");
    assert_string_equal(find(env, "SINETTI_ONLY"), "code.read code.write");
    assert_string_equal(find(env, "SINETTI_LANG"), "fi");
    static const char *const bad[] = {"", "version=2\nGIT_DIR=/tmp", "version=2;id", "version=2 x", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(find(door_environment(&cx, &d, str_from(bad[i])), "GIT_PROTOCOL"));
    char long_one[200];
    memset(long_one, 'a', sizeof long_one);
    assert_null(find(door_environment(&cx, &d, (struct str){long_one, sizeof long_one}), "GIT_PROTOCOL"));
    d = door(0);
    assert_null(find(door_environment(&cx, &d, STR_NONE), "SINETTI_ONLY"));
}

static void test_gates_door__what_a_hook_finds(void **state)
{
    (void)state;
    const struct door d = door(2);
    struct str repository;
    struct gate_caller by;
    const char *env[40] = {NULL};
    size_t n = 0;
    struct hook_call h = {.environment = env};
    assert_int_equal(door_caller(&cx, &h, &repository, &by), E_DENIED); /* past the door */
    for (const char *const *e = door_environment(&cx, &d, STR_NONE); *e; e++)
        if (str_starts(str_from(*e), STR("SINETTI_"))) env[n++] = *e;
    assert_int_equal(door_caller(&cx, &h, &repository, &by), OK);
    assert_string_equal(hook_data(&h), d.dir);
    assert_true(str_eq(repository, d.place.subject) && str_eq(by.person, d.caller.person));
    assert_true(str_eq(by.credential, d.caller.credential) && by.lang == LANG_FI);
    assert_int_equal(by.n_only, 2);
    assert_true(str_eq(by.only[0], only[0]) && str_eq(by.only[1], only[1]));
    for (size_t i = 0; i < n; i++)
        if (str_starts(str_from(env[i]), STR("SINETTI_ONLY="))) env[i] = "SINETTI_ONLY=";
    assert_int_equal(door_caller(&cx, &h, &repository, &by), OK);
    assert_int_equal(by.n_only, 0); /* a key has all of its person's */
    for (size_t i = 0; i < n; i++)
        if (str_starts(str_from(env[i]), STR("SINETTI_PERSON="))) env[i] = "SINETTI_PERSON_=x";
    assert_int_equal(door_caller(&cx, &h, &repository, &by), E_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gates_door__what_git_gets, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gates_door__what_a_hook_finds, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
