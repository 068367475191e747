/* Roles given and taken. */
#include "api/act.h"
#include "api/api_int.h"
#include "identity/people.h"

/* Whether what the group gets is the caller's too. */
static enum rc is_of_caller(struct ctx *cx, struct api_call *call, struct str subject, bool *out)
{
    struct group g;
    *out = str_eq(subject, call->who.person);
    if (!str_starts(subject, STR("group:"))) return OK;
    TRY(identity_group_get(cx, call->identity, subject, &g));
    for (size_t i = 0; i < g.n_members; i++) *out |= str_eq(g.members[i], call->who.person);
    return OK;
}

API_OPERATION(role_grants_create)
{
    struct str payload, role = api_field(call->body, "role");
    struct role_change c = {.subject = api_field(call->body, "subject"),
                            .scope = api_field(call->body, "scope"),
                            .revoke = str_eq(api_field(call->body, "state"), STR("revoked"))};
    bool own;
    if (!identity_role_find(role, &c.role)) return fail(cx, E_INTERNAL, "a role of the schema that is none");
    if (api_field_time(call, "until", &c.until) && c.revoke)
        api_fault(call, "until", "what is revoked has no end", "perutulla roolilla ei ole päättymisaikaa");
    TRY(api_faults(cx, call));
    TRY(identity_role_payload(cx, call->identity, &c, &payload));
    TRY(is_of_caller(cx, call, c.subject, &own));
    call->answer->status = 201;
    bool by_two = c.role == ROLE_ADMIN || c.role == ROLE_SECURITY_OFFICER || (own && !c.revoke);
    if (by_two)
        return act_ask(
            cx, call,
            &(struct request_wish){
                .kind = "role", .subject = c.subject, .payload = payload, .reason = api_field(call->body, "reason")});
    uint64_t event;
    TRY(identity_role_put(cx, call->identity, &call->actor, &c, &event));
    act_put_done(call, event);
    return OK;
}
