/* Signing in at another server, and which ones there are. */
#include "api/browser.h"
#include "api/sign_in.h"
#include "identity/oidc_flow.h"

static const struct browser_words words = {
    .invalid = "jokin kirjautumispalvelun tiedoissa ei kelpaa: nimi 1–100 tavua, myöntäjä https-osoite ilman "
               "kyselyosaa, tunniste ja salaisuus "
               "näkyviä ASCII-merkkejä; myöntäjää ei voi vaihtaa",
    .notfound = "sellaista kirjautumispalvelua tai tiliä ei ole, tai se on poissa käytöstä",
    .conflict = "tämä myöntäjä on jo lisätty, tai joku muu on muuttanut palvelua sillä välin",
    .limit = "kirjautumispalveluja voi olla enintään 20",
    .busy = "kirjautumispalvelu ei vastaa; yritä hetken kuluttua uudelleen",
};

/* --- on the way */

static const char *cookie_name(const struct api_call *call)
{
    return call->request->secure ? "__Host-sinetti-oidc" : "sinetti-oidc";
}

/* It comes with the link that leads back here, which a strict one would not. */
static void set_cookie(struct ctx *cx, struct api_call *call, const char *value, int64_t seconds)
{
    http_response_header(call->answer, "Set-Cookie",
                         arena_printf(&cx->arena, "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
                                      cookie_name(call), value, (long long)seconds,
                                      call->request->secure ? "; Secure" : ""));
}

static struct str callback_of(struct ctx *cx, const struct api_call *call, struct str provider)
{
    return arena_printf(&cx->arena, STR_FMT "/api/v1/session/providers/" STR_FMT "/callback",
                        STR_ARG(browser_origin(cx, call)), STR_ARG(provider));
}

static enum rc start(struct ctx *cx, struct api_call *call, struct oidc_start *s)
{
    struct oidc_started started;
    s->redirect = callback_of(cx, call, s->provider);
    s->landing = api_field(call->body, "landing");
    TRY(browser_told(cx, call, identity_oidc_start(cx, call->identity, s, &started), &words));
    set_cookie(cx, call, started.cookie, FLOW_SECONDS);
    json_begin(&call->out, '{');
    json_put_str(&call->out, "address", started.address);
    json_end(&call->out, '}');
    return OK;
}

API_OPERATION(session_provider_start)
{
    struct oidc_start s = {.provider = api_value(call, "provider"), .invitation = api_field(call->body, "invitation")};
    return start(cx, call, &s);
}

API_OPERATION(me_accounts_link)
{
    struct oidc_start s = {
        .provider = api_field(call->body, "provider"), .person = call->who.person, .session = call->who.session};
    TRY(sign_in_is_fresh(cx, call));
    return start(cx, call, &s);
}

/* On to a page of ours; `oidc` says what happened. */
static void lead_to(struct ctx *cx, struct api_call *call, struct str page, enum oidc_why why)
{
    const char *sep = str_find(page, STR("?")) ? "&" : "?";
    buf_clear(&call->answer->body);
    http_response_header(call->answer, "Location",
                         why == OIDC_FINE
                             ? page
                             : arena_printf(&cx->arena, STR_FMT "%soidc=%s", STR_ARG(page), sep, oidc_why_name(why)));
}

/* The sign-in page, which leads on to `landing` (a path of letters that need no escapes but these). */
static struct str sign_in_page(struct ctx *cx, struct str landing)
{
    scoped_buf out;
    buf_init(&out, 0);
    buf_cstr(&out, "/sign-in?next=");
    for (size_t i = 0; i < landing.n; i++)
        if (strchr("%&=?+", landing.p[i]))
            buf_printf(&out, "%%%02X", (unsigned char)landing.p[i]);
        else
            buf_char(&out, landing.p[i]);
    return arena_str(&cx->arena, buf_view(&out));
}

static enum rc signed_in(struct ctx *cx, struct api_call *call, const struct oidc_outcome *o)
{
    bool totp = false, passkey = false;
    enum rc rc = sign_in_begin(cx, call, o->person, "oidc", o->several ? LEVEL_TWO : LEVEL_ONE);
    if (rc == E_DENIED) { /* has left */
        lead_to(cx, call, sign_in_page(cx, o->landing), OIDC_UNKNOWN);
        return OK;
    }
    TRY(rc);
    TRY(identity_factor_has(cx, call->identity, o->person, "totp", &totp));
    TRY(identity_factor_has(cx, call->identity, o->person, "passkey", &passkey));
    bool waits = !o->several && (totp || passkey); /* for the second step */
    lead_to(cx, call, waits ? sign_in_page(cx, o->landing) : o->landing, OIDC_FINE);
    return OK;
}

API_OPERATION(session_provider_callback)
{
    struct oidc_outcome o;
    const struct oidc_return r = {.provider = api_value(call, "provider"),
                                  .state = api_value(call, "state"),
                                  .code = api_value(call, "code"),
                                  .iss = api_value(call, "iss"),
                                  .error = api_value(call, "error"),
                                  .cookie = http_request_cookie(call->request, cookie_name(call)),
                                  .device = sign_in_device(call)};
    TRY(identity_oidc_finish(cx, call->identity, &r, &o));
    set_cookie(cx, call, "", 0);
    if (o.why == OIDC_FINE && !o.linking) return signed_in(cx, call, &o);
    lead_to(cx, call, o.linking ? o.landing : sign_in_page(cx, o.landing), o.why);
    return OK;
}

