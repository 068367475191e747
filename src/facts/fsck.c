#include "facts/fsck.h"

#include "base/file.h"
#include "facts/facts_int.h"
#include "store/store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define KEYS 8 /* columns of a key */

struct check {
    struct ctx *cx;
    struct facts_fsck *out;
    const struct catalog *catalog;
    sqlite3 *is, *should; /* the ledger's database; the one made again */
    bool *skip;           /* by kind: another version made its tables */
};

static void __attribute__((format(printf, 2, 3))) found(struct check *c, const char *fmt, ...)
{
    char text[600];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    c->out->problems++;
    c->out->found(c->out->arg, text);
}

/* --- one table in both databases, in the order of its key */

struct table {
    const char *name;
    int keys[KEYS];
    size_t n_keys;
};

static int compare_value(sqlite3_stmt *a, sqlite3_stmt *b, int i)
{
    int x = sqlite3_column_type(a, i), y = sqlite3_column_type(b, i);
    if (x != y) return x < y ? -1 : 1;
    if (x == SQLITE_NULL) return 0;
    if (x == SQLITE_INTEGER) {
        int64_t v = sqlite3_column_int64(a, i), w = sqlite3_column_int64(b, i);
        return v < w ? -1 : v > w;
    }
    return str_cmp(store_column_blob(a, i), store_column_blob(b, i));
}

static void say(struct check *c, const struct table *t, sqlite3_stmt *st, const char *what)
{
    scoped_buf key;
    buf_init(&key, 400);
    for (size_t i = 0; i < t->n_keys; i++) {
        if (i) buf_cstr(&key, ", ");
        buf_visible(&key, store_column_str(st, t->keys[i]));
    }
    found(c, "table %s, row (" STR_FMT "): %s", t->name, STR_ARG(buf_view(&key)), what);
}

static enum rc find_keys(struct check *c, struct table *t)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(c->cx, c->should, STR("SELECT cid FROM pragma_table_info(?1) WHERE pk ORDER BY pk"), &st));
    store_bind_str(st, 1, str_from(t->name));
    for (;;) {
        TRY(store_step(c->cx, st, &row));
        if (!row) return t->n_keys ? OK : fail(c->cx, E_INTERNAL, "the table %s has no key", t->name);
        if (t->n_keys == KEYS) return fail(c->cx, E_LIMIT, "the table %s has a key of many columns", t->name);
        t->keys[t->n_keys++] = sqlite3_column_int(st, 0);
    }
}

static enum rc walk(struct check *c, const struct table *t, sqlite3_stmt *is, sqlite3_stmt *should)
{
    bool a, b;
    TRY(store_step(c->cx, is, &a));
    TRY(store_step(c->cx, should, &b));
    while (a || b) {
        int order = !a ? 1 : !b ? -1 : 0;
        for (size_t i = 0; a && b && order == 0 && i < t->n_keys; i++) order = compare_value(is, should, t->keys[i]);
        if (order < 0) say(c, t, is, "no fact says so");
        if (order > 0) say(c, t, should, "is missing");
        for (int i = 0; order == 0 && i < sqlite3_column_count(should); i++)
            if (compare_value(is, should, i) != 0) {
                say(c, t, is,
                    arena_printf(&c->cx->arena, "its %s is not what the facts say", sqlite3_column_name(is, i)).p);
                break;
            }
        c->out->rows++;
        if (order <= 0) TRY(store_step(c->cx, is, &a));
        if (order >= 0) TRY(store_step(c->cx, should, &b));
    }
    return OK;
}

static enum rc compare_table(struct check *c, const char *name)
{
    struct table t = {.name = name};
    scoped_stmt *is = NULL, *should = NULL;
    struct str table;
    TRY(store_identifier(c->cx, str_from(name), &table));
    TRY(find_keys(c, &t));
    scoped_buf sql;
    buf_init(&sql, 0);
    buf_printf(&sql, "SELECT * FROM " STR_FMT " ORDER BY ", STR_ARG(table));
    for (size_t i = 0; i < t.n_keys; i++) buf_printf(&sql, "%s%d", i ? ", " : "", t.keys[i] + 1);
    TRY(store_prepare(c->cx, c->should, buf_view(&sql), &should));
    if (store_prepare(c->cx, c->is, buf_view(&sql), &is) != OK) return OK; /* its definition was named already */
    if (sqlite3_column_count(is) != sqlite3_column_count(should)) return OK;
    return walk(c, &t, is, should);
}

/* --- definitions */

/* The kind whose table, index or view it is; n_kinds when it is the one of all facts, or of an unknown kind. */
static size_t owner(const struct check *c, struct str name)
{
    struct str rest = str_starts(name, STR("p_")) ? str_slice(name, 2, name.n) : str_slice(name, 5, name.n);
    for (size_t i = 0; i < c->catalog->n_kinds; i++) {
        struct str key = c->catalog->kinds[i].key;
        if (str_starts(rest, key) && (rest.n == key.n || rest.p[key.n] == '_')) return i;
    }
    return c->catalog->n_kinds;
}

