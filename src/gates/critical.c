#include "gates/critical.h"

#include <stdlib.h>

#include "base/limits.h"
#include "gates/critical_int.h"
#include "git/oid.h"

#define LINKS_MOST 1000
#define LINKS_AT_ONCE 200
#define GITLINK 0160000
#define SYMLINK 0120000

struct pair {
    struct str path, oid;
};

struct looking {
    struct ctx *cx;
    const struct git *g;
    struct push *push;
    size_t ref;
    struct critical_need *needs; /* of the push */
    size_t n_needs;
    const struct definition *definitions;
    size_t n_definitions;
    struct owners_file owners;
    struct owners_index *exact, *folded, *defined;
    struct str *roots; /* folded, of anchored patterns: what stands above one holds critical code */
    int32_t *root_rules;
    size_t n_roots;
    struct pair *links, *added;
    size_t n_links, n_added, cap_added;
    bool modules; /* .gitmodules changes */
    /* of the path at hand */
    struct str shown;
    enum rc rc;
};

/* --- needs */

static struct critical_need *need_of(struct looking *l, struct str source, int64_t line)
{
    for (size_t i = 0; i < l->n_needs; i++)
        if (l->needs[i].ref == l->ref && l->needs[i].line == line && str_eq(l->needs[i].source, source))
            return &l->needs[i];
    if (l->n_needs == CRITICAL_NEEDS) {
        l->rc = fail(l->cx, E_LIMIT, "the push touches critical code of more than %d owners: push less of it at once",
                     CRITICAL_NEEDS);
        return NULL;
    }
    struct critical_need *n = &l->needs[l->n_needs++];
    *n = (struct critical_need){.ref = l->ref,
                                .source = source,
                                .line = line,
                                .wanted = 1,
                                .paths = arena_array(&l->cx->arena, struct str, CRITICAL_PATHS)};
    return n;
}

static void touch_need(struct looking *l, struct critical_need *n)
{
    for (size_t i = n->n_paths; i-- > 0;)
        if (str_eq(n->paths[i], l->shown)) return;
    n->files++;
    if (n->n_paths == CRITICAL_PATHS) n->n_paths--; /* the last place is the newest's, so that none is counted twice */
    n->paths[n->n_paths++] = l->shown;
}

static const struct critical_name *names_of(struct ctx *cx, const struct owners_line *line)
{
    struct critical_name *names = arena_array(&cx->arena, struct critical_name, line->n + 1);
    for (unsigned i = 0; i < line->n; i++)
        names[i] = (struct critical_name){line->owners[i].kind, line->owners[i].text};
    return names;
}

static void touch_line(void *arg, int32_t rule, int32_t section)
{
    struct looking *l = arg;
    const struct owners_line *line = &l->owners.lines[rule];
    (void)section;
    if (!line->n && !line->error) return; /* taken out again */
    if (line->required == 0) return;      /* GitLab's optional section */
    struct critical_need *n = need_of(l, l->owners.path, line->line);
    if (!n) return;
    if (!n->names) {
        n->names = names_of(l->cx, line);
        n->n_names = line->n;
        n->wanted = line->required;
        n->general = pattern_is_general(line->pattern);
    }
    touch_need(l, n);
}

static void touch_definition(void *arg, int32_t rule, int32_t section)
{
    struct looking *l = arg;
    const struct definition *d = &l->definitions[section - 1];
    struct critical_need *n = need_of(l, d->subject, 0);
    (void)rule;
    if (!n) return;
    n->number = d->number;
    n->names = d->names;
    n->n_names = d->n_names;
    n->items = d->items;
    n->n_items = d->n_items;
    touch_need(l, n);
}

static enum rc too_much(struct looking *l)
{
    return fail(l->cx, E_LIMIT, "whether this touches critical code cannot be told in time: push less of it at once");
}

/* Whoever it belongs to by `path`, under the name that is shown. */
static enum rc touch(struct looking *l, struct str path, struct str shown)
{
    struct str folded;
    l->shown = shown;
    TRY(path_folded(l->cx, path, &folded));
    if (l->exact &&
        (!owners_index_find(l->exact, path, touch_line, l) || !owners_index_find(l->folded, folded, touch_line, l)))
        return too_much(l);
    if (l->defined && !owners_index_find(l->defined, folded, touch_definition, l)) return too_much(l);
    return l->rc;
}

