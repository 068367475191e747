#include "api/task_rows.h"

#include "api/show.h"
#include "base/time.h"
#include "store/store.h"

static bool parse(struct str word, int count, const char *(*name)(int), int *out)
{
    for (int i = 0; i < count; i++)
        if (str_eq(word, str_from(name(i)))) {
            *out = i;
            return true;
        }
    return false;
}

static const char *status_word(int i)
{
    return status_name((enum status)i);
}

static const char *assurance_word(int i)
{
    return assurance_name((enum assurance)i);
}

static const char *priority_word(int i)
{
    return priority_name((enum priority)i);
}

static struct task_row *row_of(struct task_row *rows, size_t n, struct str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].def->key, key)) return &rows[i];
    return NULL;
}

static enum rc read_standing(struct ctx *cx, struct api_call *call, struct task_row *rows, size_t n)
{
    scoped_stmt *st = NULL;
    size_t seen = 0;
    if (call->derived)
        TRY(store_prepare(
            cx, call->ledger,
            STR("SELECT t.task, t.status, t.exceptions, t.designed, t.operating, t.assurance, t.musts, t.musts_met,"
                " t.failing, coalesce(sum(p.must AND p.verdict = 'violated'), 0),"
                " coalesce(sum(p.must AND p.verdict = 'no_evidence'), 0)"
                " FROM derived.task t LEFT JOIN derived.point p ON p.scope = t.scope AND p.day = t.day AND p.task = "
                "t.task"
                " WHERE t.scope = ?9 AND t.day = 'now' GROUP BY t.task"),
            &st));
    if (st) api_bind_scope(call, st);
    for (bool row = true; call->derived;) {
        int status, assurance;
        TRY(store_step(cx, st, &row));
        if (!row) break;
        struct task_row *r = row_of(rows, n, store_column_str(st, 0));
        if (!r || !parse(store_column_str(st, 1), STATUS_COUNT, status_word, &status) ||
            !parse(store_column_str(st, 5), ASSURANCE_COUNT, assurance_word, &assurance))
            continue;
        r->status = (enum status)status;
        r->assurance = (enum assurance)assurance;
        r->exceptions = sqlite3_column_int(st, 2) != 0;
        r->designed = arena_str(&cx->arena, store_column_str(st, 3));
        r->operating = arena_str(&cx->arena, store_column_str(st, 4));
        r->points = sqlite3_column_int64(st, 6);
        r->met = sqlite3_column_int64(st, 7);
        r->failing = sqlite3_column_int64(st, 8);
        r->violated = sqlite3_column_int64(st, 9);
        r->no_evidence = sqlite3_column_int64(st, 10);
        seen++;
    }
    return seen == n ? OK
                     : api_fail(cx, call, E_BUSY, "where the organization stands is being computed",
                                "organisaation tilannetta lasketaan parhaillaan");
}

static void take_care(struct ctx *cx, sqlite3_stmt *st, struct task_row *r)
{
    int priority;
    r->has_fact = true;
    r->fact = (uint64_t)sqlite3_column_int64(st, 1);
    r->changed_at = sqlite3_column_int64(st, 2);
    r->owner = arena_str(&cx->arena, store_column_str(st, 3));
    r->owner_name = arena_str(&cx->arena, store_column_str(st, 4));
    r->due = sqlite3_column_int64(st, 5);
    if (parse(store_column_str(st, 6), PRIORITY_COUNT, priority_word, &priority)) r->priority = (enum priority)priority;
    r->review_days = sqlite3_column_int64(st, 7);
    r->reviewed_at = sqlite3_column_int64(st, 8);
    r->process = arena_str(&cx->arena, store_column_str(st, 9));
}

