/* For the fuzz targets of what files say: gives the bytes to the readers of one or more paths. */
#ifndef TESTS_FUZZ_OBSERVE_ONE_H
#define TESTS_FUZZ_OBSERVE_ONE_H

#include "observe/classify.h"
#include "observe/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void read_as(const char *path, const uint8_t *data, size_t size)
{
    struct arena a;
    arena_init(&a);
    struct str bytes = {(const char *)data, size};
    struct classification k = classify(str_from(path), 0100644, str_slice(bytes, 0, 8192));
    (void)content_read(&a, str_from(path), k.class, bytes);
    arena_release(&a);
}

#define FUZZ_PATHS(...)                                                                                                \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                                                       \
    {                                                                                                                  \
        static const char *const paths[] = {__VA_ARGS__};                                                              \
        for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) read_as(paths[i], data, size);                     \
        return 0;                                                                                                      \
    }

#endif
