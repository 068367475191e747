#include "observe/versions.h"

#include <stdlib.h>

#define NUMBER_MAX 99999999999LL /* 2024011512 and the like fit */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool number_next(struct str s, size_t *at, int64_t *out)
{
    size_t i = *at;
    int64_t n = 0;
    while (i < s.n && is_digit(s.p[i]) && n <= NUMBER_MAX) n = n * 10 + (s.p[i++] - '0');
    if (i == *at || n > NUMBER_MAX) return false;
    *at = i;
    *out = n;
    return true;
}

static bool is_one_of(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(s, str_from(words[i]))) return true;
    return false;
}
#define IS_ONE_OF(s, words) is_one_of((s), (words), sizeof(words) / sizeof(words)[0])

/* Suffixes of versions that are no less than the release. */
static const char *const stable_words[] = {"final", "ga",      "release",    "stable", "lts",
                                           "jre",   "android", "incubating", "rel"};
/* Prefixes that say only that a version follows. */
static const char *const plain_lines[] = {"v",   "version", "ver", "release", "releases",
                                          "rel", "r",       "go",  "tag",     "tags"};
/* Suffixes attached without a separator (PEP 440 and its like). */
static const char *const attached[] = {"a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "dev", "m"};

/* [0-9A-Za-z.-]+ with no empty part: SemVer §9. */
static bool is_identifiers(struct str s)
{
    bool empty = true;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.') {
            if (empty) return false;
            empty = true;
            continue;
        }
        if (!is_digit(s.p[i]) && !is_alpha(s.p[i]) && s.p[i] != '-') return false;
        empty = false;
    }
    return !empty;
}

static bool is_number(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i])) return false;
    return s.n > 0;
}

/* What stands behind the numbers. */
static bool read_suffix(struct str s, struct version *v)
{
    const char *plus = s.n ? memchr(s.p, '+', s.n) : NULL;
    if (plus) { /* build metadata has no part in precedence (§10) */
        struct str build = str_slice(s, (size_t)(plus - s.p) + 1, s.n);
        if (!is_identifiers(build)) return false;
        s = str_slice(s, 0, (size_t)(plus - s.p));
    }
    if (s.n == 0) return true;
    if (s.n == 1 && s.p[0] >= 'a' && s.p[0] <= 'z') { /* 1.1.1w */
        v->fourth = s.p[0] - 'a' + 1;
        return true;
    }
    bool separated = strchr("-._", s.p[0]) != NULL;
    struct str rest = separated ? str_slice(s, 1, s.n) : s;
    if (!is_identifiers(rest)) return false;
    if (IS_ONE_OF(rest, stable_words)) return separated;
    if (s.p[0] == '-' && is_number(rest)) { /* a packager's or ImageMagick's revision */
        size_t at = 0;
        return number_next(rest, &at, &v->fourth);
    }
    size_t letters = 0;
    while (letters < rest.n && is_alpha(rest.p[letters])) letters++;
    struct str word = str_slice(rest, 0, letters), tail = str_slice(rest, letters, rest.n);
    if (str_eq_nocase(word, STR("post")) || str_eq_nocase(word, STR("sp")) || str_eq_nocase(word, STR("p"))) {
        size_t at = 0;
        return number_next(tail, &at, &v->fourth) && at == tail.n;
    }
    if (s.p[0] != '-' && !(IS_ONE_OF(word, attached) && (is_number(tail) || (separated && !tail.n)))) return false;
    v->prerelease = rest;
    return true;
}

/* N(.N)* and a suffix, to the end. */
static bool read_numbers(struct str s, struct version *v, bool prefixed)
{
    int64_t n[4] = {0};
    size_t at = 0, count = 0;
    char sep = 0;
    while (count < 4 && number_next(s, &at, &n[count])) {
        count++;
        if (at + 1 >= s.n || (s.p[at] != '.' && s.p[at] != '_') || !is_digit(s.p[at + 1])) break;
        if (sep && s.p[at] != sep) break;
        sep = s.p[at++];
    }
    if (count == 0) return false;
    if (at && (s.p[at - 1] == '.' || s.p[at - 1] == '_')) return false; /* a fifth number, or one too long */
    if (count == 1 && !(prefixed && at >= 3)) return false;
    v->major = n[0];
    v->minor = n[1];
    v->patch = n[2];
    v->fourth = n[3];
    if (!read_suffix(str_slice(s, at, s.n), v)) return false;
    return count > 1 || !v->prerelease.p || is_alpha(v->prerelease.p[0]); /* 2024-01-15 is a day */
}

