#include "catalog/rule.h"

/* One word, string, number or sign of SQL. */
struct token {
    enum { WORD, STRING, SIGN, END } kind;
    struct str text; /* without quotes */
    int line;
};

struct lexer {
    struct str rest;
    int line;
};

static void skip(struct lexer *x, size_t n)
{
    for (size_t i = 0; i < n && i < x->rest.n; i++) x->line += x->rest.p[i] == '\n';
    x->rest = str_slice(x->rest, n, x->rest.n);
}

/* White space and comments. */
static void skip_blank(struct lexer *x)
{
    for (;;) {
        size_t n = 0;
        struct str s = x->rest;
        if (s.n && strchr(" \t\r\n\f", s.p[0]) && s.p[0]) {
            n = 1;
        } else if (str_starts(s, STR("--"))) {
            const char *end = memchr(s.p, '\n', s.n);
            n = end ? (size_t)(end - s.p) : s.n;
        } else if (str_starts(s, STR("/*"))) {
            const char *end = str_find(str_slice(s, 2, s.n), STR("*/"));
            n = end ? (size_t)(end - s.p) + 2 : s.n;
        }
        if (n == 0) return;
        skip(x, n);
    }
}

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static struct token next(struct lexer *x)
{
    skip_blank(x);
    struct str s = x->rest;
    struct token t = {END, STR_NONE, x->line};
    if (s.n == 0) return t;
    size_t n = 1;
    if (strchr("'\"`[", s.p[0]) && s.p[0]) {
        char close = s.p[0] == '[' ? ']' : s.p[0];
        while (n < s.n && s.p[n] != close) n++;
        t.kind = s.p[0] == '\'' ? STRING : WORD;
        t.text = str_slice(s, 1, n);
        n = n < s.n ? n + 1 : n;
    } else if (in_word(s.p[0])) {
        while (n < s.n && in_word(s.p[n])) n++;
        t.kind = WORD;
        t.text = str_slice(s, 0, n);
    } else {
        t.kind = SIGN;
        t.text = str_slice(s, 0, 1);
    }
    skip(x, n);
    return t;
}

static bool is_sign(struct token t, char c)
{
    return t.kind == SIGN && t.text.p[0] == c;
}

static bool one_of(struct str word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(word, str_from(words[i]))) return true;
    return false;
}

static void clock_fault(struct source *s, const struct source_file *file, int line, const char *what)
{
    source_fault(s, file->path, line, "use :now and :since", "%s reads the machine's clock", what);
}

/* The arguments of a date function, x standing behind its opening bracket. */
static void check_date(struct source *s, const struct source_file *file, struct lexer x, struct str name, int line)
{
    int depth = 1, arguments = 0, commas = 0;
    for (struct token t = next(&x); t.kind != END && depth; t = next(&x)) {
        if (is_sign(t, '(')) depth++;
        if (is_sign(t, ')') && --depth == 0) break;
        arguments++;
        commas += depth == 1 && is_sign(t, ',');
        if (t.kind == STRING && str_eq_nocase(t.text, STR("now"))) clock_fault(s, file, t.line, "'now'");
        if (t.kind == STRING && (str_eq_nocase(t.text, STR("localtime")) || str_eq_nocase(t.text, STR("utc"))))
            source_fault(s, file->path, t.line, "keep to UTC", "'" STR_FMT "' depends on the machine's time zone",
                         STR_ARG(t.text));
    }
    bool strftime = str_eq_nocase(name, STR("strftime"));
    if (arguments == 0 || (strftime && commas == 0))
        clock_fault(s, file, line,
                    source_show(s, arena_printf(&s->cx->arena, STR_FMT "() without a time", STR_ARG(name))));
}

void rule_check_words(struct source *s, const struct source_file *file)
{
    static const char *const dates[] = {"date", "time", "datetime", "julianday", "unixepoch", "strftime"};
    struct lexer x = {file->content, 1};
    for (struct token t = next(&x); t.kind != END; t = next(&x)) {
        /* SQLite takes even 'this' for a table's name. */
        if (t.kind != SIGN && (str_starts_nocase(t.text, STR("d_")) || str_starts_nocase(t.text, STR("p_"))))
            source_fault(s, file->path, t.line, "read its view, see docs/formats/facts.md", "\"%s\" is a %s table",
                         source_show(s, t.text), str_starts_nocase(t.text, STR("d_")) ? "derived" : "projected");
        if (t.kind != WORD) continue;
        struct lexer ahead = x;
        bool call = is_sign(next(&ahead), '(');
        if (call && one_of(t.text, dates, sizeof dates / sizeof *dates)) check_date(s, file, ahead, t.text, t.line);
    }
}

/* Tables of facts and of derived.db: only views tell what is meant for everybody. */
void rule_check_metric_words(struct source *s, const struct source_file *file)
{
    static const char *const schemas[] = {"derived", "main", "temp", "records", "facts", "entries", "bodies"};
    struct lexer x = {file->content, 1};
    rule_check_words(s, file);
    for (struct token t = next(&x); t.kind != END; t = next(&x)) {
        if (t.kind != WORD) continue;
        if (one_of(t.text, schemas, sizeof schemas / sizeof *schemas) || str_starts_nocase(t.text, STR("p_")) ||
            str_starts_nocase(t.text, STR("sqlite_")) || str_starts_nocase(t.text, STR("pragma_")))
            source_fault(s, file->path, t.line, "read a view of docs/formats/metrics.md",
                         "\"%s\" is no view for metrics", source_show(s, t.text));
    }
}
