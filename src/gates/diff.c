#include "gates/diff.h"

#include "git/oid.h"

/* Of one file, while its lines go by. */
struct file {
    struct diff_file shown;
    struct buf text;
    bool open, long_;
};

static void end_file(struct file *f, void (*each)(void *arg, const struct diff_file *file), void *arg)
{
    if (!f->open) return;
    f->shown.text = f->long_ ? STR("") : buf_view(&f->text);
    if (f->long_) f->shown.binary = true;
    each(arg, &f->shown);
    buf_clear(&f->text);
    f->open = f->long_ = false;
}

/* `"a/…"` as git quotes it (core.quotePath), or plain. */
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
        char c = s.p[++i];
        if (c >= '0' && c <= '3' && i + 2 < s.n) {
            buf_char(&b, (char)((c - '0') * 64 + (s.p[i + 1] - '0') * 8 + (s.p[i + 2] - '0')));
            i += 2;
        } else {
            buf_char(&b, c == 'n' ? '\n' : c == 't' ? '\t' : c);
        }
    }
    return arena_str(&cx->arena, buf_view(&b));
}

static struct str path_in(struct ctx *cx, struct str line, const char *prefix)
{
    struct str s = unquote(cx, str_slice(line, 4, line.n)), side = str_from(prefix);
    if (str_ends(s, STR("\t"))) s.n--; /* behind a name with blanks */
    return str_starts(s, side) ? str_slice(s, side.n, s.n) : STR_NONE;
}

/* "diff --git a/X b/X": both names are the same, since renames are not looked for. */
static struct str path_of_head(struct ctx *cx, struct str line)
{
    struct str rest = str_slice(line, sizeof "diff --git " - 1, line.n);
    if (str_starts(rest, STR("\""))) return path_in(cx, arena_printf(&cx->arena, "    " STR_FMT, STR_ARG(rest)), "a/");
    return rest.n > 5 ? arena_str(&cx->arena, str_slice(rest, 2, rest.n / 2)) : STR("");
}

static void take_head(struct ctx *cx, struct file *f, struct str line)
{
    if (str_starts(line, STR("new file mode ")))
        f->shown.status = "added";
    else if (str_starts(line, STR("deleted file mode ")))
        f->shown.status = "deleted";
    else if (str_starts(line, STR("old mode ")) && !f->text.n)
        f->shown.status = "mode";
    else if (str_starts(line, STR("Binary files ")))
        f->shown.binary = true;
    else if (str_starts(line, STR("+++ b/")) || str_starts(line, STR("+++ \"b/")) || str_starts(line, STR("--- a/")) ||
             str_starts(line, STR("--- \"a/"))) {
        struct str path = path_in(cx, line, line.p[0] == '+' ? "b/" : "a/");
        if (path.p) f->shown.path = path;
    }
    if ((str_starts(line, STR("old mode ")) || str_starts(line, STR("new mode "))) && !f->long_) {
        buf_char(&f->text, '\\');
        buf_visible(&f->text, line);
        buf_char(&f->text, '\n');
    }
}

static void take_line(struct file *f, struct str line)
{
    if (line.n && line.p[0] == '+') f->shown.added++;
    if (line.n && line.p[0] == '-') f->shown.removed++;
    if (f->text.n + line.n > DIFF_FILE_MOST) f->long_ = true;
    if (f->long_) return;
    if (line.n) buf_char(&f->text, line.p[0]);
    /* tabs are shown as they are; whatever else leads astray is spelled out */
    struct str rest = str_slice(line, 1, line.n), part;
    for (bool first = true; str_cut(&rest, '\t', &part); first = false) {
        if (!first) buf_char(&f->text, '\t');
        buf_visible(&f->text, part);
    }
    buf_char(&f->text, '\n');
}

enum rc diff_read(struct ctx *cx, const struct git *g, struct str from, struct str to,
                  void (*each)(void *arg, const struct diff_file *f), void *arg, bool *cut)
{
    const char *const argv[] = {"diff-tree",
                                "-r",
                                "-p",
                                "--no-renames",
                                "--no-ext-diff",
                                "--no-textconv",
                                "--no-color",
                                "--no-prefix",
                                "--src-prefix=a/",
                                "--dst-prefix=b/",
                                "--full-index",
                                "--ignore-submodules=none",
                                "--submodule=short",
                                arena_cstr(&cx->arena, from),
                                arena_cstr(&cx->arena, to),
                                NULL};
    struct child c;
    struct reader r = {0};
    struct file f = {0};
    struct str line;
    bool in_hunk = false, part, rest_of_line = false;
    size_t total = 0;
    int code;
    *cut = false;
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &c));
    reader_init(&r, c.out);
    buf_init(&f.text, DIFF_FILE_MOST * 2);
    while (!*cut && reader_until(&r, '\n', &line, &part)) {
        if (part && rest_of_line) continue;
        rest_of_line = part;
        total += line.n;
        *cut = total > DIFF_MOST;
        if (str_starts(line, STR("diff --git "))) {
            end_file(&f, each, arg);
            f.shown = (struct diff_file){.status = "changed", .path = path_of_head(cx, line)};
            f.open = true;
            in_hunk = false;
        } else if (f.open && str_starts(line, STR("@@ "))) {
            in_hunk = true;
            take_line(&f, line);
        } else if (f.open && in_hunk) {
            take_line(&f, line);
        } else if (f.open) {
            take_head(cx, &f, line);
        }
    }
    end_file(&f, each, arg);
    buf_release(&f.text);
    reader_release(&r);
    if (*cut)
        child_kill(&c);
    else if (!child_finish(&c, &code))
        return fail(cx, E_CORRUPT, "the differences cannot be read: %s", child_complaint(cx, &c));
    child_close_errors(&c);
    return OK;
}
