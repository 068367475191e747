#include "unit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include "markers.h"
#include "scan/prefilter.h"

#define SECONDS_MOST 60 /* not a measure: what these files took before was minutes to hours */

static const uint8_t key[16] = "0123456789abcde";

/* A line with one sure finding. */
static void add_finding(struct buf *b, const char *password)
{
    buf_printf(b, "SMTP_PASSWORD = \"%s\"\n", password);
}

static size_t scan(struct scanner *s, const char *path, struct str content, const struct scan_hit **hits)
{
    struct scan_input in = {str_from(path), content, "code", "python", SCAN_ALL};
    size_t n;
    assert_int_equal(scan_bytes(s, &in, hits, &n), OK);
    return n;
}

static void test_scan_scan__fingerprint_stays_when_lines_move(void **state)
{
    (void)state;
    struct scanner *s = scanner_new(key);
    char a[20], b[20], first[33], value[33];
    marker_chars(a, 18, base62);
    marker_chars(b, 18, base62);
    struct buf text;
    buf_init(&text, 0);
    add_finding(&text, a);
    const struct scan_hit *h;
    assert_int_equal(scan(s, "app/a.py", buf_view(&text), &h), 1);
    memcpy(first, h->fingerprint, 33);
    memcpy(value, h->same_value, 33);
    buf_clear(&text);
    buf_cstr(&text, "import os\n\n\n");
    add_finding(&text, b);
    assert_int_equal(scan(s, "app/a.py", buf_view(&text), &h), 1);
    assert_int_equal(h->line, 4);
    assert_string_equal(h->fingerprint, first); /* says nothing of the value */
    assert_string_not_equal(h->same_value, value);
    assert_int_equal(scan(s, "app/b.py", buf_view(&text), &h), 1);
    assert_string_not_equal(h->fingerprint, first);
    buf_release(&text);
    scanner_free(s);
}

static void test_scan_scan__same_value_depends_on_the_key(void **state)
{
    (void)state;
    struct scanner *s = scanner_new(key), *t = scanner_new((const uint8_t *)"another key here");
    char a[20], value[33];
    marker_chars(a, 18, base62);
    struct buf text;
    buf_init(&text, 0);
    add_finding(&text, a);
    const struct scan_hit *h;
    assert_int_equal(scan(s, "app/a.py", buf_view(&text), &h), 1);
    memcpy(value, h->same_value, 33);
    assert_int_equal(scan(s, "lib/b.py", buf_view(&text), &h), 1);
    assert_string_equal(h->same_value, value);
    assert_int_equal(scan(t, "app/a.py", buf_view(&text), &h), 1);
    assert_string_not_equal(h->same_value, value);
    buf_release(&text);
    scanner_free(s);
    scanner_free(t);
}

static void test_scan_scan__equal_lines_have_their_own_fingerprints(void **state)
{
    (void)state;
    struct scanner *s = scanner_new(key);
    char a[20], b[20];
    marker_chars(a, 18, base62);
    marker_chars(b, 18, base62);
    struct buf text;
    buf_init(&text, 0);
    add_finding(&text, a);
    add_finding(&text, b);
    add_finding(&text, a); /* the same value folds into the first */
    const struct scan_hit *h;
    assert_int_equal(scan(s, "app/a.py", buf_view(&text), &h), 2);
    assert_string_not_equal(h[0].fingerprint, h[1].fingerprint);
    assert_int_equal(h[0].count, 2);
    buf_release(&text);
    scanner_free(s);
}

static void test_scan_scan__binary_and_empty_give_none(void **state)
{
    (void)state;
    struct scanner *s = scanner_new(key);
    char a[20];
    marker_chars(a, 18, base62);
    struct buf text;
    buf_init(&text, 0);
    add_finding(&text, a);
    buf_char(&text, 0);
    const struct scan_hit *h;
    assert_int_equal(scan(s, "app/a.py", buf_view(&text), &h), 0);
    assert_int_equal(scan(s, "app/a.py", STR_NONE, &h), 0);
    struct scan_input in = {STR("a.bin"), buf_view(&text), "binary", NULL, SCAN_ALL};
    size_t n;
    assert_int_equal(scan_bytes(s, &in, &h, &n), OK);
    assert_int_equal(n, 0);
    buf_release(&text);
    scanner_free(s);
}

static void test_scan_scan__long_lines_are_passed_over(void **state)
{
    (void)state;
    struct scanner *s = scanner_new(key);
    char a[20];
    marker_chars(a, 18, base62);
    struct buf text;
    buf_init(&text, 0);
    for (size_t i = 0; i < 10 * MIB / 16; i++) buf_cstr(&text, "password=\"ab\" ; ");
    buf_char(&text, '\n');
    add_finding(&text, a);
    const struct scan_hit *h;
    assert_int_equal(scan(s, "app/a.py", buf_view(&text), &h), 1);
    assert_int_equal(h->line, 2);
    buf_release(&text);
    scanner_free(s);
}

static void test_scan_scan__hits_have_a_ceiling(void **state)
{
    (void)state;
    struct scanner *s = scanner_new(key);
    struct buf text;
    buf_init(&text, 0);
    for (int i = 0; i < 500; i++) {
        char a[20];
        marker_chars(a, 18, base62);
        add_finding(&text, a);
    }
    const struct scan_hit *h;
    size_t n;
    struct scan_input in = {STR("app/a.py"), buf_view(&text), "code", "python", SCAN_ALL};
    assert_int_equal(scan_bytes(s, &in, &h, &n), E_LIMIT); /* so that somebody says so */
    assert_int_equal(n, LIMIT_HITS_PER_BLOB);
    buf_release(&text);
    scanner_free(s);
}

