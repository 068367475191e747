#include "notices/remind_int.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"
#include "hooks/hooks.h"
#include "identity/rights.h"
#include "mail/mail.h"
#include "mail/message.h"
#include "notices/phrase.h"

#include <inttypes.h>
#include <stdlib.h>

#define MORNING 7 /* the hour from which the day's mail goes */
#define SHOWN 40  /* things in one mail */
#define TOLD_KEPT (400 * DAY_SECONDS)

/* --- told once */

enum rc told_before(struct ctx *cx, const struct round *r, struct str person, const char *what, struct str subject,
                    int64_t moment, bool *is)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, r->o->state,
                      STR("SELECT 1 FROM told WHERE person = ?1 AND what = ?2 AND subject = ?3 AND moment = ?4"), &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, str_from(what));
    store_bind_str(st, 3, subject);
    store_bind_int(st, 4, moment);
    return store_step(cx, st, is);
}

enum rc told_once(struct ctx *cx, const struct round *r, struct str person, const char *what, struct str subject,
                  int64_t moment, bool *first)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, r->o->state, STR("INSERT OR IGNORE INTO told VALUES (?1, ?2, ?3, ?4, ?5)"), &st));
    store_bind_str(st, 1, person);
    store_bind_str(st, 2, str_from(what));
    store_bind_str(st, 3, subject);
    store_bind_int(st, 4, moment);
    store_bind_int(st, 5, r->o->notices.now);
    TRY(store_run(cx, st));
    *first = sqlite3_changes(r->o->state) > 0;
    return OK;
}

enum rc remind_post(struct ctx *cx, const struct round *r, const struct hearer *h, const char *purpose,
                    struct str subject, struct letter *l)
{
    scoped_buf text, html;
    buf_init(&text, LIMIT_MAIL_MESSAGE);
    buf_init(&html, LIMIT_MAIL_MESSAGE);
    l->lang = h->lang;
    l->organization = r->organization;
    l->base = r->o->base;
    l->can_choose = true;
    letter_text(l, &text);
    letter_html(l, &html);
    TRY(buf_ok(&text));
    TRY(buf_ok(&html));
    struct str preferences = STR("");
    if (r->o->base.n) preferences = arena_printf(&cx->arena, STR_FMT "/account?tab=notifications", STR_ARG(r->o->base));
    const struct mail_letter m = {.person = h->who->person,
                                  .purpose = purpose,
                                  .name = h->who->name,
                                  .address = h->address,
                                  .lang = str_from(lang_name(h->lang)),
                                  .subject = subject,
                                  .text = buf_view(&text),
                                  .html = buf_view(&html),
                                  .preferences = preferences};
    TRY(mail_add(cx, r->o->state, &m, r->o->notices.now));
    r->done->mails++;
    return OK;
}

/* --- one person's things */

/* Which of them are to be told now: new, and of a group whose time it is. A day's or week's mail goes once. */
static enum rc choose(struct ctx *cx, const struct round *r, const struct hearer *h, const struct notice *list,
                      size_t n, const bool time_of[WISH_WHENS], const struct notice **out, size_t *chosen)
{
    *chosen = 0;
    for (size_t i = 0; i < n; i++) {
        bool before;
        if (!time_of[h->wishes.when[notice_group_of(list[i].what)]]) continue;
        TRY(told_before(cx, r, h->who->person, notice_word(list[i].what), list[i].subject, list[i].moment, &before));
        if (!before) out[(*chosen)++] = &list[i];
    }
    return OK;
}

static enum rc write_reminder(struct ctx *cx, const struct round *r, const struct hearer *h,
                              const struct notice *const *list, size_t n)
{
    size_t shown = n < SHOWN ? n : SHOWN;
    struct letter_row *rows = arena_array(&cx->arena, struct letter_row, shown + 1);
    for (size_t i = 0; i < shown; i++) {
        rows[i] = (struct letter_row){.title = notice_title(cx, &r->o->notices, h->lang, list[i]),
                                      .why = phrase_why(cx, &r->o->notices, &r->zone, h->lang, list[i]),
                                      .path = notice_path(cx, list[i]),
                                      .late = notice_is_late(list[i]->what)};
        if (!rows[i].title.n) rows[i].title = h->lang == LANG_FI ? STR("Avaa Sinetissä") : STR("Open it in Sinetti");
    }
    const struct letter_part part = {.rows = rows, .n = shown, .more = n - shown};
    struct str heading = phrase_heading(cx, h->lang, n), subject = heading;
    if (n == 1) subject = arena_printf(&cx->arena, STR_FMT " – " STR_FMT, STR_ARG(rows[0].why), STR_ARG(rows[0].title));
    struct letter l = {.heading = heading,
                       .parts = &part,
                       .n_parts = 1,
                       .action = h->lang == LANG_FI ? STR("Katso kaikki") : STR("See everything"),
                       .action_path = STR("/notifications")};
    return remind_post(cx, r, h, "reminder", subject, &l);
}

