/* What waits for the one who asks, how they want to hear of it, and their calendar. */
#include "notices/notices.h"

#include "api/api_int.h"
#include "api/organization.h"
#include "api/show.h"
#include "api/sign_in.h"
#include "base/limits.h"
#include "notices/feed.h"
#include "notices/phrase.h"
#include "notices/remind.h"
#include "notices/wishes.h"

#define SHOWN 100
#define AHEAD (366 * DAY_SECONDS) /* of a calendar */

static struct notices_options options(struct api_call *call)
{
    return (struct notices_options){.ledger = call->ledger,
                                    .derived = call->derived,
                                    .state = call->state,
                                    .catalog = call->catalog,
                                    .now = call->now};
}

static enum rc zone_of(struct ctx *cx, struct api_call *call, struct zone *out)
{
    struct organization o;
    TRY(organization_read(cx, call->ledger, &o));
    *out = zone_read(cx, o.time_zone);
    return OK;
}

/* What only comes up wants nothing yet, and what was decided wants nothing any more. */
static bool counts(const struct notice *n)
{
    return notice_is_late(n->what) || notice_group_of(n->what) == NOTICE_MENTIONS ||
           (notice_group_of(n->what) == NOTICE_APPROVALS && n->what != NOTICE_DECIDED);
}

static void put_counts(struct json *j, const struct notice *list, size_t n)
{
    int64_t total = 0, approvals = 0, overdue = 0, reviews = 0, mentions = 0;
    for (size_t i = 0; i < n; i++) {
        enum notice_what w = list[i].what;
        if (!counts(&list[i])) continue;
        total++;
        approvals += notice_group_of(w) == NOTICE_APPROVALS;
        mentions += w == NOTICE_MENTION;
        overdue += w == NOTICE_TASK_OVERDUE || w == NOTICE_ITEM_OVERDUE;
        reviews += w == NOTICE_REVIEW_OVERDUE || w == NOTICE_ITEM_REVIEW_OVERDUE;
    }
    json_put_int(j, "total", total);
    json_put_int(j, "approvals", approvals);
    json_put_int(j, "overdue", overdue);
    json_put_int(j, "reviews", reviews);
    json_put_int(j, "mentions", mentions);
}

