/* observe/people: who is one person and who is not, by names, addresses and .mailmap, in whatever order; robots and
 * hosting services. */
#include "observe/people.h" /* before cmocka, whose fail is a macro */

#include <stdio.h>

#include "unit.h"

static struct people *people;
static const uint8_t key[16] = {1, 2, 3};

static int setup(void **state)
{
    (void)state;
    people = people_new(key);
    return people == NULL;
}

static int teardown(void **state)
{
    (void)state;
    people_free(people);
    return 0;
}

/* "Name <address>" */
static int mention(struct people *p, const char *person)
{
    struct str rest = str_from(person), name;
    assert_true(str_cut(&rest, '<', &name));
    return people_mention(p, str_trim(name), str_slice(rest, 0, rest.n - 1));
}

static bool same(const char *a, const char *b)
{
    int x = mention(people, a), y = mention(people, b);
    struct str hash = people_hash(people, x);
    char copy[33];
    assert_int_equal(hash.n, 32);
    memcpy(copy, hash.p, 33);
    return str_eq(people_hash(people, y), str_from(copy));
}

/* Two who meet alone, each pair in people of its own. */
struct pair {
    const char *a, *b;
};

static void check_pairs(const struct pair *pairs, size_t n, bool expected, const char *mailmap)
{
    for (size_t i = 0; i < n; i++)
        for (int turn = 0; turn < 2; turn++) { /* either first, the mailmap before or after */
            people_free(people);
            people = people_new(key);
            const char *a = turn ? pairs[i].b : pairs[i].a, *b = turn ? pairs[i].a : pairs[i].b;
            if (turn && mailmap) people_mailmap(people, str_from(mailmap));
            (void)mention(people, a);
            (void)mention(people, b);
            if (!turn && mailmap) people_mailmap(people, str_from(mailmap));
            if (same(a, b) != expected) fail_msg("%s and %s: %s", a, b, expected ? "two" : "one");
        }
}

#define ONE(mailmap, ...)                                                                                              \
    do {                                                                                                               \
        const struct pair p_[] = {__VA_ARGS__};                                                                        \
        check_pairs(p_, sizeof p_ / sizeof *p_, true, mailmap);                                                        \
    } while (0)
#define TWO(mailmap, ...)                                                                                              \
    do {                                                                                                               \
        const struct pair p_[] = {__VA_ARGS__};                                                                        \
        check_pairs(p_, sizeof p_ / sizeof *p_, false, mailmap);                                                       \
    } while (0)

static void test_observe_people__one(void **state)
{
    (void)state;
    ONE(NULL, {"Ann Lee <ann@site.fi>", "Ann Lee <ann@site.fi>"}, {"Ann Lee <ann@site.fi>", "Annie <ann@site.fi>"},
        {"Ann Lee <ann@site.fi>", "Ann Lee <ann@home.fi>"}, {"ann <ANN@Site.fi>", "Ann Lee <ann@site.fi>"},
        {"ANN LEE <a@site.fi>", "ann  lee <b@home.fi>"}, {"\"Ann Lee\" <a@site.fi>", "Ann Lee <b@home.fi>"},
        {"Åsa Öberg <a@site.fi>", "åsa öberg <b@home.fi>"}, {"Анна Ли <a@site.fi>", "анна ли <b@home.fi>"},
        {"Άννα Λη <a@site.fi>", "Άννα λη <b@home.fi>"}, {"Łukasz Żak <a@site.fi>", "łukasz żak <b@home.fi>"},
        {"Ann\xc2\xa0Lee <a@site.fi>", "Ann Lee <b@home.fi>"},
        {"ann <12+annlee@users.noreply.github.com>", "x <annlee@users.noreply.github.com>"},
        {"ann <12+AnnLee@users.noreply.github.com>", "@annlee <>"}, {"@AnnLee <>", "@annlee <>"},
        {"Ann Lee <>", "Ann Lee <ann@site.fi>"});
}

