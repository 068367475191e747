#include "git/location.h"

#include <arpa/inet.h>
#include <string.h>

#define HOST_MOST 253 /* RFC 1035 section 2.3.4, as written */
#define RUN_OF_TOKEN 20

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool has_scheme(struct str text)
{
    return str_starts(text, STR("https://")) || str_starts(text, STR("ssh://"));
}

bool location_is_elsewhere(struct str text)
{
    if (has_scheme(text)) return true;
    const char *colon = text.n ? memchr(text.p, ':', text.n) : NULL,
               *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
    return colon && colon > text.p && (!slash || colon < slash) && !str_has(text, STR("://")) &&
           !str_has(text, STR("::"));
}

/* --- secrets */

/* What hosts begin theirs with; else as many letters and digits in a row as no name has. */
static bool is_like_token(struct str user)
{
    static const char *const begins[] = {"ghp_",  "gho_",   "ghu_", "ghs_",  "ghr_",  "github_pat_", "glpat-", "gldt-",
                                         "glrt-", "glcbt-", "ATBB", "ATCTT", "ATATT", "npm_",        "dop_v1_"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (str_starts(user, str_from(begins[i]))) return true;
    bool digit = false, letter = false;
    for (size_t i = 0, run = 0; i < user.n; i++) {
        bool d = is_digit(user.p[i]), l = is_letter(user.p[i]);
        run = d || l ? run + 1 : 0;
        digit = run && (d || (digit && run > 1));
        letter = run && (l || (letter && run > 1));
        if (run >= RUN_OF_TOKEN && digit && letter) return true;
    }
    return false;
}

/* Between scheme and host; STR_NONE: there is none. Up to the last @ before the path, which is more than any reader
 * takes for it. */
static struct str user_info(struct str text)
{
    const char *mark = str_find(text, STR("://"));
    size_t from = mark ? (size_t)(mark - text.p) + 3 : 0, to = from;
    while (to < text.n && text.p[to] != '/') to++;
    for (size_t i = to; i-- > from;)
        if (text.p[i] == '@') return str_slice(text, from, i);
    return STR_NONE;
}

struct str location_shown(struct ctx *cx, struct str text)
{
    struct str user = user_info(text);
    bool ssh = !str_starts(text, STR("https://"));
    if (!user.p || (!str_has(user, STR(":")) && (ssh || !is_like_token(user)))) return text;
    size_t from = (size_t)(user.p - text.p);
    return arena_printf(&cx->arena, STR_FMT "***" STR_FMT, STR_ARG(str_slice(text, 0, from)),
                        STR_ARG(str_slice(text, from + user.n, text.n)));
}

/* --- parts */

#define CREDENTIALS "put it into keys/credentials of the data folder (https://NAME:TOKEN@HOST, a line each)"

static enum rc check_user(struct ctx *cx, const struct location *l, bool scheme)
{
    if (scheme && (str_has(l->user, STR(":")) || str_has(l->user, STR("%3A")) || str_has(l->user, STR("%3a"))))
        return fail(cx, E_INVALID, "a location holds no password: " CREDENTIALS);
    if (!l->ssh && is_like_token(l->user)) return fail(cx, E_INVALID, "a location holds no token: " CREDENTIALS);
    for (size_t i = 0; i < l->user.n; i++) {
        char c = l->user.p[i];
        if (!is_digit(c) && !is_letter(c) && !strchr("._~+-", c) && (l->ssh || c != '%'))
            return fail(cx, E_INVALID, "a location's user has a character that it cannot have");
    }
    if (l->user.n && l->user.p[0] == '-') return fail(cx, E_INVALID, "a user does not begin with a dash");
    return OK;
}

/* As inet_aton(3) takes one: 4git is a name. */
static bool is_number(struct str label)
{
    bool hex = str_starts(label, STR("0x")) || str_starts(label, STR("0X"));
    size_t i = hex ? 2 : 0;
    while (i < label.n && (is_digit(label.p[i]) || (hex && strchr("abcdefABCDEF", label.p[i])))) i++;
    return i == label.n;
}

/* Some read 127.1, 0x7f000001 and 2130706433 as addresses: only the one way to write one is taken. */
static enum rc check_host(struct ctx *cx, struct location *l)
{
    struct str rest = l->host, label, last = STR("");
    unsigned char bytes[16];
    const char *text = arena_cstr(&cx->arena, l->host);
    if (l->address) return OK;
    l->address = inet_pton(AF_INET, text, bytes) == 1;
    if (l->address) return OK;
    if (!l->host.n || l->host.n > HOST_MOST) return fail(cx, E_INVALID, "a host is expected");
    while (str_cut(&rest, '.', &label)) {
        if (!label.n) return fail(cx, E_INVALID, "a host has no empty part");
        last = label;
        if (label.p[0] == '-') return fail(cx, E_INVALID, "a host does not begin with a dash");
        for (size_t i = 0; i < label.n; i++)
            if (!is_digit(label.p[i]) && !is_letter(label.p[i]) && label.p[i] != '-' && label.p[i] != '_')
                return fail(cx, E_INVALID, "a host has letters, digits, dashes and dots: others are written as xn--…");
    }
    if (is_number(last))
        return fail(cx, E_INVALID, "a host does not end in a number; an address has four, each to 255");
    return OK;
}

static enum rc read_port(struct ctx *cx, struct str text, struct location *l)
{
    int64_t n;
    if (!text.p) return OK;
    l->port = text;
    return str_to_i64(text, 1, 65535, &n) && is_digit(text.p[0]) ? OK
                                                                 : fail(cx, E_INVALID, "a port is from 1 to 65535");
}

/* HOST, HOST:PORT, [ADDRESS], [ADDRESS]:PORT. */
static enum rc read_host(struct ctx *cx, struct str text, struct location *l)
{
    unsigned char bytes[16];
    struct str port = text;
    if (text.n && text.p[0] == '[') {
        (void)str_cut(&port, ']', &l->host);
        l->host = str_slice(l->host, 1, l->host.n);
        l->address = port.p && inet_pton(AF_INET6, arena_cstr(&cx->arena, l->host), bytes) == 1;
        if (!l->address || (port.n && port.p[0] != ':'))
            return fail(cx, E_INVALID, "between brackets an IPv6 address is expected");
        return read_port(cx, port.n ? str_slice(port, 1, port.n) : STR_NONE, l);
    }
    (void)str_cut(&port, ':', &l->host);
    TRY(read_port(cx, port, l));
    return check_host(cx, l);
}

/* Of [USER@]HOST:PATH, up to the colon: the host has no port there. */
static size_t short_end(struct str text)
{
    size_t at = 0;
    while (at < text.n && text.p[at] != '@' && text.p[at] != ':') at++;
    at = at < text.n && text.p[at] == '@' ? at + 1 : 0;
    bool brackets = at < text.n && text.p[at] == '[';
    while (at < text.n && text.p[at] != (brackets ? ']' : ':')) at++;
    return at + brackets;
}

enum rc location_read(struct ctx *cx, struct str text, struct location *out)
{
    *out = (struct location){.ssh = !str_starts(text, STR("https://")), .user = STR(""), .port = STR("")};
    bool scheme = has_scheme(text);
    if (!location_is_elsewhere(text)) return fail(cx, E_INVALID, "a location is a path, or an address of https or ssh");
    if (text.p[0] == '-') return fail(cx, E_INVALID, "a location does not begin with a dash");
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f)
            return fail(cx, E_INVALID, "a location has no blanks and no control characters");
    if (scheme && (memchr(text.p, '?', text.n) || memchr(text.p, '#', text.n)))
        return fail(cx, E_INVALID, "a location has neither ? nor #: a token does not belong into it");
    struct str host, rest = scheme ? str_slice(text, out->ssh ? 6 : 8, text.n) : text;
    if (scheme)
        (void)str_cut(&rest, '/', &host);
    else
        host = str_slice(text, 0, short_end(text));
    struct str user = user_info(scheme ? text : host);
    if (!scheme && str_has(user_info(text), STR(":")))
        return fail(cx, E_INVALID, "a location holds no password: register a key at the host instead");
    if (user.p) {
        out->user = user;
        host = str_slice(host, user.n + 1, host.n);
    }
    TRY(check_user(cx, out, scheme));
    return read_host(cx, host, out);
}