/* The version behind a prefix that ends at `at`: an optional word such as v, and numbers. */
static bool read_at(struct str label, size_t at, struct version *v, size_t *text_at)
{
    size_t letters = at;
    while (letters < label.n && is_alpha(label.p[letters])) letters++;
    struct str word = str_slice(label, at, letters);
    if (word.n && !IS_ONE_OF(word, plain_lines)) return false;
    *text_at = letters;
    if (word.n && letters < label.n && label.p[letters] == '.') (*text_at)++; /* v.1.2 */
    bool prefixed = word.n || at > 0;
    return read_numbers(str_slice(label, *text_at, label.n), v, prefixed);
}

static struct str text_of(struct arena *a, struct str s)
{
    char *p = arena_cstr(a, s);
    for (size_t i = 1; i + 1 < s.n; i++)
        if (p[i] == '_' && is_digit(p[i - 1]) && is_digit(p[i + 1])) p[i] = '.';
    return (struct str){p, s.n};
}

bool version_read(struct arena *a, struct str label, struct version *out)
{
    if (label.n > 200) return false;
    for (size_t at = 0; at < label.n; at++) {
        if (at && !strchr("/-_@", label.p[at - 1])) continue;
        struct version v = {0};
        size_t text_at;
        if (!read_at(label, at, &v, &text_at)) continue;
        struct str line = at ? str_slice(label, 0, at - 1) : STR("");
        while (line.n && strchr("/-_@", line.p[line.n - 1])) line.n--;
        if (IS_ONE_OF(line, plain_lines)) line = STR("");
        v.line = line;
        v.text = text_of(a, str_slice(label, text_at, label.n));
        *out = v;
        return true;
    }
    return false;
}

static struct str digits_at(struct str s, size_t at)
{
    size_t end = at;
    while (end < s.n && is_digit(s.p[end])) end++;
    while (at + 1 < end && s.p[at] == '0') at++;
    return str_slice(s, at, end);
}

/* §11.4: numeric identifiers by number and below alphanumeric ones. Numbers within an identifier count as numbers too,
 * so that rc10 is above rc9 (as PEP 440 has it, and everybody means it). */
static int identifier_cmp(struct str a, struct str b)
{
    bool na = is_number(a), nb = is_number(b);
    if (na != nb) return na ? -1 : 1;
    size_t i = 0, k = 0;
    while (i < a.n && k < b.n) {
        if (!is_digit(a.p[i]) || !is_digit(b.p[k])) {
            if (a.p[i] != b.p[k]) return (unsigned char)a.p[i] < (unsigned char)b.p[k] ? -1 : 1;
            i++, k++;
            continue;
        }
        struct str x = digits_at(a, i), y = digits_at(b, k);
        if (x.n != y.n) return x.n < y.n ? -1 : 1;
        int c = str_cmp(x, y);
        if (c) return c;
        i = (size_t)(x.p + x.n - a.p);
        k = (size_t)(y.p + y.n - b.p);
    }
    return i < a.n ? 1 : k < b.n ? -1 : str_cmp(a, b);
}

static int prerelease_cmp(struct str a, struct str b)
{
    if (!a.p || !b.p) return (a.p == NULL) - (b.p == NULL); /* a release is above its prereleases */
    struct str x, y;
    for (;;) {
        bool more_a = str_cut(&a, '.', &x), more_b = str_cut(&b, '.', &y);
        if (!more_a || !more_b) return (int)more_a - (int)more_b;
        int c = identifier_cmp(x, y);
        if (c) return c;
    }
}

static int int_cmp(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int version_cmp(const struct version *a, const struct version *b)
{
    int c = int_cmp(a->major, b->major);
    if (!c) c = int_cmp(a->minor, b->minor);
    if (!c) c = int_cmp(a->patch, b->patch);
    if (!c) c = int_cmp(a->fourth, b->fourth);
    return c ? c : prerelease_cmp(a->prerelease, b->prerelease);
}

struct ranked {
    const struct version *v;
    int64_t index;
};

static int ranked_cmp(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    int c = str_cmp(a->v->line, b->v->line);
    if (!c) c = version_cmp(a->v, b->v);
    return c ? c : int_cmp(a->index, b->index);
}

void versions_previous(struct arena *a, const struct version *v, size_t n, int64_t *previous)
{
    if (n == 0) return;
    struct ranked *r = arena_array(a, struct ranked, n);
    for (size_t i = 0; i < n; i++) r[i] = (struct ranked){&v[i], (int64_t)i};
    qsort(r, n, sizeof *r, ranked_cmp);
    int64_t any = -1, stable = -1; /* highest below the group of equals at hand */
    for (size_t i = 0; i < n;) {
        if (i == 0 || !str_eq(r[i].v->line, r[i - 1].v->line)) any = stable = -1;
        bool is_stable = !r[i].v->prerelease.p;
        size_t end = i;
        for (; end < n && str_eq(r[end].v->line, r[i].v->line) && version_cmp(r[end].v, r[i].v) == 0; end++)
            previous[r[end].index] = is_stable && stable >= 0 ? stable : any;
        any = r[i].index;
        if (is_stable) stable = any;
        i = end;
    }
}
