/* Deployments, as automation records them. */
#include "api/item.h"
#include "exchange/deploy.h"

API_OPERATION(deployments_record)
{
    struct deploy d = {.at = call->now};
    struct deploy_answer done;
    struct item_telling t = {cx, call};
    struct records_by by = item_by(call);
    struct json *j = &call->out;
    for (int i = 0; i < DEPLOY_FIELDS; i++) d.values[i] = api_field(call->body, deploy_fields[i]);
    d.key = api_field(call->body, "key");
    if (api_field(call->body, "at").p && !api_field_time(call, "at", &d.at)) return api_faults(cx, call);
    enum rc rc = deploy_record(cx, call->facts, call->ledger, call->catalog, &by, &d, item_tell, &t, &done);
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
