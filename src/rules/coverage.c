#include "rules/coverage.h"

const char *coverage_name(enum coverage c)
{
    static const char *const names[COVERAGE_COUNT] = {"all_done", "done_but_low",   "some_done", "active",
                                                      "inactive", "not_applicable", "outside"};
    return names[c];
}

/* A task that is done with exceptions is done, but keeps its controls from the best colour. */
enum coverage coverage_of(const struct catalog_control *c, const struct task_result *const *tasks, size_t n)
{
    if (c->heading || (c->outside && n == 0)) return COVERAGE_OUTSIDE;
    size_t relevant = 0, done = 0, exceptions = 0, above_low = 0, above_low_done = 0, active = 0;
    for (size_t i = 0; i < n; i++) {
        const struct task_result *t = tasks[i];
        if (t->status == STATUS_NOT_RELEVANT) continue;
        bool fully = t->status == STATUS_FULLY_DONE;
        relevant++;
        done += fully;
        exceptions += fully && t->exceptions;
        active += t->status == STATUS_MOSTLY_DONE || t->status == STATUS_PARTLY_DONE;
        if (rules_priority(t) == PRIORITY_LOW) continue;
        above_low++;
        above_low_done += fully;
    }
    if (n && !relevant) return COVERAGE_NOT_APPLICABLE;
    if (relevant && done == relevant && !exceptions) return COVERAGE_ALL_DONE;
    if ((above_low && above_low_done == above_low) || (relevant && done == relevant)) return COVERAGE_DONE_BUT_LOW;
    if (done) return COVERAGE_SOME_DONE;
    return active ? COVERAGE_ACTIVE : COVERAGE_INACTIVE;
}

static size_t index_of(const struct catalog_framework *f, const struct catalog_control *c)
{
    return (size_t)(c - f->controls);
}

/* A task may be mapped to a control twice, from two sources; it counts once. */
static bool is_repeat(const struct catalog_task *t, size_t mapping)
{
    for (size_t i = 0; i < mapping; i++)
        if (t->controls[i].control == t->controls[mapping].control) return true;
    return false;
}

static void fill_framework(struct ctx *cx, const struct catalog_framework *f, const struct task_result *tasks,
                           size_t n_tasks, struct framework_result *out)
{
    size_t n = f->n_controls, mapped = 0;
    size_t *count = arena_array(&cx->arena, size_t, n + 1);
    for (size_t i = 0; i < n_tasks; i++) {
        const struct catalog_task *t = tasks[i].def;
        for (size_t k = 0; k < t->n_controls; k++) {
            if (t->controls[k].framework != f || is_repeat(t, k)) continue;
            count[index_of(f, t->controls[k].control)]++;
            mapped++;
        }
    }
    const struct task_result **room = arena_array(&cx->arena, const struct task_result *, mapped + 1);
    const struct task_result ***of = arena_array(&cx->arena, const struct task_result **, n + 1);
    struct control_result *controls = arena_array(&cx->arena, struct control_result, n + 1);
    for (size_t i = 0; i < n; i++) {
        controls[i] = (struct control_result){.def = &f->controls[i], .tasks = room};
        of[i] = room;
        room += count[i];
    }
    for (size_t i = 0; i < n_tasks; i++) {
        const struct catalog_task *t = tasks[i].def;
        for (size_t k = 0; k < t->n_controls; k++) {
            if (t->controls[k].framework != f || is_repeat(t, k)) continue;
            size_t at = index_of(f, t->controls[k].control);
            of[at][controls[at].n_tasks++] = &tasks[i];
        }
    }
    for (size_t i = 0; i < n; i++)
        controls[i].coverage = coverage_of(controls[i].def, controls[i].tasks, controls[i].n_tasks);
    *out = (struct framework_result){.def = f, .controls = controls, .n_controls = n};
}

void rules_coverage(struct ctx *cx, const struct catalog *c, const struct task_result *tasks, size_t n_tasks,
                    const struct framework_result **frameworks, size_t *n)
{
    struct framework_result *out = arena_array(&cx->arena, struct framework_result, c->n_frameworks + 1);
    for (size_t i = 0; i < c->n_frameworks; i++) fill_framework(cx, &c->frameworks[i], tasks, n_tasks, &out[i]);
    *frameworks = out;
    *n = c->n_frameworks;
}
