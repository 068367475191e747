/* The audit log: its list with filters, one event with its body, the events of a task. */
#include "api/event_list.h"
#include "api/page.h"
#include "api/show.h"
#include "api/task.h"
#include "ledger/leaf.h"
#include "store/store.h"

/* --- the list */

/* Kinds of the catalog that are of the theme. */
static void kinds_of(const struct api_call *call, struct str theme, struct event_wish *w)
{
    for (size_t i = 0; i < call->catalog->n_kinds && w->n_of < EVENT_SOURCES; i++)
        if (str_eq(theme, str_from(event_theme(call->catalog->kinds[i].key))))
            w->of[w->n_of++] = call->catalog->kinds[i].key;
}

static struct str kinds_json(struct ctx *cx, const struct event_wish *w)
{
    scoped_buf text;
    struct json j;
    buf_init(&text, 0);
    json_init(&j, &text, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < w->n_of; i++) json_str(&j, w->of[i]);
    json_end(&j, ']');
    return arena_str(&cx->arena, buf_view(&text));
}

/* The narrowest source that an index serves; what it does not say is filtered. */
static void choose_source(struct ctx *cx, const struct api_call *call, struct event_wish *w)
{
    struct str theme = api_value(call, "theme"), kind = api_value(call, "kind");
    w->actor = api_value(call, "actor");
    w->subject = api_value(call, "subject");
    w->text = api_value(call, "q");
    if (kind.p)
        w->of[w->n_of++] = kind;
    else if (theme.p)
        kinds_of(call, theme, w);
    bool of_kinds = w->n_of > 0;
    if (w->subject.p && event_has_index(w->subject)) {
        if (of_kinds) w->kinds = kinds_json(cx, w);
        w->source = EVENTS_ABOUT;
        w->of[0] = w->subject;
        w->n_of = 1;
    } else if (of_kinds && !str_starts(w->actor, STR("person:"))) { /* machines do most of each kind, people little */
        w->source = EVENTS_OF_KIND;
    } else if (w->actor.p) {
        if (of_kinds) w->kinds = kinds_json(cx, w);
        w->source = EVENTS_OF_ACTOR;
        w->of[0] = w->actor;
        w->n_of = 1;
    }
}

static enum rc read_period(struct ctx *cx, struct api_call *call, struct event_wish *w)
{
    int64_t from, until, n;
    TRY(page_time(cx, call, "from", false, -1, &from));
    TRY(page_time(cx, call, "until", true, -1, &until));
    w->first = 0;
    w->last = INT64_MAX;
    if (from >= 0) TRY(event_list_since(cx, call, from, &w->first));
    if (until < 0) return OK;
    TRY(event_list_since(cx, call, until + 1, &n));
    w->last = n - 1;
    return OK;
}

static enum rc put_page(struct ctx *cx, struct api_call *call, struct event_wish *w)
{
    struct event_page p;
    int64_t from;
    w->limit = page_limit(call);
    TRY(page_cursor(cx, call, INT64_MAX, &from));
    if (from < w->last) w->last = from;
    TRY(event_list_find(cx, call, w, &p));
    page_begin(call);
    TRY(event_list_put(cx, call, p.n, p.count));
    return page_end(cx, call, p.next, -1);
}

API_OPERATION(events_list)
{
    struct event_wish w = {.source = EVENTS_ALL};
    choose_source(cx, call, &w);
    TRY(read_period(cx, call, &w));
    return put_page(cx, call, &w);
}

API_OPERATION(task_events_list)
{
    const struct catalog_task *t;
    struct event_wish w = {.source = EVENTS_ABOUT, .last = INT64_MAX};
    TRY(task_find(cx, call, api_value(call, "task"), &t));
    w.of[w.n_of++] = arena_printf(&cx->arena, "task:" STR_FMT, STR_ARG(t->key));
    for (size_t i = 0; i < t->n_obligations && w.n_of < EVENT_SOURCES; i++)
        w.of[w.n_of++] = arena_printf(&cx->arena, "obligation:" STR_FMT "/" STR_FMT, STR_ARG(t->key),
                                      STR_ARG(t->obligations[i].key));
    return put_page(cx, call, &w);
}

/* --- one */

API_OPERATION(events_get)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    struct body b;
    bool row;
    int64_t n = api_value_int(call, "event", -1);
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT b.body, coalesce((SELECT max(size) FROM checkpoints), 0) > f.n"
                          " FROM p_facts f LEFT JOIN bodies b ON b.n = f.n WHERE f.n = ?1"),
                      &st));
    store_bind_int(st, 1, n);
    TRY(store_step(cx, st, &row));
    if (!row) return api_fail(cx, call, E_NOTFOUND, "there is no such event", "sellaista tapahtumaa ei ole");
    struct str text = arena_str(&cx->arena, store_column_str(st, 0));
    if (text.p) TRY(body_read(cx, text, &b));
    json_begin(j, '{');
    json_key(j, "event");
    TRY(event_list_put(cx, call, &n, 1));
    show_text(j, "credential", text.p ? b.credential : STR_NONE);
    json_key(j, "payload");
    if (text.p)
        json_raw(j, b.payload);
    else
        json_nil(j);
    show_column_bool(j, "proof", st, 1);
    json_end(j, '}');
    return OK;
}
