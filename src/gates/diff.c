#include "gates/diff.h"

#include <string.h>

#include "git/records.h"

/* --- which files */

struct listing {
    struct ctx *cx;
    struct reader r;
    struct diff_entry *list;
    size_t n, cap, counted;
};

static bool take_token(struct listing *l, struct str *out)
{
    bool cut;
    if (!reader_until(&l->r, '\0', out, &cut)) return false;
    *out = arena_str(&l->cx->arena, *out);
    return true;
}

static struct diff_entry *grow(struct listing *l)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 256;
        struct diff_entry *more = arena_array(&l->cx->arena, struct diff_entry, cap);
        if (l->n) memcpy(more, l->list, l->n * sizeof *more);
        l->list = more;
        l->cap = cap;
    }
    return &l->list[l->n++];
}

static const char *status_of(const struct git_change *c)
{
    switch (c->status) {
    case 'A':
        return "added";
    case 'D':
        return "deleted";
    case 'R':
        return "renamed";
    case 'T':
        return "type";
    default:
        return str_eq(c->old_oid, c->new_oid) && c->old_mode != c->new_mode ? "mode" : "changed";
    }
}

/* ":100644 100755 OID OID M", then its path, or of a rename both. */
static bool take_raw(struct listing *l, size_t hex, struct str head)
{
    struct git_change c;
    struct str first, second = STR_NONE;
    if (!record_change(head, hex, &c) || !take_token(l, &first)) return false;
    bool renamed = c.status == 'R';
    if (renamed && !take_token(l, &second)) return false;
    *grow(l) = (struct diff_entry){.path = renamed ? second : first,
                                   .old_path = renamed ? first : STR_NONE,
                                   .status = status_of(&c),
                                   .old_mode = c.old_mode,
                                   .new_mode = c.new_mode,
                                   .oid = c.new_oid};
    return true;
}

/* "12<TAB>3<TAB>path", or of a rename with an empty path, and both behind; "-" for both numbers: binary. In the order
 * of the files above. */
static bool take_count(struct listing *l, struct str line)
{
    struct str added, removed, rest = line, path;
    if (!str_cut(&rest, '\t', &added) || !str_cut(&rest, '\t', &removed) || l->counted == l->n) return false;
    struct diff_entry *e = &l->list[l->counted++];
    e->binary = str_eq(added, STR("-"));
    if (!e->binary && (!str_to_i64(added, 0, INT64_MAX, &e->added) || !str_to_i64(removed, 0, INT64_MAX, &e->removed)))
        return false;
    if (!rest.n && !take_token(l, &path)) return false; /* of a rename both names follow */
    return rest.n || take_token(l, &path);
}

/* Of both lists, the files and their counts, each alone. */
static enum rc read_list(struct listing *l, const struct git *g, const char *what, struct str from, struct str to)
{
    struct ctx *cx = l->cx;
    const char *const argv[] = {"diff-tree",
                                "-r",
                                "-z",
                                what,
                                "-M",
                                "-l1000",
                                "--no-abbrev",
                                "--no-ext-diff",
                                "--no-textconv",
                                "--ignore-submodules=none",
                                arena_cstr(&cx->arena, from),
                                arena_cstr(&cx->arena, to),
                                NULL};
    struct child c;
    struct str token;
    bool good = true;
    int code;
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &c));
    reader_init(&l->r, c.out);
    while (good && l->n <= 10 * (size_t)DIFF_ENTRIES && take_token(l, &token))
        good = str_starts(token, STR(":")) ? take_raw(l, g->hex, token) : take_count(l, token);
    reader_release(&l->r);
    if (good && l->n <= 10 * (size_t)DIFF_ENTRIES)
        good = child_finish(&c, &code);
    else
        child_kill(&c);
    const char *why = child_complaint(cx, &c);
    child_close_errors(&c);
    return good ? OK : fail(cx, E_CORRUPT, "the differences cannot be read: %s", why);
}

