#include "api/sign_in.h"

#include "api/api_int.h"
#include "identity/accounts.h"
#include "identity/tokens.h"

#define DEVICE_SECONDS (180 * DAY_SECONDS)

static const char *cookie_name(const struct api_call *call, bool device)
{
    if (call->request->secure) return device ? "__Host-sinetti-device" : "__Host-sinetti";
    return device ? "sinetti-device" : "sinetti";
}

struct str sign_in_cookie(const struct api_call *call)
{
    return http_request_cookie(call->request, cookie_name(call, false));
}

struct str sign_in_device(const struct api_call *call)
{
    return http_request_cookie(call->request, cookie_name(call, true));
}

static void set_cookie(struct ctx *cx, struct api_call *call, bool device, const char *value, int64_t seconds)
{
    http_response_header(call->answer, "Set-Cookie",
                         arena_printf(&cx->arena, "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
                                      cookie_name(call, device), value, (long long)seconds,
                                      call->request->secure ? "; Secure" : ""));
}

/* --- what the second step may be */

struct methods {
    const char *all[3];
    size_t n;
};

static enum rc methods_of(struct ctx *cx, struct api_call *call, struct str person, struct methods *out)
{
    bool totp, passkey;
    int codes;
    *out = (struct methods){.n = 0};
    TRY(identity_factor_has(cx, call->identity, person, "totp", &totp));
    TRY(identity_factor_has(cx, call->identity, person, "passkey", &passkey));
    TRY(identity_recovery_left(cx, call->identity, person, &codes));
    if (totp) out->all[out->n++] = "totp";
    if (passkey) out->all[out->n++] = "passkey";
    if (out->n && codes) out->all[out->n++] = "recovery_code";
    return OK;
}

static void put_methods(struct json *j, const char *key, const struct methods *m)
{
    json_key(j, key);
    json_begin(j, '[');
    for (size_t i = 0; i < m->n; i++) json_cstr(j, m->all[i]);
    json_end(j, ']');
}

static void answer(struct api_call *call, const struct methods *m)
{
    json_begin(&call->out, '{');
    json_put_cstr(&call->out, "step", m->n ? "second_factor" : "done");
    put_methods(&call->out, "methods", m);
    json_end(&call->out, '}');
}

enum rc sign_in_put_pending(struct ctx *cx, struct api_call *call)
{
    struct methods m = {.n = 0};
    struct str person;
    bool nobody = call->who.credential == CREDENTIAL_NONE && sign_in_cookie(call).n;
    if (nobody && identity_pending_find(cx, call->identity, sign_in_cookie(call), &person) == OK)
        TRY(methods_of(cx, call, person, &m));
    put_methods(&call->out, "second_factor", &m);
    return OK;
}

/* --- steps */

static enum rc done(struct ctx *cx, struct api_call *call, struct str person, const struct session_made *s)
{
    char device[SECRET_TEXT + 1];
    TRY(identity_account_knows(cx, call->identity, person, call->request->peer, device));
    set_cookie(cx, call, false, s->cookie, s->until - call->now);
    set_cookie(cx, call, true, device, DEVICE_SECONDS);
    answer(call, &(struct methods){.n = 0});
    return OK;
}

enum rc sign_in_begin(struct ctx *cx, struct api_call *call, struct str person, const char *method,
                      enum identity_level level)
{
    struct methods m = {.n = 0};
    struct session_made made;
    const struct session_start s = {.person = person,
                                    .level = level,
                                    .method = str_from(method),
                                    .network = call->request->peer,
                                    .agent = http_request_header(call->request, "User-Agent"),
                                    .before = sign_in_cookie(call)};
    if (level == LEVEL_ONE) TRY(methods_of(cx, call, person, &m));
    if (m.n == 0) {
        TRY(identity_session_create(cx, call->identity, &s, &made));
        return done(cx, call, person, &made);
    }
    TRY(identity_pending_create(cx, call->identity, &s, &made));
    set_cookie(cx, call, false, made.cookie, SESSION_PENDING);
    answer(call, &m);
    return OK;
}

enum rc sign_in_pending(struct ctx *cx, struct api_call *call, struct str *person)
{
    enum rc rc = identity_pending_find(cx, call->identity, sign_in_cookie(call), person);
    if (rc != E_DENIED) return rc;
    return api_refuse(cx, call, E_DENIED, "signed_out",
                      "the first step of signing in was not done, or too long ago: begin again",
                      "kirjautumisen ensimmäistä vaihetta ei ole tehty tai siitä on liian kauan: aloita alusta");
}

