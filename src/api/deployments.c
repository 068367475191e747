/* Deployments, as automation records them. */
#include "api/item.h"
#include "base/texts_fi.h"
#include "exchange/deploy.h"

struct telling {
    struct ctx *cx;
    struct api_call *call;
};

static void tell(void *arg, const char *field, const char *text)
{
    const struct telling *t = arg;
    api_fault(t->call, field, text, text_fi(t->cx, text));
}

API_OPERATION(deployments_record)
{
    struct deploy d = {.at = call->now};
    struct deploy_answer done;
    struct telling t = {cx, call};
    struct records_by by = item_by(call);
    struct json *j = &call->out;
    for (int i = 0; i < DEPLOY_FIELDS; i++) d.values[i] = api_field(call->body, deploy_fields[i]);
    d.key = api_field(call->body, "key");
    if (api_field(call->body, "at").p && !api_field_time(call, "at", &d.at)) return api_faults(cx, call);
    enum rc rc = deploy_record(cx, call->facts, call->ledger, call->catalog, &by, &d, tell, &t, &done);
    if (rc == E_INVALID && call->n_errors) return api_faults(cx, call);
    TRY(rc);
    const struct record_kind *k = catalog_find_record(call->catalog, STR("deployment"));
    json_begin(j, '{');
    json_put_str(j, "subject", done.subject);
    json_put_int(j, "number", done.number);
    json_put_str(j, "label", arena_printf(&cx->arena, STR_FMT "-%lld", STR_ARG(k->prefix), (long long)done.number));
    json_put_str(j, "title", done.title);
    json_put_bool(j, "repeated", done.repeated);
    json_end(j, '}');
    return OK;
}
