/* `fsck` of the ledger's tables: everything is computed again from the entries and compared with what is kept beside
 * them. Memory is bounded but for one number per erased body. */
#ifndef SINETTI_LEDGER_LOG_CHECK_H
#define SINETTI_LEDGER_LOG_CHECK_H

#include "ledger/log_reader.h"

struct log_check {
    void (*found)(void *arg, const char *what); /* each thing that is wrong, named */
    void *arg;
    uint64_t problems;
    uint64_t entries, bodies, erased; /* looked at; bodies that are there; bodies that are not, rightly */
};

/* OK when it could look at everything, whatever it found. */
enum rc log_check(struct ctx *cx, struct log_reader *r, struct log_check *c) MUST_CHECK;

#endif
