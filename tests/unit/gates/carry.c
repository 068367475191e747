/* Lines that a comment is about, followed through hunks. */
#include "gates/carry.h"

#include "unit.h"

static void test_gates_carry__hunks(void **state)
{
    (void)state;
    static const struct {
        int64_t line, last, at, removed, added, now, now_last; /* now 0: gone */
    } cases[] = {
        {10, 12, 1, 1, 3, 12, 14},   /* before it */
        {10, 12, 5, 5, 0, 5, 7},     /* up to the line before it */
        {10, 12, 9, 0, 2, 12, 14},   /* put in right before it */
        {10, 12, 10, 0, 2, 0, 0},    /* put in within */
        {10, 12, 12, 0, 2, 10, 12},  /* put in right behind it */
        {10, 12, 13, 4, 0, 10, 12},  /* behind it */
        {10, 12, 12, 1, 1, 0, 0},    /* its last line */
        {10, 12, 9, 2, 2, 0, 0},     /* across its edge */
        {10, 12, 1, 100, 100, 0, 0}, /* all of it */
        {10, 10, 10, 0, 1, 10, 10},  /* one line, put in behind it */
        {1, 1, 0, 0, 5, 6, 6},       /* put in at the start */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct carried c = {.line = cases[i].line, .last = cases[i].last};
        carry_hunk(&c, cases[i].at, cases[i].removed, cases[i].added);
        if (c.gone != !cases[i].now || (!c.gone && (c.line != cases[i].now || c.last != cases[i].now_last)))
            fail_msg("case %zu: %lld-%lld%s", i, (long long)c.line, (long long)c.last, c.gone ? " gone" : "");
    }
}

static void test_gates_carry__a_file_as_a_whole_has_no_lines(void **state)
{
    (void)state;
    struct carried c = {.line = 0};
    carry_hunk(&c, 1, 5, 5);
    assert_false(c.gone);
    assert_int_equal(c.line, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gates_carry__hunks),
        cmocka_unit_test(test_gates_carry__a_file_as_a_whole_has_no_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
