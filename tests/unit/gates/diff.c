/* gates/diff: what stands behind a line that is too long to be shown. */
#include "git/fixture.h"

#include "gates/diff.h"

/* A line of 40,000 signs, which itself looks like a difference where it is cut, before the one that matters. */
#define REPO                                                                                                           \
    "git init -q repo && cd repo && { echo one; echo two; } >a && echo 1 >z && git add . && git commit -qm one && "    \
    "{ echo one; head -c 16383 /dev/zero | tr '\\0' x; echo 'diff --git a/b b/b'; echo behind; echo two; } >a && "     \
    "printf '\\376\\n' >\"$(printf 'q\"\\n\\303\\244')\" && git rm -q z && git add . && git commit -qm two"

static void test_gates_diff__shows_what_stands_behind_a_long_line(void **state)
{
    struct fixture *f = *state;
    run(f, REPO);
    struct git *g = open_good(f, "repo");
    struct diff_text text;
    const struct diff_wish w = {
        .from = resolve(f, g, "HEAD~1"), .to = resolve(f, g, "HEAD"), .path = STR("a"), .context = 3};
    assert_int_equal(diff_file(&f->cx, g, &w, &text), OK);
    buf_char(&text.text, '\0');
    assert_has(text.text.p, "xxx\1…\2\n+behind\n two\n");
    buf_release(&text.text);
    git_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gates_diff__shows_what_stands_behind_a_long_line, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
