/* base/ctx and base/rc: what an error keeps, and that its text can be shown. */
#include "base/ctx.h"

#include <string.h>

/* cmocka has a macro of the same name */
static enum rc failed(struct ctx *cx, enum rc rc, const char *text)
{
    return fail(cx, rc, "%s", text);
}

#include "unit.h"

static int setup(void **state)
{
    static struct ctx cx;
    ctx_init(&cx);
    *state = &cx;
    return 0;
}

static int teardown(void **state)
{
    ctx_release(*state);
    return 0;
}

static void test_base_ctx__error(void **state)
{
    struct ctx *cx = *state;
    assert_int_equal(cx->error, OK);
    assert_string_equal(cx->message, "");
    assert_int_equal(failed(cx, E_NOTFOUND, "there is none"), E_NOTFOUND);
    assert_int_equal(cx->error, E_NOTFOUND);
    assert_string_equal(cx->message, "there is none");
    assert_int_equal(failed(cx, E_DENIED, cx->message),
                     E_DENIED); /* once more, as who puts it into another language does */
    assert_string_equal(cx->message, "there is none");

    char text[5000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_int_equal(failed(cx, E_IO, text), E_IO);
    assert_int_equal(strlen(cx->message), sizeof cx->message - 1);
}

static enum rc tries(enum rc first, int *reached)
{
    TRY(first);
    ++*reached;
    return OK;
}

static void test_base_ctx__try(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(tries(E_BUSY, &reached), E_BUSY);
    assert_int_equal(reached, 0);
    assert_int_equal(tries(OK, &reached), OK);
    assert_int_equal(reached, 1);
}

static void test_base_ctx__visible(void **state)
{
    struct ctx *cx = *state;
    assert_string_equal(str_visible(cx, STR_NONE), "");
    assert_string_equal(str_visible(cx, STR("a\x1b[2Jb\0c")), "a\\x1b[2Jb\\x00c");
    char text[300];
    memset(text, 'x', sizeof text);
    const char *all = str_visible(cx, (struct str){text, 200}), *cut = str_visible(cx, (struct str){text, 201});
    assert_int_equal(strlen(all), 200);
    assert_int_equal(strlen(cut), 200 + strlen("…"));
    assert_string_equal(cut + 200, "…");
}

static int64_t seen_done, seen_total;

static void see(struct ctx *cx, const char *what, int64_t done, int64_t total)
{
    assert_string_equal(what, "reading");
    assert_ptr_equal(cx->progress_arg, &seen_done);
    seen_done = done;
    seen_total = total;
}

static void test_base_ctx__progress(void **state)
{
    struct ctx *cx = *state;
    ctx_progress(cx, "reading", 1, 2); /* to nobody */
    cx->progress = see;
    cx->progress_arg = &seen_done;
    ctx_progress(cx, "reading", 3, 4);
    assert_int_equal(seen_done, 3);
    assert_int_equal(seen_total, 4);
}

/* Exit codes: 3 when the input cannot be read, 4 for our own fault. Each outcome has a word of its own. */
static void test_base_rc__outcomes(void **state)
{
    (void)state;
    for (enum rc a = OK; a <= E_INTERNAL; a++) {
        assert_non_null(rc_name(a));
        for (enum rc b = OK; b < a; b++) assert_string_not_equal(rc_name(a), rc_name(b));
        assert_int_equal(rc_exit(a), a == OK ? 0 : a == E_INTERNAL ? 4 : 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_base_ctx__error, setup, teardown),
        cmocka_unit_test(test_base_ctx__try),
        cmocka_unit_test_setup_teardown(test_base_ctx__visible, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_ctx__progress, setup, teardown),
        cmocka_unit_test(test_base_rc__outcomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
