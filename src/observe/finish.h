/* Private to observe: what is done once everything was read, with a cache or without. */
#ifndef SINETTI_OBSERVE_FINISH_H
#define SINETTI_OBSERVE_FINISH_H

#include "observe/run.h"

enum rc run_open(struct run *r, struct ctx *cx, struct git *g, const struct observe_options *o) MUST_CHECK;
/* Empty tables and new keys. */
enum rc run_new_tables(struct run *r) MUST_CHECK;
/* Needs join_collect(): joins people, ties files together, writes d_repository and the notices. */
enum rc run_finish(struct run *r, struct observe_outcome *out) MUST_CHECK;
/* Gives all back but the database, which is closed unless `keep`. */
void run_close(struct run *r, bool keep);

/* Adds a notice of its own to the outcome. */
void run_notice(struct run *r, struct observe_outcome *out, int notice, int64_t n, struct str detail);

#endif
