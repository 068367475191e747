/* One's own public keys. */
#include "api/api_int.h"
#include "api/sign_in.h"
#include "identity/keys.h"

static void put_str_or_nil(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    if (s.p)
        json_str(j, s);
    else
        json_nil(j);
}

/* What an operator has added by hand may be unlike ours; then there is no more to say of it than the fact has. */
static void put_key(struct ctx *cx, struct api_call *call, struct str type, struct str public, struct str fingerprint,
                    int64_t since)
{
    struct json *j = &call->out;
    struct key k = {.shown = STR_NONE};
    if (str_eq(type, STR("ssh")) && key_read_ssh(cx, public, &k) != OK) k = (struct key){.shown = STR_NONE};
    json_begin(j, '{');
    json_put_str(j, "fingerprint", fingerprint);
    json_put_str(j, "type", type);
    json_put_str(j, "public", public);
    put_str_or_nil(j, "shown", k.shown);
    put_str_or_nil(j, "algorithm", k.algorithm);
    api_put_time(j, "since", since);
    json_end(j, '}');
}

API_OPERATION(me_keys_list)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT type, public, fingerprint, at FROM fact_key WHERE subject = ?1 AND state = 'added' AND "
            "type <> 'ed25519' ORDER BY at DESC, fingerprint"),
        &st));
    store_bind_str(st, 1, call->who.person);
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        put_key(cx, call, store_column_str(st, 0), store_column_str(st, 1), store_column_str(st, 2),
                sqlite3_column_int64(st, 3));
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(me_keys_create)
{
    struct json *j = &call->out;
    struct key k;
    TRY(sign_in_is_fresh(cx, call));
    TRY(identity_key_add(cx, call->identity, &call->actor, call->who.person, api_field(call->body, "public"), &k));
    api_created(cx, call, arena_printf(&cx->arena, "/api/v1/me/keys/%s", k.fingerprint));
    json_begin(j, '{');
    json_put_cstr(j, "fingerprint", k.fingerprint);
    json_put_cstr(j, "type", k.type);
    json_put_str(j, "public", k.public);
    json_put_str(j, "shown", k.shown);
    json_put_str(j, "algorithm", k.algorithm);
    api_put_time(j, "since", call->now);
    json_end(j, '}');
    return OK;
}

API_OPERATION(me_key_remove)
{
    TRY(sign_in_is_fresh(cx, call));
    TRY(identity_key_remove(cx, call->identity, &call->actor, call->who.person, api_value(call, "fingerprint")));
    call->answer->status = 204;
    return OK;
}
