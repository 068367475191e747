/* Counts or flags for very many keys in little memory: a key is 16 bytes of a SHA-256, so that nobody can choose keys
 * that meet. Only the rules room sees this. Pure. */
#ifndef SINETTI_RULES_MARKS_H
#define SINETTI_RULES_MARKS_H

#include "base/str.h"

#define MARK_KEY 16

struct mark {
    uint8_t key[MARK_KEY];
    uint32_t value; /* 0: not there yet */
};

struct marks {
    struct mark *slots;
    size_t n, cap, max;
};

void marks_init(struct marks *m, size_t max);
void marks_release(struct marks *m);
void marks_clear(struct marks *m); /* forgets the keys, keeps the memory */
/* The key's value, 0 when it is new: then the caller must set it to something else. Borrowed until the next call. NULL
 * when there are `max` keys or memory is out. */
uint32_t *marks_at(struct marks *m, const uint8_t key[MARK_KEY]);

#endif
