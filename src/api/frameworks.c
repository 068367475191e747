/* Frameworks, control pages and the coverage grid. */
#include "api/grid.h"
#include "api/page.h"
#include "api/show.h"
#include "api/task_rows.h"
#include "base/time.h"
#include "catalog/library.h"
#include "store/store.h"

#define NOW STR("now")

static enum rc find_framework(struct ctx *cx, struct api_call *call, const struct catalog_framework **out)
{
    struct str key = api_value(call, "framework");
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

struct control {
    const struct catalog_framework *framework;
    const struct catalog_control *control;
};

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

/* --- what imported libraries say */

static void put_library(struct api_call *call, const struct catalog_library *l)
{
    json_put_str(&call->out, "library", l->name);
    json_put_str(&call->out, "library_urn", l->urn);
    json_put_int(&call->out, "version", l->version);
}

/* A pair that has c at one end and `other` at the other; turned where c is the second. */
static bool reads(struct ctx *cx, const struct catalog_pair *p, const struct control *c, const struct control *other,
                  enum relation *relation)
{
    *relation = p->relation;
    if (catalog_same_control(cx, p->from_framework, p->from, c->framework, c->control) &&
        catalog_same_control(cx, p->to_framework, p->to, other->framework, other->control))
        return true;
    *relation = relation_turned(p->relation);
    return catalog_same_control(cx, p->to_framework, p->to, c->framework, c->control) &&
           catalog_same_control(cx, p->from_framework, p->from, other->framework, other->control);
}

/* Libraries often say the same from both ends: once is enough. */
static bool said_before(struct ctx *cx, const struct catalog_library *l, size_t n, const struct control *c,
                        const struct control *other, enum relation relation)
{
    enum relation before;
    for (size_t i = 0; i < n; i++)
        if (reads(cx, &l->pairs[i], c, other, &before) && before == relation) return true;
    return false;
}

static void put_mappings(struct ctx *cx, struct api_call *call, const struct control *c, const struct control *other)
{
    struct json *j = &call->out;
    enum relation relation;
    json_key(j, "mappings");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_libraries; i++) {
        const struct catalog_library *l = &call->catalog->libraries[i];
        for (size_t k = 0; k < l->n_pairs; k++) {
            const struct catalog_pair *p = &l->pairs[k];
            if (!reads(cx, p, c, other, &relation) || said_before(cx, l, k, c, other, relation)) continue;
            json_begin(j, '{');
            put_library(call, l);
            json_put_str(j, "set", p->set);
            json_put_cstr(j, "relation", relation_name(relation));
            show_text(j, "rationale", p->rationale);
            json_key(j, "strength");
            if (p->strength < 0)
                json_nil(j);
            else
                json_int(j, p->strength);
            json_end(j, '}');
        }
    }
    json_end(j, ']');
}

/* Marks the controls of each framework that a library says something of, beside c: [framework][control]. */
static bool **mapped_to(struct ctx *cx, const struct catalog *catalog, const struct control *c)
{
    bool **marks = arena_array(&cx->arena, bool *, catalog->n_frameworks + 1);
    for (size_t i = 0; i < catalog->n_frameworks; i++)
        marks[i] = arena_calloc(&cx->arena, catalog->frameworks[i].n_controls + 1, sizeof **marks);
    for (size_t i = 0; i < catalog->n_libraries; i++)
        for (size_t k = 0; k < catalog->libraries[i].n_pairs; k++) {
            const struct catalog_pair *p = &catalog->libraries[i].pairs[k];
            if (catalog_same_control(cx, p->from_framework, p->from, c->framework, c->control))
                marks[p->to_framework - catalog->frameworks][p->to - p->to_framework->controls] = true;
            if (catalog_same_control(cx, p->to_framework, p->to, c->framework, c->control))
                marks[p->from_framework - catalog->frameworks][p->from - p->from_framework->controls] = true;
        }
    return marks;
}

static void put_references(struct ctx *cx, struct api_call *call, const struct control *c)
{
    struct json *j = &call->out;
    json_key(j, "references");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_libraries; i++) {
        const struct catalog_library *l = &call->catalog->libraries[i];
        for (size_t k = 0; k < l->n_suggestions; k++) {
            const struct catalog_suggestion *s = &l->suggestions[k];
            if (!catalog_same_control(cx, s->framework, s->control, c->framework, c->control)) continue;
            json_begin(j, '{');
            json_put_str(j, "id", s->reference->id);
            show_text(j, "name", s->reference->name);
            show_text(j, "category", s->reference->category);
            show_text(j, "function", s->reference->function);
            json_put_str(j, "urn", s->reference->urn);
            put_library(call, l);
            json_end(j, '}');
        }
    }
    json_end(j, ']');
}

static void put_equivalent(struct ctx *cx, struct api_call *call, const struct control *c, const struct control *other,
                           const struct grid *g)
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
    put_mappings(cx, call, c, other);
    json_end(j, '}');
}

/* Controls of other frameworks that a task of this one is mapped to, or that a library puts beside it. */
static void put_equivalents(struct ctx *cx, struct api_call *call, const struct control *c, const struct grid *g)
{
    bool **marks = mapped_to(cx, call->catalog, c);
    json_key(&call->out, "equivalents");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < call->catalog->n_frameworks; i++) {
        const struct catalog_framework *f = &call->catalog->frameworks[i];
        for (size_t k = 0; f != c->framework && k < f->n_controls; k++) {
            const struct control other = {f, &f->controls[k]};
            bool connected = marks[i][k];
            for (size_t t = 0; t < call->catalog->n_tasks && !connected; t++)
                connected = mapping_to(&call->catalog->tasks[t], &other) && mapping_to(&call->catalog->tasks[t], c);
            if (connected) put_equivalent(cx, call, c, &other, g);
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
    put_references(cx, call, &c);
    json_end(&call->out, '}');
    return OK;
}

static void put_frameworks_of(struct ctx *cx, struct api_call *call, const struct catalog_library *l)
{
    const struct catalog *c = call->catalog;
    bool *seen = arena_calloc(&cx->arena, c->n_frameworks + 1, sizeof *seen);
    for (size_t i = 0; i < l->n_pairs; i++)
        seen[l->pairs[i].from_framework - c->frameworks] = seen[l->pairs[i].to_framework - c->frameworks] = true;
    for (size_t i = 0; i < l->n_suggestions; i++) seen[l->suggestions[i].framework - c->frameworks] = true;
    json_key(&call->out, "frameworks");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < c->n_frameworks; i++)
        if (seen[i]) json_str(&call->out, c->frameworks[i].key);
    json_end(&call->out, ']');
}

API_OPERATION(libraries_list)
{
    struct json *j = &call->out;
    page_begin(call);
    for (size_t i = 0; i < call->catalog->n_libraries; i++) {
        const struct catalog_library *l = &call->catalog->libraries[i];
        json_begin(j, '{');
        json_put_str(j, "key", l->key);
        json_put_str(j, "name", l->name);
        json_put_str(j, "urn", l->urn);
        show_text(j, "provider", l->provider);
        json_put_int(j, "version", l->version);
        json_put_int(j, "pairs", (int64_t)l->n_pairs);
        json_put_int(j, "references", (int64_t)l->n_references);
        put_frameworks_of(cx, call, l);
        json_end(j, '}');
    }
    return page_end(cx, call, -1, (int64_t)call->catalog->n_libraries);
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