static enum rc tell(struct ctx *cx, const struct round *r, const struct hearer *h, const struct notice *const *list,
                    size_t n, bool silently)
{
    const struct notice **fresh = arena_array(&cx->arena, const struct notice *, n + 1);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) { /* another pass may have been faster */
        bool first;
        TRY(told_once(cx, r, h->who->person, notice_word(list[i]->what), list[i]->subject, list[i]->moment, &first));
        if (first) fresh[kept++] = list[i];
    }
    return kept && !silently ? write_reminder(cx, r, h, fresh, kept) : OK;
}

/* The day's and the week's letters are things too, told once. */
static enum rc note_day(struct ctx *cx, const struct round *r, const struct hearer *h, const bool time_of[WISH_WHENS])
{
    char day[32];
    bool first;
    struct str today = str_from(time_format_date(r->local, day));
    if (time_of[WISH_DAILY]) TRY(told_once(cx, r, h->who->person, "day", today, 0, &first));
    if (time_of[WISH_WEEKLY]) TRY(told_once(cx, r, h->who->person, "week", today, 0, &first));
    return OK;
}

static enum rc find_times(struct ctx *cx, const struct round *r, const struct hearer *h, bool out[WISH_WHENS])
{
    char day[32];
    bool quiet = wishes_quiet(&h->wishes, r->hour, r->weekday), done;
    struct str today = str_from(time_format_date(r->local, day));
    out[WISH_NOW] = !quiet;
    out[WISH_DAILY] = out[WISH_WEEKLY] = out[WISH_NONE] = false;
    if (quiet || r->hour < MORNING) return OK;
    TRY(told_before(cx, r, h->who->person, "day", today, 0, &done));
    out[WISH_DAILY] = !done;
    if (r->weekday != 1) return OK;
    TRY(told_before(cx, r, h->who->person, "week", today, 0, &done));
    out[WISH_WEEKLY] = !done;
    return OK;
}

struct telling {
    const struct round *r;
    const struct hearer *h;
    const struct notice *list;
    size_t n;
    const struct notice **chosen;
    size_t n_chosen;
    const bool *time_of;
    bool silently;
};

static enum rc tell_all(struct ctx *cx, const struct telling *t)
{
    TRY(tell(cx, t->r, t->h, t->chosen, t->n_chosen, t->silently));
    TRY(note_day(cx, t->r, t->h, t->time_of));
    bool first = false, summary = t->h->wishes.summary && t->time_of[WISH_WEEKLY] && !t->silently;
    char day[32];
    if (summary)
        TRY(told_once(cx, t->r, t->h->who->person, "summary", str_from(time_format_date(t->r->local, day)), 0, &first));
    return first ? weekly_post(cx, t->r, t->h, t->list, t->n) : OK;
}

static enum rc tell_person(struct ctx *cx, const struct round *r, const struct hearer *h, const struct notice *list,
                           size_t n, bool silently)
{
    bool time_of[WISH_WHENS];
    struct telling t = {.r = r, .h = h, .list = list, .n = n, .time_of = time_of, .silently = silently};
    TRY(find_times(cx, r, h, time_of));
    if (silently) /* another server has told what is open now */
        for (int i = 0; i < WISH_WHENS; i++) time_of[i] = true;
    t.chosen = arena_array(&cx->arena, const struct notice *, n + 1);
    TRY(choose(cx, r, h, list, n, time_of, t.chosen, &t.n_chosen));
    if (!t.n_chosen && !time_of[WISH_DAILY] && !time_of[WISH_WEEKLY]) return OK;
    TRY(store_begin_write(cx, r->o->state));
    enum rc rc = tell_all(cx, &t);
    if (rc == OK) return store_commit(cx, r->o->state);
    store_rollback(r->o->state);
    return rc;
}

/* --- webhooks */

static bool is_for_hooks(const struct notice *n)
{
    return notice_group_of(n->what) == NOTICE_WORK || notice_group_of(n->what) == NOTICE_EXCEPTIONS ||
           n->what == NOTICE_APPROVAL || n->what == NOTICE_READING || n->what == NOTICE_CRITICAL_CANDIDATE;
}

