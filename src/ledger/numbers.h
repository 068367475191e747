/* A set of numbers of facts that is first filled and then asked. Pure. */
#ifndef SINETTI_LEDGER_NUMBERS_H
#define SINETTI_LEDGER_NUMBERS_H

#include "base/str.h"

struct numbers {
    uint64_t *p;
    size_t n, cap;
    bool sorted;
};

/* false when memory ran out. */
bool numbers_add(struct numbers *s, uint64_t v);
bool numbers_have(struct numbers *s, uint64_t v);
void numbers_release(struct numbers *s);

#endif