/* What stands in the place of a folder: a submodule or a link there holds all that the folder would. */
static enum rc touch_whole(struct looking *l, struct str path, struct str shown)
{
    struct str folded;
    l->shown = shown;
    if (path.n) TRY(touch(l, path, shown));
    if (path.n) TRY(touch(l, arena_printf(&l->cx->arena, STR_FMT "/x", STR_ARG(path)), shown));
    TRY(path_folded(l->cx, path, &folded));
    for (size_t i = 0; i < l->n_roots; i++) {
        struct str root = l->roots[i];
        bool above = !folded.n || (str_starts(root, folded) && (root.n == folded.n || root.p[folded.n] == '/'));
        if (above && l->root_rules[i] >= 0) touch_line(l, l->root_rules[i], 0);
        if (above && l->root_rules[i] < 0) touch_definition(l, 0, -l->root_rules[i]);
    }
    return l->rc;
}

/* --- sources */

static enum rc add_root(struct looking *l, struct str pattern, int32_t rule)
{
    struct str root = pattern_root(pattern);
    if (!root.n) return OK;
    TRY(path_folded(l->cx, root, &l->roots[l->n_roots]));
    l->root_rules[l->n_roots++] = rule;
    return OK;
}

static enum rc index_owners(struct looking *l)
{
    const struct owners_file *f = &l->owners;
    TRY(owners_file_index(l->cx, f, &l->exact, &l->folded));
    for (size_t i = 0; i < f->n; i++) {
        const struct owners_line *line = &f->lines[i];
        bool exclusion = f->dialect == OWNERS_GITLAB && str_starts(line->pattern, STR("!"));
        if (owners_line_counts(line) && !exclusion && line->n && line->required)
            TRY(add_root(l, line->pattern, (int32_t)i));
    }
    return OK;
}

static enum rc index_definitions(struct looking *l)
{
    if (!l->n_definitions) return OK;
    l->defined = owners_index_new(&l->cx->arena, OWNERS_GITHUB, LIMIT_CODEOWNERS_WORK);
    for (size_t d = 0; d < l->n_definitions; d++)
        for (size_t i = 0; i < l->definitions[d].n_patterns; i++) {
            struct str folded, pattern = l->definitions[d].patterns[i];
            TRY(path_folded(l->cx, pattern, &folded));
            owners_index_add(l->defined, folded, (int32_t)i, (int32_t)d + 1, false);
            TRY(add_root(l, pattern, -(int32_t)d - 1));
        }
    return OK;
}

static enum rc read_sources(struct looking *l)
{
    size_t most = l->owners.n + 1;
    for (size_t d = 0; d < l->n_definitions; d++) most += l->definitions[d].n_patterns;
    l->roots = arena_array(&l->cx->arena, struct str, most);
    l->root_rules = arena_array(&l->cx->arena, int32_t, most);
    TRY(index_owners(l));
    return index_definitions(l);
}

/* --- what the push changes */

/* Of all its lines. */
static void name_owners(struct looking *l, struct critical_need *n)
{
    size_t names = 0;
    for (size_t i = 0; i < l->owners.n; i++) names += l->owners.lines[i].n;
    struct critical_name *all = arena_array(&l->cx->arena, struct critical_name, names + 1);
    for (size_t i = 0; i < l->owners.n; i++)
        for (unsigned k = 0; k < l->owners.lines[i].n; k++)
            all[n->n_names++] =
                (struct critical_name){l->owners.lines[i].owners[k].kind, l->owners.lines[i].owners[k].text};
    n->names = all;
}

/* CODEOWNERS is critical itself: by its own line, else to any of its owners. */
static enum rc touch_owners(struct looking *l, struct str path)
{
    size_t before = l->n_needs;
    TRY(touch(l, path, path));
    if (l->n_needs > before || !l->owners.n) return l->rc;
    for (size_t i = 0; i < l->n_needs; i++)
        for (size_t k = l->needs[i].ref == l->ref ? l->needs[i].n_paths : 0; k-- > 0;)
            if (str_eq(l->needs[i].paths[k], path)) return OK;
    struct critical_need *n = need_of(l, l->owners.path, 0);
    if (!n) return l->rc;
    if (!n->names) name_owners(l, n); /* by another of its places already */
    l->shown = path;
    touch_need(l, n);
    return l->rc;
}

static bool is_file(uint32_t mode)
{
    return (mode & 0170000) == 0100000;
}

static bool is_empty_blob(struct str oid)
{
    return str_eq(oid, STR("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"));
}

