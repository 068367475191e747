/* Frameworks, control pages and the coverage grid. */
#include "api/grid.h"
#include "api/page.h"
#include "api/said.h"
#include "api/shelf.h"
#include "api/show.h"
#include "api/task_rows.h"
#include "base/time.h"
#include "store/store.h"

#define NOW STR("now")

static enum rc find_framework(struct ctx *cx, struct api_call *call, const struct catalog_framework **out)
{
    struct str key = api_value(call, "framework");
    TRY(api_with_libraries(cx, call));
    for (size_t i = 0; i < call->catalog->n_frameworks; i++)
        if (str_eq(call->catalog->frameworks[i].key, key)) {
            *out = &call->catalog->frameworks[i];
            return OK;
        }
    return api_fail(cx, call, E_NOTFOUND, "there is no such framework", "sellaista viitekehystä ei ole");
}

static void put_controls(struct api_call *call, const char *key, const struct grid *g,
                         const struct catalog_framework *f)
{
    json_key(&call->out, key);
    json_begin(&call->out, '[');
    for (size_t i = 0; i < f->n_controls; i++) grid_put_control(call, g, f, &f->controls[i]);
    json_end(&call->out, ']');
}

API_OPERATION(frameworks_list)
{
    struct grid g;
    TRY(api_scope(cx, call));
    TRY(api_with_libraries(cx, call));
    TRY(grid_read(cx, call, NOW, &g));
    page_begin(call);
    for (size_t i = 0; i < call->catalog->n_frameworks; i++)
        grid_put_framework(call, &g, &call->catalog->frameworks[i]);
    return page_end(cx, call, -1, (int64_t)call->catalog->n_frameworks);
}

API_OPERATION(frameworks_get)
{
    const struct catalog_framework *f;
    struct grid g;
    TRY(api_scope(cx, call));
    TRY(find_framework(cx, call, &f));
    TRY(grid_read(cx, call, NOW, &g));
    json_begin(&call->out, '{');
    json_key(&call->out, "framework");
    grid_put_framework(call, &g, f);
    put_controls(call, "controls", &g, f);
    json_end(&call->out, '}');
    return OK;
}

/* What stood on a past day is asked for; 0: what stands now. */
static enum rc find_time(struct ctx *cx, struct api_call *call, int64_t *at)
{
    TRY(page_time(cx, call, "at", true, 0, at));
    if (*at <= call->now + DAY_SECONDS) return OK;
    api_fault(call, "at", "lies in the future", "on tulevaisuudessa");
    return api_faults(cx, call);
}

API_OPERATION(coverage_get)
{
    const struct catalog_framework *f;
    struct grid g;
    int64_t at;
    char date[32];
    TRY(api_scope(cx, call));
    TRY(find_framework(cx, call, &f));
    TRY(find_time(cx, call, &at));
    TRY(grid_read(cx, call, at ? str_from(time_format_date(at, date)) : NOW, &g));
    json_begin(&call->out, '{');
    json_key(&call->out, "framework");
    grid_put_framework(call, &g, f);
    api_put_time(&call->out, "at", at && at < call->now ? at : call->now);
    api_put_time(&call->out, "recorded_at", g.recorded_at);
    json_key(&call->out, "counts");
    grid_put_counts(call, &g, f);
    put_controls(call, "cells", &g, f);
    json_end(&call->out, '}');
    return OK;
}

/* --- a control */

static const struct catalog_mapping *mapping_to(const struct catalog_task *t, const struct control *c)
{
    for (size_t i = 0; i < t->n_controls; i++)
        if (t->controls[i].framework == c->framework && t->controls[i].control == c->control) return &t->controls[i];
    return NULL;
}

static void put_task(struct api_call *call, const struct task_row *r, struct str source)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    json_put_str(j, "key", r->def->key);
    json_put_str(j, "title", r->def->title[call->lang]);
    json_put_cstr(j, "priority", priority_name(r->priority));
    json_put_cstr(j, "status", status_name(r->status));
    json_put_bool(j, "exceptions", r->exceptions);
    json_put_cstr(j, "assurance", assurance_name(r->assurance));
    show_text(j, "source", source);
    json_end(j, '}');
}

