/* Vectors of this repository and of ../shared, for the tests of the ledger. */
#ifndef SINETTI_TESTS_UNIT_LEDGER_FILES_H
#define SINETTI_TESTS_UNIT_LEDGER_FILES_H

#include "unit.h"
#undef fail /* cmocka's; ours is in base/ctx.h */

#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/ctx.h"

static inline const char *source_dir(void)
{
    const char *dir = getenv("SINETTI_SOURCE");
    return dir ? dir : ".";
}

/* The file's bytes in the arena; STR_NONE when it cannot be read. */
static inline struct str file_bytes(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return STR_NONE;
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *p = arena_alloc(a, (size_t)n + 1);
    size_t got = fread(p, 1, (size_t)n, f);
    fclose(f);
    return got == (size_t)n ? (struct str){p, got} : STR_NONE;
}

/* tests/vectors/ledger/NAME, which must be there. */
static inline struct str vector(struct arena *a, const char *name)
{
    struct str s = file_bytes(a, arena_printf(a, "%s/tests/vectors/ledger/%s", source_dir(), name).p);
    if (!s.p) print_error("%s: cannot read\n", name);
    assert_non_null(s.p);
    return s;
}

/* Without the newline at the end. */
static inline struct str vector_line(struct arena *a, const char *name)
{
    return arena_str(a, str_trim(vector(a, name)));
}

static inline void vector_hex(struct arena *a, const char *name, void *out, size_t n)
{
    assert_true(hex_read_exact(out, n, vector_line(a, name)));
}

/* ../shared/standards/NAME; the test is skipped when it is absent. */
static inline struct str standard(struct arena *a, const char *name)
{
    struct str s = file_bytes(a, arena_printf(a, "%s/../shared/standards/%s", source_dir(), name).p);
    if (!s.p) {
        print_message("skipped: ../shared/standards/%s is not there\n", name);
        arena_release(a); /* skip() comes back no more */
        skip();
    }
    return s;
}

static inline void assert_str(struct str got, struct str want)
{
    if (!str_eq(got, want)) print_error("got:  " STR_FMT "\nwant: " STR_FMT "\n", STR_ARG(got), STR_ARG(want));
    assert_true(str_eq(got, want));
}

#define failed(...)                                                                                                    \
    do {                                                                                                               \
        print_error(__VA_ARGS__);                                                                                      \
        print_error("\n");                                                                                             \
        assert_true(false);                                                                                            \
    } while (0)

#endif
