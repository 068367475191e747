#include "mail/smtp.h"

#include "base/curl.h"
#include "base/file.h"
#include "base/limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define CONNECT_SECONDS 10L
#define SLOWEST 10L     /* bytes a second … */
#define SLOWEST_FOR 20L /* … for so many seconds */
#define ANSWER_MOST 300 /* bytes of what a server says that are kept */

static atomic_bool ending;

static const char *const securities[SMTP_SECURITIES] = {"tls", "starttls", "none"};

const char *smtp_security_name(enum smtp_security s)
{
    return s < SMTP_SECURITIES ? securities[s] : "";
}

bool smtp_security_find(struct str name, enum smtp_security *out)
{
    for (int i = 0; i < SMTP_SECURITIES; i++)
        if (str_eq(name, str_from(securities[i]))) {
            *out = (enum smtp_security)i;
            return true;
        }
    return false;
}

static bool is_loopback(struct str host)
{
    return str_eq(host, STR("localhost")) || str_eq(host, STR("::1")) || str_starts(host, STR("127."));
}

static bool is_address6(struct ctx *cx, struct str host)
{
    struct in6_addr a;
    return inet_pton(AF_INET6, arena_cstr(&cx->arena, host), &a) == 1;
}

enum rc smtp_server_check(struct ctx *cx, const struct smtp_server *s)
{
    bool ok = s->host.n && s->host.n <= 253 && s->host.p[0] != '-' && s->host.p[0] != '.';
    for (size_t i = 0; ok && i < s->host.n; i++) {
        char c = s->host.p[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    }
    if (!ok && !(s->host.n && s->host.n < 46 && is_address6(cx, s->host)))
        return fail(cx, E_INVALID, "host: the name or address of a mail server is expected");
    if (s->port < 1 || s->port > 65535) return fail(cx, E_INVALID, "port: 1 to 65535 are expected");
    if (s->security == SMTP_PLAIN && !is_loopback(s->host))
        return fail(cx, E_INVALID, "security: without encryption mail goes to this machine alone (localhost)");
    if (s->security == SMTP_PLAIN && s->user.n && !is_loopback(s->host))
        return fail(cx, E_INVALID, "user: a password is never sent without encryption");
    for (size_t i = 0; i < s->user.n; i++)
        if ((unsigned char)s->user.p[i] < 0x20 || s->user.p[i] == 0x7f)
            return fail(cx, E_INVALID, "user: a character that it cannot have");
    for (size_t i = 0; i < s->password.n; i++)
        if ((unsigned char)s->password.p[i] < 0x20 || s->password.p[i] == 0x7f)
            return fail(cx, E_INVALID, "password: a character that it cannot have");
    return OK;
}

/* One exchange. */
struct exchange {
    const struct curl_functions *lib;
    CURL *curl;
    struct curl_slist *to;
    struct str message;
    int ca; /* -1: none of its own */
    size_t sent;
    bool ended;                   /* all of the message is sent */
    bool welcomed;                /* it has said 250 to our name */
    char answer[ANSWER_MOST + 1]; /* the last line it said, or the first that refused */
};

static size_t on_read(char *p, size_t one, size_t n, void *arg)
{
    struct exchange *x = arg;
    size_t room = one * n, left = x->message.n - x->sent;
    if (left > room) left = room;
    memcpy(p, x->message.p + x->sent, left);
    x->sent += left;
    x->ended = x->ended || !left; /* curl says the last dot now */
    return left;
}

/* Lines of the server. They are shown to an Admin: as they are, without what is no text. */
static size_t on_line(char *p, size_t one, size_t n, void *arg)
{
    struct exchange *x = arg;
    size_t kept = 0;
    if (x->answer[0] >= '4') return one * n; /* a refusal is what counts, not the goodbye behind it */
    for (size_t i = 0; i < one * n && kept < ANSWER_MOST; i++)
        if (p[i] >= ' ' && p[i] < 0x7f) x->answer[kept++] = p[i];
    x->answer[kept] = 0;
    x->welcomed = x->welcomed || !strncmp(x->answer, "250", 3);
    return one * n;
}

static int on_progress(void *arg, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    (void)arg, (void)down_all, (void)down, (void)up_all, (void)up;
    return atomic_load(&ending);
}

void smtp_stop(void)
{
    atomic_store(&ending, true);
}

static size_t on_body(char *p, size_t one, size_t n, void *arg)
{
    (void)p, (void)arg;
    return one * n;
}

static bool set_server(struct ctx *cx, const struct exchange *x, const struct smtp_server *s)
{
    __typeof__(curl_easy_setopt) *set = x->lib->setopt;
    CURL *c = x->curl;
    bool v6 = is_address6(cx, s->host);
    const char *url = arena_printf(&cx->arena, "%s://%s" STR_FMT "%s:%d", s->security == SMTP_TLS ? "smtps" : "smtp",
                                   v6 ? "[" : "", STR_ARG(s->host), v6 ? "]" : "", s->port)
                          .p;
    bool ok = set(c, CURLOPT_URL, url) == CURLE_OK && set(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
              set(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && set(c, CURLOPT_PROXY, "") == CURLE_OK &&
              set(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) == CURLE_OK &&
              set(c, CURLOPT_TIMEOUT, (long)LIMIT_MAIL_SECONDS) == CURLE_OK &&
              set(c, CURLOPT_LOW_SPEED_LIMIT, SLOWEST) == CURLE_OK &&
              set(c, CURLOPT_LOW_SPEED_TIME, SLOWEST_FOR) == CURLE_OK &&
              set(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
              set(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK && set(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
              set(c, CURLOPT_USE_SSL, (long)(s->security == SMTP_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL)) == CURLE_OK;
    ok = ok && set(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK && set(c, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK;
    if (ok && s->user.n)
        ok = set(c, CURLOPT_USERNAME, arena_cstr(&cx->arena, s->user)) == CURLE_OK &&
             set(c, CURLOPT_PASSWORD, arena_cstr(&cx->arena, s->password)) == CURLE_OK;
    return ok;
}

/* Certificates given as bytes: GnuTLS reads them from files alone, so one that has no name. */
static enum rc set_ca(struct ctx *cx, struct exchange *x, struct str ca)
{
    x->ca = memfd_create("ca", MFD_CLOEXEC);
    if (x->ca < 0 || !file_write_all(x->ca, ca))
        return fail(cx, E_IO, "no memory for certificates: %s", strerror(errno));
    const char *path = arena_printf(&cx->arena, "/proc/self/fd/%d", x->ca).p;
    bool ok = x->lib->setopt(x->curl, CURLOPT_CAINFO, path) == CURLE_OK &&
              x->lib->setopt(x->curl, CURLOPT_CAPATH, (char *)NULL) == CURLE_OK;
    return ok ? OK : fail(cx, E_IO, "this libcurl cannot be told whom to believe");
}

static bool set_message(struct ctx *cx, struct exchange *x, struct str from, struct str to)
{
    __typeof__(curl_easy_setopt) *set = x->lib->setopt;
    CURL *c = x->curl;
    x->to = x->lib->curl_slist_append(NULL, arena_printf(&cx->arena, "<" STR_FMT ">", STR_ARG(to)).p);
    return x->to && set(c, CURLOPT_MAIL_FROM, arena_printf(&cx->arena, "<" STR_FMT ">", STR_ARG(from)).p) == CURLE_OK &&
           set(c, CURLOPT_MAIL_RCPT, x->to) == CURLE_OK && set(c, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
           set(c, CURLOPT_READFUNCTION, on_read) == CURLE_OK && set(c, CURLOPT_READDATA, (void *)x) == CURLE_OK &&
           set(c, CURLOPT_HEADERFUNCTION, on_line) == CURLE_OK && set(c, CURLOPT_HEADERDATA, (void *)x) == CURLE_OK &&
           set(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK;
}

/* curl says which step failed; the code of the last answer says how. Who refuses us at the door (220, EHLO, AUTH)
 * refuses everybody: that is no fault of the message. */
static enum smtp_fate judge(struct ctx *cx, const struct exchange *x, const struct smtp_server *s, CURLcode code)
{
    int64_t answered = 0;
    if (code == CURLE_OK) return SMTP_SENT;
    bool of_message = code == CURLE_SEND_ERROR || code == CURLE_UPLOAD_FAILED || code == CURLE_WEIRD_SERVER_REPLY ||
                      code == CURLE_RECV_ERROR;
    bool answers = x->welcomed && of_message && str_to_i64(str_slice(str_from(x->answer), 0, 3), 400, 599, &answered);
    (void)fail(cx, E_BUSY, "%s:%d: %s", str_visible(cx, s->host), s->port,
               answers ? str_visible(cx, str_from(x->answer)) : x->lib->curl_easy_strerror(code));
    if (!answers && x->ended) return SMTP_UNKNOWN;
    if (!answers || answered == 421) return SMTP_TROUBLE; /* 421: the server goes away */
    return answered >= 500 ? SMTP_NEVER : SMTP_LATER;
}

enum rc smtp_send(struct ctx *cx, const struct smtp_server *s, struct str from, struct str to, struct str message,
                  enum smtp_fate *fate)
{
    *fate = SMTP_TROUBLE;
    const char *missing;
    const struct curl_functions *lib = curl_open(&missing);
    if (!lib) return fail(cx, E_IO, "mail needs " CURL_PACKAGE "; not found: %s", missing);
    TRY(smtp_server_check(cx, s));
    struct exchange x = {.lib = lib, .curl = lib->curl_easy_init(), .message = message, .ca = -1};
    enum rc rc = x.curl && s->ca.n ? set_ca(cx, &x, s->ca) : OK;
    if (rc == OK && x.curl && set_server(cx, &x, s) && set_message(cx, &x, from, to))
        *fate = judge(cx, &x, s, lib->curl_easy_perform(x.curl));
    else if (rc == OK)
        rc = fail(cx, E_IO, "this libcurl is too old (7.85 is needed)");
    if (x.ca >= 0) close(x.ca);
    if (x.curl) lib->curl_easy_cleanup(x.curl);
    if (x.to) lib->curl_slist_free_all(x.to);
    return rc;
}
