/* The organization's settings. */
#include "api/organization.h"

#include "api/show.h"
#include "base/limits.h"
#include "records/append.h"
#include "store/store.h"

enum rc organization_read(struct ctx *cx, sqlite3 *db, struct organization *o)
{
    scoped_stmt *st = NULL;
    bool row;
    *o = (struct organization){.language = STR("en"), .time_zone = STR("UTC"), .name = STR(""), .preset = STR("")};
    TRY(store_prepare(cx, db, STR("SELECT n, at, name, language, preset, time_zone FROM fact_organization"), &st));
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    o->is_set_up = true;
    o->fact = (uint64_t)sqlite3_column_int64(st, 0);
    o->at = sqlite3_column_int64(st, 1);
    struct str *texts[] = {&o->name, &o->language, &o->preset, &o->time_zone};
    for (int i = 0; i < 4; i++) *texts[i] = arena_str(&cx->arena, store_column_str(st, i + 2));
    return OK;
}

enum rc organization_add(struct append *a, const struct identity_actor *by, const struct organization *o)
{
    scoped_buf payload;
    struct json j;
    buf_init(&payload, LIMIT_BODY);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_str(&j, "name", o->name);
    json_put_str(&j, "language", o->language);
    json_put_str(&j, "preset", o->preset);
    json_put_str(&j, "time_zone", o->time_zone);
    json_end(&j, '}');
    const struct body fact = append_body(by, "organization", STR("org"), buf_view(&payload));
    return append_add(a, &fact, NULL);
}

void organization_check(struct api_call *call, const struct organization *o)
{
    if (!str_trim(o->name).n) {
        bool setting_up = json_object_get(call->body, "organization") != NULL;
        api_fault(call, setting_up ? "organization" : "name", "is empty", "on tyhjä");
    }
    if (o->preset.n && !catalog_find_preset(call->catalog, o->preset))
        api_fault(call, "preset", "is none of the catalog's", "ei ole luettelossa");
}

void organization_put(struct api_call *call, const struct organization *o)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    json_put_str(j, "name", o->name);
    json_put_str(j, "language", o->language);
    show_text(j, "preset", o->preset);
    json_put_str(j, "time_zone", o->time_zone);
    api_put_time(j, "set_up", o->at);
    json_end(j, '}');
}

static uint64_t version_of(const struct organization *o)
{
    return o->is_set_up ? o->fact + 1 : 0;
}

API_OPERATION(organization_get)
{
    struct organization o;
    TRY(organization_read(cx, call->ledger, &o));
    api_tag(call, version_of(&o));
    organization_put(call, &o);
    return OK;
}

static void take(const struct api_call *call, const char *field, struct str *out)
{
    struct str s = api_field(call->body, field);
    if (s.p) *out = s;
}

static enum rc change(struct append *a, void *arg)
{
    struct api_call *call = arg;
    struct organization o;
    TRY(organization_read(a->cx, a->db, &o));
    if (!o.is_set_up)
        return api_fail(a->cx, call, E_CONFLICT, "the organization is not set up yet",
                        "organisaatiota ei ole vielä perustettu");
    TRY(api_match(a->cx, call, version_of(&o)));
    take(call, "name", &o.name);
    take(call, "language", &o.language);
    take(call, "preset", &o.preset);
    take(call, "time_zone", &o.time_zone);
    organization_check(call, &o);
    TRY(api_faults(a->cx, call));
    return organization_add(a, &call->actor, &o);
}

API_OPERATION(organization_patch)
{
    TRY(append_run(cx, call->facts, call->now, change, call));
    return api_organization_get(cx, call);
}