enum rc diff_list(struct ctx *cx, const struct git *g, struct str from, struct str to, bool counts,
                  void (*each)(void *arg, const struct diff_entry *e), void *arg, bool *cut)
{
    struct listing l = {.cx = cx};
    *cut = false;
    TRY(read_list(&l, g, "--raw", from, to));
    if (counts || l.n <= DIFF_FEW) TRY(read_list(&l, g, "--numstat", from, to));
    *cut = l.n > DIFF_ENTRIES;
    for (size_t i = 0; i < l.n && i < DIFF_ENTRIES; i++) {
        if (i >= l.counted) l.list[i].added = l.list[i].removed = -1;
        each(arg, &l.list[i]);
    }
    return OK;
}

/* --- one file's hunks */

static void put_line(struct diff_text *out, struct str line)
{
    struct buf *b = &out->text;
    for (size_t i = 0; i < line.n;) {
        uint32_t c = 0;
        size_t len = str_char(line, i, &c);
        bool at_end = i + 1 == line.n && c == '\r';
        if (!len) {
            buf_printf(b,
                       "\1"
                       "0x%02X\2",
                       (unsigned char)line.p[i]);
            out->hidden++;
            len = 1;
        } else if (at_end) {
            buf_cstr(b, "\1"
                        "CR\2");
        } else if (c != '\t' && char_is_deceptive(c)) {
            buf_printf(b, "\1U+%04X\2", c);
            out->hidden++;
        } else {
            buf_add(b, line.p + i, len);
        }
        i += len;
    }
}

static void take_line(struct diff_text *out, struct str line, bool part)
{
    if (out->text.n + line.n > DIFF_FILE_MOST) out->cut = true;
    if (out->cut) return;
    if (line.n) buf_char(&out->text, line.p[0]);
    put_line(out, str_slice(line, 1, line.n));
    if (part) buf_cstr(&out->text, "\1…\2");
    buf_char(&out->text, '\n');
}

static enum rc start(struct ctx *cx, const struct git *g, const struct diff_wish *w, struct child *c)
{
    const char *argv[24];
    size_t n = 0;
    static const char *const fixed[] = {
        "diff-tree", "-r", "-p", "-M", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) argv[n++] = fixed[i];
    argv[n++] = "--src-prefix=a/";
    argv[n++] = "--dst-prefix=b/";
    argv[n++] = arena_printf(&cx->arena, "-U%lld", (long long)w->context).p;
    if (w->ignore_space) {
        argv[n++] = "-w";
        argv[n++] = "--ignore-blank-lines";
    }
    argv[n++] = arena_cstr(&cx->arena, w->from);
    argv[n++] = arena_cstr(&cx->arena, w->to);
    argv[n++] = "--";
    argv[n++] = arena_printf(&cx->arena, ":(literal)" STR_FMT, STR_ARG(w->path)).p;
    if (w->old_path.n) argv[n++] = arena_printf(&cx->arena, ":(literal)" STR_FMT, STR_ARG(w->old_path)).p;
    argv[n] = NULL;
    return child_start(cx, g, argv, CHILD_NO_INPUT, c);
}

enum rc diff_file(struct ctx *cx, const struct git *g, const struct diff_wish *w, struct diff_text *out)
{
    struct child c;
    struct reader r = {0};
    struct str line;
    bool in_hunk = false, part;
    int code;
    *out = (struct diff_text){0};
    buf_init(&out->text, DIFF_FILE_MOST * 4);
    TRY(start(cx, g, w, &c));
    reader_init(&r, c.out);
    while (!out->cut && reader_until(&r, '\n', &line, &part)) {
        if (str_starts(line, STR("diff --git ")))
            in_hunk = false; /* of a name that was a folder: another file */
        else if (str_starts(line, STR("@@ ")))
            in_hunk = true;
        else if (!in_hunk && str_starts(line, STR("Binary files ")))
            out->binary = true;
        if (in_hunk) take_line(out, line, part);
    }
    reader_release(&r);
    bool good = true;
    if (out->cut)
        child_kill(&c);
    else
        good = child_finish(&c, &code);
    const char *why = child_complaint(cx, &c);
    child_close_errors(&c);
    return good ? OK : fail(cx, E_CORRUPT, "the differences cannot be read: %s", why);
}
