/* The list of tasks, and changing who looks after them. */
#include "api/page.h"
#include "api/task.h"
#include "api/task_rows.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/time.h"
#include "records/care.h"
#include "store/store.h"

#include <stdlib.h>

/* --- list */

static bool title_has(const struct task_row *r, enum lang lang, struct str q)
{
    return !q.p || str_has_nocase(r->def->title[lang], q);
}

static bool owner_is(const struct api_call *call, const struct task_row *r, struct str owner)
{
    if (!owner.p) return true;
    if (str_eq(owner, STR("none"))) return !r->owner.n;
    return str_eq(r->owner, str_eq(owner, STR("me")) ? call->who.person : owner);
}

static bool word_is(struct str wanted, const char *word)
{
    return !wanted.p || str_eq(wanted, str_from(word));
}

static bool is_wanted(const struct api_call *call, const struct task_row *r)
{
    struct str theme = api_value(call, "theme");
    return word_is(api_value(call, "priority"), priority_name(r->priority)) &&
           word_is(api_value(call, "status"), status_name(r->status)) &&
           word_is(api_value(call, "assurance"), assurance_name(r->assurance)) &&
           owner_is(call, r, api_value(call, "owner")) && (!theme.p || str_eq(theme, r->def->theme)) &&
           (!api_value(call, "overdue").p || r->overdue == api_value_bool(call, "overdue", false)) &&
           title_has(r, call->lang, api_value(call, "q"));
}

struct sorted {
    const struct task_row *row;
    int64_t key;      /* less first */
    struct str title; /* else by this, when set */
    bool down;
};

static int by_key(const void *x, const void *y)
{
    const struct sorted *a = x, *b = y;
    int d = a->key < b->key ? -1 : a->key > b->key;
    if (!d) d = str_cmp(a->title, b->title);
    if (d) return a->down ? -d : d;
    return a->row->def->order < b->row->def->order ? -1 : a->row->def->order > b->row->def->order;
}

static struct sorted sort_key(struct str sort, enum lang lang, const struct task_row *r)
{
    struct sorted s = {.row = r, .down = str_starts(sort, STR("-"))};
    struct str by = str_slice(sort, s.down, sort.n);
    if (str_eq(by, STR("priority")))
        s.key = r->priority;
    else if (str_eq(by, STR("status")))
        s.key = r->status;
    else if (str_eq(by, STR("assurance")))
        s.key = r->assurance;
    else if (str_eq(by, STR("due")))
        s.key = r->due ? r->due : s.down ? INT64_MIN : INT64_MAX; /* those without come last */
    else if (str_eq(by, STR("title")))
        s.title = r->def->title[lang];
    else
        s.key = r->def->order;
    return s;
}

API_OPERATION(tasks_list)
{
    struct task_row *rows;
    size_t n, wanted = 0;
    int64_t from;
    struct str sort = api_value(call, "sort");
    TRY(api_scope(cx, call));
    TRY(page_cursor(cx, call, 0, &from));
    TRY(task_rows_read(cx, call, &rows, &n));
    struct sorted *list = arena_array(&cx->arena, struct sorted, n + 1);
    for (size_t i = 0; i < n; i++)
        if (is_wanted(call, &rows[i])) list[wanted++] = sort_key(sort.p ? sort : STR("order"), call->lang, &rows[i]);
    qsort(list, wanted, sizeof *list, by_key);
    int64_t to = from + page_limit(call);
    page_begin(call);
    for (int64_t i = from; i < to && i < (int64_t)wanted; i++) task_row_put(call, list[i].row);
    return page_end(cx, call, to < (int64_t)wanted ? to : -1, (int64_t)wanted);
}

/* --- changing */

static bool takes_part(const struct care *c, struct str person)
{
    for (size_t i = 0; i < c->n_participants; i++)
        if (str_eq(c->participants[i], person)) return true;
    return false;
}

/* Those named in a field of the body who do not take part yet. */
static void add_participants(const json_t *body, const char *field, struct care *c)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(body, field), i, one)
    {
        struct str person = json_text(one);
        if (c->n_participants < LIMIT_PARTICIPANTS && !takes_part(c, person))
            c->participants[c->n_participants++] = person;
    }
}

/* What the body says, over what was so. */
static void apply(const struct api_call *call, int64_t due, bool has_due, struct care *c)
{
    const json_t *b = call->body;
    struct str owner = api_field(b, "owner"), priority = api_field(b, "priority"), process = api_field(b, "process");
    if (owner.p) c->owner = owner;
    if (priority.p) c->priority = priority;
    if (process.p) c->process = process;
    if (has_due) c->due = due;
    c->review_days = api_field_int(b, "review_days", c->review_days);
    if (api_field_bool(b, "reviewed", false)) c->reviewed_at = call->now;
    if (json_object_get(b, "participants")) {
        c->n_participants = 0;
        add_participants(b, "participants", c);
    }
    add_participants(b, "add_participants", c);
}

