/* Words, stand-ins and hosts: what tells a real value from one written to be read. */
#include "scan/match.h"

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* One bit per letter or class of byte: a word whose first byte is nowhere in the text need not be looked for. */
static uint64_t bit_of(char c)
{
    return 1ULL << ((unsigned char)c & 63);
}

static uint64_t bits_of(struct str s)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < s.n; i++) bits |= bit_of(lower(s.p[i]));
    return bits;
}

/* The next of the words; they are written by us, so no call is spent on finding the bars. */
static bool next_word(const char **words, struct str *w)
{
    const char *p = *words;
    if (!*p) return false;
    while (*p && *p != '|') p++;
    *w = (struct str){*words, (size_t)(p - *words)};
    *words = *p ? p + 1 : p;
    return true;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_bounded(struct str s, size_t i, size_t n)
{
    bool before = i == 0 || !is_alpha(s.p[i - 1]) || (is_upper(s.p[i]) && !is_upper(s.p[i - 1]));
    bool after = i + n == s.n || !is_alpha(s.p[i + n]) || (is_upper(s.p[i + n]) && !is_upper(s.p[i + n - 1]));
    return before && after;
}

static bool word_is_at(struct str s, size_t i, struct str w)
{
    for (size_t k = 1; k < w.n; k++)
        if (lower(s.p[i + k]) != w.p[k]) return false;
    return true;
}

static bool find_words(struct str s, const char *words, bool bounded)
{
    uint64_t bits = bits_of(s);
    struct str w;
    while (next_word(&words, &w)) {
        if (w.n == 0 || w.n > s.n || !(bits & bit_of(w.p[0])) || !(bits & bit_of(w.p[w.n - 1]))) continue;
        for (size_t i = 0; i + w.n <= s.n; i++)
            if (lower(s.p[i]) == w.p[0] && word_is_at(s, i, w) && (!bounded || is_bounded(s, i, w.n))) return true;
    }
    return false;
}

bool has_any(struct str s, const char *words)
{
    return find_words(s, words, false);
}

bool has_any_word(struct str s, const char *words)
{
    return find_words(s, words, true);
}

bool is_any(struct str s, const char *words)
{
    struct str w;
    while (next_word(&words, &w))
        if (w.n == s.n && str_eq_nocase(s, w)) return true;
    return false;
}

bool is_reference(struct str v)
{
    if (v.n == 0) return true;
    if (v.p[0] == '$' && v.n > 1 && (is_alpha(v.p[1]) || strchr("{(_", v.p[1]))) return true;
    if (v.p[0] == '%' && (v.p[v.n - 1] == '%' || v.n <= 3)) return true;
    if (v.p[0] == '<' || v.p[0] == '[' || v.p[0] == '{') return true;
    if (v.p[0] == ':' && v.n > 1 && is_alpha(v.p[1])) return true;
    return has_any(
        v, "${|{{|<%|%(|$(|#{|}}|%s|%d|{0}|{}|@{|__|vault:|!ref|secret://|ssm:|env:|env.|getenv|process.env|os.environ|"
           "op://|arn:aws|file://|{$|\\(|enc[|enc(|sops|ref+|!vault|-----|ansible_|lookup(|${{|@@");
}

bool is_placeholder(struct str v)
{
    if (is_reference(v)) return true;
    if (has_any(
            v,
            "example|sample|placeholder|changeme|change-me|change_me|changethis|dummy|redacted|replace|insert|your|"
            "xxxx|****|"
            "....|todo|fixme|not-a-real|notreal|not-real|do-not-use|donotuse|123456789|abcdefgh|deadbeef|cafebabe|"
            "lorem|"
            "undefined|null|invalid|unused|goes-here|goes_here|goeshere|-here|_here|insecure|fake|mock|foobar|secret-"
            "key|"
            "secretkey|secret_key|mysecret|my-secret|my_secret|mytoken|my-token|some-|some_|somesecret|generate|"
            "0123456789|"
            "zzzz|aaaaa|00000|11111|99999|qwerty|test-|test_|-test|_test|testtest|localhost|password-|not_set|notset|"
            "enter-|enter_|random-string|randomstring|long-random|very-long|verylong|unsafe|demo|devel|local-"))
        return true;
    return has_any_word(
               v,
               "test|tests|testing|foo|bar|baz|none|empty|true|false|default|value|string|here|secret|token|password|"
               "key|type|name|user|text|field|input|null|nil|todo|abc|xyz|asdf|dev|local|sandbox|staging|stub|this|the|"
               "is|must|should|please|only|auth|login|api|id") &&
           !text_is_random(v);
}

/* A dotted quad. */
static bool is_ipv4(struct str h, unsigned q[4])
{
    struct str part;
    size_t n = 0;
    while (str_cut(&h, '.', &part)) {
        int64_t v;
        if (n == 4 || !str_to_i64(part, 0, 255, &v)) return false;
        q[n++] = (unsigned)v;
    }
    return n == 4;
}

static bool is_reserved_ipv4(const unsigned q[4])
{
    return q[0] == 0 || q[0] == 10 || q[0] == 127 || q[0] >= 224 || (q[0] == 169 && q[1] == 254) ||
           (q[0] == 172 && q[1] >= 16 && q[1] <= 31) || (q[0] == 192 && q[1] == 168) || (q[0] == 192 && q[1] == 0) ||
           (q[0] == 198 && (q[1] == 18 || q[1] == 19 || (q[1] == 51 && q[2] == 100))) ||
           (q[0] == 203 && q[1] == 0 && q[2] == 113) || (q[0] == 100 && q[1] >= 64 && q[1] <= 127);
}

bool host_is_made_up(struct str h)
{
    unsigned q[4];
    if (h.n == 0 || is_ipv4(h, q)) return h.n == 0 || is_reserved_ipv4(q);
    if (has_any(h, "example|localhost|placeholder|yourdomain|your-|your_|yoursite|mydomain|mysite|myhost|myapp|my-app|"
                   "mycompany|"
                   "changeme|domain.tld|host.tld|somehost|some-|somewhere|dummy|acme|contoso|foobar|fabrikam|northwind|"
                   "hostname|"
                   "servername|nowhere|xxx|company.com|domain.com|test.com|website.com|server.com|site.com|host.com"))
        return true;
    static const char *const ends[] = {".test",          ".invalid",  ".local",       ".internal", ".lan",  ".home",
                                       ".corp",          ".intra",    ".localdomain", ".onion",    ".arpa", ".svc",
                                       ".cluster.local", ".docker",   ".dev.local",   ".tld",      ".foo",  ".bar",
                                       ".private",       ".intranet", ".mock",        ".fake"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends_nocase(h, str_from(ends[i]))) return true;
    return has_any_word(h, "foo|bar|baz|quux|fake|mock|invalid");
}

bool host_is_public(struct str h)
{
    unsigned q[4];
    if (h.n < 4 || h.n > 253 || host_is_made_up(h)) return false;
    if (is_ipv4(h, q)) return true;
    const char *dot = memrchr(h.p, '.', h.n);
    if (!dot || dot == h.p) return false;
    struct str tld = str_slice(h, (size_t)(dot - h.p) + 1, h.n);
    if (tld.n < 2 || tld.n > 18) return false;
    /* services of a compose file or cluster with a dot in their name: shop.api, shop.web */
    if (is_any(tld,
               "api|web|db|backend|frontend|svc|service|server|worker|gateway|proxy|cache|queue|auth|default|cluster"))
        return false;
    for (size_t i = 0; i < tld.n; i++)
        if (!is_alpha(tld.p[i])) return false;
    for (size_t i = 0; i < h.n; i++)
        if (!is_alpha(h.p[i]) && !(h.p[i] >= '0' && h.p[i] <= '9') && h.p[i] != '.' && h.p[i] != '-') return false;
    return true;
}

struct str url_host(struct str url)
{
    const char *at = str_find(url, STR("://"));
    if (!at) return STR_NONE;
    struct str h = str_slice(url, (size_t)(at - url.p) + 3, url.n);
    size_t n = 0;
    while (n < h.n && !strchr("/?#\"'`<> \t\r\n,;)\\|", h.p[n])) n++;
    h.n = n;
    const char *user = h.n ? memrchr(h.p, '@', h.n) : NULL;
    if (user) h = str_slice(h, (size_t)(user - h.p) + 1, h.n);
    const char *port = h.n ? memchr(h.p, ':', h.n) : NULL;
    if (port) h.n = (size_t)(port - h.p);
    return h;
}

bool scan_url_is_public(struct str url)
{
    return host_is_public(url_host(url));
}
