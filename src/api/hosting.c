/* How a repository is kept: what git's users need to know. */
#include "api/repository.h"
#include "api/show.h"
#include "base/texts_fi.h"
#include "gates/mirror.h"
#include "git/location.h"

static void put_mirror(struct ctx *cx, struct api_call *call, const struct mirror *m)
{
    struct json *j = &call->out;
    bool ended = m->pushed && job_has_ended(m->job.state);
    json_key(j, "mirror");
    if (m->state == MIRROR_NONE) {
        json_nil(j);
        return;
    }
    json_begin(j, '{');
    json_put_str(j, "url", location_shown(cx, m->url));
    api_put_time(j, "since", m->since);
    json_put_cstr(j, "state", mirror_state_name(m->state));
    api_put_time(j, "at", ended ? m->job.ended : 0);
    json_put_int(j, "failed", m->failed);
    const char *why = arena_cstr(&cx->arena, m->job.message);
    if (call->lang == LANG_FI) why = text_fi(cx, why);
    show_text(j, "message", m->state == MIRROR_FAILS ? str_from(why) : STR_NONE);
    json_end(j, '}');
}

API_OPERATION(repositories_hosting)
{
    struct repository r;
    struct mirror m = {0};
    struct str subject = arena_printf(&cx->arena, "repo:" STR_FMT, STR_ARG(api_value(call, "repository")));
    TRY(repository_read(cx, call->ledger, subject, &r));
    if (!r.is_there || !api_within(call, r.project))
        return api_fail(cx, call, E_NOTFOUND, "there is no such repository", "sellaista tietovarastoa ei ole");
    bool hosted = r.hosted && str_eq(r.state, STR("active"));
    if (hosted) TRY(mirror_read(cx, call->ledger, call->state, subject, &m));
    json_begin(&call->out, '{');
    json_put_bool(&call->out, "hosted", hosted);
    json_put_bool(&call->out, "may_read", hosted && api_may(call, "code.read", r.project));
    json_put_bool(&call->out, "may_write", hosted && api_may(call, "code.write", r.project));
    put_mirror(cx, call, &m);
    json_end(&call->out, '}');
    return OK;
}
