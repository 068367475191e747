#include "catalog/source.h"

#include "base/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *source_more(struct source *s, void *old, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) return old;
    size_t more = *cap ? *cap * 2 : 16;
    void *p = arena_calloc(&s->cx->arena, more, size);
    if (n) memcpy(p, old, n * size);
    *cap = more;
    return p;
}

const char *source_show(struct source *s, struct str text)
{
    return str_visible(s->cx, text);
}

void source_fault(struct source *s, struct str file, int line, const char *remedy, const char *fmt, ...)
{
    char text[600];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    source_grow(s, s->faults, s->n_faults, s->cap_faults);
    s->faults[s->n_faults++] = (struct catalog_fault){file, line, arena_str(&s->cx->arena, str_from(text)),
                                                      arena_str(&s->cx->arena, str_from(remedy))};
}

static int by_place(const void *a, const void *b)
{
    const struct catalog_fault *x = a, *y = b;
    int c = str_cmp(x->file, y->file);
    if (c == 0) c = x->line < y->line ? -1 : x->line > y->line;
    return c ? c : str_cmp(x->text, y->text);
}

void source_sort_faults(struct source *s)
{
    if (s->n_faults) qsort(s->faults, s->n_faults, sizeof *s->faults, by_place);
}

bool source_is_key(struct str s, const char *also)
{
    if (s.n == 0 || s.n > 64 || s.p[0] < 'a' || s.p[0] > 'z') return false;
    for (size_t i = 1; i < s.n; i++) {
        char c = s.p[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        if (!fine && !(also && c && strchr(also, c))) return false;
    }
    return true;
}

bool source_is_kind(struct str s)
{
    return s.n <= LIMIT_KIND && source_is_key(s, "_") && !memchr(s.p, '-', s.n);
}
