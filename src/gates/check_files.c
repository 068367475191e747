#include "gates/check_files.h"

#include <stdlib.h>

#include "base/limits.h"
#include "gates/hunks.h"

/* --- patterns */

/* Which beginnings of the path the pattern's beginning matches, one step of it at a time. */
bool check_path_matches(struct str pattern, struct str path)
{
    static const struct str any = {"**/", 3};
    bool row[LIMIT_PATH + 1], deep = false, at_any_depth = !memchr(pattern.p, '/', pattern.n);
    if (path.n > LIMIT_PATH) return false;
    if (at_any_depth) /* only the name counts */
        for (size_t i = path.n; i-- > 0;)
            if (path.p[i] == '/') {
                path = str_slice(path, i + 1, path.n);
                break;
            }
    if (str_ends(pattern, STR("/"))) deep = true;
    for (size_t j = 0; j <= path.n; j++) row[j] = j == 0;
    for (size_t i = 0; i < pattern.n;) {
        struct str rest = str_slice(pattern, i, pattern.n);
        bool folders = str_starts(rest, any), all = str_starts(rest, STR("**")), some = pattern.p[i] == '*';
        bool before = row[0], reached = row[0];
        if (!some) row[0] = false;
        for (size_t j = 1; j <= path.n; j++) {
            bool was = row[j];
            if (folders)
                row[j] = was || (reached && path.p[j - 1] == '/');
            else if (all)
                row[j] = was || row[j - 1];
            else if (some)
                row[j] = was || (row[j - 1] && path.p[j - 1] != '/');
            else
                row[j] = before && path.p[j - 1] == pattern.p[i];
            reached |= was;
            before = was;
        }
        i += folders ? 3 : all ? 2 : 1;
    }
    for (size_t j = 1; deep && j <= path.n; j++)
        if (row[j]) return true;
    return row[path.n];
}

/* --- changed lines */

#define CHANGED_LINES 1000000
#define CHANGED_BYTES (256U << 20) /* of differences that are looked through */

struct run {
    int64_t first, n;
    size_t states; /* its first line's place among all states */
};
struct file {
    struct str path;
    struct run *runs;
    size_t n, cap;
};
struct changed_lines {
    struct ctx *cx;
    struct file *files; /* by path */
    size_t n, cap;
    uint8_t *states; /* 0: no report has it; 1: it did not run; 2: it ran */
    size_t n_states;
    struct str *names; /* paths of the tree that end as a changed one does, in its last part */
    size_t n_names, cap_names;
    struct str asked; /* the path that was asked last, and … */
    struct file *answer;
};

static void *grow(struct ctx *cx, void *old, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) return old;
    size_t more = *cap ? 2 * *cap : 64;
    char *out = arena_calloc(&cx->arena, more, size);
    if (n) memcpy(out, old, n * size);
    *cap = more;
    return out;
}

static struct str last_part(struct str path)
{
    for (size_t i = path.n; i-- > 0;)
        if (path.p[i] == '/') return str_slice(path, i + 1, path.n);
    return path;
}

static enum rc take_file(void *arg, struct str path, bool deleted)
{
    struct changed_lines *c = arg;
    (void)deleted; /* it has no lines then */
    c->files = grow(c->cx, c->files, c->n, &c->cap, sizeof *c->files);
    c->files[c->n++] = (struct file){.path = path};
    return OK;
}

static enum rc take_hunk(void *arg, const struct hunk *h)
{
    struct changed_lines *c = arg;
    struct file *f = &c->files[c->n - 1];
    if (!h->added) return OK;
    if (c->n_states + (size_t)h->added > CHANGED_LINES)
        return fail(c->cx, E_LIMIT, "the change has more than %d lines", CHANGED_LINES);
    f->runs = grow(c->cx, f->runs, f->n, &f->cap, sizeof *f->runs);
    f->runs[f->n++] = (struct run){h->first, h->added, c->n_states};
    c->n_states += (size_t)h->added;
    return OK;
}