static bool shares_theme(const struct task_row *rows, size_t n, const struct control *c, const struct catalog_task *t)
{
    for (size_t i = 0; i < n; i++)
        if (mapping_to(rows[i].def, c) && str_eq(rows[i].def->theme, t->theme)) return true;
    return false;
}

/* Mapped to the control; or else the others of those tasks' themes. */
static void put_tasks(struct api_call *call, const char *key, const struct task_row *rows, size_t n,
                      const struct control *c, bool mapped)
{
    json_key(&call->out, key);
    json_begin(&call->out, '[');
    for (size_t i = 0; i < n; i++) {
        const struct catalog_mapping *m = mapping_to(rows[i].def, c);
        if (mapped ? m != NULL : !m && shares_theme(rows, n, c, rows[i].def))
            put_task(call, &rows[i], m ? m->source : STR_NONE);
    }
    json_end(&call->out, ']');
}

/* Different sources of the mappings to `other` by tasks that are mapped to c too. */
static void put_sources(struct api_call *call, const struct control *c, const struct control *other)
{
    struct str seen[8];
    size_t n = 0;
    json_key(&call->out, "sources");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < call->catalog->n_tasks; i++) {
        const struct catalog_task *t = &call->catalog->tasks[i];
        for (size_t k = 0; mapping_to(t, c) && k < t->n_controls && n < sizeof seen / sizeof *seen; k++) {
            if (t->controls[k].control != other->control) continue;
            bool repeat = false;
            for (size_t s = 0; s < n; s++) repeat = repeat || str_eq(seen[s], t->controls[k].source);
            if (!repeat) json_str(&call->out, seen[n++] = t->controls[k].source);
        }
    }
    json_end(&call->out, ']');
}

static void put_equivalent(struct ctx *cx, struct api_call *call, const struct control *c, const struct control *other,
                           const struct grid *g, const struct said *said)
{
    struct json *j = &call->out;
    const struct catalog_framework *f = other->framework;
    json_begin(j, '{');
    json_put_str(j, "framework", f->key);
    json_put_str(j, "framework_name", f->name);
    json_put_str(j, "edition", f->edition);
    json_put_bool(j, "legacy", f->legacy);
    json_put_str(j, "id", other->control->id);
    json_put_str(j, "title", other->control->title);
    json_key(j, "tasks");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_tasks; i++)
        if (mapping_to(&call->catalog->tasks[i], c) && mapping_to(&call->catalog->tasks[i], other))
            json_str(j, call->catalog->tasks[i].key);
    json_end(j, ']');
    put_sources(call, c, other);
    json_put_cstr(j, "coverage", coverage_name(g->of[f - call->catalog->frameworks][other->control - f->controls]));
    said_put_mappings(cx, call, said, other);
    json_end(j, '}');
}

/* Controls of other frameworks that a task of this one is mapped to, or that a library puts beside it. */
static void put_equivalents(struct ctx *cx, struct api_call *call, const struct control *c, const struct grid *g)
{
    struct said said = said_of(cx, call->catalog, c);
    bool **marks = said_marks(cx, call->catalog, &said);
    json_key(&call->out, "equivalents");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < call->catalog->n_frameworks; i++) {
        const struct catalog_framework *f = &call->catalog->frameworks[i];
        for (size_t k = 0; f != c->framework && k < f->n_controls; k++) {
            const struct control other = {f, &f->controls[k]};
            bool connected = marks[i][k];
            for (size_t t = 0; t < call->catalog->n_tasks && !connected; t++)
                connected = mapping_to(&call->catalog->tasks[t], &other) && mapping_to(&call->catalog->tasks[t], c);
            if (connected) put_equivalent(cx, call, c, &other, g, &said);
        }
    }
    json_end(&call->out, ']');
}