enum rc sign_in_finish(struct ctx *cx, struct api_call *call, struct str person, const char *second)
{
    struct session_made made;
    TRY(identity_pending_finish(cx, call->identity, sign_in_cookie(call), second, &made));
    return done(cx, call, person, &made);
}

enum rc sign_in_failed(struct ctx *cx, struct api_call *call)
{
    return identity_pending_failed(cx, call->identity, sign_in_cookie(call));
}

enum rc sign_in_judged(struct ctx *cx, struct api_call *call, enum rc rc, int64_t wait)
{
    if (rc == E_LIMIT && wait > 0) {
        http_response_header(call->answer, "Retry-After", arena_printf(&cx->arena, "%lld", (long long)wait));
        return api_refuse(cx, call, E_LIMIT, "too_many", "too many wrong attempts: try again in %lld seconds",
                          "liian monta väärää yritystä: yritä uudelleen %lld sekunnin kuluttua", (long long)wait);
    }
    if (rc == E_DENIED)
        return api_refuse(cx, call, E_DENIED, "not_right", "what you have given is not right",
                          "antamasi tieto ei täsmää");
    return rc;
}

/* --- a session that is there */

enum rc sign_in_is_fresh(struct ctx *cx, struct api_call *call)
{
    bool fresh;
    TRY(identity_session_fresh(cx, call->identity, &call->who, &fresh));
    if (fresh) return OK;
    return api_refuse(cx, call, E_DENIED, "stale",
                      "before this changes, show once more that it is you: with your password or passkey",
                      "vahvista ennen tätä muutosta vielä kerran, että se olet sinä: salasanalla tai pääsyavaimella");
}

enum rc sign_in_raise(struct ctx *cx, struct api_call *call, enum identity_level level)
{
    struct session_made made;
    TRY(identity_session_raise(cx, call->identity, sign_in_cookie(call), level, &made));
    set_cookie(cx, call, false, made.cookie, made.until - call->now);
    return OK;
}

/* --- operations */

API_OPERATION(session_create)
{
    struct str person;
    int64_t wait;
    const struct account_attempt a = {
        .address = api_field(call->body, "address"),
        .network = call->request->peer,
        .device = sign_in_device(call),
    };
    enum rc rc = identity_password_sign_in(cx, call->identity, &a, api_field(call->body, "password"), &person, &wait);
    TRY(sign_in_judged(cx, call, rc, wait));
    return sign_in_begin(cx, call, person, "password", LEVEL_ONE);
}

API_OPERATION(session_delete)
{
    if (call->who.credential != CREDENTIAL_SESSION)
        return api_fail(cx, call, E_DENIED, "a token is revoked under /api/v1/me/tokens",
                        "tunnus perutaan polussa /api/v1/me/tokens");
    TRY(identity_session_end(cx, call->identity, call->who.person, call->who.session));
    set_cookie(cx, call, false, "", 0);
    return OK;
}

API_OPERATION(session_recovery_code)
{
    struct str person;
    int64_t wait;
    int left;
    TRY(sign_in_pending(cx, call, &person));
    struct str what = arena_printf(&cx->arena, "recovery " STR_FMT, STR_ARG(person));
    enum rc rc = identity_guess(cx, call->identity, what, call->request->peer, &wait);
    TRY(sign_in_judged(cx, call, rc, wait));
    rc = identity_recovery_use(cx, call->identity, person, api_field(call->body, "code"), &left);
    if (rc == E_DENIED) TRY(sign_in_failed(cx, call));
    TRY(sign_in_judged(cx, call, rc, 0));
    TRY(identity_guess_right(cx, call->identity, what, call->request->peer));
    const struct identity_actor by = {.person = person, .credential = STR(""), .via = STR("person")};
    TRY(identity_tell(cx, call->identity, &by, person, "recovery_codes", "removed", STR_NONE));
    return sign_in_finish(cx, call, person, "recovery_code");
}

API_OPERATION(session_confirm)
{
    int64_t wait;
    if (call->who.credential != CREDENTIAL_SESSION)
        return api_fail(cx, call, E_DENIED, "only a browser's session is confirmed",
                        "vain selaimen istunto vahvistetaan");
    enum rc rc = identity_password_check(cx, call->identity, call->who.person, api_field(call->body, "password"),
                                         call->request->peer, &wait);
    TRY(sign_in_judged(cx, call, rc, wait));
    return sign_in_raise(cx, call, call->who.level);
}
