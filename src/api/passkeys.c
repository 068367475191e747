/* Passkeys: alone, as the second step, before credentials are changed; and one's own. */
#include "api/browser.h"
#include "api/sign_in.h"
#include "base/base64.h"
#include "identity/people.h"
#include "identity/webauthn_kept.h"

static const struct browser_words words = {
    .invalid =
        "selain lähetti pääsyavaimesta jotain, mitä ei voida lukea; nimi on 1–100 tavua ilman välilyöntejä päissä",
    .denied = "pääsyavain ei kelpaa: se on toiselta sivustolta, ei tunnistanut käyttäjäänsä tai vastasi liian myöhään; "
              "aloita alusta",
    .notfound = "sinulla ei ole sellaista pääsyavainta",
    .conflict = "tämä pääsyavain on jo lisätty",
    .limit = "pääsyavaimia voi olla enintään 20; poista ensin jokin",
    .busy = "pääsyavaimia käyttää juuri nyt liian moni; yritä hetken kuluttua uudelleen",
};

static enum rc site_of(struct ctx *cx, struct api_call *call, struct webauthn_site *out)
{
    static const struct browser_words needs = {
        .invalid = "pääsyavaimet tarvitsevat nimellisen https-osoitteen; numero-osoitteessa ne eivät toimi",
    };
    return browser_told(cx, call, webauthn_site(cx, browser_origin(cx, call), out), &needs);
}

/* --- shown */

/* Whose passkey is awaited: of who is signed in, or has passed the first step; else STR_NONE, anybody's. */
static enum rc awaited(struct ctx *cx, struct api_call *call, struct str *person)
{
    *person = STR_NONE;
    if (call->who.credential == CREDENTIAL_SESSION) {
        *person = call->who.person;
        return OK;
    }
    if (!sign_in_cookie(call).n) return OK;
    enum rc rc = identity_pending_find(cx, call->identity, sign_in_cookie(call), person);
    return rc == E_DENIED ? OK : rc;
}

static enum rc put_ids(struct ctx *cx, struct api_call *call, const char *key, struct str person, struct str site)
{
    struct passkeys all = {.n = 0};
    struct json *j = &call->out;
    if (person.p) TRY(identity_passkeys(cx, call->identity, person, &all));
    json_key(j, key);
    json_begin(j, '[');
    for (size_t i = 0; i < all.n; i++) {
        scoped_buf text;
        buf_init(&text, 0);
        base64url_put(&text, all.list[i].credential.p, all.list[i].credential.n);
        if (str_eq(all.list[i].site, site)) json_str(j, buf_view(&text));
    }
    json_end(j, ']');
    return OK;
}

API_OPERATION(session_passkey_options)
{
    struct webauthn_site site;
    struct str person;
    uint8_t challenge[WEBAUTHN_CHALLENGE];
    struct json *j = &call->out;
    TRY(site_of(cx, call, &site));
    TRY(awaited(cx, call, &person));
    TRY(browser_told(cx, call, identity_passkey_ask(cx, call->identity, false, person, challenge), &words));
    json_begin(j, '{');
    browser_put_bytes(j, "challenge", challenge, sizeof challenge);
    json_put_str(j, "rp_id", site.id);
    json_put_cstr(j, "user_verification", person.p ? "preferred" : "required");
    TRY(put_ids(cx, call, "allow", person, site.id));
    json_put_int(j, "timeout", PASSKEY_SECONDS * 1000);
    json_end(j, '}');
    return OK;
}

/* The passkey of the body, of `person` or (STR_NONE) of whoever it is. */
static enum rc show(struct ctx *cx, struct api_call *call, struct str person, struct str *who)
{
    struct webauthn_site site;
    struct str passkey, id = browser_bytes(cx, call, "id");
    const struct webauthn_assertion a = {.client_data = browser_bytes(cx, call, "client_data"),
                                         .authenticator_data = browser_bytes(cx, call, "authenticator_data"),
                                         .signature = browser_bytes(cx, call, "signature"),
                                         .user_handle = browser_bytes(cx, call, "user_handle")};
    TRY(api_faults(cx, call));
    TRY(site_of(cx, call, &site));
    return identity_passkey_show(cx, call->identity, &site, person, id, &a, who, &passkey);
}

/* What a passkey was refused for is no secret: whoever holds it is told. */
static enum rc judged(struct ctx *cx, struct api_call *call, enum rc rc)
{
    if (rc != E_DENIED) return rc;
    const char *why = arena_cstr(&cx->arena, str_from(cx->message));
    rc = sign_in_judged(cx, call, rc, 0); /* its problem; the texts are ours */
    return browser_told(cx, call, fail(cx, rc, "%s", why), &words);
}

