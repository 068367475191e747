/* Facts in, rows out. The facts go into the derived tables, whatever they leave out gets a neutral value; the rows are
 * compared on the columns that the case mentions. */
#include "rules/case.h"

#include "base/limits.h"
#include "base/time.h"
#include "catalog/views.h"
#include "rules/case_items.h"
#include "rules/query.h"
#include "rules/rules.h"

#include <jansson.h>

extern const char observe_schema_sql[];

struct one_case {
    struct ctx *cx;
    sqlite3 *db;
    const struct catalog *catalog;
    bool of_organization;
    struct buf *why;
    int64_t now, since;
    json_t *rows; /* expected */
    json_t *got;  /* one object per row; reals never are equal to anything */
};

static enum rc bad(struct one_case *c, const char *what)
{
    buf_printf(c->why, "%s\n", what);
    return E_INVALID;
}

/* 0 fine, else E_INVALID with a line in `why`. */
static enum rc database(struct one_case *c, enum rc rc, const char *where)
{
    if (rc == OK) return OK;
    buf_printf(c->why, "%s: %s\n", where, c->cx->message);
    return E_INVALID;
}

static bool is_time(const char *column)
{
    struct str s = str_from(column);
    return str_eq(s, STR("at")) || str_ends(s, STR("_at"));
}

/* What a column gets that the case leaves out. */
static void bind_neutral(const struct one_case *c, sqlite3_stmt *st, int i, sqlite3_stmt *column, int64_t row)
{
    const char *name = (const char *)sqlite3_column_text(column, 0),
               *type = (const char *)sqlite3_column_text(column, 1);
    bool may_be_null = !sqlite3_column_int(column, 2) && !sqlite3_column_int(column, 3);
    if (may_be_null)
        store_bind_null(st, i);
    else if (strcmp(type, "INTEGER") != 0)
        store_bind_str(st, i, STR(""));
    else if (strcmp(name, "seq") == 0) /* only there to tell rows apart */
        store_bind_int(st, i, row);
    else if (strcmp(name, "id") == 0) /* the one repository */
        store_bind_int(st, i, 1);
    else
        store_bind_int(st, i, is_time(name) ? c->now : 0);
}

static void bind_value(sqlite3_stmt *st, int i, const char *type, const json_t *v)
{
    int64_t t;
    if (json_is_boolean(v))
        store_bind_int(st, i, json_is_true(v));
    else if (json_is_integer(v))
        store_bind_int(st, i, json_integer_value(v));
    else if (!json_is_string(v))
        store_bind_null(st, i);
    else if (strcmp(type, "INTEGER") == 0 && time_parse(str_from(json_string_value(v)), &t) == OK)
        store_bind_int(st, i, t);
    else
        store_bind_str(st, i, str_from(json_string_value(v)));
}

static bool has_column(sqlite3_stmt *columns, const char *name)
{
    bool found = false;
    sqlite3_reset(columns);
    while (!found && sqlite3_step(columns) == SQLITE_ROW)
        found = strcmp((const char *)sqlite3_column_text(columns, 0), name) == 0;
    return found;
}

static enum rc check_columns(struct one_case *c, const char *table, sqlite3_stmt *columns, json_t *row)
{
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value)
    {
        const char *shown = str_visible(c->cx, str_from(key));
        if (!has_column(columns, key))
            return bad(c, arena_printf(&c->cx->arena, "tables: %s has no column \"%s\"", table, shown).p);
    }
    return OK;
}

static enum rc insert_row(struct one_case *c, const char *table, sqlite3_stmt *columns, sqlite3_stmt *insert,
                          json_t *row, int64_t number)
{
    int i = 0;
    if (row) TRY(check_columns(c, table, columns, row));
    sqlite3_reset(columns);
    while (sqlite3_step(columns) == SQLITE_ROW) {
        json_t *value = json_object_get(row, (const char *)sqlite3_column_text(columns, 0));
        i++;
        if (value)
            bind_value(insert, i, (const char *)sqlite3_column_text(columns, 1), value);
        else
            bind_neutral(c, insert, i, columns, number);
    }
    return database(c, store_run(c->cx, insert),
                    arena_printf(&c->cx->arena, "tables: %s row %lld", table, (long long)number + 1).p);
}

/* The table's name has been found in our own schema before it gets into SQL. */
static enum rc insert_rows(struct one_case *c, char letter, const char *table, json_t *rows)
{
    struct arena *a = &c->cx->arena;
    scoped_stmt *columns = NULL;
    scoped_stmt *insert = NULL;
    struct str name = arena_printf(a, "%c_%s", letter, table);
    TRY(database(
        c, store_prepare(c->cx, c->db, STR("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1)"), &columns),
        table));
    store_bind_str(columns, 1, name);
    int n = 0;
    for (const char *p = table; *p; p++)
        if (*p != '_' && (*p < 'a' || *p > 'z')) return bad(c, "tables: a table has a name like commit or ci_step");
    while (sqlite3_step(columns) == SQLITE_ROW) n++;
    if (!n) return bad(c, arena_printf(a, "tables: there is no table %c_%s", letter, table).p);
    scoped_buf sql;
    buf_init(&sql, 0);
    buf_printf(&sql, "INSERT INTO " STR_FMT " VALUES (?", STR_ARG(name));
    for (int i = 1; i < n; i++) buf_cstr(&sql, ",?");
    buf_char(&sql, ')');
    TRY(database(c, store_prepare(c->cx, c->db, buf_view(&sql), &insert), table));
    if (!rows) return insert_row(c, table, columns, insert, NULL, 0);
    if (!json_is_array(rows) || json_array_size(rows) > LIMIT_CASE_ROWS)
        return bad(c, arena_printf(a, "tables: %s is no list of at most %d rows", table, LIMIT_CASE_ROWS).p);
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) TRY(insert_row(c, table, columns, insert, row, (int64_t)i));
    return OK;
}

