/* One's own account: password, language, recovery codes. */
#include "api/api_int.h"
#include "api/person.h"
#include "api/sign_in.h"
#include "identity/accounts.h"
#include "identity/people.h"
#include "identity/tokens.h"

API_OPERATION(me_get)
{
    struct json *j = &call->out;
    struct person p;
    bool password, totp, passkey, fresh;
    int codes;
    TRY(identity_person_get(cx, call->identity, call->who.person, &p));
    TRY(identity_password_has(cx, call->identity, p.id, &password));
    TRY(identity_factor_has(cx, call->identity, p.id, "totp", &totp));
    TRY(identity_factor_has(cx, call->identity, p.id, "passkey", &passkey));
    TRY(identity_recovery_left(cx, call->identity, p.id, &codes));
    TRY(identity_session_fresh(cx, call->identity, &call->who, &fresh));
    json_begin(j, '{');
    json_put_str(j, "id", p.id);
    json_put_str(j, "name", p.name);
    json_key(j, "addresses");
    json_begin(j, '[');
    for (size_t i = 0; i < p.n_addresses; i++) json_str(j, p.addresses[i]);
    json_end(j, ']');
    json_put_cstr(j, "language", lang_name(call->lang));
    json_put_bool(j, "has_password", password);
    json_key(j, "factors");
    json_begin(j, '[');
    if (totp) json_cstr(j, "totp");
    if (passkey) json_cstr(j, "passkey");
    json_end(j, ']');
    json_put_int(j, "recovery_codes", codes);
    json_put_bool(j, "fresh", fresh);
    TRY(person_put_came_in(cx, call, p.id));
    json_end(j, '}');
    return OK;
}

/* Whoever holds a session for a moment is not to keep the account: the present password is asked for, where there is
 * one. Who has just come in by a link has none, or has forgotten it. */
static enum rc check_present(struct ctx *cx, struct api_call *call)
{
    struct str method, present = api_field(call->body, "present");
    bool has, fresh;
    int64_t wait;
    TRY(identity_password_has(cx, call->identity, call->who.person, &has));
    TRY(identity_session_fresh(cx, call->identity, &call->who, &fresh));
    TRY(identity_session_method(cx, call->identity, &call->who, &method));
    if (!has || (fresh && str_starts(method, STR("link")))) return sign_in_is_fresh(cx, call);
    if (!present.p) {
        api_fault(call, "present", "is missing", "puuttuu");
        return api_faults(cx, call);
    }
    enum rc rc = identity_password_check(cx, call->identity, call->who.person, present, call->request->peer, &wait);
    return sign_in_judged(cx, call, rc, wait);
}

API_OPERATION(me_password)
{
    if (call->who.credential != CREDENTIAL_SESSION)
        return api_fail(cx, call, E_DENIED, "a token sets no password", "tunnuksella ei aseteta salasanaa");
    TRY(check_present(cx, call));
    TRY(identity_password_set(cx, call->identity, &call->actor, call->who.person, api_field(call->body, "password"),
                              call->who.session));
    TRY(sign_in_raise(cx, call, call->who.level));
    call->answer->status = 204;
    return OK;
}

API_OPERATION(me_language)
{
    TRY(identity_language_set(cx, call->identity, call->who.person, api_field(call->body, "language")));
    call->answer->status = 204;
    return OK;
}

API_OPERATION(me_recovery_codes)
{
    char codes[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1];
    struct json *j = &call->out;
    TRY(sign_in_is_fresh(cx, call));
    TRY(identity_recovery_make(cx, call->identity, &call->actor, call->who.person, codes));
    json_begin(j, '{');
    json_key(j, "codes");
    json_begin(j, '[');
    for (int i = 0; i < RECOVERY_CODES; i++) json_cstr(j, codes[i]);
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* --- sessions */

API_OPERATION(me_sessions_list)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(
        cx, call->state,
        STR("SELECT id, method, level, created, seen, until, network, agent FROM session WHERE person = ?1 "
            "AND stage = 1 AND until > ?2 AND seen > ?3 ORDER BY seen DESC, id"),
        &st));
    store_bind_str(st, 1, call->who.person);
    store_bind_int(st, 2, call->now);
    store_bind_int(st, 3, call->now - SESSION_IDLE);
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        json_put_str(j, "id", store_column_str(st, 0));
        json_put_bool(j, "current", str_eq(store_column_str(st, 0), call->who.session));
        json_put_str(j, "method", store_column_str(st, 1));
        json_put_int(j, "level", sqlite3_column_int64(st, 2));
        api_put_time(j, "created", sqlite3_column_int64(st, 3));
        api_put_time(j, "seen", sqlite3_column_int64(st, 4));
        api_put_time(j, "until", sqlite3_column_int64(st, 5));
        json_put_str(j, "network", store_column_str(st, 6));
        json_put_str(j, "agent", store_column_str(st, 7));
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(me_sessions_end)
{
    struct str but = call->who.credential == CREDENTIAL_SESSION ? call->who.session : STR_NONE;
    TRY(identity_session_end_all(cx, call->identity, call->who.person, but));
    call->answer->status = 204;
    return identity_tell(cx, call->identity, &call->actor, call->who.person, "session", "revoked", STR_NONE);
}

API_OPERATION(me_session_end)
{
    struct str session = api_value(call, "session");
    TRY(identity_session_end(cx, call->identity, call->who.person, session));
    call->answer->status = 204;
    return identity_tell(cx, call->identity, &call->actor, call->who.person, "session", "revoked",
                         identity_fingerprint(cx, CREDENTIAL_SESSION, session));
}
