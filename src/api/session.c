/* Signing in and out, and what the one who is signed in may do. */
#include "api/api.h"
#include "api/show.h"
#include "api/sign_in.h"
#include "store/store.h"

/* What is held in the organization (scope empty), or more in that project. */
static void put_permissions(struct api_call *call, struct str project)
{
    struct json *j = &call->out;
    json_key(j, "permissions");
    json_begin(j, '[');
    for (size_t i = 0; i < identity_permissions_n; i++) {
        const char *name = identity_permissions[i].name;
        if (api_may(call, name, project) && (!project.n || !api_may(call, name, STR_NONE))) json_cstr(j, name);
    }
    json_end(j, ']');
}

static bool is_first_of_scope(const struct identity_who *w, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_eq(w->grants[k].scope, w->grants[i].scope)) return false;
    return !str_eq(w->grants[i].scope, STR("org"));
}

static enum rc put_projects(struct ctx *cx, struct api_call *call)
{
    struct json *j = &call->out;
    const struct identity_who *w = &call->who;
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR("SELECT title FROM fact_project WHERE subject = ?1"), &st));
    json_key(j, "projects");
    json_begin(j, '[');
    for (size_t i = 0; i < w->n_grants; i++) {
        if (!is_first_of_scope(w, i)) continue;
        json_begin(j, '{');
        json_put_str(j, "project", w->grants[i].scope);
        store_bind_str(st, 1, w->grants[i].scope);
        TRY(store_step(cx, st, &row));
        show_text(j, "name", row ? store_column_str(st, 0) : STR_NONE);
        sqlite3_reset(st);
        put_permissions(call, w->grants[i].scope);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static void put_roles(struct api_call *call)
{
    struct json *j = &call->out;
    json_key(j, "roles");
    json_begin(j, '[');
    for (size_t i = 0; i < call->who.n_grants; i++) {
        const struct identity_grant *g = &call->who.grants[i];
        json_begin(j, '{');
        json_put_cstr(j, "role", identity_role_name(g->role));
        json_put_str(j, "scope", g->scope);
        api_put_time(j, "until", g->until);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_str_or_null(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    if (s.p)
        json_str(j, s);
    else
        json_nil(j);
}

API_OPERATION(session_get)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    put_str_or_null(j, "person", call->who.person);
    put_str_or_null(j, "name", call->who.name);
    json_put_int(j, "level", (int64_t)call->who.level);
    json_put_cstr(j, "language", lang_name(call->lang));
    TRY(sign_in_put_pending(cx, call));
    put_permissions(call, STR_NONE);
    TRY(put_projects(cx, call));
    put_roles(call);
    json_end(j, '}');
    return OK;
}
