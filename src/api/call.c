/* What the functions of operations work with. */
#include "api/api_int.h"
#include "base/json_read.h"
#include "base/time.h"
#include "store/store.h"

#include <stdio.h>

struct str api_value(const struct api_call *call, const char *name)
{
    for (size_t i = 0; i < call->op->n_parameters; i++)
        if (!strcmp(call->op->parameters[i].name, name)) return call->values[i];
    return STR_NONE;
}

int64_t api_value_int(const struct api_call *call, const char *name, int64_t otherwise)
{
    int64_t v;
    return str_to_i64(api_value(call, name), INT64_MIN, INT64_MAX, &v) ? v : otherwise;
}

bool api_value_bool(const struct api_call *call, const char *name, bool otherwise)
{
    struct str v = api_value(call, name);
    return v.p ? str_eq(v, STR("true")) : otherwise;
}

struct str api_field(const json_t *object, const char *name)
{
    return json_member(object, name);
}

int64_t api_field_int(const json_t *object, const char *name, int64_t otherwise)
{
    const json_t *v = json_object_get(object, name);
    return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

bool api_field_bool(const json_t *object, const char *name, bool otherwise)
{
    const json_t *v = json_object_get(object, name);
    return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

bool api_field_time(struct api_call *call, const char *name, int64_t *out)
{
    struct str v = api_field(call->body, name);
    if (!v.p) return false;
    if (time_parse(v, out) == OK) return true;
    api_fault(call, name, "is to be a time as in 2026-01-31T12:00:00Z", "pitää olla aika, kuten 2026-01-31T12:00:00Z");
    return false;
}

bool api_within(struct api_call *call, struct str project)
{
    call->asked = true;
    for (size_t i = 0; i < call->n_projects && !call->everywhere; i++)
        if (project.n && str_eq(call->projects[i], project)) return true;
    return call->everywhere;
}

static enum rc check_project(struct ctx *cx, struct api_call *call, struct str project)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR("SELECT 1 FROM fact_project WHERE subject = ?1 AND state = 'active'"),
                      &st));
    store_bind_str(st, 1, project);
    TRY(store_step(cx, st, &row));
    return row ? OK : api_fail(cx, call, E_NOTFOUND, "there is no such active project", "sellaista projektia ei ole");
}

enum rc api_scope(struct ctx *cx, struct api_call *call)
{
    struct str id = api_value(call, "project");
    call->asked = true;
    call->scope = call->everywhere ? STR("org") : call->projects[0];
    if (!id.p) return OK;
    call->scope = arena_printf(&cx->arena, "project:" STR_FMT, STR_ARG(id));
    if (!api_within(call, call->scope))
        return api_fail(cx, call, E_DENIED, "this is not permitted to you in that project",
                        "tämä ei ole sinulle sallittua siinä projektissa");
    return check_project(cx, call, call->scope);
}

enum rc api_scope_one(struct ctx *cx, struct api_call *call)
{
    call->asked = true;
    if (!call->everywhere && call->n_projects > 1 && !api_value(call, "project").p) {
        api_fault(call, "project", "say in which of your projects", "kerro, missä projekteistasi");
        return api_faults(cx, call);
    }
    return api_scope(cx, call);
}

void api_bind_scope(const struct api_call *call, sqlite3_stmt *st)
{
    if (sqlite3_bind_parameter_count(st) < 9) return;
    store_bind_str(st, 9, call->scope.n ? call->scope : call->everywhere ? STR("org") : STR_NONE);
}

void api_fault(struct api_call *call, const char *field, const char *en, const char *fi)
{
    if (call->n_errors == API_ERRORS) return;
    call->errors[call->n_errors++] = (struct api_wrong){field, call->lang == LANG_FI ? fi : en};
}

enum rc api_faults(struct ctx *cx, struct api_call *call)
{
    if (call->n_errors == 0) return OK;
    return fail(cx, E_INVALID, "%s: %s", call->errors[0].field[0] ? call->errors[0].field : "body",
                call->errors[0].detail);
}

void api_header(struct api_call *call, const char *name, struct str value)
{
    http_response_header(call->answer, name, value);
}

void api_tag(struct api_call *call, uint64_t version)
{
    call->has_version = true;
    call->version = version;
}

/* A tag is of the version and what was made of it: "v12-9f86…". */
static bool is_of_version(struct str tag, uint64_t version)
{
    int64_t v;
    struct str rest = tag, number;
    if (str_starts(rest, STR("W/"))) rest = str_slice(rest, 2, rest.n);
    if (rest.n < 4 || !str_starts(rest, STR("\"v")) || !str_ends(rest, STR("\""))) return false;
    rest = str_slice(rest, 2, rest.n - 1);
    (void)str_cut(&rest, '-', &number);
    return str_to_i64(number, 0, INT64_MAX, &v) && (uint64_t)v == version;
}

enum rc api_match(struct ctx *cx, struct api_call *call, uint64_t version)
{
    struct str rest = http_request_header(call->request, "If-Match"), one;
    if (!rest.p) return OK; /* those that must have one were asked for it */
    while (str_cut(&rest, ',', &one))
        if (is_of_version(str_trim(one), version) || str_eq(str_trim(one), STR("*"))) return OK;
    return api_refuse(cx, call, E_CONFLICT, "changed", "it has changed since you read it; read it again",
                      "se on muuttunut lukemisesi jälkeen; lue se uudelleen");
}

void api_created(struct ctx *cx, struct api_call *call, struct str path)
{
    call->answer->status = 201;
    api_header(call, "Location", arena_str(&cx->arena, path));
}

void api_put_time(struct json *j, const char *key, int64_t t)
{
    char text[32];
    json_put_cstr(j, key, t ? time_format(t, text) : NULL);
}

enum rc api_append(struct ctx *cx, struct api_call *call, struct body *facts, size_t n, struct facts_answer *out)
{
    for (size_t i = 0; i < n; i++) {
        bool is_declared = false;
        for (size_t k = 0; k < call->op->n_facts; k++)
            if (str_eq(facts[i].kind, str_from(call->op->facts[k]))) is_declared = true;
        if (!is_declared)
            return fail(cx, E_INTERNAL, "%s does not say that it appends %s", call->op->id,
                        str_visible(cx, facts[i].kind));
        facts[i].actor = call->actor.person;
        facts[i].credential = call->actor.credential;
        facts[i].via = call->actor.via;
    }
    if (!call->facts) return fail(cx, E_INTERNAL, "%s appends facts where there are none", call->op->id);
    struct facts_request r = {.facts = facts, .n = n};
    if (call->key.n) r.key = arena_printf(&cx->arena, STR_FMT ".%u", STR_ARG(call->key), call->appended++);
    return facts_append(cx, call->facts, &r, out);
}

struct str api_public_url(const struct api_call *call)
{
    return call->api->o.public_url;
}

static enum rc no_jobs(struct ctx *cx, struct api_call *call)
{
    return api_fail(cx, call, E_BUSY, "this server runs no jobs", "tämä palvelin ei aja töitä");
}

enum rc api_watch_job(struct ctx *cx, struct api_call *call, struct str job, int *stream)
{
    const struct api_options *o = &call->api->o;
    return o->watch_job ? o->watch_job(cx, o->more, job, stream) : no_jobs(cx, call);
}

enum rc api_job_changed(struct ctx *cx, struct api_call *call, struct str job)
{
    const struct api_options *o = &call->api->o;
    if (!o->job_changed) return no_jobs(cx, call);
    o->job_changed(o->more, job);
    return OK;
}
