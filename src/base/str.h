/* Borrowed bytes with a length, and a buffer that grows up to a ceiling. Pure. */
#ifndef SINETTI_BASE_STR_H
#define SINETTI_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/rc.h"

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

struct str str_from(const char *cstr);        /* NULL gives STR_NONE */
struct str str_environment(const char *name); /* STR_NONE when it is not set, or empty */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII */
int str_cmp(struct str a, struct str b);        /* by bytes, shorter first */
void str_sort(struct str *list, size_t n);      /* as str_cmp() */
bool str_among(const struct str *sorted, size_t n, struct str s);
bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_ends_nocase(struct str s, struct str suffix);
bool str_has(struct str s, struct str part);
bool str_has_nocase(struct str s, struct str part);
const char *str_find(struct str s, struct str part);        /* NULL when absent */
struct str str_trim(struct str s);                          /* ASCII white space */
struct str str_slice(struct str s, size_t from, size_t to); /* clamped */

/* Cuts the part of *rest before the first `sep` (all of it when there is none) and moves *rest behind it.
 * false when *rest was exhausted (its p is then NULL). */
bool str_cut(struct str *rest, char sep, struct str *part);

/* A whole decimal number within [min, max]; false otherwise. */
bool str_to_i64(struct str s, int64_t min, int64_t max, int64_t *out);

/* Whether s is well-formed UTF-8 (RFC 3629; no surrogates, nothing over U+10FFFF). */
bool str_is_utf8(struct str s);
/* Length in bytes of the UTF-8 character at s.p[at], at < s.n, its code point in *cp; 0 when malformed. */
size_t str_char(struct str s, size_t at, uint32_t *cp);
/* Controls, bidi overrides and isolates, zero-width characters, line separators, tags, the byte order mark: what
 * changes how the text around it is shown. */
bool char_is_deceptive(uint32_t cp);

struct buf {
    char *p;
    size_t n, cap, max;
    bool failed; /* the ceiling was reached or memory ran out: content is incomplete */
};

/* A buffer that holds at most `max` bytes (0: LIMIT_BUF). Appends past it set `failed` and change nothing. */
void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory, resets `failed` */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_cstr(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str buf_view(const struct buf *b);       /* borrowed until the next append */
enum rc buf_ok(const struct buf *b) MUST_CHECK; /* E_LIMIT when failed */

/* Text from outside made safe to show: control characters (C0, C1, DEL), bidi controls and zero-width characters,
 * and bytes that are not UTF-8 become visible escapes ("\x1b", "\u202e"); newlines and tabs become spaces. */
void buf_visible(struct buf *b, struct str s);
/* One word of a command that a shell reads (POSIX, 2.2.2). */
void buf_quoted(struct buf *b, struct str s);

#define scoped_buf __attribute__((cleanup(buf_release))) struct buf

#endif
