/* Database migrations, and whether each has a way down. A tool is recognized by place, name and content together. */
#include <ctype.h>

#include "observe/content_rows.h"

#define PYTHON_MAX (128 * 1024) /* bytes of a migration looked at */
#define CALLS_MAX 100
#define REASON_WORDS 6 /* a comment of so many words says why there is nothing to undo */

static size_t digits(struct str s)
{
    size_t n = 0;
    while (n < s.n && isdigit((unsigned char)s.p[n])) n++;
    return n;
}

/* V1__x.sql, V1.2__x.sql */
static bool is_flyway(struct str name, char letter)
{
    if (name.n < 6 || name.p[0] != letter || !isdigit((unsigned char)name.p[1]) || !str_ends_nocase(name, STR(".sql")))
        return false;
    size_t i = 1;
    while (i < name.n && (isdigit((unsigned char)name.p[i]) || name.p[i] == '.' ||
                          (name.p[i] == '_' && i + 1 < name.n && isdigit((unsigned char)name.p[i + 1]))))
        i++;
    return i + 1 < name.n && name.p[i] == '_' && name.p[i + 1] == '_';
}

bool migration_wants(const struct place *pl)
{
    if (pl->sample || pl->test || place_below(pl, "docs|doc")) return false;
    if (text_is(pl->ext, "sql"))
        return is_flyway(pl->name, 'V') || place_below(pl, "migrations|migration|migrate|goose|changelog|liquibase") ||
               str_ends(pl->name, STR(".up.sql")) || str_ends(pl->name, STR(".down.sql"));
    if (text_is(pl->ext, "rb")) return str_ends(pl->dir, STR("/migrate/")) || str_eq(pl->dir, STR("migrate/"));
    if (text_is(pl->ext, "py"))
        return (place_below(pl, "migrations") && digits(pl->name) >= 4) || str_ends(pl->dir, STR("versions/"));
    if (text_is(pl->ext, "js|ts|cjs|mjs|php|cs|exs"))
        return place_below(pl, "migrations|migration") && (digits(pl->name) >= 4 || text_is(pl->ext, "php|cs|ts"));
    if (text_is(pl->ext, "xml|yaml|yml"))
        return place_below(pl, "changelog|changelogs|liquibase|changesets") ||
               str_has_nocase(pl->name, STR("changelog")) || str_has_nocase(pl->name, STR("liquibase"));
    return false;
}

static void leave(struct content *c, const char *tool, int has_down)
{
    ROW(c, T_MIGRATION, CTEXT(tool), has_down < 0 ? NOTHING : INT(has_down));
}

/* Corrects rows and leaves the tables as they are: an older release works on with them, so there is nothing to undo. */
static bool changes_only_data(struct str text)
{
    static const char *const schema[] = {"create_table", "createtable", "schema::",      "drop",        "alter",
                                         "add_column",   "addcolumn",   "add_index",     "createindex", "create index",
                                         "rename",       "change_",     "create table",  "add column",  "op.create",
                                         "op.add",       "blueprint",   "add_reference", "truncate"};
    static const char *const data[] = {"update ",  "update\n",   "insert into", "->update(",
                                       ".update(", "update_all", "set "};
    for (size_t i = 0; i < sizeof schema / sizeof *schema; i++)
        if (str_has_nocase(text, str_from(schema[i]))) return false;
    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        if (str_has_nocase(text, str_from(data[i]))) return true;
    return false;
}

static void leave_unless_data(struct content *c, const char *tool, int has_down, struct str text)
{
    leave(c, tool, has_down == 0 && changes_only_data(text) ? -1 : has_down);
}

static struct str after(struct str text, const char *what)
{
    const char *at = str_find(text, str_from(what));
    return at ? str_slice(text, (size_t)(at - text.p) + strlen(what), text.n) : STR_NONE;
}

/* Whether the braces after `what` hold more than comments and blanks; -1 when `what` is not there. */
static int brace_body(struct str text, const char *what)
{
    struct str s = after(text, what);
    if (!s.p) return -1;
    const char *open = s.n ? memchr(s.p, '{', s.n) : NULL;
    if (!open) return 0;
    s = str_slice(s, (size_t)(open - s.p) + 1, s.n);
    int depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (isspace((unsigned char)ch) || ch == ';') continue;
        if (ch == '}' && depth-- == 0) return 0;
        if (ch == '/' && i + 1 < s.n && s.p[i + 1] == '/') {
            int words = 0;
            for (; i < s.n && s.p[i] != '\n'; i++)
                words += isalpha((unsigned char)s.p[i]) && !isalpha((unsigned char)s.p[i - 1]);
            if (words >= REASON_WORDS) return 1;
            continue;
        }
        if (ch == '/' && i + 1 < s.n && s.p[i + 1] == '*') {
            struct str rest = str_slice(s, i, s.n);
            const char *end = str_find(rest, STR("*/"));
            i = end ? (size_t)(end - s.p) + 1 : s.n;
            continue;
        }
        struct str word = str_slice(s, i, s.n);
        return !(str_starts(word, STR("throw ")) || str_starts(word, STR("return;")) ||
                 str_starts(word, STR("return Promise.resolve()")) || str_starts(word, STR("return true")) ||
                 str_starts(word, STR("throw new")));
    }
    return 0;
}

