/* base/time: instants, and the starts of audit periods. */
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>

#include "unit.h"

static void test_base_time__rfc3339(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at;
    } good[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-01-01T00:00:00Z", 1767225600},
        {"2026-01-01", 1767225600},
        {"2026-01-01T02:00:00+02:00", 1767225600},
        {"2025-12-31T19:00:00-05:00", 1767225600},
        {"2024-02-29T00:00:00Z", 1709164800},
        {"1969-12-31T23:59:59Z", -1},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t at;
        if (time_parse(str_from(good[i].text), &at) != OK || at != good[i].at) fail_msg("%s", good[i].text);
    }
    static const char *const bad[] = {"",
                                      "2026",
                                      "2026-13-01",
                                      "2026-02-29",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:60:00Z",
                                      "2026-01-01T00:00:00",
                                      "2026-01-01T00:00:00+25:00",
                                      "2026-1-1",
                                      " 2026-01-01",
                                      "2026-01-01 ",
                                      "2026-01-01T00:00Z",
                                      "20260101"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t at;
        if (time_parse(str_from(bad[i]), &at) == OK) fail_msg("\"%s\" is taken", bad[i]);
    }
}

static void test_base_time__format(void **state)
{
    (void)state;
    char out[32];
    assert_string_equal(time_format(1767225600, out), "2026-01-01T00:00:00Z");
    assert_string_equal(time_format_date(1767225599, out), "2025-12-31");
    assert_string_equal(time_format(-1, out), "1969-12-31T23:59:59Z");
    for (int64_t t = -62135596800LL; t < 253402300800LL; t += 86400LL * 9973) {
        int64_t back;
        assert_int_equal(time_parse(str_from(time_format(t, out)), &back), OK);
        assert_int_equal(back, t);
    }
    assert_true(strlen(time_format(INT64_MAX, out)) == 20 && strlen(time_format(INT64_MIN, out)) <= 21);
}

static void test_base_time__when(void **state)
{
    (void)state;
    static const struct {
        const char *now, *when, *start;
    } good[] = {
        {"2026-03-31", "30d", "2026-03-01"}, {"2026-03-31", "2w", "2026-03-17"},
        {"2026-03-31", "1mo", "2026-02-28"}, {"2024-03-31", "1mo", "2024-02-29"},
        {"2024-02-29", "1y", "2023-02-28"},  {"2026-01-15", "14mo", "2024-11-15"},
        {"2026-01-15", "0d", "2026-01-15"},  {"2026-01-15", "2025-05-01", "2025-05-01"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t now, at, start;
        assert_int_equal(time_parse(str_from(good[i].now), &now), OK);
        assert_int_equal(time_parse(str_from(good[i].start), &start), OK);
        if (time_parse_when(str_from(good[i].when), now, &at) != OK || at != start)
            fail_msg("%s before %s", good[i].when, good[i].now);
    }
    static const char *const bad[] = {"", "d", "30", "-1d", "1m", "1 y", "1y2d", "99999999999999999999d", "yesterday"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t at;
        if (time_parse_when(str_from(bad[i]), 1767225600, &at) == OK) fail_msg("\"%s\" is taken", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_base_time__rfc3339),
                                       cmocka_unit_test(test_base_time__format),
                                       cmocka_unit_test(test_base_time__when)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
