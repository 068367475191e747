/* Targets, queries, cookies, addresses: what is taken and what is not. */
#include "unit.h"
#undef fail

#include "http/http_int.h"

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

static void test_http_target__normal_form(void **state)
{
    (void)state;
    static const struct {
        const char *target, *path, *query; /* path NULL: refused */
    } cases[] = {
        {"/", "/", ""},
        {"/a/b?x=1", "/a/b", "x=1"},
        {"/a/", "/a/", ""},
        {"/a?", "/a", ""},
        {"/a%20b/%C3%A4", "/a b/\xc3\xa4", ""},
        {"/%61pi", "/api", ""},
        {"/a?b=%2F..%00", "/a", "b=%2F..%00"},
        {"/...", "/...", ""},
        {"/.a/..b", "/.a/..b", ""},
        {"", NULL, NULL},
        {"*", NULL, NULL},
        {"a/b", NULL, NULL},
        {"http://example.org/", NULL, NULL},
        {"//", NULL, NULL},
        {"//a", NULL, NULL},
        {"/a//b", NULL, NULL},
        {"/.", NULL, NULL},
        {"/..", NULL, NULL},
        {"/a/../b", NULL, NULL},
        {"/a/%2e%2E/b", NULL, NULL},
        {"/a/./b", NULL, NULL},
        {"/a%2fb", NULL, NULL},
        {"/a%5Cb", NULL, NULL},
        {"/a\\b", NULL, NULL},
        {"/a%00", NULL, NULL},
        {"/a%0a", NULL, NULL},
        {"/a%7f", NULL, NULL},
        {"/a%", NULL, NULL},
        {"/a%2", NULL, NULL},
        {"/a%zz", NULL, NULL},
        {"/a%ff", NULL, NULL},
        {"/a%c0%af", NULL, NULL},
        {"/a\xc3\xa4", NULL, NULL},
        {"/a#b", NULL, NULL},
        {"/a b", NULL, NULL},
        {"/a?b\x01", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_request r = {0};
        bool good = http_target_read(&cx, str_from(cases[i].target), &r);
        if (good != (cases[i].path != NULL)) print_error("%s: %s\n", cases[i].target, good ? "taken" : "refused");
        assert_int_equal(good, cases[i].path != NULL);
        if (!good) continue;
        assert_true(str_eq(r.path, str_from(cases[i].path)));
        assert_true(str_eq(r.query, str_from(cases[i].query)));
    }
}

static void test_http_target__query(void **state)
{
    (void)state;
    struct str rest = STR("a=1&&b+c=%C3%A4%20+x&d&e=&f=g=h"), name, value;
    static const char *const want[][2] = {{"a", "1"}, {"b c", "\xc3\xa4  x"}, {"d", ""}, {"e", ""}, {"f", "g=h"}};
    bool more;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_int_equal(http_query(&cx, &rest, &name, &value, &more), OK);
        assert_true(more);
        assert_true(str_eq(name, str_from(want[i][0])));
        assert_true(str_eq(value, str_from(want[i][1])));
    }
    assert_int_equal(http_query(&cx, &rest, &name, &value, &more), OK);
    assert_false(more);
    static const char *const bad[] = {"a=%", "a=%4", "a=%gg", "a=%00", "%00=a", "a=%ff", "a=%c0%80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rest = str_from(bad[i]);
        assert_int_equal(http_query(&cx, &rest, &name, &value, &more), E_INVALID);
    }
}

static void test_http_target__cookies(void **state)
{
    (void)state;
    const struct http_header headers[] = {{STR("Cookie"), STR("a=1; sinetti=abc;b = 2 ;twice=1")},
                                          {STR("cookie"), STR("c=x=y; twice=2; empty=")}};
    const struct http_request r = {.headers = headers, .n_headers = 2};
    assert_true(str_eq(http_request_cookie(&r, "sinetti"), STR("abc")));
    assert_true(str_eq(http_request_cookie(&r, "b"), STR("2")));
    assert_true(str_eq(http_request_cookie(&r, "c"), STR("x=y")));
    assert_true(http_request_cookie(&r, "empty").p && !http_request_cookie(&r, "empty").n);
    assert_null(http_request_cookie(&r, "twice").p);
    assert_null(http_request_cookie(&r, "inetti").p);
    assert_null(http_request_cookie(&r, "Sinetti").p);
}

