/* Once all files are known: which CODEOWNERS is in force, and which of its lines decides each file. */
#include <stdlib.h>

#include "base/limits.h"
#include "observe/codeowners.h"
#include "observe/content_rows.h"

/* ?1 path, ?2 dialect */
static const char copy_owners_sql[] = "INSERT INTO d_owner (rule_line, seq, owner, kind) SELECT line, seq, owner, kind "
                                      "FROM d_owner_name WHERE path = ?1 AND (dialects & ?2)";
static const char lines_sql[] =
    "SELECT l.line, l.section, l.required, l.pattern, l.error, "
    "(SELECT count(*) FROM d_owner_name o WHERE o.path = l.path AND o.line = l.line AND o.dialects = l.dialects) "
    "FROM d_owner_line l WHERE l.path = ?1 AND (l.dialects & ?2) ORDER BY l.line";
/* A file with sections is GitLab's; so is one in a repository that has GitLab's files and none of GitHub's. */
static const char dialect_sql[] =
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM d_owner_line WHERE path = '.github/CODEOWNERS') THEN 1 "
    "WHEN EXISTS (SELECT 1 FROM d_owner_line WHERE section IS NOT NULL) THEN 2 "
    "WHEN EXISTS (SELECT 1 FROM d_file WHERE path > '.github/' AND path < '.github0') THEN 1 "
    "WHEN EXISTS (SELECT 1 FROM d_file WHERE path IN ('.gitlab-ci.yml', '.gitlab/CODEOWNERS')) THEN 2 ELSE 1 END";
static const char in_force_sql[] = "SELECT path FROM (SELECT DISTINCT path FROM d_owner_line WHERE (dialects & ?1)) "
                                   "ORDER BY CASE path WHEN '.github/CODEOWNERS' THEN 0 WHEN 'CODEOWNERS' THEN 1 WHEN "
                                   "'docs/CODEOWNERS' THEN 2 ELSE 3 END LIMIT 1";

struct rule {
    int64_t line, required, owners, matches;
    struct str section, pattern, error;
    int32_t section_number;
};

struct rules {
    struct rule *items;
    int32_t n, cap;
    int32_t sections;
    int32_t chosen; /* of the file asked for; -1 none */
};

static void rules_free(struct rules *r)
{
    free(r->items);
}

static enum rc query_text(struct ctx *cx, sqlite3 *db, const char *sql, int64_t arg, bool has_arg, struct str *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    if (has_arg) store_bind_int(st, 1, arg);
    TRY(store_step(cx, st, &row));
    *out = row ? arena_str(&cx->arena, store_column_str(st, 0)) : STR_NONE;
    return OK;
}

/* GitLab joins sections of the same name, case ignored. */
static int32_t number_of_section(struct rules *r, struct str section)
{
    if (!section.p) return 0;
    for (int32_t i = r->n - 1; i >= 0 && r->n - i < 500; i--) /* far away sections of one name stay apart */
        if (r->items[i].section.p && str_eq_nocase(r->items[i].section, section)) return r->items[i].section_number;
    return ++r->sections;
}

static enum rc load_rules(struct ctx *cx, sqlite3 *db, struct str path, int64_t dialect, struct rules *r)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(lines_sql), &st));
    store_bind_str(st, 1, path);
    store_bind_int(st, 2, dialect);
    for (;;) {
        bool row;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (r->n == r->cap) {
            int32_t cap = r->cap ? r->cap * 2 : 64;
            struct rule *more = realloc(r->items, (size_t)cap * sizeof *more);
            if (!more) return fail(cx, E_IO, "out of memory reading CODEOWNERS");
            r->items = more;
            r->cap = cap;
        }
        struct str section = store_column_str(st, 1);
        struct rule *k = &r->items[r->n];
        *k = (struct rule){.line = sqlite3_column_int64(st, 0),
                           .required = sqlite3_column_int64(st, 2),
                           .owners = sqlite3_column_int64(st, 5)};
        k->section = section.p ? arena_str(&cx->arena, section) : STR_NONE;
        k->pattern = arena_str(&cx->arena, store_column_str(st, 3));
        struct str error = store_column_str(st, 4);
        k->error = error.p ? arena_str(&cx->arena, error) : STR_NONE;
        k->section_number = number_of_section(r, k->section);
        r->n++;
    }
}

