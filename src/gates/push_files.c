#include "gates/push_files.h"

#include <stdlib.h>

#include "base/limits.h"
#include "git/changes.h"
#include "git/oid.h"

#define COMMITS_MOST (64U << 20) /* bytes of ids of new commits */
#define MERGES_MOST (64U << 20)

struct commits {
    struct str *plain, *merges;
    size_t n_plain, n_merges;
};

/* What a change proposes, or a protected branch gains, is looked through as a whole: it may have been let in by another
 * name, when less was asked. Of all else what no ref has yet. */
static struct str gains_from(const struct push_ref *r)
{
    if (r->kind == PUSH_CHANGE && !r->shape) return r->base;
    return r->kind == PUSH_BRANCH && r->protection && r->act == PUSH_UPDATE ? r->before : STR_NONE;
}

static enum rc rev_list(struct ctx *cx, const struct git *g, const char *const *argv, const struct buf *input,
                        struct buf *said)
{
    int code;
    const char *why;
    if (!input->n) return OK;
    TRY(hosted_run(cx, g, argv, buf_view(input), said, &code, &why));
    return code == 0 ? OK : fail(cx, E_CORRUPT, "what was pushed cannot be followed: %s", why);
}

/* `ID PARENT…` a line, each once. */
static enum rc list_lines(struct push_files *s, const struct git *g, struct str **out, size_t *n)
{
    static const char *const new[] = {"rev-list", "--parents", "--stdin", "--not", "--all", NULL}, *const gained[] = {
                                                                                                       "rev-list",
                                                                                                       "--parents",
                                                                                                       "--stdin", NULL};
    const struct push *p = s->push;
    scoped_buf fresh, gain, said;
    size_t kept = 0;
    buf_init(&fresh, COMMITS_MOST);
    buf_init(&gain, COMMITS_MOST);
    buf_init(&said, COMMITS_MOST);
    for (size_t i = 0; i < p->n; i++) {
        const struct push_ref *r = &p->refs[i];
        struct str from = gains_from(r);
        if (oid_is_zero(r->after)) continue;
        buf_printf(from.p ? &gain : &fresh, STR_FMT "\n", STR_ARG(r->after));
        if (from.p) buf_printf(&gain, "^" STR_FMT "\n", STR_ARG(from));
    }
    TRY(rev_list(s->cx, g, new, &fresh, &said));
    TRY(rev_list(s->cx, g, gained, &gain, &said));
    struct str rest = arena_str(&s->cx->arena, buf_view(&said)), line;
    *out = arena_array(&s->cx->arena, struct str, rest.n / 41 + 1);
    *n = 0;
    while (str_cut(&rest, '\n', &line))
        if (oid_is(str_slice(line, 0, 40), 40)) (*out)[(*n)++] = line;
    if (!fresh.n || !gain.n) return OK;
    str_sort(*out, *n);
    for (size_t i = 0; i < *n; i++)
        if (!kept || !str_eq((*out)[i], (*out)[kept - 1])) (*out)[kept++] = (*out)[i];
    *n = kept;
    return OK;
}

static enum rc list_commits(struct push_files *s, const struct git *g, struct commits *out)
{
    struct str *lines;
    size_t n;
    TRY(list_lines(s, g, &lines, &n));
    out->plain = arena_array(&s->cx->arena, struct str, n + 1);
    out->merges = arena_array(&s->cx->arena, struct str, n + 1);
    s->commits = arena_array(&s->cx->arena, struct str, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct str oid = str_slice(lines[i], 0, 40);
        s->commits[s->n_commits++] = oid;
        if (lines[i].n > 82)
            out->merges[out->n_merges++] = oid;
        else
            out->plain[out->n_plain++] = oid;
    }
    return OK;
}

/* A file, or a link, whose content is where it leads. */
static bool is_read(uint32_t mode)
{
    return (mode & 0170000) == 0100000 || (mode & 0170000) == 0120000;
}

static struct push_file *next_file(struct push_files *s)
{
    if (s->n == s->cap) {
        struct push_file *more = arena_array(&s->cx->arena, struct push_file, s->cap ? 2 * s->cap : 256);
        if (s->n) memcpy(more, s->list, s->n * sizeof *more);
        s->cap = s->cap ? 2 * s->cap : 256;
        s->list = more;
    }
    return &s->list[s->n++];
}

/* What was taken out of the history comes back by no name, and as no link. */
static void look_back(struct push_files *s, struct str oid, struct str path)
{
    struct push *p = s->push;
    if (p->back.p || !str_among(p->gone, p->n_gone, oid)) return;
    p->back = arena_str(&s->cx->arena, path);
}

/* A name that shows as another, or as nothing, is told by none who reviews it, nor by a file system that leaves out
 * what cannot be seen. What has such a name already keeps it. */
static void look_at_name(struct push_files *s, struct str path)
{
    uint32_t cp = 0;
    for (size_t at = 0, n; at < path.n && !s->push->odd.p; at += n ? n : 1) {
        n = str_char(path, at, &cp);
        if (n && char_is_deceptive(cp)) s->push->odd = arena_str(&s->cx->arena, path);
    }
}

static void add_file(struct push_files *s, const struct git_change *c, struct str commit)
{
    if (c->status == 'D' || oid_is_zero(c->new_oid)) return;
    look_back(s, c->new_oid, c->path);
    if (oid_is_zero(c->old_oid)) look_at_name(s, c->path);
    struct str *old = arena_new(&s->cx->arena, struct str);
    *old = is_read(c->old_mode) ? arena_str(&s->cx->arena, c->old_oid) : STR_NONE;
    *next_file(s) = (struct push_file){.oid = arena_str(&s->cx->arena, c->new_oid),
                                       .path = arena_str(&s->cx->arena, c->path),
                                       .old = old,
                                       .n_old = old->p != NULL,
                                       .mode = c->new_mode,
                                       .begins = oid_is_zero(c->old_oid),
                                       .commit = commit};
}

