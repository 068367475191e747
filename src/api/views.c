/* Saved views of lists. They are state: what somebody likes to look at is no evidence. */
#include "api/api_int.h"
#include "api/show.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "store/store.h"

static const char read_sql[] =
    "SELECT v.id, v.place, v.name, v.query, v.shared, v.person, f.view IS NOT NULL FROM saved_view v"
    " LEFT JOIN saved_view_first f ON f.person = ?1 AND f.place = v.place AND f.view = v.id ";

struct view {
    struct str id, place, name, query, person;
    bool shared, first;
};

static void take(struct ctx *cx, sqlite3_stmt *st, struct view *v)
{
    struct str *texts[] = {&v->id, &v->place, &v->name, &v->query};
    for (int i = 0; i < 4; i++) *texts[i] = arena_str(&cx->arena, store_column_str(st, i));
    v->shared = sqlite3_column_int(st, 4);
    v->person = arena_str(&cx->arena, store_column_str(st, 5));
    v->first = sqlite3_column_int(st, 6);
}

static bool may_change(struct api_call *call, const struct view *v)
{
    return str_eq(v->person, call->who.person) || (v->shared && api_may(call, "views.share", STR_NONE));
}

static enum rc put_view(struct ctx *cx, struct api_call *call, const struct view *v)
{
    struct str name;
    struct json *j = &call->out;
    TRY(identity_name(cx, call->ledger, v->person, &name));
    json_begin(j, '{');
    json_put_str(j, "id", v->id);
    json_put_str(j, "place", v->place);
    json_put_str(j, "name", v->name);
    json_put_str(j, "query", v->query);
    json_put_bool(j, "shared", v->shared);
    json_put_bool(j, "own", str_eq(v->person, call->who.person));
    json_put_bool(j, "may_change", may_change(call, v));
    json_put_bool(j, "first", v->first);
    show_person(j, "by", v->person, name);
    json_end(j, '}');
    return OK;
}

/* Of oneself, or shared; others' own are not there for anybody else. */
static enum rc find(struct ctx *cx, struct api_call *call, struct str id, struct view *v)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->state,
                      arena_printf(&cx->arena, "%sWHERE v.id = ?2 AND (v.person = ?1 OR v.shared)", read_sql), &st));
    store_bind_str(st, 1, call->who.person);
    store_bind_str(st, 2, id);
    TRY(store_step(cx, st, &row));
    if (!row) return api_fail(cx, call, E_NOTFOUND, "there is no such view", "sellaista näkymää ei ole");
    take(cx, st, v);
    return OK;
}

API_OPERATION(views_list)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->state,
                      arena_printf(&cx->arena,
                                   "%sWHERE v.place = ?2 AND (v.person = ?1 OR v.shared)"
                                   " ORDER BY v.person <> ?1, v.name, v.id LIMIT %d",
                                   read_sql, LIMIT_SAVED_VIEWS * 2),
                      &st));
    store_bind_str(st, 1, call->who.person);
    store_bind_str(st, 2, api_value(call, "place"));
    json_begin(&call->out, '{');
    json_key(&call->out, "items");
    json_begin(&call->out, '[');
    for (;;) {
        struct view v;
        TRY(store_step(cx, st, &row));
        if (!row) break;
        take(cx, st, &v);
        TRY(put_view(cx, call, &v));
    }
    json_end(&call->out, ']');
    json_end(&call->out, '}');
    return OK;
}

/* --- changing */

static void check(struct ctx *cx, struct api_call *call, const struct view *v)
{
    if (!v->name.n || !str_eq(str_from(str_visible(cx, v->name)), v->name))
        api_fault(call, "name", "is to be text that can be seen", "pitää olla näkyvää tekstiä");
}

/* One's own name once for a list, and no more than so many. */
static enum rc check_place(struct ctx *cx, struct api_call *call, const struct view *v)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->state,
                      STR("SELECT count(*), coalesce(sum(place = ?2 AND name = ?3), 0) FROM saved_view"
                          " WHERE person = ?1 AND id <> ?4"),
                      &st));
    store_bind_str(st, 1, v->person);
    store_bind_str(st, 2, v->place);
    store_bind_str(st, 3, v->name);
    store_bind_str(st, 4, v->id);
    TRY(store_step(cx, st, &row));
    if (sqlite3_column_int64(st, 0) >= LIMIT_SAVED_VIEWS)
        return api_fail(cx, call, E_LIMIT, "no more than %d views: delete one first",
                        "enintään %d näkymää: poista ensin jokin", LIMIT_SAVED_VIEWS);
    if (sqlite3_column_int64(st, 1)) api_fault(call, "name", "is that of another view", "on jo toisella näkymällä");
    return api_faults(cx, call);
}

