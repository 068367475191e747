#include "mail/message.h"

#include "base/base64.h"

#include <time.h>

#define WORD                                                                                                           \
    39 /* bytes of text in one encoded word: with what is around it and "Subject: " 76 characters (RFC 2047, 2) */
#define LINE 75  /* characters of a quoted-printable line, one less for the soft break (RFC 2045, 6.7) */
#define TEXT 998 /* of a header's text that is taken; longer ones are cut */

/* --- addresses */

static bool is_local(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr(".!#$%&'*+/=?^_{|}~-", c));
}

static bool label_ok(struct str s)
{
    if (!s.n || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-') return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return true;
}

bool mail_address_ok(struct str address)
{
    struct str domain = address, local, label;
    if (address.n > MAIL_ADDRESS || !str_cut(&domain, '@', &local) || !local.n || local.n > 64) return false;
    if (local.p[0] == '.' || local.p[local.n - 1] == '.' || str_has(local, STR(".."))) return false;
    for (size_t i = 0; i < local.n; i++)
        if (!is_local(local.p[i])) return false;
    if (!domain.n || domain.p[domain.n - 1] == '.') return false;
    for (struct str rest = domain; rest.n;) {
        (void)str_cut(&rest, '.', &label);
        if (!label_ok(label)) return false;
    }
    return true;
}

/* --- headers */

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
              (s.p[i] >= '0' && s.p[i] <= '9') || strchr(" -+/", s.p[i])))
            return false;
    return s.n && s.n <= 60 && s.p[0] != ' ' && s.p[s.n - 1] != ' ';
}

/* Text of a header. What is not plain goes as encoded words, cut between characters; controls become blanks. */
static void put_words(struct buf *out, struct str s)
{
    scoped_buf word;
    buf_init(&word, 0);
    s = str_slice(s, 0, TEXT);
    if (is_plain(s)) {
        buf_str(out, s);
        return;
    }
    bool first = true;
    for (size_t i = 0, n; i < s.n; i += n) {
        uint32_t cp = 0;
        n = str_char(s, i, &cp);
        if (!n) { /* malformed, or cut */
            n = 1;
            cp = 0;
        }
        if (word.n + n > WORD) {
            buf_cstr(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
            base64_put(out, word.p, word.n);
            buf_cstr(out, "?=");
            buf_clear(&word);
            first = false;
        }
        if (cp < 0x20 || char_is_deceptive(cp))
            buf_char(&word, ' ');
        else
            buf_add(&word, s.p + i, n);
    }
    buf_cstr(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
    base64_put(out, word.p, word.n);
    buf_cstr(out, "?=");
}

static void put_mailbox(struct buf *out, const char *header, struct str name, struct str address)
{
    buf_printf(out, "%s: ", header);
    if (name.n) {
        put_words(out, name);
        buf_cstr(out, "\r\n ");
    }
    buf_printf(out, "<" STR_FMT ">\r\n", STR_ARG(address));
}

static void put_date(struct buf *out, int64_t at)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t t = (time_t)at;
    struct tm tm;
    if (!gmtime_r(&t, &tm)) return;
    buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
               tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* --- parts */

/* Quoted-printable (RFC 2045, 6.7). */
static void put_quoted(struct buf *out, struct str s)
{
    int column = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '\r') continue;
        if (c == '\n') {
            buf_cstr(out, "\r\n");
            column = 0;
            continue;
        }
        bool ends = i + 1 == s.n || s.p[i + 1] == '\n' || s.p[i + 1] == '\r';
        bool literal = (c > 32 && c < 127 && c != '=' && !(c == '.' && !column)) || (c == ' ' && !ends);
        if (column + (literal ? 1 : 3) > LINE) {
            buf_cstr(out, "=\r\n");
            column = 0;
            literal = literal && c != '.';
        }
        if (literal)
            buf_char(out, (char)c);
        else
            buf_printf(out, "=%02X", c);
        column += literal ? 1 : 3;
    }
    buf_cstr(out, "\r\n");
}

static void put_part(struct buf *out, const char *boundary, const char *type, struct str text)
{
    buf_printf(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
               boundary, type);
    put_quoted(out, text);
}

static bool id_ok(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_local(s.p[i])) return false;
    return s.n > 0 && s.n <= 64;
}

static bool url_ok(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '<' || s.p[i] == '>') return false;
    return true;
}

enum rc mail_message_write(struct ctx *cx, const struct mail_message *m, struct buf *out)
{
    if (!mail_address_ok(m->to))
        return fail(cx, E_INVALID, "%s: mail cannot go to this address", str_visible(cx, m->to));
    if (!mail_address_ok(m->from))
        return fail(cx, E_INVALID, "%s: mail cannot come from this address", str_visible(cx, m->from));
    if (!id_ok(m->id) || !url_ok(m->preferences) || !is_plain(m->lang))
        return fail(cx, E_INTERNAL, "a message with an id, a language or a link that cannot be");
    struct str domain = m->from, local;
    (void)str_cut(&domain, '@', &local);
    /* made of the id, so that the same message is the same bytes; parts are encoded, so that it cannot stand in one */
    const char *boundary = arena_printf(&cx->arena, "=_" STR_FMT, STR_ARG(m->id)).p;
    put_mailbox(out, "From", m->from_name, m->from);
    put_mailbox(out, "To", m->to_name, m->to);
    buf_cstr(out, "Subject: ");
    put_words(out, m->subject);
    buf_cstr(out, "\r\n");
    put_date(out, m->at);
    buf_printf(out, "Message-ID: <" STR_FMT "@" STR_FMT ">\r\n", STR_ARG(m->id), STR_ARG(domain));
    buf_cstr(out,
             "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"); /* RFC 3834, 5; and Exchange */
    buf_printf(out, "Content-Language: " STR_FMT "\r\n", STR_ARG(m->lang));
    if (m->preferences.n) buf_printf(out, "List-Unsubscribe: <" STR_FMT ">\r\n", STR_ARG(m->preferences));
    buf_printf(out, "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
    put_part(out, boundary, "text/plain", m->text);
    put_part(out, boundary, "text/html", m->html);
    buf_printf(out, "--%s--\r\n", boundary);
    return buf_ok(out);
}
