/* Subjects: every type right and wrong, and names that have one spelling. */
#include "facts/subject.h"

#include <stdlib.h>

#include "unit.h"

#define ID "abcdefghij234567klmn"
#define HEX40 "0123456789abcdef0123456789abcdef01234567"

static struct ctx cx;

static bool is_right(const char *s, enum subject_type *type)
{
    return subject_check(&cx, str_from(s), type) == OK;
}

static void test_facts_subject__types(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        enum subject_type type;
    } right[] = {{"org", SUBJECT_ORG},
                 {"ledger", SUBJECT_LEDGER},
                 {"project:" ID, SUBJECT_PROJECT},
                 {"repo:" ID, SUBJECT_REPO},
                 {"ref:" ID "/refs/heads/main", SUBJECT_REF},
                 {"ref:" ID "/refs/heads/ä/100%25", SUBJECT_REF},
                 {"ref:" ID "/refs/heads/%FF", SUBJECT_REF},
                 {"commit:" ID "/" HEX40, SUBJECT_COMMIT},
                 {"commit:" ID "/" HEX40 "0123456789abcdef01234567", SUBJECT_COMMIT},
                 {"file:" ID "/src/a b.c", SUBJECT_FILE},
                 {"file:" ID "/a:b%0A", SUBJECT_FILE},
                 {"change:" ID, SUBJECT_CHANGE},
                 {"release:" ID, SUBJECT_RELEASE},
                 {"record:guide_line/" ID, SUBJECT_RECORD},
                 {"person:" ID, SUBJECT_PERSON},
                 {"group:" ID, SUBJECT_GROUP},
                 {"key:" HEX40 "0123456789abcdef01234567", SUBJECT_KEY},
                 {"task:code-review-rules", SUBJECT_TASK},
                 {"obligation:code-review-rules/two-reviewers", SUBJECT_OBLIGATION},
                 {"fact:0", SUBJECT_FACT},
                 {"fact:9007199254740990", SUBJECT_FACT}};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        enum subject_type type = SUBJECT_COUNT;
        if (!is_right(right[i].s, &type)) fail_msg("%s: %s", right[i].s, cx.message);
        assert_int_equal(type, right[i].type);
    }
}

static void test_facts_subject__wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "org:",
                                        "org:x",
                                        "Org",
                                        "ledger:",
                                        "self",
                                        "repo:self",
                                        "repo:",
                                        "repo",
                                        "planet:" ID,
                                        ":" ID,
                                        "repo:" ID "a",
                                        "repo:abcdefghij234567klm",
                                        "repo:abcdefghij234567klm1",
                                        "repo:ABCDEFGHIJ234567KLMN",
                                        "repo:" ID "/",
                                        "ref:" ID,
                                        "ref:" ID "/",
                                        "ref:" ID "/main",
                                        "ref:" ID "/refs/heads/a..b",
                                        "ref:" ID "/refs/heads/.a",
                                        "ref:" ID "/refs/heads/a.lock",
                                        "ref:" ID "/refs//a",
                                        "ref:" ID "/refs/heads/",
                                        "ref:" ID "//refs/heads",
                                        "ref:" ID "/refs/heads/a b",
                                        "ref:" ID "/refs/heads/a%20b",
                                        "ref:" ID "/refs/heads/a%5Cb",
                                        "ref:" ID "/refs/heads/a^",
                                        "ref:" ID "/refs/heads/a@{b",
                                        "ref:" ID "/refs/heads/a.",
                                        "ref:" ID "/refs/heads/%ff",
                                        "ref:" ID "/refs/heads/%C3%A4",
                                        "ref:" ID "/refs/heads/%61",
                                        "ref:" ID "/refs/heads/%",
                                        "ref:" ID "/refs/heads/%2",
                                        "ref:" ID "/refs/heads/%7F",
                                        "ref:" ID "/refs/heads/\x7f",
                                        "ref:self/refs/heads/main",
                                        "commit:" ID,
                                        "commit:" ID "/" HEX40 "0",
                                        "commit:" ID "/0123456789ABCDEF0123456789abcdef01234567",
                                        "file:" ID "/",
                                        "file:" ID "//a",
                                        "file:" ID "/a/",
                                        "file:" ID "/a\nb",
                                        "file:" ID "/a%00b",
                                        "file:" ID "/%0a",
                                        "record:" ID,
                                        "record:Kind/" ID,
                                        "record:9k/" ID,
                                        "record:k/",
                                        "key:" ID,
                                        "key:" HEX40,
                                        "task:",
                                        "task:A",
                                        "task:a--b",
                                        "task:-a",
                                        "task:a-",
                                        "obligation:a",
                                        "obligation:a/",
                                        "obligation:/b",
                                        "obligation:a/b/c",
                                        "fact:",
                                        "fact:01",
                                        "fact:-1",
                                        "fact:+1",
                                        "fact:1x",
                                        "fact:9007199254740991",
                                        "fact:99999999999999999999",
                                        "person:\xff"};
    enum subject_type type;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (is_right(wrong[i], &type)) fail_msg("%s is no subject", wrong[i]);
        assert_true(str_starts(str_from(cx.message), STR("subject")));
    }
    char *text = calloc(1, 5000);
    memset(text, 'a', 4990);
    memcpy(text, "file:" ID "/", 26);
    assert_false(is_right(text, &type));
    assert_non_null(strstr(cx.message, "longer than 4096"));
    text[4096] = 0;
    assert_true(is_right(text, &type));
    free(text);
}

/* Any bytes have one spelling, which reads back. */
static void test_facts_subject__names(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int i = 0; i < 20000; i++) {
        char name[12];
        size_t n = 1 + (seed >> 8) % sizeof name;
        for (size_t k = 0; k < n; k++) {
            seed = seed * 1664525 + 1013904223;
            name[k] = (seed >> 24) % 3 ? (char)(seed >> 16) : "%aä\x7f/\n"[(seed >> 12) % 7];
        }
        scoped_buf spelled, again;
        buf_init(&spelled, 0);
        buf_init(&again, 0);
        subject_spell(&spelled, (struct str){name, n});
        assert_true(str_is_utf8(buf_view(&spelled)));
        assert_true(subject_unspell(&again, buf_view(&spelled)));
        assert_true(str_eq(buf_view(&again), (struct str){name, n}));
    }
}

static void test_facts_subject__ids(void **state)
{
    (void)state;
    char a[SUBJECT_ID + 1], b[SUBJECT_ID + 1];
    enum subject_type type;
    subject_new_id(a);
    subject_new_id(b);
    assert_string_not_equal(a, b);
    assert_true(is_right(arena_printf(&cx.arena, "person:%s", a).p, &type));
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
        cmocka_unit_test_setup_teardown(test_facts_subject__types, setup, teardown),
        cmocka_unit_test_setup_teardown(test_facts_subject__wrong, setup, teardown),
        cmocka_unit_test_setup_teardown(test_facts_subject__names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_facts_subject__ids, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
