/* Webhooks: set up, rotated, tried out; their deliveries. */
#include "hooks/hooks.h"

#include "api/api_int.h"
#include "api/show.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/texts_fi.h"
#include "notices/events.h"
#include "notices/notices.h"

#define SHOWN 50

/* Why something came to nothing, as it was noted, in the reader's language. */
static struct str text_in(struct ctx *cx, const struct api_call *call, struct str s)
{
    return call->lang == LANG_FI && s.n ? str_from(text_fi(cx, arena_cstr(&cx->arena, s))) : s;
}

static void put_hook(struct ctx *cx, struct api_call *call, const struct hook *h)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    json_put_str(j, "webhook", h->id);
    json_put_str(j, "name", h->name);
    json_put_str(j, "url", h->url);
    json_key(j, "events");
    json_begin(j, '[');
    for (size_t i = 0; i < h->n_events; i++) json_str(j, h->events[i]);
    json_end(j, ']');
    json_put_bool(j, "inside", h->inside);
    json_put_str(j, "state", h->state);
    api_put_time(j, "created", h->created);
    api_put_time(j, "old_until", h->old_until > call->now ? h->old_until : 0);
    api_put_time(j, "failing", h->failing);
    show_text(j, "trouble", text_in(cx, call, h->trouble));
    api_put_time(j, "trouble_at", h->trouble_at);
    json_end(j, '}');
}

API_OPERATION(webhooks_list)
{
    struct hook *list = arena_array(&cx->arena, struct hook, LIMIT_HOOKS);
    size_t n;
    TRY(hooks_list(cx, call->state, list, &n));
    json_begin(&call->out, '{');
    json_key(&call->out, "items");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < n; i++) put_hook(cx, call, &list[i]);
    json_end(&call->out, ']');
    json_end(&call->out, '}');
    return OK;
}

static enum rc find(struct ctx *cx, struct api_call *call, struct hook *h)
{
    return hooks_get(cx, call->state, api_value(call, "webhook"), h);
}

API_OPERATION(webhooks_get)
{
    struct hook h;
    TRY(find(cx, call, &h));
    api_tag(call, (uint64_t)h.version);
    put_hook(cx, call, &h);
    return OK;
}

static void put_type(struct json *j, struct str type, struct str title)
{
    json_begin(j, '{');
    json_put_str(j, "type", type);
    json_put_str(j, "title", title);
    json_end(j, '}');
}

API_OPERATION(webhooks_types)
{
    struct json *j = &call->out;
    (void)cx;
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_kinds; i++)
        put_type(j, call->catalog->kinds[i].key, call->catalog->kinds[i].title[call->lang]);
    put_type(j, STR("reminder.*"), call->lang == LANG_FI ? STR("Muistutukset") : STR("Reminders"));
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* --- changing */

static enum rc tell(struct ctx *cx, struct api_call *call, const struct hook *h, struct str state, const char *change)
{
    scoped_buf payload;
    struct json j;
    struct facts_answer done;
    buf_init(&payload, 0);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_str(&j, "webhook", h->id);
    json_put_str(&j, "origin", hook_url_origin(h->url));
    json_key(&j, "events");
    json_begin(&j, '[');
    for (size_t i = 0; i < h->n_events; i++) json_str(&j, h->events[i]);
    json_end(&j, ']');
    json_put_bool(&j, "inside", h->inside);
    json_put_str(&j, "state", state);
    if (change) json_put_cstr(&j, "change", change);
    json_end(&j, '}');
    struct body fact = {.kind = STR("webhook"), .subject = STR("org"), .payload = buf_view(&payload)};
    return api_append(cx, call, &fact, 1, &done);
}

static void take_events(struct ctx *cx, struct api_call *call, struct hook *h)
{
    const json_t *list = json_object_get(call->body, "events");
    size_t n;
    if (!list) return;
    struct str *events = json_list(&cx->arena, list, &n);
    for (size_t i = 0; i < n; i++) {
        if (!events_type_ok(call->catalog, events[i]))
            api_fault(call, arena_printf(&cx->arena, "events[%zu]", i).p, "there is no such type of event",
                      "sellaista tapahtumatyyppiä ei ole");
    }
    h->events = events;
    h->n_events = n;
}

static void check_url(struct ctx *cx, struct api_call *call, const struct hook *h)
{
    if (hook_url_check(cx, h->url, h->inside) == OK) return;
    api_fault(call, "url",
              h->inside ? "is to be an https address with a host, without user and password; http only to this machine"
                        : "is to be an https address with a host, without user and password",
              h->inside
                  ? "pitää olla https-osoite, jossa on isäntä eikä käyttäjää tai salasanaa; http vain tähän koneeseen"
                  : "pitää olla https-osoite, jossa on isäntä eikä käyttäjää tai salasanaa");
}

static enum rc end(struct ctx *cx, struct api_call *call, enum rc rc)
{
    if (rc == OK) rc = store_commit(cx, call->state);
    if (rc != OK) store_rollback(call->state);
    return rc;
}

