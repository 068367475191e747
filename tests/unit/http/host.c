/* Which names of a Host header are ours. */
#include "unit.h"
#undef fail

#include "http/host.h"

static bool ours(const struct http_hosts *h, const char *host)
{
    return http_host_is_ours(h, str_from(host));
}

static void test_http_host__for_this_machine_alone(void **state)
{
    (void)state;
    const struct http_hosts h = {.address = STR("127.0.0.1")};
    static const char *const good[] = {"localhost", "LOCALHOST:8443", "127.0.0.1:1",
                                       "127.9.9.9", "[::1]:8443",     "[::1]"};
    static const char *const bad[] = {"",
                                      "evil.example",
                                      "localhost.evil.example",
                                      "10.0.0.1",
                                      "[::2]",
                                      "localhost:",
                                      "localhost:x",
                                      "localhost:0",
                                      "[::1",
                                      "localhost/x",
                                      "a@localhost",
                                      "localhost:1:2",
                                      "127.0.0.1.evil.example",
                                      "[::1]8443",
                                      "[localhost]x"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(ours(&h, good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(ours(&h, bad[i]));
    assert_false(http_host_is_ours(&h, STR_NONE));
}

static void test_http_host__of_a_certificate_until_an_origin_is_said(void **state)
{
    (void)state;
    const struct str names[] = {STR("sinetti.example.org"), STR("*.teams.example.org")};
    struct http_hosts h = {.address = STR("0.0.0.0"), .names = names, .n_names = 2};
    assert_true(ours(&h, "sinetti.example.org:8443"));
    assert_true(ours(&h, "a.teams.EXAMPLE.org"));
    assert_false(ours(&h, "a.b.teams.example.org"));
    assert_false(ours(&h, ".teams.example.org"));
    assert_false(ours(&h, "teams.example.org"));
    assert_true(ours(&h, "10.0.0.7"));
    h.origin = STR("https://sinetti.example.org");
    assert_true(ours(&h, "sinetti.example.org"));
    assert_true(ours(&h, "Sinetti.example.org:443"));
    assert_false(ours(&h, "sinetti.example.org:8443"));
    assert_false(ours(&h, "a.teams.example.org"));
}

static void test_http_host__an_address_listened_at(void **state)
{
    (void)state;
    const struct http_hosts four = {.address = STR("10.0.0.5")}, six = {.address = STR("fd00::5")},
                            all = {.address = STR("::")};
    assert_true(ours(&four, "10.0.0.5:80"));
    assert_false(ours(&four, "10.0.0.6"));
    assert_true(ours(&six, "[FD00:0::5]:80"));
    assert_false(ours(&six, "[fd00::6]"));
    assert_true(ours(&all, "192.0.2.1"));
    assert_true(ours(&all, "[2001:db8::1]:8443"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_host__for_this_machine_alone),
        cmocka_unit_test(test_http_host__of_a_certificate_until_an_origin_is_said),
        cmocka_unit_test(test_http_host__an_address_listened_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
