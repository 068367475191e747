/* catalog/facts/<kind>/project.sql: the tables and views of a kind, and what each fact changes in them. Tried here on
 * an empty database behind the authorizer it will run behind. */
#include "catalog/kind_sql.h"
#include "catalog/source.h"
#include "store/store.h"

#include <stdlib.h>

struct check {
    struct source *s;
    struct source_kind_of_fact *k;
    sqlite3 *db;
    struct kind_sql_guard guard;
    struct str *define, *project, *tables, *views;
    size_t cap_define, cap_project, cap_tables, cap_views;
};

static int line_of(const struct check *c, struct str sql)
{
    struct str all = c->k->sql->content;
    int line = 1;
    if (sql.p < all.p || sql.p > all.p + all.n) return 0; /* a statement of our own */
    for (const char *p = all.p; p < sql.p; p++) line += *p == '\n';
    return line;
}

static void fault(const struct check *c, struct str sql, const char *remedy, const char *what)
{
    source_fault(c->s, c->k->sql->path, sql.p ? line_of(c, sql) : 0, remedy, "%s", what);
}

/* Prepares behind the authorizer; NULL with the fault noted. */
static sqlite3_stmt *prepare(struct check *c, struct str sql, enum kind_sql_phase phase)
{
    sqlite3_stmt *st = NULL;
    c->guard.phase = phase;
    c->guard.refused[0] = 0;
    c->guard.changes = false;
    sqlite3_set_authorizer(c->db, kind_sql_authorize, &c->guard);
    enum rc rc = store_prepare(c->s->cx, c->db, sql, &st);
    if (rc != OK && c->guard.refused[0])
        fault(c, sql, "keep to the kind's own tables p_<kind>… and views fact_<kind>…",
              source_show(c->s, arena_printf(&c->s->cx->arena, "the statement is refused: %s", c->guard.refused)));
    else if (rc != OK)
        fault(c, sql, "mend the SQL", c->s->cx->message);
    return st;
}

static void add(struct source *s, struct str **array, size_t *n, size_t *cap, struct str what)
{
    *array = source_more(s, *array, *n, cap, sizeof **array);
    (*array)[(*n)++] = what;
}

static void check_define(struct check *c, struct str sql)
{
    scoped_stmt *st = prepare(c, sql, KIND_SQL_DEFINE);
    if (!st) return;
    sqlite3_set_authorizer(c->db, NULL, NULL);
    if (store_run(c->s->cx, st) != OK)
        fault(c, sql, "mend the SQL", c->s->cx->message);
    else
        add(c->s, &c->define, &c->k->k.n_define, &c->cap_define, sql);
}

static void check_parameters(const struct check *c, struct str sql, sqlite3_stmt *st)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(st); i++) {
        const char *name = sqlite3_bind_parameter_name(st, i);
        bool known = false;
        for (int k = 0; name && k < KIND_SQL_PARAMETERS; k++) known = known || !strcmp(name, kind_sql_parameters[k]);
        if (!known)
            fault(c, sql, "use :n, :at, :subject, :actor, :via and :payload",
                  source_show(c->s, arena_printf(&c->s->cx->arena, "unknown parameter %s", name ? name : "?")));
    }
}

static void check_project(struct check *c, struct str sql)
{
    scoped_stmt *st = prepare(c, sql, KIND_SQL_PROJECT);
    if (!st) return;
    if (sqlite3_stmt_readonly(st) || sqlite3_column_count(st))
        fault(c, sql, "write INSERT, UPDATE or DELETE, without RETURNING",
              "the statement does not only change a table");
    if (c->guard.changes && !c->k->k.replaces)
        fault(c, sql, "write project: replaces into schema.yaml, or only INSERT",
              "a kind that adds changes other rows");
    check_parameters(c, sql, st);
    add(c->s, &c->project, &c->k->k.n_project, &c->cap_project, sql);
}

/* One text of a query about the schema, with up to one value; STR_NONE when there is no row. */
static struct str ask(const struct check *c, const char *sql, struct str value)
{
    scoped_stmt *st = NULL;
    bool row = false;
    if (store_prepare(c->s->cx, c->db, str_from(sql), &st) != OK) return STR_NONE;
    store_bind_str(st, 1, value);
    return store_step(c->s->cx, st, &row) == OK && row ? arena_str(&c->s->cx->arena, store_column_str(st, 0))
                                                       : STR_NONE;
}

static bool holds(const struct check *c, const char *sql, struct str value)
{
    return ask(c, sql, value).p != NULL;
}

/* Erasing, replaying and comparing need to know whose each row is, and rows in one order. */
static void check_table(const struct check *c, struct str table)
{
    const char *name = source_show(c->s, table);
    struct source *s = c->s;
    struct str file = c->k->sql->path;
    if (!holds(c,
               "SELECT 1 FROM pragma_table_list(?1) WHERE strict AND (wr OR EXISTS (SELECT 1 FROM "
               "pragma_table_info(?1) WHERE pk = 1 AND lower(name) = 'n' AND type = 'INTEGER'))",
               table))
        source_fault(s, file, 0, "write STRICT, and a primary key of n alone or WITHOUT ROWID",
                     "the table %s is not STRICT, or its rows have no order of their own", name);
    if (!holds(c, "SELECT 1 FROM pragma_table_info(?1) WHERE name = 'n' AND type = 'INTEGER'", table))
        source_fault(s, file, 0, "add the column n INTEGER: the number of the fact a row is from",
                     "the table %s does not say which fact a row is from", name);
    if (!c->k->k.replaces && !holds(c, "SELECT 1 FROM pragma_table_info(?1) WHERE name = 'n' AND pk = 1", table))
        source_fault(s, file, 0, "let the primary key begin with n", "the table %s of a kind that adds has another key",
                     name);
    if (holds(c, "SELECT 1 FROM pragma_index_list(?1) WHERE \"unique\" AND origin <> 'pk'", table))
        source_fault(s, file, 0, "let the primary key alone be unique", "the table %s has a second unique key", name);
    struct kind_sql_guard own = c->guard;
    own.phase = KIND_SQL_PROJECT;
    scoped_stmt *st = NULL;
    bool row = true;
    if (store_prepare(s->cx, c->db, STR("SELECT name FROM pragma_table_info(?1)"), &st) != OK) return;
    store_bind_str(st, 1, table);
    while (store_step(s->cx, st, &row) == OK && row)
        if (kind_sql_authorize(&own, SQLITE_READ, store_column_str(st, 0).p, "", NULL, NULL) == SQLITE_OK)
            source_fault(s, file, 0, "name it otherwise", "a column of %s is named like a table", name);
}

