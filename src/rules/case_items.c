#include "rules/case_items.h"

#include "base/time.h"
#include "catalog/record.h"

#include <stdlib.h>

struct putting {
    struct ctx *cx;
    sqlite3 *db;
    const struct catalog *c;
    const struct record_kind *kind;
    int64_t now, n; /* n: of the next fact */
};

static enum rc check_keys(struct putting *p, json_t *item)
{
    static const char *const known[] = {"id",         "number",   "title", "owner",      "actor",
                                        "via",        "revision", "state", "state_at",   "at",
                                        "created_at", "approved", "by",    "review_due", "content"};
    const char *key;
    json_t *value;
    json_object_foreach(item, key, value)
    {
        bool fine = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) fine = fine || !strcmp(key, known[i]);
        if (!fine) return fail(p->cx, E_INVALID, "an item has no \"%s\"", str_visible(p->cx, str_from(key)));
    }
    json_object_foreach(json_object_get(item, "content"), key, value)
    {
        if (!record_find_field(p->kind, str_from(key)))
            return fail(p->cx, E_INVALID, STR_FMT " has no field \"%s\"", STR_ARG(p->kind->key),
                        str_visible(p->cx, str_from(key)));
    }
    return OK;
}

static struct str text(json_t *item, const char *key, struct str otherwise)
{
    json_t *v = json_object_get(item, key);
    return json_is_string(v) ? str_from(json_string_value(v)) : otherwise;
}

static enum rc moment(struct putting *p, json_t *item, const char *key, int64_t otherwise, int64_t *out)
{
    json_t *v = json_object_get(item, key);
    *out = otherwise;
    if (!v || json_is_null(v)) return OK;
    if (json_is_string(v) && time_parse(str_from(json_string_value(v)), out) == OK) return OK;
    return fail(p->cx, E_INVALID, "\"%s\" of an item is no time like 2026-06-01T00:00:00Z", key);
}

struct times {
    int64_t at, created, state, review;
};

/* One fact, as the kind's own statements put it into its tables. */
static enum rc project(struct putting *p, const char *kind, json_t *payload, struct str subject, struct str actor,
                       struct str via, int64_t at)
{
    const struct catalog_kind *k = catalog_find_kind(p->c, str_from(kind));
    char *bytes = json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS);
    enum rc rc = k && bytes ? OK : fail(p->cx, E_INVALID, "the catalog has no kind of fact \"%s\"", kind);
    for (size_t i = 0; rc == OK && i < k->n_project; i++) {
        scoped_stmt *st = NULL;
        rc = store_prepare(p->cx, p->db, k->project[i], &st);
        if (rc != OK) break;
        for (int b = 1; b <= sqlite3_bind_parameter_count(st); b++) {
            const struct str name = str_from(sqlite3_bind_parameter_name(st, b));
            if (str_eq(name, STR(":n"))) store_bind_int(st, b, p->n);
            if (str_eq(name, STR(":at"))) store_bind_int(st, b, at);
            if (str_eq(name, STR(":subject"))) store_bind_str(st, b, subject);
            if (str_eq(name, STR(":actor"))) store_bind_str(st, b, actor);
            if (str_eq(name, STR(":via"))) store_bind_str(st, b, via);
            if (str_eq(name, STR(":payload"))) store_bind_str(st, b, str_from(bytes));
        }
        rc = store_run(p->cx, st);
    }
    free(bytes);
    p->n++;
    return rc;
}

static json_t *version_of(struct putting *p, json_t *item, const struct record_state *state)
{
    json_t *content = json_object_get(item, "content"), *none = json_object(), *payload = json_object();
    json_t *number = json_object_get(item, "number"), *revision = json_object_get(item, "revision");
    char *bytes = json_dumps(content ? content : none, JSON_COMPACT | JSON_SORT_KEYS);
    json_object_set_new(payload, "number", json_integer(number ? json_integer_value(number) : p->n + 1));
    json_object_set_new(payload, "version", json_integer(revision ? json_integer_value(revision) : 1));
    json_object_set_new(payload, "title", json_string(text(item, "title", STR("An item")).p));
    json_object_set_new(payload, "owner", json_string(text(item, "owner", STR("")).p));
    json_object_set_new(payload, "content", json_string(bytes ? bytes : "{}"));
    json_object_set_new(payload, "shows", json_array());
    json_object_set_new(payload, "digest", json_string("d"));
    json_object_set_new(payload, "definition", json_string("d"));
    json_object_set_new(payload, "state", json_stringn(state->key.p, state->key.n));
    json_object_set_new(payload, "phase", json_string(record_phase_name(state->phase)));
    json_decref(none);
    free(bytes);
    return payload;
}

