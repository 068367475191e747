/* One case of a metric, on a fresh database in memory: facts and items in, the figure and its rows out. */
#include "metrics/case.h"

#include "base/limits.h"
#include "base/time.h"
#include "facts/projection.h"
#include "facts/schema.h"
#include "ledger/canonical.h"
#include "metrics/metrics_int.h"

#include <jansson.h>
#include <stdlib.h>

extern const char standing_derived_sql[];

#define DIGEST "0000000000000000000000000000000000000000000000000000000000000000"

struct one_case {
    struct ctx *cx;
    const struct catalog *c;
    const struct catalog_metric *m;
    struct buf *why;
    sqlite3 *db;
    json_t *rows; /* those that are expected; NULL: not said */
    size_t found; /* of them */
    int64_t n;    /* facts so far */
    int64_t day;
};

static enum rc bad(struct one_case *c, const char *what)
{
    buf_printf(c->why, "  %s\n", what);
    return E_INVALID;
}

/* A failure of the store or of a query in the case's own words. */
static enum rc told(struct one_case *c, enum rc rc, const char *where)
{
    if (rc == OK) return OK;
    return bad(c, arena_printf(&c->cx->arena, "%s: %s", where, c->cx->message).p);
}

static enum rc time_of(struct one_case *c, json_t *from, const char *key, int64_t otherwise, int64_t *out)
{
    json_t *v = json_object_get(from, key);
    *out = otherwise;
    if (!v && otherwise) return OK;
    if (json_is_string(v) && time_parse(str_from(json_string_value(v)), out) == OK) return OK;
    return bad(c, arena_printf(&c->cx->arena, "\"%s\" is no time like 2026-06-01T00:00:00Z", key).p);
}

/* "@2026-06-01T00:00:00Z" stands for its seconds. */
static void spell_times(json_t *v)
{
    const char *key;
    json_t *value;
    size_t i;
    int64_t t;
    if (json_is_array(v)) json_array_foreach(v, i, value) spell_times(value);
    if (!json_is_object(v)) return;
    json_object_foreach(v, key, value)
    {
        spell_times(value);
        const char *s = json_string_value(value);
        if (s && s[0] == '@' && time_parse(str_from(s + 1), &t) == OK) json_object_set_new(v, key, json_integer(t));
    }
}

/* --- facts */

static enum rc put_payload(struct one_case *c, const struct catalog_kind *k, int64_t at, const char *subject,
                           json_t *payload)
{
    struct projection *p = NULL;
    struct schema *schema = NULL;
    scoped_buf canonical;
    buf_init(&canonical, LIMIT_BODY);
    spell_times(payload);
    char *text = json_dumps(payload, JSON_COMPACT);
    if (!text) return fail(c->cx, E_IO, "out of memory");
    enum rc rc = canonical_from(c->cx, str_from(text), 0, &canonical);
    free(text);
    if (rc == OK) rc = schema_new(c->cx, k, &schema);
    if (rc == OK) rc = schema_check(c->cx, schema, buf_view(&canonical));
    if (rc == OK) rc = projection_new(c->cx, c->db, k, 'p', &p);
    const struct leaf leaf = {.n = (uint64_t)c->n++, .at = at * 1000000, .kind = k->key};
    const struct body body = {.actor = STR("person:aaaaaaaaaaaaaaaaaaaa"),
                              .credential = STR(""),
                              .via = STR("probe"),
                              .kind = k->key,
                              .subject = str_from(subject),
                              .payload = buf_view(&canonical)};
    if (rc == OK) rc = projection_put(c->cx, p, &leaf, &body);
    projection_free(p);
    schema_free(schema);
    return rc;
}

static enum rc put_fact(struct one_case *c, json_t *fact)
{
    const char *kind = json_string_value(json_object_get(fact, "kind"));
    const char *subject = json_string_value(json_object_get(fact, "subject"));
    json_t *payload = json_object_get(fact, "payload");
    const struct catalog_kind *k = kind ? catalog_find_kind(c->c, str_from(kind)) : NULL;
    int64_t at;
    if (!k || !subject || !json_is_object(payload)) return bad(c, "a fact has kind, subject, at and payload");
    TRY(time_of(c, fact, "at", c->day - 1, &at));
    return told(c, put_payload(c, k, at, subject, payload), kind);
}

