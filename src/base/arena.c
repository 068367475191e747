#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_SIZE (64 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t cap;
    _Alignas(max_align_t) char data[];
};

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ONE_EACH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ONE_EACH 1
#endif
#endif
#ifndef ARENA_ONE_EACH
#define ARENA_ONE_EACH 0
#endif

static void out_of_memory(void)
{
    fputs("sinetti: out of memory\n", stderr);
    abort();
}

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_release(struct arena *a)
{
    struct arena_block *next;
    for (struct arena_block *b = a->head; b; b = next) {
        next = b->next;
        free(b);
    }
    arena_init(a);
}

static void add_block(struct arena *a, size_t cap)
{
    struct arena_block *b = calloc(1, sizeof *b + cap);
    if (!b) out_of_memory();
    b->cap = cap;
    b->next = a->head;
    a->head = b;
    a->used = 0;
    a->total += cap;
}

void *arena_alloc(struct arena *a, size_t n)
{
    size_t size = (n + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
    if (size < n) out_of_memory();
    if (ARENA_ONE_EACH) {
        add_block(a, n ? n : 1);
        a->used = a->head->cap;
        return a->head->data;
    }
    if (!a->head || a->head->cap - a->used < size) {
        if (size > BLOCK_SIZE / 4 && a->head) {
            /* A large object gets a block of its own behind the current one, which stays in use. */
            struct arena_block *b = calloc(1, sizeof *b + size);
            if (!b) out_of_memory();
            b->cap = size;
            b->next = a->head->next;
            a->head->next = b;
            a->total += size;
            return b->data;
        }
        add_block(a, size > BLOCK_SIZE ? size : BLOCK_SIZE);
    }
    void *p = a->head->data + a->used;
    a->used += size;
    return p;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) out_of_memory();
    return arena_alloc(a, bytes);
}

struct str arena_str(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    return (struct str){p, s.n};
}

char *arena_cstr(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    return p;
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) n = 0;
    char *p = arena_alloc(a, (size_t)n + 1);
    (void)vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (struct str){p, (size_t)n};
}
