#include "gates/carry.h"

#include "gates/hunks.h"

void carry_hunk(struct carried *c, int64_t at, int64_t removed, int64_t added)
{
    int64_t end = removed ? at + removed - 1 : at; /* last line that goes, or the one behind which something comes */
    if (c->gone || !c->line) return;
    if (removed ? end < c->line : at < c->line) {
        c->line += added - removed;
        c->last += added - removed;
    } else if (removed ? at <= c->last : at < c->last) {
        c->gone = true; /* within, or across its edge */
    }
}

#define HUNKS_MOST 20000 /* of one file; more has changed than comments can be followed through */

struct following {
    struct carried *list;
    size_t n;
    struct hunk *hunks; /* of the file at hand */
    size_t n_hunks;
    struct str path;
    bool open, deleted;
};

static void end_file(struct following *f)
{
    for (size_t i = 0; f->open && i < f->n; i++) {
        struct carried *c = &f->list[i];
        if (!str_eq(c->path, f->path)) continue;
        if (f->deleted || f->n_hunks == HUNKS_MOST) c->gone = true;
        for (size_t k = f->n_hunks; k-- > 0;) carry_hunk(c, f->hunks[k].at, f->hunks[k].removed, f->hunks[k].added);
    }
    f->n_hunks = 0;
    f->open = false;
}

static enum rc take_file(void *arg, struct str path, bool deleted)
{
    struct following *f = arg;
    end_file(f);
    f->path = path;
    f->deleted = deleted;
    f->open = true;
    return OK;
}

static enum rc take_hunk(void *arg, const struct hunk *h)
{
    struct following *f = arg;
    if (f->n_hunks < HUNKS_MOST) f->hunks[f->n_hunks++] = *h;
    return OK;
}

#define PATHS_MOST 200 /* asked about at once */

enum rc carry_lines(struct ctx *cx, const struct git *g, struct str from, struct str to, struct carried *list, size_t n)
{
    struct following f = {.list = list, .n = n};
    if (str_eq(from, to) || n == 0) return OK;
    if (n > PATHS_MOST) return fail(cx, E_LIMIT, "too many places to follow at once");
    struct str *paths = arena_array(&cx->arena, struct str, n);
    for (size_t i = 0; i < n; i++) paths[i] = list[i].path;
    f.hunks = arena_array(&cx->arena, struct hunk, HUNKS_MOST);
    const struct hunks_wish w = {.from = from, .to = to, .paths = paths, .n_paths = n};
    const struct hunks_sink sink = {&f, take_file, take_hunk};
    TRY(hunks_read(cx, g, &w, &sink));
    end_file(&f);
    return OK;
}
