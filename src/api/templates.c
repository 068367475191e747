/* Ready records: which there are, and items begun from them. */
#include "api/item.h"
#include "api/show.h"
#include "ledger/canonical.h"
#include "store/store.h"

/* --- which there are */

struct tasks {
    struct str *keys;
    size_t n;
};

static void add_task(struct tasks *t, struct str key)
{
    for (size_t i = 0; i < t->n; i++)
        if (str_eq(t->keys[i], key)) return;
    t->keys[t->n++] = key;
}

/* Tasks it belongs to: those of its points, else the home of its kind. */
static struct tasks tasks_of(struct ctx *cx, const struct record_template *r, const struct record_kind *k)
{
    struct tasks t = {arena_array(&cx->arena, struct str, r->n_shows + 1), 0};
    for (size_t i = 0; i < r->n_shows; i++) {
        struct str rest = r->shows[i], task;
        if (str_cut(&rest, '/', &task)) add_task(&t, task);
    }
    if (t.n == 0 && k->n_tasks) add_task(&t, k->tasks[0]);
    return t;
}

#define USED                                                                                                           \
    "SELECT r.origin, count(*) FROM fact_record r LEFT JOIN fact_step_last s ON s.subject = r.subject WHERE r.origin " \
    "<> '' AND CASE WHEN s.n > r.n THEN s.phase ELSE r.phase END <> 'closed' GROUP BY r.origin"

static enum rc read_used(struct ctx *cx, struct api_call *call, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR(USED), &st));
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str rest = store_column_str(st, 0), kind;
        if (!str_cut(&rest, '/', &kind)) continue;
        const struct record_template *r = catalog_find_template(call->catalog, kind, rest);
        if (r) out[r - call->catalog->templates] = sqlite3_column_int64(st, 1);
    }
}

static void put_words(struct json *j, const char *key, const struct str *words, size_t n)
{
    json_key(j, key);
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) json_str(j, words[i]);
    json_end(j, ']');
}

static void put_row(struct ctx *cx, struct api_call *call, const struct record_template *r, const struct record_kind *k,
                    const struct tasks *tasks, int64_t used)
{
    struct json *j = &call->out;
    enum lang l = call->lang;
    json_begin(j, '{');
    json_put_str(j, "register", r->kind);
    json_put_str(j, "register_title", k->title[l]);
    json_put_str(j, "template", r->key);
    json_put_str(j, "title", r->title[l]);
    json_put_str(j, "about", r->about[l]);
    show_text(j, "hint", r->hint[l]);
    put_words(j, "shows", r->shows, r->n_shows);
    put_words(j, "tasks", tasks->keys, tasks->n);
    json_put_int(j, "open", (int64_t)records_open(cx, k, r->title[l], r->content[l], NULL, NULL));
    json_put_int(j, "used", used);
    json_end(j, '}');
}

API_OPERATION(templates_list)
{
    const struct catalog *c = call->catalog;
    struct str kind = api_value(call, "register"), task = api_value(call, "task");
    int64_t *used = arena_array(&cx->arena, int64_t, c->n_templates);
    TRY(read_used(cx, call, used));
    json_begin(&call->out, '{');
    json_key(&call->out, "items");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < c->n_templates; i++) {
        const struct record_template *r = &c->templates[i];
        const struct record_kind *k = catalog_find_record(c, r->kind);
        if (!k || (kind.p && !str_eq(kind, r->kind))) continue;
        struct tasks tasks = tasks_of(cx, r, k);
        bool fits = !task.p;
        for (size_t n = 0; n < tasks.n; n++) fits = fits || str_eq(tasks.keys[n], task);
        if (fits) put_row(cx, call, r, k, &tasks, used[i]);
    }
    json_end(&call->out, ']');
    json_end(&call->out, '}');
    return OK;
}

/* --- one of them */

static enum rc find(struct ctx *cx, struct api_call *call, struct str kind, struct str key,
                    const struct record_template **out)
{
    *out = catalog_find_template(call->catalog, kind, key);
    return *out ? OK
                : api_fail(cx, call, E_NOTFOUND, "there is no ready record " STR_FMT "/" STR_FMT,
                           "valmista kirjausta " STR_FMT "/" STR_FMT " ei ole", STR_ARG(kind), STR_ARG(key));
}

API_OPERATION(templates_get)
{
    const struct record_template *r;
    const struct record_kind *k;
    struct json *j = &call->out;
    enum lang l = lang_of(api_value(call, "lang"), call->lang);
    TRY(item_kind(cx, call, &k));
    TRY(find(cx, call, k->key, api_value(call, "template"), &r));
    json_begin(j, '{');
    json_put_str(j, "register", r->kind);
    json_put_str(j, "template", r->key);
    json_put_cstr(j, "lang", lang_name(l));
    json_put_str(j, "title", r->title[l]);
    json_put_str(j, "about", r->about[l]);
    show_text(j, "hint", r->hint[l]);
    json_key(j, "content");
    json_raw(j, r->content[l]);
    put_words(j, "shows", r->shows, r->n_shows);
    item_put_open(cx, j, k, r->title[l], r->content[l]);
    json_end(j, '}');
    return OK;
}

/* --- beginning */

static enum rc read_drafts(struct ctx *cx, struct api_call *call, struct records_draft *out, size_t n)
{
    const json_t *names = json_object_get(call->body, "templates");
    struct str owner = api_field(call->body, "owner");
    enum lang l = lang_of(api_field(call->body, "lang"), call->lang);
    for (size_t i = 0; i < n; i++) {
        const struct record_template *r;
        struct str name = str_from(json_string_value(json_array_get(names, i))), rest = name, kind;
        (void)str_cut(&rest, '/', &kind);
        TRY(find(cx, call, kind, rest, &r));
        for (size_t k = 0; k < i; k++)
            if (str_eq(out[k].origin, name))
                api_fault(call, "templates", "names a ready record twice", "nimeää valmiin kirjauksen kahdesti");
        out[i] = (struct records_draft){.kind = catalog_find_record(call->catalog, r->kind),
                                        .title = r->title[l],
                                        .owner = owner.p ? owner : call->who.person,
                                        .content = r->content[l],
                                        .shows = r->shows,
                                        .n_shows = r->n_shows,
                                        .origin = name,
                                        .once = !api_field_bool(call->body, "again", false)};
    }
    return api_faults(cx, call);
}

API_OPERATION(templates_start)
{
    struct json *j = &call->out;
    struct records_by by = item_by(call);
    size_t n = json_array_size(json_object_get(call->body, "templates"));
    struct records_draft *drafts = arena_array(&cx->arena, struct records_draft, n);
    struct records_answer *done = arena_array(&cx->arena, struct records_answer, n);
    TRY(read_drafts(cx, call, drafts, n));
    TRY(records_start(cx, call->facts, call->catalog, &by, drafts, n, done));
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) {
        if (!done[i].number) continue;
        json_begin(j, '{');
        json_put_str(j, "subject", done[i].subject);
        json_put_str(j, "register", drafts[i].kind->key);
        json_put_int(j, "number", done[i].number);
        json_put_str(j, "title", drafts[i].title);
        json_put_str(j, "template", drafts[i].origin);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_key(j, "skipped");
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++)
        if (!done[i].number) json_str(j, drafts[i].origin);
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}
