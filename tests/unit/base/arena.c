/* base/arena: aligned, zeroed, apart from one another, copies with their NUL. */
/* As it is in the program: a sanitizer's build gives each object a block of its own, which all other tests run with. */
#undef __SANITIZE_ADDRESS__
#include "../../../src/base/arena.c"

#include "unit.h"

static int setup(void **state)
{
    static struct arena a;
    arena_init(&a);
    *state = &a;
    return 0;
}

static int teardown(void **state)
{
    arena_release(*state);
    return 0;
}

/* Sizes around a block's and a large object's edges, each filled with its own byte and looked at in the end. */
static void test_base_arena__objects_do_not_meet(void **state)
{
    struct arena *a = *state;
    static const size_t sizes[] = {1, 15, 16, 17, 0, 100, 16 * 1024, 16 * 1024 + 1, 40000, 64 * 1024, 65537, 200000, 3};
    enum { N = 13, ROUNDS = 40 };
    unsigned char *p[ROUNDS][N];
    for (int r = 0; r < ROUNDS; r++)
        for (int i = 0; i < N; i++) {
            p[r][i] = arena_alloc(a, sizes[i]);
            assert_non_null(p[r][i]);
            assert_int_equal((uintptr_t)p[r][i] % _Alignof(max_align_t), 0);
            for (size_t k = 0; k < sizes[i]; k++)
                if (p[r][i][k]) fail_msg("byte %zu of %zu is not zero", k, sizes[i]);
            memset(p[r][i], r * N + i + 1, sizes[i]);
        }
    for (int r = 0; r < ROUNDS; r++)
        for (int i = 0; i < N; i++)
            for (size_t k = 0; k < sizes[i]; k++)
                if (p[r][i][k] != (unsigned char)(r * N + i + 1)) fail_msg("an object was written over");
    assert_true(a->total > 0);
    arena_release(a);
    assert_int_equal(a->total, 0);
    assert_null(a->head);
    *(int64_t *)arena_alloc(a, 8) = 7; /* and may be used again */
}

static void test_base_arena__copies(void **state)
{
    struct arena *a = *state;
    char text[] = "a\0b";
    struct str s = arena_str(a, (struct str){text, 3});
    char *c = arena_cstr(a, (struct str){text, 3});
    text[0] = 'x';
    assert_true(str_eq(s, STR("a\0b")));
    assert_int_equal(s.p[3], 0);
    assert_memory_equal(c, "a\0b", 4);
    s = arena_str(a, STR_NONE);
    assert_non_null(s.p);
    assert_int_equal(s.n, 0);
    assert_int_equal(s.p[0], 0);
    s = arena_printf(a, "%s/%d%c", "dir", 42, 0);
    assert_true(str_eq(s, STR("dir/42\0")));
    assert_int_equal(s.p[s.n], 0);
    s = arena_printf(a, "%050000d", 7);
    assert_int_equal(s.n, 50000);
    assert_int_equal(s.p[49999], '7');
    assert_true(str_eq(arena_printf(a, "%s", ""), STR("")));
}

static void test_base_arena__arrays(void **state)
{
    struct arena *a = *state;
    int64_t *n = arena_array(a, int64_t, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(n[i], 0);
        n[i] = i;
    }
    struct str *one = arena_new(a, struct str);
    assert_null(one->p);
    assert_int_equal(n[999], 999);
    assert_non_null(arena_array(a, int64_t, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_base_arena__objects_do_not_meet, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_arena__copies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_arena__arrays, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
