/* Groups of people. */
#include "api/api_int.h"
#include "api/person.h"
#include "base/json_read.h"
#include "identity/people.h"

static enum rc version_of(struct ctx *cx, struct api_call *call, struct str group, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR("SELECT n FROM fact_group WHERE subject = ?1"), &st));
    store_bind_str(st, 1, group);
    TRY(store_step(cx, st, &row));
    *out = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

static enum rc put_group(struct ctx *cx, struct api_call *call, struct str id)
{
    struct json *j = &call->out;
    struct group g;
    int64_t version;
    TRY(identity_group_get(cx, call->identity, id, &g));
    TRY(version_of(cx, call, id, &version));
    json_begin(j, '{');
    json_put_str(j, "id", g.id);
    json_put_str(j, "name", g.name);
    json_put_cstr(j, "state", g.closed ? "closed" : "active");
    json_key(j, "members");
    json_begin(j, '[');
    for (size_t i = 0; i < g.n_members; i++) TRY(person_put(cx, call, NULL, g.members[i]));
    json_end(j, ']');
    TRY(person_put_roles(cx, call, id));
    json_end(j, '}');
    api_tag(call, (uint64_t)version);
    return OK;
}

API_OPERATION(groups_get)
{
    return put_group(cx, call, group_of(cx, call));
}

static bool is_member(const struct str *all, size_t n, struct str person)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(all[i], person)) return true;
    return false;
}

/* Who joins a group gets its roles, so nobody joins by their own hand. */
static enum rc check_joins(struct ctx *cx, struct api_call *call, const struct str *before, size_t n_before,
                           const struct str *after, size_t n_after)
{
    if (!is_member(after, n_after, call->who.person) || is_member(before, n_before, call->who.person)) return OK;
    return api_fail(cx, call, E_DENIED, "somebody else has to add you to a group: it may hold roles",
                    "jonkun muun on lisättävä sinut ryhmään: ryhmällä voi olla rooleja");
}

static enum rc check_twice(struct ctx *cx, struct api_call *call, const struct str *members, size_t n)
{
    size_t room = 1;
    while (room < 2 * n + 2) room *= 2;
    struct str *seen = arena_array(&cx->arena, struct str, room);
    for (size_t i = 0; i < n; i++) {
        size_t h = 0;
        for (size_t k = 0; k < members[i].n; k++) h = h * 31 + (unsigned char)members[i].p[k];
        for (h &= room - 1; seen[h].p; h = (h + 1) & (room - 1))
            if (str_eq(seen[h], members[i])) {
                api_fault(call, "members", "somebody stands there twice", "joku on luettelossa kahdesti");
                return api_faults(cx, call);
            }
        seen[h] = members[i];
    }
    return OK;
}

API_OPERATION(groups_create)
{
    struct group g = {.name = api_field(call->body, "name")};
    struct str *members = json_list(&cx->arena, json_object_get(call->body, "members"), &g.n_members);
    g.members = members;
    TRY(check_twice(cx, call, members, g.n_members));
    TRY(identity_group_put(cx, call->identity, &call->actor, &g)); /* it has no roles yet */
    api_created(cx, call, arena_printf(&cx->arena, "/api/v1/groups/" STR_FMT, STR_ARG(str_slice(g.id, 6, g.id.n))));
    return put_group(cx, call, g.id);
}

API_OPERATION(groups_patch)
{
    struct str id = group_of(cx, call), name = api_field(call->body, "name"), state = api_field(call->body, "state");
    struct group g, before;
    int64_t version;
    TRY(identity_group_get(cx, call->identity, id, &g));
    TRY(version_of(cx, call, id, &version));
    TRY(api_match(cx, call, (uint64_t)version));
    before = g;
    if (name.p) g.name = name;
    if (state.p) g.closed = str_eq(state, STR("closed"));
    if (json_object_get(call->body, "members"))
        g.members = json_list(&cx->arena, json_object_get(call->body, "members"), &g.n_members);
    TRY(check_twice(cx, call, g.members, g.n_members));
    TRY(check_joins(cx, call, before.members, before.closed ? 0 : before.n_members, g.members,
                    g.closed ? 0 : g.n_members));
    g.version = version;
    TRY(identity_group_put(cx, call->identity, &call->actor, &g));
    return put_group(cx, call, id);
}
