#include "base/json.h"
#include "identity/identity_int.h"
#include "identity/names.h"
#include "identity/people_int.h"

#define MEMBERS_MOST 10000

enum rc identity_group_get(struct ctx *cx, struct identity *id, struct str group, struct group *out)
{
    scoped_stmt *st = NULL, *members = NULL;
    bool row;
    enum rc rc = OK;
    *out = (struct group){0};
    TRY(store_prepare(cx, id->o.ledger, STR("SELECT name, state, n FROM fact_group WHERE subject = ?1"), &st));
    store_bind_str(st, 1, group);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no group \"%s\"", str_visible(cx, group));
    out->id = arena_str(&cx->arena, group);
    out->name = arena_str(&cx->arena, store_column_str(st, 0));
    out->closed = str_eq(store_column_str(st, 1), STR("closed"));
    TRY(store_prepare(cx, id->o.ledger,
                      STR("SELECT value, count(*) OVER () FROM fact_group_members WHERE n = ?1 ORDER BY seq"),
                      &members));
    store_bind_int(members, 1, sqlite3_column_int64(st, 2));
    struct str *all = NULL;
    while (next_row(cx, members, &rc)) {
        if (!all) all = arena_array(&cx->arena, struct str, (size_t)sqlite3_column_int64(members, 1));
        all[out->n_members++] = arena_str(&cx->arena, store_column_str(members, 0));
    }
    out->members = all;
    return rc;
}

static enum rc check_version(struct ctx *cx, sqlite3 *db, const struct group *g)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT n FROM fact_group WHERE subject = ?1"), &st));
    store_bind_str(st, 1, g->id);
    TRY(store_step(cx, st, &row));
    if (row && sqlite3_column_int64(st, 0) == g->version) return OK;
    return fail(cx, E_CONFLICT, "somebody else changed this group meanwhile: look again");
}

/* No two groups that are open look alike; members are here. */
static enum rc judge(struct ctx *cx, sqlite3 *db, void *arg)
{
    const struct group *g = arg;
    scoped_stmt *st = NULL, *person = NULL;
    struct name_skeleton own, other;
    bool row;
    enum rc rc = OK;
    if (g->version) TRY(check_version(cx, db, g));
    if (g->closed) return OK;
    TRY(name_skeleton(cx, g->name, &own));
    TRY(store_prepare(cx, db, STR("SELECT name FROM fact_group WHERE state = 'active' AND subject <> ?1"), &st));
    store_bind_str(st, 1, g->id);
    while (next_row(cx, st, &rc)) {
        struct str name = arena_str(&cx->arena, store_column_str(st, 0));
        TRY(name_skeleton(cx, name, &other));
        if (name_alike(&own, &other))
            return fail(cx, E_CONFLICT, "name: \"%s\" can be taken for \"%s\", which is a group already",
                        str_visible(cx, g->name), str_visible(cx, name));
    }
    if (rc != OK) return rc;
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM fact_person WHERE subject = ?1"), &person));
    for (size_t i = 0; i < g->n_members; i++) {
        store_bind_str(person, 1, g->members[i]);
        TRY(store_step(cx, person, &row));
        sqlite3_reset(person);
        if (!row) return fail(cx, E_NOTFOUND, "members: there is no person \"%s\"", str_visible(cx, g->members[i]));
    }
    return OK;
}

enum rc identity_group_put(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct group *g)
{
    scoped_buf b;
    struct json j;
    struct change change;
    TRY(name_check(cx, g->name, PERSON_NAME));
    if (g->n_members > MEMBERS_MOST) return fail(cx, E_LIMIT, "members: more than %d", MEMBERS_MOST);
    if (!g->id.n) g->id = arena_printf(&cx->arena, "group:" STR_FMT, STR_ARG(id_new(cx)));
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "name", g->name);
    json_key(&j, "members");
    json_begin(&j, '[');
    for (size_t i = 0; i < g->n_members; i++) json_str(&j, g->members[i]);
    json_end(&j, ']');
    json_put_cstr(&j, "state", g->closed ? "closed" : "active");
    json_end(&j, '}');
    const struct body body = change_body(by, "group", g->id, buf_view(&b));
    TRY(change_make(cx, id, &body, 1, &change));
    change.judge = judge;
    change.arg = g;
    return change_append(cx, id, &change);
}
