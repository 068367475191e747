/* Search over everything the one who asks may see: at most ten of each. */
#include "api/event_list.h"
#include "api/shelf.h"
#include "api/show.h"
#include "base/limits.h"
#include "catalog/record.h"
#include "store/store.h"

#include <stdio.h>

#define EACH 10

struct search {
    struct ctx *cx;
    struct api_call *call;
    struct str q;
};

static void put_hit(const struct search *s, const char *type, struct str id, struct str title, struct str detail)
{
    struct json *j = &s->call->out;
    json_begin(j, '{');
    json_put_cstr(j, "type", type);
    json_put_str(j, "id", id);
    json_put_str(j, "title", title);
    show_text(j, "detail", detail);
    json_end(j, '}');
}

static bool has(const struct search *s, struct str text)
{
    return str_has_nocase(text, s->q);
}

/* --- the catalog */

static void search_tasks(const struct search *s)
{
    const struct catalog *c = s->call->catalog;
    enum lang lang = s->call->lang;
    int tasks = 0, points = 0;
    for (size_t i = 0; i < c->n_tasks; i++) {
        const struct catalog_task *t = &c->tasks[i];
        if (tasks < EACH && (has(s, t->title[lang]) || has(s, t->summary[lang]) || has(s, t->key)) && ++tasks)
            put_hit(s, "task", t->key, t->title[lang], t->policy_title[lang]);
    }
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_obligations && points < EACH; k++) {
            const struct catalog_obligation *o = &c->tasks[i].obligations[k];
            if (!has(s, o->text[lang]) && !has(s, o->key)) continue;
            points++;
            put_hit(s, "point", arena_printf(&s->cx->arena, STR_FMT "/" STR_FMT, STR_ARG(o->task), STR_ARG(o->key)),
                    o->text[lang], c->tasks[i].title[lang]);
        }
}

/* Annex A of ISO/IEC 27001 is spoken of as A.8.28; the id is 8.28. */
static struct str as_control(struct str q)
{
    bool annex = str_starts_nocase(q, STR("A.")) || str_starts_nocase(q, STR("A "));
    return annex && q.n > 2 && q.p[2] >= '0' && q.p[2] <= '9' ? str_slice(q, 2, q.n) : q;
}

static void search_controls(const struct search *s)
{
    const struct catalog *c = s->call->catalog;
    struct str id = as_control(s->q);
    int found = 0;
    for (size_t i = 0; i < c->n_frameworks; i++)
        for (size_t k = 0; k < c->frameworks[i].n_controls && found < EACH; k++) {
            const struct catalog_framework *f = &c->frameworks[i];
            const struct catalog_control *o = &f->controls[k];
            if (o->heading || (!has(s, o->title) && !str_has_nocase(o->id, id))) continue;
            found++;
            put_hit(s, "control", arena_printf(&s->cx->arena, STR_FMT "/" STR_FMT, STR_ARG(f->key), STR_ARG(o->id)),
                    o->title.n ? o->title : o->id,
                    arena_printf(&s->cx->arena, STR_FMT " " STR_FMT, STR_ARG(f->name), STR_ARG(f->edition)));
        }
}

/* --- rows of (id, title, detail, project) */

static enum rc search_rows(const struct search *s, const char *type, const char *permission, struct str q,
                           const char *sql)
{
    scoped_stmt *st = NULL;
    int found = 0;
    bool everywhere = api_may(s->call, permission, STR_NONE);
    TRY(store_prepare(s->cx, s->call->ledger, str_from(sql), &st));
    store_bind_str(st, 1, q);
    store_bind_str(st, 2, str_from(lang_name(s->call->lang)));
    for (bool row; found < EACH;) {
        TRY(store_step(s->cx, st, &row));
        if (!row) break;
        struct str project = store_column_str(st, 3);
        if (!everywhere && (!project.n || !api_may(s->call, permission, arena_str(&s->cx->arena, project)))) continue;
        found++;
        put_hit(s, type, store_column_str(st, 0), store_column_str(st, 1), store_column_str(st, 2));
    }
    return OK;
}

static const char repositories_sql[] = "SELECT subject, name, location, project FROM fact_repository WHERE ?2 <> ''"
                                       " AND instr(lower(name), lower(?1)) ORDER BY state, name LIMIT 1000";
static const char people_sql[] = "SELECT subject, name, NULL, NULL FROM fact_person WHERE ?2 <> '' AND state = 'active'"
                                 " AND instr(lower(name), lower(?1)) ORDER BY name LIMIT 10";
static const char findings_sql[] =
    "SELECT f.id, CASE ?2 WHEN 'fi' THEN f.message_fi ELSE f.message_en END, coalesce(f.path, f.subject), r.project"
    " FROM derived.finding_words w JOIN derived.finding_doc d ON d.doc = w.rowid"
    " JOIN derived.finding f ON f.repository = d.repository AND f.id = d.id"
    " LEFT JOIN derived.repository r ON r.repository = f.repository"
    " WHERE w.finding_words MATCH ?1 AND f.open LIMIT 1000";

/* Items of registers by title, or the one that POL-4 names. */
#define ITEMS "SELECT substr(subject, 8), title, kind, number FROM items_now WHERE "
static const char items_sql[] = ITEMS "instr(low, lower(?1)) ORDER BY phase = 'closed', at DESC LIMIT 10";
static const char item_sql[] = ITEMS "kind = ?1 AND number = ?2";

