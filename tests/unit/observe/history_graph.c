/* observe/history_graph: where each commit stands, and which commit of the branch brought it in. */
#include "observe/history_graph.h"

#include <stdio.h>

#include "unit.h"

static struct history_graph g;

static int setup(void **state)
{
    (void)state;
    history_graph_init(&g);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    history_graph_release(&g);
    return 0;
}

/* "d:b,c a:": d has the parents b and c, a has none. Times fall from 100 by one a commit unless "@N" says so. */
static void draw(const char *text)
{
    struct str rest = str_from(text), word, oid, parents, parent;
    int64_t at = 100;
    history_graph_release(&g);
    history_graph_init(&g);
    while (str_cut(&rest, ' ', &word)) {
        struct str of[8];
        size_t n = 0;
        if (!word.n) continue;
        assert_true(str_cut(&word, ':', &oid));
        int64_t own = at--;
        struct str when = word;
        (void)str_cut(&when, '@', &parents);
        if (when.p) assert_true(str_to_i64(when, 0, 1000, &own));
        while (parents.n && str_cut(&parents, ',', &parent)) of[n++] = parent;
        history_graph_add(&g, oid, own, of, n);
    }
}

/* By position: "d b* a": "*" is on the line; then "b<d": what landed by another. "?": by nobody known. */
static const char *placed(const char *head, int64_t since, bool cut)
{
    static char out[500];
    char *p = out;
    history_graph_place(&g, str_from(head), since, cut);
    int64_t found = 0;
    for (int64_t position = 0; found >= 0; position++) {
        found = -1;
        for (size_t i = 0; i < g.n; i++)
            if (g.commits[i].position == position) {
                assert_int_equal(found, -1);
                found = (int64_t)i;
            }
        if (found < 0) break;
        const struct history_commit *c = &g.commits[found];
        p += sprintf(p, "%s" STR_FMT "%s", position ? " " : "", STR_ARG(c->oid), c->first_parent ? "*" : "");
        if (c->landed_by == HISTORY_NONE)
            p += sprintf(p, "?");
        else if (c->landed_by != found)
            p += sprintf(p, "<" STR_FMT, STR_ARG(g.commits[c->landed_by].oid));
        assert_true(c->reached);
        if (c->first_parent && c->landed_by != HISTORY_NONE) assert_int_equal(c->landed_by, found);
    }
    *p = '\0';
    return out;
}

