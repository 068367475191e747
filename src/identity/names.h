/* Names and addresses of people: which are well-formed, and which can be taken for one another. Pure.
 *
 * Two names are alike when they are the same after compatibility normalization (width, ligatures), with case folded,
 * blanks run together and letters of other scripts put as the Latin ones they look like (names.c has the table); or
 * when they are the same with their case but capital I, small l and the digit 1 as one. */
#ifndef SINETTI_IDENTITY_NAMES_H
#define SINETTI_IDENTITY_NAMES_H

#include "base/ctx.h"

/* E_INVALID says what is wrong with a person's or group's name: controls, marks that change how text is shown, blanks
 * at an end or two in a row, Latin mixed with Cyrillic or Greek in one word, over `most` bytes. */
enum rc name_check(struct ctx *cx, struct str name, size_t most) MUST_CHECK;
/* An address as RFC 5321 has it without quoting, in ASCII: others look alike too easily. */
enum rc address_check(struct ctx *cx, struct str address) MUST_CHECK;

/* What a name is compared by; in cx's arena. Of what is not UTF-8 the bytes themselves. */
struct name_skeleton {
    struct str folded, cased;
};
enum rc name_skeleton(struct ctx *cx, struct str name, struct name_skeleton *out) MUST_CHECK;
/* s with accents as one character with their letter (NFC): what is typed the same becomes the same bytes. */
enum rc text_composed(struct ctx *cx, struct str s, struct str *out) MUST_CHECK;
/* The same without case (Unicode's full folding, NFC): what file systems that know neither take for one. Of what is not
 * UTF-8 the bytes themselves. */
enum rc text_folded(struct ctx *cx, struct str s, struct str *out) MUST_CHECK;
bool name_alike(const struct name_skeleton *a, const struct name_skeleton *b);

#endif
