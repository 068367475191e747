/* The API itself, and roles. */
#include "api/api.h"

API_OPERATION(openapi_get)
{
    (void)cx;
    call->answer->fixed = api_document_json;
    return OK;
}

static void put_role(struct json *j, enum identity_role role, enum lang lang)
{
    json_begin(j, '{');
    json_put_cstr(j, "role", identity_role_name(role));
    json_put_cstr(j, "title", api_roles[role].title[lang]);
    json_put_cstr(j, "description", api_roles[role].description[lang]);
    json_key(j, "permissions");
    json_begin(j, '[');
    for (size_t i = 0; i < identity_permissions_n; i++)
        if (identity_permissions[i].roles & 1u << role) json_cstr(j, identity_permissions[i].name);
    json_end(j, ']');
    json_end(j, '}');
}

API_OPERATION(roles_list)
{
    struct json *j = &call->out;
    (void)cx;
    json_begin(j, '{');
    json_key(j, "roles");
    json_begin(j, '[');
    for (int role = 0; role < ROLE_COUNT; role++) put_role(j, (enum identity_role)role, call->lang);
    json_end(j, ']');
    json_key(j, "permissions");
    json_begin(j, '[');
    for (size_t i = 0; i < identity_permissions_n; i++) {
        json_begin(j, '{');
        json_put_cstr(j, "permission", identity_permissions[i].name);
        json_put_cstr(j, "title", identity_permissions[i].title[call->lang]);
        json_put_bool(j, "project", identity_permissions[i].project);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}