static enum rc keep_added(struct looking *l, struct str path, struct str oid)
{
    if (l->n_added == l->cap_added) {
        size_t cap = l->cap_added ? 2 * l->cap_added : 256;
        struct pair *more = arena_array(&l->cx->arena, struct pair, cap);
        if (l->n_added) memcpy(more, l->added, l->n_added * sizeof *more);
        l->added = more;
        l->cap_added = cap;
    }
    l->added[l->n_added++] = (struct pair){path, arena_str(&l->cx->arena, oid)};
    return OK;
}

static enum rc take_change(void *arg, const struct git_change *c)
{
    struct looking *l = arg;
    struct str path = arena_str(&l->cx->arena, c->path);
    bool link = c->new_mode == SYMLINK,
         whole = link || c->new_mode == GITLINK || c->old_mode == GITLINK || c->old_mode == SYMLINK;
    TRY(owners_file_is_place(path) ? touch_owners(l, path) : whole ? touch_whole(l, path, path) : touch(l, path, path));
    if (link) {
        if (l->n_links == LINKS_MOST)
            return fail(l->cx, E_LIMIT, "a push changes at most %d links of a branch with critical code", LINKS_MOST);
        l->links[l->n_links++] = (struct pair){path, arena_str(&l->cx->arena, c->new_oid)};
    }
    if (is_file(c->new_mode) && !str_eq(c->old_oid, c->new_oid) && !is_empty_blob(c->new_oid))
        TRY(keep_added(l, path, c->new_oid));
    if (str_eq_nocase(path, STR(".gitmodules"))) l->modules = true;
    return OK;
}

/* --- links */

struct targets {
    struct looking *l;
    const struct pair *links;
    struct str *to; /* by link; STR_NONE: out of the repository */
    size_t n;
};

static enum rc take_target(void *arg, size_t i, struct str content, bool missing)
{
    struct targets *t = arg;
    if (missing || !content.p)
        return fail(t->l->cx, E_LIMIT, "where the link %s leads cannot be told",
                    str_visible(t->l->cx, t->links[i].path));
    t->to[i] = path_of_link(&t->l->cx->arena, t->links[i].path, content);
    return OK;
}

static enum rc take_below(void *arg, const struct git_entry *e)
{
    struct targets *t = arg;
    for (size_t i = 0; i < t->n; i++) {
        struct str to = t->to[i];
        bool below = to.p && (!to.n || (str_starts(e->path, to) && e->path.n > to.n && e->path.p[to.n] == '/'));
        if (below) TRY(touch(t->l, e->path, t->links[i].path));
    }
    return OK;
}

/* A link to critical code, or to a folder that holds some, is another way to it. */
static enum rc follow_links(struct looking *l, struct git *g, struct str old)
{
    struct str *to = arena_array(&l->cx->arena, struct str, l->n_links + 1);
    struct str *oids = arena_array(&l->cx->arena, struct str, l->n_links + 1);
    struct targets t = {l, l->links, to, l->n_links};
    struct git_blobs *blobs = NULL;
    if (!l->n_links) return OK;
    for (size_t i = 0; i < l->n_links; i++) oids[i] = l->links[i].oid;
    enum rc rc = git_blobs_open(l->cx, g, &blobs);
    if (rc == OK) rc = git_blobs_read(l->cx, blobs, oids, l->n_links, LIMIT_PATH, take_target, &t);
    git_blobs_close(blobs);
    TRY(rc);
    for (size_t i = 0; i < l->n_links; i++)
        if (to[i].p) TRY(touch_whole(l, to[i], l->links[i].path));
    for (size_t from = 0; old.p && from < l->n_links; from += LINKS_AT_ONCE) {
        size_t left = l->n_links - from;
        struct targets some = {l, l->links + from, to + from, left < LINKS_AT_ONCE ? left : LINKS_AT_ONCE};
        struct str roots[LINKS_AT_ONCE];
        size_t n = 0;
        bool all = false;
        for (size_t i = 0; i < some.n; i++) {
            if (some.to[i].p && !some.to[i].n) all = true;
            if (some.to[i].n) roots[n++] = arena_printf(&l->cx->arena, STR_FMT "/", STR_ARG(some.to[i]));
        }
        if (n || all) TRY(paths_of_tree(l->cx, l->g, old, roots, all ? 0 : n, take_below, &some));
    }
    return OK;
}

/* --- copies, and submodules' places */

static int by_oid(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return str_cmp(x->oid, y->oid);
}