static enum rc find_control(struct ctx *cx, struct api_call *call, struct control *c)
{
    struct str id = api_value(call, "control");
    c->control = NULL;
    TRY(find_framework(cx, call, &c->framework));
    for (size_t i = 0; i < c->framework->n_controls && !c->control; i++)
        if (str_eq(c->framework->controls[i].id, id)) c->control = &c->framework->controls[i];
    return c->control ? OK
                      : api_fail(cx, call, E_NOTFOUND, "the framework has no such control",
                                 "viitekehyksessä ei ole sellaista hallintakeinoa");
}

API_OPERATION(controls_get)
{
    struct control c;
    struct task_row *rows;
    struct grid g;
    size_t n;
    TRY(api_scope(cx, call));
    TRY(find_control(cx, call, &c));
    TRY(grid_read(cx, call, NOW, &g));
    TRY(task_rows_read(cx, call, &rows, &n));
    json_begin(&call->out, '{');
    json_key(&call->out, "framework");
    grid_put_framework(call, &g, c.framework);
    json_key(&call->out, "control");
    grid_put_control(call, &g, c.framework, c.control);
    put_tasks(call, "tasks", rows, n, &c, true);
    put_tasks(call, "theme_tasks", rows, n, &c, false);
    put_equivalents(cx, call, &c, &g);
    said_put_references(cx, call, &c);
    json_end(&call->out, '}');
    return OK;
}

/* --- what a control rests on: the requirement points of its tasks, now or as recorded on a day */

struct basis {
    struct str day;
    int64_t recorded_at, event;
};

static void put_point(struct api_call *call, const struct catalog_task *t, const struct catalog_obligation *o,
                      const struct catalog_mapping *m, const struct basis *b, sqlite3_stmt *st)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    json_put_str(j, "task", t->key);
    json_put_str(j, "task_title", t->title[call->lang]);
    json_put_str(j, "point", o->key);
    json_put_str(j, "text", o->text[call->lang]);
    show_column_bool(j, "must", st, 1);
    show_column_bool(j, "adopted", st, 2);
    show_column_text(j, "verdict", st, 3);
    show_column_text(j, "assurance", st, 4);
    show_column_int(j, "in_scope", st, 5);
    show_column_int(j, "judged", st, 6);
    show_column_int(j, "failing", st, 7);
    show_column_time(j, "at", st, 8);
    api_put_time(j, "recorded_at", b->recorded_at);
    json_key(j, "event");
    if (b->event >= 0)
        json_int(j, b->event);
    else
        json_nil(j);
    json_put_str(j, "source", m->source);
    json_end(j, '}');
}

static enum rc put_points(struct ctx *cx, struct api_call *call, const struct catalog_task *t,
                          const struct catalog_mapping *m, const struct basis *b, int64_t *n)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT point, must, adopted, verdict, assurance, in_scope, judged, failing, at FROM "
                          "derived.point WHERE scope = ?9 AND day = ?1 AND task = ?2 ORDER BY seq"),
                      &st));
    store_bind_str(st, 1, b->day);
    store_bind_str(st, 2, t->key);
    api_bind_scope(call, st);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str key = store_column_str(st, 0), task;
        (void)str_cut(&key, '/', &task);
        for (size_t i = 0; i < t->n_obligations; i++)
            if (str_eq(t->obligations[i].key, key)) {
                put_point(call, t, &t->obligations[i], m, b, st);
                ++*n;
            }
    }
}

API_OPERATION(control_points_list)
{
    struct control c;
    struct basis b;
    int64_t at, n = 0;
    char date[32];
    TRY(api_scope(cx, call));
    TRY(find_control(cx, call, &c));
    TRY(find_time(cx, call, &at));
    struct str wanted = at ? str_from(time_format_date(at, date)) : NOW;
    TRY(grid_day(cx, call, wanted, &b.day, &b.recorded_at, &b.event));
    page_begin(call);
    for (size_t i = 0; b.day.p && i < call->catalog->n_tasks; i++) {
        const struct catalog_mapping *m = mapping_to(&call->catalog->tasks[i], &c);
        if (m) TRY(put_points(cx, call, &call->catalog->tasks[i], m, &b, &n));
    }
    return page_end(cx, call, -1, n);
}
