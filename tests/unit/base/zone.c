/* Time zones: against the C library, which reads the same files, and bad names. */
#include "unit.h"
#undef fail

#include "base/zone.h"

#include <stdlib.h>
#include <time.h>

static void test_base_zone__as_the_library(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Helsinki",   "UTC",           "America/New_York",  "Asia/Kolkata",
                                        "Australia/Sydney",  "Asia/Tehran",   "America/Sao_Paulo", "Pacific/Apia",
                                        "Africa/Casablanca", "Europe/Dublin", "Pacific/Marquesas", "America/Nuuk"};
    struct ctx cx;
    ctx_init(&cx);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone z = zone_read(&cx, str_from(names[i]));
        if (i != 1) assert_true(z.file.n > 0);
        setenv("TZ", names[i], 1);
        tzset();
        for (int64_t t = 0; t < 3000000000; t += 1234567) {
            time_t at = (time_t)t;
            struct tm tm;
            localtime_r(&at, &tm);
            if (zone_offset(&z, t) != tm.tm_gmtoff) print_error("%s at %lld\n", names[i], (long long)t);
            assert_int_equal(zone_offset(&z, t), tm.tm_gmtoff);
        }
    }
    ctx_release(&cx);
}

static void test_base_zone__what_is_none_is_utc(void **state)
{
    (void)state;
    static const char *const names[] = {
        "", "../../../etc/passwd", "/etc/passwd", "Europe", "Nowhere/Town", "tzdata.zi", "a b"};
    struct ctx cx;
    ctx_init(&cx);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone z = zone_read(&cx, str_from(names[i]));
        assert_int_equal(zone_offset(&z, 1782900000), 0);
    }
    ctx_release(&cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_zone__as_the_library),
        cmocka_unit_test(test_base_zone__what_is_none_is_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
