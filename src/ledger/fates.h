/* Two bits for each fact of a ledger, in bounded memory whatever its length: written in order, looked up anywhere.
 * What does not fit into the window goes to a temporary file that has no name. One thread at a time. */
#ifndef SINETTI_LEDGER_FATES_H
#define SINETTI_LEDGER_FATES_H

#include "base/ctx.h"

enum fate {
    FATE_THERE,  /* the body is there */
    FATE_ABSENT, /* it is not, and no erasure said so yet */
    FATE_KEPT,   /* of a kind that cannot be erased */
    FATE_ERASED  /* an erasure named it */
};

struct fates {
    uint64_t n;     /* fates written */
    size_t window;  /* bytes held in memory; four fates each */
    uint8_t *bytes; /* those of the window that begins at `start` */
    uint64_t start; /* in bytes */
    int file;       /* -1: not needed yet */
};

/* `window` in bytes; 0: LIMIT_FATES. */
void fates_init(struct fates *m, size_t window);
void fates_release(struct fates *m);

/* The fate of the next fact. E_IO when the temporary file cannot be written. */
enum rc fates_add(struct ctx *cx, struct fates *m, enum fate fate) MUST_CHECK;
/* That of fact i < n, and another in its place. */
enum rc fates_get(struct ctx *cx, const struct fates *m, uint64_t i, enum fate *out) MUST_CHECK;
enum rc fates_set(struct ctx *cx, struct fates *m, uint64_t i, enum fate fate) MUST_CHECK;

#endif
