/* The table of readers, and how their rows get into the tables. To read another kind of file, add a reader to
 * content_rows.h and a line to `readers`; to fill another table, add it to `tables`. */
#include "observe/content.h"

#include "base/limits.h"
#include "observe/content_rows.h"

static const struct reader {
    bool (*wants)(const struct place *pl);
    void (*read)(struct content *c, struct str text);
} readers[] = {
    {codeowners_wants, codeowners_read},
    {maintainers_wants, maintainers_read},
    {changelog_wants, changelog_read}, /* before documents: a changelog without entries is none */
    {document_wants, document_read},
    {workflow_github_wants, workflow_github_read},
    {workflow_gitlab_wants, workflow_gitlab_read},
    {ci_other_wants, ci_other_read},
    {script_wants, script_read},
    {container_wants, container_read},
    {manifest_wants, manifest_read},
    {migration_wants, migration_read},
};
#define READERS (sizeof readers / sizeof readers[0])

/* ?1 is the path. A second row for the same key is dropped: the first place of a thing counts. */
static const struct {
    const char *sql;
    unsigned columns; /* beside the path */
} tables[T_COUNT] = {
    [T_OWNER_LINE] = {"INSERT OR IGNORE INTO d_owner_line VALUES (?1,?2,?3,?4,?5,?6,?7)", 6},
    [T_OWNER_NAME] = {"INSERT OR IGNORE INTO d_owner_name VALUES (?1,?2,?3,?4,?5,?6)", 5},
    [T_PUBLISHER] = {"INSERT OR IGNORE INTO d_publisher VALUES (?1,?2,?3,?4)", 3},
    [T_DOCUMENT] = {"INSERT OR REPLACE INTO d_document VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)", 8},
    [T_TOPIC] = {"INSERT OR IGNORE INTO d_topic VALUES (?1,?2,?3,?4)", 3},
    [T_CHANGELOG] = {"INSERT OR IGNORE INTO d_changelog VALUES (?1,?2,?3,?4,?5,?6,?7,?8)", 7},
    [T_CI_FILE] = {"INSERT OR REPLACE INTO d_ci_file VALUES (?1,?2,?3,?4,?5)", 4},
    [T_CI_STEP] = {"INSERT OR IGNORE INTO d_ci_step VALUES (?1,?2,?3,?4,?5,?6,?7)", 6},
    [T_CI_PERMISSION] = {"INSERT OR IGNORE INTO d_ci_permission VALUES (?1,?2,?3,?4,?5)", 4},
    [T_PIN] = {"INSERT OR IGNORE INTO d_pin VALUES (?1,?2,?3,?4,?5,?6)", 5},
    [T_MANIFEST] = {"INSERT OR REPLACE INTO d_manifest VALUES (?1,?2,?3,?4,?5)", 4},
    [T_MIGRATION] = {"INSERT OR REPLACE INTO d_migration VALUES (?1,?2,?3)", 2},
};

static bool is_foreign(const char *class)
{
    static const char *const foreign[] = {"vendored", "generated", "binary", "symlink", "submodule"};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (strcmp(class, foreign[i]) == 0) return true;
    return false;
}

bool content_wanted(struct str path, const char *class)
{
    if (class && is_foreign(class)) return false;
    struct place pl = place_of(path, class);
    for (size_t i = 0; i < READERS; i++)
        if (readers[i].wants(&pl)) return true;
    return false;
}

struct content *content_read(struct arena *a, struct str path, const char *class, struct str bytes)
{
    if (!bytes.p || (class && is_foreign(class))) return NULL;
    if (memchr(bytes.p, 0, bytes.n < 8000 ? bytes.n : 8000)) return NULL;
    const char *nul = bytes.n ? memchr(bytes.p, 0, bytes.n) : NULL;
    if (nul) bytes.n = (size_t)(nul - bytes.p);
    if (str_starts(bytes, STR("\xef\xbb\xbf"))) bytes = str_slice(bytes, 3, bytes.n);

    struct place pl = place_of(path, class);
    struct content *c = NULL;
    for (size_t i = 0; i < READERS; i++) {
        if (!readers[i].wants(&pl)) continue;
        if (!c) {
            c = arena_new(a, struct content);
            c->arena = a;
            c->place = place_of(arena_str(a, path), class);
            c->last = &c->first;
        }
        readers[i].read(c, bytes);
    }
    return c && c->rows ? c : NULL;
}

void rows_add(struct content *c, enum table table, const struct value *values, unsigned n)
{
    if (c->rows >= (int64_t)LIMIT_CONTENT_ROWS || n != tables[table].columns) return;
    struct row *r = arena_new(c->arena, struct row);
    r->table = table;
    r->n = n;
    r->values = arena_array(c->arena, struct value, n);
    memcpy(r->values, values, n * sizeof *values);
    *c->last = r;
    c->last = &r->next;
    c->rows++;
}

void rows_step(struct content *c, const struct job *j, int64_t line, const char *role)
{
    ROW(c, T_CI_STEP, INT(line), CTEXT(role), TEXT(j->name), TEXT(j->environment), INT(j->manual),
        INT(j->allow_failure));
}

void rows_pin(struct content *c, int64_t line, const char *kind, struct str target, bool pinned, bool first_party)
{
    if (!target.n) return;
    ROW(c, T_PIN, INT(line), CTEXT(kind), TEXT(text_visible(c->arena, target, 300)), INT(pinned), INT(first_party));
}

void content_mention(struct content *c, struct people *p)
{
    for (struct row *r = c->first; r; r = r->next)
        for (unsigned i = 0; i < r->n; i++)
            if (r->values[i].kind == V_PERSON) r->values[i].i = people_mention(p, r->values[i].s, r->values[i].email);
}

static void bind(sqlite3_stmt *st, int i, const struct value *v, struct people *p)
{
    if (v->kind == V_INT)
        store_bind_int(st, i, v->i);
    else if (v->kind == V_TEXT)
        store_bind_str(st, i, v->s);
    else if (v->kind == V_PERSON)
        store_bind_str(st, i, people_hash(p, (int)v->i));
    else
        store_bind_null(st, i);
}

static enum rc store_table(struct ctx *cx, sqlite3 *db, struct people *p, const struct content *c, enum table table)
{
    scoped_stmt *st = NULL;
    for (const struct row *r = c->first; r; r = r->next) {
        if (r->table != table) continue;
        if (!st) TRY(store_prepare(cx, db, str_from(tables[table].sql), &st));
        store_bind_str(st, 1, c->place.path);
        for (unsigned i = 0; i < r->n; i++) bind(st, (int)i + 2, &r->values[i], p);
        TRY(store_run(cx, st));
    }
    return OK;
}

enum rc content_store(struct ctx *cx, sqlite3 *db, struct people *p, const struct content *c)
{
    bool has[T_COUNT] = {false};
    for (const struct row *r = c->first; r; r = r->next) has[r->table] = true;
    for (int t = 0; t < T_COUNT; t++)
        if (has[t]) TRY(store_table(cx, db, p, c, (enum table)t));
    return OK;
}

enum rc content_finish(struct ctx *cx, sqlite3 *db)
{
    TRY(codeowners_finish(cx, db));
    TRY(manifests_finish(cx, db));
    return migrations_finish(cx, db);
}
