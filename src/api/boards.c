/* Registers looked at from where they are needed: answers of audits, and what a task asks to be written. The boards
 * themselves are lists. */
#include "api/item.h"
#include "api/shelf.h"
#include "api/show.h"
#include "records/answer.h"
#include "store/store.h"

API_OPERATION(audit_answers_put)
{
    uint64_t n;
    const struct records_by by = item_by(call);
    const struct records_answer_draft d = {
        .audit = arena_printf(&cx->arena, "record:audit/" STR_FMT, STR_ARG(api_value(call, "item"))),
        .list = api_field(call->body, "list"),
        .requirement = api_field(call->body, "requirement"),
        .answer = api_field(call->body, "answer"),
        .note = api_field(call->body, "note"),
        .evidence = api_field(call->body, "evidence"),
        .seen = api_field_int(call->body, "seen", -1),
    };
    TRY(api_with_libraries(cx, call)); /* an audit may be of an imported framework */
    TRY(records_answer(cx, call->facts, call->catalog, &by, &d, &n));
    json_begin(&call->out, '{');
    json_put_int(&call->out, "n", (int64_t)n);
    json_end(&call->out, '}');
    return OK;
}

/* --- what a task asks to be written */

struct counts {
    int64_t open, waiting, in_force, overdue;
};

/* An item waits when its state is one that an approval leads from and that somebody has brought it to. */
static bool is_waiting(const struct record_kind *k, int state)
{
    if (state <= 0 || k->states[state].phase != PHASE_OPEN) return false;
    for (size_t i = 0; i < k->n_moves; i++)
        if (k->moves[i].approves && k->moves[i].from >> state & 1) return true;
    return false;
}

/* Rows: kind, state, phase, items, of these with a review that has passed. */
static enum rc add_counts(struct ctx *cx, struct api_call *call, sqlite3_stmt *st, struct counts *by_kind,
                          struct counts *all)
{
    bool row;
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        const struct record_kind *k = catalog_find_record(call->catalog, store_column_str(st, 0));
        if (!k) continue; /* of another catalog */
        struct counts *c = all ? all : &by_kind[k - call->catalog->records];
        struct str phase = store_column_str(st, 2);
        int64_t n = sqlite3_column_int64(st, 3);
        if (str_eq(phase, STR("open"))) c->open += n;
        if (is_waiting(k, record_find_state(k, store_column_str(st, 1)))) c->waiting += n;
        if (str_eq(phase, STR("in_force"))) c->in_force += n;
        c->overdue += sqlite3_column_int64(st, 4);
    }
}

static void put_counts(struct json *j, const struct counts *c)
{
    json_put_int(j, "open", c->open);
    json_put_int(j, "waiting", c->waiting);
    json_put_int(j, "in_force", c->in_force);
    json_put_int(j, "overdue", c->overdue);
}

#define COUNTED "SELECT r.kind, r.state, r.phase, count(*), count(*) FILTER (WHERE r.review_due < ?1) FROM records r "

static bool names(const struct str *list, size_t n, struct str word)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i], word)) return true;
    return false;
}

static bool is_needed(const struct catalog_task *t, struct str kind)
{
    for (size_t i = 0; i < t->n_obligations; i++)
        if (names(t->obligations[i].needs, t->obligations[i].n_needs, kind)) return true;
    return false;
}