/* A Python function's body: 1 does something, 0 only passes, -1 absent. */
static int python_body(struct str text, const char *def)
{
    struct str s = after(text, def);
    if (!s.p) return -1;
    struct lines l = {.rest = s};
    struct str line;
    bool first = true, doc = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (first) {
            first = false;
            continue;
        }
        if (!t.n || t.p[0] == '#') continue;
        if (line.p[0] != ' ' && line.p[0] != '\t') return 0;
        bool triple = str_starts(t, STR("\"\"\"")) || str_starts(t, STR("'''"));
        if (doc || triple) {
            bool closes = str_ends(t, STR("\"\"\"")) || str_ends(t, STR("'''"));
            doc = doc ? !closes : !(closes && t.n >= 6);
            continue;
        }
        return !(str_eq(t, STR("pass")) || str_eq(t, STR("...")) || str_starts(t, STR("pass ")) ||
                 str_starts(t, STR("raise ")) || str_eq(t, STR("return")));
    }
    return 0;
}

/* Django: every RunPython and RunSQL has a second argument, so it can go back. */
static int django_down(struct str text)
{
    static const char *const calls[] = {"RunPython(", "RunSQL("};
    for (size_t k = 0; k < 2; k++) {
        struct str s = str_slice(text, 0, PYTHON_MAX);
        for (int calls_left = CALLS_MAX; calls_left > 0 && (s = after(s, calls[k])).p; calls_left--) {
            int depth = 0, arguments = 1;
            bool named = false, blank = true;
            char quote = 0;
            for (size_t i = 0; i < s.n; i++) {
                char ch = s.p[i];
                if (quote) {
                    if (ch == '\\')
                        i++;
                    else if (ch == quote)
                        quote = 0;
                    continue;
                }
                if (ch == '#') {
                    while (i < s.n && s.p[i] != '\n') i++;
                    continue;
                }
                if (ch == '"' || ch == '\'') {
                    struct str here = str_slice(s, i, i + 3);
                    if (str_eq(here, STR("\"\"\"")) || str_eq(here, STR("'''"))) {
                        struct str rest = str_slice(s, i + 3, s.n);
                        const char *end = str_find(rest, here);
                        i = end ? (size_t)(end - s.p) + 2 : s.n;
                    } else {
                        quote = ch;
                    }
                    blank = false;
                    continue;
                }
                if (strchr("([{", ch))
                    depth++;
                else if (strchr(")]}", ch) && depth-- == 0)
                    break;
                else if (ch == ',' && depth == 0) {
                    arguments++;
                    blank = true;
                    continue;
                }
                if (!isspace((unsigned char)ch)) {
                    if (depth == 0 && blank &&
                        (str_starts(str_slice(s, i, s.n), STR("reverse_code")) ||
                         str_starts(str_slice(s, i, s.n), STR("reverse_sql"))))
                        named = true;
                    if (depth == 0 && blank && arguments > 1 &&
                        (str_starts(str_slice(s, i, s.n), STR("elidable")) ||
                         str_starts(str_slice(s, i, s.n), STR("hints")) ||
                         str_starts(str_slice(s, i, s.n), STR("atomic")) ||
                         str_starts(str_slice(s, i, s.n), STR("state_operations"))))
                        arguments--;
                    blank = false;
                }
            }
            if (blank) arguments--;
            if (!named && arguments < 2) return 0;
        }
    }
    return 1;
}

static int rails_down(struct str text)
{
    if (str_has(text, STR("IrreversibleMigration"))) return 0;
    if (str_has(text, STR("def change"))) return 1;
    bool up = str_has(text, STR("def up")) || str_has(text, STR("def self.up"));
    return !up || str_has(text, STR("def down")) || str_has(text, STR("def self.down"));
}

/* SQL after a marker holds a statement. */
static int sql_after(struct str text, const char *marker)
{
    struct str s = after(text, marker);
    if (!s.p) return 0;
    struct lines l = {.rest = s};
    struct str line;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (t.n && !str_starts(t, STR("--")) && !str_starts(t, STR("SELECT 1"))) return 1;
    }
    return 0;
}

