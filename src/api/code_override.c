/* Breaking glass for a change that is to be published (gates/override.h), by who may, for themselves. */
#include "api/code_change.h"
#include "gates/override.h"

API_OPERATION(code_changes_override)
{
    struct code_change f;
    uint64_t event, request;
    TRY(code_change_find(cx, call, &f));
    const struct override_wish w = {.refs = f.change.target,
                                    .person = call->who.person,
                                    .reason = str_trim(api_field(call->body, "reason")),
                                    .minutes = api_field_int(call->body, "minutes", OVERRIDE_MINUTES)};
    if (!w.reason.n) api_fault(call, "reason", "is empty", "on tyhjä");
    TRY(api_faults(cx, call));
    TRY(override_open(cx, call->facts, &f.place, &call->actor, &w, &event, &request));
    return code_change_done(call);
}
