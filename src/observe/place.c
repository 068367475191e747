/* What a path alone says of a file, and small words for texts. */
#include "observe/content_rows.h"

static const char sample_folders[] =
    "testdata|fixtures|fixture|__fixtures__|snapshots|__snapshots__|examples|example|samples|"
    "sample|demo|demos|templates|template|skeleton|scaffold|scaffolds|stubs|stub|mocks|__mocks__|test-data|test_data|"
    "testresources|playground|generators|cassettes";
static const char test_folders[] =
    "test|tests|__tests__|spec|specs|e2e|it|testing|integration-tests|unittests|src-test|t";

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool text_is(struct str s, const char *names)
{
    /* asked many times of every path: a name is left at its first byte that differs */
    for (const char *p = names; s.n && *p;) {
        size_t i = 0;
        while (i < s.n && *p && *p != '|' && *p == lower(s.p[i])) {
            p++;
            i++;
        }
        if (i == s.n && (*p == '|' || !*p)) return true;
        while (*p && *p != '|') p++;
        if (*p) p++;
    }
    return false;
}

struct place place_of(struct str path, const char *class)
{
    struct place pl = {.path = path, .class = class ? class : "other"};
    size_t slash = path.n;
    while (slash && path.p[slash - 1] != '/') slash--;
    pl.dir = (struct str){path.p, slash};
    pl.name = (struct str){path.p + slash, path.n - slash};
    size_t dot = pl.name.n;
    while (dot && pl.name.p[dot - 1] != '.') dot--;
    pl.stem = dot > 1 ? (struct str){pl.name.p, dot - 1} : pl.name;
    pl.ext = dot > 1 ? (struct str){pl.name.p + dot, pl.name.n - dot} : STR("");
    struct str rest = pl.dir, part;
    while (str_cut(&rest, '/', &part)) {
        if (!part.n) continue;
        pl.depth++;
        if (text_is(part, sample_folders) || str_ends_nocase(part, STR("_template")) ||
            str_ends_nocase(part, STR("-template")))
            pl.sample = true;
        if (text_is(part, test_folders)) pl.test = true;
    }
    return pl;
}

bool place_below(const struct place *pl, const char *names)
{
    struct str rest = pl->dir, part;
    while (str_cut(&rest, '/', &part))
        if (text_is(part, names)) return true;
    return false;
}

struct str text_lower(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) p[i] = lower(s.p[i]);
    return (struct str){p, s.n};
}

struct str text_visible(struct arena *a, struct str s, size_t max)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_visible(&b, str_slice(s, 0, max));
    struct str v = buf_view(&b);
    if (v.n > max) {
        v.n = max;
        while (v.n && ((unsigned char)v.p[v.n] & 0xc0) == 0x80) v.n--;
    }
    return arena_str(a, v);
}

bool lines_next(struct lines *l, struct str *line)
{
    if (!l->rest.p || !l->rest.n) return false;
    if (!str_cut(&l->rest, '\n', line)) return false;
    l->line++;
    if (line->n && line->p[line->n - 1] == '\r') line->n--;
    return true;
}
