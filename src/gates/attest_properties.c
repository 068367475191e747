#include "gates/attest_properties.h"

#include <jansson.h>
#include <string.h>

#include "base/json_read.h"
#include "gates/approved_items.h"
#include "gates/gate_rules.h"
#include "store/store.h"

/* --- what is in force */

/* Capitals, digits and single underscores between them; the prefix, if somebody wrote it, is ours. */
static bool is_name(struct str s)
{
    bool word = false;
    if (!s.n || s.n > PROPERTY_NAME || s.p[0] < 'A' || s.p[0] > 'Z') return false;
    for (size_t i = 0; i < s.n; i++) {
        bool letter = (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9');
        if (!letter && (s.p[i] != '_' || !word)) return false;
        word = letter;
    }
    return word;
}

struct reading {
    struct ctx *cx;
    sqlite3 *db;
    const struct gate_place *place;
    struct source_property *list;
    size_t n;
};

static enum rc approved_by(struct ctx *cx, sqlite3 *db, struct str item, int64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT max(n) FROM fact_step WHERE subject = ?1 AND approves"), &st));
    store_bind_str(st, 1, item);
    TRY(store_step(cx, st, &row));
    *n = row && sqlite3_column_int64(st, 0) ? sqlite3_column_int64(st, 0) : INT64_MAX;
    return OK;
}

static enum rc take_item(void *arg, const struct approved_item *i)
{
    struct reading *r = arg;
    struct ctx *cx = r->cx;
    const json_t *repositories = json_object_get(i->fields, "repositories");
    struct str name = str_trim(json_member(i->fields, "name"));
    struct source_property p = {.item = i->subject, .text = i->version};
    if (json_array_size(repositories) && !json_list_has(repositories, r->place->subject)) return OK;
    if (str_starts(name, STR(PROPERTY_PREFIX))) name = str_slice(name, sizeof PROPERTY_PREFIX - 1, name.n);
    if (!is_name(name) || r->n == PROPERTIES_MOST ||
        json_array_size(json_object_get(i->fields, "points")) > PROPERTY_POINTS)
        return OK;
    p.name = arena_printf(&cx->arena, PROPERTY_PREFIX STR_FMT, STR_ARG(name));
    struct str *points = json_list(&cx->arena, json_object_get(i->fields, "points"), &p.n_points);
    for (size_t k = 0; k < p.n_points; k++) {
        struct str point = points[k], before = STR("obligation:");
        if (str_starts(point, before)) point = str_slice(point, before.n, point.n);
        points[k] = arena_str(&cx->arena, point);
    }
    p.points = points;
    p.unasked = json_is_true(json_object_get(i->fields, "unasked"));
    TRY(approved_by(cx, r->db, i->subject, &p.approved));
    for (size_t k = 0; k < r->n; k++)
        if (str_eq(r->list[k].name, p.name)) p.doubled = r->list[k].doubled = true;
    r->list[r->n++] = p;
    return OK;
}

enum rc properties_read(struct ctx *cx, sqlite3 *db, const struct gate_place *place, struct source_property **out,
                        size_t *n)
{
    struct reading r = {cx, db, place, arena_array(&cx->arena, struct source_property, PROPERTIES_MOST), 0};
    TRY(approved_items_each(cx, db, "source_property", take_item, &r));
    *out = r.list;
    *n = r.n;
    return OK;
}

/* --- whether one held */

static const struct catalog_obligation *gate_point(const struct catalog *c, struct str point)
{
    struct str key = point, task;
    if (!str_cut(&key, '/', &task) || !key.p) return NULL;
    const struct catalog_task *t = catalog_find_task(c, task);
    for (size_t i = 0; t && i < t->n_obligations; i++)
        if (str_eq(t->obligations[i].key, key) && str_eq(t->obligations[i].org.gate, STR("push")))
            return &t->obligations[i];
    return NULL;
}

/* A decision tells of what held in a row once, of the repository: which refs that were is known where there is but one.
 */
static const char verdicts_sql[] =
    "SELECT count(*), coalesce(min(v.ok AND v.mode = 'block'), 0), coalesce(max(v.subject = ?3 OR (SELECT count(*) "
    "FROM fact_push_refs r WHERE r.n = ?5) = 1), 0) FROM fact_decision_verdicts v WHERE v.n = ?1 AND v.obligation = ?2 "
    "AND v.subject IN (?3, ?4)";

/* Of modes only the newest is known: one that has been set since says nothing of then. */
static enum rc is_policy_of_then(struct ctx *cx, sqlite3 *db, struct str point, int64_t decision, bool *then)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM fact_policy WHERE subject = 'obligation:' || ?1 AND n > ?2 LIMIT 1"),
                      &st));
    store_bind_str(st, 1, point);
    store_bind_int(st, 2, decision);
    TRY(store_step(cx, st, &row));
    *then = !row;
    return OK;
}

