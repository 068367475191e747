/* Reviewing changes in a terminal: `ssh HOST review …`, for who came in by the door. */
#ifndef SINETTI_CLI_REVIEW_H
#define SINETTI_CLI_REVIEW_H

#include "gates/change.h"

/* words: list REPOSITORY | show REPOSITORY N | approve|reject|withdraw REPOSITORY N PATCH_SET | publish|abandon
 * REPOSITORY N. Prints to standard output. E_INVALID says how to ask. */
enum rc review_run(struct ctx *cx, struct facts *f, const char *dir, const struct gate_caller *by,
                   const struct str *words, size_t n) MUST_CHECK;

#endif
