/* Checkpoint texts and origins. */
#include "files.h"

#include "ledger/checkpoint.h"

static struct ctx cx;

#define ROOT "uZo6M+IhVna+CLgWCrJs0xBPUHbozHkYTQASduHSLME="

static void test_ledger_checkpoint__read(void **state)
{
    (void)state;
    struct checkpoint c;
    scoped_buf again;
    buf_init(&again, 0);
    assert_int_equal(checkpoint_read(&cx, STR("example.com/log\n9223372036854775807\n" ROOT "\n"), &c), OK);
    assert_str(c.origin, STR("example.com/log"));
    assert_true(c.size == INT64_MAX && !c.extensions.n);
    checkpoint_put(&again, &c);
    assert_str(buf_view(&again), STR("example.com/log\n9223372036854775807\n" ROOT "\n"));
    assert_int_equal(checkpoint_read(&cx, STR("Any Name!\n0\n" ROOT "\none\ntwo\n"), &c), OK);
    assert_str(c.extensions, STR("one\ntwo\n"));
}

static void test_ledger_checkpoint__malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        "a\n1\n",
        "a\n1\n" ROOT,
        "\n1\n" ROOT "\n",
        "a\n01\n" ROOT "\n",
        "a\n-1\n" ROOT "\n",
        "a\n+1\n" ROOT "\n",
        "a\n\n" ROOT "\n",
        "a\n 1\n" ROOT "\n",
        "a\n9223372036854775808\n" ROOT "\n",
        "a\n18446744073709551617\n" ROOT "\n",
        "a\n1\nuZo6M+IhVna+CLgWCrJs0xBPUHbozHkYTQASduHSLMF=\n", /* bits that stand for nothing */
        "a\n1\nuZo6M+IhVna+CLgWCrJs0xBPUHbozHkYTQASduHSLA==\n", /* 31 bytes */
        "a\n1\nuZo6M-IhVna-CLgWCrJs0xBPUHbozHkYTQASduHSLME=\n", /* the other alphabet */
        "a\n1\n" ROOT " \n",
        "a\n1\n" ROOT "\n\n",
        "a\n1\n" ROOT "\n\nx\n",
        "a\n1\n" ROOT "\nx\n\n",
    };
    struct checkpoint c;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (checkpoint_read(&cx, str_from(bad[i]), &c) != E_INVALID) failed("checkpoint %zu is accepted", i);
}

static void test_ledger_checkpoint__origins(void **state)
{
    (void)state;
    static const char *const good[] = {"acme", "sinetti.example.com/acme", "a.example/x_y/2", "a-b.example/1.0"};
    static const char *const bad[] = {"",    "/",   "a/",    "/a",        "a//b", "A",
                                      "a b", "a+b", "a_b/c", "https://a", "a\n",  "\xc3\xa4"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(origin_is_valid(str_from(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(origin_is_valid(str_from(bad[i])));
    static const struct {
        const char *origin, *base;
        uint64_t generation;
    } cases[] = {{"a/b", "a/b", 1},   {"a/b/2", "a/b", 2}, {"a/12", "a", 12}, {"a/1", "a/1", 1},
                 {"a/02", "a/02", 1}, {"a/b2", "a/b2", 1}, {"/2", "/2", 1},   {"2", "2", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t generation;
        assert_str(origin_base(str_from(cases[i].origin), &generation), str_from(cases[i].base));
        assert_int_equal(generation, cases[i].generation);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ledger_checkpoint__read),
        cmocka_unit_test(test_ledger_checkpoint__malformed),
        cmocka_unit_test(test_ledger_checkpoint__origins),
    };
    ctx_init(&cx);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    ctx_release(&cx);
    return failures;
}
