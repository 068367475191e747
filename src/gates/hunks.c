#include "gates/hunks.h"

#include <string.h>

/* --- paths as git quotes them */

/* `"a/…"` (core.quotePath), or plain. */
static struct str unquote(struct ctx *cx, struct str s)
{
    scoped_buf b;
    if (!str_starts(s, STR("\""))) return arena_str(&cx->arena, s);
    buf_init(&b, 8192);
    for (size_t i = 1; i < s.n && s.p[i] != '"'; i++) {
        if (s.p[i] != '\\' || i + 1 >= s.n) {
            buf_char(&b, s.p[i]);
            continue;
        }
        static const char letters[] = "abfnrtv", meant[] = "\a\b\f\n\r\t\v";
        char c = s.p[++i];
        const char *letter = memchr(letters, c, sizeof letters - 1);
        if (c >= '0' && c <= '3' && i + 2 < s.n) {
            buf_char(&b, (char)((c - '0') * 64 + (s.p[i + 1] - '0') * 8 + (s.p[i + 2] - '0')));
            i += 2;
        } else {
            buf_char(&b, letter ? meant[letter - letters] : c);
        }
    }
    return arena_str(&cx->arena, buf_view(&b));
}

/* The path of "diff --git a/X b/X", X being the same twice. */
static struct str head_path(struct ctx *cx, struct str line)
{
    struct str rest = str_slice(line, sizeof "diff --git " - 1, line.n);
    if (!str_starts(rest, STR("\"")))
        return rest.n > 5 ? arena_str(&cx->arena, str_slice(rest, 2, rest.n / 2)) : STR("");
    struct str path = unquote(cx, rest);
    return str_slice(path, 2, path.n);
}

/* --- lines of a difference */

struct reading {
    struct ctx *cx;
    const struct hunks_sink *sink;
    struct str path;
    bool begun; /* a file's first line has been read, and nothing behind it */
    bool in_file;
};

/* "7,3" or "7", which is one. */
static bool take_range(struct str s, char sign, int64_t *first, int64_t *n)
{
    struct str number;
    *n = 1;
    if (!s.n || s.p[0] != sign) return false;
    s = str_slice(s, 1, s.n);
    (void)str_cut(&s, ',', &number);
    return str_to_i64(number, 0, INT32_MAX, first) && (!s.p || str_to_i64(s, 0, INT32_MAX, n));
}

/* "@@ -a[,b] +c[,d] @@" */
static enum rc take_hunk(struct reading *r, struct str line)
{
    struct str rest = str_slice(line, 3, line.n), old, now;
    struct hunk h;
    if (!str_cut(&rest, ' ', &old) || !str_cut(&rest, ' ', &now) || !take_range(old, '-', &h.at, &h.removed) ||
        !take_range(now, '+', &h.first, &h.added))
        return fail(r->cx, E_CORRUPT, "what changed cannot be followed");
    return r->sink->hunk(r->sink->arg, &h);
}

/* Whatever a changed line says, it begins with a sign; so nothing of a file can pass for one of these. */
static enum rc take_line(struct reading *r, struct str line)
{
    if (r->begun) {
        r->begun = false;
        r->in_file = true;
        TRY(r->sink->file(r->sink->arg, r->path, str_starts(line, STR("deleted file mode "))));
    }
    if (str_starts(line, STR("diff --git "))) {
        r->path = head_path(r->cx, line);
        r->begun = true;
        r->in_file = false;
    } else if (r->in_file && str_starts(line, STR("@@ "))) {
        return take_hunk(r, line);
    }
    return OK;
}

static enum rc start(struct ctx *cx, const struct git *g, const struct hunks_wish *w, struct child *c)
{
    static const char *const fixed[] = {"diff-tree",
                                        "-r",
                                        "-p",
                                        "-U0",
                                        "--inter-hunk-context=0",
                                        "--no-renames",
                                        "--no-ext-diff",
                                        "--no-textconv",
                                        "--text",
                                        "--no-color",
                                        "--src-prefix=a/",
                                        "--dst-prefix=b/"};
    size_t n = sizeof fixed / sizeof *fixed;
    const char **argv = arena_array(&cx->arena, const char *, n + w->n_paths + 4);
    memcpy(argv, fixed, sizeof fixed);
    argv[n++] = arena_cstr(&cx->arena, w->from);
    argv[n++] = arena_cstr(&cx->arena, w->to);
    argv[n++] = "--";
    for (size_t i = 0; i < w->n_paths; i++)
        argv[n++] = arena_printf(&cx->arena, ":(literal)" STR_FMT, STR_ARG(w->paths[i])).p;
    return child_start(cx, g, argv, CHILD_NO_INPUT, c);
}

enum rc hunks_read(struct ctx *cx, const struct git *g, const struct hunks_wish *w, const struct hunks_sink *sink)
{
    struct reading reading = {.cx = cx, .sink = sink};
    struct child c;
    struct reader r = {0};
    struct str line;
    bool cut;
    size_t total = 0;
    int code;
    enum rc rc = OK;
    TRY(start(cx, g, w, &c));
    reader_init(&r, c.out);
    while (rc == OK && reader_until(&r, '\n', &line, &cut)) {
        total += line.n;
        rc = w->most && total > w->most ? fail(cx, E_LIMIT, "the change is too large to be looked through")
                                        : take_line(&reading, line);
    }
    reader_release(&r);
    if (rc != OK)
        child_kill(&c);
    else if (!child_finish(&c, &code))
        rc = fail(cx, E_CORRUPT, "what changed cannot be followed: %s", child_complaint(cx, &c));
    child_close_errors(&c);
    return rc;
}
