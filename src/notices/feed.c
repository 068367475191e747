#include "notices/feed.h"

#include "base/digest.h"
#include "base/time.h"
#include "notices/phrase.h"

#include <sodium.h>
#include <time.h>

#define LINE 75 /* octets of a line, RFC 5545, 3.1 */

/* --- links */

static bool hash(struct str secret, uint8_t out[32])
{
    struct digest d;
    if (secret.n != FEED_SECRET) return false;
    digest_init(&d);
    digest_field(&d, STR("feed"));
    digest_add(&d, secret);
    digest_final(&d, out);
    return true;
}

enum rc feed_make(struct ctx *cx, sqlite3 *state, struct str person, int64_t now, char secret[FEED_SECRET + 1])
{
    scoped_stmt *st = NULL;
    unsigned char random[32];
    uint8_t digest[32];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(secret, FEED_SECRET + 1, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
    if (!hash(str_from(secret), digest)) return fail(cx, E_INTERNAL, "no secret was made");
    TRY(store_prepare(cx, state, STR("INSERT OR REPLACE INTO feed VALUES (?1, ?2, ?3, NULL)"), &st));
    store_bind_blob(st, 1, digest, sizeof digest);
    store_bind_str(st, 2, person);
    store_bind_int(st, 3, now);
    return store_run(cx, st);
}

enum rc feed_remove(struct ctx *cx, sqlite3 *state, struct str person)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, state, STR("DELETE FROM feed WHERE person = ?1"), &st));
    store_bind_str(st, 1, person);
    return store_run(cx, st);
}

enum rc feed_look(struct ctx *cx, sqlite3 *state, struct str person, int64_t *created, int64_t *seen)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, state, STR("SELECT created, coalesce(seen, 0) FROM feed WHERE person = ?1"), &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    *created = row ? sqlite3_column_int64(st, 0) : 0;
    *seen = row ? sqlite3_column_int64(st, 1) : 0;
    return OK;
}

enum rc feed_find(struct ctx *cx, sqlite3 *state, struct str secret, int64_t now, struct str *person)
{
    scoped_stmt *st = NULL;
    uint8_t digest[32];
    bool row;
    *person = STR_NONE;
    if (!hash(secret, digest)) return OK;
    TRY(store_prepare(cx, state, STR("UPDATE feed SET seen = ?2 WHERE hash = ?1 RETURNING person"), &st));
    store_bind_blob(st, 1, digest, sizeof digest);
    store_bind_int(st, 2, now);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    *person = arena_str(&cx->arena, store_column_str(st, 0));
    return store_step(cx, st, &row);
}

/* --- the calendar */

/* A property: escaped (3.3.11) and folded between characters (3.1). */
static void put(struct buf *out, const char *name, struct str value, bool is_text)
{
    scoped_buf line;
    buf_init(&line, 0);
    buf_printf(&line, "%s:", name);
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (is_text && (c == '\\' || c == ';' || c == ',')) buf_char(&line, '\\');
        if (c == '\n')
            buf_cstr(&line, "\\n");
        else if ((unsigned char)c >= ' ' && c != 0x7f)
            buf_char(&line, c);
    }
    struct str rest = buf_view(&line);
    for (size_t room = LINE; rest.n > room; room = LINE - 1) {
        size_t cut = room;
        while (cut > 1 && ((unsigned char)rest.p[cut] & 0xc0) == 0x80) cut--;
        buf_add(out, rest.p, cut);
        buf_cstr(out, "\r\n ");
        rest = str_slice(rest, cut, rest.n);
    }
    buf_str(out, rest);
    buf_cstr(out, "\r\n");
}

static void put_day(struct buf *out, const char *name, int64_t local)
{
    time_t at = (time_t)local;
    struct tm tm = {0};
    (void)gmtime_r(&at, &tm);
    buf_printf(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static void put_instant(struct buf *out, const char *name, int64_t t)
{
    time_t at = (time_t)t;
    struct tm tm = {0};
    (void)gmtime_r(&at, &tm);
    buf_printf(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
               tm.tm_min, tm.tm_sec);
}

/* The same thing keeps its id when it turns late, or is moved to another day. */
static void put_id(struct buf *out, const struct notice *n)
{
    struct str word = str_from(notice_word(n->what));
    const char *cut = str_find(word, STR("_overdue"));
    if (!cut) cut = str_find(word, STR("_due"));
    if (!cut) cut = str_find(word, STR("_end"));
    struct digest d;
    uint8_t bytes[32];
    char hex[33];
    digest_init(&d);
    digest_field(&d, cut ? str_slice(word, 0, (size_t)(cut - word.p)) : word);
    digest_field(&d, n->subject);
    digest_field(&d, n->detail);
    digest_final(&d, bytes);
    digest_hex(bytes, 16, hex);
    buf_printf(out, "UID:%s@sinetti\r\n", hex);
}

static void put_event(struct ctx *cx, const struct notices_options *o, const struct zone *z, enum lang lang,
                      struct str base, const struct notice *n, struct buf *out)
{
    bool item = n->what == NOTICE_ITEM_DUE || n->what == NOTICE_ITEM_OVERDUE; /* due at the end of its day */
    int64_t local = item ? n->due - DAY_SECONDS : n->due + zone_offset(z, n->due);
    buf_cstr(out, "BEGIN:VEVENT\r\n");
    put_id(out, n);
    put_instant(out, "DTSTAMP", o->now);
    put_day(out, "DTSTART", local);
    put_day(out, "DTEND", local + DAY_SECONDS);
    put(out, "SUMMARY", notice_title(cx, o, lang, n), true);
    put(out, "DESCRIPTION", phrase_why(cx, o, z, lang, n), true);
    if (base.n)
        put(out, "URL", arena_printf(&cx->arena, STR_FMT STR_FMT, STR_ARG(base), STR_ARG(notice_path(cx, n))), false);
    buf_cstr(out, "TRANSP:TRANSPARENT\r\nCLASS:PRIVATE\r\nEND:VEVENT\r\n");
}

enum rc feed_write(struct ctx *cx, const struct notices_options *o, const struct identity_who *who,
                   const struct zone *z, enum lang lang, struct str base, struct buf *out)
{
    struct notice *list;
    size_t n;
    TRY(notices_read(cx, o, who, &list, &n));
    buf_cstr(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sinetti//Sinetti " SINETTI_VERSION "//EN\r\n"
                  "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:Sinetti\r\n"
                  "REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n"); /* RFC 7986, 5.7 */
    for (size_t i = 0; i < n; i++)
        if (list[i].due) put_event(cx, o, z, lang, base, &list[i], out);
    buf_cstr(out, "END:VCALENDAR\r\n");
    return buf_ok(out);
}
