/* The arrays of struct shared_batch as PostgreSQL's binary form has them. Pure. */
#ifndef SINETTI_LEDGER_SHARED_ARRAYS_H
#define SINETTI_LEDGER_SHARED_ARRAYS_H

#include "base/str.h"

#define SHARED_ARRAY_HEADER 20

/* With its header filled in for n elements of that type. */
struct str shared_array(const struct buf *b, unsigned type, size_t n);

#endif
