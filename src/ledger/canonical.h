/* Canonical JSON (docs/formats/ledger.md, section 1): one value, one spelling. Pure. */
#ifndef SINETTI_LEDGER_CANONICAL_H
#define SINETTI_LEDGER_CANONICAL_H

#include "base/ctx.h"

#define CANONICAL_MAX ((int64_t)9007199254740991) /* 2^53 - 1: every JSON reader has it exactly */

/* Reads the object `json` strictly, as it came from outside, and appends its canonical spelling to `out`. `around`
 * levels are to stand around it and count. E_INVALID names the path and byte of what is wrong; E_LIMIT when it is over
 * LIMIT_BODY before or after. */
enum rc canonical_from(struct ctx *cx, struct str json, unsigned around, struct buf *out) MUST_CHECK;

/* Whether `json` is an object in its canonical spelling. E_INVALID when not, with the place. */
enum rc canonical_check(struct ctx *cx, struct str json) MUST_CHECK;

/* A string as canonical JSON, with its quotes. `s` must be UTF-8 without U+0000. */
void canonical_put_str(struct buf *out, struct str s);

/* Walking what is known to be canonical. `*rest` starts as the whole object (or array) and is used up; false at its
 * end. Keys come without quotes, values as they are spelled. */
bool canonical_next(struct str *rest, struct str *key, struct str *value);
bool canonical_item(struct str *rest, struct str *value);
/* The value of one key; STR_NONE when the object has none. */
struct str canonical_find(struct str object, const char *key);
/* A spelled string without quotes and escapes, in the arena; false when the value is no string. */
bool canonical_str(struct arena *a, struct str value, struct str *out);
bool canonical_int(struct str value, int64_t *out);

#endif
