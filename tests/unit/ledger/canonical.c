/* Canonical JSON: our vectors, what must be refused and where it says so, walking what was written. */
#include "files.h"

#include <dirent.h>

#include "base/limits.h"
#include "ledger/canonical.h"

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

static struct str canonical(const char *json)
{
    scoped_buf out;
    buf_init(&out, 0);
    enum rc rc = canonical_from(&cx, str_from(json), 0, &out);
    if (rc != OK) print_error("%s: %s\n", json, cx.message);
    assert_int_equal(rc, OK);
    return arena_str(&cx.arena, buf_view(&out));
}

static void refuses(const char *json, enum rc rc, const char *message)
{
    scoped_buf out;
    buf_init(&out, 0);
    assert_int_equal(canonical_from(&cx, str_from(json), 0, &out), rc);
    assert_string_equal(cx.message, message);
    assert_int_equal(out.n, 0);
}

static void test_ledger_canonical__vectors(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"values/input.json", "values/canonical.json"},
                                           {"fact/input.json", "fact/body.json"}};
    for (size_t i = 0; i < 2; i++) {
        scoped_buf out;
        buf_init(&out, 0);
        struct str want = vector(&cx.arena, pairs[i][1]);
        assert_int_equal(canonical_from(&cx, vector(&cx.arena, pairs[i][0]), 0, &out), OK);
        assert_str(buf_view(&out), want);
        assert_int_equal(canonical_check(&cx, want), OK);
        assert_int_equal(canonical_check(&cx, vector(&cx.arena, pairs[i][0])), E_INVALID);
    }
}

static void test_ledger_canonical__refused_vectors(void **state)
{
    (void)state;
    DIR *dir = opendir(arena_printf(&cx.arena, "%s/tests/vectors/ledger/refused", source_dir()).p);
    assert_non_null(dir);
    int n = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.') continue;
        scoped_buf out;
        buf_init(&out, 0);
        struct str json = vector(&cx.arena, arena_printf(&cx.arena, "refused/%s", e->d_name).p);
        if (canonical_from(&cx, json, 0, &out) != E_INVALID) failed("%s is accepted", e->d_name);
        n++;
    }
    closedir(dir);
    assert_true(n >= 30);
}

static void test_ledger_canonical__says_where(void **state)
{
    (void)state;
    refuses("{\"a\":[{\"b\":1},{\"b\":0.5}]}", E_INVALID,
            "JSON, byte 21, a[1].b: numbers are integers; write a decimal as a string");
    refuses("{\"x\":{\"b\":1,\"a\":2,\"b\":3}}", E_INVALID, "JSON, byte 25, x.b: this key stands there twice");
    refuses("{\"x\":{\"B\":1}}", E_INVALID, "JSON, byte 10, x: keys are 1 to 64 of a-z, 0-9 and _");
    refuses("{\"x\":9007199254740992}", E_INVALID,
            "JSON, byte 22, x: integers go to 9007199254740991 (2^53-1) either way");
    refuses("{\"x\":123456789012345678901234567890}", E_INVALID,
            "JSON, byte 36, x: integers go to 9007199254740991 (2^53-1) either way");
    refuses("[]", E_INVALID, "JSON, byte 1: an object is expected");
}

static void test_ledger_canonical__limits(void **state)
{
    (void)state;
    scoped_buf big, out;
    buf_init(&big, 0);
    buf_init(&out, 0);
    buf_cstr(&big, "{\"a\":\"");
    while (big.n < LIMIT_BODY - 2) buf_char(&big, 'x');
    buf_cstr(&big, "\"}");
    assert_int_equal(big.n, LIMIT_BODY);
    assert_int_equal(canonical_from(&cx, buf_view(&big), 0, &out), OK);
    assert_int_equal(out.n, LIMIT_BODY);
    buf_cstr(&big, " ");
    assert_int_equal(canonical_from(&cx, buf_view(&big), 0, &out), E_LIMIT);
    /* short outside, long inside: each of the two bytes becomes six */
    buf_clear(&big);
    buf_cstr(&big, "{\"a\":\"");
    while (big.n < LIMIT_BODY / 2) buf_cstr(&big, "\\/\\\"");
    buf_cstr(&big, "\"}");
    buf_clear(&out);
    assert_int_equal(canonical_from(&cx, buf_view(&big), 0, &out), OK);
    assert_true(out.n < big.n);
    /* 32 levels, of which some stand around it */
    const char *deep = "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}";
    assert_int_equal(canonical_from(&cx, str_from(deep), 0, &out), OK);
    assert_int_equal(canonical_from(&cx, str_from(deep), 1, &out), E_INVALID);
}

static void test_ledger_canonical__many_keys_are_sorted(void **state)
{
    (void)state;
    scoped_buf in, want, out;
    buf_init(&in, 0);
    buf_init(&want, 0);
    buf_init(&out, 0);
    for (int i = 9999; i >= 0; i--)
        buf_printf(&in, "%c\"k%04d\":{\"b\":%d,\"a\":[%d]}", i == 9999 ? '{' : ',', i, i, i);
    for (int i = 0; i < 10000; i++) buf_printf(&want, "%c\"k%04d\":{\"a\":[%d],\"b\":%d}", i ? ',' : '{', i, i, i);
    buf_char(&in, '}');
    buf_char(&want, '}');
    assert_int_equal(canonical_from(&cx, buf_view(&in), 0, &out), OK);
    assert_true(str_eq(buf_view(&out), buf_view(&want)));
}

static void test_ledger_canonical__walks(void **state)
{
    (void)state;
    struct str o =
        canonical("{\"text\":\"a\\u0001\\u001f\\n\\\"\\\\,}\",\"list\":[1,\"]\",{\"x\":[]}],\"empty\":{},\"n\":-12}");
    struct str text, value, rest = canonical_find(o, "list");
    int64_t n;
    assert_true(canonical_str(&cx.arena, canonical_find(o, "text"), &text));
    assert_str(text, STR("a\x01\x1f\n\"\\,}"));
    assert_true(canonical_int(canonical_find(o, "n"), &n) && n == -12);
    assert_null(canonical_find(o, "absent").p);
    assert_str(canonical_find(o, "empty"), STR("{}"));
    assert_true(canonical_item(&rest, &value));
    assert_str(value, STR("1"));
    assert_true(canonical_item(&rest, &value));
    assert_str(value, STR("\"]\""));
    assert_true(canonical_item(&rest, &value));
    assert_str(value, STR("{\"x\":[]}"));
    assert_false(canonical_item(&rest, &value));
    scoped_buf again;
    buf_init(&again, 0);
    canonical_put_str(&again, text);
    assert_str(buf_view(&again), canonical_find(o, "text"));
}

/* What is accepted comes out the same the second time, however the first was written. */
static void test_ledger_canonical__settles(void **state)
{
    (void)state;
    struct str vector_text = vector(&cx.arena, "values/input.json");
    for (size_t at = 0; at < vector_text.n; at++)
        for (int flip = 1; flip < 256; flip <<= 1) {
            struct str changed = arena_str(&cx.arena, vector_text);
            ((char *)changed.p)[at] ^= (char)flip;
            scoped_buf out;
            buf_init(&out, 0);
            if (canonical_from(&cx, changed, 0, &out) == OK) assert_int_equal(canonical_check(&cx, buf_view(&out)), OK);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_canonical__vectors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_canonical__refused_vectors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_canonical__says_where, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_canonical__limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_canonical__many_keys_are_sorted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_canonical__walks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_canonical__settles, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
