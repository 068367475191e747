/* API tokens: some of one's own permissions for a program, for a time. */
#include "api/api_int.h"
#include "api/sign_in.h"
#include "base/json_read.h"
#include "identity/tokens.h"

/* A JSON list as it is stored; ours. */
static void put_list(struct json *j, const char *key, struct str text)
{
    json_t *list = json_loadb(text.p ? text.p : "", text.n, 0, NULL);
    json_key(j, key);
    json_begin(j, '[');
    for (size_t i = 0; i < json_array_size(list); i++) json_cstr(j, json_string_value(json_array_get(list, i)));
    json_end(j, ']');
    json_decref(list);
}

API_OPERATION(me_tokens_list)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(
        cx, call->state,
        STR("SELECT id, name, prefix, only_may, created, until, seen FROM token WHERE person = ?1 ORDER BY "
            "created DESC, id"),
        &st));
    store_bind_str(st, 1, call->who.person);
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        json_put_str(j, "id", store_column_str(st, 0));
        json_put_str(j, "name", store_column_str(st, 1));
        json_put_str(j, "prefix", store_column_str(st, 2));
        put_list(j, "permissions", store_column_str(st, 3));
        api_put_time(j, "created", sqlite3_column_int64(st, 4));
        api_put_time(j, "until", sqlite3_column_int64(st, 5));
        api_put_time(j, "seen", sqlite3_column_int64(st, 6));
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* Held by the person, in the organization or in some project. */
static bool holds(struct api_call *call, const char *permission)
{
    if (api_may(call, permission, STR_NONE)) return true;
    for (size_t i = 0; i < call->who.n_grants; i++)
        if (api_may(call, permission, call->who.grants[i].scope)) return true;
    return false;
}

API_OPERATION(me_tokens_create)
{
    const json_t *list = json_object_get(call->body, "permissions");
    struct token_wish wish = {.name = api_field(call->body, "name")};
    struct str *only = json_list(&cx->arena, list, &wish.n_only);
    struct token_made made;
    struct json *j = &call->out;
    for (size_t i = 0; i < wish.n_only; i++) {
        if (!holds(call, only[i].p))
            api_fault(call, arena_printf(&cx->arena, "permissions[%zu]", i).p, "you do not hold it yourself",
                      "sinulla itselläsi ei ole sitä");
    }
    (void)api_field_time(call, "until", &wish.until);
    TRY(api_faults(cx, call));
    TRY(sign_in_is_fresh(cx, call));
    wish.only = only;
    TRY(identity_token_create(cx, call->identity, &call->who, &wish, &made));
    call->answer->status = 201;
    json_begin(j, '{');
    json_put_str(j, "id", made.id);
    json_put_cstr(j, "secret", made.secret);
    json_end(j, '}');
    return OK;
}

API_OPERATION(me_token_revoke)
{
    TRY(identity_token_revoke(cx, call->identity, &call->actor, call->who.person, api_value(call, "token")));
    call->answer->status = 204;
    return OK;
}