static void test_observe_people__two(void **state)
{
    (void)state;
    TWO(NULL, {"Ann Lee <ann@site.fi>", "Bea Lee <bea@site.fi>"},
        {"Ann <ann@site.fi>", "Ann <ann@home.fi>"}, /* a first name */
        {"ann <a@site.fi>", "ann <b@site.fi>"},
        /* addresses that many share */
        {"Ann Lee <noreply@site.fi>", "Bea Oy <noreply@site.fi>"},
        {"Ann Lee <root@localhost>", "Bea Oy <root@localhost>"},
        {"Ann Lee <you@example.com>", "Bea Oy <you@example.com>"}, {"Ann Lee <>", "Bea Oy <>"},
        {"Ann Lee <none>", "Bea Oy <none>"}, {"Ann Lee <dev@site.fi>", "Bea Oy <dev@site.fi>"},
        {"Ann Lee <@site.fi>", "Bea Oy <@site.fi>"},
        /* names of nobody */
        {"Your Name <a@site.fi>", "Your Name <b@site.fi>"},
        {"GitHub Actions <a@site.fi>", "GitHub Actions <b@site.fi>"}, {"John Doe <a@site.fi>", "john doe <b@site.fi>"},
        {"unknown <a@site.fi>", "unknown <b@site.fi>"}, {"ann@site.fi x <a@site.fi>", "ann@site.fi x <b@site.fi>"},
        /* the host's own account commits for all */
        {"Ann Lee <1+web-flow@users.noreply.github.com>", "Bea Oy <1+web-flow@users.noreply.github.com>"},
        {"Ann Lee <annlee@users.noreply.github.com>", "Bea Oy <beaoy@users.noreply.github.com>"},
        {"@annlee <>", "annlee <>"},                       /* a name of one word is no login */
        {"Ann Lee <a.b@site.fi>", "Bea Oy <ab@site.fi>"}); /* dots count */
}

/* gitmailmap(5): its four forms. */
static void test_observe_people__mailmap(void **state)
{
    (void)state;
    static const char map[] = "# comment <x@y> <z@y>\n"
                              "Ann Lee <ann@site.fi>\n"
                              "<bea@site.fi> <old@bea.fi>\n"
                              "Cid Oy <cid@site.fi> <cid@old.fi>\n"
                              "Dee Oy <dee@site.fi> D <shared@site.fi>\n"
                              "\n"
                              "Eve Oy <eve@site.fi\n" /* not closed */
                              "no address at all\n"
                              "  Fay Oy <fay@site.fi>   <fay@old.fi>  # why\r\n";
    ONE(map, {"A <ann@site.fi>", "Ann Lee <ann@home.fi>"}, {"Bea <bea@site.fi>", "B <old@bea.fi>"},
        {"Cid <cid@site.fi>", "X <cid@old.fi>"}, {"Cid Oy <elsewhere@site.fi>", "X <cid@old.fi>"},
        {"D <shared@site.fi>", "Dee <dee@site.fi>"}, {"Fay <fay@site.fi>", "F <FAY@old.fi>"});
    TWO(map, {"x <x@y>", "z <z@y>"}, {"E <eve@site.fi>", "Eve Oy <eve@home.fi>"},
        {"A <ann@site.fi>", "Bea <bea@site.fi>"});
    /* without it they are apart */
    TWO(NULL, {"A <ann@site.fi>", "Ann Lee <ann@home.fi>"}, {"Bea <bea@site.fi>", "B <old@bea.fi>"},
        {"D <shared@site.fi>", "Dee <dee@site.fi>"});
    /* a pair names that pair, not all of its address */
    people_free(people);
    people = people_new(key);
    people_mailmap(people, STR("Dee Oy <dee@site.fi> D <root@localhost>\n"));
    assert_true(same("Dee <dee@site.fi>", "D <root@localhost>"));
    assert_false(same("Dee <dee@site.fi>", "E <root@localhost>"));
}

/* People are joined through others; nothing parts them again. */
static void test_observe_people__joined_through_others(void **state)
{
    (void)state;
    assert_false(same("Ann Lee <a@one.fi>", "annie <c@three.fi>"));
    (void)mention(people, "Ann Lee <b@two.fi>");
    assert_false(same("Ann Lee <a@one.fi>", "annie <c@three.fi>"));
    (void)mention(people, "annie <b@two.fi>");
    (void)mention(people, "annie k <b@two.fi>");
    (void)mention(people, "Annie K <c@three.fi>");
    assert_true(same("Ann Lee <a@one.fi>", "annie <c@three.fi>"));
    assert_false(same("Ann Lee <a@one.fi>", "Bea Oy <bea@site.fi>"));
}

