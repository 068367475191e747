/* observe_change(): what `sinetti check` looks at, as it is after the change or as it was before. The tree is listed
 * and classified by name; only what the change touches is read, and the few files that say who owns what and who is
 * who. */
#include <stdlib.h>

#include "observe/finish.h"
#include "observe/history.h"
#include "observe/join.h"
#include "observe/tree.h"

struct change {
    struct run *r;
    struct tree tree;    /* a commit's tree: of this side, or HEAD's under the index */
    struct tree touched; /* changed files that are there on this side */
    sqlite3_stmt *put;
    bool staged;
    enum change_side side;
};

/* The touched files are not those of the tree that is listed, but take their place in it. */
static bool is_overlay(const struct change *c)
{
    return c->staged && c->side == CHANGE_AFTER;
}

static enum rc each_change(void *arg, const struct git_change *g)
{
    struct change *c = arg;
    const char status[2] = {g->status, 0};
    if (g->refused) return OK;
    store_bind_str(c->put, 1, g->path);
    store_bind_str(c->put, 2, (struct str){status, 1});
    store_bind_str(c->put, 3, g->status == 'D' ? g->old_oid : g->new_oid);
    TRY(store_run(c->r->cx, c->put));
    if (c->side == CHANGE_BEFORE && g->status != 'A') tree_add(&c->touched, g->path, g->old_oid, g->old_mode, -1);
    if (c->side == CHANGE_AFTER && g->status != 'D') tree_add(&c->touched, g->path, g->new_oid, g->new_mode, -1);
    return OK;
}

/* Files read for what they say about all others. */
static bool is_needed(struct str path)
{
    static const char *const needed[] = {"CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS",
                                         ".mailmap"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (str_eq(path, str_from(needed[i]))) return true;
    return false;
}

static int by_path(const void *a, const void *b)
{
    return str_cmp(((const struct sweep_file *)a)->path, ((const struct sweep_file *)b)->path);
}

static const struct sweep_file *find_path(const struct tree *t, struct str path)
{
    struct sweep_file key = {.path = path};
    return t->n ? bsearch(&key, t->files, t->n, sizeof key, by_path) : NULL;
}

static enum rc list_changes(struct change *c, struct str base)
{
    struct run *r = c->r;
    TRY(store_exec(r->cx, r->db,
                   "CREATE TEMP TABLE changed (path TEXT PRIMARY KEY, status TEXT, oid TEXT, moved INTEGER)"));
    TRY(store_prepare(r->cx, r->db, STR("INSERT OR REPLACE INTO changed VALUES (?,?,?,0)"), &c->put));
    enum rc rc = c->staged ? git_staged(r->cx, r->git, each_change, c)
                           : git_diff(r->cx, r->git, base, r->o->head, each_change, c);
    store_finalize(&c->put);
    if (c->touched.n) qsort(c->touched.files, c->touched.n, sizeof *c->touched.files, by_path);
    if (rc != OK) return rc;
    return store_exec(r->cx, r->db,
                      "UPDATE changed SET moved = 1"
                      " WHERE status = 'A' AND oid IN (SELECT oid FROM changed WHERE status = 'D')");
}

/* The listing, and what of it is read. In the index's case the touched files take the place of the head's. */
static enum rc split(struct change *c, struct tree *todo)
{
    struct run *r = c->r;
    struct tree named;
    tree_init(&named);
    scoped_stmt *gone = NULL;
    enum rc rc = store_prepare(r->cx, r->db, STR("SELECT 1 FROM changed WHERE path = ? AND status = 'D'"), &gone);
    for (size_t i = 0; rc == OK && i < c->tree.n; i++) {
        const struct sweep_file *f = &c->tree.files[i], *t = find_path(&c->touched, f->path);
        bool row = false;
        if (is_overlay(c) && !t) {
            store_bind_str(gone, 1, f->path);
            rc = store_step(r->cx, gone, &row);
            sqlite3_reset(gone);
        }
        if (row || (is_overlay(c) && t)) continue;
        if (tree_is_regular(f) && (t || is_needed(f->path)))
            tree_add(todo, f->path, f->oid, f->mode, f->size);
        else
            tree_add(&named, f->path, f->oid, f->mode, f->size);
    }
    for (size_t i = 0; rc == OK && is_overlay(c) && i < c->touched.n; i++) {
        const struct sweep_file *f = &c->touched.files[i];
        tree_add(tree_is_regular(f) ? todo : &named, f->path, f->oid, f->mode, f->size);
    }
    store_finalize(&gone);
    if (rc == OK) rc = tree_put_named(r, &named);
    tree_release(&named);
    return rc;
}

static enum rc read_files(struct change *c)
{
    struct run *r = c->r;
    struct tree todo;
    struct sweep *sweep = NULL;
    struct tree_writer writer = {0};
    bool done;
    tree_init(&todo);
    enum rc rc = split(c, &todo);
    if (rc == OK) rc = tree_writer_init(&writer, r, (int64_t)todo.n);
    if (rc == OK) rc = sweep_start(r->cx, r->git, todo.files, todo.n, r->o->threads, r->scan_key, &sweep);
    if (rc == OK) rc = sweep_take(r->cx, sweep, true, tree_write, &writer, &done);
    sweep_stop(sweep);
    tree_writer_release(&writer);
    tree_release(&todo);
    return rc;
}

static enum rc look(struct change *c, struct str base, struct observe_outcome *out)
{
    struct run *r = c->r;
    TRY(run_new_tables(r));
    TRY(store_exec(r->cx, r->db, "BEGIN"));
    TRY(list_changes(c, base));
    struct str listed = c->side == CHANGE_BEFORE ? base : r->o->head;
    if (listed.n) TRY(tree_list(r, listed, &c->tree));
    TRY(read_files(c));
    if (c->side == CHANGE_AFTER && !c->staged && !str_eq(base, r->o->head)) TRY(history_read(r, base, NULL, NULL));
    TRY(history_trim(r));
    TRY(join_collect(r));
    r->total_commits = (int64_t)r->graph.n;
    TRY(run_finish(r, out));
    out->cache = STR("none");
    return store_exec(r->cx, r->db, "COMMIT");
}

enum rc observe_change(struct ctx *cx, struct git *g, const struct observe_options *o, struct str base, bool staged,
                       enum change_side side, struct observe_outcome *out)
{
    struct run r;
    *out = (struct observe_outcome){0};
    enum rc rc = run_open(&r, cx, g, o);
    r.since = INT64_MIN;
    struct change c = {.r = &r, .staged = staged, .side = side};
    tree_init(&c.tree);
    tree_init(&c.touched);
    if (rc == OK) rc = look(&c, base, out);
    store_finalize(&c.put);
    tree_release(&c.tree);
    tree_release(&c.touched);
    if (rc == OK) out->db = r.db;
    run_close(&r, rc == OK);
    return rc;
}