static const struct record_kind *kind_called(const struct catalog *c, struct str q, int64_t *number)
{
    struct str prefix, rest = q;
    if (!str_cut(&rest, '-', &prefix) || !rest.p || !str_to_i64(rest, 1, INT64_MAX, number)) return NULL;
    for (size_t i = 0; i < c->n_records; i++)
        if (str_eq_nocase(c->records[i].prefix, prefix)) return &c->records[i];
    return NULL;
}

static enum rc search_items(const struct search *s)
{
    scoped_stmt *st = NULL;
    int64_t number = 0;
    const struct catalog *c = s->call->catalog;
    const struct record_kind *one = kind_called(c, s->q, &number);
    TRY(store_prepare(s->cx, s->call->ledger, str_from(one ? item_sql : items_sql), &st));
    store_bind_str(st, 1, one ? one->key : s->q);
    if (one) store_bind_int(st, 2, number);
    for (bool row;;) {
        TRY(store_step(s->cx, st, &row));
        if (!row) return OK;
        const struct record_kind *k = catalog_find_record(c, store_column_str(st, 2));
        if (!k) continue; /* of a register that the catalog no longer has */
        put_hit(s, "item", store_column_str(st, 0), store_column_str(st, 1),
                arena_printf(&s->cx->arena, STR_FMT "-%lld \xc2\xb7 " STR_FMT, STR_ARG(k->prefix),
                             (long long)sqlite3_column_int64(st, 3), STR_ARG(k->title[s->call->lang])));
    }
}

/* What is typed, as FTS5 asks for it: each word with whatever follows it, all of them in one finding. A word that the
 * index takes apart, as a path, stands there in one piece. */
static struct str words_of(struct ctx *cx, struct str q)
{
    scoped_buf out;
    struct str word;
    buf_init(&out, 0);
    while (str_cut(&q, ' ', &word)) {
        bool any = false; /* a letter, a digit, or what is not ASCII: the index knows nothing else */
        for (size_t i = 0; i < word.n; i++) {
            unsigned char c = (unsigned char)word.p[i];
            any = any || c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        }
        if (!any) continue;
        buf_cstr(&out, out.n ? " \"" : "\"");
        for (size_t i = 0; i < word.n; i++) buf_str(&out, word.p[i] == '"' ? STR("\"\"") : str_slice(word, i, i + 1));
        buf_cstr(&out, word.n > 1 ? "\"*" : "\""); /* what begins with one letter is nearly everything */
    }
    return arena_str(&cx->arena, buf_view(&out));
}

/* --- events */

static enum rc put_events(const struct search *s, const struct event_page *p)
{
    scoped_stmt *st = NULL;
    char number[32];
    bool row;
    TRY(store_prepare(s->cx, s->call->ledger, STR("SELECT kind, coalesce(subject, '') FROM p_facts WHERE n = ?1"),
                      &st));
    for (size_t i = 0; i < p->count; i++) {
        store_bind_int(st, 1, p->n[i]);
        TRY(store_step(s->cx, st, &row));
        if (!row) return OK;
        struct str kind = store_column_str(st, 0), subject = store_column_str(st, 1);
        const struct catalog_kind *k = catalog_find_kind(s->call->catalog, kind);
        struct str title = show_subject(s->call->catalog, s->call->lang, subject);
        (void)snprintf(number, sizeof number, "%lld", (long long)p->n[i]);
        put_hit(s, "event", str_from(number), k ? k->title[s->call->lang] : kind, title.n ? title : subject);
        sqlite3_reset(st);
    }
    return OK;
}

/* By number, or among the newest by what stands in them. */
static enum rc search_events(const struct search *s)
{
    struct event_page page;
    struct event_wish w = {.source = EVENTS_ALL, .text = s->q, .last = INT64_MAX, .limit = EACH};
    int64_t n;
    struct str digits = str_slice(s->q, str_starts(s->q, STR("#")), s->q.n);
    if (str_to_i64(digits, 0, INT64_MAX, &n)) {
        w.first = w.last = n;
        w.text = STR_NONE;
    }
    TRY(event_list_find(s->cx, s->call, &w, &page));
    return put_events(s, &page);
}

API_OPERATION(search)
{
    struct search s = {cx, call, str_trim(api_value(call, "q"))};
    call->asked = true;
    json_begin(&call->out, '{');
    json_key(&call->out, "items");
    json_begin(&call->out, '[');
    if (api_may(call, "tasks.read", STR_NONE)) search_tasks(&s);
    if (api_may(call, "frameworks.read", STR_NONE)) {
        TRY(api_with_libraries(cx, call));
        search_controls(&s);
    }
    if (api_may(call, "registers.read", STR_NONE)) TRY(search_items(&s));
    TRY(search_rows(&s, "repository", "repositories.read", s.q, repositories_sql));
    TRY(search_rows(&s, "person", "people.read", s.q, people_sql));
    struct str words = words_of(cx, s.q);
    if (call->derived && words.n) TRY(search_rows(&s, "finding", "repositories.read", words, findings_sql));
    if (api_may(call, "events.read", STR_NONE)) TRY(search_events(&s));
    json_end(&call->out, ']');
    json_end(&call->out, '}');
    return OK;
}
