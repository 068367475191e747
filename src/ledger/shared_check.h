/* `fsck` of the log that servers share: its rows are checked like any from outside, and must be those this server has
 * seen. Changes nothing, here or there. */
#ifndef SINETTI_LEDGER_SHARED_CHECK_H
#define SINETTI_LEDGER_SHARED_CHECK_H

#include "ledger/log_check.h"

/* OK when it could look at everything, whatever it found; problems are added to those of `c`. *is_shared: there is such
 * a log; else nothing was done. *size: its facts. */
enum rc shared_check(struct ctx *cx, const char *dir, struct log_reader *r, struct log_check *c, bool *is_shared,
                     uint64_t *size) MUST_CHECK;

#endif
