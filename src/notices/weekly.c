/* The Monday morning's letter. */
#include "base/limits.h"
#include "base/time.h"
#include "mail/mail.h"
#include "notices/phrase.h"
#include "notices/remind_int.h"

#include <inttypes.h>

#define SHOWN 12

extern const char notices_week_tasks_sql[], notices_week_days_sql[];

static const struct {
    const char *key, *word[LANG_COUNT];
} statuses[] = {
    {"fully_done", {"Fully done", "Täysin tehty"}},      {"mostly_done", {"Mostly done", "Pääosin tehty"}},
    {"partly_done", {"Partly done", "Osittain tehty"}},  {"not_done", {"Not done", "Ei tehty"}},
    {"not_relevant", {"Not relevant", "Ei olennainen"}},
};

static struct str status_word(enum lang lang, struct str key)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (str_eq(key, str_from(statuses[i].key))) return str_from(statuses[i].word[lang]);
    return STR("");
}

static struct str say(enum lang lang, const char *en, const char *fi)
{
    return str_from(lang == LANG_FI ? fi : en);
}

/* --- figures */

struct day {
    char name[16];
    int64_t done, tasks, violated, no_evidence, findings;
    bool has_findings;
};

static enum rc read_days(struct ctx *cx, const struct round *r, struct day *now, struct day *before)
{
    scoped_stmt *st = NULL;
    char week_ago[32];
    TRY(store_prepare(cx, r->o->notices.ledger, str_from(notices_week_days_sql), &st));
    store_bind_str(st, 1, str_from(time_format_date(r->o->notices.now - 7 * DAY_SECONDS, week_ago)));
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str name = store_column_str(st, 0);
        struct day *d = str_eq(name, STR("now")) ? now : before;
        if (name.n >= sizeof d->name) continue;
        memcpy(d->name, name.p, name.n);
        d->done = sqlite3_column_int64(st, 1);
        d->tasks = sqlite3_column_int64(st, 2);
        d->violated = sqlite3_column_int64(st, 3);
        d->no_evidence = sqlite3_column_int64(st, 4);
        d->findings = sqlite3_column_int64(st, 5);
        d->has_findings = sqlite3_column_type(st, 5) != SQLITE_NULL;
    }
}

static struct str change(struct ctx *cx, enum lang lang, bool known, int64_t now, int64_t before)
{
    if (!known) return STR("");
    if (now == before) return say(lang, "as a week ago", "kuten viikko sitten");
    return arena_printf(&cx->arena, "%s%" PRId64 "%s", now > before ? "+" : "−",
                        now > before ? now - before : before - now, lang == LANG_FI ? " viikossa" : " in a week");
}

static struct str number(struct ctx *cx, int64_t v)
{
    return arena_printf(&cx->arena, "%" PRId64, v);
}

static enum rc count_open_requests(struct ctx *cx, const struct round *r, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, r->o->notices.ledger,
                      STR("SELECT count(*) FROM fact_request w WHERE w.until > ?1 AND NOT EXISTS (SELECT 1 FROM "
                          "fact_approval WHERE request = w.n)"),
                      &st));
    store_bind_int(st, 1, r->o->notices.now);
    TRY(store_step(cx, st, &row));
    *out = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

static enum rc put_figures(struct ctx *cx, const struct round *r, enum lang lang, int64_t overdue,
                           struct letter_figure *out, size_t *n)
{
    struct day now = {0}, before = {0};
    int64_t requests;
    TRY(read_days(cx, r, &now, &before));
    TRY(count_open_requests(cx, r, &requests));
    bool known = before.name[0] != 0;
    if (now.name[0]) {
        out[(*n)++] = (struct letter_figure){say(lang, "Tasks fully done", "Täysin tehtyjä tehtäviä"),
                                             arena_printf(&cx->arena, "%" PRId64 " / %" PRId64, now.done, now.tasks),
                                             change(cx, lang, known, now.done, before.done)};
        out[(*n)++] = (struct letter_figure){say(lang, "Points violated", "Rikottuja kohtia"), number(cx, now.violated),
                                             change(cx, lang, known, now.violated, before.violated)};
        out[(*n)++] = (struct letter_figure){say(lang, "Points without evidence", "Kohtia ilman näyttöä"),
                                             number(cx, now.no_evidence),
                                             change(cx, lang, known, now.no_evidence, before.no_evidence)};
        if (now.has_findings)
            out[(*n)++] = (struct letter_figure){say(lang, "Open findings", "Avoimia havaintoja"),
                                                 number(cx, now.findings), STR("")};
    }
    out[(*n)++] =
        (struct letter_figure){say(lang, "Overdue tasks", "Myöhässä olevia tehtäviä"), number(cx, overdue), STR("")};
    out[(*n)++] =
        (struct letter_figure){say(lang, "Requests that wait", "Odottavia pyyntöjä"), number(cx, requests), STR("")};
    return OK;
}

/* --- tasks */

struct tasks {
    struct letter_row *own, *changed, *late;
    size_t n_own, n_changed, n_late;
};

static struct str task_path(struct ctx *cx, struct str key)
{
    return arena_printf(&cx->arena, "/tasks/" STR_FMT, STR_ARG(key));
}

static bool is_over(struct str status)
{
    return str_eq(status, STR("fully_done")) || str_eq(status, STR("not_relevant"));
}

