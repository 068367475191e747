/* Names: what is well-formed, and what can be taken for one another. */
#include "identity/names.h"

#include "unit.h"

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

static bool alike(const char *a, const char *b)
{
    struct name_skeleton x, y;
    assert_int_equal(name_skeleton(&cx, str_from(a), &x), OK);
    assert_int_equal(name_skeleton(&cx, str_from(b), &y), OK);
    return name_alike(&x, &y);
}

static void test_identity_names__alike(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"Anna Virta", "anna VIRTA"},
        {"Anna Virta", "Anna  Virta "},
        {"Anna Virta", "Anna\xc2\xa0Virta"},
        {"Anna Virta", "\xef\xbc\xa1nna Virta"},    /* fullwidth A */
        {"Anna Virta", "\xd0\x90nna Virta"},        /* Cyrillic А */
        {"Anna Virta", "\xce\x91nna Virt\xce\xb1"}, /* Greek Α, α */
        {"Anna Virta", "An\xe2\x80\x8bna Virta"},   /* zero width space */
        {"Ivan", "lvan"},                           /* capital I, small l */
        {"bob", "b0b"},
        {"M\xc3\xa4ki", "Ma\xcc\x88ki"}, /* ä, and a with a mark */
        {"stra\xc3\x9f"
         "e",
         "STRASSE"},
        {"\xef\xac\x81nn", "finn"},                     /* ligature */
        {"PETER", "\xd0\xa0\xd0\x95\xd0\xa2\xd0\x95R"}, /* Cyrillic РЕТЕ */
        {"HENNA", "\xd0\x9d"
                  "ENNA"}, /* Cyrillic Н, which is no n */
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!alike(same[i][0], same[i][1])) fail_msg("%s / %s are not alike", same[i][0], same[i][1]);
    static const char *const other[][2] = {
        {"Anna Virta", "Anni Virta"}, {"Kai Niemi", "Kal Niemi"}, {"M\xc3\xa4ki", "Maki"}, {"Anna Virta", "AnnaVirta"}};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (alike(other[i][0], other[i][1])) fail_msg("%s / %s are alike", other[i][0], other[i][1]);
}

static void test_identity_names__form(void **state)
{
    (void)state;
    static const char *const right[] = {"Anna",
                                        "Jukka-Pekka O'Neill",
                                        "\xc3\x85sa \xc3\x96st",
                                        "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0",
                                        "Anna \xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0",
                                        "A. B. (ops)"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        if (name_check(&cx, str_from(right[i]), 200) != OK) fail_msg("%s: %s", right[i], cx.message);
    static const struct {
        const char *name, *text;
    } wrong[] = {{"", "empty"},
                 {" Anna", "begins with a blank"},
                 {"Anna ", "ends with a blank"},
                 {"Anna  Virta", "two blanks"},
                 {"Anna\xe2\x80\x83", "ends with a blank"},
                 {"An\nna", "control"},
                 {"An\xe2\x80\xaena", "invisible"},
                 {"An\xffna", "not UTF-8"},
                 {"\xd0\x90nna", "different scripts"},
                 {"Ann\xce\xb1", "different scripts"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (name_check(&cx, str_from(wrong[i].name), 200) != E_INVALID || !strstr(cx.message, wrong[i].text))
            fail_msg("%s: %s", wrong[i].name, cx.message);
    assert_int_equal(name_check(&cx, STR("abcdef"), 5), E_INVALID);
}

static void test_identity_names__addresses(void **state)
{
    (void)state;
    static const char *const right[] = {"a@b", "anna.virta+x@example.org", "o'neill@sub.example.co",
                                        "A_1@xn--exmple-cua.fi"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        if (address_check(&cx, str_from(right[i])) != OK) fail_msg("%s: %s", right[i], cx.message);
    static const char *const wrong[] = {"",       "anna",          "@b",       "a@",      "a@@b",        "a b@c",
                                        "a@b ",   "a@-b.fi",       "a@b-.fi",  "a@b..fi", ".a@b",        "a.@b",
                                        "a..b@c", "\xd0\xb0@b.fi", "a@b.fi\n", "\"a\"@b", "a@[1.2.3.4]", "<a@b>",
                                        "a@b,c@d"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (address_check(&cx, str_from(wrong[i])) != E_INVALID) fail_msg("%s was taken", wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity_names__alike),
        cmocka_unit_test(test_identity_names__form),
        cmocka_unit_test(test_identity_names__addresses),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