static int by_path(const void *a, const void *b)
{
    return str_cmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static struct file *find_file(const struct changed_lines *c, struct str path)
{
    struct file key = {.path = path};
    return c->n ? bsearch(&key, c->files, c->n, sizeof key, by_path) : NULL;
}

struct listing {
    struct changed_lines *c;
    struct str *parts; /* last parts of changed paths, sorted */
};

static enum rc take_entry(void *arg, const struct git_entry *e)
{
    struct listing *l = arg;
    struct changed_lines *c = l->c;
    struct str part = last_part(e->path);
    if (!str_among(l->parts, c->n, part)) return OK;
    c->names = grow(c->cx, c->names, c->n_names, &c->cap_names, sizeof *c->names);
    c->names[c->n_names++] = arena_str(&c->cx->arena, e->path);
    return OK;
}

enum rc changed_lines_read(struct ctx *cx, struct git *g, struct str from, struct str to, struct changed_lines **out)
{
    struct changed_lines *c = arena_new(&cx->arena, struct changed_lines);
    struct listing l = {c, NULL};
    c->cx = cx;
    *out = c;
    const struct hunks_wish w = {.from = from, .to = to, .most = CHANGED_BYTES};
    const struct hunks_sink sink = {c, take_file, take_hunk};
    TRY(hunks_read(cx, g, &w, &sink));
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) /* files without added lines are none of it */
        if (c->files[i].n) c->files[n++] = c->files[i];
    c->n = n;
    c->states = arena_alloc(&cx->arena, c->n_states + 1);
    if (!n) return OK;
    qsort(c->files, n, sizeof *c->files, by_path);
    l.parts = arena_array(&cx->arena, struct str, n);
    for (size_t i = 0; i < n; i++) l.parts[i] = last_part(c->files[i].path);
    str_sort(l.parts, n);
    return git_tree(cx, g, to, take_entry, &l);
}

/* Whether `end` is the whole of `path` or its end behind a slash. */
static bool is_end(struct str path, struct str end)
{
    return path.p && str_ends(path, end) && (path.n == end.n || path.p[path.n - end.n - 1] == '/');
}

/* "/build/lib/a.c" is lib/a.c where there is one, even when a.c has changed as well; "a.py" is src/a.py when no other
 * file ends so. */
static struct file *resolve(const struct changed_lines *c, struct str path)
{
    struct str best = STR_NONE;
    size_t longer = 0;
    while (str_starts(path, STR("./"))) path = str_slice(path, 2, path.n);
    for (size_t i = 0; i < c->n_names; i++)
        if (is_end(path, c->names[i]) && c->names[i].n > best.n) best = c->names[i];
    for (size_t i = 0; !best.p && i < c->n_names; i++)
        if (is_end(c->names[i], path)) longer++;
    for (size_t i = 0; !best.p && longer == 1 && i < c->n_names; i++)
        if (is_end(c->names[i], path)) best = c->names[i];
    return best.p ? find_file(c, best) : NULL;
}

void changed_lines_take(struct changed_lines *c, struct str path, int64_t line, bool ran)
{
    if (!c->n) return;
    if (!c->asked.p || !str_eq(c->asked, path)) { /* a report tells a file's lines in a row */
        char *copy = path.n <= LIMIT_PATH ? arena_cstr(&c->cx->arena, path) : NULL;
        c->asked = copy ? (struct str){copy, path.n} : STR_NONE;
        c->answer = copy ? resolve(c, path) : NULL;
    }
    const struct file *f = c->answer;
    size_t low = 0, high = f ? f->n : 0;
    while (low < high) { /* runs are in order */
        size_t mid = (low + high) / 2;
        if (f->runs[mid].first + f->runs[mid].n <= line)
            low = mid + 1;
        else
            high = mid;
    }
    if (!f || low == f->n || line < f->runs[low].first) return;
    uint8_t *state = &c->states[f->runs[low].states + (size_t)(line - f->runs[low].first)];
    if (ran)
        *state = 2;
    else if (!*state)
        *state = 1;
}

void changed_lines_count(const struct changed_lines *c, int64_t *all, int64_t *ran)
{
    *all = *ran = 0;
    for (size_t i = 0; i < c->n_states; i++) {
        *all += c->states[i] > 0;
        *ran += c->states[i] == 2;
    }
}