/* Hashes depend on who was mentioned and on the key, not on the order. */
static void test_observe_people__order_has_no_say(void **state)
{
    (void)state;
    static const char *const all[] = {"Ann Lee <a@one.fi>",
                                      "Ann Lee <b@two.fi>",
                                      "annie <b@two.fi>",
                                      "@annlee <>",
                                      "x <annlee@users.noreply.github.com>",
                                      "Bea Oy <bea@one.fi>",
                                      "B <bea@one.fi>",
                                      "Cid <cid@one.fi>"};
    enum { N = sizeof all / sizeof *all };
    char first[N][33];
    uint32_t random = 5;
    for (int round = 0; round < 50; round++) {
        int order[N], handle[N];
        for (int i = 0; i < N; i++) order[i] = i;
        for (int i = N - 1; i > 0; i--) {
            random = random * 1664525 + 1013904223;
            int k = (int)(random >> 16) % (i + 1), t = order[i];
            order[i] = order[k];
            order[k] = t;
        }
        people_free(people);
        people = people_new(key);
        for (int i = 0; i < N; i++) {
            if (i == round % N) people_mailmap(people, STR("Ann Lee <a@one.fi> <annlee@users.noreply.github.com>\n"));
            handle[order[i]] = mention(people, all[order[i]]);
        }
        for (int i = 0; i < N; i++) {
            struct str hash = people_hash(people, handle[i]);
            if (round == 0)
                memcpy(first[i], hash.p, 33);
            else if (!str_eq(hash, str_from(first[i])))
                fail_msg("round %d: %s", round, all[i]);
        }
    }
    assert_string_equal(first[0], first[4]);
    assert_string_equal(first[0], first[3]);
    assert_string_not_equal(first[0], first[5]);
    static const uint8_t other[16] = {1, 2, 4};
    struct people *p = people_new(other);
    assert_false(str_eq(people_hash(p, mention(p, all[5])), str_from(first[5])));
    people_free(p);
}

/* As a run keeps them: each name and address has a hash of its own, which another run gives again. */
static void test_observe_people__kept_apart(void **state)
{
    (void)state;
    struct str name, email;
    people_keep_apart(people);
    assert_false(same("Ann Lee <a@one.fi>", "Ann Lee <b@two.fi>"));
    assert_false(same("Ann Lee <a@one.fi>", "ann lee <a@one.fi>"));
    assert_true(same(" Ann Lee  <a@one.fi>", "Ann Lee <a@one.fi>"));
    assert_int_equal(people_count(people), 3);
    people_get(people, 1, &name, &email);
    assert_true(str_eq(name, STR("Ann Lee")));
    assert_true(str_eq(email, STR("b@two.fi")));
    struct people *again = people_new(key);
    people_keep_apart(again);
    assert_true(str_eq(people_hash(again, people_mention(again, name, email)), people_hash(people, 1)));
    people_free(again);
}

static void test_observe_people__hostile(void **state)
{
    (void)state;
    static char much[5000];
    memset(much, 'x', sizeof much);
    struct str name, email;
    int h = people_mention(people, (struct str){much, sizeof much}, (struct str){much, sizeof much});
    people_get(people, h, &name, &email);
    assert_true(name.n <= 256 && email.n <= 256);
    (void)people_mention(people, STR("\xff\xfe\0\n"), STR("\xc3"));
    (void)people_mention(people, STR_NONE, STR_NONE);
    people_mailmap(people, (struct str){much, sizeof much});
    people_mailmap(people, STR("<<><>><\n<> <>\n<a@b.fi> <\n\xff <\xff@\xff> <\xfe>\n"));
    for (int i = 0; i < 20000; i++) {
        char text[32];
        snprintf(text, sizeof text, "p%d <p%d@site.fi>", i, i);
        assert_int_equal(mention(people, text), mention(people, text));
    }
    assert_false(same("p1 <p1@site.fi>", "p19999 <p19999@site.fi>"));
    assert_true(same("p7 <p19999@site.fi>", "p19999 <p19999@site.fi>"));
}

struct who {
    const char *name, *email;
};