static void found(void *arg, int32_t rule, int32_t section)
{
    struct rules *r = arg;
    (void)section;
    r->items[rule].matches++;
    const struct rule *new = &r->items[rule], *old = r->chosen >= 0 ? &r->items[r->chosen] : NULL;
    /* of several sections: one that asks for approval and has owners, then the later one */
    int new_worth = (new->owners > 0) + (new->required > 0 && new->owners > 0),
        old_worth = old ? (old->owners > 0) + (old->required > 0 && old->owners > 0) : -1;
    if (new_worth > old_worth || (new_worth == old_worth && old && new->line > old->line)) r->chosen = rule;
}

static enum rc decide_files(struct ctx *cx, sqlite3 *db, struct owners_index *x, struct rules *r, bool *complete)
{
    scoped_stmt *files = NULL, *add = NULL;
    TRY(store_prepare(cx, db, STR("SELECT path FROM d_file"), &files));
    TRY(store_prepare(cx, db, STR("INSERT OR REPLACE INTO d_file_owner (path, rule_line, owners) VALUES (?1, ?2, ?3)"),
                      &add));
    for (;;) {
        bool row;
        TRY(store_step(cx, files, &row));
        if (!row) return OK;
        struct str path = store_column_str(files, 0);
        r->chosen = -1;
        if (!owners_index_find(x, path, found, r)) {
            *complete = false;
            return OK;
        }
        if (r->chosen < 0) continue;
        store_bind_str(add, 1, path);
        store_bind_int(add, 2, r->items[r->chosen].line);
        store_bind_int(add, 3, r->items[r->chosen].owners);
        TRY(store_run(cx, add));
    }
}

static enum rc write_rules(struct ctx *cx, sqlite3 *db, struct str path, int64_t dialect, const struct rules *r,
                           bool complete)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, db,
        STR("INSERT INTO d_owner_rule (path, line, dialect, section, required, pattern, owners, error, matches) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
        &st));
    for (int32_t i = 0; i < r->n; i++) {
        const struct rule *k = &r->items[i];
        scoped_buf shown;
        buf_init(&shown, 0);
        buf_visible(&shown, k->pattern);
        store_bind_str(st, 1, path);
        store_bind_int(st, 2, k->line);
        store_bind_str(st, 3, dialect == OWNERS_GITLAB ? STR("gitlab") : STR("github"));
        store_bind_str(st, 4, k->section);
        store_bind_int(st, 5, k->required);
        store_bind_str(st, 6, shown.n ? buf_view(&shown) : STR(""));
        store_bind_int(st, 7, k->owners);
        store_bind_str(st, 8, !k->error.p && !complete && i == 0 ? STR("too_complex") : k->error);
        store_bind_int(st, 9, k->matches);
        TRY(store_run(cx, st));
    }
    return OK;
}

enum rc codeowners_finish(struct ctx *cx, sqlite3 *db)
{
    TRY(store_exec(cx, db, "DELETE FROM d_owner_rule; DELETE FROM d_owner; DELETE FROM d_file_owner;"));
    struct str text, path;
    TRY(query_text(cx, db, dialect_sql, 0, false, &text));
    int64_t dialect = str_eq(text, STR("2")) ? OWNERS_GITLAB : OWNERS_GITHUB;
    TRY(query_text(cx, db, in_force_sql, dialect, true, &path));
    if (!path.p) return OK;

    __attribute__((cleanup(rules_free))) struct rules r = {0};
    TRY(load_rules(cx, db, path, dialect, &r));
    struct arena arena;
    arena_init(&arena);
    struct owners_index *x =
        owners_index_new(&arena, dialect == OWNERS_GITLAB ? OWNERS_GITLAB : OWNERS_GITHUB, LIMIT_CODEOWNERS_WORK);
    for (int32_t i = 0; i < r.n; i++) {
        struct str p = r.items[i].pattern;
        bool exclusion = dialect == OWNERS_GITLAB && str_starts(p, STR("!"));
        if (r.items[i].error.p && !str_eq(r.items[i].error, STR("no_owner"))) continue;
        owners_index_add(x, exclusion ? str_slice(p, 1, p.n) : p, i, r.items[i].section_number, exclusion);
    }
    bool complete = true;
    enum rc rc = decide_files(cx, db, x, &r, &complete);
    arena_release(&arena);
    if (rc == OK) rc = write_rules(cx, db, path, dialect, &r, complete);
    if (rc != OK) return rc;

    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(copy_owners_sql), &st));
    store_bind_str(st, 1, path);
    store_bind_int(st, 2, dialect);
    return store_run(cx, st);
}