/* Who looks after a task is somebody who is there. */
static enum rc check_people(struct append *a, struct api_call *call, const struct care *before, const struct care *c)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(a->cx, a->db, STR("SELECT state FROM fact_person WHERE subject = ?1"), &st));
    for (size_t i = 0; i <= c->n_participants; i++) {
        bool is_owner = i == c->n_participants;
        struct str person = is_owner ? c->owner : c->participants[i];
        if (!person.n || (is_owner ? str_eq(person, before->owner) : takes_part(before, person))) continue;
        store_bind_str(st, 1, person);
        TRY(store_step(a->cx, st, &row));
        if (!row || !str_eq(store_column_str(st, 0), STR("active")))
            api_fault(call, is_owner ? "owner" : "participants", "names somebody who is not there",
                      "nimeää henkilön, jota ei ole");
        sqlite3_reset(st);
    }
    return api_faults(a->cx, call);
}

struct due {
    bool given;
    int64_t at;
};

/* Empty: none. And whose task it is that changes. */
static enum rc read_change(struct ctx *cx, struct api_call *call, struct due *d)
{
    struct str s = api_field(call->body, "due");
    TRY(api_scope_one(cx, call));
    if (api_field(call->body, "priority").p && !str_eq(call->scope, STR("org")))
        api_fault(call, "priority", "is the organization's, not a project's", "on organisaation, ei projektin");
    *d = (struct due){.given = s.p != NULL};
    if (s.n) (void)api_field_time(call, "due", &d->at);
    return api_faults(cx, call);
}

struct changing {
    struct api_call *call;
    struct due due;
    bool match;
    const struct str *tasks; /* keys */
    size_t n;
    bool *changed; /* of each */
};

static enum rc change_one(struct append *a, const struct changing *g, struct str key, bool *changed)
{
    struct care *before = arena_new(&a->cx->arena, struct care), *after = arena_new(&a->cx->arena, struct care);
    struct str subject = arena_printf(&a->cx->arena, "task:" STR_FMT, STR_ARG(key));
    TRY(care_read(a->cx, a->db, subject, g->call->scope, before));
    if (g->match) TRY(api_match(a->cx, g->call, task_version(before->has, before->n)));
    *after = *before;
    apply(g->call, g->due.at, g->due.given, after);
    TRY(check_people(a, g->call, before, after));
    *changed = !care_same(before, after);
    if (!*changed) return OK;
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    care_put(&payload, after, g->call->scope);
    TRY(buf_ok(&payload));
    const struct body fact = append_body(&g->call->actor, "task", subject, buf_view(&payload));
    return append_add(a, &fact, NULL);
}

static enum rc change_all(struct append *a, void *arg)
{
    const struct changing *g = arg;
    for (size_t i = 0; i < g->n; i++) TRY(change_one(a, g, g->tasks[i], &g->changed[i]));
    return OK;
}

API_OPERATION(tasks_patch)
{
    struct str key = api_value(call, "task");
    bool changed;
    struct changing g = {.call = call, .match = true, .tasks = &key, .n = 1, .changed = &changed};
    TRY(task_find(cx, call, key, NULL));
    TRY(read_change(cx, call, &g.due));
    TRY(append_run(cx, call->facts, call->now, change_all, &g));
    return task_put(cx, call, key);
}

static void put_keys(struct api_call *call, const char *field, const struct changing *g, bool changed)
{
    json_key(&call->out, field);
    json_begin(&call->out, '[');
    for (size_t i = 0; i < g->n; i++)
        if (g->changed[i] == changed) json_str(&call->out, g->tasks[i]);
    json_end(&call->out, ']');
}

API_OPERATION(tasks_bulk)
{
    const json_t *list = json_object_get(call->body, "tasks");
    size_t n;
    struct str *keys = json_list(&cx->arena, list, &n);
    struct changing g = {.call = call, .tasks = keys, .n = n, .changed = arena_array(&cx->arena, bool, n + 1)};
    for (size_t i = 0; i < n; i++) {
        if (!catalog_find_task(call->catalog, keys[i]))
            api_fault(call, "tasks", "names a task that is not there", "nimeää tehtävän, jota ei ole");
        for (size_t k = 0; k < i; k++)
            if (str_eq(keys[k], keys[i])) api_fault(call, "tasks", "names a task twice", "nimeää tehtävän kahdesti");
    }
    TRY(api_faults(cx, call));
    TRY(read_change(cx, call, &g.due));
    TRY(append_run(cx, call->facts, call->now, change_all, &g));
    json_begin(&call->out, '{');
    put_keys(call, "changed", &g, true);
    put_keys(call, "same", &g, false);
    json_end(&call->out, '}');
    return OK;
}