static void put_event(struct json *j, const struct round *r, const struct notice *n, const char *type,
                      struct str person, struct str title)
{
    char at[32];
    json_begin(j, '{');
    json_put_cstr(j, "type", type);
    json_put_cstr(j, "timestamp", time_format(r->o->notices.now, at));
    json_key(j, "data");
    json_begin(j, '{');
    json_put_str(j, "subject", n->subject);
    json_put_str(j, "title", title);
    json_put_str(j, "person", person);
    json_put_cstr(j, "due", n->due ? time_format(n->due, at) : NULL);
    json_end(j, '}');
    json_end(j, '}');
}

static enum rc add_event(struct ctx *cx, const struct round *r, const struct hook *hooks, size_t n_hooks,
                         const struct notice *n, struct str person)
{
    scoped_buf payload;
    struct json j;
    struct str type = arena_printf(&cx->arena, "reminder.%s", notice_word(n->what));
    struct str key =
        arena_printf(&cx->arena, STR_FMT " %" PRId64 " " STR_FMT, STR_ARG(n->subject), n->moment, STR_ARG(person));
    buf_init(&payload, LIMIT_HOOK_PAYLOAD);
    json_init(&j, &payload, false);
    put_event(&j, r, n, type.p, person, notice_title(cx, &r->o->notices, LANG_EN, n));
    TRY(buf_ok(&payload));
    for (size_t i = 0; i < n_hooks; i++)
        if (str_eq(hooks[i].state, STR("active")) && hook_wants(&hooks[i], type))
            TRY(hooks_add(cx, r->o->state, &hooks[i], type, key, buf_view(&payload), r->o->notices.now));
    r->done->events++;
    return OK;
}

/* What is late or waits, once for each person it waits for. */
static enum rc tell_hooks(struct ctx *cx, const struct round *r, struct str person, const struct notice *list, size_t n)
{
    struct hook *hooks = arena_array(&cx->arena, struct hook, LIMIT_HOOKS);
    size_t n_hooks;
    bool wanted = false, before, first;
    TRY(hooks_list(cx, r->o->state, hooks, &n_hooks));
    for (size_t i = 0; i < n_hooks; i++)
        for (size_t e = 0; e < hooks[i].n_events; e++)
            wanted = wanted || str_eq(hooks[i].events[e], STR("*")) || str_starts(hooks[i].events[e], STR("reminder."));
    struct str who = arena_printf(&cx->arena, "hook " STR_FMT, STR_ARG(person));
    for (size_t i = 0; wanted && i < n; i++) {
        if (!is_for_hooks(&list[i])) continue;
        TRY(told_before(cx, r, who, notice_word(list[i].what), list[i].subject, list[i].moment, &before));
        if (before) continue;
        TRY(store_begin_write(cx, r->o->state));
        enum rc rc = told_once(cx, r, who, notice_word(list[i].what), list[i].subject, list[i].moment, &first);
        if (rc == OK && first) rc = add_event(cx, r, hooks, n_hooks, &list[i], person);
        if (rc == OK) rc = store_commit(cx, r->o->state);
        if (rc != OK) {
            store_rollback(r->o->state);
            return rc;
        }
    }
    return OK;
}

/* --- everybody */

static enum rc read_settings(struct ctx *cx, struct round *r)
{
    scoped_stmt *st = NULL;
    bool row;
    r->organization = STR("");
    r->lang = STR("en");
    TRY(store_prepare(cx, r->o->notices.ledger, STR("SELECT name, language, time_zone FROM fact_organization"), &st));
    TRY(store_step(cx, st, &row));
    if (row) {
        r->organization = arena_str(&cx->arena, store_column_str(st, 0));
        r->lang = arena_str(&cx->arena, store_column_str(st, 1));
        r->zone = zone_read(cx, store_column_str(st, 2));
    }
    r->local = r->o->notices.now + zone_offset(&r->zone, r->o->notices.now);
    r->hour = (int)(r->local % DAY_SECONDS / 3600);
    r->weekday = (int)((r->local / DAY_SECONDS + 4) % 7); /* 1970-01-01 was a Thursday */
    return OK;
}

static bool leads(const struct identity_who *who)
{
    return who->roles & (1U << ROLE_ADMIN | 1U << ROLE_SECURITY_OFFICER | 1U << ROLE_DEVELOPMENT_MANAGER);
}

