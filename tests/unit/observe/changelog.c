/* observe/changelog and observe/dates: entries and their dates in the forms people use. */
#include "observe/dates.h"

#include "rows.h"

static const char *date_of(const char *text)
{
    static char out[32];
    int64_t at;
    size_t end;
    if (!date_find(str_from(text), &at, &end)) return "none";
    snprintf(out, sizeof out, "%lld", (long long)(at / 86400));
    return out;
}

static void test_observe_dates__forms(void **state)
{
    (void)state;
    static const char *const same[] = {
        "2024-01-31",       "(2024/1/31)",   "on 31.1.2024",           "January 31, 2024",
        "31 Jan 2024",      "Jan 31st 2024", "Wed, 31 Jan 2024 10:00", "31. tammikuuta 2024",
        "v1.2 - 2024-01-31"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (strcmp(date_of(same[i]), "19753") != 0) fail_msg("%s: %s", same[i], date_of(same[i]));
    static const char *const none[] = {"1/2/2024",  "2024-13-01", "2024-02-30",    "1.2.3",
                                       "10.0.2024", "may be 3",   "abc2024-01-31", ""};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (strcmp(date_of(none[i]), "none") != 0) fail_msg("%s: %s", none[i], date_of(none[i]));
}

static const char entries[] = "SELECT line, version, date(at, 'unixepoch'), yanked, items, breaking, security FROM "
                              "d_changelog ORDER BY path, line";

static void test_observe_changelog__keep_a_changelog(void **state)
{
    (void)state;
    take("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n### Added\n- x\n\n## [1.1.0] - 2024-02-03\n### Security\n- "
                         "a\n- b\n\n## [1.0.0] - 2024-01-02 [YANKED]\n### Changed\n- BREAKING: c\n\n"
                         "[1.1.0]: https://example.org/compare\n");
    expect(entries, "3|-|-|0|1|0|0 7|1.1.0|2024-02-03|0|2|0|1 12|1.0.0|2024-01-02|1|1|1|0");
}

static void test_observe_changelog__breaking(void **state)
{
    (void)state;
    take("CHANGELOG.md",
         "## 5.0.0 - 2024-02-05\n- **Breaking:** a\n\n## 4.0.0 - 2024-02-04\n### Breaking\n- b\n\n"
         "## 3.0.0 - 2024-02-03\n- Breaking change: c\n\n## 2.0.0 - 2024-02-02\n- no breaking changes\n\n"
         "## 1.0.0 - 2024-02-01\n- Breaking a lance for d\n");
    expect("SELECT version, breaking FROM d_changelog ORDER BY line", "5.0.0|1 4.0.0|1 3.0.0|1 2.0.0|0 1.0.0|0");
}

static void test_observe_changelog__underlined(void **state)
{
    (void)state;
    take("CHANGES.rst", "Version 3.2.0\n-------------\n\nUnreleased\n\n-   Drop it.\n\nVersion "
                        "3.1.0\n-------------\n\nReleased 2024-11-13\n\n-   One.\n    See 1.2.3 for more.\n");
    expect(entries, "1|-|-|0|1|0|0 8|3.1.0|2024-11-13|0|1|0|0");
}

static void test_observe_changelog__slash(void **state)
{
    (void)state;
    take("History.md",
         "5.0.1 / 2024-10-08\n==========\n\n  * fix CVE-2024-1\n\n5.0.0 / 2024-09-10\n==========\n\n  * x\n");
    expect(entries, "1|5.0.1|2024-10-08|0|1|0|1 6|5.0.0|2024-09-10|0|1|0|0");
}

static void test_observe_changelog__other_forms(void **state)
{
    (void)state;
    take("a/CHANGELOG.md", "## Rails 7.1.0 (October 05, 2023) ##\n\n* x\n\n# [2.0.0](https://x/compare/v1...v2) "
                           "(2024-01-02)\n* y\n## v1.9 2023-01-01\n");
    take("debian/changelog",
         "tool (1.2-3) unstable; urgency=low\n\n  * x\n\n -- A B <a@b>  Mon, 01 Jan 2024 10:00:00 +0000\n");
    take("Documentation/RelNotes/2.45.0.adoc", "Git v2.45 Release Notes\n=======\n\n * x\n");
    take("docs/releases/6.0.md", "# Wagtail 6.0 release notes\n\n_February 7, 2024_\n\n## Upgrading from 5.2\n * x\n");
    expect(entries, "1|2.45.0|-|0|1|0|0 1|7.1.0|2023-10-05|0|1|0|0 5|2.0.0|2024-01-02|0|1|0|0 7|1.9|2023-01-01|0|0|0|0 "
                    "1|1.2-3|2024-01-01|0|1|0|0 1|6.0|2024-02-07|0|1|0|0");
}

static void test_observe_changelog__not_entries(void **state)
{
    (void)state;
    take("NEWS.md", "# News\n\n1.2 million users now run this on their machines every day.\n\n## Upgrading from "
                    "1.2.3\n\ntext 2.0.0\n");
    take("vendor/x/CHANGELOG.md", "## 1.0.0 - 2024-01-01\n");
    take("tests/fixtures/CHANGELOG.md", "## 1.0.0 - 2024-01-01\n");
    expect(entries, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_observe_dates__forms),    ROWS_TEST(test_observe_changelog__keep_a_changelog),
        ROWS_TEST(test_observe_changelog__underlined),  ROWS_TEST(test_observe_changelog__slash),
        ROWS_TEST(test_observe_changelog__breaking),    ROWS_TEST(test_observe_changelog__other_forms),
        ROWS_TEST(test_observe_changelog__not_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
