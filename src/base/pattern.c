#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/pattern.h"

#include "base/limits.h"

#include <ctype.h>
#include <pcre2.h>
#include <stdlib.h>

struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
};

static bool is_quantifier(char c)
{
    return c == '?' || c == '*' || c == '+' || c == '{';
}

/* Behind '[': the place of its ']', or 0 with what is wrong. */
static size_t skip_class(struct str t, size_t i, const char **why)
{
    if (i < t.n && t.p[i] == '^') i++;
    for (size_t first = i; i < t.n; i++) {
        if (t.p[i] == ']' && i > first) return i;
        if (t.p[i] == '[' || t.p[i] == ']') {
            *why = "a [ or ] within a class needs a backslash";
            return 0;
        }
        if (t.p[i] == '\\' && (++i == t.n || !strchr("\\]^-[", t.p[i]))) {
            *why = "within a class a backslash stands before \\ ] [ ^ - only";
            return 0;
        }
    }
    *why = "a class has no end";
    return 0;
}

/* From '{' to '}'; else it would stand for itself. */
static bool skip_times(struct str t, size_t *i)
{
    size_t from = ++*i, commas = 0;
    while (*i < t.n && (isdigit((unsigned char)t.p[*i]) || (t.p[*i] == ',' && *i > from && ++commas == 1))) ++*i;
    return *i<t.n && * i> from && t.p[*i] == '}';
}

/* The signs, one by one: what pcre2 knows beyond ours never reaches it. */
static const char *check_signs(struct str t)
{
    int depth = 0;
    bool repeated = false, any = false; /* what stands before: a quantifier; something to repeat */
    for (size_t i = 1; i + 1 < t.n; i++) {
        char c = t.p[i];
        const char *why = NULL;
        if (is_quantifier(c)) {
            if (repeated || !any) return "a quantifier needs one thing before it";
            repeated = true;
            if (c == '{' && !skip_times(t, &i)) return "times are {m}, {m,} or {m,n}";
            continue;
        }
        repeated = false;
        any = true;
        if (c == '\\') {
            if (i + 2 >= t.n || !strchr("\\.*+?()[]{}|^$/-", t.p[++i]) || !t.p[i])
                return "a backslash stands before \\ . * + ? ( ) [ ] { } | ^ $ / - only";
        } else if (c == '[') {
            i = skip_class(t, i + 1, &why);
            if (why) return why;
            if (i + 1 == t.n) return "a class has no end";
        } else if (c == '(') {
            if (t.p[i + 1] == '?' || t.p[i + 1] == '*') return "a group is ( and ) alone";
            depth++;
            any = false;
        } else if (c == ')') {
            if (depth-- == 0) return "a ) without (";
        } else if (c == '|') {
            if (!depth) return "put the choice into a group: ^(a|b)$";
            any = false;
        } else if (c == '^' || c == '$' || c == ']' || c == '}' || c == '\n') {
            return "^ and $ stand at the ends only, ] and } behind what they close";
        }
    }
    return depth ? "a ( without )" : NULL;
}

static pcre2_code *compile(struct str text)
{
    int error;
    PCRE2_SIZE at;
    return pcre2_compile((PCRE2_SPTR)text.p, text.n, PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE, &error,
                         &at, NULL);
}

const char *pattern_fault(struct str text)
{
    if (text.n > LIMIT_PATTERN) return "too long";
    if (text.n < 2 || text.p[0] != '^' || text.p[text.n - 1] != '$') return "it must begin with ^ and end with $";
    const char *why = check_signs(text);
    if (why) return why;
    pcre2_code *code = compile(text);
    if (!code) return "not a pattern";
    pcre2_code_free(code);
    return NULL;
}

struct pattern *pattern_new(struct str text)
{
    if (pattern_fault(text)) return NULL;
    struct pattern *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->code = compile(text);
    p->limits = pcre2_match_context_create(NULL);
    if (!p->code || !p->limits) {
        pattern_free(p);
        return NULL;
    }
    pcre2_set_match_limit(p->limits, LIMIT_PATTERN_STEPS);
    pcre2_set_depth_limit(p->limits, LIMIT_PATTERN_STEPS);
    pcre2_set_heap_limit(p->limits, LIMIT_PATTERN_HEAP / KIB);
    return p;
}

void pattern_free(struct pattern *p)
{
    if (!p) return;
    pcre2_code_free(p->code);
    pcre2_match_context_free(p->limits);
    free(p);
}

bool pattern_matches(const struct pattern *p, struct str s)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (!data) return false;
    int rc = pcre2_match(p->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, 0, 0, data, p->limits);
    pcre2_match_data_free(data);
    return rc >= 0;
}
