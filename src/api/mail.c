/* The mail server, and what is on its way. */
#include "mail/mail.h"

#include "api/api_int.h"
#include "api/show.h"
#include "base/texts_fi.h"
#include "mail/message.h"
#include "notices/letter.h"
#include "notices/remind.h"

#define SHOWN 200

/* Why something came to nothing, as it was noted, in the reader's language. */
static struct str text_in(struct ctx *cx, const struct api_call *call, struct str s)
{
    return call->lang == LANG_FI && s.n ? str_from(text_fi(cx, arena_cstr(&cx->arena, s))) : s;
}

static struct str installation(struct ctx *cx, struct api_call *call)
{
    scoped_stmt *st = NULL;
    bool row;
    if (store_prepare(cx, call->state, STR("SELECT id FROM installation"), &st) != OK) return STR("");
    return store_step(cx, st, &row) == OK && row ? arena_str(&cx->arena, store_column_str(st, 0)) : STR("");
}

static enum rc put_settings(struct ctx *cx, struct api_call *call)
{
    struct json *j = &call->out;
    struct mail_settings s;
    int64_t waiting, failed;
    bool sends;
    TRY(mail_settings_get(cx, call->state, &s));
    TRY(mail_counts(cx, call->state, &waiting, &failed));
    TRY(remind_is_sender(cx, call->state, call->ledger, &sends));
    api_tag(call, (uint64_t)s.version);
    json_begin(j, '{');
    json_put_bool(j, "set_up", s.version > 0);
    json_put_bool(j, "active", s.active);
    json_put_bool(j, "sends", sends);
    json_put_str(j, "host", s.server.host);
    json_put_int(j, "port", s.version ? s.server.port : 587);
    json_put_cstr(j, "security", smtp_security_name(s.version ? s.server.security : SMTP_STARTTLS));
    json_put_str(j, "user", s.server.user);
    json_put_bool(j, "has_password", s.has_password);
    json_put_str(j, "ca", s.server.ca);
    json_put_str(j, "from", s.from);
    json_put_str(j, "from_name", s.from_name);
    show_text(j, "links", api_public_url(call));
    json_put_int(j, "waiting", waiting);
    json_put_int(j, "failed", failed);
    show_text(j, "trouble", text_in(cx, call, s.trouble));
    api_put_time(j, "trouble_at", s.trouble_at);
    json_end(j, '}');
    return OK;
}

API_OPERATION(mail_get)
{
    return put_settings(cx, call);
}

static enum rc tell(struct ctx *cx, struct api_call *call, const struct mail_settings *s, const char *state)
{
    scoped_buf payload;
    struct json j;
    struct facts_answer done;
    buf_init(&payload, 0);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_str(&j, "server", installation(cx, call));
    json_put_str(&j, "host", s->server.host);
    json_put_int(&j, "port", s->server.port);
    json_put_cstr(&j, "security", smtp_security_name(s->server.security));
    json_put_bool(&j, "sign_in", s->server.user.n > 0);
    json_put_cstr(&j, "state", state);
    json_end(&j, '}');
    struct body fact = {.kind = STR("mail_server"), .subject = STR("org"), .payload = buf_view(&payload)};
    return api_append(cx, call, &fact, 1, &done);
}

/* Whether another server of this log has sent until now: what is open was told by it. */
static enum rc takes_over(struct ctx *cx, struct api_call *call, bool *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR("SELECT server FROM fact_mail_server WHERE state = 'active'"), &st));
    TRY(store_step(cx, st, &row));
    *out = row && !str_eq(store_column_str(st, 0), installation(cx, call));
    return OK;
}

static enum rc put(struct ctx *cx, struct api_call *call, struct mail_settings *s)
{
    TRY(mail_settings_put(cx, call->state, s, api_field(call->body, "password"), call->now));
    return tell(cx, call, s, s->active ? "active" : "off");
}

API_OPERATION(mail_put)
{
    struct mail_settings s;
    bool over;
    const json_t *b = call->body;
    TRY(mail_settings_get(cx, call->state, &s));
    TRY(api_match(cx, call, (uint64_t)s.version));
    s.server.host = str_trim(api_field(b, "host"));
    s.server.port = (int)api_field_int(b, "port", 587);
    (void)smtp_security_find(api_field(b, "security"), &s.server.security);
    s.server.user = str_trim(api_field(b, "user"));
    s.server.ca = str_trim(api_field(b, "ca"));
    s.from = str_trim(api_field(b, "from"));
    s.from_name = str_trim(api_field(b, "from_name"));
    s.active = api_field_bool(b, "active", true);
    TRY(takes_over(cx, call, &over));
    s.caught_up = !over;
    TRY(store_begin_write(cx, call->state));
    enum rc rc = put(cx, call, &s);
    if (rc == OK) rc = store_commit(cx, call->state);
    if (rc != OK) {
        store_rollback(call->state);
        return rc;
    }
    return put_settings(cx, call);
}

