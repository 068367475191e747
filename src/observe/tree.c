#include "observe/tree.h"

#include <stdlib.h>

#include "base/limits.h"

#define SHOWN 100 /* bytes of a path that was cut */
#define MODE_TYPE 0170000U
#define MODE_REGULAR 0100000U

void tree_init(struct tree *t)
{
    *t = (struct tree){0};
    arena_init(&t->arena);
}

void tree_release(struct tree *t)
{
    free(t->files);
    arena_release(&t->arena);
    *t = (struct tree){0};
}

static struct sweep_file *add_borrowed(struct tree *t, struct sweep_file f)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 1024;
        t->files = reallocarray(t->files, t->cap, sizeof *t->files);
        if (!t->files) abort(); /* as the arena does */
    }
    t->files[t->n] = f;
    return &t->files[t->n++];
}

void tree_add(struct tree *t, struct str path, struct str oid, uint32_t mode, int64_t size)
{
    add_borrowed(t, (struct sweep_file){arena_str(&t->arena, path), arena_str(&t->arena, oid), mode, size});
}

bool tree_is_regular(const struct sweep_file *f)
{
    return (f->mode & MODE_TYPE) == MODE_REGULAR;
}

struct listing {
    struct run *r;
    struct tree *t;
    sqlite3_stmt *refused;
    int64_t cut;
};

static enum rc each_entry(void *arg, const struct git_entry *e)
{
    struct listing *l = arg;
    if (!e->refused) {
        tree_add(l->t, e->path, e->oid, e->mode, e->size);
        return OK;
    }
    /* Long ones may begin alike; each counts. */
    struct str path = e->path;
    if (path.n == LIMIT_PATH)
        path =
            arena_printf(&l->r->cx->arena, STR_FMT "… %lld", STR_ARG(str_slice(path, 0, SHOWN)), (long long)++l->cut);
    store_bind_str(l->refused, 1, path);
    return store_run(l->r->cx, l->refused);
}

enum rc tree_list(struct run *r, struct str commit, struct tree *t)
{
    struct listing l = {.r = r, .t = t};
    TRY(store_exec(r->cx, r->db, "DELETE FROM d_unread WHERE why = 'refused'"));
    TRY(store_prepare(r->cx, r->db, STR("INSERT OR REPLACE INTO d_unread VALUES (?, 'refused')"), &l.refused));
    enum rc rc = git_tree(r->cx, r->git, commit, each_entry, &l);
    store_finalize(&l.refused);
    return rc;
}

static void bind_file(sqlite3_stmt *st, const struct sweep_file *f, int64_t size, const struct classification *is,
                      int64_t lines)
{
    store_bind_str(st, 1, f->path);
    store_bind_str(st, 2, f->oid);
    store_bind_int(st, 3, f->mode);
    if (size >= 0) store_bind_int(st, 4, size);
    store_bind_str(st, 5, str_from(is->class));
    store_bind_str(st, 6, str_from(is->language));
    if (lines >= 0) store_bind_int(st, 7, lines);
    store_bind_str(st, 8, str_from(is->critical_hint));
}

enum rc tree_writer_init(struct tree_writer *w, struct run *r, int64_t total)
{
    *w = (struct tree_writer){.r = r, .total = total};
    TRY(store_prepare(r->cx, r->db, STR("INSERT OR REPLACE INTO d_file VALUES (?,?,?,?,?,?,?,?)"), &w->file));
    TRY(store_prepare(r->cx, r->db, STR("INSERT OR REPLACE INTO d_hit VALUES (?,?,?,?,?,?,?,?,?,?,?)"), &w->hit));
    return store_prepare(r->cx, r->db, STR("INSERT OR REPLACE INTO d_unread VALUES (?,?)"), &w->unread);
}

void tree_writer_release(struct tree_writer *w)
{
    store_finalize(&w->file);
    store_finalize(&w->hit);
    store_finalize(&w->unread);
}

static enum rc put_named(struct tree_writer *w, const struct sweep_file *f, const char *why)
{
    struct classification is = classify(f->path, f->mode, STR_NONE);
    bind_file(w->file, f, f->size, &is, -1);
    TRY(store_run(w->r->cx, w->file));
    if (!why) return OK;
    store_bind_str(w->unread, 1, f->path);
    store_bind_str(w->unread, 2, str_from(why));
    return store_run(w->r->cx, w->unread);
}

enum rc tree_put_named(struct run *r, const struct tree *t)
{
    struct tree_writer w;
    enum rc rc = tree_writer_init(&w, r, 0);
    for (size_t i = 0; rc == OK && i < t->n; i++) rc = put_named(&w, &t->files[i], NULL);
    tree_writer_release(&w);
    return rc;
}

static enum rc put_hits(struct tree_writer *w, const struct sweep_result *res)
{
    int64_t line = -1, seq = 0;
    for (size_t i = 0; i < res->n_hits; i++) {
        const struct scan_hit *h = &res->hits[i];
        sqlite3_stmt *st = w->hit;
        seq = h->line == line ? seq + 1 : 0;
        line = h->line;
        store_bind_str(st, 1, res->file->path);
        store_bind_int(st, 2, h->line);
        store_bind_int(st, 3, seq);
        store_bind_str(st, 4, str_from(h->rule));
        store_bind_str(st, 5, str_from(scan_category_name(h->category)));
        store_bind_str(st, 6, str_from(scan_confidence_name(h->confidence)));
        store_bind_str(st, 7, str_from(h->what));
        store_bind_str(st, 8, str_from(h->fingerprint));
        store_bind_int(st, 9, h->allowed);
        store_bind_int(st, 10, h->count);
        store_bind_str(st, 11, h->same_value[0] ? str_from(h->same_value) : STR_NONE);
        TRY(store_run(w->r->cx, st));
    }
    return OK;
}

