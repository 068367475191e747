/* A baseline: findings that are known and accepted until a date, each with an owner. It takes them out of --fail-on and
 * of `check`, and they are reported as such. An entry past its end counts no more. Format: docs/formats/baseline.md. */
#ifndef SINETTI_RULES_BASELINE_H
#define SINETTI_RULES_BASELINE_H

#include "rules/rules.h"

/* Reads the JSON file; E_INVALID with the entry's place and what is wrong. `now` drops entries that have ended. */
enum rc baseline_read(struct ctx *cx, const char *file, int64_t now, struct baseline **out) MUST_CHECK;
/* Writes every failing finding of `a` as an entry with this owner and end date, keeping the owner and end of entries
 * already in `old` (may be NULL). Written beside and renamed. */
enum rc baseline_write(struct ctx *cx, const struct assessment *a, const struct baseline *old, struct str owner,
                       int64_t until, const char *file) MUST_CHECK;
/* Whether the finding id of this obligation is accepted; owner and until are borrowed from b. */
bool baseline_find(const struct baseline *b, struct str id, struct str *owner, struct str *until);

#endif
