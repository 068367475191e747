/* gates/diff and gates/hunks: what stands behind a line that is too long to be shown, and names that git quotes. */
#include "git/fixture.h"

#include "gates/check_files.h"
#include "gates/diff.h"
#include "gates/hunks.h"

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

static enum rc put_file(void *arg, struct str path, bool deleted)
{
    buf_printf(arg, "%s" STR_FMT "\n", deleted ? "gone " : "", STR_ARG(path));
    return OK;
}

static enum rc put_hunk(void *arg, const struct hunk *h)
{
    buf_printf(arg, "%d,%d %d,%d\n", (int)h->at, (int)h->removed, (int)h->first, (int)h->added);
    return OK;
}

static void test_gates_hunks__of_all_files(void **state)
{
    struct fixture *f = *state;
    scoped_buf said;
    buf_init(&said, 4096);
    run(f, REPO);
    struct git *g = open_good(f, "repo");
    struct hunks_wish w = {.from = resolve(f, g, "HEAD~1"), .to = resolve(f, g, "HEAD")};
    const struct hunks_sink sink = {&said, put_file, put_hunk};
    assert_int_equal(hunks_read(&f->cx, g, &w, &sink), OK);
    buf_char(&said, '\0');
    assert_string_equal(said.p, "a\n1,0 2,2\nq\"\n\303\244\n0,0 1,1\ngone z\n1,1 0,0\n");

    const struct str one[] = {STR("z")};
    said.n = 0;
    w.paths = one;
    w.n_paths = 1;
    assert_int_equal(hunks_read(&f->cx, g, &w, &sink), OK);
    buf_char(&said, '\0');
    assert_string_equal(said.p, "gone z\n1,1 0,0\n");

    w.n_paths = 0;
    w.most = 1000;
    assert_int_equal(hunks_read(&f->cx, g, &w, &sink), E_LIMIT);
    git_close(g);
}

/* A line of a file that looks like the head of another's difference gives nobody that file's lines. */
static void test_gates_check_files__lines_behind_a_long_one(void **state)
{
    struct fixture *f = *state;
    struct changed_lines *c;
    int64_t all, ran;
    run(f, REPO);
    struct git *g = open_good(f, "repo");
    assert_int_equal(changed_lines_read(&f->cx, g, resolve(f, g, "HEAD~1"), resolve(f, g, "HEAD"), &c), OK);
    changed_lines_take(c, STR("a"), 1, true); /* it has not changed */
    changed_lines_take(c, STR("a"), 2, false);
    changed_lines_take(c, STR("a"), 3, true);
    changed_lines_take(c, STR("a"), 4, true);
    changed_lines_take(c, STR("b"), 1, true);
    changed_lines_count(c, &all, &ran);
    assert_int_equal(all, 2);
    assert_int_equal(ran, 1);
    git_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gates_diff__shows_what_stands_behind_a_long_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gates_hunks__of_all_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gates_check_files__lines_behind_a_long_one, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
