#include "gates/carry.h"

#include <string.h>

#include "base/limits.h"
#include "gates/diff.h"

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

struct hunk {
    int64_t at, removed, added;
};
#define HUNKS_MOST 20000 /* of one file; more has changed than comments can be followed through */

struct following {
    struct carried *list;
    size_t n;
    struct hunk *hunks;
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
    f->open = f->deleted = false;
}

/* "12,3" or "12". */
static bool take_range(struct str s, int64_t *at, int64_t *n)
{
    struct str first;
    *n = 1;
    (void)str_cut(&s, ',', &first);
    return str_to_i64(first, 0, INT32_MAX, at) && (!s.p || str_to_i64(s, 0, INT32_MAX, n));
}

static void take_line(struct ctx *cx, struct following *f, struct str line)
{
    struct str word, old, now;
    struct hunk h;
    int64_t ignored;
    if (str_starts(line, STR("diff --git "))) {
        end_file(f);
        f->path = diff_head_path(cx, line);
        f->open = true;
    } else if (str_starts(line, STR("deleted file mode "))) {
        f->deleted = true;
    } else if (f->open && f->n_hunks < HUNKS_MOST && str_starts(line, STR("@@ -"))) {
        (void)str_cut(&line, ' ', &word);
        (void)str_cut(&line, ' ', &old);
        (void)str_cut(&line, ' ', &now);
        if (take_range(str_slice(old, 1, old.n), &h.at, &h.removed) &&
            take_range(str_slice(now, 1, now.n), &ignored, &h.added))
            f->hunks[f->n_hunks++] = h;
    }
}

#define PATHS_MOST 200 /* asked about at once */

enum rc carry_lines(struct ctx *cx, const struct git *g, struct str from, struct str to, struct carried *list, size_t n)
{
    const char **argv = arena_array(&cx->arena, const char *, PATHS_MOST + 16);
    static const char *const fixed[] = {"diff-tree",     "-r",         "-p",     "-U0",          "--no-renames",
                                        "--no-ext-diff", "--no-color", "--text", "--no-textconv"};
    struct following f = {.list = list, .n = n};
    struct child c;
    struct reader r = {0};
    struct str line;
    bool cut, rest_of_line = false;
    int code;
    size_t k = sizeof fixed / sizeof *fixed;
    if (str_eq(from, to) || n == 0) return OK;
    if (n > PATHS_MOST) return fail(cx, E_LIMIT, "too many places to follow at once");
    memcpy(argv, fixed, sizeof fixed);
    argv[k++] = "--src-prefix=a/";
    argv[k++] = "--dst-prefix=b/";
    argv[k++] = arena_cstr(&cx->arena, from);
    argv[k++] = arena_cstr(&cx->arena, to);
    argv[k++] = "--";
    for (size_t i = 0; i < n; i++) argv[k++] = arena_printf(&cx->arena, ":(literal)" STR_FMT, STR_ARG(list[i].path)).p;
    argv[k] = NULL;
    f.hunks = arena_array(&cx->arena, struct hunk, HUNKS_MOST);
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &c));
    reader_init(&r, c.out);
    while (reader_until(&r, '\n', &line, &cut)) {
        if (!rest_of_line) take_line(cx, &f, line);
        rest_of_line = cut;
    }
    end_file(&f);
    reader_release(&r);
    bool good = child_finish(&c, &code);
    child_close_errors(&c);
    return good ? OK : fail(cx, E_CORRUPT, "the differences cannot be read");
}