static void put_made(struct api_call *call, const struct hook *h, const char *secret)
{
    json_begin(&call->out, '{');
    json_put_str(&call->out, "webhook", h->id);
    json_put_cstr(&call->out, "secret", secret);
    json_end(&call->out, '}');
}

API_OPERATION(webhooks_create)
{
    char secret[HOOK_SECRET_TEXT + 1];
    struct hook h = {.name = str_trim(api_field(call->body, "name")),
                     .url = str_trim(api_field(call->body, "url")),
                     .inside = api_field_bool(call->body, "inside", false),
                     .state = STR("active")};
    take_events(cx, call, &h);
    check_url(cx, call, &h);
    TRY(api_faults(cx, call));
    TRY(events_newest(cx, call->ledger, &h.seen));
    TRY(store_begin_write(cx, call->state));
    enum rc rc = hooks_put(cx, call->state, &h, secret, call->now);
    if (rc == OK) rc = tell(cx, call, &h, h.state, "set");
    TRY(end(cx, call, rc));
    api_created(cx, call, arena_printf(&cx->arena, "/api/v1/webhooks/" STR_FMT, STR_ARG(h.id)));
    put_made(call, &h, secret);
    return OK;
}

API_OPERATION(webhooks_change)
{
    struct hook h;
    TRY(find(cx, call, &h));
    TRY(api_match(cx, call, (uint64_t)h.version));
    struct str name = str_trim(api_field(call->body, "name")), url = str_trim(api_field(call->body, "url"));
    if (name.p) h.name = name;
    if (url.p) h.url = url;
    h.inside = api_field_bool(call->body, "inside", h.inside);
    if (json_object_get(call->body, "active"))
        h.state = api_field_bool(call->body, "active", true) ? STR("active") : STR("off");
    take_events(cx, call, &h);
    check_url(cx, call, &h);
    TRY(api_faults(cx, call));
    TRY(store_begin_write(cx, call->state));
    enum rc rc = hooks_put(cx, call->state, &h, NULL, call->now);
    if (rc == OK) rc = tell(cx, call, &h, h.state, "set");
    TRY(end(cx, call, rc));
    return api_webhooks_get(cx, call);
}

API_OPERATION(webhooks_remove)
{
    struct hook h;
    TRY(find(cx, call, &h));
    TRY(store_begin_write(cx, call->state));
    enum rc rc = hooks_remove(cx, call->state, h.id);
    if (rc == OK) rc = tell(cx, call, &h, STR("removed"), NULL);
    TRY(end(cx, call, rc));
    call->answer->status = 204;
    return OK;
}

API_OPERATION(webhooks_rotate)
{
    struct hook h;
    char secret[HOOK_SECRET_TEXT + 1];
    TRY(find(cx, call, &h));
    TRY(store_begin_write(cx, call->state));
    enum rc rc = hooks_rotate(cx, call->state, h.id, secret, call->now);
    if (rc == OK) rc = tell(cx, call, &h, h.state, "rotated");
    TRY(end(cx, call, rc));
    put_made(call, &h, secret);
    return OK;
}

API_OPERATION(webhooks_test)
{
    struct hook h;
    TRY(find(cx, call, &h));
    if (!str_eq(h.state, STR("active")))
        return api_fail(cx, call, E_CONFLICT, "it is off; turn it on first",
                        "se on pois päältä; kytke se ensin päälle");
    TRY(events_try(cx, call->state, &h, call->now));
    call->answer->status = 204;
    return OK;
}

/* --- deliveries */

API_OPERATION(webhooks_deliveries)
{
    struct json *j = &call->out;
    struct hook h;
    struct hook_delivery *list = arena_array(&cx->arena, struct hook_delivery, SHOWN);
    size_t n;
    TRY(find(cx, call, &h));
    TRY(hooks_deliveries(cx, call->state, h.id, api_value_int(call, "before", 0), SHOWN, list, &n));
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) {
        const struct hook_delivery *d = &list[i];
        json_begin(j, '{');
        json_put_int(j, "delivery", d->id);
        json_put_str(j, "message", d->message);
        json_put_str(j, "type", d->type);
        json_put_str(j, "state", d->state);
        json_key(j, "status");
        if (d->status)
            json_int(j, d->status);
        else
            json_nil(j);
        show_text(j, "answer", text_in(cx, call, d->answer));
        api_put_time(j, "created", d->created);
        api_put_time(j, "next", str_eq(d->state, STR("queued")) ? d->next : 0);
        api_put_time(j, "ended", d->ended);
        json_put_int(j, "tries", d->tries);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(webhooks_delivery_get)
{
    struct str body;
    TRY(hooks_payload(cx, call->state, api_value(call, "webhook"), api_value_int(call, "delivery", 0), &body));
    json_begin(&call->out, '{');
    json_put_str(&call->out, "body", body);
    json_end(&call->out, '}');
    return OK;
}

API_OPERATION(webhooks_redeliver)
{
    TRY(hooks_again(cx, call->state, api_value(call, "webhook"), api_value_int(call, "delivery", 0), call->now));
    call->answer->status = 204;
    return OK;
}