/* An item in short: its newest version, and the move that brought it where it is. */
static enum rc put_item(struct one_case *c, json_t *item)
{
    const char *subject = json_string_value(json_object_get(item, "subject"));
    const char *phase = json_string_value(json_object_get(item, "phase"));
    const char *state = json_string_value(json_object_get(item, "state"));
    const char *title = json_string_value(json_object_get(item, "title"));
    const struct catalog_kind *record = catalog_find_kind(c->c, STR("record")),
                              *step = catalog_find_kind(c->c, STR("step"));
    json_t *content = json_object_get(item, "content");
    int64_t at, due;
    if (!record || !step || !subject || strncmp(subject, "record:", 7) != 0 || !phase || !state)
        return bad(c, "an item has subject (record:KIND/ID), state, phase, and perhaps title, at, content, review_due");
    TRY(time_of(c, item, "at", c->day - 1, &at));
    TRY(time_of(c, item, "review_due", INT64_MAX, &due));
    char *text = json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS);
    json_t *version = json_pack("{s:i,s:i,s:s,s:s,s:s,s:[],s:s,s:s,s:s,s:s}", "number", (int)c->n + 1, "version", 1,
                                "title", title ? title : "An item", "owner", "", "content", text ? text : "{}", "shows",
                                "digest", DIGEST, "definition", DIGEST, "state", state, "phase", phase);
    free(text);
    enum rc rc = put_payload(c, record, at, subject, version);
    json_decref(version);
    json_t *move = json_pack("{s:s,s:i,s:s,s:s,s:s,s:s}", "step", "move", "version", 1, "digest", DIGEST, "move",
                             "move", "state", state, "phase", phase);
    if (due != INT64_MAX) json_object_set_new(move, "review_due", json_integer(due));
    if (!strcmp(phase, "in_force")) json_object_set_new(move, "approves", json_true());
    if (rc == OK) rc = put_payload(c, step, at, subject, move);
    json_decref(move);
    return told(c, rc, subject);
}

/* --- tables of derived.db */

static void bind_cell(sqlite3_stmt *st, int i, const char *column, bool number, bool needed, json_t *v)
{
    int64_t t;
    if (json_is_integer(v))
        store_bind_int(st, i, json_integer_value(v));
    else if (json_is_string(v) && number && time_parse(str_from(json_string_value(v)), &t) == OK)
        store_bind_int(st, i, t);
    else if (json_is_string(v))
        store_bind_str(st, i, str_from(json_string_value(v)));
    else if (!needed)
        store_bind_null(st, i);
    else if (number)
        store_bind_int(st, i, 0);
    else
        store_bind_str(st, i, !strcmp(column, "scope") ? STR("org") : !strcmp(column, "day") ? STR("now") : STR(""));
}

static enum rc put_row(struct one_case *c, const char *table, json_t *row)
{
    scoped_stmt *columns = NULL;
    scoped_stmt *insert = NULL;
    scoped_buf sql;
    struct str name;
    buf_init(&sql, 0);
    TRY(store_identifier(c->cx, str_from(table), &name));
    TRY(store_prepare(c->cx, c->db, STR("SELECT name, type, \"notnull\" OR pk FROM pragma_table_info(?1)"), &columns));
    store_bind_str(columns, 1, str_from(table));
    buf_printf(&sql, "INSERT INTO " STR_FMT " VALUES (?", STR_ARG(name));
    int n = 0;
    while (sqlite3_step(columns) == SQLITE_ROW)
        if (n++) buf_cstr(&sql, ",?");
    buf_char(&sql, ')');
    TRY(store_prepare(c->cx, c->db, buf_view(&sql), &insert));
    sqlite3_reset(columns);
    for (int i = 1; sqlite3_step(columns) == SQLITE_ROW; i++) {
        const char *column = (const char *)sqlite3_column_text(columns, 0);
        bool number = !strcmp((const char *)sqlite3_column_text(columns, 1), "INTEGER");
        bind_cell(insert, i, column, number, sqlite3_column_int(columns, 2) != 0, json_object_get(row, column));
    }
    return store_run(c->cx, insert);
}

static enum rc fill(struct one_case *c, json_t *top)
{
    json_t *list, *row;
    const char *table;
    size_t i;
    if (json_object_get(top, "tables")) {
        TRY(told(c, put_row(c, "day", NULL), "day"));
        json_object_foreach(json_object_get(top, "tables"), table, list) json_array_foreach(list, i, row)
            TRY(told(c, put_row(c, table, row), table));
    }
    json_array_foreach(json_object_get(top, "facts"), i, row) TRY(put_fact(c, row));
    json_array_foreach(json_object_get(top, "items"), i, row) TRY(put_item(c, row));
    return OK;
}

/* --- what comes out */

static bool same_text(json_t *want, struct str is)
{
    return !want || (json_is_null(want) && !is.p) ||
           (json_is_string(want) && str_eq(str_from(json_string_value(want)), is));
}

static bool same_number(json_t *want, int64_t is)
{
    return !want || (json_is_boolean(want) ? json_is_true(want) == is : json_integer_value(want) == is);
}