static void test_http_target__networks(void **state)
{
    (void)state;
    static const struct {
        const char *network, *address;
        bool has;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.1", "127.0.0.2", false},
        {"127.0.0.1", "::ffff:7f00:1", true},
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.1", false},
        {"10.1.0.0/15", "10.0.3.4", true},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::1", "[::1]", true},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_network n;
        struct http_address a;
        assert_true(http_network_read(str_from(cases[i].network), &n));
        assert_true(http_address_read(str_from(cases[i].address), &a));
        if (http_network_has(&n, &a) != cases[i].has) print_error("%s %s\n", cases[i].network, cases[i].address);
        assert_int_equal(http_network_has(&n, &a), cases[i].has);
    }
    static const char *const bad[] = {"", "10.0.0.0/33", "10.0.0/8", "::/129", "localhost", "10.0.0.0/", "1.2.3.4/-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(http_is_network(str_from(bad[i])));
}

/* Who the client is: the last one that no trusted proxy vouches for. */
static void test_http_target__forwarded(void **state)
{
    (void)state;
    static struct str trusted[] = {{"10.0.0.0/8", 10}, {"127.0.0.1", 9}};
    struct http_network networks[2];
    for (int i = 0; i < 2; i++) assert_true(http_network_read(trusted[i], &networks[i]));
    struct http_server s = {.o = {.proxies = trusted, .n_proxies = 2}, .proxies = networks};
    static const struct {
        const char *from, *forwarded, *more, *proto, *peer;
        bool secure;
    } cases[] = {
        {"127.0.0.1", NULL, NULL, NULL, "127.0.0.1", false},
        {"127.0.0.1", "192.0.2.7", NULL, "https", "192.0.2.7", true},
        {"127.0.0.1", "6.6.6.6, 192.0.2.7", NULL, "http", "192.0.2.7", false},
        {"127.0.0.1", "6.6.6.6, 192.0.2.7, 10.1.1.1", NULL, NULL, "192.0.2.7", false},
        {"127.0.0.1", "6.6.6.6, 192.0.2.7", "10.1.1.1", NULL, "192.0.2.7", false},
        {"127.0.0.1", "10.9.9.9", NULL, NULL, "10.9.9.9", false},
        {"127.0.0.1", "nonsense, 10.1.1.1", NULL, NULL, "10.1.1.1", false},
        {"127.0.0.1", "", NULL, NULL, "127.0.0.1", false},
        {"127.0.0.1", "[2001:db8::7]", NULL, NULL, "2001:db8::7", false},
        {"192.0.2.1", "10.1.1.1", NULL, "https", "192.0.2.1", false}, /* not trusted: what it says is nothing */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_header headers[3];
        struct http_place place = {0};
        struct http_exchange x = {.cx = cx, .server = &s, .place = &place, .request = {.headers = headers}};
        size_t n = 0;
        if (cases[i].forwarded)
            headers[n++] = (struct http_header){STR("X-Forwarded-For"), str_from(cases[i].forwarded)};
        if (cases[i].more) headers[n++] = (struct http_header){STR("x-forwarded-for"), str_from(cases[i].more)};
        if (cases[i].proto) headers[n++] = (struct http_header){STR("X-Forwarded-Proto"), str_from(cases[i].proto)};
        x.request.n_headers = n;
        assert_true(http_address_read(str_from(cases[i].from), &place.peer));
        http_peer(&x);
        if (!str_eq(x.request.peer, str_from(cases[i].peer)))
            print_error("%zu: " STR_FMT "\n", i, STR_ARG(x.request.peer));
        assert_true(str_eq(x.request.peer, str_from(cases[i].peer)));
        assert_int_equal(x.request.secure, cases[i].secure);
        cx = x.cx;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_http_target__normal_form, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_target__query, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_target__cookies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_target__networks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_target__forwarded, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
