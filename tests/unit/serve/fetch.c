/* Locations of repositories: which are elsewhere, and which are never handed to git. */
#include "unit.h"
#undef fail

#include "../store/folder.h"
#include "serve/elsewhere.h"
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

static void test_serve_fetch__what_is_elsewhere(void **state)
{
    (void)state;
    static const char *const remote[] = {"https://example.org/a.git", "ssh://git@example.org:22/a",
                                         "git@example.org:a/b.git", "example.org:a"};
    static const char *const local[] = {"/srv/app",
                                        "/srv/a:b",
                                        "./a",
                                        "",
                                        "http://example.org/a",
                                        "git://example.org/a",
                                        "file:///srv/app",
                                        "ext::sh -c id",
                                        "ftp://example.org/a"};
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++) assert_true(elsewhere_is(str_from(remote[i])));
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        if (elsewhere_is(str_from(local[i]))) print_error("%s\n", local[i]);
        assert_false(elsewhere_is(str_from(local[i])));
    }
}

static void test_serve_fetch__what_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"https://ann:secret@example.org/a",
                                      "https://example.org/a b",
                                      "https://example.org/a\n",
                                      "-oProxyCommand=id:a",
                                      "ssh://-oProxyCommand=id/a",
                                      "ssh://git@-oProxyCommand=id/a",
                                      "ext::sh -c id",
                                      "file:///etc",
                                      "http://example.org/a",
                                      "git@-x:a"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *path = NULL;
        enum rc rc = fetch_mirror(&cx, folder, STR("aaaaaaaaaaaaaaaaaaaa"), str_from(bad[i]), &path);
        if (rc != E_INVALID) print_error("%s: %s\n", bad[i], rc_name(rc));
        assert_int_equal(rc, E_INVALID);
        assert_null(strstr(cx.message, "secret"));
    }
    assert_int_not_equal(access(arena_printf(&cx.arena, "%s/repos", folder).p, F_OK), 0); /* nothing was begun */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_serve_fetch__what_is_elsewhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_fetch__what_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
