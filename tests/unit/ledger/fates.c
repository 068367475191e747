/* Two bits a fact: within the window, beyond it, and without a place to go. */
#include "files.h"

#include "ledger/fates.h"

static struct ctx cx;

static enum fate fate_of(uint64_t i)
{
    return (enum fate)(i * 2654435761U >> 7 & 3U);
}

/* `n` facts through a window of so many bytes. */
static void fill(struct fates *f, size_t window, uint64_t n)
{
    fates_init(f, window);
    for (uint64_t i = 0; i < n; i++) assert_int_equal(fates_add(&cx, f, fate_of(i)), OK);
}

static void test_ledger_fates__each_is_found_again(void **state)
{
    (void)state;
    static const struct {
        size_t window;
        uint64_t n;
    } cases[] = {{1, 1}, {1, 4}, {1, 5}, {1, 1000}, {16, 64}, {16, 65}, {100, 5000}, {4096, 1000000}, {0, 100000}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct fates f;
        enum fate got;
        uint64_t step = cases[k].n / 1000 + 1;
        fill(&f, cases[k].window, cases[k].n);
        assert_true((f.file >= 0) == (cases[k].n > 4 * f.window));
        for (uint64_t i = 0; i < cases[k].n; i += step) {
            assert_int_equal(fates_get(&cx, &f, i, &got), OK);
            assert_int_equal(got, fate_of(i));
        }
        /* one is changed, its neighbours are not; then more are added */
        for (uint64_t i = 0; i < cases[k].n; i += step)
            assert_int_equal(fates_set(&cx, &f, i, (enum fate)(3U - fate_of(i))), OK);
        for (uint64_t i = 0; i < 100; i++) assert_int_equal(fates_add(&cx, &f, fate_of(cases[k].n + i)), OK);
        for (uint64_t i = 0; i < cases[k].n + 100; i++) {
            bool changed = i < cases[k].n && i % step == 0;
            assert_int_equal(fates_get(&cx, &f, i, &got), OK);
            assert_int_equal(got, changed ? 3U - fate_of(i) : fate_of(i));
        }
        fates_release(&f);
    }
}

static void test_ledger_fates__no_place(void **state)
{
    (void)state;
    struct fates f;
    const char *tmp = getenv("TMPDIR");
    char *kept = tmp ? strdup(tmp) : NULL;
    setenv("TMPDIR", "/nowhere/at/all", 1);
    fates_init(&f, 2);
    for (int i = 0; i < 8; i++) assert_int_equal(fates_add(&cx, &f, FATE_KEPT), OK);
    assert_int_equal(fates_add(&cx, &f, FATE_KEPT), E_IO);
    assert_non_null(strstr(cx.message, "TMPDIR"));
    fates_release(&f);
    if (kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
}

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ctx_release(&cx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_fates__each_is_found_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_fates__no_place, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