static void check_view(struct check *c, struct str view)
{
    struct source *s = c->s;
    bool first = view.n == c->k->k.key.n + strlen("fact_");
    const char *const wanted[] = {"n", first ? "at" : "seq", first ? "subject" : "n", first ? "actor" : "n",
                                  first ? "via" : "n"};
    struct str name;
    if (store_identifier(s->cx, view, &name) != OK) {
        source_fault(s, c->k->sql->path, 0, "use small letters, digits and underscores", "%s is no name for a view",
                     source_show(s, view));
        return;
    }
    scoped_stmt *st = prepare(c, arena_printf(&s->cx->arena, "SELECT * FROM " STR_FMT, STR_ARG(name)), KIND_SQL_VIEW);
    sqlite3_set_authorizer(c->db, NULL, NULL);
    for (size_t i = 0; st && i < sizeof wanted / sizeof *wanted; i++) {
        bool found = false;
        for (int k = 0; k < sqlite3_column_count(st); k++)
            found = found || !strcmp(sqlite3_column_name(st, k), wanted[i]);
        if (!found)
            source_fault(s, c->k->sql->path, 0, first ? "give it n, at, subject, actor and via" : "give it n and seq",
                         "the view %s has no column \"%s\"", source_show(s, view), wanted[i]);
    }
}

static void list_made(struct check *c, const char *type, struct str **array, size_t *n, size_t *cap)
{
    scoped_stmt *st = NULL;
    bool row;
    if (store_prepare(c->s->cx, c->db, STR("SELECT name FROM sqlite_schema WHERE type = ?1 ORDER BY name"), &st) != OK)
        return;
    store_bind_str(st, 1, str_from(type));
    while (store_step(c->s->cx, st, &row) == OK && row)
        add(c->s, array, n, cap, arena_str(&c->s->cx->arena, store_column_str(st, 0)));
}

/* Views may quote: they are made under their own name only, never beside. */
static bool makes_view(struct str sql)
{
    return kind_sql_begins(sql, "CREATE") && kind_sql_begins(str_trim(str_slice(sql, strlen("CREATE"), sql.n)), "VIEW");
}

static void check_statements(struct check *c)
{
    struct str rest = c->k->sql->content;
    for (struct str sql; (sql = kind_sql_next(&rest)).p;) {
        if (kind_sql_quotes(sql) && !makes_view(sql)) fault(c, sql, "write names without quotes", "a name in quotes");
        size_t faults = c->s->n_faults;
        if (kind_sql_begins(sql, "CREATE"))
            check_define(c, sql);
        else
            check_project(c, sql);
        if (c->s->n_faults > faults) break; /* what follows stands on it */
    }
    sqlite3_set_authorizer(c->db, NULL, NULL);
}

static void check_kind(struct source *s, struct source_kind_of_fact *k)
{
    struct check c = {.s = s, .k = k, .guard = {.kind = k->k.key, .letter = 'p'}};
    if (store_open_memory(s->cx, NULL, &c.db) != OK || store_exec(s->cx, c.db, KIND_SQL_PREPARE) != OK) {
        store_close(c.db);
        source_fault(s, k->sql->path, 0, "try again", "%s", s->cx->message);
        return;
    }
    size_t faults = s->n_faults;
    check_statements(&c);
    if (s->n_faults > faults) { /* more would follow from these */
        store_close(c.db);
        return;
    }
    list_made(&c, "table", &c.tables, &k->k.n_tables, &c.cap_tables);
    list_made(&c, "view", &c.views, &k->k.n_views, &c.cap_views);
    for (size_t i = 0; i < k->k.n_tables; i++) check_table(&c, c.tables[i]);
    for (size_t i = 0; i < k->k.n_views; i++) check_view(&c, c.views[i]);
    struct str main_view = arena_printf(&s->cx->arena, "fact_" STR_FMT, STR_ARG(k->k.key));
    bool has_view = false;
    for (size_t i = 0; i < k->k.n_views; i++) has_view = has_view || str_eq(c.views[i], main_view);
    if (!has_view)
        source_fault(s, k->sql->path, 0, "make it: what others read", "there is no view %s", source_show(s, main_view));
    if (k->k.n_project == 0)
        source_fault(s, k->sql->path, 0, "write what a fact adds", "no statement puts a fact into the tables");
    k->k.define = c.define;
    k->k.project = c.project;
    k->k.tables = c.tables;
    k->k.views = c.views;
    store_close(c.db);
}

enum rc source_read_projects(struct source *s)
{
    for (size_t i = 0; i < s->n_kinds; i++) {
        struct source_kind_of_fact *k = &s->kinds[i];
        for (size_t f = 0; f < s->n_files; f++)
            if (s->files[f].kind == SOURCE_PROJECT && str_eq(s->files[f].task, k->k.key)) k->sql = &s->files[f];
        if (k->sql) check_kind(s, k);
    }
    return OK;
}
