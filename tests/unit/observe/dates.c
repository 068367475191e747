/* observe/dates and observe/notices: dates as people write them; sentences in both languages. */
#include "observe/dates.h"
#include "base/time.h"
#include "observe/notices.h"

#include "unit.h"

static void test_observe_dates__found(void **state)
{
    (void)state;
    static const struct {
        const char *text, *date;
        size_t end;
    } cases[] = {
        {"2024-01-31", "2024-01-31", 10},
        {"2024-1-5", "2024-01-05", 8},
        {"2024/01/31", "2024-01-31", 10},
        {"2024.01.31", "2024-01-31", 10},
        {"Last reviewed: 2024-02-29.", "2024-02-29", 25},
        {"2024-01-31T10:00:00Z", "2024-01-31", 10},
        {"31.1.2024", "2024-01-31", 9},
        {"Katselmoitu 5.12.2024 (versio 2)", "2024-12-05", 21},
        {"January 31, 2024", "2024-01-31", 16},
        {"JANUARY 31st 2024", "2024-01-31", 17},
        {"on Sept. 3rd, 2024", "2024-09-03", 18},
        {"31 Jan 2024", "2024-01-31", 11},
        {"31-Jan-2024", "2024-01-31", 11},
        {"1st of", NULL, 0},
        {"2nd March, 2024", "2024-03-02", 15},
        {"31. tammikuuta 2024", "2024-01-31", 19},
        {"6. kesäkuuta 2024", "2024-06-06", 18},
        {"(2024-01-31)", "2024-01-31", 11},
        {"v1.2 2024-01-31", "2024-01-31", 15},
        {"12 May 2024 and 2025-01-01", "2024-05-12", 11},
        {"2024-13-01 then 2024-12-01", "2024-12-01", 26}, /* what cannot be is passed over */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t at = 0;
        size_t end = 0;
        char shown[32] = "none";
        bool found = date_find(str_from(cases[i].text), &at, &end);
        if (found) time_format_date(at, shown);
        if (found != (cases[i].date != NULL) || (found && (strcmp(shown, cases[i].date) != 0 || end != cases[i].end)))
            fail_msg("\"%s\": %s, %zu", cases[i].text, shown, end);
    }
}

static void test_observe_dates__none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2024",
        "2024-01",
        "1/2/2024", /* two countries read it differently */
        "31/12/2024",
        "2024-02-30",
        "2023-02-29",
        "2024-00-10",
        "2024-10-00",
        "31.13.2024",
        "32 January 2024",
        "January 2024",
        "v2024.01.31",  /* a version */
        "1.2024-01-31", /* and another */
        "x-2024-01-31", /* a name */
        "12024-01-31",
        "2024-01-311",
        "2024-01/31",
        "1979-01-31",
        "2201-01-31",
        "Maybe 3, 2024",
        "mayor 3, 2024",
        "31.1.24",
        "2024-",
        "31.",
        "May",
        "9999999999-99-99",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t at;
        size_t end;
        if (date_find(str_from(texts[i]), &at, &end)) fail_msg("\"%s\" is a date", texts[i]);
    }
}

static void test_observe_notices__in_both_languages(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    for (int k = 0; k < NOTICE_COUNT; k++)
        for (int64_t n = 1; n < 3; n++) {
            struct str en = notice_text(&a, k, 0, n, STR("DETAIL")), fi = notice_text(&a, k, 1, n, STR("DETAIL"));
            assert_true(en.n > 20 && fi.n > 20 && !str_eq(en, fi));
            assert_false(str_has(en, STR("{")) || str_has(fi, STR("{")));
            assert_int_equal(str_has(en, STR("DETAIL")), str_has(fi, STR("DETAIL")));
            assert_true(str_is_utf8(fi));
        }
    assert_true(str_has(notice_text(&a, NOTICE_TOO_LARGE, 0, 12345678901, STR("a, b")), STR("12345678901 files")));
    assert_true(str_has(notice_text(&a, NOTICE_TOO_LARGE, 0, 1, STR("a {n} {d}")),
                        STR(": a {n} {d}."))); /* a detail is no template */
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_observe_dates__found),
                                       cmocka_unit_test(test_observe_dates__none),
                                       cmocka_unit_test(test_observe_notices__in_both_languages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
