/* Reviewing changes in a terminal: `ssh HOST review …`, for who came in by the door. */
#ifndef SINETTI_CLI_REVIEW_H
#define SINETTI_CLI_REVIEW_H

#include "cli/review_print.h"
#include "gates/change.h"

/* Does what is asked on the data folder, as that caller, and prints to standard output. */
enum rc review_run(struct ctx *cx, struct facts *f, const char *dir, const struct gate_caller *by,
                   const struct review_asked *asked) MUST_CHECK;

#endif