API_OPERATION(mail_remove)
{
    struct mail_settings s;
    TRY(mail_settings_get(cx, call->state, &s));
    if (!s.version)
        return api_fail(cx, call, E_NOTFOUND, "no mail server is set up", "postipalvelinta ei ole määritetty");
    TRY(store_begin_write(cx, call->state));
    enum rc rc = mail_settings_remove(cx, call->state);
    if (rc == OK) rc = tell(cx, call, &s, "removed");
    if (rc == OK) rc = store_commit(cx, call->state);
    if (rc != OK) {
        store_rollback(call->state);
        return rc;
    }
    call->answer->status = 204;
    return OK;
}

/* --- trying it out */

static struct str own_address(struct ctx *cx, struct api_call *call)
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

static enum rc send_test(struct ctx *cx, struct api_call *call, struct str to)
{
    scoped_buf text, html;
    bool fi = call->lang == LANG_FI;
    const struct letter l = {
        .lang = call->lang,
        .heading = fi ? STR("Posti kulkee") : STR("Mail gets through"),
        .text = fi ? STR("Tämä viesti lähetettiin Sinetin asetuksista, jotta nähdään, että postipalvelin ottaa sen "
                         "vastaan.")
                   : STR("This was sent from the settings of Sinetti, to see that the mail server takes it."),
        .base = api_public_url(call)};
    buf_init(&text, 0);
    buf_init(&html, 0);
    letter_text(&l, &text);
    letter_html(&l, &html);
    const struct mail_letter m = {.person = call->who.person,
                                  .purpose = "test",
                                  .name = call->who.name,
                                  .address = to,
                                  .lang = str_from(lang_name(call->lang)),
                                  .subject = l.heading,
                                  .text = buf_view(&text),
                                  .html = buf_view(&html)};
    return mail_send_now(cx, call->state, &m, call->now);
}

API_OPERATION(mail_test)
{
    struct json *j = &call->out;
    struct str to = own_address(cx, call);
    if (!to.n || !mail_address_ok(to))
        return api_fail(cx, call, E_CONFLICT, "you have no address that mail could go to",
                        "sinulla ei ole osoitetta, johon postia voisi lähettää");
    enum rc rc = send_test(cx, call, to);
    if (rc != OK && rc != E_BUSY && rc != E_INVALID) return rc;
    json_begin(j, '{');
    json_put_bool(j, "works", rc == OK);
    json_put_str(j, "to", to);
    json_put_cstr(j, "detail", rc == OK ? NULL : cx->message);
    json_end(j, '}');
    return OK;
}

/* --- the queue */

API_OPERATION(mail_messages_list)
{
    struct json *j = &call->out;
    struct mail_row *rows = arena_array(&cx->arena, struct mail_row, SHOWN);
    size_t n;
    TRY(mail_list(cx, call->state, api_value(call, "state"), SHOWN, rows, &n));
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) {
        json_begin(j, '{');
        json_put_str(j, "message", rows[i].id);
        json_put_str(j, "purpose", rows[i].purpose);
        json_put_str(j, "to_name", rows[i].name);
        json_put_str(j, "to", rows[i].address);
        json_put_str(j, "subject", rows[i].subject);
        json_put_str(j, "state", rows[i].state);
        show_text(j, "answer", text_in(cx, call, rows[i].answer));
        api_put_time(j, "created", rows[i].created);
        api_put_time(j, "next", str_eq(rows[i].state, STR("queued")) ? rows[i].next : 0);
        api_put_time(j, "ended", rows[i].ended);
        json_put_int(j, "tries", rows[i].tries);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(mail_message_retry)
{
    TRY(mail_retry(cx, call->state, api_value(call, "message"), call->now));
    call->answer->status = 204;
    return OK;
}

API_OPERATION(mail_message_drop)
{
    TRY(mail_drop(cx, call->state, api_value(call, "message")));
    call->answer->status = 204;
    return OK;
}
