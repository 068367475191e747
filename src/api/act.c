#include "api/act.h"

struct request_actor act_actor(struct api_call *call)
{
    return (struct request_actor){call->actor, api_may(call, "approvals.decide", STR_NONE)};
}

static void put_act(struct api_call *call, const char *state, bool has_request, uint64_t request, bool has_event,
                    uint64_t event)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    json_put_cstr(j, "state", state);
    json_key(j, "request");
    if (has_request)
        json_int(j, (int64_t)request);
    else
        json_nil(j);
    json_key(j, "event");
    if (has_event)
        json_int(j, (int64_t)event);
    else
        json_nil(j);
    json_end(j, '}');
}

void act_put_done(struct api_call *call, uint64_t event)
{
    put_act(call, "done", false, 0, true, event);
}

enum rc act_ask(struct ctx *cx, struct api_call *call, const struct request_wish *w)
{
    struct request_outcome o;
    const struct request_actor who = act_actor(call);
    TRY(request_make(cx, call->facts, call->now, &who, w, &o));
    put_act(call, request_state_name(o.state), true, o.request, o.has_event, o.event);
    return OK;
}

enum rc act_append(struct ctx *cx, struct api_call *call, const char *kind, struct str subject, struct str payload)
{
    struct facts_answer done;
    struct body fact = {.kind = str_from(kind), .subject = subject, .payload = payload};
    TRY(api_append(cx, call, &fact, 1, &done));
    act_put_done(call, done.n);
    return OK;
}
