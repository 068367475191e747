#include "observe/commit_trailers.h"

#include "base/limits.h"

#define LIMIT_KEY 64
#define LIMIT_VALUE (1 * KIB)

/* Ends in -by and is no person: a tool, another commit, a cause. */
static const char *const no_person[] = {
    "generated-by", "powered-by",   "made-by",    "built-by",    "created-by",     "produced-by",   "sponsored-by",
    "funded-by",    "supported-by", "fixed-by",   "caused-by",   "introduced-by",  "superseded-by", "obsoleted-by",
    "replaced-by",  "triggered-by", "blocked-by", "required-by", "depended-by",    "detected-by",   "followed-by",
    "broken-by",    "used-by",      "closed-by",  "hosted-by",   "verified-by-ci", "run-by"};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_blank(struct str line)
{
    return str_trim(line).n == 0;
}

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* token [white space] ":"; *key and *value when it is one. */
static bool split_trailer(struct str line, struct str *key, struct str *value)
{
    size_t k = 0;
    while (k < line.n && is_key_char(line.p[k])) k++;
    size_t at = k;
    while (at < line.n && is_space(line.p[at])) at++;
    if (k == 0 || k > LIMIT_KEY || at >= line.n || line.p[at] != ':') return false;
    /* "https://…" at the start of a line is an address. */
    if (str_starts(str_slice(line, at, line.n), STR("://"))) return false;
    *key = str_slice(line, 0, k);
    *value = str_trim(str_slice(line, at + 1, line.n));
    return true;
}

static bool names_person(struct str key)
{
    if (!str_ends_nocase(key, STR("-by")) || key.n < 6) return false;
    for (size_t i = 0; i < sizeof no_person / sizeof no_person[0]; i++)
        if (str_eq_nocase(key, str_from(no_person[i]))) return false;
    return true;
}

/* "Fixes #12", "Closes: #12", "Resolves https://…": people write them among the trailers. */
static bool is_closing(struct str line)
{
    static const char *const words[] = {"fixes", "closes", "resolves", "fixed", "closed", "resolved",
                                        "refs",  "ref",    "bug",      "see",   "fix",    "close"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct str w = str_from(words[i]);
        if (!str_starts_nocase(line, w)) continue;
        struct str rest = str_trim(str_slice(line, w.n, line.n));
        if (rest.n && rest.p[0] == ':') rest = str_trim(str_slice(rest, 1, rest.n));
        if (str_starts(rest, STR("#")) || str_starts(rest, STR("http")) || str_starts_nocase(rest, STR("gh-")))
            return true;
    }
    return false;
}

/* Ends of lines known to be written by git or to name somebody. */
static bool is_known(struct str line, struct str key)
{
    return str_starts(line, STR("(cherry picked from commit ")) || (key.p && names_person(key)) || is_closing(line);
}

struct line {
    struct str text;
    size_t begin, end; /* offsets, without the newline */
};

/* The line that ends at `end`. */
static struct line line_before(struct str message, size_t end)
{
    size_t begin = end;
    while (begin && message.p[begin - 1] != '\n') begin--;
    return (struct line){{message.p + begin, end - begin}, begin, end};
}

/* A paragraph judged from its last line up. *begin: offset of its first line; only_persons: nothing but persons'
 * trailers. */
static bool judge_paragraph(struct str message, size_t title_end, size_t end, size_t *begin, bool *only_persons)
{
    int64_t trailers = 0, others = 0, maybe_folded = 0;
    bool known = false;
    *only_persons = true;
    *begin = end;
    while (end >= title_end) {
        struct line l = line_before(message, end);
        if (is_blank(l.text)) {
            others += maybe_folded;
            return (known && trailers * 3 >= others) || (trailers && !others);
        }
        struct str key = STR_NONE, value;
        bool is_trailer = !is_space(l.text.p[0]) && split_trailer(l.text, &key, &value);
        if (is_known(l.text, key)) {
            known = true;
            trailers++;
            maybe_folded = 0;
            if (!key.p || !names_person(key)) *only_persons = false;
        } else if (is_trailer) {
            trailers++;
            maybe_folded = 0;
            *only_persons = false;
        } else if (l.text.p[0] == '#') {
            /* a comment, as git has it */
        } else if (is_space(l.text.p[0])) {
            maybe_folded++;
        } else {
            others += 1 + maybe_folded;
            maybe_folded = 0;
            *only_persons = false;
        }
        *begin = l.begin;
        end = l.begin ? l.begin - 1 : 0;
        if (l.begin == 0) break;
    }
    return false; /* reached the title: no blank line above */
}

static size_t skip_blank_up(struct str message, size_t end, size_t floor)
{
    while (end > floor) {
        struct line l = line_before(message, end);
        if (!is_blank(l.text)) return end;
        if (l.begin == 0) return 0;
        end = l.begin - 1;
    }
    return floor;
}

/* Offset behind the title: the first blank line behind the first line with text. */
static size_t title_end_of(struct str message)
{
    size_t at = 0;
    bool text = false;
    while (at < message.n) {
        const char *nl = memchr(message.p + at, '\n', message.n - at);
        size_t end = nl ? (size_t)(nl - message.p) : message.n;
        bool blank = is_blank(str_slice(message, at, end));
        if (blank && text) return at;
        text |= !blank;
        at = end + 1;
    }
    return message.n;
}