static enum rc point_held(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct gate_place *place,
                          const struct source_property *p, struct str point, const struct revision *v, bool *held)
{
    const struct catalog_obligation *o = gate_point(c, point);
    scoped_stmt *st = NULL;
    enum gate_mode mode = MODE_OBSERVE;
    bool row;
    *held = false;
    if (!o) return OK; /* of another catalog, or nothing that the gate asks */
    TRY(store_prepare(cx, db, STR(verdicts_sql), &st));
    store_bind_int(st, 1, v->decision);
    store_bind_str(st, 2, point);
    store_bind_str(st, 3, v->ref);
    store_bind_str(st, 4, place->subject);
    store_bind_int(st, 5, v->push);
    TRY(store_step(cx, st, &row));
    if (row && sqlite3_column_int64(st, 0)) {
        *held = sqlite3_column_int(st, 1) && sqlite3_column_int(st, 2);
        return OK;
    }
    if (!p->unasked) return OK;
    TRY(is_policy_of_then(cx, db, point, v->decision, held));
    if (*held) TRY(gate_mode_of(cx, db, o, place->project, v->at, &mode));
    *held = *held && mode == MODE_BLOCK;
    return OK;
}

static enum rc since_before(struct ctx *cx, sqlite3 *db, const struct source_property *p, const struct revision *v,
                            const struct revision *done, size_t n_done, struct str *since)
{
    scoped_stmt *st = NULL;
    bool row;
    *since = STR_NONE;
    for (size_t i = 0; i < n_done; i++) {
        if (done[i].push != v->earlier || !str_eq(done[i].ref, v->ref)) continue;
        for (size_t k = 0; k < done[i].n_properties; k++) {
            const struct source_property *b = &done[i].properties[k];
            if (b->held && str_eq(b->name, p->name) && b->text == p->text) *since = b->since;
        }
        return OK;
    }
    TRY(store_prepare(
        cx, db,
        STR("SELECT p.since FROM fact_attestation a JOIN fact_attestation_properties p ON p.n = a.n WHERE "
            "a.push = ?1 AND a.ref = ?2 AND p.name = ?3 AND p.text = ?4"),
        &st));
    store_bind_int(st, 1, v->earlier);
    store_bind_str(st, 2, v->ref);
    store_bind_str(st, 3, p->name);
    store_bind_int(st, 4, p->text);
    TRY(store_step(cx, st, &row));
    if (row) *since = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

enum rc properties_judge(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct gate_place *place,
                         const struct source_property *all, size_t n, const struct revision *done, size_t n_done,
                         struct revision *v)
{
    struct source_property *list = arena_array(&cx->arena, struct source_property, n + 1);
    v->properties = list;
    v->n_properties = 0;
    for (size_t i = 0; i < n; i++) {
        struct source_property *p = &list[v->n_properties];
        if (all[i].approved > v->decision) continue; /* it was not said yet */
        *p = all[i];
        p->held = v->permitted && !p->doubled && p->n_points > 0;
        for (size_t k = 0; p->held && k < p->n_points; k++)
            TRY(point_held(cx, db, c, place, p, p->points[k], v, &p->held));
        if (p->held && v->continues) TRY(since_before(cx, db, p, v, done, n_done, &p->since));
        if (p->held && !p->since.n) p->since = v->commit;
        v->n_properties++;
    }
    return OK;
}

enum rc properties_of(struct ctx *cx, sqlite3 *db, int64_t attestation, struct revision *v)
{
    scoped_stmt *st = NULL;
    struct source_property *list = arena_array(&cx->arena, struct source_property, PROPERTIES_MOST);
    TRY(store_prepare(
        cx, db, STR("SELECT name, item, text, since FROM fact_attestation_properties WHERE n = ?1 ORDER BY seq"), &st));
    store_bind_int(st, 1, attestation);
    v->properties = list;
    for (v->n_properties = 0; v->n_properties < PROPERTIES_MOST; v->n_properties++) {
        bool row;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        list[v->n_properties] = (struct source_property){.name = arena_str(&cx->arena, store_column_str(st, 0)),
                                                         .item = arena_str(&cx->arena, store_column_str(st, 1)),
                                                         .text = sqlite3_column_int64(st, 2),
                                                         .since = arena_str(&cx->arena, store_column_str(st, 3)),
                                                         .held = true};
    }
    return OK;
}

/* --- as members */

void properties_put_provenance(struct json *j, const struct revision *v)
{
    json_key(j, "properties");
    json_begin(j, '[');
    for (size_t i = 0; i < v->n_properties; i++) {
        const struct source_property *p = &v->properties[i];
        json_begin(j, '{');
        json_put_str(j, "name", p->name);
        json_put_str(j, "item", p->item);
        json_put_int(j, "text", p->text);
        json_key(j, "points");
        json_begin(j, '[');
        for (size_t k = 0; k < p->n_points; k++) json_str(j, p->points[k]);
        json_end(j, ']');
        json_put_bool(j, "held", p->held);
        if (p->held) {
            json_key(j, "since");
            json_begin(j, '{');
            json_put_str(j, "gitCommit", p->since);
            json_end(j, '}');
        }
        json_end(j, '}');
    }
    json_end(j, ']');
}

void properties_put_fact(struct json *j, const struct revision *v)
{
    bool begun = false;
    for (size_t i = 0; i < v->n_properties; i++) {
        const struct source_property *p = &v->properties[i];
        if (!p->held) continue;
        if (!begun) {
            json_key(j, "properties");
            json_begin(j, '[');
            begun = true;
        }
        json_begin(j, '{');
        json_put_str(j, "name", p->name);
        json_put_str(j, "item", p->item);
        json_put_int(j, "text", p->text);
        json_put_str(j, "since", p->since);
        json_end(j, '}');
    }
    if (begun) json_end(j, ']');
}