static void repeat(struct buf *out, const char *text, int times)
{
    while (times--) buf_cstr(out, text);
}

/* Each is a file of 2 to 4 MiB that took minutes, by work that grows with the square of a line or of the file. */
static void test_scan_scan__time_grows_with_the_length_only(void **state)
{
    (void)state;
    static const struct {
        const char *path, *class, *language, *begin, *line;
        int times_in_line, lines;
        const char *first; /* line of the file */
    } files[] = {
        {"config/app.yml", "config", "yaml", "", "pwd=", 16000, 60, ""},
        {"config/app.yml", "config", "yaml", "", "secret_access=\"", 4300, 60, ""},
        {"app/a.py", "code", "python", "x = ", "\"\"\"", 1000000, 1, ""},
        {"app/a.py", "code", "python", "'verify' => false ", "\"", 60000, 60, ""},
        {"app/a.py", "code", "python", "r.get(verify_ssl=False)", "", 0, 100000, "if check_tls:"},
        {"src/a.js", "code", "javascript", "verify=False x; y = {rejectUnauthorized: false} z(verify=False)", "", 0,
         50000, "/*"},
        {"src/a.js", "code", "javascript",
         "rejectUnauthorized: false // sinetti:allow tls_verification_off for the tests", "", 0, 50000, ""},
        {"db/dump.sql", "data", "sql", "insert into users (a) values ('", "password", 7000, 60, ""},
    };
    struct scanner *s = scanner_new(key);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct scan_hit *h;
        size_t n;
        struct buf text;
        buf_init(&text, 0);
        buf_printf(&text, "%s\n", files[i].first);
        for (int k = 0; k < files[i].lines; k++) {
            buf_cstr(&text, files[i].begin);
            repeat(&text, files[i].line, files[i].times_in_line);
            buf_char(&text, '\n');
        }
        buf_cstr(&text, "r.get(verify_ssl=False) or {rejectUnauthorized: false}\n");
        struct scan_input in = {str_from(files[i].path), buf_view(&text), files[i].class, files[i].language, SCAN_ALL};
        clock_t start = clock();
        enum rc rc = scan_bytes(s, &in, &h, &n);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        assert_true(rc == OK || rc == E_LIMIT);
        if (seconds > SECONDS_MOST) fail_msg("file %zu (%s): %.1f s of processor time", i, files[i].path, seconds);
        buf_release(&text);
    }
    scanner_free(s);
}

static void test_scan_scan__every_rule_is_named_and_compiles(void **state)
{
    (void)state;
    size_t n;
    const struct scan_rule_info *info = scan_rules(&n);
    assert_true(n > 50);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(info[i].id);
        assert_non_null(info[i].what);
        assert_true(info[i].category < SCAN_CATEGORY_COUNT);
        assert_ptr_equal(rules_find(info[i].id)->what, info[i].what);
    }
    struct scanner *s = scanner_new(key);
    struct buf text; /* every literal once: every pattern is compiled */
    buf_init(&text, 0);
    const struct rule *rules = rules_table(&n);
    for (size_t i = 0; i < n; i++) {
        struct str rest = str_from(rules[i].literals), w;
        while (str_cut(&rest, '|', &w)) buf_printf(&text, "%.*s\n", (int)w.n, w.p);
    }
    static const char *const classes[] = {"code", "config", "ci", "data", "other", "test", "doc", "generated"};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        struct scan_input in = {STR("x/y"), buf_view(&text), classes[i], NULL, SCAN_ALL};
        const struct scan_hit *h;
        size_t hits;
        assert_int_equal(scan_bytes(s, &in, &h, &hits), OK);
    }
    buf_release(&text);
    scanner_free(s);
}

struct places {
    size_t n, literal[8], at[8];
};

static bool note(void *arg, size_t literal, size_t at)
{
    struct places *p = arg;
    p->literal[p->n] = literal;
    p->at[p->n++] = at;
    return p->n < 8;
}

static void test_scan_prefilter__finds_at_every_offset_and_case(void **state)
{
    (void)state;
    const struct str literals[] = {STR("secret"), STR("akia"), STR("secretly")};
    struct prefilter *f = prefilter_new(literals, 3);
    for (size_t pad = 0; pad < 20; pad++) {
        char text[64];
        int n = snprintf(text, sizeof text, "%*sSeCreT", (int)pad, "");
        struct places p = {0};
        prefilter_run(f, (struct str){text, (size_t)n}, note, &p);
        assert_int_equal(p.n, 1);
        assert_int_equal(p.at[0], pad);
    }
    struct places p = {0};
    prefilter_run(f, STR("AKIA secretly"), note, &p);
    assert_int_equal(p.n, 3);
    p.n = 0;
    prefilter_run(f, STR("aki"), note, &p);
    assert_int_equal(p.n, 0);
    prefilter_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scan_scan__fingerprint_stays_when_lines_move),
                                       cmocka_unit_test(test_scan_scan__same_value_depends_on_the_key),
                                       cmocka_unit_test(test_scan_scan__equal_lines_have_their_own_fingerprints),
                                       cmocka_unit_test(test_scan_scan__binary_and_empty_give_none),
                                       cmocka_unit_test(test_scan_scan__long_lines_are_passed_over),
                                       cmocka_unit_test(test_scan_scan__hits_have_a_ceiling),
                                       cmocka_unit_test(test_scan_scan__time_grows_with_the_length_only),
                                       cmocka_unit_test(test_scan_scan__every_rule_is_named_and_compiles),
                                       cmocka_unit_test(test_scan_prefilter__finds_at_every_offset_and_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
