/* Repositories elsewhere: what is never handed to git, and where the server does not go. */
#include "unit.h"
#undef fail

#include "../store/folder.h"
#include "base/file.h"
#include "serve/fetch.h"

static struct ctx cx;
static char folder[256];

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return folder_make(folder) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static enum rc fetched(const char *location)
{
    const char *path = NULL;
    return fetch_mirror(&cx, folder, STR("aaaaaaaaaaaaaaaaaaaa"), str_from(location), &path);
}

static void test_serve_fetch__what_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"https://ann:secret@example.org/a", "ssh://git@-oProxyCommand=id/a",
                                      "ext::sh -c id", "file:///etc", "http://example.org/a"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        enum rc rc = fetched(bad[i]);
        if (rc != E_INVALID) print_error("%s: %s\n", bad[i], rc_name(rc));
        assert_int_equal(rc, E_INVALID);
        assert_null(strstr(cx.message, "secret"));
    }
    assert_int_not_equal(access(arena_printf(&cx.arena, "%s/repos", folder).p, F_OK), 0); /* nothing was begun */
}

static const char *const inside[] = {
    "https://127.0.0.1:1/a", "https://localhost:1/a",    "https://[::1]:1/a",           "ssh://127.0.0.1:1/a",
    "git@localhost:a",       "https://10.255.255.1:1/a", "ssh://192.168.0.1/a",         "https://[fd00::1]:1/a",
    "https://172.16.0.1/a",  "https://100.64.0.1/a",     "https://[::ffff:127.0.0.1]/a"};
static const char *const never[] = {"https://169.254.169.254/a",
                                    "ssh://169.254.1.1/a",
                                    "https://[fe80::1]/a",
                                    "https://0.0.0.0/a",
                                    "https://[::]/a",
                                    "https://224.0.0.1/a",
                                    "https://[::ffff:a9fe:a9fe]/a",
                                    "https://[64:ff9b::a9fe:a9fe]/a"};

static void refused(const char *location)
{
    enum rc rc = fetched(location);
    if (rc != E_DENIED || !strstr(cx.message, "inside")) print_error("%s: %s: %s\n", location, rc_name(rc), cx.message);
    assert_int_equal(rc, E_DENIED);
    assert_non_null(strstr(cx.message, "leads to an address inside"));
}

/* Whoever may register a repository does not thereby reach what is beside the server. */
static void test_serve_fetch__nothing_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) refused(inside[i]);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) refused(never[i]);
}

static void test_serve_fetch__inside_when_the_folder_says_so(void **state)
{
    (void)state;
    assert_int_equal(file_replace(&cx, arena_printf(&cx.arena, "%s/config", folder).p,
                                  STR("format: 1\nrepositories_inside: true\n")),
                     OK);
    for (size_t i = 0; i < 2; i++) { /* gone to, and nobody there */
        assert_int_equal(fetched(inside[i]), E_IO);
        assert_non_null(strstr(cx.message, "cannot be fetched"));
    }
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) refused(never[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_serve_fetch__what_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_fetch__nothing_inside, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_fetch__inside_when_the_folder_says_so, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
