#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

const char *library_open(const char *file, const struct library_symbol *symbols, size_t n)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return file;
    for (size_t i = 0; i < n; i++) {
        void *found = dlsym(handle, symbols[i].name);
        if (!found) return symbols[i].name;
        memcpy(symbols[i].slot, &found, sizeof found);
    }
    return NULL;
}