/* What a merge has that none of its sides has, as `diff-tree -c` tells it: `::MODE… NEW_MODE OLD… NEW LETTERS`, a
 * colon, a mode and an id for each side. Borrowed. false: it is something else. */
static bool add_merged(struct push_files *s, struct str meta, struct str path, struct str commit)
{
    struct str word;
    size_t sides = 0;
    int64_t mode = 0;
    while (sides < meta.n && meta.p[sides] == ':') sides++;
    if (sides < 2) return false;
    meta = str_slice(meta, sides, meta.n);
    bool *files = arena_array(&s->cx->arena, bool, sides + 1), named = false;
    for (size_t i = 0; i <= sides; i++) {
        mode = 0;
        if (!str_cut(&meta, ' ', &word) || word.n != 6) return false;
        for (size_t k = 0; k < 6; k++) mode = mode * 8 + (word.p[k] - '0');
        files[i] = is_read((uint32_t)mode);
        named |= i < sides && mode != 0;
    }
    struct str *old = arena_array(&s->cx->arena, struct str, sides), new = STR_NONE;
    size_t n_old = 0;
    for (size_t i = 0; i <= sides; i++) {
        if (!str_cut(&meta, ' ', &word) || !oid_is(word, 40)) return false;
        if (i == sides)
            new = word;
        else if (files[i] && !oid_is_zero(word))
            old[n_old++] = word;
    }
    look_back(s, new, path);
    if (!n_old && !oid_is_zero(new)) look_at_name(s, path);
    if (!oid_is_zero(new))
        *next_file(s) = (struct push_file){.oid = new,
                                           .path = path,
                                           .old = old,
                                           .n_old = n_old,
                                           .mode = (uint32_t)mode,
                                           .begins = !named,
                                           .commit = commit};
    return true;
}

static enum rc list_merged(struct push_files *s, struct git *g, const struct commits *c)
{
    static const char *const argv[] = {"diff-tree", "--stdin", "-c", GIT_RAW_DIFF, NULL};
    struct ctx *cx = s->cx;
    scoped_buf input, said;
    int code;
    const char *why;
    if (!c->n_merges) return OK;
    buf_init(&input, COMMITS_MOST);
    buf_init(&said, MERGES_MOST);
    for (size_t i = 0; i < c->n_merges; i++) buf_printf(&input, STR_FMT "\n", STR_ARG(c->merges[i]));
    TRY(hosted_run(cx, g, argv, buf_view(&input), &said, &code, &why));
    if (code != 0) return fail(cx, E_CORRUPT, "the files of a merge cannot be read: %s", why);
    struct str rest = arena_str(&cx->arena, buf_view(&said)), meta, path, commit = STR_NONE;
    while (str_cut(&rest, '\0', &meta) && meta.n) {
        if (oid_is(meta, 40)) {
            commit = meta;
            continue;
        }
        if (!str_cut(&rest, '\0', &path) || !add_merged(s, meta, path, commit))
            return fail(cx, E_CORRUPT, "the files of a merge cannot be read");
    }
    return OK;
}

static enum rc list_plain(struct push_files *s, struct git *g, const struct commits *all)
{
    struct ctx *cx = s->cx;
    struct changes c = {.input = -1, .child = CHILD_NONE};
    const struct str *oids = all->plain;
    enum rc rc = changes_begin(cx, &c, g, oids, all->n_plain);
    c.list.all = true; /* what git would not check out is read here all the same */
    for (size_t i = 0; rc == OK && i < all->n_plain; i++) {
        bool told;
        rc = changes_of(cx, &c, oids[i], &told);
        if (rc == OK && !told) rc = fail(cx, E_CORRUPT, "the files of commit %.12s cannot be read", oids[i].p);
        if (rc == OK && c.list.full)
            rc = fail(cx, E_LIMIT, "commit %.12s changes more than %d files, which is more than is looked through here",
                      oids[i].p, LIMIT_GIT_CHANGES);
        for (size_t k = 0; rc == OK && k < c.list.n; k++) add_file(s, &c.list.items[k], oids[i]);
    }
    changes_release(&c);
    return rc;
}

static int by_oid(const void *a, const void *b)
{
    const struct push_file *x = a, *y = b;
    int order = str_cmp(x->oid, y->oid);
    if (!order) order = str_cmp(x->path, y->path);
    if (!order) order = (x->n_old > y->n_old) - (x->n_old < y->n_old); /* what it came from is part of what it is */
    for (size_t i = 0; !order && i < x->n_old; i++) order = str_cmp(x->old[i], y->old[i]);
    return order;
}

/* The same content in two places is looked at twice: what is aside in one (a test, a document) is read by programs in
 * the other. */
static void drop_twins(struct push_files *s)
{
    if (s->n == 0) return;
    qsort(s->list, s->n, sizeof *s->list, by_oid);
    size_t kept = 1;
    for (size_t i = 1; i < s->n; i++)
        if (by_oid(&s->list[i], &s->list[kept - 1]) != 0)
            s->list[kept++] = s->list[i];
        else
            s->list[kept - 1].begins |= s->list[i].begins;
    s->n = kept;
}

enum rc push_files_read(struct ctx *cx, struct git *g, struct push *p, struct push_files *out)
{
    struct commits commits = {0};
    *out = (struct push_files){.cx = cx, .push = p};
    TRY(list_commits(out, g, &commits));
    if (commits.n_plain) TRY(list_plain(out, g, &commits));
    TRY(list_merged(out, g, &commits));
    drop_twins(out);
    return OK;
}