static void test_observe_history_graph__place(void **state)
{
    (void)state;
    static const struct {
        const char *graph, *head, *expected;
    } cases[] = {
        {"a:", "a", "a*"},
        {"c:b b:a a:", "c", "c* b* a*"},
        /* a merge brings its branch in, which stands before the line it left */
        {"m:b,x b:a x:a a:", "m", "m* x<m b* a*"},
        {"m:b,x b:a x:y y:a a:", "m", "m* x<m y<m b* a*"},
        /* a branch that was brought in in two steps */
        {"n:m,z m:b,x z:x b:a x:a a:", "n", "n* z<n m* x<m b* a*"},
        /* a branch that took the line in itself brings nothing of the line */
        {"m:c,x x:y,c c:b y:b b:", "m", "m* x<m c* y<m b*"},
        /* a branch of a branch */
        {"m:a,x x:y,z y:a z:a a:", "m", "m* x<m z<m y<m a*"},
        /* an octopus */
        {"m:a,x,y,z x:a y:a z:a a:", "m", "m* z<m y<m x<m a*"},
        /* another root */
        {"m:a,x x:y y: a:", "m", "m* x<m y<m a*"},
        /* a parent that is not here, as of a shallow or older history */
        {"c:b b:gone", "c", "c* b*"},
        {"m:gone,x x:y y:", "m", "m* x<m y<m"},
        /* what the head does not reach has no place */
        {"c:a b:a a:", "c", "c* a*"},
        {"c:a b:a a:", "b", "b* a*"},
        {"b:a a:", "nowhere", ""},
        /* the same parent twice */
        {"b:a,a a:", "b", "b* a*"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        draw(cases[i].graph);
        const char *got = placed(cases[i].head, INT64_MIN, false);
        if (strcmp(got, cases[i].expected) != 0) fail_msg("%s: %s", cases[i].graph, got);
    }
    draw("c:b b:c a:a"); /* object ids make no loop, but text can: it comes to an end */
    history_graph_place(&g, STR("c"), INT64_MIN, false);
    history_graph_place(&g, STR("a"), INT64_MIN, true);
}

/* Older commits have no position, but lead to those that have one; a commit that an older one brought in was brought in
 * by nobody known. */
static void test_observe_history_graph__since(void **state)
{
    (void)state;
    draw("d:c@90 c:b@80 b:a@70 a:@60");
    assert_string_equal(placed("d", 75, false), "d* c*");
    assert_string_equal(placed("d", 60, false), "d* c* b* a*");
    assert_string_equal(placed("d", 91, false), "");
    draw("d:m@90 m:b,x@50 b:a@40 x:a@70 a:@30"); /* clocks differ: what was merged is newer than the merge */
    assert_string_equal(placed("d", 60, false), "d* x?");
    draw("d:c@90 c:b@50 b:a@80 a:@70"); /* an old one in between */
    assert_string_equal(placed("d", 60, false), "d* b* a*");
}

/* Where history is cut off, what is older than the line's lowest commit may have come in below the cut. */
static void test_observe_history_graph__cut(void **state)
{
    (void)state;
    const char *graph = "m:b,x@90 b:@70 x:y@80 y:z@60 z:@50";
    draw(graph);
    assert_string_equal(placed("m", INT64_MIN, false), "m* x<m y<m z<m b*");
    assert_string_equal(placed("m", INT64_MIN, true), "m* x<m y? z? b*");
    /* a line that goes on (its parent is older than the walk) hides nothing */
    draw("m:b,x@90 b:gone@70 x:y@80 y:@60");
    assert_string_equal(placed("m", INT64_MIN, true), "m* x<m y<m b*");
}

static void test_observe_history_graph__placed_again(void **state)
{
    (void)state;
    draw("c:b b:a a:");
    assert_string_equal(placed("b", INT64_MIN, false), "b* a*");
    struct str parents[] = {STR("c")};
    history_graph_add(&g, STR("d"), 200, parents, 1);
    history_graph_add(&g, STR("d"), 7, NULL, 0); /* it is there already */
    assert_int_equal(g.n, 4);
    assert_string_equal(placed("d", INT64_MIN, false), "d* c* b* a*");
    assert_string_equal(placed("a", INT64_MIN, false), "a*");
    assert_int_equal(history_graph_find(&g, STR("a")), 2);
    assert_int_equal(history_graph_find(&g, STR("e")), HISTORY_NONE);
    assert_int_equal(history_graph_find(&g, STR("")), HISTORY_NONE);
}

/* Random histories: children stand before their parents, each commit has one place, and what a commit of the line
 * brought in is what it reaches and the line below it does not. */
static bool reaches(size_t from, size_t to)
{
    if (from == to) return true;
    for (size_t k = 0; k < g.commits[from].n_parents; k++) {
        int64_t p = history_graph_find(&g, g.commits[from].parents[k]);
        if (p >= 0 && reaches((size_t)p, to)) return true;
    }
    return false;
}

static void check_random(uint32_t random)
{
    enum { N = 14 };
    char names[N][8];
    history_graph_release(&g);
    history_graph_init(&g);
    for (size_t i = 0; i < N; i++) snprintf(names[i], sizeof names[i], "c%02zu", i);
    for (size_t i = 0; i < N; i++) { /* c00 is the head; parents have higher numbers */
        struct str parents[3];
        size_t n = 0;
        random = random * 1664525 + 1013904223;
        size_t wanted = i + 1 == N ? 0 : 1 + (random >> 30) % 3;
        for (; n < wanted; n++) {
            random = random * 1664525 + 1013904223;
            size_t far = (random >> 20) % 3;
            parents[n] = str_from(names[i + 1 + far < N ? i + 1 + far : N - 1]);
        }
        history_graph_add(&g, str_from(names[i]), 100 - (int64_t)i, parents, n);
    }
    history_graph_place(&g, STR("c00"), INT64_MIN, false);
    bool taken[N] = {false};
    for (size_t i = 0; i < N; i++) {
        const struct history_commit *c = &g.commits[i];
        assert_int_equal(c->reached, reaches(0, i));
        if (!c->reached) {
            assert_int_equal(c->position, HISTORY_NONE);
            continue;
        }
        assert_true(c->position >= 0 && c->position < N && !taken[c->position]);
        taken[c->position] = true;
        for (size_t k = 0; k < c->n_parents; k++)
            assert_true(g.commits[history_graph_find(&g, c->parents[k])].position > c->position);
        /* the oldest commit of the line that reaches it */
        int64_t by = 0;
        for (int64_t l = 0; l >= 0;) {
            if (reaches((size_t)l, i)) by = l;
            l = g.commits[l].n_parents ? history_graph_find(&g, g.commits[l].parents[0]) : -1;
        }
        assert_int_equal(c->landed_by, by);
    }
}

static void test_observe_history_graph__random(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 300; seed++) check_random(seed * 2654435761U);
}

static void test_observe_history_graph__many(void **state)
{
    (void)state;
    enum { N = 20000 };
    char oid[16], parent[16];
    for (int i = 0; i < N; i++) {
        snprintf(oid, sizeof oid, "%d", i);
        snprintf(parent, sizeof parent, "%d", i + 1);
        struct str parents[] = {str_from(parent)};
        history_graph_add(&g, str_from(oid), N - i, parents, i + 1 < N);
    }
    history_graph_place(&g, STR("0"), INT64_MIN, false); /* deep, and without recursion */
    for (int i = 0; i < N; i++) {
        snprintf(oid, sizeof oid, "%d", i);
        int64_t at = history_graph_find(&g, str_from(oid));
        assert_true(at >= 0);
        assert_int_equal(g.commits[at].position, i);
    }
}

#define GRAPH_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(test_observe_history_graph__place),  GRAPH_TEST(test_observe_history_graph__since),
        GRAPH_TEST(test_observe_history_graph__cut),    GRAPH_TEST(test_observe_history_graph__placed_again),
        GRAPH_TEST(test_observe_history_graph__random), GRAPH_TEST(test_observe_history_graph__many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
