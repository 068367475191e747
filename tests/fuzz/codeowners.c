/* CODEOWNERS as a file, and its patterns: the index and the plain matcher must agree. */
#include "observe_one.h"

#include <stdlib.h>

#include "observe/codeowners.h"

static void found(void *arg, int32_t rule, int32_t section)
{
    (void)rule;
    (void)section;
    ++*(int *)arg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as("CODEOWNERS", data, size);
    read_as(".github/CODEOWNERS", data, size);
    /* first line a pattern, second a path */
    struct str rest = {(const char *)data, size}, pattern, path;
    if (!size || size > 500 || memchr(data, 0, size) || !str_cut(&rest, '\n', &pattern) || !rest.p || !pattern.n)
        return 0;
    path = rest;
    if (!path.n || path.p[0] == '/' || str_has(path, STR("//")) || path.p[path.n - 1] == '/') return 0;
    for (int d = OWNERS_GITHUB; d <= OWNERS_GITLAB; d++) {
        struct arena a;
        arena_init(&a);
        struct owners_index *x = owners_index_new(&a, (enum owners_dialect)d, 10000000);
        owners_index_add(x, pattern, 0, 0, false);
        int n = 0;
        int64_t work = 10000000;
        bool plain = owners_pattern_matches(pattern, path, (enum owners_dialect)d, &work);
        if (owners_index_find(x, path, found, &n) && work > 0 && (n > 0) != plain) abort();
        arena_release(&a);
    }
    return 0;
}