static enum rc serve_person(struct ctx *cx, const struct round *r, struct str person, struct str address, bool mail,
                            bool silently)
{
    struct identity_who who;
    struct notice *list;
    size_t n;
    bool here;
    TRY(identity_who_is(cx, r->o->identity, person, &who, &here));
    if (!here) return OK;
    TRY(notices_read(cx, &r->o->notices, &who, &list, &n));
    r->done->people++;
    TRY(tell_hooks(cx, r, person, list, n));
    if (!mail || !mail_address_ok(address)) return OK;
    struct hearer h = {.who = &who, .address = address, .leads = leads(&who)};
    h.lang = lang_of(who.lang, lang_of(r->lang, LANG_EN));
    TRY(wishes_get(cx, r->o->state, person, h.leads, &h.wishes));
    return tell_person(cx, r, &h, list, n, silently);
}

enum rc remind_is_sender(struct ctx *cx, sqlite3 *state, sqlite3 *ledger, bool *out)
{
    scoped_stmt *named = NULL, *own = NULL;
    struct mail_settings mail;
    bool row;
    *out = false;
    TRY(mail_settings_get(cx, state, &mail));
    if (!mail.version || !mail.active) return OK;
    TRY(store_prepare(cx, ledger, STR("SELECT server FROM fact_mail_server WHERE state = 'active'"), &named));
    TRY(store_step(cx, named, &row));
    if (!row) return OK;
    TRY(store_prepare(cx, state, STR("SELECT 1 FROM installation WHERE id = ?1"), &own));
    store_bind_str(own, 1, store_column_str(named, 0));
    return store_step(cx, own, out);
}

enum rc remind_pass(struct ctx *cx, const struct remind_options *o, struct remind_done *out)
{
    struct round r = {.o = o, .done = out};
    struct mail_settings mail;
    scoped_stmt *st = NULL;
    bool sends;
    *out = (struct remind_done){0};
    TRY(mail_settings_get(cx, o->state, &mail));
    TRY(remind_is_sender(cx, o->state, o->notices.ledger, &sends));
    TRY(read_settings(cx, &r));
    TRY(store_prepare(
        cx, o->notices.ledger,
        STR("SELECT p.subject, (SELECT a.value FROM fact_person_addresses a WHERE a.n = p.n ORDER BY a.seq "
            "LIMIT 1) FROM fact_person p WHERE p.state = 'active' ORDER BY p.subject"),
        &st));
    for (bool row;;) {
        struct ctx one; /* memory of one person at a time */
        TRY(store_step(cx, st, &row));
        if (!row) break;
        ctx_init(&one);
        enum rc rc = serve_person(&one, &r, arena_str(&one.arena, store_column_str(st, 0)),
                                  arena_str(&one.arena, store_column_str(st, 1)), sends, !mail.caught_up);
        if (rc != OK) (void)fail(cx, rc, "%s", one.message);
        ctx_release(&one);
        TRY(rc);
    }
    return sends && !mail.caught_up ? mail_settings_caught_up(cx, o->state) : OK;
}

/* --- forgetting */

static enum rc forget(struct ctx *cx, const struct remind_options *o, const char *table)
{
    scoped_stmt *st = NULL, *left = NULL, *gone = NULL;
    TRY(store_prepare(cx, o->state, arena_printf(&cx->arena, "SELECT DISTINCT person FROM %s", table), &st));
    TRY(store_prepare(cx, o->notices.ledger, STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'left'"),
                      &left));
    TRY(store_prepare(cx, o->state, arena_printf(&cx->arena, "DELETE FROM %s WHERE person = ?1", table), &gone));
    struct str *people = NULL;
    size_t n = 0, room = 0;
    for (bool row, is_gone;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        store_bind_str(left, 1, store_column_str(st, 0));
        TRY(store_step(cx, left, &is_gone));
        sqlite3_reset(left);
        if (!is_gone) continue;
        if (n == room) {
            struct str *more = arena_array(&cx->arena, struct str, room = room ? 2 * room : 16);
            if (n) memcpy(more, people, n * sizeof *people);
            people = more;
        }
        people[n++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
    sqlite3_reset(st);
    for (size_t i = 0; i < n; i++) {
        store_bind_str(gone, 1, people[i]);
        TRY(store_run(cx, gone));
    }
    return OK;
}

enum rc remind_sweep(struct ctx *cx, const struct remind_options *o)
{
    scoped_stmt *st = NULL;
    static const char *const tables[] = {"wish", "feed", "told", "mail"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) TRY(forget(cx, o, tables[i]));
    TRY(store_prepare(cx, o->state, STR("DELETE FROM told WHERE at < ?1"), &st));
    store_bind_int(st, 1, o->notices.now - TOLD_KEPT);
    return store_run(cx, st);
}