/* Tables and views of facts, with what the case has in them. */
static enum rc fill_facts(struct one_case *c, json_t *top)
{
    const char *key;
    json_t *rows;
    if (!c->catalog) return OK;
    TRY(database(c, views_make_facts(c->cx, c->db, c->catalog->kinds, c->catalog->n_kinds), "facts"));
    TRY(database(c, views_of_items(c->cx, c->db, c->catalog->records, c->catalog->n_records), "items"));
    json_object_foreach(json_object_get(top, "facts"), key, rows) TRY(insert_rows(c, 'p', key, rows));
    return database(c, case_items_put(c->cx, c->db, c->catalog, json_object_get(top, "items"), c->now), "items");
}

static enum rc fill(struct one_case *c, json_t *tables)
{
    const char *table;
    json_t *rows;
    if (c->of_organization) return OK;
    if (!json_is_object(tables)) return bad(c, "\"tables\" is no object");
    json_object_foreach(tables, table, rows) TRY(insert_rows(c, 'd', table, rows));
    if (!json_object_get(tables, "repository")) {
        json_t *row = json_pack("[{s:i,s:s,s:s,s:s}]", "id", 1, "rev", "HEAD", "branch", "refs/heads/main",
                                "object_format", "sha1");
        enum rc rc = insert_rows(c, 'd', "repository", row);
        json_decref(row);
        TRY(rc);
        TRY(database(
            c,
            store_exec(c->cx, c->db,
                       "UPDATE d_repository SET commits = (SELECT count(*) FROM d_commit),"
                       " period_commits = (SELECT count(*) FROM d_commit), files = (SELECT count(*) FROM d_file)"),
            "repository"));
    }
    return database(c, rules_ask_all(c->cx, c->db), "asked");
}

static json_t *value_of(sqlite3_stmt *st, int i)
{
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(st, i));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(st, i));
    case SQLITE_TEXT: {
        struct str s = store_column_str(st, i);
        json_t *v = json_stringn(s.p, s.n);
        return v ? v : json_string("(not UTF-8)");
    }
    case SQLITE_BLOB:
        return json_string("(a blob)");
    default:
        return json_null();
    }
}

static enum rc run(struct one_case *c, struct query *q)
{
    static const char *const first[] = {"subject", "ok", "at", "due"};
    for (int i = 0; i < 4; i++)
        if (query_column(q, first[i]) < 0)
            return bad(c, arena_printf(&c->cx->arena, "the rule has no column %s", first[i]).p);
    for (bool row;;) {
        TRY(database(c, query_next(c->cx, q, &row), "the rule"));
        if (!row) return OK;
        if (json_array_size(c->got) >= LIMIT_CASE_ROWS) return bad(c, "the rule returns too many rows");
        json_t *object = json_object();
        for (int i = 0; i < sqlite3_column_count(q->st); i++)
            json_object_set_new(object, sqlite3_column_name(q->st, i), value_of(q->st, i));
        json_array_append_new(c->got, object);
    }
}

/* A time may be written as one; true and false stand for 1 and 0. */
static bool same(const json_t *want, const json_t *got)
{
    int64_t t;
    if (json_is_boolean(want)) return json_is_integer(got) && json_integer_value(got) == json_is_true(want);
    if (json_is_string(want) && json_is_integer(got))
        return time_parse(str_from(json_string_value(want)), &t) == OK && t == json_integer_value(got);
    return json_typeof(want) == json_typeof(got) && !json_is_real(want) && json_equal(want, got);
}

/* How many columns differ; -1 when nothing does. Names them when `why` is given. */
static int differences(struct one_case *c, json_t *want, json_t *got, bool tell)
{
    int n = 0;
    const char *key;
    json_t *value;
    json_object_foreach(want, key, value)
    {
        json_t *other = json_object_get(got, key);
        if (other && same(value, other)) continue;
        n++;
        if (!tell) continue;
        char *w = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT),
             *g = json_dumps(other, JSON_ENCODE_ANY | JSON_COMPACT);
        buf_printf(c->why, "    %s: expected %s, is %s\n", key, w ? w : "?", g ? g : "absent");
        free(w);
        free(g);
    }
    return n;
}

