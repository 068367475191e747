/* Where repositories elsewhere are: read in one way only, and never with a secret. */
#include "unit.h"
#undef fail

#include "git/location.h"

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

static void test_git_location__what_is_elsewhere(void **state)
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
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++) assert_true(location_is_elsewhere(str_from(remote[i])));
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        if (location_is_elsewhere(str_from(local[i]))) print_error("%s\n", local[i]);
        assert_false(location_is_elsewhere(str_from(local[i])));
    }
}

static void test_git_location__its_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *user, *host, *port;
        bool ssh, address;
    } good[] = {
        {"https://example.org/a.git", "", "example.org", "", false, false},
        {"https://ann@git.example.org:8443/a/b", "ann", "git.example.org", "8443", false, false},
        {"https://first.last%40example.org@example.org/a", "first.last%40example.org", "example.org", "", false, false},
        {"https://gitlab+deploy-token-1234567@example.org/a", "gitlab+deploy-token-1234567", "example.org", "", false,
         false},
        {"https://192.0.2.7/a", "", "192.0.2.7", "", false, true},
        {"https://[2001:db8::1]:8443/a", "", "2001:db8::1", "8443", false, true},
        {"ssh://git@example.org:22/a", "git", "example.org", "22", true, false},
        {"ssh://APKAEIBAERJR2EXAMPLE@git.example.org/v1/a", "APKAEIBAERJR2EXAMPLE", "git.example.org", "", true, false},
        {"git@example.org:a/b.git", "git", "example.org", "", true, false},
        {"build-host:a", "", "build-host", "", true, false},
        {"https://4git/a", "", "4git", "", false, false},
        {"https://git.0xyz/a", "", "git.0xyz", "", false, false},
        {"git@[2001:db8:0:0:0:0:0:1]:a", "git", "2001:db8:0:0:0:0:0:1", "", true, true},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct location l;
        enum rc rc = location_read(&cx, str_from(good[i].text), &l);
        if (rc != OK) print_error("%s: %s\n", good[i].text, cx.message);
        assert_int_equal(rc, OK);
        assert_true(str_eq(l.user, str_from(good[i].user)));
        assert_true(str_eq(l.host, str_from(good[i].host)));
        assert_true(str_eq(l.port, str_from(good[i].port)));
        assert_int_equal(l.ssh, good[i].ssh);
        assert_int_equal(l.address, good[i].address);
        assert_true(str_eq(location_shown(&cx, str_from(good[i].text)), str_from(good[i].text)));
    }
}

/* Put together here, so that none stands in the repository. */
static struct str like(const char *begin, const char *middle, const char *end)
{
    return arena_printf(&cx.arena, "%s%s%s", begin, middle, end);
}

static void test_git_location__secrets(void **state)
{
    (void)state;
    static const char hidden[] = "q7Z3xW5lM2nP4rT6v8Y0";
    const struct {
        struct str text, shown;
    } bad[] = {
        {like("https://ann:", hidden, "@example.org/a"), STR("https://***@example.org/a")},
        {like("https://ann%3A", hidden, "@example.org/a"), STR("https://***@example.org/a")},
        {like("https://", hidden, "@example.org/a"), STR("https://***@example.org/a")},
        {like("https://gh", "p_short", "@example.org/a"), STR("https://***@example.org/a")},
        {like("https://gl", "pat-a-b-c-d", "@example.org/a"), STR("https://***@example.org/a")},
        {like("https://x-", hidden, "@example.org/a"), STR("https://***@example.org/a")},
        {like("https://a@", hidden, "@example.org/a"), STR("https://***@example.org/a")},
        {like("ssh://git:", hidden, "@example.org/a"), STR("ssh://***@example.org/a")},
        {like("ann:", hidden, "@example.org:a"), STR("***@example.org:a")},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct location l;
        struct str shown = location_shown(&cx, bad[i].text);
        if (!str_eq(shown, bad[i].shown)) print_error(STR_FMT "\n", STR_ARG(shown));
        assert_true(str_eq(shown, bad[i].shown));
        assert_int_equal(location_read(&cx, bad[i].text, &l), E_INVALID);
        assert_null(strstr(cx.message, hidden));
        assert_null(strstr(cx.message, "short"));
    }
    struct location l;
    assert_int_equal(location_read(&cx, like("https://example.org/a?private_token=", hidden, ""), &l), E_INVALID);
    assert_null(strstr(cx.message, hidden));
}

static void test_git_location__what_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "https://example.org/a b",
        "https://example.org/a\n",
        "https://example.org/a#b",
        "-oProxyCommand=id:a",
        "ssh://-oProxyCommand=id/a",
        "ssh://git@-oProxyCommand=id/a",
        "ssh://-git@example.org/a",
        "ssh://git%40127.0.0.1/a",
        "ssh://git%2f@example.org/a",
        "ext::sh -c id",
        "file:///etc",
        "http://example.org/a",
        "git@-x:a",
        "https:///a",
        "https://@example.org.:443/a",
        "https://example.org./a",
        "https://a..b/a",
        "https://2130706433/a",
        "https://0x7f000001/a",
        "https://127.1/a",
        "https://0x/a",
        "https://example.0x7f/a",
        "https://0177.0.0.1/a",
        "https://example.org:0/a",
        "https://example.org:65536/a",
        "https://example.org:+1/a",
        "https://example.org:/a",
        "https://[::1/a",
        "https://[::1]x/a",
        "https://[fe80::1%25lo]/a",
        "https://[127.0.0.1]/a",
        "https://ex\\ample.org/a",
        "https://exam\xc3\xa4ple.org/a",
        "https://\xef\xbc\x91.example/a",
        "git@[example.org:22]:a",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct location l;
        enum rc rc = location_read(&cx, str_from(bad[i]), &l);
        if (rc != E_INVALID) print_error("%s: %s\n", bad[i], rc_name(rc));
        assert_int_equal(rc, E_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_git_location__what_is_elsewhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_git_location__its_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_git_location__secrets, setup, teardown),
        cmocka_unit_test_setup_teardown(test_git_location__what_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
