#include "observe/history.h"

#include <stdlib.h>

#include "base/limits.h"
#include "observe/classify.h"
#include "observe/commit.h"

#define ARENA_COMMITS 64 /* messages read before their memory is given back */
#define MEMO_PATHS 8192  /* a power of two */
#define MEMO_BYTES 120   /* longer paths are not kept */

/* The classes of paths seen lately: most commits touch what others touched before. */
struct memo {
    uint32_t mode;
    uint8_t n;
    char path[MEMO_BYTES];
    const char *class; /* static; NULL while free */
};

struct reading {
    struct run *r;
    sqlite3_stmt *commit, *trailer, *change;
    struct arena arena;
    enum rc (*meanwhile)(void *arg);
    void *arg;
    int64_t n, changes, cut;
    struct memo *memo;
};

struct counts {
    int64_t paths, code, test, doc, vendored;
};

static void count_class(struct counts *n, const char *class)
{
    n->paths++;
    n->code += strcmp(class, "code") == 0;
    n->test += strcmp(class, "test") == 0;
    n->doc += strcmp(class, "doc") == 0;
    n->vendored += strcmp(class, "vendored") == 0;
}

static const char *class_of(struct reading *h, struct str path, uint32_t mode)
{
    uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
    for (size_t i = 0; i < path.n; i++) hash = (hash ^ (unsigned char)path.p[i]) * 1099511628211ULL;
    struct memo *m = &h->memo[(hash >> 20) & (MEMO_PATHS - 1)];
    if (m->class && m->mode == mode && str_eq((struct str){m->path, m->n}, path)) return m->class;
    const char *class = classify(path, mode, STR_NONE).class;
    if (path.n <= MEMO_BYTES) {
        *m = (struct memo){.mode = mode, .n = (uint8_t)path.n, .class = class};
        memcpy(m->path, path.p, path.n);
    }
    return class;
}

static enum rc add_changes(struct reading *h, const struct git_commit *c, struct counts *n)
{
    struct run *r = h->r;
    for (size_t i = 0; c->n_parents < 2 && i < c->n_changes; i++) {
        const struct git_change *g = &c->changes[i];
        const char *class = class_of(h, g->path, g->new_mode ? g->new_mode : g->old_mode);
        count_class(n, class);
        if (h->changes >= LIMIT_CHANGES) {
            r->changes_cut = true;
            continue;
        }
        h->changes++;
        const char status[2] = {g->status, 0};
        store_bind_str(h->change, 1, c->oid);
        store_bind_str(h->change, 2, g->path);
        store_bind_str(h->change, 3, (struct str){status, 1});
        store_bind_str(h->change, 4, str_from(class));
        TRY(store_run(r->cx, h->change));
    }
    return OK;
}

static enum rc add_trailers(struct reading *h, struct str oid, const struct commit_facts *f)
{
    struct run *r = h->r;
    for (size_t i = 0; i < f->n_trailers; i++) {
        const struct commit_trailer *t = &f->trailers[i];
        store_bind_str(h->trailer, 1, oid);
        store_bind_int(h->trailer, 2, (int64_t)i);
        store_bind_str(h->trailer, 3, t->key);
        if (t->is_person)
            store_bind_str(h->trailer, 4, people_hash(r->people, people_mention(r->people, t->name, t->email)));
        TRY(store_run(r->cx, h->trailer));
    }
    return OK;
}

static enum rc add_commit(struct reading *h, const struct git_commit *c, const struct commit_facts *f,
                          const struct counts *n)
{
    struct run *r = h->r;
    int author = people_mention(r->people, c->author_name, c->author_email);
    int committer = people_mention(r->people, c->committer_name, c->committer_email);
    sqlite3_stmt *st = h->commit;
    int i = 1;
    store_bind_str(st, i++, c->oid);
    store_bind_int(st, i++, c->commit_time);
    store_bind_int(st, i++, c->author_time);
    store_bind_str(st, i++, people_hash(r->people, author));
    store_bind_str(st, i++, people_hash(r->people, committer));
    store_bind_int(st, i++, people_is_bot(c->author_name, c->author_email));
    store_bind_int(st, i++, people_is_host(c->committer_name, c->committer_email));
    store_bind_int(st, i++, (int64_t)c->n_parents);
    store_bind_int(st, i++, c->changes_known && c->n_changes == 0);
    store_bind_str(st, i++, f->subject);
    store_bind_str(st, i++, str_from(f->conventional));
    store_bind_int(st, i++, f->is_breaking);
    store_bind_int(st, i++, f->is_revert);
    if (f->change_number) store_bind_int(st, i, f->change_number);
    i++;
    store_bind_str(st, i++, str_from(f->change_kind));
    store_bind_int(st, i++, f->issue_refs);
    store_bind_str(st, i++, str_from(c->signature));
    store_bind_int(st, i++, n->paths);
    store_bind_int(st, i++, n->code);
    store_bind_int(st, i++, n->test);
    store_bind_int(st, i++, n->doc);
    store_bind_int(st, i++, n->vendored);
    return store_run(r->cx, st);
}

static int64_t slop_start(const struct run *r)
{
    return r->since > INT64_MIN + HISTORY_SLOP ? r->since - HISTORY_SLOP : INT64_MIN;
}

