/* The cases beside the rules: JSON of the right shape, facts that the tables have, and enough kinds of outcome. What
 * the rules return for them is tried by the rules' own tests. */
#include "base/time.h"
#include "catalog/source.h"
#include "catalog/views.h"

#include <jansson.h>

extern const char observe_schema_sql[];

struct tally { /* outcomes the cases of one rule expect */
    bool cases, good, bad, open;
};

struct one_case {
    struct source *s;
    const struct source_file *file;
    bool of_organization; /* then there are no derived tables */
    sqlite3_stmt *column; /* 1 row when table ?1 has the column ?2 (NULL: any) */
};

/* JSON values have no lines; the first place of the word is near enough. */
static int line_of(const struct one_case *c, const char *word)
{
    const char *at = str_find(c->file->content, arena_printf(&c->s->cx->arena, "\"%s\"", word));
    int line = at ? 1 : 0;
    for (const char *p = c->file->content.p; at && p < at; p++) line += *p == '\n';
    return line;
}

static void bad(const struct one_case *c, const char *word, const char *problem, const char *remedy)
{
    source_fault(c->s, c->file->path, line_of(c, word), remedy, "\"%s\" %s", source_show(c->s, str_from(word)),
                 problem);
}

/* letter: d of derived tables, p of those of facts */
static bool has_column(const struct one_case *c, char letter, const char *table, const char *column)
{
    bool found = false;
    store_bind_str(c->column, 1, arena_printf(&c->s->cx->arena, "%c_%s", letter, table));
    store_bind_str(c->column, 2, str_from(column));
    if (store_step(c->s->cx, c->column, &found) != OK) found = false;
    sqlite3_reset(c->column);
    return found;
}

static void check_table(const struct one_case *c, char letter, const char *name, json_t *rows)
{
    const bool derived = letter == 'd';
    size_t i;
    json_t *row, *value;
    const char *column;
    if (!has_column(c, letter, name, NULL)) {
        bad(c, name, derived ? "is no derived table" : "is no table of facts",
            derived ? "name a table of src/observe/schema.sql without d_" : "name one of a project.sql without p_");
        return;
    }
    if (!json_is_array(rows)) {
        bad(c, name, "is no list", "list its rows: [{column: value}]");
        return;
    }
    json_array_foreach(rows, i, row)
    {
        if (!json_is_object(row)) bad(c, name, "has a row that is no object", "write {column: value}");
        json_object_foreach(row, column, value)
        {
            if (!has_column(c, letter, name, column))
                bad(c, column, arena_printf(&c->s->cx->arena, "is no column of %c_%s", letter, name).p,
                    derived ? "see src/observe/schema.sql" : "see the kind's project.sql");
            else if (json_is_object(value) || json_is_array(value) || json_is_real(value))
                bad(c, column, "is neither text, whole number, true, false nor null", "write such a value");
        }
    }
}

/* What each holds is tried when the case is run. */
static void check_items(const struct one_case *c, const char *kind, json_t *items)
{
    size_t i;
    json_t *item;
    bool known = false;
    for (size_t k = 0; k < c->s->n_records; k++) known = known || str_eq(c->s->records[k].k.key, str_from(kind));
    if (!known) bad(c, kind, "is no kind of record", "name a file of kinds/");
    if (!json_is_array(items)) bad(c, kind, "is no list", "list its items");
    json_array_foreach(items, i, item)
    {
        if (!json_is_object(item)) bad(c, kind, "has an item that is no object", "write {state, content, …}");
    }
}

static void check_row(const struct one_case *c, json_t *row, struct tally *t)
{
    json_t *subject = json_object_get(row, "subject"), *ok = json_object_get(row, "ok");
    if (!json_is_string(subject)) bad(c, "rows", "has a row without a subject", "name the subject of every row");
    bool one = json_is_integer(ok) && json_integer_value(ok) == 1,
         zero = json_is_integer(ok) && json_integer_value(ok) == 0;
    if (!one && !zero && !json_is_null(ok))
        bad(c, "rows", "has a row whose ok is not 1, 0 or null", "write one of them");
    t->good = t->good || one;
    t->bad = t->bad || zero;
    t->open = t->open || json_is_null(ok);
}

static void check_time(const struct one_case *c, json_t *top, const char *key)
{
    json_t *value = json_object_get(top, key);
    int64_t t;
    if (!json_is_string(value) || time_parse(str_from(json_string_value(value)), &t) != OK)
        bad(c, key, "is missing or no time", "write it as 2026-06-01T00:00:00Z");
}

