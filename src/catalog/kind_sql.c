#include "catalog/kind_sql.h"

#include <ctype.h>
#include <stdio.h>

const char *const kind_sql_parameters[KIND_SQL_PARAMETERS] = {":n", ":at", ":subject", ":actor", ":via", ":payload"};

/* --- the authorizer */

/* PREFIX kind, or PREFIX kind _ word. */
static bool is_own(const char *name, struct str prefix, struct str kind)
{
    struct str s = str_from(name);
    if (!s.p || !str_starts(s, prefix)) return false;
    s = str_slice(s, prefix.n, s.n);
    return str_starts(s, kind) && (s.n == kind.n || s.p[kind.n] == '_');
}

static bool is_table(const struct kind_sql_guard *g, const char *name)
{
    char prefix[2] = {g->letter, '_'};
    return is_own(name, (struct str){prefix, 2}, g->kind);
}

static bool is_view(const struct kind_sql_guard *g, const char *name)
{
    return is_own(name, STR("fact_"), g->kind);
}

static bool is_schema(const char *name)
{
    return name && (!strcmp(name, "sqlite_master") || !strcmp(name, "sqlite_schema"));
}

static int refuse(struct kind_sql_guard *g, const char *what, const char *name)
{
    if (!g->refused[0]) (void)snprintf(g->refused, sizeof g->refused, "it %s%.60s", what, name ? name : "");
    return SQLITE_DENY;
}

/* Only what gives the same for the same, on every machine. */
static bool is_known_function(const char *name)
{
    static const char *const known[] = {
        "abs",          "char",      "coalesce",   "count",       "glob",    "hex",        "ifnull",
        "iif",          "instr",     "json",       "json_array",  "->",      "->>",        "json_array_length",
        "json_extract", "json_type", "json_valid", "json_object", "length",  "like",       "lower",
        "ltrim",        "max",       "min",        "nullif",      "replace", "row_number", "rtrim",
        "substr",       "substring", "sum",        "trim",        "typeof",  "unicode",    "upper"};
    for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
        if (sqlite3_stricmp(name, known[i]) == 0) return true;
    return false;
}

static int authorize_define(struct kind_sql_guard *g, int action, const char *a, const char *b)
{
    switch (action) {
    case SQLITE_CREATE_TABLE:
        return is_table(g, a) ? SQLITE_OK : refuse(g, "makes the table ", a);
    case SQLITE_CREATE_INDEX:
        return is_table(g, b) && (is_table(g, a) || str_starts(str_from(a), STR("sqlite_autoindex_")))
                   ? SQLITE_OK
                   : refuse(g, "makes the index ", a);
    case SQLITE_CREATE_VIEW:
        return is_view(g, a) ? SQLITE_OK : refuse(g, "makes the view ", a);
    case SQLITE_REINDEX:
        return is_table(g, a) ? SQLITE_OK : refuse(g, "builds the index ", a);
    case SQLITE_INSERT: /* SQLite's own book-keeping; it lets nobody else in */
    case SQLITE_UPDATE:
    case SQLITE_READ:
        return is_schema(a) || (action == SQLITE_READ && is_table(g, a)) ? SQLITE_OK
                                                                         : refuse(g, "does more than define: ", a);
    default:
        return refuse(g, "does more than define tables, indexes and views", NULL);
    }
}

static int authorize_project(struct kind_sql_guard *g, int action, const char *a, const char *b)
{
    switch (action) {
    case SQLITE_SELECT:
        return SQLITE_OK;
    case SQLITE_READ:
        if (is_table(g, a) || (a && (!strcmp(a, "json_each") || !strcmp(a, "json_tree")))) return SQLITE_OK;
        if (g->phase == KIND_SQL_VIEW && is_view(g, a)) return SQLITE_OK;
        return refuse(g, "reads ", a);
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        g->changes = true;
        return g->phase == KIND_SQL_PROJECT && is_table(g, a) ? SQLITE_OK : refuse(g, "changes ", a);
    case SQLITE_INSERT:
        return g->phase == KIND_SQL_PROJECT && is_table(g, a) ? SQLITE_OK : refuse(g, "adds to ", a);
    case SQLITE_FUNCTION:
        return is_known_function(b) ? SQLITE_OK : refuse(g, "calls ", b);
    case SQLITE_RECURSIVE:
        return refuse(g, "is recursive", NULL);
    default:
        return refuse(g, "does more than read and change its own tables", NULL);
    }
}

int kind_sql_authorize(void *guard, int action, const char *a, const char *b, const char *database, const char *inner)
{
    struct kind_sql_guard *g = guard;
    (void)inner;
    if (database && strcmp(database, "main") != 0) return refuse(g, "reaches into the database ", database);
    return g->phase == KIND_SQL_DEFINE ? authorize_define(g, action, a, b) : authorize_project(g, action, a, b);
}

/* --- the text */

enum piece { BLANK, WORD, TEXT, QUOTED, SIGN };

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* The kind and length of what stands at the beginning of s, which is not empty. */
static enum piece piece_of(struct str s, size_t *n)
{
    char c = s.p[0];
    *n = 1;
    if (isspace((unsigned char)c)) return BLANK;
    if (str_starts(s, STR("--"))) {
        const char *end = memchr(s.p, '\n', s.n);
        *n = end ? (size_t)(end - s.p) + 1 : s.n;
        return BLANK;
    }
    if (str_starts(s, STR("/*"))) {
        const char *end = str_find(str_slice(s, 2, s.n), STR("*/"));
        *n = end ? (size_t)(end - s.p) + 2 : s.n;
        return BLANK;
    }
    if (c == '\'' || c == '"' || c == '`' || c == '[') {
        const char *end = memchr(s.p + 1, c == '[' ? ']' : c, s.n - 1);
        *n = end ? (size_t)(end - s.p) + 1 : s.n;
        return c == '\'' ? TEXT : QUOTED;
    }
    if (!in_word(c)) return SIGN;
    while (*n < s.n && in_word(s.p[*n])) ++*n;
    return WORD;
}

struct str kind_sql_next(struct str *rest)
{
    size_t n, from = 0;
    struct str s = *rest;
    while (from < s.n && (piece_of(str_slice(s, from, s.n), &n) == BLANK || s.p[from] == ';')) from += n;
    size_t to = from;
    while (to < s.n && s.p[to] != ';') {
        (void)piece_of(str_slice(s, to, s.n), &n);
        to += n;
    }
    *rest = str_slice(s, to, s.n);
    return from < s.n ? str_trim(str_slice(s, from, to)) : STR_NONE;
}

bool kind_sql_begins(struct str sql, const char *word)
{
    size_t n;
    return sql.n && piece_of(sql, &n) == WORD && str_eq_nocase(str_slice(sql, 0, n), str_from(word));
}

bool kind_sql_quotes(struct str sql)
{
    for (size_t n; sql.n; sql = str_slice(sql, n, sql.n))
        if (piece_of(sql, &n) == QUOTED) return true;
    return false;
}

struct str kind_sql_beside(struct arena *a, struct str sql, struct str kind, char letter)
{
    char *copy = arena_cstr(a, sql);
    struct kind_sql_guard own = {.kind = kind, .letter = 'p'};
    struct str rest = sql;
    for (size_t n, at = 0; rest.n; rest = str_slice(rest, n, rest.n), at += n) {
        if (piece_of(rest, &n) != WORD) continue;
        char *word = arena_cstr(a, str_slice(rest, 0, n));
        for (char *c = word; *c; c++) *c = (char)tolower((unsigned char)*c);
        if (is_table(&own, word)) copy[at] = letter;
    }
    return (struct str){copy, sql.n};
}
