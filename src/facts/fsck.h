/* `fsck` of the tables of facts: they are made again beside and compared row by row. Memory is bounded; the tables made
 * again need as much room in $TMPDIR as the old ones take. */
#ifndef SINETTI_FACTS_FSCK_H
#define SINETTI_FACTS_FSCK_H

#include "catalog/catalog.h"
#include "ledger/log_reader.h"

struct facts_fsck {
    void (*found)(void *arg, const char *what); /* each thing that is wrong, named */
    void *arg;
    uint64_t problems;
    uint64_t rows;    /* compared */
    uint64_t others;  /* kinds whose tables another version of the catalog made: not compared */
    uint64_t waiting; /* facts that are in no table yet; the next fact that is added takes them along */
};

/* OK when it could look at everything, whatever it found. The ledger itself is log_check()'s; a body that is not what
 * was recorded ends this check. */
enum rc facts_fsck(struct ctx *cx, struct log_reader *r, const struct catalog *c, struct facts_fsck *out) MUST_CHECK;

#endif