static void test_observe_people__robots(void **state)
{
    (void)state;
    static const struct who robots[] = {
        {"dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"},
        {"anything", "1+some-app[bot]@users.noreply.github.com"},
        {"renovate", ""},
        {"Renovate Bot", "bot@renovateapp.com"},
        {"GitHub Actions", "actions@github.com"},
        {"x", "41898282+github-actions[bot]@users.noreply.github.com"},
        {"@k8s-ci-robot", ""},
        {"my-own-bot", "x@site.fi"},
        {"my_robot", ""},
        {"Release Bot", "release@site.fi"},
        {"Acme CI Bot", "ci@acme.fi"},
        {"Acme Bot", "acme-bot@acme.fi"},
        {"Acme Bot", "bot@acme.fi"},
        {"Acme Bot", "noreply@acme.fi"},
        {"Weblate (bot)", "noreply@weblate.org"},
        {"Acme Release Automation", "x@acme.fi"},
        {"deploy", "project_12_bot_0a1b@noreply.site.fi"},
        {"roller", "skia-autoroll@skia.iam.gserviceaccount.com"},
    };
    static const struct who persons[] = {
        {"Ann Lee", "ann@site.fi"},
        {"Jean Talbot", "jean.talbot@site.fi"},
        {"Abbot", "abbot@site.fi"},
        {"Lisa Bot", "lisa.bot@site.fi"}, /* a family name */
        {"Lisa Bot", "lisa@site.fi"},
        {"Robot", "robot@site.fi"},
        {"Marge Simpson", "marge@site.fi"},
        {"Renovate Smith", "r@site.fi"},
        {"Botond Nagy", "botond@site.fi"},
        {"bot", "x@site.fi"},
        {"", ""},
        {"GitHub", "noreply@github.com"}, /* a host, no robot */
    };
    for (size_t i = 0; i < sizeof robots / sizeof *robots; i++)
        if (!people_is_bot(str_from(robots[i].name), str_from(robots[i].email)))
            fail_msg("%s <%s> is a person", robots[i].name, robots[i].email);
    for (size_t i = 0; i < sizeof persons / sizeof *persons; i++)
        if (people_is_bot(str_from(persons[i].name), str_from(persons[i].email)))
            fail_msg("%s <%s> is a robot", persons[i].name, persons[i].email);
    static char much[1000];
    memset(much, 'b', sizeof much);
    assert_false(people_is_bot((struct str){much, sizeof much}, (struct str){much, sizeof much}));
    assert_false(people_is_bot(STR_NONE, STR_NONE));
}

static void test_observe_people__hosts(void **state)
{
    (void)state;
    static const struct who hosts[] = {{"GitHub", "noreply@github.com"},
                                       {"", "noreply@github.com"},
                                       {"GitLab", "noreply@gitlab.com"},
                                       {"GitLab", "gitlab@git.site.fi"},
                                       {"Gerrit Code Review", "noreply-gerritcodereview@google.com"},
                                       {"web-flow", "x+web-flow@users.noreply.github.com"},
                                       {"gitea", "gitea@git.site.fi"}},
                            others[] = {{"Ann Lee", "ann@site.fi"},
                                        {"Ann Lee", "noreply@github.com"},
                                        {"GitHub", "ann@site.fi"},
                                        {"GitLab", ""},
                                        {"", ""},
                                        {"gerrit", "gerrit.smith@site.fi"}};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (!people_is_host(str_from(hosts[i].name), str_from(hosts[i].email)))
            fail_msg("%s <%s> is no host", hosts[i].name, hosts[i].email);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (people_is_host(str_from(others[i].name), str_from(others[i].email)))
            fail_msg("%s <%s> is a host", others[i].name, others[i].email);
}

#define PEOPLE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PEOPLE_TEST(test_observe_people__one),
        PEOPLE_TEST(test_observe_people__two),
        PEOPLE_TEST(test_observe_people__mailmap),
        PEOPLE_TEST(test_observe_people__joined_through_others),
        PEOPLE_TEST(test_observe_people__order_has_no_say),
        PEOPLE_TEST(test_observe_people__kept_apart),
        PEOPLE_TEST(test_observe_people__hostile),
        PEOPLE_TEST(test_observe_people__robots),
        PEOPLE_TEST(test_observe_people__hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
