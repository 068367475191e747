/* One-time passwords: the second step, and turning it on and off. */
#include "api/browser.h"
#include "api/sign_in.h"
#include "identity/accounts.h"
#include "identity/people.h"
#include "identity/totp_kept.h"

#include <sodium.h>

static const struct browser_words words = {
    .denied = "koodi on väärä, vanhentunut tai jo käytetty; odota seuraavaa",
    .notfound = "kertakäyttökoodit eivät ole käytössä",
    .conflict = "kertakäyttökoodit ovat jo käytössä, tai niiden käyttöönottoa ei ole aloitettu",
};

static struct str guess_of(struct ctx *cx, struct str person)
{
    return arena_printf(&cx->arena, "totp:" STR_FMT, STR_ARG(person));
}

static enum rc count_guess(struct ctx *cx, struct api_call *call, struct str person)
{
    int64_t wait = 0;
    enum rc rc = identity_guess(cx, call->identity, guess_of(cx, person), call->request->peer, &wait);
    return sign_in_judged(cx, call, rc, wait);
}

API_OPERATION(session_totp)
{
    struct str person;
    TRY(sign_in_pending(cx, call, &person));
    TRY(count_guess(cx, call, person));
    enum rc rc = identity_totp_use(cx, call->identity, person, api_field(call->body, "code"));
    if (rc == E_DENIED) TRY(sign_in_failed(cx, call));
    TRY(sign_in_judged(cx, call, rc, 0));
    TRY(identity_guess_right(cx, call->identity, guess_of(cx, person), call->request->peer));
    return sign_in_finish(cx, call, person, "totp");
}

/* What the app shows beside the code: the person's first address, else their name. */
static enum rc account_name(struct ctx *cx, struct api_call *call, struct str *out)
{
    struct person p;
    TRY(identity_person_get(cx, call->identity, call->who.person, &p));
    *out = p.n_addresses ? p.addresses[0] : p.name;
    return OK;
}

API_OPERATION(me_totp_begin)
{
    uint8_t secret[TOTP_SECRET];
    struct totp_offer o;
    struct str account;
    struct json *j = &call->out;
    TRY(sign_in_is_fresh(cx, call));
    TRY(account_name(cx, call, &account));
    TRY(browser_told(cx, call, identity_totp_begin(cx, call->identity, call->who.person, secret), &words));
    enum rc rc = totp_offer(cx, secret, STR("Sinetti"), str_slice(account, 0, 200), &o);
    sodium_memzero(secret, sizeof secret);
    if (rc != OK) return rc;
    json_begin(j, '{');
    json_put_str(j, "secret", o.secret);
    json_put_str(j, "uri", o.uri);
    json_put_int(j, "modules", o.modules);
    json_put_str(j, "path", o.path);
    json_end(j, '}');
    return OK;
}

API_OPERATION(me_totp_confirm)
{
    TRY(sign_in_is_fresh(cx, call));
    TRY(count_guess(cx, call, call->who.person));
    enum rc rc =
        identity_totp_confirm(cx, call->identity, &call->actor, call->who.person, api_field(call->body, "code"));
    TRY(browser_told(cx, call, rc, &words));
    TRY(identity_guess_right(cx, call->identity, guess_of(cx, call->who.person), call->request->peer));
    return sign_in_raise(cx, call, LEVEL_TWO);
}

API_OPERATION(me_totp_remove)
{
    TRY(sign_in_is_fresh(cx, call));
    return browser_told(cx, call, identity_totp_remove(cx, call->identity, &call->actor, call->who.person), &words);
}