static struct str lower(struct arena *a, struct str s)
{
    struct str t = arena_str(a, s);
    char *p = arena_cstr(a, s);
    for (size_t i = 0; i < t.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] + 32);
    return (struct str){p, t.n};
}

static struct str unquote(struct str s)
{
    s = str_trim(s);
    while (s.n && strchr("\"',;&([", s.p[0])) s = str_trim(str_slice(s, 1, s.n));
    while (s.n && strchr("\"',;&([", s.p[s.n - 1])) s = str_trim(str_slice(s, 0, s.n - 1));
    if (str_starts_nocase(s, STR("and "))) s = str_trim(str_slice(s, 4, s.n));
    return s;
}

/* A name without an address: a few words that are no link, number or object id. */
static bool is_plain_name(struct str s)
{
    size_t words = 1, letters = 0;
    if (s.n == 0 || s.n > 80 || str_has(s, STR("://")) || s.p[0] == '#') return false;
    for (size_t i = 0; i < s.n; i++) {
        words += s.p[i] == ' ';
        letters += (s.p[i] & 0x80) || (s.p[i] | 32) >= 'a';
    }
    return words <= 6 && letters >= 2;
}

struct list {
    struct commit_trailer *items;
    size_t n;
};

static void add(struct list *l, struct commit_trailer t)
{
    if (l->n < LIMIT_TRAILERS) l->items[l->n++] = t;
}

/* "A <a@x>, B <b@y>" is two persons; a remark behind the address ("[doc fix]") is nobody. */
static void add_persons(struct list *l, struct str key, struct str value)
{
    struct str rest = value;
    bool found = false;
    for (;;) {
        const char *open = rest.n ? memchr(rest.p, '<', rest.n) : NULL;
        size_t from = open ? (size_t)(open - rest.p) : 0;
        const char *close = open ? memchr(open, '>', rest.n - from) : NULL;
        if (!close) break;
        size_t to = (size_t)(close - rest.p);
        struct str name = unquote(str_slice(rest, 0, from)), email = str_trim(str_slice(rest, from + 1, to));
        if (email.n || name.n) add(l, (struct commit_trailer){key, value, true, name, email});
        found = true;
        rest = str_slice(rest, to + 1, rest.n);
    }
    if (found) return;
    struct str plain = unquote(value);
    const char *paren = plain.n ? memchr(plain.p, '(', plain.n) : NULL;
    if (paren) plain = str_trim(str_slice(plain, 0, (size_t)(paren - plain.p)));
    bool address = plain.n && plain.p[0] != '@' && memchr(plain.p, '@', plain.n) && !memchr(plain.p, ' ', plain.n);
    if (address)
        add(l, (struct commit_trailer){key, value, true, STR(""), plain});
    else if (is_plain_name(plain))
        add(l, (struct commit_trailer){key, value, true, plain, STR("")});
    else
        add(l, (struct commit_trailer){key, value, false, STR_NONE, STR_NONE});
}

static void add_trailer(struct list *l, struct arena *a, struct str key, const struct buf *value)
{
    struct str k = lower(a, key);
    struct str v = arena_str(a, str_trim(buf_view(value)));
    if (names_person(k))
        add_persons(l, k, v);
    else
        add(l, (struct commit_trailer){k, v, false, STR_NONE, STR_NONE});
}

static void read_block(struct arena *a, struct str block, struct list *l)
{
    scoped_buf value;
    buf_init(&value, LIMIT_VALUE);
    struct str line, key = STR_NONE, k, v;
    while (str_cut(&block, '\n', &line)) {
        if (line.n && is_space(line.p[0]) && key.p && !is_blank(line)) { /* folded */
            buf_char(&value, ' ');
            buf_str(&value, str_slice(str_trim(line), 0, LIMIT_VALUE / 2));
            continue;
        }
        if (key.p) add_trailer(l, a, key, &value);
        key = STR_NONE;
        buf_clear(&value);
        if (line.n && !is_space(line.p[0]) && split_trailer(line, &k, &v)) {
            key = k;
            buf_str(&value, str_slice(v, 0, LIMIT_VALUE - 1));
        }
    }
    if (key.p) add_trailer(l, a, key, &value);
}

void commit_trailers_read(struct arena *a, struct str message, struct commit_facts *out)
{
    size_t title_end = title_end_of(message), end = skip_blank_up(message, message.n, title_end), begin = end;
    bool only_persons;
    if (title_end >= end || !judge_paragraph(message, title_end, end, &begin, &only_persons)) return;
    for (;;) {
        size_t above_end = begin ? skip_blank_up(message, begin - 1, title_end) : 0, above;
        if (above_end <= title_end || !judge_paragraph(message, title_end, above_end, &above, &only_persons)) break;
        if (!only_persons) break;
        begin = above;
    }
    struct commit_trailer items[LIMIT_TRAILERS];
    struct list l = {items, 0};
    read_block(a, str_slice(message, begin, end), &l);
    if (!l.n) return;
    struct commit_trailer *kept = arena_array(a, struct commit_trailer, l.n);
    memcpy(kept, items, l.n * sizeof *kept);
    out->trailers = kept;
    out->n_trailers = l.n;
}