API_OPERATION(session_passkey)
{
    struct str person, who = STR_NONE;
    if (call->who.credential != CREDENTIAL_NONE)
        return api_fail(cx, call, E_CONFLICT, "you are signed in; sign out first",
                        "olet jo kirjautunut; kirjaudu ensin ulos");
    TRY(awaited(cx, call, &person));
    enum rc rc = show(cx, call, person, &who);
    if (rc == E_DENIED && person.p) TRY(sign_in_failed(cx, call));
    TRY(judged(cx, call, rc));
    return person.p ? sign_in_finish(cx, call, person, "passkey") : sign_in_begin(cx, call, who, "passkey", LEVEL_TWO);
}

API_OPERATION(session_confirm_passkey)
{
    struct str who;
    if (call->who.credential != CREDENTIAL_SESSION)
        return api_fail(cx, call, E_DENIED, "only a browser's session is confirmed",
                        "vain selaimen istunto vahvistetaan");
    TRY(judged(cx, call, show(cx, call, call->who.person, &who)));
    return sign_in_raise(cx, call, LEVEL_TWO);
}

/* --- one's own */

API_OPERATION(me_passkeys_list)
{
    struct passkeys all;
    struct json *j = &call->out;
    TRY(identity_passkeys(cx, call->identity, call->who.person, &all));
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < all.n; i++) {
        const struct passkey *p = &all.list[i];
        json_begin(j, '{');
        json_put_str(j, "passkey", p->id);
        json_put_str(j, "name", p->name);
        json_put_str(j, "site", p->site);
        api_put_time(j, "created_at", p->created);
        api_put_time(j, "used_at", p->seen);
        json_put_bool(j, "copies", p->eligible);
        json_put_bool(j, "backed_up", p->backed_up);
        json_put_bool(j, "doubtful", p->doubtful);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(me_passkeys_options)
{
    static const int algorithms[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};
    struct webauthn_site site;
    struct person person;
    uint8_t challenge[WEBAUTHN_CHALLENGE];
    struct json *j = &call->out;
    struct str user = identity_passkey_user(call->who.person);
    TRY(sign_in_is_fresh(cx, call));
    TRY(site_of(cx, call, &site));
    TRY(identity_person_get(cx, call->identity, call->who.person, &person));
    TRY(browser_told(cx, call, identity_passkey_ask(cx, call->identity, true, call->who.person, challenge), &words));
    json_begin(j, '{');
    browser_put_bytes(j, "challenge", challenge, sizeof challenge);
    json_put_str(j, "rp_id", site.id);
    json_put_cstr(j, "rp_name", "Sinetti");
    browser_put_bytes(j, "user_id", user.p, user.n);
    json_put_str(j, "user_name", person.n_addresses ? person.addresses[0] : person.name);
    json_put_str(j, "user_display_name", person.name);
    json_key(j, "algorithms");
    json_begin(j, '[');
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) json_int(j, algorithms[i]);
    json_end(j, ']');
    TRY(put_ids(cx, call, "exclude", call->who.person, site.id));
    json_put_int(j, "timeout", PASSKEY_SECONDS * 1000);
    json_end(j, '}');
    return OK;
}

API_OPERATION(me_passkeys_create)
{
    struct webauthn_site site;
    struct str passkey;
    const struct webauthn_registration r = {.client_data = browser_bytes(cx, call, "client_data"),
                                            .attestation = browser_bytes(cx, call, "attestation")};
    TRY(api_faults(cx, call));
    TRY(sign_in_is_fresh(cx, call));
    TRY(site_of(cx, call, &site));
    enum rc rc = identity_passkey_add(cx, call->identity, &call->actor, call->who.person, &site,
                                      api_field(call->body, "name"), &r, &passkey);
    TRY(browser_told(cx, call, rc, &words));
    api_created(cx, call, arena_printf(&cx->arena, "/api/v1/me/passkeys/" STR_FMT, STR_ARG(passkey)));
    json_begin(&call->out, '{');
    json_put_str(&call->out, "passkey", passkey);
    json_end(&call->out, '}');
    return sign_in_raise(cx, call, LEVEL_TWO);
}

API_OPERATION(me_passkeys_rename)
{
    enum rc rc = identity_passkey_rename(cx, call->identity, call->who.person, api_value(call, "passkey"),
                                         api_field(call->body, "name"));
    return browser_told(cx, call, rc, &words);
}

API_OPERATION(me_passkeys_remove)
{
    TRY(sign_in_is_fresh(cx, call));
    enum rc rc =
        identity_passkey_remove(cx, call->identity, &call->actor, call->who.person, api_value(call, "passkey"));
    return browser_told(cx, call, rc, &words);
}