#define DEFINITIONS                                                                                                    \
    "SELECT name, replace(sql, '\"', '') FROM sqlite_schema WHERE sql IS NOT NULL AND (name GLOB 'p_*' OR name GLOB "  \
    "'fact*' OR type = 'trigger') AND name <> 'projections' ORDER BY name"

static bool is_ours(const struct check *c, struct str name)
{
    size_t i = owner(c, name);
    return str_eq(name, STR("facts")) || str_eq(name, STR("p_facts")) || (i < c->catalog->n_kinds && !c->skip[i]);
}

static enum rc next_definition(struct check *c, sqlite3_stmt *st, bool *row)
{
    do TRY(store_step(c->cx, st, row));
    while (*row && !is_ours(c, store_column_str(st, 0)));
    return OK;
}

/* Views too can be made to tell something else. */
static enum rc compare_definitions(struct check *c)
{
    scoped_stmt *is = NULL, *should = NULL;
    bool a, b;
    TRY(store_prepare(c->cx, c->is, STR(DEFINITIONS), &is));
    TRY(store_prepare(c->cx, c->should, STR(DEFINITIONS), &should));
    TRY(next_definition(c, is, &a));
    TRY(next_definition(c, should, &b));
    while (a || b) {
        int order = !a ? 1 : !b ? -1 : compare_value(is, should, 0);
        const char *name = str_visible(c->cx, store_column_str(order <= 0 ? is : should, 0));
        if (order < 0) found(c, "%s: the catalog makes no such table, index or view", name);
        if (order > 0) found(c, "%s: is missing", name);
        if (order == 0 && compare_value(is, should, 1) != 0) found(c, "%s: is not defined as the catalog does", name);
        if (order <= 0) TRY(next_definition(c, is, &a));
        if (order >= 0) TRY(next_definition(c, should, &b));
    }
    return OK;
}

/* --- the whole */

static enum rc find_versions(struct check *c)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(c->cx, c->is, STR("SELECT digest FROM projections WHERE kind = ?1"), &st));
    for (size_t i = 0; i < c->catalog->n_kinds; i++) {
        char digest[65];
        projection_digest(&c->catalog->kinds[i], digest);
        store_bind_str(st, 1, c->catalog->kinds[i].key);
        TRY(store_step(c->cx, st, &row));
        c->skip[i] = !row || !str_eq(store_column_str(st, 0), str_from(digest));
        c->out->others += c->skip[i];
        sqlite3_reset(st);
    }
    return OK;
}

static enum rc compare(struct check *c)
{
    TRY(compare_definitions(c));
    TRY(compare_table(c, "p_facts"));
    for (size_t i = 0; i < c->catalog->n_kinds; i++)
        for (size_t k = 0; !c->skip[i] && k < c->catalog->kinds[i].n_tables; k++)
            TRY(compare_table(c, arena_cstr(&c->cx->arena, c->catalog->kinds[i].tables[k])));
    return OK;
}

static enum rc make_again(struct ctx *cx, struct log_reader *r, const struct catalog *c, uint64_t size, sqlite3 **out)
{
    char *dir = file_temporary(cx, "fsck");
    struct facts_replayed replayed;
    if (!mkdtemp(dir)) return fail(cx, E_IO, "%s: cannot make a folder: %s", dir, strerror(errno));
    const char *file = arena_printf(&cx->arena, "%s/tables.db", dir).p;
    enum rc rc = facts_replay_some(cx, r, c, INT64_MAX, size, file, &replayed);
    if (rc == OK) rc = store_open_file(cx, file, STORE_WRITE, out);
    if (rc == OK) rc = store_keep_little(cx, *out);
    /* open, and gone from the folder: nothing can stay behind */
    unlink(file);
    unlink(arena_printf(&cx->arena, "%s-wal", file).p);
    unlink(arena_printf(&cx->arena, "%s-shm", file).p);
    rmdir(dir);
    return rc;
}

enum rc facts_fsck(struct ctx *cx, struct log_reader *r, const struct catalog *catalog, struct facts_fsck *out)
{
    struct check c = {.cx = cx, .out = out, .catalog = catalog, .is = log_reader_db(r)};
    int64_t tables, next;
    c.skip = arena_array(&cx->arena, bool, catalog->n_kinds + 1);
    TRY(store_get_int(cx, c.is, "SELECT count(*) FROM sqlite_schema WHERE name IN ('p_facts', 'projections')",
                      &tables));
    if (tables != 2) {
        out->waiting = log_reader_size(r);
        return OK;
    }
    TRY(find_versions(&c));
    TRY(store_get_int(cx, c.is, "SELECT coalesce(max(n) + 1, 0) FROM p_facts", &next));
    uint64_t size = log_reader_size(r), done = (uint64_t)next < size ? (uint64_t)next : size;
    out->waiting = size - done;
    TRY(make_again(cx, r, catalog, done, &c.should));
    enum rc rc = compare(&c);
    store_close(c.should);
    return rc;
}
