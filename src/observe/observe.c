#include "observe/observe.h"

#include <pthread.h>
#include <stdio.h>

#include "observe/cache.h"
#include "observe/finish.h"
#include "observe/history.h"
#include "observe/join.h"
#include "observe/notices.h"
#include "observe/refs.h"
#include "observe/tree.h"

/* The whole history is only counted, beside the rest. */
struct counting {
    struct git *git;
    struct str head;
    pthread_t thread;
    bool started;
    struct ctx cx;
    int64_t commits;
    enum rc rc;
};

static void *count_main(void *arg)
{
    struct counting *c = arg;
    c->rc = git_count(&c->cx, c->git, c->head, &c->commits);
    return NULL;
}

static void count_start(struct counting *c, struct git *g, struct str head)
{
    *c = (struct counting){.git = g, .head = head};
    ctx_init(&c->cx);
    c->started = pthread_create(&c->thread, NULL, count_main, c) == 0;
    if (!c->started) (void)count_main(c);
}

/* Commits that cannot all be counted (corrupt, partial) are no reason to fail. */
static int64_t count_end(struct counting *c)
{
    if (c->started) pthread_join(c->thread, NULL);
    ctx_release(&c->cx);
    return c->rc == OK ? c->commits : 0;
}

/* What of a cache fits the present question. */
struct plan {
    struct cache_facts was;
    struct str refs; /* fingerprint now */
    bool loaded;
    bool same_head, same_refs;
    bool keep_history;  /* what is in the tables holds; more may come on top */
    struct str exclude; /* the walk ends here; STR_NONE whole */
    const char *why;    /* of no use */
};

static enum rc clear_history(struct run *r)
{
    history_graph_release(&r->graph);
    history_graph_init(&r->graph);
    return store_exec(r->cx, r->db, "DELETE FROM d_commit; DELETE FROM d_trailer; DELETE FROM d_change");
}

/* Loads the cache when there is one that helps. */
static enum rc make_plan(struct run *r, struct plan *p)
{
    p->refs = git_refs_digest(r->cx, r->git);
    if (!r->o->cache) return run_new_tables(r);
    enum rc rc = cache_load(r, &p->was, &p->why);
    if (rc != OK) {
        if (rc == E_NOTFOUND) p->why = "there was none";
        return run_new_tables(r);
    }
    p->loaded = true;
    p->same_head = str_eq(p->was.head, r->o->head);
    p->same_refs = str_eq(p->was.refs, p->refs);
    p->keep_history = p->was.usable_history && !r->cut && r->since >= p->was.since && !p->was.changes_cut;
    if (p->keep_history && !p->same_head) {
        struct str base;
        bool on_top = git_merge_base(r->cx, r->git, p->was.head, r->o->head, &base) == OK && str_eq(base, p->was.head);
        p->keep_history = on_top;
        p->exclude = on_top ? p->was.head : STR_NONE;
    }
    return p->keep_history ? OK : clear_history(r);
}

struct work {
    struct run *r;
    struct tree tree, todo;
    struct sweep *sweep;
    struct tree_writer writer;
    bool done; /* all files are in the tables */
};

static enum rc take_files(struct work *w, bool wait)
{
    if (!w->sweep || w->done) return OK;
    return sweep_take(w->r->cx, w->sweep, wait, tree_write, &w->writer, &w->done);
}

static enum rc meanwhile(void *arg)
{
    return take_files(arg, false);
}

static enum rc start_files(struct work *w)
{
    struct run *r = w->r;
    TRY(tree_list(r, r->o->head, &w->tree));
    TRY(tree_plan(r, &w->tree, &w->todo));
    TRY(tree_writer_init(&w->writer, r, (int64_t)w->todo.n));
    return sweep_start(r->cx, r->git, w->todo.files, w->todo.n, r->o->threads, r->scan_key, &w->sweep);
}

static enum rc read_all(struct run *r, struct plan *p)
{
    struct work w = {.r = r};
    struct counting counting = {0};
    bool count = !(p->keep_history && p->same_head);
    enum rc rc = OK;
    tree_init(&w.tree);
    tree_init(&w.todo);
    if (count)
        count_start(&counting, r->git, r->o->head);
    else
        r->total_commits = p->was.total_commits;
    if (!p->loaded || !p->same_head) rc = start_files(&w);
    if (rc == OK && !(p->keep_history && p->same_head)) rc = history_read(r, p->exclude, meanwhile, &w);
    if (rc == OK) rc = take_files(&w, true);
    sweep_stop(w.sweep);
    tree_writer_release(&w.writer);
    tree_release(&w.tree);
    tree_release(&w.todo);
    if (count) r->total_commits = count_end(&counting);
    if (rc == OK && !(p->loaded && p->same_refs)) rc = refs_read(r);
    return rc;
}

/* A cache that cannot be written is said, not fatal: the tables are here. */
static enum rc save(struct run *r, const struct plan *p, struct str *failure)
{
    *failure = STR_NONE;
    struct cache_facts now = {.head = r->o->head,
                              .refs = p->refs,
                              .since = r->since,
                              .total_commits = r->total_commits,
                              .usable_history = !r->cut && !r->missing,
                              .changes_cut = r->changes_cut};
    enum rc rc = cache_save(r, &now);
    if (rc == OK || rc == E_INTERNAL || sqlite3_get_autocommit(r->db)) return rc;
    *failure = arena_str(&r->cx->arena, str_from(r->cx->message));
    return OK;
}

static void say_cache(struct run *r, const struct plan *p, struct observe_outcome *out)
{
    if (!r->o->cache)
        out->cache = STR("none");
    else if (!p->loaded)
        out->cache = arena_printf(&r->cx->arena, "rebuilt: %s", p->why);
    else
        out->cache = p->same_head && p->same_refs && p->keep_history ? STR("used") : STR("extended");
}

static enum rc observe(struct run *r, struct observe_outcome *out)
{
    struct plan p = {0};
    struct str failure = STR_NONE;
    TRY(make_plan(r, &p));
    TRY(store_exec(r->cx, r->db, "BEGIN"));
    TRY(read_all(r, &p));
    TRY(history_trim(r));
    TRY(join_collect(r));
    say_cache(r, &p, out);
    if (r->o->cache && !str_eq(out->cache, STR("used"))) TRY(save(r, &p, &failure));
    TRY(run_finish(r, out));
    if (failure.p) run_notice(r, out, NOTICE_CACHE, 0, failure);
    return store_exec(r->cx, r->db, "COMMIT");
}

enum rc observe_repository(struct ctx *cx, struct git *g, const struct observe_options *o, struct observe_outcome *out)
{
    struct run r;
    *out = (struct observe_outcome){0};
    enum rc rc = run_open(&r, cx, g, o);
    if (rc == OK) rc = observe(&r, out);
    if (rc == OK) out->db = r.db;
    run_close(&r, rc == OK);
    return rc;
}
