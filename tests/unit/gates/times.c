/* Windows and freezes to the second, where clocks are put forward and back. */
#include "gates/times.h"

#include "base/time.h"
#include "unit.h"

static struct ctx cx;

static int64_t at(const char *s)
{
    int64_t t;
    assert_int_equal(time_parse(str_from(s), &t), OK);
    return t;
}

static const struct window office[] = {{0x1f, 9 * 3600, 15 * 3600}}; /* weekdays */

static struct times in(const char *zone, const struct freeze *f, size_t n)
{
    struct times w = {zone_read(&cx, str_from(zone)), office, 1, f, n};
    assert_true(w.zone.file.n > 0);
    return w;
}

static void test_gates_times__windows_to_the_second(void **state)
{
    (void)state;
    const struct times w = in("Europe/Helsinki", NULL, 0);
    assert_int_equal(times_at(&w, at("2026-11-25T06:59:59Z")), TIMES_CLOSED); /* winter: +2 */
    assert_int_equal(times_at(&w, at("2026-11-25T07:00:00Z")), TIMES_OPEN);
    assert_int_equal(times_at(&w, at("2026-11-25T12:59:59Z")), TIMES_OPEN);
    assert_int_equal(times_at(&w, at("2026-11-25T13:00:00Z")), TIMES_CLOSED);
    assert_int_equal(times_at(&w, at("2026-06-10T05:59:59Z")), TIMES_CLOSED); /* summer: +3 */
    assert_int_equal(times_at(&w, at("2026-06-10T06:00:00Z")), TIMES_OPEN);
    assert_int_equal(times_at(&w, at("2026-11-28T08:00:00Z")), TIMES_CLOSED); /* Saturday */
    assert_int_equal(times_open_from(&w, at("2026-11-25T06:59:59Z")), at("2026-11-25T07:00:00Z"));
    assert_int_equal(times_open_from(&w, at("2026-11-25T08:00:00Z")), at("2026-11-25T08:00:00Z"));
    assert_int_equal(times_open_from(&w, at("2026-11-27T13:00:00Z")), at("2026-11-30T07:00:00Z"));
    /* over the weekend on which clocks are put forward */
    assert_int_equal(times_open_from(&w, at("2026-03-27T13:00:00Z")), at("2026-03-30T06:00:00Z"));
}

static void test_gates_times__freezes(void **state)
{
    (void)state;
    const struct freeze f[] = {{at("2026-12-18T16:00:00Z"), at("2027-01-07T00:00:00Z")}, /* as the zone's clock shows */
                               {at("2027-01-06T00:00:00Z"), at("2027-01-09T00:00:00Z")}};
    struct times w = in("America/New_York", f, 2);
    assert_int_equal(times_at(&w, at("2026-12-18T20:59:59Z")), TIMES_CLOSED); /* after the window, before the freeze */
    assert_int_equal(times_at(&w, at("2026-12-18T21:00:00Z")), TIMES_FROZEN);
    assert_int_equal(times_at(&w, at("2026-12-22T15:00:00Z")), TIMES_FROZEN);
    assert_int_equal(times_at(&w, at("2027-01-09T04:59:59Z")), TIMES_FROZEN);
    assert_int_equal(times_at(&w, at("2027-01-09T05:00:00Z")), TIMES_CLOSED);
    assert_int_equal(times_open_from(&w, at("2026-12-20T00:00:00Z")), at("2027-01-11T14:00:00Z"));
    w.n_windows = 0; /* freezes alone */
    assert_int_equal(times_at(&w, at("2026-12-18T20:59:59Z")), TIMES_OPEN);
    assert_int_equal(times_open_from(&w, at("2026-12-20T00:00:00Z")), at("2027-01-09T05:00:00Z"));
}

static void test_gates_times__the_hour_that_comes_twice(void **state)
{
    (void)state;
    /* clocks go from 04:00 back to 03:00 on 25 October, from 03:00 to 04:00 on 29 March */
    const struct freeze back[] = {{at("2026-10-25T03:30:00Z"), at("2026-10-25T03:45:00Z")}};
    struct times w = in("Europe/Helsinki", back, 1);
    w.n_windows = 0;
    assert_int_equal(times_at(&w, at("2026-10-25T00:29:59Z")), TIMES_OPEN);
    assert_int_equal(times_at(&w, at("2026-10-25T00:30:00Z")), TIMES_FROZEN); /* the first 03:30 … */
    assert_int_equal(times_at(&w, at("2026-10-25T01:44:59Z")), TIMES_FROZEN); /* … to the second 03:45 */
    assert_int_equal(times_at(&w, at("2026-10-25T01:45:00Z")), TIMES_OPEN);
    const struct freeze gap[] = {{at("2026-03-29T03:30:00Z"), at("2026-03-29T05:00:00Z")}};
    w.freezes = gap;
    assert_int_equal(times_at(&w, at("2026-03-29T01:30:00Z")), TIMES_FROZEN);
    assert_int_equal(times_at(&w, at("2026-03-29T02:00:00Z")), TIMES_OPEN);
}

static void test_gates_times__never_open(void **state)
{
    (void)state;
    static const struct window none[] = {{0x7f, 3600, 3600}};
    struct times w = {zone_read(&cx, STR("UTC")), none, 1, NULL, 0};
    assert_int_equal(times_at(&w, at("2026-03-29T01:00:00Z")), TIMES_CLOSED);
    assert_true(times_open_from(&w, at("2026-03-29T01:00:00Z")) == INT64_MAX);
    static const struct window all_day[] = {{0x7f, 0, 86400}};
    w.windows = all_day;
    assert_int_equal(times_at(&w, at("2026-03-29T23:59:59Z")), TIMES_OPEN);
    assert_int_equal(times_at(&w, at("2026-03-30T00:00:00Z")), TIMES_OPEN);
}

static int begin(void **state)
{
    (void)state;
    ctx_init(&cx);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    ctx_release(&cx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gates_times__windows_to_the_second),
        cmocka_unit_test(test_gates_times__freezes),
        cmocka_unit_test(test_gates_times__the_hour_that_comes_twice),
        cmocka_unit_test(test_gates_times__never_open),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