static enum rc put_version(struct putting *p, json_t *item, struct str subject, const struct record_state *state,
                           const struct times *t)
{
    scoped_stmt *st = NULL;
    json_t *payload = version_of(p, item, state);
    enum rc rc = project(p, "record", payload, subject, text(item, "actor", STR("person:aaaaaaaaaaaaaaaaaaaa")),
                         text(item, "via", STR("person")), t->at);
    json_decref(payload);
    TRY(rc);
    TRY(store_prepare(p->cx, p->db,
                      STR("INSERT OR REPLACE INTO p_record_versions (subject, version, n, at, actor, digest)"
                          " VALUES (?1, 1, ?2, ?3, '', 'd')"),
                      &st)); /* the first of them, by which it was made */
    store_bind_str(st, 1, subject);
    store_bind_int(st, 2, p->n - 1);
    store_bind_int(st, 3, t->created);
    return store_run(p->cx, st);
}

/* The move by which it came to its state. */
static enum rc put_step(struct putting *p, json_t *item, struct str subject, const struct record_state *state,
                        const struct times *t)
{
    json_t *revision = json_object_get(item, "revision"), *payload = json_object();
    json_object_set_new(payload, "step", json_string("move"));
    json_object_set_new(payload, "version", json_integer(revision ? json_integer_value(revision) : 1));
    json_object_set_new(payload, "digest", json_string("d"));
    json_object_set_new(payload, "move", json_string("move"));
    json_object_set_new(payload, "state", json_stringn(state->key.p, state->key.n));
    json_object_set_new(payload, "phase", json_string(record_phase_name(state->phase)));
    if (json_is_true(json_object_get(item, "approved"))) json_object_set_new(payload, "approves", json_true());
    if (t->review) json_object_set_new(payload, "review_due", json_integer(t->review));
    enum rc rc = project(p, "step", payload, subject, text(item, "by", STR("person:bbbbbbbbbbbbbbbbbbbb")),
                         STR("person"), t->state);
    json_decref(payload);
    return rc;
}

static enum rc put_item(struct putting *p, json_t *item, size_t i)
{
    struct times t;
    struct str key = text(item, "state", p->kind->states[0].key);
    int state = record_find_state(p->kind, key);
    if (state < 0)
        return fail(p->cx, E_INVALID, STR_FMT " has no state \"%s\"", STR_ARG(p->kind->key), str_visible(p->cx, key));
    TRY(check_keys(p, item));
    TRY(moment(p, item, "at", p->now, &t.at));
    TRY(moment(p, item, "created_at", t.at, &t.created));
    TRY(moment(p, item, "state_at", t.at, &t.state));
    TRY(moment(p, item, "review_due", 0, &t.review));
    struct str id = text(item, "id", arena_printf(&p->cx->arena, "%zu", i + 1));
    struct str subject = arena_printf(&p->cx->arena, "record:" STR_FMT "/" STR_FMT, STR_ARG(p->kind->key), STR_ARG(id));
    TRY(put_version(p, item, subject, &p->kind->states[state], &t));
    bool moved = state > 0 || json_is_true(json_object_get(item, "approved"));
    return moved ? put_step(p, item, subject, &p->kind->states[state], &t) : OK;
}

enum rc case_items_put(struct ctx *cx, sqlite3 *db, const struct catalog *c, json_t *items, int64_t now)
{
    struct putting p = {.cx = cx, .db = db, .c = c, .now = now};
    const char *kind;
    json_t *list, *item;
    json_object_foreach(items, kind, list)
    {
        size_t i;
        p.kind = catalog_find_record(c, str_from(kind));
        if (!p.kind) return fail(cx, E_INVALID, "there is no kind of record \"%s\"", str_visible(cx, str_from(kind)));
        json_array_foreach(list, i, item) TRY(put_item(&p, item, i));
    }
    return OK;
}