static enum rc write_view(struct ctx *cx, struct api_call *call, const struct view *v)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, call->state,
        STR("INSERT INTO saved_view(id, person, place, name, query, shared, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
            " ON CONFLICT(id) DO UPDATE SET name = ?4, query = ?5, shared = ?6, at = ?7"),
        &st));
    const struct str texts[] = {v->id, v->person, v->place, v->name, v->query};
    for (int i = 0; i < 5; i++) store_bind_str(st, i + 1, texts[i]);
    store_bind_int(st, 6, v->shared);
    store_bind_int(st, 7, call->now);
    return store_run(cx, st);
}

static enum rc write_first(struct ctx *cx, struct api_call *call, const struct view *v)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->state,
                      v->first ? STR("INSERT OR REPLACE INTO saved_view_first(person, place, view) VALUES (?1, ?2, ?3)")
                               : STR("DELETE FROM saved_view_first WHERE person = ?1 AND place = ?2 AND view = ?3"),
                      &st));
    store_bind_str(st, 1, call->who.person);
    store_bind_str(st, 2, v->place);
    store_bind_str(st, 3, v->id);
    return store_run(cx, st);
}

/* Who no longer sees it does not begin with it either. */
static enum rc forget_first(struct ctx *cx, struct api_call *call, struct str id, struct str but)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->state, STR("DELETE FROM saved_view_first WHERE view = ?1 AND person IS NOT ?2"), &st));
    store_bind_str(st, 1, id);
    store_bind_str(st, 2, but);
    return store_run(cx, st);
}

static enum rc save(struct ctx *cx, struct api_call *call, const struct view *v, bool changed)
{
    TRY(store_begin_write(cx, call->state));
    enum rc rc = changed ? check_place(cx, call, v) : OK;
    if (rc == OK && changed) rc = write_view(cx, call, v);
    if (rc == OK && changed && !v->shared) rc = forget_first(cx, call, v->id, v->person);
    if (rc == OK) rc = write_first(cx, call, v);
    if (rc == OK) rc = store_commit(cx, call->state);
    if (rc != OK) store_rollback(call->state);
    return rc;
}

API_OPERATION(views_create)
{
    char id[SUBJECT_ID + 1];
    subject_new_id(id);
    struct view v = {.id = arena_str(&cx->arena, str_from(id)),
                     .place = api_field(call->body, "place"),
                     .name = str_trim(api_field(call->body, "name")),
                     .query = api_field(call->body, "query"),
                     .person = call->who.person,
                     .first = api_field_bool(call->body, "first", false)};
    check(cx, call, &v);
    TRY(api_faults(cx, call));
    TRY(save(cx, call, &v, true));
    api_created(cx, call, arena_printf(&cx->arena, "/api/v1/views/" STR_FMT, STR_ARG(v.id)));
    return put_view(cx, call, &v);
}

API_OPERATION(views_change)
{
    struct view v;
    TRY(find(cx, call, api_value(call, "view"), &v));
    struct str name = str_trim(api_field(call->body, "name")), query = api_field(call->body, "query");
    bool changed = name.p || query.p;
    if (changed && !may_change(call, &v))
        return api_fail(cx, call, E_DENIED, "the view is somebody else's", "näkymä on toisen henkilön");
    if (name.p) v.name = name;
    if (query.p) v.query = query;
    v.first = api_field_bool(call->body, "first", v.first);
    check(cx, call, &v);
    TRY(api_faults(cx, call));
    TRY(save(cx, call, &v, changed));
    return put_view(cx, call, &v);
}

API_OPERATION(views_share)
{
    struct view v;
    TRY(find(cx, call, api_value(call, "view"), &v));
    v.shared = api_field_bool(call->body, "shared", v.shared);
    TRY(save(cx, call, &v, true));
    return put_view(cx, call, &v);
}

API_OPERATION(views_remove)
{
    scoped_stmt *st = NULL;
    struct view v;
    TRY(find(cx, call, api_value(call, "view"), &v));
    if (!may_change(call, &v))
        return api_fail(cx, call, E_DENIED, "the view is somebody else's", "näkymä on toisen henkilön");
    TRY(store_prepare(cx, call->state, STR("DELETE FROM saved_view WHERE id = ?1"), &st));
    store_bind_str(st, 1, v.id);
    TRY(store_begin_write(cx, call->state));
    enum rc rc = store_run(cx, st);
    if (rc == OK) rc = forget_first(cx, call, v.id, STR_NONE);
    if (rc == OK) rc = store_commit(cx, call->state);
    if (rc != OK) store_rollback(call->state);
    call->answer->status = 204;
    return rc;
}
