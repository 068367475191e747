/* base/time: RFC 3339 both ways, the calendar, audit periods with months of unequal length. */
#include "base/time.h"

#include <time.h>

#include "unit.h"

static void test_base_time__parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t t;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01", 0},
        {"1969-12-31T23:59:59Z", -1},
        {"2026-11-24T10:00:00Z", 1795514400},
        {"2026-11-24t10:00:00z", 1795514400},
        {"2026-11-24 10:00:00Z", 1795514400},
        {"2026-11-24T10:00:00.999Z", 1795514400},
        {"2026-11-24T12:00:00+02:00", 1795514400},
        {"2026-11-24T04:30:00-05:30", 1795514400},
        {"2024-02-29", 1709164800},
        {"2000-02-29", 951782400},
        {"2016-12-31T23:59:60Z", 1483228800}, /* a leap second is the next second */
        {"0000-03-01", -62162035200},
        {"9999-12-31T23:59:59Z", 253402300799},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t t = 77;
        if (time_parse(str_from(cases[i].text), &t) != OK || t != cases[i].t)
            fail_msg("\"%s\" is %lld", cases[i].text, (long long)t);
    }
}

static void test_base_time__refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2026",
        "2026-11",
        "2026-11-",
        "2026-1-1",
        "20261124",
        "2026-00-10",
        "2026-13-10",
        "2026-01-00",
        "2026-04-31",
        "2025-02-29",
        "1900-02-29",
        "2026-11-24T",
        "2026-11-24T10:00",
        "2026-11-24T10:00:00",
        "2026-11-24T24:00:00Z",
        "2026-11-24T10:60:00Z",
        "2026-11-24T10:00:61Z",
        "2026-11-24T10:00:00.Z",
        "2026-11-24T10:00:00+0200",
        "2026-11-24T10:00:00+24:00",
        "2026-11-24T10:00:00+02:60",
        "2026-11-24T10:00:00+02:00x",
        "2026-11-24T10:00:00Zx",
        "2026-11-24x",
        " 2026-11-24",
        "-026-11-24",
        "-000-11-24",
        "2026-11-24T-0:00:00Z",
        "2026-11-24T10:-0:00Z",
        "2026-11-24T10:00:-0Z",
        "2026-11-24T10:00:00+-0:00",
        "2026-11-24T10:00:00+02:-0",
        "yesterday",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t t = 77;
        if (time_parse(str_from(texts[i]), &t) != E_INVALID || t != 77) fail_msg("\"%s\" is taken", texts[i]);
    }
    int64_t t;
    assert_int_equal(time_parse(STR("2026-11-24\0"), &t), E_INVALID);
    assert_int_equal(time_parse(STR_NONE, &t), E_INVALID);
}

/* Against the C library, over eight hundred years. */
static void test_base_time__calendar_is_libcs(void **state)
{
    (void)state;
    int64_t t = -12000000000;
    for (; t < 13000000000; t += 86399 * 7 + 1234567) {
        char ours[32], theirs[32];
        time_t clock = (time_t)t;
        struct tm tm;
        assert_non_null(gmtime_r(&clock, &tm));
        assert_true(strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
        assert_string_equal(time_format(t, ours), theirs);
        int64_t back = 0;
        assert_int_equal(time_parse(str_from(ours), &back), OK);
        assert_int_equal(back, t);
        assert_int_equal(time_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday),
                         t - tm.tm_hour * 3600 - tm.tm_min * 60 - tm.tm_sec);
    }
}

static void test_base_time__format_is_clamped(void **state)
{
    (void)state;
    char out[32];
    assert_string_equal(time_format(INT64_MIN, out), "0000-01-01T00:00:00Z");
    assert_string_equal(time_format(INT64_MAX, out), "9999-12-31T23:59:59Z");
    assert_string_equal(time_format(253402300800, out), "9999-12-31T23:59:59Z");
    assert_string_equal(time_format_date(-1, out), "1969-12-31");
    assert_string_equal(time_format_date(INT64_MAX, out), "9999-12-31");
}