static enum rc take_old(void *arg, const struct git_entry *e)
{
    struct looking *l = arg;
    if (e->mode == GITLINK && l->modules) TRY(touch_whole(l, arena_str(&l->cx->arena, e->path), STR(".gitmodules")));
    const struct pair key = {.oid = e->oid};
    const struct pair *at = l->n_added ? bsearch(&key, l->added, l->n_added, sizeof key, by_oid) : NULL;
    if (!at) return OK;
    while (at > l->added && str_eq(at[-1].oid, e->oid)) at--;
    for (; at < l->added + l->n_added && str_eq(at->oid, e->oid); at++) TRY(touch(l, e->path, at->path));
    return OK;
}

static enum rc find_copies(struct looking *l, struct str old)
{
    if (!old.p || (!l->n_added && !l->modules)) return OK;
    if (l->n_added) qsort(l->added, l->n_added, sizeof *l->added, by_oid);
    return paths_of_tree(l->cx, l->g, old, NULL, 0, take_old, l);
}

/* --- one ref */

/* Where the branch stood; of one that begins, where it leaves the main branch. STR_NONE: nowhere. */
static enum rc base_of(struct looking *l, struct git *g, const struct push_ref *r, struct str *out)
{
    struct str main;
    *out = STR_NONE;
    if (r->kind == PUSH_CHANGE) {
        *out = r->base;
        return OK;
    }
    if (r->act != PUSH_CREATE) {
        *out = r->before;
        return OK;
    }
    TRY(hosted_ref(l->cx, l->g, l->push->place->main, &main));
    if (!main.p) return OK;
    enum rc rc = git_merge_base(l->cx, g, main, r->after, out);
    if (rc == E_NOTFOUND) *out = STR_NONE;
    return rc == E_NOTFOUND ? OK : rc;
}

static enum rc check_new_owners(struct looking *l, struct push_ref *r, struct owners_file *new)
{
    TRY(owners_file_find(l->cx, l->g, r->after, new));
    bool same = str_eq(new->oid, l->owners.oid) && str_eq(new->path, l->owners.path);
    if (!new->oid.p || (same && new->dialect == l->owners.dialect)) return OK;
    TRY(owners_file_read(l->cx, l->g, new));
    r->shape_detail = owners_file_fault(l->cx, new, l->push->caller->lang);
    if (r->shape_detail.p) r->shape = "codeowners";
    return OK;
}

static bool is_asked(const struct push_ref *r)
{
    if (r->shape || oid_is_zero(r->after)) return false;
    return r->kind == PUSH_CHANGE ||
           (r->kind == PUSH_BRANCH && r->protection && r->commits > 0 && r->act != PUSH_DELETE);
}

static enum rc read_ref(struct looking *l, struct git *g)
{
    struct push_ref *r = &l->push->refs[l->ref];
    struct owners_file new;
    struct str base;
    TRY(base_of(l, g, r, &base));
    l->owners = (struct owners_file){0};
    if (base.p) TRY(owners_file_find(l->cx, l->g, base, &l->owners));
    TRY(check_new_owners(l, r, &new));
    if (r->kind == PUSH_CHANGE) return OK;
    TRY(owners_file_read(l->cx, l->g, &l->owners));
    if (!l->owners.n && !l->n_definitions) return OK;
    l->exact = l->folded = l->defined = NULL;
    l->n_roots = l->n_links = l->n_added = 0;
    l->modules = false;
    TRY(read_sources(l));
    TRY(paths_changed(l->cx, l->g, base, r->after, take_change, l));
    /* other files beside it make a host read it otherwise, or not at all: that is a change of it */
    if (l->owners.n && new.dialect != l->owners.dialect) TRY(touch_owners(l, l->owners.path));
    TRY(follow_links(l, g, base));
    return find_copies(l, base);
}

enum rc critical_read(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p)
{
    struct looking l = {.cx = cx, .g = g, .push = p};
    bool asked = false;
    for (size_t i = 0; i < p->n; i++) asked |= is_asked(&p->refs[i]);
    if (!asked) return OK;
    TRY(definitions_read(cx, db, p->place->subject, &l.definitions, &l.n_definitions));
    p->definitions = definitions_state(l.definitions, l.n_definitions);
    p->critical_known = true;
    l.needs = arena_array(&cx->arena, struct critical_need, CRITICAL_NEEDS);
    l.links = arena_array(&cx->arena, struct pair, LINKS_MOST + LINKS_AT_ONCE);
    for (l.ref = 0; l.ref < p->n; l.ref++)
        if (is_asked(&p->refs[l.ref])) TRY(read_ref(&l, g));
    p->needs = l.needs;
    p->n_needs = l.n_needs;
    return OK;
}
