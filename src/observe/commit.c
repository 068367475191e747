#include "observe/commit.h"

#include "observe/commit_refs.h"
#include "observe/commit_trailers.h"

#define SUBJECT_CHARS 200

/* conventionalcommits.org 1.0.0 names feat and fix; the rest is the Angular set that its tools share. */
static const char *const types[] = {"feat", "fix",   "docs", "style", "refactor", "perf",
                                    "test", "build", "ci",   "chore", "revert"};

static struct str first_line_of(struct str message)
{
    struct str line;
    while (str_cut(&message, '\n', &line)) {
        line = str_trim(line);
        if (line.n) return line;
    }
    return STR("");
}

/* Cut between characters, and never within an escape: those are ASCII, one character each. */
static struct str cut_chars(struct str s, size_t chars)
{
    size_t i = 0;
    while (i < s.n) {
        if ((s.p[i] & 0xc0) != 0x80 && chars-- == 0) break;
        i++;
    }
    return (struct str){s.p, i};
}

static struct str subject_of(struct arena *a, struct str line)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_visible(&b, str_slice(line, 0, (size_t)SUBJECT_CHARS * 4));
    return arena_str(a, cut_chars(buf_view(&b), SUBJECT_CHARS));
}

/* type ["(" scope ")"] ["!"] ": " description */
static void read_conventional(struct str line, struct commit_facts *f)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct str type = str_from(types[i]);
        if (!str_starts_nocase(line, type)) continue;
        struct str rest = str_slice(line, type.n, line.n);
        if (rest.n && rest.p[0] == '(') {
            const char *end = memchr(rest.p, ')', rest.n);
            size_t scope = end ? (size_t)(end - rest.p) : 0;
            if (scope < 2 || memchr(rest.p + 1, '(', scope - 1)) continue;
            rest = str_slice(rest, scope + 1, rest.n);
        }
        bool bang = rest.n && rest.p[0] == '!';
        if (bang) rest = str_slice(rest, 1, rest.n);
        if (rest.n < 2 || rest.p[0] != ':' || rest.p[1] != ' ' || !str_trim(str_slice(rest, 2, rest.n)).n) continue;
        f->conventional = types[i];
        f->is_breaking |= bang;
        return;
    }
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static void read_lines(struct str message, struct commit_facts *f)
{
    static const struct str breaking[] = {
        {"BREAKING CHANGE:", 16}, {"BREAKING-CHANGE:", 16}, {"BREAKING CHANGES:", 17}, {"BREAKING CHANGE #", 17}};
    const struct str reverts = STR("This reverts commit ");
    struct str line;
    while (str_cut(&message, '\n', &line)) {
        for (size_t i = 0; i < sizeof breaking / sizeof breaking[0]; i++)
            if (str_starts(line, breaking[i])) f->is_breaking = true;
        if (!str_starts(line, reverts)) continue;
        size_t hex = 0;
        while (reverts.n + hex < line.n && is_hex(line.p[reverts.n + hex])) hex++;
        if (hex >= 7) f->is_revert = true;
    }
}

void commit_read(struct arena *a, struct str message, size_t parents, struct commit_facts *out)
{
    *out = (struct commit_facts){0};
    struct str first = first_line_of(message);
    out->subject = subject_of(a, first);
    read_conventional(first, out);
    read_lines(message, out);
    if (str_starts(first, STR("Revert \"")) || (out->conventional && strcmp(out->conventional, "revert") == 0))
        out->is_revert = true;
    commit_trailers_read(a, message, out);
    commit_refs_read(message, first, parents, out);
}
