/* Packing and unpacking: everything comes back, and nothing more than is let in. */
#include "unit.h"
#undef fail

#include "base/gzip.h"

#include <stdlib.h>

static struct ctx cx;

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

static void round_trip(size_t n, bool random)
{
    scoped_buf in, packed, out;
    buf_init(&in, n + 1);
    buf_init(&packed, 2 * n + 1000);
    buf_init(&out, n);
    for (size_t i = 0; i < n; i++) buf_char(&in, random ? (char)rand() : (char)('a' + i % 7));
    assert_int_equal(gzip_pack(&cx, buf_view(&in), &packed), OK);
    assert_int_equal(gzip_unpack(&cx, buf_view(&packed), &out), OK);
    assert_true(str_eq(buf_view(&in), buf_view(&out)));
}

static void test_base_gzip__round_trip(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 100, 65535, 65536, 65537, 300000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        round_trip(sizes[i], false);
        round_trip(sizes[i], true);
    }
}

static void test_base_gzip__bounded_and_whole(void **state)
{
    (void)state;
    scoped_buf in, packed, out, twice;
    buf_init(&in, 1 << 20);
    buf_init(&packed, 1 << 20);
    buf_init(&out, 1000);
    buf_init(&twice, 1 << 20);
    for (size_t i = 0; i < 1 << 20; i++) buf_char(&in, 'x');
    assert_int_equal(gzip_pack(&cx, buf_view(&in), &packed), OK);
    assert_true(packed.n < 5000);
    assert_int_equal(gzip_unpack(&cx, buf_view(&packed), &out), E_LIMIT);
    assert_true(out.n <= 1000);
    struct str whole = buf_view(&packed);
    for (size_t n = 0; n < whole.n; n += n < 20 || n + 20 > whole.n ? 1 : 97) {
        scoped_buf part;
        buf_init(&part, 2 << 20);
        assert_int_equal(gzip_unpack(&cx, str_slice(whole, 0, n), &part), E_CORRUPT);
    }
    scoped_buf behind;
    buf_init(&behind, 2 << 20);
    buf_str(&twice, whole);
    buf_char(&twice, 'x');
    assert_int_equal(gzip_unpack(&cx, buf_view(&twice), &behind), E_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_base_gzip__round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_gzip__bounded_and_whole, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
