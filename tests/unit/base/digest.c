/* base/digest: SHA-256 by FIPS 180-4's own examples, and fields that cannot run into one another. */
#include "base/digest.h"

#include "unit.h"

static const char *of(const struct str *parts, size_t n, bool fields)
{
    static char hex[65];
    struct digest d;
    uint8_t out[32];
    digest_init(&d);
    for (size_t i = 0; i < n; i++) {
        if (fields)
            digest_field(&d, parts[i]);
        else
            digest_add(&d, parts[i]);
    }
    digest_final(&d, out);
    digest_hex(out, 32, hex);
    return hex;
}

#define ADDED(...) of((struct str[]){__VA_ARGS__}, sizeof((struct str[]){__VA_ARGS__}) / sizeof(struct str), false)
#define FIELDS(...) of((struct str[]){__VA_ARGS__}, sizeof((struct str[]){__VA_ARGS__}) / sizeof(struct str), true)

static void test_base_digest__examples(void **state)
{
    (void)state;
    assert_string_equal(ADDED(STR("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(ADDED(STR_NONE), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(ADDED(STR("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(ADDED(STR("a"), STR(""), STR("bc")),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(ADDED(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
                        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void test_base_digest__fields(void **state)
{
    (void)state;
    char first[65];
    /* eight bytes of length, the highest first */
    strcpy(first, FIELDS(STR("abc")));
    assert_string_equal(first, ADDED(STR("\0\0\0\0\0\0\0\3"
                                         "abc")));
    strcpy(first, FIELDS(STR("ab"), STR("c")));
    assert_string_not_equal(first, FIELDS(STR("a"), STR("bc")));
    strcpy(first, FIELDS(STR("ab"), STR("c")));
    assert_string_not_equal(first, FIELDS(STR("abc")));
    strcpy(first, FIELDS(STR("a"), STR("")));
    assert_string_not_equal(first, FIELDS(STR("a")));
}

static void test_base_digest__hex(void **state)
{
    (void)state;
    char out[9] = "zzzzzzzz";
    digest_hex((const uint8_t *)"\x00\x0f\xa9\xff", 4, out);
    assert_string_equal(out, "000fa9ff");
    digest_hex((const uint8_t *)"x", 0, out);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_base_digest__examples),
                                       cmocka_unit_test(test_base_digest__fields),
                                       cmocka_unit_test(test_base_digest__hex)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
