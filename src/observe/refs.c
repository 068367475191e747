#include "observe/refs.h"

#include <stdlib.h>

#include "observe/versions.h"

struct tag {
    struct str name;
    struct version version;
};

struct reading {
    struct run *r;
    sqlite3_stmt *ref, *tag;
    struct arena arena;
    struct tag *tags; /* those that name versions */
    size_t n, cap;
};

static const char *kind_of(struct str name)
{
    static const struct {
        struct str prefix;
        const char *kind;
    } kinds[] = {{{"refs/heads/", 11}, "branch"},
                 {{"refs/tags/", 10}, "tag"},
                 {{"refs/remotes/", 13}, "remote"},
                 {{"refs/notes/", 11}, "note"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_starts(name, kinds[i].prefix)) return kinds[i].kind;
    return "other";
}

static void keep_version(struct reading *h, struct str name, const struct version *v)
{
    if (h->n == h->cap) {
        h->cap = h->cap ? h->cap * 2 : 256;
        h->tags = reallocarray(h->tags, h->cap, sizeof *h->tags);
        if (!h->tags) abort(); /* as the arena does */
    }
    h->tags[h->n++] = (struct tag){name, *v};
}

static enum rc add_tag(struct reading *h, const struct git_ref *g)
{
    struct run *r = h->r;
    struct version v;
    struct str name = arena_str(&h->arena, g->name);
    bool is_version = version_read(&h->arena, str_slice(name, 10, name.n), &v);
    if (is_version) keep_version(h, name, &v);
    sqlite3_stmt *st = h->tag;
    store_bind_str(st, 1, name);
    store_bind_str(st, 2, g->oid);
    store_bind_str(st, 3, g->target);
    store_bind_int(st, 4, g->annotated);
    store_bind_str(st, 5, str_from(g->signature));
    if (g->annotated && (g->tagger_name.n || g->tagger_email.n))
        store_bind_str(st, 6, people_hash(r->people, people_mention(r->people, g->tagger_name, g->tagger_email)));
    store_bind_int(st, 7, g->at);
    if (is_version) {
        store_bind_str(st, 8, v.text);
        store_bind_str(st, 9, v.line);
        store_bind_int(st, 10, v.major);
        store_bind_int(st, 11, v.minor);
        store_bind_int(st, 12, v.patch);
        store_bind_str(st, 13, v.prerelease);
    }
    return store_run(r->cx, st);
}

static enum rc each_ref(void *arg, const struct git_ref *g)
{
    struct reading *h = arg;
    const char *kind = kind_of(g->name);
    store_bind_str(h->ref, 1, g->name);
    store_bind_str(h->ref, 2, g->oid);
    store_bind_str(h->ref, 3, str_from(kind));
    TRY(store_run(h->r->cx, h->ref));
    return strcmp(kind, "tag") == 0 ? add_tag(h, g) : OK;
}

static enum rc link_versions(struct reading *h)
{
    struct run *r = h->r;
    if (h->n == 0) return OK;
    struct version *v = arena_array(&h->arena, struct version, h->n);
    int64_t *previous = arena_array(&h->arena, int64_t, h->n);
    for (size_t i = 0; i < h->n; i++) v[i] = h->tags[i].version;
    versions_previous(&h->arena, v, h->n, previous);
    scoped_stmt *set = NULL;
    TRY(store_prepare(r->cx, r->db, STR("UPDATE d_tag SET previous = ?2 WHERE name = ?1"), &set));
    for (size_t i = 0; i < h->n; i++) {
        if (previous[i] < 0) continue;
        store_bind_str(set, 1, h->tags[i].name);
        store_bind_str(set, 2, h->tags[previous[i]].name);
        TRY(store_run(r->cx, set));
    }
    return OK;
}

static enum rc read_all(struct reading *h)
{
    struct run *r = h->r;
    TRY(store_exec(r->cx, r->db, "DELETE FROM d_ref; DELETE FROM d_tag"));
    TRY(store_prepare(r->cx, r->db, STR("INSERT OR REPLACE INTO d_ref VALUES (?,?,?)"), &h->ref));
    TRY(store_prepare(
        r->cx, r->db,
        STR("INSERT OR REPLACE INTO d_tag (name, oid, target, annotated, signature, tagger, at, version, line,"
            " major, minor, patch, prerelease) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"),
        &h->tag));
    TRY(git_refs(r->cx, r->git, each_ref, h));
    return link_versions(h);
}

enum rc refs_read(struct run *r)
{
    struct reading h = {.r = r};
    arena_init(&h.arena);
    enum rc rc = read_all(&h);
    store_finalize(&h.ref);
    store_finalize(&h.tag);
    free(h.tags);
    arena_release(&h.arena);
    return rc;
}

enum rc refs_finish(struct run *r)
{
    /* Whatever an earlier run knew, only what this period reaches is told: the same tables with and without a cache. */
    TRY(store_exec(r->cx, r->db, "UPDATE d_tag SET reachable = NULL WHERE reachable IS NOT NULL"));
    scoped_stmt *set = NULL, *all = NULL;
    struct str *names = NULL;
    size_t n = 0, cap = 0;
    TRY(store_prepare(r->cx, r->db, STR("SELECT name, target FROM d_tag"), &all));
    enum rc rc = OK;
    for (bool row = true; rc == OK;) {
        rc = store_step(r->cx, all, &row);
        if (rc != OK || !row) break;
        int64_t at = history_graph_find(&r->graph, store_column_str(all, 1));
        if (at == HISTORY_NONE || !r->graph.commits[at].reached) continue;
        if (n == cap) {
            cap = cap ? cap * 2 : 64;
            struct str *more = arena_array(&r->cx->arena, struct str, cap);
            if (n) memcpy(more, names, n * sizeof *more);
            names = more;
        }
        names[n++] = arena_str(&r->cx->arena, store_column_str(all, 0));
    }
    store_finalize(&all);
    TRY(rc);
    TRY(store_prepare(r->cx, r->db, STR("UPDATE d_tag SET reachable = 1 WHERE name = ?"), &set));
    for (size_t i = 0; i < n; i++) {
        store_bind_str(set, 1, names[i]);
        TRY(store_run(r->cx, set));
    }
    return OK;
}
