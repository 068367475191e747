#include "unit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "observe/versions.h"

static struct arena arena;

static void test_observe_versions__read(void **state)
{
    (void)state;
    static const struct {
        const char *label, *text, *line;
        int64_t major, minor, patch;
        const char *prerelease;
    } cases[] = {
        {"v1.2.3", "1.2.3", "", 1, 2, 3, NULL},
        {"1.2", "1.2", "", 1, 2, 0, NULL},
        {"release-1.2.3", "1.2.3", "", 1, 2, 3, NULL},
        {"name-1.2.3", "1.2.3", "name", 1, 2, 3, NULL},
        {"name/v1.2.3", "1.2.3", "name", 1, 2, 3, NULL},
        {"curl-8_9_1", "8.9.1", "curl", 8, 9, 1, NULL},
        {"v2024.01.15", "2024.01.15", "", 2024, 1, 15, NULL},
        {"v1.2.3-rc.1", "1.2.3-rc.1", "", 1, 2, 3, "rc.1"},
        {"v1.2.3+build.5", "1.2.3+build.5", "", 1, 2, 3, NULL},
        {"@scope/pkg@1.0.0", "1.0.0", "@scope/pkg", 1, 0, 0, NULL},
        {"1.2rc1", "1.2rc1", "", 1, 2, 0, "rc1"},
        {"REL_16_1", "16.1", "", 16, 1, 0, NULL},
        {"go1.21.3", "1.21.3", "", 1, 21, 3, NULL},
        {"jdk-17.0.1+12", "17.0.1+12", "jdk", 17, 0, 1, NULL},
        {"log4j-2.17.1", "2.17.1", "log4j", 2, 17, 1, NULL},
        {"apache-tomcat-9.0.1", "9.0.1", "apache-tomcat", 9, 0, 1, NULL},
        {"OpenSSL_1_1_1w", "1.1.1w", "OpenSSL", 1, 1, 1, NULL},
        {"v255", "255", "", 255, 0, 0, NULL},
        {"33.0-jre", "33.0-jre", "", 33, 0, 0, NULL},
        {"release/v2.0.0-beta", "2.0.0-beta", "", 2, 0, 0, "beta"},
        {"v0.0.0-20210101", "0.0.0-20210101", "", 0, 0, 0, NULL},
        {"1.0.0.Final", "1.0.0.Final", "", 1, 0, 0, NULL},
        {"2.1.0.post1", "2.1.0.post1", "", 2, 1, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct version v;
        if (!version_read(&arena, str_from(cases[i].label), &v)) fail_msg("%s", cases[i].label);
        if (!str_eq(v.text, str_from(cases[i].text)) || !str_eq(v.line, str_from(cases[i].line)) ||
            v.major != cases[i].major || v.minor != cases[i].minor || v.patch != cases[i].patch ||
            (v.prerelease.p != NULL) != (cases[i].prerelease != NULL) ||
            (v.prerelease.p && !str_eq(v.prerelease, str_from(cases[i].prerelease))))
            fail_msg("%s: '" STR_FMT "' on '" STR_FMT "'", cases[i].label, STR_ARG(v.text), STR_ARG(v.line));
    }
}

static void test_observe_versions__none(void **state)
{
    (void)state;
    static const char *const labels[] = {"",           "v1",
                                         "v12",        "3",
                                         "latest",     "nightly",
                                         "2024-01-15", "release-2024-01-15",
                                         "build_7",    "v1.2.3/x",
                                         "v1..2",      "1.2.3.4.5",
                                         "v",          "-",
                                         "20240115",   "v1.2.",
                                         "foo-12",     "99999999999999.1",
                                         "v1.2.3+",    "v1.2.3 x"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        struct version v;
        if (version_read(&arena, str_from(labels[i]), &v))
            fail_msg("%s gives '" STR_FMT "'", labels[i], STR_ARG(v.text));
    }
}

/* SemVer 2.0.0 §11, and beyond it. */
static void test_observe_versions__order(void **state)
{
    (void)state;
    static const char *const rising[] = {"0.9.0",      "1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                         "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
                                         "1.0.0-rc2",  "1.0.0-rc10",   "1.0.0",         "1.0.0.1",
                                         "1.0.1",      "1.1.1",        "1.1.1a",        "1.1.1w",
                                         "1.2.0rc1",   "1.2",          "2.0.0",         "10.0.0"};
    size_t n = sizeof rising / sizeof rising[0];
    struct version v[32];
    for (size_t i = 0; i < n; i++) assert_true(version_read(&arena, str_from(rising[i]), &v[i]));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            int c = version_cmp(&v[i], &v[k]);
            if ((c > 0) - (c < 0) != (i > k) - (i < k)) fail_msg("%s and %s: %d", rising[i], rising[k], c);
        }
    assert_true(version_read(&arena, STR("1.0.0+a"), &v[0]));
    assert_true(version_read(&arena, STR("1.0.0+b"), &v[1]));
    assert_int_equal(version_cmp(&v[0], &v[1]), 0);
}

static void test_observe_versions__previous(void **state)
{
    (void)state;
    static const struct {
        const char *label, *previous;
    } cases[] = {
        {"v2.0.0", "v1.1.0"},           {"v1.0.0", "v1.0.0-rc.1"},      {"v1.1.0", "v1.0.0"},
        {"v1.1.0-rc.2", "v1.1.0-rc.1"}, {"v1.1.0-rc.1", "v1.0.0"},      {"v1.0.0-rc.1", NULL},
        {"other-1.5.0", NULL},          {"other-3.0.0", "other-1.5.0"}, {"2.0.0", "v1.1.0"},
    };
    size_t n = sizeof cases / sizeof cases[0];
    struct version v[16];
    int64_t previous[16];
    for (size_t i = 0; i < n; i++) assert_true(version_read(&arena, str_from(cases[i].label), &v[i]));
    versions_previous(&arena, v, n, previous);
    for (size_t i = 0; i < n; i++) {
        const char *got = previous[i] < 0 ? "" : cases[previous[i]].label;
        assert_string_equal(got, cases[i].previous ? cases[i].previous : "");
    }
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

#define T(name) cmocka_unit_test_setup_teardown(test_observe_versions__##name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {T(read), T(none), T(order), T(previous)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