/* A project that has no care of its own for a task has the organization's. Priorities are the organization's. */
static enum rc read_care(struct ctx *cx, struct api_call *call, struct task_row *rows, size_t n)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT t.subject, t.n, t.at, t.owner, p.name, t.due, t.priority, t.review_days, t.reviewed_at, t.process"
            " FROM fact_task t LEFT JOIN fact_person p ON p.subject = t.owner UNION ALL "
            "SELECT t.subject, t.n, t.at, t.owner, p.name, t.due, NULL, t.review_days, t.reviewed_at, t.process"
            " FROM fact_task_project t LEFT JOIN fact_person p ON p.subject = t.owner WHERE t.project = ?9"),
        &st));
    api_bind_scope(call, st);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str subject = store_column_str(st, 0);
        struct task_row *r = row_of(rows, n, str_slice(subject, sizeof "task:" - 1, subject.n));
        if (r) take_care(cx, st, r);
    }
}

/* A cycle counts from the last review; where there was none, from when somebody last saw to the task. */
static void judge_dates(struct task_row *r, int64_t now)
{
    bool done = r->status == STATUS_FULLY_DONE || r->status == STATUS_NOT_RELEVANT;
    if (r->review_days)
        r->review_due = (r->reviewed_at ? r->reviewed_at : r->changed_at) + r->review_days * DAY_SECONDS;
    r->overdue = (r->due && r->due < now && !done) || (r->review_due && r->review_due < now);
}

enum rc task_rows_read(struct ctx *cx, struct api_call *call, struct task_row **out, size_t *n)
{
    const struct catalog *c = call->catalog;
    struct task_row *rows = arena_array(&cx->arena, struct task_row, c->n_tasks + 1);
    for (size_t i = 0; i < c->n_tasks; i++)
        rows[i] = (struct task_row){.def = &c->tasks[i], .priority = c->tasks[i].priority};
    TRY(read_standing(cx, call, rows, c->n_tasks));
    TRY(read_care(cx, call, rows, c->n_tasks));
    for (size_t i = 0; i < c->n_tasks; i++) judge_dates(&rows[i], call->now);
    *out = rows;
    *n = c->n_tasks;
    return OK;
}

const struct task_row *task_rows_find(const struct task_row *rows, size_t n, struct str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].def->key, key)) return &rows[i];
    return NULL;
}

void task_row_put(struct api_call *call, const struct task_row *r)
{
    struct json *j = &call->out;
    const struct catalog_task *t = r->def;
    json_begin(j, '{');
    json_put_str(j, "key", t->key);
    json_put_int(j, "order", t->order);
    json_put_str(j, "title", t->title[call->lang]);
    json_put_str(j, "theme", t->theme);
    json_put_str(j, "theme_title", t->theme_title[call->lang]);
    json_put_str(j, "policy", t->policy);
    json_put_str(j, "policy_title", t->policy_title[call->lang]);
    json_put_cstr(j, "priority", priority_name(r->priority));
    json_put_cstr(j, "status", status_name(r->status));
    json_put_bool(j, "exceptions", r->exceptions);
    json_put_cstr(j, "assurance", assurance_name(r->assurance));
    json_put_str(j, "designed", r->designed);
    json_put_str(j, "operating", r->operating);
    show_person(j, "owner", r->owner, r->owner_name);
    api_put_time(j, "due", r->due);
    api_put_time(j, "review_due", r->review_due);
    json_put_bool(j, "overdue", r->overdue);
    json_put_int(j, "points", r->points);
    json_put_int(j, "met", r->met);
    json_put_int(j, "violated", r->violated);
    json_put_int(j, "no_evidence", r->no_evidence);
    json_put_int(j, "failing", r->failing);
    json_end(j, '}');
}

void task_rows_put_counts(struct api_call *call, const char *key, const int64_t by_status[STATUS_COUNT])
{
    struct json *j = &call->out;
    json_key(j, key);
    json_begin(j, '{');
    for (int i = 0; i < STATUS_COUNT; i++) json_put_int(j, status_name((enum status)i), by_status[i]);
    json_end(j, '}');
}
