#include "api/person.h"

#include "api/api_int.h"
#include "api/show.h"
#include "base/json_read.h"
#include "identity/accounts.h"
#include "identity/people.h"
#include "identity/sessions.h"

struct str person_of(struct ctx *cx, const struct api_call *call)
{
    return arena_printf(&cx->arena, "person:" STR_FMT, STR_ARG(api_value(call, "person")));
}

struct str group_of(struct ctx *cx, const struct api_call *call)
{
    return arena_printf(&cx->arena, "group:" STR_FMT, STR_ARG(api_value(call, "group")));
}

struct str *person_addresses(struct ctx *cx, const json_t *body, size_t *n)
{
    return json_list(&cx->arena, json_object_get(body, "addresses"), n);
}

enum rc person_put(struct ctx *cx, struct api_call *call, const char *key, struct str person)
{
    struct str name;
    struct json *j = &call->out;
    TRY(identity_name(cx, call->ledger, person, &name));
    if (key) json_key(j, key);
    json_begin(j, '{');
    json_put_str(j, "id", person);
    show_text(j, "name", name);
    json_end(j, '}');
    return OK;
}

static void put_str_or_nil(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    if (s.p)
        json_str(j, s);
    else
        json_nil(j);
}

#define ROLES_SQL                                                                                                      \
    "SELECT role, scope, until, NULL FROM fact_role WHERE subject = ?1 AND state = 'granted' AND "                     \
    "(until IS NULL OR until > ?2) UNION ALL SELECT r.role, r.scope, r.until, g.subject FROM fact_group_members m "    \
    "JOIN fact_group g ON g.n = m.n JOIN fact_role r ON r.subject = g.subject WHERE m.value = ?1 AND "                 \
    "g.state = 'active' AND r.state = 'granted' AND (r.until IS NULL OR r.until > ?2) AND "                            \
    "r.role NOT IN ('admin', 'security_officer') ORDER BY 1, 2"

enum rc person_put_roles(struct ctx *cx, struct api_call *call, struct str person)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR(ROLES_SQL), &st));
    store_bind_str(st, 1, person);
    store_bind_int(st, 2, call->now);
    json_key(j, "roles");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        json_put_str(j, "role", store_column_str(st, 0));
        json_put_str(j, "scope", store_column_str(st, 1));
        api_put_time(j, "until", sqlite3_column_int64(st, 2));
        put_str_or_nil(j, "group", store_column_str(st, 3));
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static enum rc put_groups(struct ctx *cx, struct api_call *call, struct str person)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT g.subject, g.name FROM fact_group_members m JOIN fact_group g ON g.n = m.n WHERE "
                          "m.value = ?1 AND g.state = 'active' ORDER BY g.name"),
                      &st));
    store_bind_str(st, 1, person);
    json_key(j, "groups");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        json_put_str(j, "id", store_column_str(st, 0));
        json_put_str(j, "name", store_column_str(st, 1));
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

enum rc person_put_came_in(struct ctx *cx, struct api_call *call, struct str person)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT made_by, at, makers_browser FROM fact_credential WHERE subject = ?1 AND what = 'link' "
            "AND change = 'used' ORDER BY n DESC LIMIT 1"),
        &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    json_key(j, "came_in");
    if (!row) {
        json_nil(j);
        return OK;
    }
    json_begin(j, '{');
    TRY(person_put(cx, call, "made_by", store_column_str(st, 0)));
    api_put_time(j, "at", sqlite3_column_int64(st, 1));
    json_put_bool(j, "makers_browser", sqlite3_column_int(st, 2) != 0);
    json_end(j, '}');
    return OK;
}

/* How somebody signs in is for those who may reset it. */
static enum rc put_account(struct ctx *cx, struct api_call *call, struct str person)
{
    struct json *j = &call->out;
    bool totp, passkey, password;
    if (!api_may(call, "people.secure", STR_NONE) && !str_eq(person, call->who.person)) {
        json_key(j, "second_factor");
        json_nil(j);
        json_key(j, "has_password");
        json_nil(j);
        json_key(j, "came_in");
        json_nil(j);
        return OK;
    }
    TRY(identity_factor_has(cx, call->identity, person, "totp", &totp));
    TRY(identity_factor_has(cx, call->identity, person, "passkey", &passkey));
    TRY(identity_password_has(cx, call->identity, person, &password));
    json_put_bool(j, "second_factor", totp || passkey);
    json_put_bool(j, "has_password", password);
    return person_put_came_in(cx, call, person);
}

enum rc person_put_details(struct ctx *cx, struct api_call *call, struct str person)
{
    struct json *j = &call->out;
    struct person p;
    int64_t version;
    TRY(identity_person_get(cx, call->identity, person, &p));
    TRY(identity_person_version(cx, call->identity, person, &version));
    json_begin(j, '{');
    json_put_str(j, "id", p.id);
    json_put_str(j, "name", p.name);
    json_key(j, "addresses");
    json_begin(j, '[');
    for (size_t i = 0; i < p.n_addresses; i++) json_str(j, p.addresses[i]);
    json_end(j, ']');
    json_put_cstr(j, "state", p.left ? "left" : "active");
    json_put_bool(j, "bot", p.bot);
    TRY(person_put_roles(cx, call, person));
    TRY(put_groups(cx, call, person));
    TRY(put_account(cx, call, person));
    json_end(j, '}');
    /* of what can be edited: its fact. Roles and credentials may change beside it, so a page is not taken for fresh. */
    api_tag(call, (uint64_t)version);
    return OK;
}
