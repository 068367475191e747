#include "api/first_things.h"

#include "api/finding.h"
#include "api/show.h"
#include "rules/first.h"
#include "store/store.h"

#define FINDINGS 3 /* of a point: two may be of a line that another point names already */

struct gathered {
    struct ctx *cx;
    struct api_call *call;
    struct task_result *tasks;
    size_t n;
};

static struct obligation_result *point_of(const struct gathered *g, struct str name)
{
    struct str rest = name, task;
    (void)str_cut(&rest, '/', &task);
    for (size_t i = 0; i < g->n; i++) {
        const struct task_result *t = &g->tasks[i];
        for (size_t k = 0; str_eq(t->def->key, task) && k < t->n_obligations; k++)
            if (str_eq(t->obligations[k].def->key, rest))
                return (struct obligation_result *)(uintptr_t)&t->obligations[k];
    }
    return NULL;
}

static enum verdict verdict_from(struct str word)
{
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (str_eq(word, str_from(verdict_name((enum verdict)i)))) return (enum verdict)i;
    return VERDICT_NO_EVIDENCE;
}

static enum rc read_points(struct gathered *g)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        g->cx, g->call->ledger,
        STR("SELECT point, adopted, verdict, failing FROM derived.point WHERE scope = ?9 AND day = 'now'"), &st));
    api_bind_scope(g->call, st);
    for (bool row;;) {
        TRY(store_step(g->cx, st, &row));
        if (!row) return OK;
        struct obligation_result *o = point_of(g, store_column_str(st, 0));
        if (!o) continue;
        o->adopted = sqlite3_column_int(st, 1) != 0;
        o->verdict = verdict_from(store_column_str(st, 2));
        o->failing = sqlite3_column_int64(st, 3);
        if (o->verdict == VERDICT_NO_EVIDENCE) o->settles = o->def->settles[g->call->lang];
    }
}

/* Only of what is violated; the whole row is read again for the three that are chosen. */
static enum rc read_findings(struct gathered *g)
{
    scoped_stmt *st = NULL;
    if (!api_may(g->call, "repositories.read", g->call->scope)) return OK; /* they are in repositories */
    TRY(store_prepare(
        g->cx, g->call->ledger,
        STR("SELECT p.point, f.id, f.repository, f.path, f.line FROM derived.point p JOIN derived.finding f"
            " ON (f.repository, f.id) IN (SELECT repository, id FROM derived.finding x WHERE point = p.point AND open"
            " AND (?9 = 'org' OR x.repository IN (SELECT repository FROM derived.repository WHERE project = ?9))"
            " ORDER BY repository, seq LIMIT ?1)"
            " WHERE p.scope = ?9 AND p.day = 'now' AND p.verdict = 'violated' ORDER BY p.seq, f.repository, f.seq"),
        &st));
    store_bind_int(st, 1, FINDINGS);
    api_bind_scope(g->call, st);
    for (bool row;;) {
        TRY(store_step(g->cx, st, &row));
        if (!row) return OK;
        struct obligation_result *o = point_of(g, store_column_str(st, 0));
        if (!o || o->n_findings == FINDINGS) continue;
        struct finding *list = (struct finding *)(uintptr_t)o->findings;
        if (!list) o->findings = list = arena_array(&g->cx->arena, struct finding, FINDINGS);
        struct finding *f = &list[o->n_findings++];
        f->id = arena_str(&g->cx->arena, store_column_str(st, 1));
        f->subject = arena_str(&g->cx->arena, store_column_str(st, 2));
        f->path = arena_str(&g->cx->arena, store_column_str(st, 3));
        f->line = sqlite3_column_int64(st, 4);
    }
}

static enum rc put_finding(struct gathered *g, const struct finding *f)
{
    struct json *j = &g->call->out;
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(g->cx, g->call->ledger,
                      STR("SELECT " FINDING_COLUMNS " FROM derived.finding f LEFT JOIN derived.repository r"
                          " ON r.repository = f.repository WHERE f.repository = ?1 AND f.id = ?3"),
                      &st));
    store_bind_str(st, 1, f->subject);
    store_bind_str(st, 2, str_from(lang_name(g->call->lang)));
    store_bind_str(st, 3, f->id);
    TRY(store_step(g->cx, st, &row));
    if (!row) return fail(g->cx, E_BUSY, "the findings have just changed");
    json_key(j, "finding");
    finding_put(j, st, 0);
    show_column_text(j, "message", st, 9);
    show_column_text(j, "fix", st, 10);
    show_column_text(j, "repository", st, 1);
    show_column_text(j, "repository_name", st, 2);
    return OK;
}

static void put_absence(struct gathered *g, const struct finding *f)
{
    struct json *j = &g->call->out;
    static const char *const none[] = {"finding", "fix", "repository", "repository_name"};
    json_put_str(j, "message", f->message);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) show_text(j, none[i], STR_NONE);
}

static enum rc put_thing(struct gathered *g, const struct task_row *row, const struct obligation_result *o,
                         const struct finding *f)
{
    struct json *j = &g->call->out;
    json_begin(j, '{');
    json_put_str(j, "task", o->def->task);
    json_put_str(j, "task_title", row->def->title[g->call->lang]);
    json_put_str(j, "point", o->def->key);
    json_put_str(j, "text", o->def->text[g->call->lang]);
    json_put_cstr(j, "priority", priority_name(row->priority));
    json_put_cstr(j, "verdict", verdict_name(o->verdict));
    if (o->verdict == VERDICT_NO_EVIDENCE)
        put_absence(g, f);
    else
        TRY(put_finding(g, f));
    json_end(j, '}');
    return OK;
}

static void gather(struct gathered *g, const struct task_row *rows, size_t n)
{
    g->n = n;
    g->tasks = arena_array(&g->cx->arena, struct task_result, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct catalog_task *def = rows[i].def;
        struct obligation_result *points = arena_array(&g->cx->arena, struct obligation_result, def->n_obligations + 1);
        for (size_t k = 0; k < def->n_obligations; k++)
            points[k] = (struct obligation_result){.def = &def->obligations[k], .verdict = VERDICT_NOT_APPLICABLE};
        g->tasks[i] = (struct task_result){.def = def,
                                           .has_priority = true,
                                           .priority = rows[i].priority,
                                           .obligations = points,
                                           .n_obligations = def->n_obligations};
    }
}

enum rc first_things_put(struct ctx *cx, struct api_call *call, const struct task_row *rows, size_t n)
{
    struct gathered g = {.cx = cx, .call = call};
    gather(&g, rows, n);
    TRY(read_points(&g));
    TRY(read_findings(&g));
    struct assessment a = {.tasks = g.tasks, .n_tasks = n};
    first_fill(cx, &a);
    json_key(&call->out, "first");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < a.n_first; i++)
        TRY(put_thing(&g, task_rows_find(rows, n, a.first_of[i]->def->task), a.first_of[i], a.first[i]));
    json_end(&call->out, ']');
    return OK;
}