static enum rc put_registers(struct ctx *cx, struct api_call *call, const struct catalog_task *t)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    struct counts *counts = arena_array(&cx->arena, struct counts, call->catalog->n_records);
    TRY(store_prepare(cx, call->ledger, STR(COUNTED "GROUP BY 1, 2, 3"), &st));
    store_bind_int(st, 1, call->now);
    TRY(add_counts(cx, call, st, counts, NULL));
    json_key(j, "registers");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_records; i++) {
        const struct record_kind *k = &call->catalog->records[i];
        bool home = names(k->tasks, k->n_tasks, t->key);
        if (!home && !is_needed(t, k->key)) continue;
        json_begin(j, '{');
        json_put_str(j, "register", k->key);
        json_put_str(j, "title", k->title[call->lang]);
        json_put_str(j, "plural", k->plural[call->lang]);
        json_put_str(j, "summary", k->summary[call->lang]);
        json_put_str(j, "prefix", k->prefix);
        json_put_bool(j, "home", home);
        put_counts(j, &counts[i]);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

#define FIRST                                                                                                          \
    "SELECT r.subject, r.title, r.kind, r.state, r.phase, r.review_due IS NOT NULL AND r.review_due < ?1 AS late "     \
    "FROM "                                                                                                            \
    "records r WHERE r.n IN (SELECT n FROM fact_record_shows WHERE value = ?2) AND r.phase <> 'closed' ORDER BY late " \
    "DESC, r.phase = 'open' DESC, r.at DESC LIMIT 3"

/* Items that show the point, as ?2, by ?1. */
static enum rc put_first(struct ctx *cx, struct api_call *call, struct str point)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR(FIRST), &st));
    store_bind_int(st, 1, call->now);
    store_bind_str(st, 2, point);
    json_key(j, "items");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        const struct record_kind *k = catalog_find_record(call->catalog, store_column_str(st, 2));
        if (!k) continue;
        json_begin(j, '{');
        show_column_text(j, "subject", st, 0);
        show_column_text(j, "title", st, 1);
        show_column_text(j, "phase", st, 4);
        json_put_bool(j, "waiting", is_waiting(k, record_find_state(k, store_column_str(st, 3))));
        show_column_bool(j, "overdue", st, 5);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static enum rc put_point(struct ctx *cx, struct api_call *call, sqlite3_stmt *st, const struct catalog_obligation *o)
{
    struct json *j = &call->out;
    struct counts c = {0};
    sqlite3_reset(st);
    store_bind_int(st, 1, call->now);
    struct str name = arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(o->task), STR_ARG(o->key));
    store_bind_str(st, 2, name);
    TRY(add_counts(cx, call, st, NULL, &c));
    json_begin(j, '{');
    json_put_str(j, "point", o->key);
    json_key(j, "needs");
    json_begin(j, '[');
    for (size_t i = 0; i < o->n_needs; i++) json_str(j, o->needs[i]);
    json_end(j, ']');
    put_counts(j, &c);
    TRY(put_first(cx, call, name));
    json_end(j, '}');
    return OK;
}

API_OPERATION(task_registers)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    const struct catalog_task *t = catalog_find_task(call->catalog, api_value(call, "task"));
    if (!t) return api_fail(cx, call, E_NOTFOUND, "there is no such task", "sellaista tehtävää ei ole");
    json_begin(j, '{');
    TRY(put_registers(cx, call, t));
    TRY(store_prepare(cx, call->ledger,
                      STR(COUNTED "WHERE r.n IN (SELECT n FROM fact_record_shows WHERE value = ?2) GROUP BY 1, 2, 3"),
                      &st));
    json_key(j, "points");
    json_begin(j, '[');
    for (size_t i = 0; i < t->n_obligations; i++) TRY(put_point(cx, call, st, &t->obligations[i]));
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* --- points, to choose from; the same for everybody */

API_OPERATION(points_list)
{
    struct json *j = &call->out;
    (void)api_within(call, STR_NONE);
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_tasks; i++) {
        const struct catalog_task *t = &call->catalog->tasks[i];
        for (size_t k = 0; k < t->n_obligations; k++) {
            const struct catalog_obligation *o = &t->obligations[k];
            json_begin(j, '{');
            json_put_str(j, "point", arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(t->key), STR_ARG(o->key)));
            json_put_str(j, "task_title", t->title[call->lang]);
            json_put_str(j, "text", o->text[call->lang]);
            json_put_cstr(j, "strength", strength_name(o->strength));
            json_end(j, '}');
        }
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}