static void take_task(struct ctx *cx, const struct round *r, const struct hearer *h, sqlite3_stmt *st, struct tasks *t)
{
    struct str key = arena_str(&cx->arena, store_column_str(st, 0));
    const struct catalog_task *def = catalog_find_task(r->o->notices.catalog, key);
    if (!def) return;
    struct str status = store_column_str(st, 1), before = store_column_str(st, 2);
    bool own = h->who->person.n && str_eq(store_column_str(st, 3), h->who->person);
    int64_t due = sqlite3_column_int64(st, 5);
    bool late = due && due <= r->o->notices.now && !is_over(status);
    struct letter_row row = {.title = def->title[h->lang], .path = task_path(cx, key)};
    if (own && !str_eq(status, STR("not_relevant"))) {
        row.why = status_word(h->lang, status);
        if (due && !is_over(status))
            row.why = arena_printf(&cx->arena, STR_FMT " · %s " STR_FMT, STR_ARG(row.why),
                                   h->lang == LANG_FI ? "määräpäivä" : "due",
                                   STR_ARG(phrase_date(cx, &r->zone, h->lang, due)));
        row.late = late;
        t->own[t->n_own++] = row;
    }
    row.late = false;
    if ((own || h->leads) && before.n && !str_eq(before, status)) {
        row.why = arena_printf(&cx->arena, STR_FMT " → " STR_FMT, STR_ARG(status_word(h->lang, before)),
                               STR_ARG(status_word(h->lang, status)));
        t->changed[t->n_changed++] = row;
    }
    if (h->leads && late && !own) {
        struct str name = store_column_str(st, 4);
        struct str owner = name.n ? arena_str(&cx->arena, name) : say(h->lang, "nobody", "ei omistajaa");
        row.why = arena_printf(&cx->arena, STR_FMT " · " STR_FMT, STR_ARG(phrase_date(cx, &r->zone, h->lang, due)),
                               STR_ARG(owner));
        row.late = true;
        t->late[t->n_late++] = row;
    }
}

static enum rc read_tasks(struct ctx *cx, const struct round *r, const struct hearer *h, struct tasks *t)
{
    scoped_stmt *st = NULL;
    struct day now = {0}, before = {0};
    size_t most = r->o->notices.catalog->n_tasks + 1;
    t->own = arena_array(&cx->arena, struct letter_row, most);
    t->changed = arena_array(&cx->arena, struct letter_row, most);
    t->late = arena_array(&cx->arena, struct letter_row, most);
    TRY(read_days(cx, r, &now, &before));
    TRY(store_prepare(cx, r->o->notices.ledger, str_from(notices_week_tasks_sql), &st));
    store_bind_str(st, 1, str_from(before.name));
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (t->n_own + 1 < most) take_task(cx, r, h, st, t);
    }
}

static void add_part(struct letter_part *parts, size_t *n, struct str title, const struct letter_row *rows, size_t all)
{
    if (!all) return;
    size_t shown = all < SHOWN ? all : SHOWN;
    parts[(*n)++] = (struct letter_part){.title = title, .rows = rows, .n = shown, .more = all - shown};
}

static void put_waiting(struct ctx *cx, const struct round *r, const struct hearer *h, const struct notice *list,
                        size_t n, struct letter_part *parts, size_t *n_parts)
{
    struct letter_row *rows = arena_array(&cx->arena, struct letter_row, SHOWN);
    for (size_t i = 0; i < n && i < SHOWN; i++)
        rows[i] = (struct letter_row){.title = notice_title(cx, &r->o->notices, h->lang, &list[i]),
                                      .why = phrase_why(cx, &r->o->notices, &r->zone, h->lang, &list[i]),
                                      .path = notice_path(cx, &list[i]),
                                      .late = notice_is_late(list[i].what)};
    add_part(parts, n_parts, say(h->lang, "Waits for you", "Odottaa sinua"), rows, n);
}

enum rc weekly_post(struct ctx *cx, const struct round *r, const struct hearer *h, const struct notice *list, size_t n)
{
    struct tasks t = {0};
    struct letter_part parts[4];
    struct letter_figure figures[8];
    size_t n_parts = 0, n_figures = 0;
    if (r->o->notices.derived) TRY(read_tasks(cx, r, h, &t));
    size_t own_late = 0;
    for (size_t i = 0; i < t.n_own; i++) own_late += t.own[i].late;
    if (h->leads && r->o->notices.derived)
        TRY(put_figures(cx, r, h->lang, (int64_t)(t.n_late + own_late), figures, &n_figures));
    put_waiting(cx, r, h, list, n, parts, &n_parts);
    add_part(parts, &n_parts, say(h->lang, "Changed since a week ago", "Muuttunut viikossa"), t.changed, t.n_changed);
    add_part(parts, &n_parts, say(h->lang, "Others’ overdue tasks", "Muiden myöhässä olevat tehtävät"), t.late,
             t.n_late);
    add_part(parts, &n_parts, say(h->lang, "Your tasks", "Omat tehtäväsi"), t.own, t.n_own);
    if (!n_parts && !n_figures) return OK; /* there is nothing to say */
    struct str heading = h->leads ? say(h->lang, "The week in secure development", "Turvallisen kehittämisen viikko")
                                  : say(h->lang, "Your week in Sinetti", "Viikkosi Sinetissä");
    struct letter l = {.heading = heading,
                       .figures = figures,
                       .n_figures = n_figures,
                       .parts = parts,
                       .n_parts = n_parts,
                       .action = h->leads ? say(h->lang, "Open the dashboard", "Avaa yleiskuva")
                                          : say(h->lang, "Open my tasks", "Avaa omat tehtävät"),
                       .action_path = h->leads ? STR("/") : STR("/my-tasks")};
    struct str subject = arena_printf(&cx->arena, STR_FMT ", " STR_FMT, STR_ARG(heading),
                                      STR_ARG(phrase_date(cx, &r->zone, h->lang, r->o->notices.now)));
    return remind_post(cx, r, h, "digest", subject, &l);
}