API_OPERATION(notifications_get)
{
    struct json *j = &call->out;
    struct notice *list;
    struct zone zone;
    size_t n;
    const struct notices_options o = options(call);
    call->asked = true; /* each is judged by what it is about */
    TRY(zone_of(cx, call, &zone));
    TRY(notices_read(cx, &o, &call->who, &list, &n));
    json_begin(j, '{');
    put_counts(j, list, n);
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        json_begin(j, '{');
        json_put_cstr(j, "what", notice_word(list[i].what));
        json_put_cstr(j, "group", notice_group_word(notice_group_of(list[i].what)));
        json_put_bool(j, "late", notice_is_late(list[i].what));
        json_put_str(j, "subject", list[i].subject);
        json_put_str(j, "title", notice_title(cx, &o, call->lang, &list[i]));
        json_put_str(j, "detail", phrase_why(cx, &o, &zone, call->lang, &list[i]));
        json_put_str(j, "path", notice_path(cx, &list[i]));
        api_put_time(j, "due", list[i].due);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* --- wishes */

static bool leads(const struct identity_who *who)
{
    return who->roles & (1U << ROLE_ADMIN | 1U << ROLE_SECURITY_OFFICER | 1U << ROLE_DEVELOPMENT_MANAGER);
}

static struct str address_of(struct ctx *cx, struct api_call *call)
{
    scoped_stmt *st = NULL;
    bool row;
    if (store_prepare(
            cx, call->ledger,
            STR("SELECT a.value FROM fact_person p JOIN fact_person_addresses a ON a.n = p.n WHERE p.subject = "
                "?1 ORDER BY a.seq LIMIT 1"),
            &st) != OK)
        return STR_NONE;
    store_bind_str(st, 1, call->who.person);
    return store_step(cx, st, &row) == OK && row ? arena_str(&cx->arena, store_column_str(st, 0)) : STR_NONE;
}

API_OPERATION(me_notifications_get)
{
    struct json *j = &call->out;
    struct wishes w;
    int64_t since, used;
    bool sends;
    TRY(wishes_get(cx, call->state, call->who.person, leads(&call->who), &w));
    TRY(feed_look(cx, call->state, call->who.person, &since, &used));
    TRY(remind_is_sender(cx, call->state, call->ledger, &sends));
    json_begin(j, '{');
    for (int g = 0; g < NOTICE_GROUPS; g++)
        json_put_cstr(j, notice_group_word((enum notice_group)g), wish_when_word(w.when[g]));
    json_put_bool(j, "summary", w.summary);
    json_put_int(j, "quiet_from", w.quiet_from);
    json_put_int(j, "quiet_to", w.quiet_to);
    json_put_bool(j, "weekends", w.weekends);
    show_text(j, "address", address_of(cx, call));
    json_put_bool(j, "mail", sends);
    api_put_time(j, "calendar_since", since);
    api_put_time(j, "calendar_used", used);
    json_end(j, '}');
    return OK;
}

API_OPERATION(me_notifications_put)
{
    const json_t *b = call->body;
    struct wishes w = {.summary = api_field_bool(b, "summary", false),
                       .quiet_from = (int)api_field_int(b, "quiet_from", 0),
                       .quiet_to = (int)api_field_int(b, "quiet_to", 0),
                       .weekends = api_field_bool(b, "weekends", false)};
    for (int g = 0; g < NOTICE_GROUPS; g++)
        (void)wish_when_find(api_field(b, notice_group_word((enum notice_group)g)), &w.when[g]);
    TRY(wishes_put(cx, call->state, call->who.person, &w, call->now));
    call->answer->status = 204;
    return OK;
}

/* --- the calendar */

API_OPERATION(me_calendar_make)
{
    char secret[FEED_SECRET + 1];
    TRY(sign_in_is_fresh(cx, call));
    TRY(feed_make(cx, call->state, call->who.person, call->now, secret));
    TRY(identity_tell(cx, call->identity, &call->actor, call->who.person, "calendar", "added", STR_NONE));
    call->answer->status = 201;
    json_begin(&call->out, '{');
    json_put_str(&call->out, "path", arena_printf(&cx->arena, "/api/v1/calendar.ics?key=%s", secret));
    json_end(&call->out, '}');
    return OK;
}

API_OPERATION(me_calendar_remove)
{
    int64_t since, used;
    TRY(feed_look(cx, call->state, call->who.person, &since, &used));
    if (since) {
        TRY(feed_remove(cx, call->state, call->who.person));
        TRY(identity_tell(cx, call->identity, &call->actor, call->who.person, "calendar", "revoked", STR_NONE));
    }
    call->answer->status = 204;
    return OK;
}

static enum rc nothing_there(struct ctx *cx, struct api_call *call)
{
    return api_fail(cx, call, E_NOTFOUND, "this link opens nothing; make another in your account",
                    "linkki ei avaa mitään; tee uusi omissa tiedoissasi");
}

/* Wrong links are counted by network, as all guesses are: 256 bits need no more. */
static enum rc find_reader(struct ctx *cx, struct api_call *call, struct identity_who *who)
{
    struct str person;
    bool here;
    TRY(feed_find(cx, call->state, api_value(call, "key"), call->now, &person));
    if (!person.n) return nothing_there(cx, call);
    TRY(identity_who_is(cx, call->identity, person, who, &here));
    return here ? OK : nothing_there(cx, call);
}

API_OPERATION(calendar_feed)
{
    struct identity_who who;
    struct organization o;
    struct notices_options n = options(call);
    TRY(find_reader(cx, call, &who));
    TRY(organization_read(cx, call->ledger, &o));
    struct zone zone = zone_read(cx, o.time_zone);
    n.ahead = AHEAD;
    call->asked = true;
    enum lang lang = lang_of(who.lang, lang_of(o.language, LANG_EN));
    return feed_write(cx, &n, &who, &zone, lang, api_public_url(call), call->out.out);
}
