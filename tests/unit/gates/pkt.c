/* pkt-line, as git frames what it says to proc-receive. */
#include <unistd.h>

#include "gates/pkt.h"

#include "unit.h"

static int feed(const char *text, size_t n)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, n), (ssize_t)n);
    (void)close(ends[1]);
    return ends[0];
}

static void test_gates_pkt__there_and_back(void **state)
{
    (void)state;
    struct ctx cx;
    scoped_buf b;
    struct str s;
    bool flush;
    ctx_init(&cx);
    buf_init(&b, 0);
    pkt_add(&b, (struct str){"version=1\0atomic\n", 17});
    pkt_add(&b, STR("a"));
    pkt_flush(&b);
    int fd = feed(b.p, b.n);
    assert_int_equal(pkt_read(&cx, fd, &s, &flush), OK);
    assert_true(str_eq(s, ((struct str){"version=1\0atomic", 16})) && !flush);
    assert_int_equal(pkt_read(&cx, fd, &s, &flush), OK);
    assert_true(str_eq(s, STR("a")));
    assert_int_equal(pkt_read(&cx, fd, &s, &flush), OK);
    assert_true(flush);
    assert_int_equal(pkt_read(&cx, fd, &s, &flush), E_INVALID);
    (void)close(fd);
    ctx_release(&cx);
}

static void test_gates_pkt__what_is_none(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "0", "000", "0001", "0003", "00zz", "0008ab", "fff5", "-001x", "ffff"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ctx cx;
        struct str s;
        bool flush;
        ctx_init(&cx);
        int fd = feed(wrong[i], strlen(wrong[i]));
        if (pkt_read(&cx, fd, &s, &flush) != E_INVALID) fail_msg("%s", wrong[i]);
        (void)close(fd);
        ctx_release(&cx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gates_pkt__there_and_back),
                                       cmocka_unit_test(test_gates_pkt__what_is_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
