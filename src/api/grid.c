#include "api/grid.h"

#include "api/show.h"
#include "store/store.h"

static bool parse_coverage(struct str word, enum coverage *out)
{
    for (int i = 0; i < COVERAGE_COUNT; i++)
        if (str_eq(word, str_from(coverage_name((enum coverage)i)))) {
            *out = (enum coverage)i;
            return true;
        }
    return false;
}

/* The catalog of a past day may have had other controls. */
static enum coverage *cell_of(const struct catalog *c, const struct grid *g, struct str framework, size_t seq,
                              struct str control)
{
    for (size_t i = 0; i < c->n_frameworks; i++) {
        const struct catalog_framework *f = &c->frameworks[i];
        if (!str_eq(f->key, framework)) continue;
        if (seq < f->n_controls && str_eq(f->controls[seq].id, control)) return &g->of[i][seq];
        for (size_t k = 0; k < f->n_controls; k++)
            if (str_eq(f->controls[k].id, control)) return &g->of[i][k];
    }
    return NULL;
}

static void make_empty(struct ctx *cx, const struct catalog *c, struct grid *g)
{
    g->recorded_at = 0;
    g->of = arena_array(&cx->arena, enum coverage *, c->n_frameworks + 1);
    for (size_t i = 0; i < c->n_frameworks; i++) {
        const struct catalog_framework *f = &c->frameworks[i];
        g->of[i] = arena_array(&cx->arena, enum coverage, f->n_controls + 1);
        for (size_t k = 0; k < f->n_controls; k++)
            g->of[i][k] = f->controls[k].outside || f->controls[k].heading ? COVERAGE_OUTSIDE : COVERAGE_INACTIVE;
    }
}

enum rc grid_day(struct ctx *cx, struct api_call *call, struct str wanted, struct str *day, int64_t *at, int64_t *event)
{
    scoped_stmt *st = NULL;
    bool row;
    if (!call->derived)
        return api_fail(cx, call, E_BUSY, "where the organization stands is being computed",
                        "organisaation tilannetta lasketaan parhaillaan");
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT day, coalesce(at, (SELECT at FROM derived.refreshed)), coalesce(fact, -1) FROM "
                          "derived.day WHERE scope = "
                          "?9 AND day <= ?1"
                          " ORDER BY day DESC LIMIT 1"),
                      &st));
    store_bind_str(st, 1, wanted);
    api_bind_scope(call, st);
    TRY(store_step(cx, st, &row));
    *day = row ? arena_str(&cx->arena, store_column_str(st, 0)) : STR_NONE;
    *at = row ? sqlite3_column_int64(st, 1) : 0;
    *event = row ? sqlite3_column_int64(st, 2) : -1;
    return OK;
}

enum rc grid_read(struct ctx *cx, struct api_call *call, struct str wanted, struct grid *out)
{
    scoped_stmt *st = NULL;
    struct str day;
    int64_t event;
    make_empty(cx, call->catalog, out);
    TRY(grid_day(cx, call, wanted, &day, &out->recorded_at, &event));
    if (!day.p) return OK;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT framework, seq, control, coverage FROM derived.control WHERE scope = ?9 AND day = ?1"), &st));
    store_bind_str(st, 1, day);
    api_bind_scope(call, st);
    for (bool row;;) {
        enum coverage coverage;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        enum coverage *cell = cell_of(call->catalog, out, store_column_str(st, 0), (size_t)sqlite3_column_int64(st, 1),
                                      store_column_str(st, 2));
        if (cell && parse_coverage(store_column_str(st, 3), &coverage)) *cell = coverage;
    }
}

static const enum coverage *cells_of(const struct api_call *call, const struct grid *g,
                                     const struct catalog_framework *f)
{
    return g->of[f - call->catalog->frameworks];
}

void grid_put_counts(struct api_call *call, const struct grid *g, const struct catalog_framework *f)
{
    struct json *j = &call->out;
    const enum coverage *cells = cells_of(call, g, f);
    int64_t n[COVERAGE_COUNT] = {0};
    for (size_t i = 0; i < f->n_controls; i++)
        if (!f->controls[i].heading) n[cells[i]]++;
    json_begin(j, '{');
    for (int i = 0; i < COVERAGE_COUNT; i++) json_put_int(j, coverage_name((enum coverage)i), n[i]);
    json_end(j, '}');
}

static bool is_mapped_to(const struct catalog_task *t, const struct catalog_framework *f,
                         const struct catalog_control *c)
{
    for (size_t i = 0; i < t->n_controls; i++)
        if (t->controls[i].framework == f && (!c || t->controls[i].control == c)) return true;
    return false;
}

void grid_put_framework(struct api_call *call, const struct grid *g, const struct catalog_framework *f)
{
    struct json *j = &call->out;
    int64_t controls = 0, tasks = 0;
    for (size_t i = 0; i < f->n_controls; i++) controls += !f->controls[i].heading;
    for (size_t i = 0; i < call->catalog->n_tasks; i++) tasks += is_mapped_to(&call->catalog->tasks[i], f, NULL);
    json_begin(j, '{');
    json_put_str(j, "key", f->key);
    json_put_str(j, "name", f->name);
    json_put_str(j, "edition", f->edition);
    json_put_str(j, "title", f->title[call->lang]);
    json_put_bool(j, "legacy", f->legacy);
    json_put_int(j, "controls", controls);
    json_put_int(j, "tasks", tasks);
    json_key(j, "coverage");
    grid_put_counts(call, g, f);
    json_end(j, '}');
}

void grid_put_control(struct api_call *call, const struct grid *g, const struct catalog_framework *f,
                      const struct catalog_control *c)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    json_put_str(j, "id", c->id);
    json_put_str(j, "title", c->title);
    show_text(j, "group", c->group);
    json_put_bool(j, "heading", c->heading);
    json_put_bool(j, "outside", c->outside);
    json_put_cstr(j, "coverage", coverage_name(cells_of(call, g, f)[c - f->controls]));
    json_key(j, "tasks");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_tasks; i++)
        if (is_mapped_to(&call->catalog->tasks[i], f, c)) json_str(j, call->catalog->tasks[i].key);
    json_end(j, ']');
    json_end(j, '}');
}
