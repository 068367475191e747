/* The whole catalog over what was asked. */
#include "rules/first.h"
#include "rules/judge.h"
#include "rules/own.h"
#include "rules/verdicts.h"

static bool is_asked(const struct rules_options *o, const struct catalog_obligation *def)
{
    return !o->only_check || def->check;
}

static enum rc evaluate_task(struct ctx *cx, sqlite3 *db, const struct catalog_task *def, const struct rules_options *o,
                             const struct baseline *b, struct task_result *out)
{
    struct obligation_result *results = arena_array(&cx->arena, struct obligation_result, def->n_obligations + 1);
    *out = (struct task_result){
        .def = def, .obligations = results, .has_priority = true, .priority = own_priority(o->own, def)};
    for (size_t i = 0; i < def->n_obligations; i++)
        if (is_asked(o, &def->obligations[i]))
            TRY(judge_obligation(cx, db, &def->obligations[i], JUDGE_REPOSITORY, o, b, &results[out->n_obligations++]));
    verdict_task(out);
    return OK;
}

static size_t count_rules(const struct catalog *c, const struct rules_options *o)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_obligations; k++)
            n += is_asked(o, &c->tasks[i].obligations[k]) && (!o->task.p || str_eq(o->task, c->tasks[i].key));
    return n;
}

enum rc rules_evaluate(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct rules_options *o,
                       const struct baseline *b, struct assessment *a)
{
    struct task_result *tasks = arena_array(&cx->arena, struct task_result, c->n_tasks + 1);
    int64_t done = 0, total = (int64_t)count_rules(c, o);
    a->tasks = tasks;
    a->n_tasks = 0;
    memset(a->summary, 0, sizeof a->summary);
    if (o->task.p && !catalog_find_task(c, o->task))
        return fail(cx, E_NOTFOUND, "there is no task %s", str_visible(cx, o->task));
    for (size_t i = 0; i < c->n_tasks; i++) {
        if (o->task.p && !str_eq(o->task, c->tasks[i].key)) continue;
        ctx_progress(cx, "rules", done, total);
        struct task_result *t = &tasks[a->n_tasks];
        TRY(evaluate_task(cx, db, &c->tasks[i], o, b, t));
        done += (int64_t)t->n_obligations;
        if (!t->n_obligations) continue;
        a->summary[t->status]++;
        a->n_tasks++;
    }
    ctx_progress(cx, "rules", done, total);
    a->frameworks = NULL;
    a->n_frameworks = 0;
    if (!o->task.p && !o->only_check) rules_coverage(cx, c, tasks, a->n_tasks, &a->frameworks, &a->n_frameworks);
    first_fill(cx, a);
    return OK;
}