static enum rc take_row(void *arg, const struct metrics_row *r)
{
    struct one_case *c = arg;
    json_t *want;
    size_t i;
    json_array_foreach(c->rows, i, want)
    {
        if (!same_text(json_object_get(want, "subject"), r->subject) ||
            !same_text(json_object_get(want, "name"), r->name) ||
            !same_number(json_object_get(want, "part"), r->part) ||
            !same_number(json_object_get(want, "whole"), r->whole))
            continue;
        json_array_remove(c->rows, i);
        c->found++;
        return OK;
    }
    if (c->rows)
        return bad(c, arena_printf(&c->cx->arena, "a row that was not expected: %s, part %lld of %lld",
                                   str_visible(c->cx, r->subject), (long long)r->part, (long long)r->whole)
                          .p);
    return OK;
}

static enum rc compare_rows(struct one_case *c, const struct metrics_moment *when)
{
    int64_t total;
    char *left;
    enum rc rc = metrics_rows(c->cx, c->db, c->m, when, 0, LIMIT_CASE_ROWS, take_row, c, &total);
    if (rc == E_INVALID && c->why->n) return rc;
    TRY(told(c, rc, "rows"));
    if (!json_array_size(c->rows)) return OK;
    left = json_dumps(c->rows, JSON_COMPACT);
    enum rc missing = bad(c, arena_printf(&c->cx->arena, "rows that did not come: %s", left ? left : "?").p);
    free(left);
    return missing;
}

static enum rc compare_number(struct one_case *c, json_t *top, const char *key, bool thousandths, bool measured,
                              int64_t is)
{
    json_t *want = json_object_get(top, key);
    if (!want) return OK;
    if (json_is_null(want) && !measured) return OK;
    double off = json_number_value(want) * (thousandths ? 1000 : 1) - (double)is; /* 66.667 is no exact number */
    if (json_is_number(want) && measured && off < 0.01 && off > -0.01) return OK;
    return bad(c, measured
                      ? arena_printf(&c->cx->arena, "%s is %lld%s", key, (long long)is, thousandths ? " / 1000" : "").p
                      : arena_printf(&c->cx->arena, "%s: there was nothing to measure", key).p);
}

static enum rc run(struct one_case *c, json_t *top, bool *measured)
{
    struct metrics_value v;
    const struct metrics_moment when = {.at = c->day, .standing = STR("now")};
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_MAINDBNAME, "derived"); /* as it is attached elsewhere */
    TRY(told(c, metrics_measure(c->cx, c->db, c->m, &when, &v), "query"));
    *measured = v.measured;
    if (!json_object_get(top, "value")) return bad(c, "\"value\" is missing: a number, or null");
    TRY(compare_number(c, top, "value", true, v.measured, v.value));
    TRY(compare_number(c, top, "numerator", false, v.measured, v.numerator));
    TRY(compare_number(c, top, "denominator", false, v.measured, v.denominator));
    return compare_rows(c, &when);
}

static enum rc make_tables(struct one_case *c)
{
    TRY(store_open_memory(c->cx, standing_derived_sql, &c->db));
    for (size_t i = 0; i < c->c->n_kinds; i++) TRY(projection_define(c->cx, c->db, &c->c->kinds[i], 'p'));
    return metrics_prepare(c->cx, c->db, c->c);
}

static bool is_known(const char *key)
{
    static const char *const known[] = {"about", "day",       "facts",       "items", "tables",
                                        "value", "numerator", "denominator", "rows"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(key, known[i])) return true;
    return false;
}

static enum rc check_top(struct one_case *c, json_t *top)
{
    const char *key;
    json_t *value;
    if (!json_is_object(top)) return bad(c, "not an object");
    json_object_foreach(top, key, value) if (!is_known(key)) return bad(
        c, arena_printf(&c->cx->arena, "\"%s\" is no key of a case", str_visible(c->cx, str_from(key))).p);
    if (!json_is_string(json_object_get(top, "about"))) return bad(c, "\"about\" is missing: one sentence");
    c->rows = json_object_get(top, "rows");
    return time_of(c, top, "day", 0, &c->day);
}

bool metrics_case_run(struct ctx *cx, const struct catalog *catalog, const struct catalog_metric *m, struct str json,
                      bool *measured, struct buf *why)
{
    json_error_t error;
    json_t *top = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &error);
    struct one_case c = {.cx = cx, .c = catalog, .m = m, .why = why};
    *measured = false;
    if (!top) buf_printf(why, "  line %d: %s\n", error.line, str_visible(cx, str_from(error.text)));
    enum rc rc = top ? check_top(&c, top) : E_INVALID;
    if (rc == OK) rc = told(&c, make_tables(&c), "tables");
    if (rc == OK) rc = fill(&c, top);
    if (rc == OK) rc = run(&c, top, measured);
    if (rc != OK && !why->n) buf_printf(why, "  %s\n", cx->message);
    store_close(c.db);
    json_decref(top);
    return rc == OK;
}
