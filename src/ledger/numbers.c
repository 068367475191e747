#include "ledger/numbers.h"

#include <stdlib.h>

bool numbers_add(struct numbers *s, uint64_t v)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 64;
        uint64_t *p = realloc(s->p, cap * sizeof *p);
        if (!p) return false;
        s->p = p;
        s->cap = cap;
    }
    s->p[s->n++] = v;
    s->sorted = false;
    return true;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

bool numbers_have(struct numbers *s, uint64_t v)
{
    if (!s->n) return false;
    if (!s->sorted) qsort(s->p, s->n, sizeof *s->p, ascending);
    s->sorted = true;
    return bsearch(&v, s->p, s->n, sizeof *s->p, ascending) != NULL;
}

void numbers_release(struct numbers *s)
{
    free(s->p);
    *s = (struct numbers){0};
}
