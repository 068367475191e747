/* observe/topics: words, alternatives, beginnings and gaps; headings and sentences apart; every phrase finds itself. */
#include "observe/topics.h"

#include "unit.h"

static struct arena arena;
static struct topic_index *topics;
static struct buf seen;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    topics = topic_index_new(&arena);
    buf_init(&seen, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_release(&seen);
    arena_release(&arena);
    return 0;
}

static void see(void *arg, const char *topic)
{
    assert_ptr_equal(arg, &seen);
    buf_printf(&seen, " %s ", topic);
}

static bool speaks(const char *text, unsigned where, const char *topic)
{
    buf_clear(&seen);
    topics_find(topics, str_from(text), where, see, &seen);
    return str_has(buf_view(&seen), arena_printf(&arena, " %s ", topic));
}

static void test_observe_topics__sentences(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool found;
    } cases[] = {
        {"Every change must be reviewed by somebody else before it lands.", true},
        {"EVERY CHANGE MUST BE REVIEWED BY SOMEBODY ELSE BEFORE IT LANDS.", true},
        {"Every change must be\nreviewed by\tsomebody else before it lands!", true},
        {"Bla bla. Every patch is to be reviewed by two of us", true},
        {"Jokainen muutos on aina katselmoitava ennen kuin se yhdistetään.", true},
        {"A change is merged once it has got +1 from two maintainers.", false}, /* two_reviewers */
        {"It must be reviewed.", false}, /* a sentence of few words says little */
        {"The small text must be. Reviewed before it was it is with pleasure.", false}, /* over a full stop */
        {"See https://example.org/every/change/must/be/reviewed/by/us for it.", false}, /* an address says nothing */
        {"The product shows what customers have bought and sold here.", false},
        {"A preview must be shown to all customers that have paid.", false}, /* a part of a word is no word */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (speaks(cases[i].text, IN_SENTENCE, "code_review") != cases[i].found) fail_msg("%s", cases[i].text);
    assert_true(speaks("A change is merged once it has got +1 from two maintainers.", IN_SENTENCE, "two_reviewers"));
    /* a hyphen parts words, as an apostrophe does */
    assert_true(speaks("Noudatamme kaikessa kehityksessä EU:n yleistä tietosuoja-asetusta.", IN_SENTENCE,
                       "legal_requirements"));
    assert_true(speaks("We update the user's manual with each change we make.", IN_SENTENCE, "user_documentation"));
    /* of the same text as a heading only the headings' phrases count */
    assert_false(speaks("Must be reviewed by somebody else", IN_HEADING, "code_review"));
}

static void test_observe_topics__headings(void **state)
{
    (void)state;
    assert_true(speaks("Code reviews", IN_HEADING, "code_review"));
    assert_true(speaks("3. Code review", IN_HEADING, "code_review"));
    assert_true(speaks("Katselmointi", IN_HEADING, "code_review"));
    assert_false(speaks("Review", IN_HEADING, "code_review")); /* could be the product's */
    assert_true(speaks("Review", IN_PROCESS_HEADING, "code_review"));
    assert_false(
        speaks("How to write a review for a film you liked", IN_PROCESS_HEADING, "code_review")); /* one word of many */
    assert_true(speaks("Hyväksyntä", IN_HEADING, "approval"));
    assert_true(speaks("Tietoturva-arkkitehtuuri", IN_HEADING, "security_architecture"));
    assert_false(
        speaks("A code review is what this very long heading of more than nine words has", IN_HEADING, "code_review"));
}

/* A text that a phrase is made for: its first alternatives, with a word in each gap. */
static struct str made_for(const char *phrase, bool sentence)
{
    scoped_buf text;
    struct str rest = str_from(phrase), want, first;
    buf_init(&text, 0);
    while (str_cut(&rest, ' ', &want)) {
        (void)str_cut(&want, '|', &first);
        if (text.n) buf_char(&text, ' ');
        if (str_eq(first, STR("..")))
            buf_cstr(&text, "zq");
        else if (str_ends(first, STR("*"))) {
            buf_str(&text, str_slice(first, 0, first.n - 1));
            buf_cstr(&text, "zq");
        } else
            buf_str(&text, first);
    }
    if (sentence) buf_cstr(&text, " zq zq zq zq zq zq.");
    return arena_str(&arena, buf_view(&text));
}

static void test_observe_topics__every_phrase_finds_itself(void **state)
{
    (void)state;
    static const unsigned places[] = {IN_HEADING, IN_SENTENCE, IN_PROCESS_HEADING, IN_PROCESS_SENTENCE};
    assert_true(topic_phrases_n > 300);
    for (size_t i = 0; i < topic_phrases_n; i++)
        for (size_t k = 0; k < 4; k++) {
            const struct phrase *p = &topic_phrases[i];
            bool sentence = places[k] & (IN_SENTENCE | IN_PROCESS_SENTENCE);
            struct str text = made_for(p->text, sentence);
            bool found = speaks(text.p, places[k], p->topic);
            if ((p->where & places[k]) && !found)
                fail_msg("\"" STR_FMT "\" does not speak of %s", STR_ARG(text), p->topic);
        }
}

/* No sign in a phrase but those that mean something, so that none of them is dead. */
static void test_observe_topics__phrases_can_be_met(void **state)
{
    (void)state;
    for (size_t i = 0; i < topic_phrases_n; i++) {
        const char *t = topic_phrases[i].text;
        if (t[strspn(t, "abcdefghijklmnopqrstuvwxyz0123456789 |*.")] || strstr(t, "  ") || *t == ' ' || !*t)
            fail_msg("\"%s\" of %s", t, topic_phrases[i].topic);
    }
}

static void test_observe_topics__hostile(void **state)
{
    (void)state;
    scoped_buf text;
    buf_init(&text, 0);
    for (int i = 0; i < 20000; i++) buf_cstr(&text, i % 7 ? "must be reviewed " : "\xff\xc3\xe2\x80 ");
    buf_char(&text, '\0');
    (void)speaks(text.p, IN_SENTENCE, "code_review");
    (void)speaks("\xc3", IN_HEADING, "code_review");
    (void)speaks("", IN_SENTENCE, "code_review");
    (void)speaks("a://", IN_SENTENCE, "code_review");
    (void)speaks("://", IN_SENTENCE, "code_review");
    char much[5000];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    assert_false(speaks(much, IN_SENTENCE, "code_review"));
}

#define TOPICS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOPICS_TEST(test_observe_topics__sentences),
        TOPICS_TEST(test_observe_topics__headings),
        TOPICS_TEST(test_observe_topics__every_phrase_finds_itself),
        TOPICS_TEST(test_observe_topics__phrases_can_be_met),
        TOPICS_TEST(test_observe_topics__hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
