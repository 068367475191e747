#include "rules/marks.h"

#include <stdlib.h>

void marks_init(struct marks *m, size_t max)
{
    *m = (struct marks){.max = max};
}

void marks_release(struct marks *m)
{
    free(m->slots);
    *m = (struct marks){0};
}

void marks_clear(struct marks *m)
{
    if (m->slots) memset(m->slots, 0, m->cap * sizeof *m->slots);
    m->n = 0;
}

static struct mark *slot(struct mark *slots, size_t cap, const uint8_t key[MARK_KEY])
{
    uint64_t start;
    memcpy(&start, key, sizeof start);
    for (size_t i = (size_t)start & (cap - 1);; i = (i + 1) & (cap - 1))
        if (!slots[i].value || memcmp(slots[i].key, key, MARK_KEY) == 0) return &slots[i];
}

/* At most three quarters full. */
static bool grow(struct marks *m)
{
    if (m->cap && m->n < m->cap / 4 * 3) return true;
    size_t cap = m->cap ? 2 * m->cap : 64;
    struct mark *slots = calloc(cap, sizeof *slots);
    if (!slots) return false;
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].value) *slot(slots, cap, m->slots[i].key) = m->slots[i];
    free(m->slots);
    m->slots = slots;
    m->cap = cap;
    return true;
}

uint32_t *marks_at(struct marks *m, const uint8_t key[MARK_KEY])
{
    if (!grow(m)) return NULL;
    struct mark *s = slot(m->slots, m->cap, key);
    if (s->value) return &s->value;
    if (m->n >= m->max) return NULL;
    m->n++;
    memcpy(s->key, key, MARK_KEY);
    return &s->value;
}
