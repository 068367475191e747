/* Where comments begin and end, well enough to tell whether a place stands in one. Runs forward from the last place
 * asked about, so a file is read at most once however many questions there are, as long as they come in order. */
#include "scan/match.h"

#define NAME_MOST 200 /* bytes before a text that may name it */

enum { IN_PLAIN, IN_LINE, IN_BLOCK, IN_STRING, IN_TRIPLE, IN_PROSE /* a docstring */ };

struct comments {
    const char *line[3];      /* begin a comment that ends with the line */
    const char *open, *close; /* a block */
    const char *quotes;       /* strings that end with the line at the latest */
    const char *raw;          /* strings that go on over lines */
    bool spaced;              /* the line comment's sign must stand at the start or after a space */
    bool triple;              /* three quotes; as a statement of its own it is documentation */
};

static const struct comments table[SYNTAX_COUNT] = {
    [SYNTAX_NONE] = {.quotes = "", .raw = ""},
    [SYNTAX_C] = {{"//"}, "/*", "*/", "\"", "`", false, false},
    [SYNTAX_JS] = {{"//"}, "/*", "*/", "\"'", "`", false, false},
    [SYNTAX_PYTHON] = {{"#"}, NULL, NULL, "\"'", "", false, true},
    [SYNTAX_HASH] = {{"#"}, NULL, NULL, "\"'", "", true, false},
    [SYNTAX_RUBY] = {{"#"}, "\n=begin", "\n=end", "\"'", "", true, false},
    [SYNTAX_PHP] = {{"//", "#"}, "/*", "*/", "\"'", "", false, false},
    [SYNTAX_SQL] = {{"--"}, "/*", "*/", "'", "", false, false},
    [SYNTAX_XML] = {{NULL}, "<!--", "-->", "", "", false, false},
    [SYNTAX_INI] = {{"#", ";"}, NULL, NULL, "\"", "", true, false},
    [SYNTAX_LUA] = {{"--"}, "--[[", "]]", "\"'", "", false, false},
    [SYNTAX_LISP] = {{";"}, NULL, NULL, "\"", "", false, false},
    [SYNTAX_POWERSHELL] = {{"#"}, "<#", "#>", "\"'", "", true, false},
    [SYNTAX_BATCH] = {{"::", "rem ", "REM "}, NULL, NULL, "", "", true, false},
    [SYNTAX_PERCENT] = {{"%"}, NULL, NULL, "\"", "", false, false},
    [SYNTAX_VIM] = {{"\""}, NULL, NULL, "", "", true, false},
};

static bool at_text(struct str c, size_t i, const char *t)
{
    size_t n = strlen(t);
    return c.n - i >= n && memcmp(c.p + i, t, n) == 0;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool begins_line(struct str c, size_t i)
{
    while (i > 0 && (c.p[i - 1] == ' ' || c.p[i - 1] == '\t')) i--;
    return i == 0 || c.p[i - 1] == '\n';
}

/* DOCUMENTATION = r'''…: a text under a name that says so. */
static bool is_documentation(struct str c, size_t i)
{
    size_t least = i > NAME_MOST ? i - NAME_MOST : 0;
    const char *nl = i > least ? memrchr(c.p + least, '\n', i - least) : NULL;
    size_t from = nl ? (size_t)(nl - c.p) + 1 : least;
    return has_any_word(str_slice(c, from, i),
                        "documentation|examples|example|usage|help|description|epilog|doc|docs|return");
}

/* One step outside strings and comments. */
static void step_plain(struct lexer *lx, const struct comments *k, struct str c)
{
    size_t i = lx->at;
    char ch = c.p[i];
    if (k->open && at_text(c, i, k->open)) {
        lx->state = IN_BLOCK;
        lx->at += strlen(k->open);
        return;
    }
    for (int l = 0; l < 3 && k->line[l]; l++) {
        if (!at_text(c, i, k->line[l])) continue;
        if (k->spaced && i > 0 && !strchr(" \t\r\n", c.p[i - 1])) continue;
        if (ch == '/' && i > 0 && c.p[i - 1] == ':') continue; /* http://… outside a string */
        lx->state = IN_LINE;
        lx->at++;
        return;
    }
    if (k->triple && (at_text(c, i, "\"\"\"") || at_text(c, i, "'''"))) {
        lx->state = begins_line(c, i) || is_documentation(c, i) ? IN_PROSE : IN_TRIPLE;
        lx->quote = ch;
        lx->at += 3;
        return;
    }
    bool quote = strchr(k->quotes, ch) != NULL, raw = strchr(k->raw, ch) != NULL;
    if (ch && (quote || raw) && !(ch == '\'' && i > 0 && is_word(c.p[i - 1]) && k->spaced)) {
        lx->state = IN_STRING;
        lx->quote = ch;
        lx->triple = raw;
    }
    lx->at++;
}

static void step_string(struct lexer *lx, struct str c)
{
    char ch = c.p[lx->at];
    if (ch == '\\' && lx->at + 1 < c.n && c.p[lx->at + 1] != '\n') {
        lx->at += 2;
        return;
    }
    if (lx->state == IN_STRING) {
        if (ch == lx->quote || (ch == '\n' && !lx->triple)) lx->state = IN_PLAIN;
        if (ch == '\n' && !lx->triple) return; /* looked at again: a block may begin with it */
        lx->at++;
        return;
    }
    char three[4] = {lx->quote, lx->quote, lx->quote, 0};
    if (at_text(c, lx->at, three)) {
        lx->state = IN_PLAIN;
        lx->at += 3;
        return;
    }
    lx->at++;
}

bool lexer_in_comment(struct lexer *lx, enum syntax syntax, struct str c, size_t at)
{
    const struct comments *k = &table[syntax];
    if (syntax == SYNTAX_NONE) return false;
    if (at > c.n) at = c.n;
    if (at < lx->at) *lx = (struct lexer){0};
    /* the last step may pass `at` (a two-byte opener): then the state before it counts */
    int state = lx->state;
    while (lx->at <= at && lx->at < c.n) {
        state = lx->state;
        if (lx->at == at && state != IN_PLAIN) break;
        const char *end;
        switch (lx->state) {
        case IN_PLAIN:
            step_plain(lx, k, c);
            break;
        case IN_LINE:
            end = memchr(c.p + lx->at, '\n', c.n - lx->at);
            if (!end || (size_t)(end - c.p) > at) {
                lx->at = at;
                return true;
            }
            lx->at = (size_t)(end - c.p);
            lx->state = IN_PLAIN;
            break;
        case IN_BLOCK:
            if (at_text(c, lx->at, k->close)) {
                lx->at += strlen(k->close);
                lx->state = IN_PLAIN;
            } else {
                lx->at++;
            }
            break;
        default:
            step_string(lx, c);
        }
        if (lx->at > at)
            state = state == IN_PLAIN && (lx->state == IN_BLOCK || lx->state == IN_LINE) ? lx->state : state;
    }
    return state == IN_LINE || state == IN_BLOCK || state == IN_PROSE;
}
