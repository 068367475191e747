/* Private to observe: history → d_commit, d_trailer, d_change. */
#ifndef SINETTI_OBSERVE_HISTORY_H
#define SINETTI_OBSERVE_HISTORY_H

#include "observe/run.h"

/* Walks what is reachable from the head and not from `exclude` (STR_NONE: all), adds it to the tables and to r->graph.
 * `meanwhile` is called between commits, so that the reading of files goes on; may be NULL. */
enum rc history_read(struct run *r, struct str exclude, enum rc (*meanwhile)(void *arg), void *arg) MUST_CHECK;

/* Drops what is older than the period or no longer reachable from the head, and places the graph. */
enum rc history_trim(struct run *r) MUST_CHECK;

/* Writes place and persons of each commit; in_future by o->now. `person` maps a mention's hash to the person's. */
enum rc history_finish(struct run *r, struct str (*person)(void *arg, struct str mention), void *arg) MUST_CHECK;

#endif
