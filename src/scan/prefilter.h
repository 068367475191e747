/* Finds many literals (4 to 64 bytes, ASCII, any case) in one pass. Built once, then read-only. Pure. */
#ifndef SINETTI_SCAN_PREFILTER_H
#define SINETTI_SCAN_PREFILTER_H

#include "base/str.h"

struct prefilter;

/* literals: `n` strings, at least 4 bytes each. NULL when memory fails. */
struct prefilter *prefilter_new(const struct str *literals, size_t n);
void prefilter_free(struct prefilter *p);

/* Calls found(arg, literal's index, offset) for every place of every literal, nearly by offset; stops when it returns
 * false. */
void prefilter_run(const struct prefilter *p, struct str content, bool (*found)(void *arg, size_t literal, size_t at),
                   void *arg);

#endif
