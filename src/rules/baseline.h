/* A baseline: findings that are known and accepted until a date, each with an owner. It takes them out of --fail-on and
 * of `check`, and they are reported as such. An entry past its end counts no more. Format: docs/formats/baseline.md. */
#ifndef SINETTI_RULES_BASELINE_H
#define SINETTI_RULES_BASELINE_H

#include "rules/rules.h"

/* Reads the JSON file; E_INVALID with the entry's place and what is wrong, E_LIMIT past LIMIT_BASELINE or
 * LIMIT_BASELINE_ENTRIES. Entries that have ended at `now` are not found by baseline_find(), but kept by
 * baseline_write(). It lives in the ctx's arena. */
enum rc baseline_read(struct ctx *cx, const char *file, int64_t now, struct baseline **out) MUST_CHECK;
/* Writes every failing finding of `a` that is not excused (its keys where the options asked for them, else its
 * findings) as an entry with this owner and end date, keeping owner, end and reason of entries already in `old` (may be
 * NULL); those that have ended get the new owner and end. By obligation, then id. Written beside and renamed. E_LIMIT
 * when there are more than LIMIT_BASELINE_ENTRIES. */
enum rc baseline_write(struct ctx *cx, const struct assessment *a, const struct baseline *old, struct str owner,
                       int64_t until, const char *file) MUST_CHECK;
/* How many entries have ended. */
size_t baseline_ended(const struct baseline *b);
/* Whether the finding id is accepted; owner and until ("2026-12-31") are borrowed from b and may be NULL. */
bool baseline_find(const struct baseline *b, struct str id, struct str *owner, struct str *until);

#endif
