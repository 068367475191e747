/* gates/check_files: patterns of paths. */
#include "gates/check_files.h"

#include "unit.h"

static void test_gates_check_files__patterns(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
    } cases[] = {
        {"src/", "src/a.c", true},
        {"src/", "src/a/b.c", true},
        {"src/", "src", false},
        {"src/", "lib/src/a.c", false},
        {"*.md", "README.md", true},
        {"*.md", "docs/a.md", true},
        {"*.md", "docs/a.mdx", false},
        {"docs/*.md", "docs/a.md", true},
        {"docs/*.md", "docs/a/b.md", false},
        {"docs/**", "docs/a/b.md", true},
        {"**/a.c", "a.c", true},
        {"**/a.c", "x/y/a.c", true},
        {"**/a.c", "x/ya.c", false},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "a/xb", false},
        {"a*b*c", "a1b2c", true},
        {"a*b*c", "acb", false},
        {"README", "README", true},
        {"README", "docs/README", true},
        {"/README", "README", false},
        {"src/*/", "src/a/b.c", true},
        {"src/*/", "src/b.c", false},
        {"", "a", false},
        {"*", "a", true},
        {"**", "a/b", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (check_path_matches(str_from(cases[i].pattern), str_from(cases[i].path)) != cases[i].matches)
            fail_msg("%s on %s", cases[i].pattern, cases[i].path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gates_check_files__patterns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
