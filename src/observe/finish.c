#include "observe/finish.h"

#include <sys/random.h>

#include "base/limits.h"
#include "observe/content.h"
#include "observe/join.h"
#include "observe/notices.h"
#include "observe/refs.h"

#define NOTICES_MAX (NOTICE_COUNT + 4)
#define NAMES_SHOWN 3

extern const char observe_schema_sql[];

enum rc run_open(struct run *r, struct ctx *cx, struct git *g, const struct observe_options *o)
{
    *r = (struct run){.cx = cx, .git = g, .o = o, .since = o->since};
    buf_init(&r->mailmap, LIMIT_MAILMAP + 1);
    r->cut = git_facts(g)->shallow;
    return OK;
}

enum rc run_new_tables(struct run *r)
{
    if (getrandom(r->people_key, sizeof r->people_key, 0) != (ssize_t)sizeof r->people_key ||
        getrandom(r->scan_key, sizeof r->scan_key, 0) != (ssize_t)sizeof r->scan_key)
        return fail(r->cx, E_IO, "the system gives no random bytes");
    TRY(store_open_memory(r->cx, observe_schema_sql, &r->db));
    r->people = people_new(r->people_key);
    people_keep_apart(r->people);
    history_graph_init(&r->graph);
    return OK;
}

void run_close(struct run *r, bool keep)
{
    people_free(r->people);
    history_graph_release(&r->graph);
    buf_release(&r->mailmap);
    if (!keep && r->db) store_close(r->db);
}

static enum rc number_of(struct run *r, const char *sql, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(r->cx, r->db, str_from(sql), &st));
    TRY(store_step(r->cx, st, &row));
    *out = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

/* The branch that was asked for, when it was one. */
static enum rc branch_of(struct run *r, struct str *branch)
{
    const struct git_facts *f = git_facts(r->git);
    struct str rev = r->o->rev;
    *branch = STR_NONE;
    if (str_eq(rev, STR("HEAD")) || str_eq(rev, STR("@")) || !rev.n) {
        if (str_starts(f->head_ref, STR("refs/heads/"))) *branch = f->head_ref;
        return OK;
    }
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        r->cx, r->db,
        STR("SELECT name FROM d_ref WHERE name IN (?1, 'refs/heads/' || ?1) AND kind = 'branch' AND oid = ?2"), &st));
    bool row;
    store_bind_str(st, 1, rev);
    store_bind_str(st, 2, r->o->head);
    TRY(store_step(r->cx, st, &row));
    if (row) *branch = arena_str(&r->cx->arena, store_column_str(st, 0));
    return OK;
}

static enum rc put_repository(struct run *r)
{
    const struct git_facts *f = git_facts(r->git);
    struct str branch;
    int64_t unread = 0;
    TRY(branch_of(r, &branch));
    if (!f->partial) TRY(number_of(r, "SELECT count(*) FROM d_unread WHERE why = 'missing'", &unread));
    scoped_stmt *st = NULL;
    TRY(store_prepare(r->cx, r->db,
                      STR("INSERT OR REPLACE INTO d_repository SELECT 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
                          " (SELECT count(*) FROM d_commit WHERE in_future = 0), (SELECT count(*) FROM d_file),"
                          " (SELECT min(at) FROM d_commit), (SELECT max(at) FROM d_commit)"),
                      &st));
    store_bind_str(st, 1, r->o->head.p ? r->o->head : STR(""));
    store_bind_str(st, 2, r->o->rev.p ? r->o->rev : STR(""));
    store_bind_str(st, 3, branch);
    store_bind_str(st, 4, f->object_format);
    store_bind_int(st, 5, f->shallow);
    store_bind_int(st, 6, f->partial);
    store_bind_int(st, 7, r->missing + unread);
    store_bind_int(st, 8, r->total_commits);
    return store_run(r->cx, st);
}

void run_notice(struct run *r, struct observe_outcome *out, int notice, int64_t n, struct str detail)
{
    struct str *list = arena_array(&r->cx->arena, struct str, out->n_notices + 1);
    if (out->n_notices) memcpy(list, out->notices, out->n_notices * sizeof *list);
    list[out->n_notices++] = notice_text(&r->cx->arena, (enum notice)notice, r->o->lang, n, detail);
    out->notices = list;
}

/* A notice about files of one kind, with the first few named. */
static enum rc notice_files(struct run *r, struct observe_outcome *out, enum notice k, const char *why)
{
    scoped_stmt *st = NULL;
    scoped_buf names;
    buf_init(&names, 4 * LIMIT_PATH);
    int64_t n = 0;
    TRY(store_prepare(r->cx, r->db, STR("SELECT path FROM d_unread WHERE why = ? ORDER BY path"), &st));
    store_bind_str(st, 1, str_from(why));
    for (bool row;; n++) {
        TRY(store_step(r->cx, st, &row));
        if (!row) break;
        if (n > NAMES_SHOWN) continue;
        if (n) buf_cstr(&names, n < NAMES_SHOWN ? ", " : ", …");
        if (n < NAMES_SHOWN) buf_cstr(&names, str_visible(r->cx, store_column_str(st, 0)));
    }
    if (n) run_notice(r, out, (int)k, n, buf_view(&names));
    return OK;
}

static enum rc put_notices(struct run *r, struct observe_outcome *out)
{
    const struct git_facts *f = git_facts(r->git);
    int64_t n;
    if (f->shallow) run_notice(r, out, NOTICE_SHALLOW, r->total_commits, STR_NONE);
    TRY(number_of(r, "SELECT count(*) FROM d_unread WHERE why = 'missing'", &n));
    if (f->partial) {
        if (n) run_notice(r, out, NOTICE_PARTIAL, n, STR_NONE);
    } else {
        TRY(notice_files(r, out, NOTICE_UNREAD, "missing"));
    }
    if (r->missing) run_notice(r, out, NOTICE_MISSING, r->missing, STR_NONE);
    TRY(notice_files(r, out, NOTICE_TOO_LARGE, "too_large"));
    TRY(notice_files(r, out, NOTICE_PARTLY, "partly"));
    TRY(notice_files(r, out, NOTICE_REFUSED, "refused"));
    TRY(number_of(r, "SELECT count(*) FROM d_commit WHERE in_future = 1", &n));
    if (n) run_notice(r, out, NOTICE_FUTURE, n, STR_NONE);
    TRY(number_of(r, "SELECT count(*) FROM d_commit", &n));
    if (!n && r->since != INT64_MIN) run_notice(r, out, NOTICE_NO_COMMITS, 0, STR_NONE);
    if (r->changes_cut) run_notice(r, out, NOTICE_CHANGES_CUT, LIMIT_CHANGES, STR_NONE);
    TRY(number_of(r, "SELECT count(*) FROM d_ref WHERE name GLOB 'refs/replace/*'", &n));
    if (n) run_notice(r, out, NOTICE_REPLACED, n, STR_NONE);
    TRY(number_of(r, "SELECT count(*) FROM d_file WHERE class = 'submodule'", &n));
    if (n && r->since != INT64_MIN) run_notice(r, out, NOTICE_SUBMODULES, n, STR_NONE);
    return OK;
}

enum rc run_finish(struct run *r, struct observe_outcome *out)
{
    TRY(join_finish(r));
    TRY(refs_finish(r));
    TRY(content_finish(r->cx, r->db));
    TRY(put_repository(r));
    return put_notices(r, out);
}