enum rc tree_write(void *writer, const struct sweep_result *res)
{
    struct tree_writer *w = writer;
    struct run *r = w->r;
    bind_file(w->file, res->file, res->size, &res->is, res->lines);
    TRY(store_run(r->cx, w->file));
    const char *why = res->missing ? "missing" : res->too_large ? "too_large" : res->partly ? "partly" : NULL;
    if (why) {
        store_bind_str(w->unread, 1, res->file->path);
        store_bind_str(w->unread, 2, str_from(why));
        TRY(store_run(r->cx, w->unread));
    }
    TRY(put_hits(w, res));
    if (res->content) {
        content_mention(res->content, r->people);
        TRY(content_store(r->cx, r->db, r->people, res->content));
    }
    if (res->mailmap.p) {
        buf_clear(&r->mailmap);
        buf_str(&r->mailmap, res->mailmap);
    }
    if (++r->files_read % 64 == 0) ctx_progress(r->cx, "reading files", r->files_read, w->total);
    return OK;
}

/* What hangs on a path that is gone or has changed. Tables of content_finish() are empty yet. */
static const char forget_sql[] =
    "DELETE FROM d_file WHERE path IN gone; DELETE FROM d_unread WHERE path IN gone; DELETE FROM d_hit WHERE path IN "
    "gone;"
    "DELETE FROM d_owner_line WHERE path IN gone; DELETE FROM d_owner_name WHERE path IN gone;"
    "DELETE FROM d_publisher WHERE path IN gone; DELETE FROM d_document WHERE path IN gone; DELETE FROM d_topic WHERE "
    "path IN gone;"
    "DELETE FROM d_changelog WHERE path IN gone; DELETE FROM d_ci_file WHERE path IN gone; DELETE FROM d_ci_step WHERE "
    "path IN gone;"
    "DELETE FROM d_ci_permission WHERE path IN gone; DELETE FROM d_pin WHERE path IN gone; DELETE FROM d_manifest "
    "WHERE path IN gone;"
    "DELETE FROM d_migration WHERE path IN gone;";

static enum rc is_known(struct run *r, sqlite3_stmt *find, const struct sweep_file *f, bool *known)
{
    bool row;
    store_bind_str(find, 1, f->path);
    store_bind_str(find, 2, f->oid);
    store_bind_int(find, 3, f->mode);
    TRY(store_step(r->cx, find, &row));
    *known = row;
    sqlite3_reset(find);
    return OK;
}

/* Splits the listing into known and new files; what is in d_file and not known goes. */
static enum rc forget_changed(struct run *r, struct tree *t, bool *known)
{
    scoped_stmt *find = NULL, *keep = NULL;
    TRY(store_exec(r->cx, r->db,
                   "CREATE TEMP TABLE kept (path TEXT PRIMARY KEY) WITHOUT ROWID;"
                   "CREATE TEMP TABLE gone (path TEXT PRIMARY KEY) WITHOUT ROWID"));
    TRY(store_prepare(r->cx, r->db, STR("SELECT 1 FROM d_file WHERE path = ? AND oid = ? AND mode = ?"), &find));
    TRY(store_prepare(r->cx, r->db, STR("INSERT OR IGNORE INTO kept VALUES (?)"), &keep));
    for (size_t i = 0; i < t->n; i++) {
        TRY(is_known(r, find, &t->files[i], &known[i]));
        if (!known[i]) continue;
        store_bind_str(keep, 1, t->files[i].path);
        TRY(store_run(r->cx, keep));
    }
    store_finalize(&find);
    store_finalize(&keep);
    TRY(store_exec(r->cx, r->db, "INSERT INTO gone SELECT path FROM d_file WHERE path NOT IN kept"));
    if (sqlite3_changes(r->db) > 0) {
        scoped_stmt *mailmap = NULL;
        bool row;
        TRY(store_prepare(r->cx, r->db, STR("SELECT 1 FROM gone WHERE path = '.mailmap'"), &mailmap));
        TRY(store_step(r->cx, mailmap, &row));
        if (row) buf_clear(&r->mailmap);
        store_finalize(&mailmap);
        TRY(store_exec(r->cx, r->db, forget_sql));
    }
    return store_exec(r->cx, r->db, "DROP TABLE temp.kept; DROP TABLE temp.gone");
}

static bool has_files(struct run *r)
{
    scoped_stmt *any = NULL;
    bool row = false;
    return store_prepare(r->cx, r->db, STR("SELECT 1 FROM d_file LIMIT 1"), &any) == OK &&
           store_step(r->cx, any, &row) == OK && row;
}

enum rc tree_plan(struct run *r, struct tree *t, struct tree *todo)
{
    bool *known = arena_array(&t->arena, bool, t->n + 1);
    if (has_files(r)) TRY(forget_changed(r, t, known));
    struct tree_writer w;
    enum rc rc = tree_writer_init(&w, r, 0);
    for (size_t i = 0; rc == OK && i < t->n; i++) {
        const struct sweep_file *f = &t->files[i];
        if (known[i]) continue;
        if (!tree_is_regular(f))
            rc = put_named(&w, f, NULL);
        else if (f->size < 0)
            rc = put_named(&w, f, "missing");
        else if (f->size > (int64_t)LIMIT_BLOB_SCAN)
            rc = put_named(&w, f, "too_large");
        else
            add_borrowed(todo, *f);
    }
    tree_writer_release(&w);
    return rc;
}