static void when(const char *text, const char *now, const char *expected)
{
    int64_t t = 0, n;
    char shown[32];
    assert_int_equal(time_parse(str_from(now), &n), OK);
    if (time_parse_when(str_from(text), n, &t) != OK) fail_msg("\"%s\" is refused", text);
    if (strcmp(time_format(t, shown), expected) != 0) fail_msg("%s before %s is %s", text, now, shown);
}

static void test_base_time__when(void **state)
{
    (void)state;
    when("0d", "2026-03-31T12:34:56Z", "2026-03-31T12:34:56Z");
    when("30d", "2026-03-31T12:34:56Z", "2026-03-01T12:34:56Z");
    when("12w", "2026-03-31T12:34:56Z", "2026-01-06T12:34:56Z");
    when("6mo", "2026-03-15T12:34:56Z", "2025-09-15T12:34:56Z");
    when("1y", "2026-03-31T12:34:56Z", "2025-03-31T12:34:56Z");
    when("2025-01-02", "2026-03-31T12:34:56Z", "2025-01-02T00:00:00Z");
    when("2025-01-02T03:04:05+01:00", "2026-03-31T12:34:56Z", "2025-01-02T02:04:05Z");
}

/* The day is clamped to its month's last. */
static void test_base_time__when_months_are_unequal(void **state)
{
    (void)state;
    when("1mo", "2026-03-31T00:00:00Z", "2026-02-28T00:00:00Z");
    when("1mo", "2024-03-31T00:00:00Z", "2024-02-29T00:00:00Z");
    when("1mo", "2026-03-29T00:00:00Z", "2026-02-28T00:00:00Z");
    when("1mo", "2026-03-28T00:00:00Z", "2026-02-28T00:00:00Z");
    when("1mo", "2026-05-31T10:00:00Z", "2026-04-30T10:00:00Z");
    when("1mo", "2026-01-31T10:00:00Z", "2025-12-31T10:00:00Z");
    when("3mo", "2026-01-01T10:00:00Z", "2025-10-01T10:00:00Z");
    when("12mo", "2026-01-31T10:00:00Z", "2025-01-31T10:00:00Z");
    when("13mo", "2026-03-31T10:00:00Z", "2025-02-28T10:00:00Z");
    when("25mo", "2026-01-05T10:00:00Z", "2023-12-05T10:00:00Z");
    when("1y", "2024-02-29T10:00:00Z", "2023-02-28T10:00:00Z");
    when("4y", "2024-02-29T10:00:00Z", "2020-02-29T10:00:00Z");
    when("100y", "2000-02-29T10:00:00Z", "1900-02-28T10:00:00Z");
    when("2mo", "1970-01-15T10:00:00Z", "1969-11-15T10:00:00Z");
    when("1mo", "1969-12-31T23:00:00Z", "1969-11-30T23:00:00Z");
    when("2026y", "2026-01-01T10:00:00Z", "0000-01-01T10:00:00Z");
}

static void test_base_time__when_refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    "d",  "1",      "1m",     "1 d",   "-1d",           "+1d",
                                        "1dd", "1D", "36501d", "99999y", "1y6mo", "100000000000d", "0x1d"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t t = 77;
        if (time_parse_when(str_from(texts[i]), 1795514400, &t) != E_INVALID || t != 77)
            fail_msg("\"%s\" is taken", texts[i]);
    }
    int64_t t;
    assert_int_equal(time_parse_when(STR("36500d"), 0, &t), OK);
    assert_int_equal(t, -36500LL * DAY_SECONDS);
    assert_int_equal(time_parse_when(STR("36500y"), 0, &t), OK); /* before all years there are, yet a number */
    assert_true(t < -1000000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_time__parse),
        cmocka_unit_test(test_base_time__refuses),
        cmocka_unit_test(test_base_time__calendar_is_libcs),
        cmocka_unit_test(test_base_time__format_is_clamped),
        cmocka_unit_test(test_base_time__when),
        cmocka_unit_test(test_base_time__when_months_are_unequal),
        cmocka_unit_test(test_base_time__when_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