static void read_sql(struct content *c, struct str text)
{
    const struct place *pl = &c->place;
    if (str_has(text, STR("-- +goose Up")))
        leave(c, "goose", sql_after(text, "-- +goose Down"));
    else if (str_has(text, STR("-- migrate:up")))
        leave(c, "dbmate", sql_after(text, "-- migrate:down"));
    else if (str_has_nocase(str_slice(text, 0, 200), STR("liquibase formatted sql")))
        leave(c, "liquibase",
              str_has_nocase(text, STR("--rollback")) || str_has_nocase(text, STR("-- rollback")) ? 1 : -1);
    else if (str_ends(pl->name, STR(".up.sql")))
        leave(c, "golang-migrate", 0); /* its twin is looked for at the end */
    else if (str_eq(pl->name, STR("up.sql")))
        leave(c, "diesel", 0);
    else if (str_eq(pl->name, STR("migration.sql")) && place_below(pl, "prisma|migrations"))
        leave(c, "prisma", -1);
    else if (is_flyway(pl->name, 'V'))
        leave(c, "flyway", -1);
}

static void read_script(struct content *c, struct str text)
{
    const struct place *pl = &c->place;
    int down;
    if (text_is(pl->ext, "php")) {
        if (!str_has(text, STR("extends Migration")) && !str_has(text, STR("Illuminate\\Database\\Migrations"))) return;
        if ((down = brace_body(text, "function up(")) < 0) return;
        leave_unless_data(c, "laravel", down == 0 || brace_body(text, "function down(") == 1, text);
    } else if (text_is(pl->ext, "cs")) {
        if (str_ends(pl->name, STR(".Designer.cs")) || !str_has(text, STR(": Migration"))) return;
        if ((down = brace_body(text, "void Up(")) < 0) return;
        leave_unless_data(c, "efcore", down == 0 || brace_body(text, "void Down(") == 1, text);
    } else if (text_is(pl->ext, "exs")) {
        if (!str_has(text, STR("Ecto.Migration"))) return;
        leave(c, "ecto", str_has(text, STR("def change")) || str_has(text, STR("def down")));
    } else if (str_has(text, STR("MigrationInterface"))) {
        leave(c, "typeorm", brace_body(text, " down(") == 1);
    } else if (str_has(text, STR("queryInterface"))) {
        int a = brace_body(text, "down:"), b = brace_body(text, "down(");
        leave(c, "sequelize", a == 1 || b == 1 || (a < 0 && b < 0 && str_has(text, STR("down"))));
    } else if (str_has(text, STR("knex")) && (str_has(text, STR("exports.up")) || str_has(text, STR("function up")))) {
        leave(c, "knex", brace_body(text, "exports.down") == 1 || brace_body(text, "function down") == 1);
    }
}

void migration_read(struct content *c, struct str text)
{
    const struct place *pl = &c->place;
    if (text_is(pl->ext, "sql"))
        read_sql(c, text);
    else if (text_is(pl->ext, "rb")) {
        if (str_has(text, STR("ActiveRecord::Migration")) && digits(pl->name) >= 3)
            leave_unless_data(c, "rails", rails_down(text), text);
    } else if (text_is(pl->ext, "py")) {
        if (str_has(text, STR("migrations.Migration")))
            leave(c, "django", django_down(text));
        else if (str_has(text, STR("down_revision")) && str_has(text, STR("def upgrade"))) {
            int up = python_body(text, "def upgrade("), down = python_body(text, "def downgrade(");
            leave_unless_data(c, "alembic", up == 0 || down == 1, text);
        }
    } else if (text_is(pl->ext, "xml|yaml|yml")) {
        if (!str_has(text, STR("databaseChangeLog")) || !str_has_nocase(text, STR("changeSet"))) return;
        leave(c, "liquibase", str_has(text, STR("<rollback")) || str_has(text, STR("rollback:")) ? 1 : -1);
    } else {
        read_script(c, text);
    }
}

/* Twins: x.up.sql and x.down.sql, up.sql and down.sql, V1__x.sql and U1__x.sql (only where undo scripts are kept at
 * all). */
enum rc migrations_finish(struct ctx *cx, sqlite3 *db)
{
    return store_exec(
        cx, db,
        "UPDATE d_migration SET has_down = EXISTS (SELECT 1 FROM d_file f WHERE f.path = "
        "substr(d_migration.path, 1, length(d_migration.path) - 7) || '.down.sql') WHERE tool = 'golang-migrate';"
        "UPDATE d_migration SET has_down = EXISTS (SELECT 1 FROM d_file f WHERE f.path = "
        "substr(d_migration.path, 1, length(d_migration.path) - 6) || 'down.sql') WHERE tool = 'diesel';"
        "UPDATE d_migration SET has_down = 1 WHERE tool = 'prisma' AND EXISTS (SELECT 1 FROM d_file f WHERE f.path = "
        "substr(d_migration.path, 1, length(d_migration.path) - 13) || 'down.sql');"
        "UPDATE d_migration SET has_down = EXISTS (SELECT 1 FROM d_file f WHERE f.path = replace(d_migration.path, "
        "'/V', '/U')) "
        "WHERE tool = 'flyway' AND EXISTS (SELECT 1 FROM d_file f WHERE f.path GLOB '*/U[0-9]*__*.sql');");
}
