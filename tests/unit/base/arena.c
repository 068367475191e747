/* base/arena and base/digest: objects of every size stay apart, zeroed and aligned, also where blocks are shared. */
#include "base/arena.h"
#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>

#include "unit.h"

static void test_base_arena__objects_stay_apart(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    enum { N = 3000 };
    static unsigned char *at[N];
    static size_t size[N];
    for (size_t i = 0; i < N; i++) { /* small, and now and then larger than a block */
        size[i] = i % 97 == 0 ? 70000 + i : i * 7 % 301;
        at[i] = arena_alloc(&a, size[i]);
        assert_int_equal((uintptr_t)at[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size[i]; k++) assert_int_equal(at[i][k], 0);
        if (size[i]) memset(at[i], (int)(i % 251 + 1), size[i]);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < size[i]; k += 61)
            if (at[i][k] != i % 251 + 1) fail_msg("object %zu was written over", i);
    assert_true(a.total > 70000);
    arena_release(&a);
    assert_int_equal(a.total, 0);
}

static void test_base_arena__strings_end(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    struct str s = arena_str(&a, str_slice(STR("abcdef"), 1, 3));
    assert_true(str_eq(s, STR("bc")) && s.p[2] == '\0');
    assert_string_equal(arena_cstr(&a, STR_NONE), "");
    s = arena_printf(&a, "%s-%d", "x", 12);
    assert_true(str_eq(s, STR("x-12")));
    arena_release(&a);
}

static void test_base_digest__sha256(void **state)
{
    (void)state;
    struct digest d;
    uint8_t sum[32], other[32];
    char hex[65];
    digest_init(&d);
    digest_add(&d, STR("abc")); /* FIPS 180-4's example */
    digest_final(&d, sum);
    digest_hex(sum, 32, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_init(&d);
    digest_field(&d, STR("ab"));
    digest_field(&d, STR("c"));
    digest_final(&d, sum);
    digest_init(&d);
    digest_field(&d, STR("a"));
    digest_field(&d, STR("bc"));
    digest_final(&d, other);
    assert_memory_not_equal(sum, other, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_base_arena__objects_stay_apart),
                                       cmocka_unit_test(test_base_arena__strings_end),
                                       cmocka_unit_test(test_base_digest__sha256)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