/* Kuhn's matching: a vague expected row must not take the row that only a stricter one could have. */
static bool assign(struct one_case *c, size_t i, size_t *taken_by, bool *tried)
{
    json_t *want = json_array_get(c->rows, i);
    for (size_t k = 0; k < json_array_size(c->got); k++) {
        if (tried[k] || differences(c, want, json_array_get(c->got, k), false)) continue;
        tried[k] = true;
        if (taken_by[k] == 0 || assign(c, taken_by[k] - 1, taken_by, tried)) {
            taken_by[k] = i + 1;
            return true;
        }
    }
    return false;
}

static void print_row(struct one_case *c, const char *what, json_t *row)
{
    char *text = json_dumps(row, JSON_COMPACT);
    buf_printf(c->why, "  %s %s\n", what, text ? text : "?");
    free(text);
}

/* The row that was probably meant: of the same subject, with the fewest differences. */
static json_t *nearest(struct one_case *c, json_t *want, const size_t *taken_by)
{
    json_t *best = NULL;
    int fewest = 0;
    for (size_t k = 0; k < json_array_size(c->got); k++) {
        json_t *got = json_array_get(c->got, k);
        if (taken_by[k] || !json_equal(json_object_get(want, "subject"), json_object_get(got, "subject"))) continue;
        int n = differences(c, want, got, false);
        if (!best || n < fewest) {
            best = got;
            fewest = n;
        }
    }
    return best;
}

static bool compare(struct one_case *c)
{
    size_t wants = json_array_size(c->rows), gots = json_array_size(c->got);
    size_t *taken_by = arena_array(&c->cx->arena, size_t, gots + 1);
    bool *tried = arena_array(&c->cx->arena, bool, gots + 1);
    bool *missing = arena_array(&c->cx->arena, bool, wants + 1);
    bool fine = wants == gots;
    for (size_t i = 0; i < wants; i++) {
        memset(tried, 0, gots * sizeof *tried);
        missing[i] = !assign(c, i, taken_by, tried);
        fine = fine && !missing[i];
    }
    if (fine) return true;
    for (size_t i = 0; i < wants; i++) {
        if (!missing[i]) continue;
        json_t *want = json_array_get(c->rows, i), *near = nearest(c, want, taken_by);
        print_row(c, near ? "differs:" : "missing:", want);
        if (near) differences(c, want, near, true);
    }
    for (size_t k = 0; k < gots; k++)
        if (!taken_by[k]) print_row(c, "returned, not expected:", json_array_get(c->got, k));
    return false;
}

static enum rc read_time(struct one_case *c, json_t *top, const char *key, int64_t *out)
{
    json_t *v = json_object_get(top, key);
    if (json_is_string(v) && time_parse(str_from(json_string_value(v)), out) == OK) return OK;
    return bad(c, arena_printf(&c->cx->arena, "\"%s\" is no time like 2026-06-01T00:00:00Z", key).p);
}

static void look(json_t *rows, struct case_outcomes *seen)
{
    size_t i;
    json_t *row;
    seen->open = seen->open || json_array_size(rows) == 0;
    json_array_foreach(rows, i, row)
    {
        json_t *ok = json_object_get(row, "ok");
        seen->good = seen->good || (json_is_integer(ok) && json_integer_value(ok) == 1);
        seen->bad = seen->bad || (json_is_integer(ok) && json_integer_value(ok) == 0);
        seen->open = seen->open || json_is_null(ok);
    }
}

static bool try_case(struct one_case *c, struct str sql, json_t *top)
{
    c->rows = json_object_get(top, "rows");
    if (!json_is_array(c->rows) || json_array_size(c->rows) > LIMIT_CASE_ROWS) {
        (void)bad(c, "\"rows\" is no list of rows");
        return false;
    }
    if (read_time(c, top, "now", &c->now) != OK || read_time(c, top, "since", &c->since) != OK) return false;
    const char *schema = c->of_organization ? NULL : observe_schema_sql;
    if (database(c, store_open_memory(c->cx, schema, &c->db), "database") != OK) return false;
    struct query q = {.db = c->db};
    enum rc rc = fill(c, json_object_get(top, "tables"));
    if (rc == OK && (c->of_organization || (c->catalog && view_reads_of(c->cx, c->catalog, sql).any)))
        rc = fill_facts(c, top);
    if (rc == OK) {
        rc = database(c, query_open(c->cx, c->db, sql, c->now, c->since, &q), "the rule");
        if (rc == OK) rc = run(c, &q);
        query_close(&q);
    }
    store_close(c->db);
    return rc == OK && compare(c);
}

bool case_run(struct ctx *cx, const struct catalog *catalog, bool of_organization, struct str sql, struct str json,
              struct case_outcomes *seen, struct buf *why)
{
    json_error_t error;
    json_t *top = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &error);
    struct one_case c = {
        .cx = cx, .catalog = catalog, .of_organization = of_organization, .why = why, .got = json_array()};
    bool fine = false;
    if (!json_is_object(top))
        buf_printf(why, "line %d: %s\n", top ? 1 : error.line,
                   top ? "not an object" : str_visible(cx, str_from(error.text)));
    else {
        look(json_object_get(top, "rows"), seen);
        fine = try_case(&c, sql, top);
    }
    json_decref(c.got);
    json_decref(top);
    return fine;
}