static enum rc each_commit(void *arg, const struct git_commit *c)
{
    struct reading *h = arg;
    struct run *r = h->r;
    h->cut += c->cut;
    if (c->commit_time >= slop_start(r))
        history_graph_add(&r->graph, c->oid, c->commit_time, c->parents, c->cut ? 0 : c->n_parents);
    if (c->commit_time >= r->since) {
        struct commit_facts f;
        struct counts n = {0};
        commit_read(&h->arena, c->message, c->n_parents, &f);
        TRY(add_changes(h, c, &n));
        TRY(add_commit(h, c, &f, &n));
        TRY(add_trailers(h, c->oid, &f));
    }
    if (++h->n % ARENA_COMMITS == 0) {
        arena_release(&h->arena);
        ctx_progress(r->cx, "reading history", h->n, 0);
        if (h->meanwhile) TRY(h->meanwhile(h->arg));
    }
    return OK;
}

static enum rc prepare(struct reading *h)
{
    struct ctx *cx = h->r->cx;
    sqlite3 *db = h->r->db;
    TRY(store_prepare(
        cx, db,
        STR("INSERT OR REPLACE INTO d_commit (oid, at, authored_at, author, committer, author_bot, committer_host, "
            "parents,"
            " empty_tree_change, subject_line, conventional, breaking, is_revert, change_number, change_kind,"
            " issue_refs, signature, paths, code_paths, test_paths, doc_paths, vendored_paths,"
            " position, first_parent, in_future)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,0,0)"),
        &h->commit));
    TRY(store_prepare(cx, db, STR("INSERT OR REPLACE INTO d_trailer VALUES (?,?,?,?)"), &h->trailer));
    return store_prepare(cx, db, STR("INSERT OR IGNORE INTO d_change VALUES (?,?,?,?)"), &h->change);
}

enum rc history_read(struct run *r, struct str exclude, enum rc (*meanwhile)(void *arg), void *arg)
{
    struct reading h = {.r = r, .meanwhile = meanwhile, .arg = arg};
    struct git_log_options lo = {.head = r->o->head, .exclude = exclude, .since = slop_start(r), .changes = true};
    arena_init(&h.arena);
    h.memo = calloc(MEMO_PATHS, sizeof *h.memo);
    if (!h.memo) return fail(r->cx, E_IO, "out of memory");
    int64_t missing = 0;
    enum rc rc = prepare(&h);
    if (rc == OK) rc = git_log(r->cx, r->git, &lo, each_commit, &h, &missing);
    r->missing += missing - h.cut; /* what a shallow clone leaves out is neither lost nor damaged, and said otherwise */
    arena_release(&h.arena);
    free(h.memo);
    store_finalize(&h.commit);
    store_finalize(&h.trailer);
    store_finalize(&h.change);
    return rc;
}

enum rc history_trim(struct run *r)
{
    history_graph_place(&r->graph, r->o->head, r->since, r->cut);
    scoped_stmt *all = NULL;
    bool row, stale = false;
    TRY(store_exec(r->cx, r->db, "CREATE TEMP TABLE stale (oid TEXT PRIMARY KEY) WITHOUT ROWID"));
    TRY(store_prepare(r->cx, r->db, STR("SELECT oid FROM d_commit"), &all));
    scoped_stmt *add = NULL;
    TRY(store_prepare(r->cx, r->db, STR("INSERT INTO stale VALUES (?)"), &add));
    for (;;) {
        TRY(store_step(r->cx, all, &row));
        if (!row) break;
        struct str oid = store_column_str(all, 0);
        int64_t at = history_graph_find(&r->graph, oid);
        if (at != HISTORY_NONE && r->graph.commits[at].position != HISTORY_NONE) continue;
        stale = true;
        store_bind_str(add, 1, oid);
        TRY(store_run(r->cx, add));
    }
    store_finalize(&all);
    store_finalize(&add);
    if (stale)
        TRY(store_exec(r->cx, r->db,
                       "DELETE FROM d_commit WHERE oid IN stale; DELETE FROM d_trailer WHERE commit_oid IN stale;"
                       "DELETE FROM d_change WHERE commit_oid IN stale"));
    return store_exec(r->cx, r->db, "DROP TABLE temp.stale");
}

enum rc history_finish(struct run *r, struct str (*person)(void *arg, struct str mention), void *arg)
{
    scoped_stmt *all = NULL, *set = NULL;
    struct row {
        struct str author, committer;
    } *rows = arena_array(&r->cx->arena, struct row, r->graph.n ? r->graph.n : 1);
    TRY(store_prepare(r->cx, r->db, STR("SELECT oid, author, committer FROM d_commit"), &all));
    for (bool row;;) {
        TRY(store_step(r->cx, all, &row));
        if (!row) break;
        int64_t i = history_graph_find(&r->graph, store_column_str(all, 0));
        if (i == HISTORY_NONE) return fail(r->cx, E_INTERNAL, "a stored commit has no place in the graph");
        rows[i] = (struct row){person(arg, store_column_str(all, 1)), person(arg, store_column_str(all, 2))};
    }
    store_finalize(&all);
    TRY(store_prepare(r->cx, r->db,
                      STR("UPDATE d_commit SET position = ?2, first_parent = ?3, landed_by = ?4, in_future = at > ?5,"
                          " author = ?6, committer = ?7 WHERE oid = ?1"),
                      &set));
    for (size_t i = 0; i < r->graph.n; i++) {
        const struct history_commit *c = &r->graph.commits[i];
        if (!rows[i].author.p) continue;
        store_bind_str(set, 1, c->oid);
        store_bind_int(set, 2, c->position);
        store_bind_int(set, 3, c->first_parent);
        store_bind_str(set, 4, c->landed_by == HISTORY_NONE ? STR_NONE : r->graph.commits[c->landed_by].oid);
        store_bind_int(set, 5, r->o->now);
        store_bind_str(set, 6, rows[i].author);
        store_bind_str(set, 7, rows[i].committer);
        TRY(store_run(r->cx, set));
    }
    return OK;
}
