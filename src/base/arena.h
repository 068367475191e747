/* An arena: memory that lives as long as one request or job and is freed as a whole.
 * In sanitizer builds each object is a malloc of its own, so that overruns are seen. One thread at a time. */
#ifndef SINETTI_BASE_ARENA_H
#define SINETTI_BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *head;
    size_t used;  /* bytes handed out of head */
    size_t total; /* bytes held from the system */
};

void arena_init(struct arena *a);
void arena_release(struct arena *a);

/* n zeroed bytes aligned for any type. Out of memory ends the process: there is no way on. */
void *arena_alloc(struct arena *a, size_t n);
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_calloc((a), (n), sizeof(type)))
void *arena_calloc(struct arena *a, size_t n, size_t size);

/* A copy of s in the arena; its bytes are followed by a NUL that is not counted. */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
