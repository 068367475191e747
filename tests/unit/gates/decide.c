/* gates/decide: what nobody has approved is refused whatever the clock does meanwhile: however near the next second a
 * push is put down, and with a log whose times are ahead of the machine's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "../facts/facts_data.h"
#include "gates/decide.h"

#define MAIN STR("refs/heads/main")
#define BEFORE STR("1111111111111111111111111111111111111111")
#define AFTER STR("2222222222222222222222222222222222222222")

static int64_t step; /* microseconds from one look at the clock to the next */

static int64_t hasty_clock(void)
{
    return atomic_fetch_add(&test_time, step);
}

static struct facts *begin(void)
{
    struct facts_options o = {.now = hasty_clock, .start = test_machine_start};
    struct facts *f = NULL;
    step = 10;
    if (facts_open(&cx, folder, catalog, &o, &f) != OK) failed("%s", cx.message);
    add(f, "person", ANN, PERSON("ann"));
    add(f, "role", ANN, "{\"role\":\"development_manager\",\"scope\":\"org\",\"state\":\"granted\"}");
    add(f, "policy", "obligation:code-review-rules/rules-enforced",
        "{\"mode\":\"block\",\"parameters\":[],\"tolerance\":0,\"effective_at\":0,\"reason\":\"x\"}");
    return f;
}

static struct decided decide(struct facts *f)
{
    const struct gate_place place = {.subject = STR(REPO),
                                     .id = STR("abcdefghij234567klmn"),
                                     .name = STR("acme"),
                                     .main = MAIN,
                                     .dir = folder,
                                     .path = folder};
    const struct gate_caller ann = {.person = STR(ANN), .credential = STR("")};
    struct push_ref ref = {.name = MAIN, .before = BEFORE, .after = AFTER, .act = PUSH_UPDATE, .commits = 1};
    struct push *p = arena_new(&cx.arena, struct push);
    struct decided out;
    *p = (struct push){.place = &place, .caller = &ann, .refs = &ref, .n = 1};
    static const struct protection rule = {.pattern = STR("refs/heads/main"), .reviewers = 1, .method = STR("merge")};
    ref.protection = &rule;
    if (decide_push(&cx, f, p, "push", DECIDE_MOVE, NULL, &out) != OK) failed("%s", cx.message);
    return out;
}

static void test_gates_decide__in_the_next_second(void **state)
{
    (void)state;
    struct facts *f = begin();
    for (int i = 0; i < 60; i++) {
        step = 10007 * (i + 1); /* up to 0.6 s: a second ends between any two looks, sooner or later */
        if (decide(f).allowed) failed("let in with a clock that goes by %lld µs", (long long)step);
    }
    facts_close(f);
}

static void test_gates_decide__with_a_log_ahead_of_the_clock(void **state)
{
    (void)state;
    struct facts *f = begin();
    step = 1;
    atomic_fetch_sub(&test_time, 30 * INT64_C(1000000));
    if (decide(f).allowed) failed("let in with a log ahead by half a minute");
    facts_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gates_decide__in_the_next_second, facts_setup, facts_teardown),
        cmocka_unit_test_setup_teardown(test_gates_decide__with_a_log_ahead_of_the_clock, facts_setup, facts_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
