#include "ledger/libpq.h"

#include <dlfcn.h>
#include <pthread.h>

static struct libpq library;
static const char *missing; /* what of it */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    void *handle = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    const struct {
        const char *name;
        void *slot;
    } symbols[] = {
#define LIBPQ_SYMBOL(name) {#name, &library.name},
        LIBPQ_FUNCTIONS(LIBPQ_SYMBOL)
#undef LIBPQ_SYMBOL
    };
    missing = handle ? NULL : "libpq.so.5";
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols && !missing; i++) {
        void *found = dlsym(handle, symbols[i].name);
        if (!found) missing = symbols[i].name;
        memcpy(symbols[i].slot, &found, sizeof found);
    }
}

enum rc libpq_get(struct ctx *cx, const struct libpq **out)
{
    pthread_once(&once, load);
    *out = &library;
    return missing ? fail(cx, E_IO, "a log on PostgreSQL needs libpq (Debian: libpq5); not found: %s", missing) : OK;
}