static void check_object(const struct one_case *c, json_t *top, struct tally *t)
{
    static const char *const known[] = {"about", "now", "since", "tables", "facts", "items", "rows"};
    const char *key;
    json_t *value, *about = json_object_get(top, "about");
    json_object_foreach(top, key, value)
    {
        bool fine = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) fine = fine || !strcmp(key, known[i]);
        if (!fine) bad(c, key, "is no key of a case", "known here: about now since tables facts items rows");
    }
    if (!json_is_string(about) || !*json_string_value(about))
        bad(c, "about", "is missing", "say in one sentence what it shows");
    check_time(c, top, "now");
    check_time(c, top, "since");
    json_t *tables = json_object_get(top, "tables"), *rows = json_object_get(top, "rows");
    json_t *facts = json_object_get(top, "facts"), *items = json_object_get(top, "items");
    if (c->of_organization && tables)
        bad(c, "tables", "does not go with a rule over the organization", "write items and facts");
    if (!c->of_organization && !json_is_object(tables))
        bad(c, "tables", "is missing or no object", "write {} when there are no facts");
    json_object_foreach(tables, key, value) check_table(c, 'd', key, value);
    if (facts && !json_is_object(facts)) bad(c, "facts", "is no object", "write {table: [rows]}");
    json_object_foreach(facts, key, value) check_table(c, 'p', key, value);
    if (c->of_organization && !json_is_object(items)) bad(c, "items", "is missing or no object", "write {} for none");
    if (items && !json_is_object(items)) bad(c, "items", "is no object", "write {kind: [items]}");
    json_object_foreach(items, key, value) check_items(c, key, value);
    if (!json_is_array(rows)) {
        bad(c, "rows", "is missing or no list", "list the rows the rule returns; [] for none");
        return;
    }
    size_t i;
    json_array_foreach(rows, i, value) check_row(c, value, t);
    if (json_array_size(rows) == 0) t->open = true;
}

static void read_case(const struct one_case *c, struct tally *t)
{
    json_error_t error;
    json_t *top = json_loadb(c->file->content.p, c->file->content.n, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(top))
        source_fault(c->s, c->file->path, top ? 1 : error.line, "see \"Case\" in docs/formats/catalog.md",
                     "not a case: %s", top ? "no object" : source_show(c->s, str_from(error.text)));
    else
        check_object(c, top, t);
    json_decref(top);
}

/* cases/<obligation>--<what>.json */
static bool is_of(const struct source_file *file, struct str task, struct str key)
{
    return str_eq(file->task, task) && str_starts(file->name, key) &&
           str_starts(str_slice(file->name, key.n, file->name.n), STR("--"));
}

static void check_tally(struct source *s, const struct source_file *rule, const struct tally *t)
{
    const char *remedy = arena_printf(&s->cx->arena, "add cases/" STR_FMT "--….json", STR_ARG(rule->name)).p;
    struct str file = rule->path;
    if (!t->good) source_fault(s, file, 0, remedy, "no case has a row with ok 1");
    if (!t->bad) source_fault(s, file, 0, remedy, "no case has a row with ok 0");
    if (!t->open) source_fault(s, file, 0, remedy, "no case has a row with ok null, or no rows");
}

static bool has_task(const struct source *s, struct str folder)
{
    for (size_t i = 0; i < s->n_tasks; i++)
        if (str_eq(s->tasks[i].folder, folder)) return true;
    return false;
}

static void read_cases_of(struct one_case *c, const struct source_task *t, const struct source_file *rule,
                          bool *claimed)
{
    if (!rule) return;
    struct source *s = c->s;
    struct tally tally = {0};
    for (size_t i = 0; i < s->n_files; i++) {
        if (s->files[i].kind != SOURCE_CASE || !is_of(&s->files[i], t->folder, rule->name)) continue;
        c->file = &s->files[i];
        c->of_organization = str_ends(rule->name, STR(".org"));
        claimed[i] = true;
        read_case(c, &tally);
    }
    check_tally(s, rule, &tally);
}

enum rc source_read_cases(struct source *s)
{
    sqlite3 *db;
    struct one_case c = {.s = s};
    bool *claimed = arena_array(&s->cx->arena, bool, s->n_files);
    struct catalog_kind *kinds = arena_array(&s->cx->arena, struct catalog_kind, s->n_kinds + 1);
    for (size_t i = 0; i < s->n_kinds; i++) kinds[i] = s->kinds[i].k;
    TRY(store_open_memory(s->cx, observe_schema_sql, &db));
    enum rc rc = views_make_facts(s->cx, db, kinds, s->n_kinds);
    if (rc == OK)
        rc = store_prepare(s->cx, db, STR("SELECT 1 FROM pragma_table_info(?1) WHERE ?2 IS NULL OR name = ?2"),
                           &c.column);
    for (size_t i = 0; rc == OK && i < s->n_tasks; i++)
        for (size_t k = 0; k < s->tasks[i].n_obligations; k++) {
            read_cases_of(&c, &s->tasks[i], s->tasks[i].obligations[k].rule, claimed);
            read_cases_of(&c, &s->tasks[i], s->tasks[i].obligations[k].org_rule, claimed);
        }
    for (size_t i = 0; rc == OK && i < s->n_files; i++)
        if (s->files[i].kind == SOURCE_CASE && !claimed[i] && has_task(s, s->files[i].task))
            source_fault(s, s->files[i].path, 0, "name it <obligation>--<what>.json, after a point that has a rule",
                         "a case of no rule");
    store_finalize(&c.column);
    store_close(db);
    return rc;
}
