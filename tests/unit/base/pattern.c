/* Patterns: what they may have, what they match, and that none runs away. */
#include "base/pattern.h"

#include <stdlib.h>

#include "unit.h"

static void test_base_pattern__faults(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "a",     "^a",       "a$",      "^a|b$",         "^(a$",
                                        "^a)$",       "^a++$", "^a+?$",    "^*a$",    "^(?:a)$",       "^(?=a)a$",
                                        "^(*FAIL)$",  "^\\d$", "^(a)\\1$", "^[a$",    "^[[:alpha:]]$", "^[a\\d]$",
                                        "^a{2$",      "^a^b$", "^a$b$",    "^[z-a]$", "^(|*)$",        "^a\\$",
                                        "^a{99999}$", "^]$",   "^[]$",     "^\\Qa$",  "^(a|b$",        "^a{1}{2}$"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (!pattern_fault(str_from(wrong[i]))) fail_msg("no fault in %s", wrong[i]);
        assert_null(pattern_new(str_from(wrong[i])));
    }
}

static void check(const char *pattern, const char *text, bool wanted)
{
    struct pattern *p = pattern_new(str_from(pattern));
    if (!p) fail_msg("%s: %s", pattern, pattern_fault(str_from(pattern)));
    if (pattern_matches(p, str_from(text)) != wanted) fail_msg("%s and \"%s\"", pattern, text);
    pattern_free(p);
}

static void test_base_pattern__matches(void **state)
{
    (void)state;
    check("^[0-9a-f]{4}$", "0af9", true);
    check("^[0-9a-f]{4}$", "0af9\n", false);
    check("^[0-9a-f]{4}$", "0AF9", false);
    check("^[0-9a-f]{4}$", "0af90", false);
    check("^(a|bc)*$", "abca", true);
    check("^(a|bc)*$", "", true);
    check("^(project:[a-z2-7]{3})?$", "", true);
    check("^refs/[^ ~\\^:?*\\[\\\\]+$", "refs/heads/main", true);
    check("^refs/[^ ~\\^:?*\\[\\\\]+$", "refs/heads/a[b", false);
    check("^refs/[^ ~\\^:?*\\[\\\\]+$", "refs/heads/ä", true);
    check("^a\\.b\\$$", "a.b$", true);
    check("^.$", "ä", true);
    check("^.{2}$", "ä", false);
    check("^(\\*|x)$", "*", true);
}

static void test_base_pattern__ends(void **state)
{
    (void)state;
    char text[4096];
    memset(text, 'a', sizeof text - 2);
    text[sizeof text - 2] = 'b';
    text[sizeof text - 1] = 0;
    check("^(a+)+$", text, false);
    check("^((a*)*)*$", text, false);
    check("^(a|a)*(a|a)*(a|a)*$", text, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_pattern__faults),
        cmocka_unit_test(test_base_pattern__matches),
        cmocka_unit_test(test_base_pattern__ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