API_OPERATION(session_providers)
{
    struct oidc_providers all;
    struct json *j = &call->out;
    TRY(identity_providers(cx, call->identity, &all));
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < all.n; i++) {
        if (!all.list[i].active) continue;
        json_begin(j, '{');
        json_put_str(j, "provider", all.list[i].id);
        json_put_str(j, "name", all.list[i].name);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* --- one's own accounts there */

API_OPERATION(me_accounts_list)
{
    struct oidc_accounts all;
    struct json *j = &call->out;
    TRY(identity_accounts(cx, call->identity, call->who.person, &all));
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < all.n; i++) {
        json_begin(j, '{');
        json_put_str(j, "account", all.list[i].id);
        json_put_str(j, "provider", all.list[i].provider);
        json_put_str(j, "name", all.list[i].name);
        api_put_time(j, "created_at", all.list[i].created);
        api_put_time(j, "used_at", all.list[i].seen);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(me_accounts_unlink)
{
    TRY(sign_in_is_fresh(cx, call));
    enum rc rc =
        identity_account_unlink(cx, call->identity, &call->actor, call->who.person, api_value(call, "account"));
    return browser_told(cx, call, rc, &words);
}

/* --- which ones there are */

static void put_provider(struct ctx *cx, struct api_call *call, const struct oidc_provider *p)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    json_put_str(j, "provider", p->id);
    json_put_str(j, "name", p->name);
    json_put_str(j, "issuer", p->issuer);
    json_put_str(j, "client", p->client);
    json_put_bool(j, "has_secret", p->has_secret);
    json_put_bool(j, "by_address", p->by_address);
    json_put_bool(j, "believes", p->believes);
    json_put_bool(j, "active", p->active);
    json_put_str(j, "callback", callback_of(cx, call, p->id));
    json_put_cstr(j, "trouble", p->trouble.p); /* NULL: null */
    api_put_time(j, "trouble_at", p->trouble_at);
    json_end(j, '}');
}

/* The one of the path. */
static enum rc find(struct ctx *cx, struct api_call *call, struct oidc_provider *out)
{
    return browser_told(cx, call, identity_provider_get(cx, call->identity, api_value(call, "provider"), out), &words);
}

API_OPERATION(providers_list)
{
    struct oidc_providers all;
    TRY(identity_providers(cx, call->identity, &all));
    json_begin(&call->out, '{');
    json_key(&call->out, "items");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < all.n; i++) put_provider(cx, call, &all.list[i]);
    json_end(&call->out, ']');
    json_end(&call->out, '}');
    return OK;
}

API_OPERATION(providers_get)
{
    struct oidc_provider p;
    TRY(find(cx, call, &p));
    api_tag(call, (uint64_t)p.version);
    put_provider(cx, call, &p);
    return OK;
}

API_OPERATION(providers_create)
{
    struct oidc_provider p = {.name = api_field(call->body, "name"),
                              .issuer = api_field(call->body, "issuer"),
                              .client = api_field(call->body, "client"),
                              .by_address = api_field_bool(call->body, "by_address", false),
                              .believes = api_field_bool(call->body, "believes", false),
                              .active = api_field_bool(call->body, "active", true)};
    struct str secret = api_field(call->body, "secret");
    TRY(browser_told(cx, call, identity_provider_put(cx, call->identity, &call->actor, &p, secret), &words));
    p.has_secret = secret.n > 0;
    api_tag(call, (uint64_t)p.version);
    api_created(cx, call, arena_printf(&cx->arena, "/api/v1/providers/" STR_FMT, STR_ARG(p.id)));
    put_provider(cx, call, &p);
    return OK;
}

API_OPERATION(providers_change)
{
    struct oidc_provider p;
    struct str name = api_field(call->body, "name"), client = api_field(call->body, "client"),
               secret = api_field(call->body, "secret");
    TRY(find(cx, call, &p));
    TRY(api_match(cx, call, (uint64_t)p.version));
    if (name.p) p.name = name;
    if (client.p) p.client = client;
    p.by_address = api_field_bool(call->body, "by_address", p.by_address);
    p.believes = api_field_bool(call->body, "believes", p.believes);
    p.active = api_field_bool(call->body, "active", p.active);
    TRY(browser_told(cx, call, identity_provider_put(cx, call->identity, &call->actor, &p, secret), &words));
    if (secret.p) p.has_secret = secret.n > 0;
    api_tag(call, (uint64_t)p.version);
    put_provider(cx, call, &p);
    return OK;
}

API_OPERATION(providers_remove)
{
    return browser_told(
        cx, call, identity_provider_remove(cx, call->identity, &call->actor, api_value(call, "provider")), &words);
}

API_OPERATION(providers_test)
{
    struct oidc_provider p;
    struct json *j = &call->out;
    TRY(find(cx, call, &p));
    enum rc rc = identity_oidc_test(cx, call->identity, p.id);
    if (rc == E_IO || rc == E_CORRUPT || rc == E_INTERNAL) return rc;
    json_begin(j, '{');
    json_put_bool(j, "works", rc == OK);
    json_put_cstr(j, "detail", rc == OK ? NULL : cx->message);
    json_end(j, '}');
    return OK;
}
