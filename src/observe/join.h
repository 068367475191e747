/* Private to observe: mentions → persons, once all mentions of a run are in the tables. Which mentions are in them
 * decides alone, so that the outcome does not depend on what an earlier run had seen. */
#ifndef SINETTI_OBSERVE_JOIN_H
#define SINETTI_OBSERVE_JOIN_H

#include "observe/run.h"

/* Collects the mentions in use: temporary table used(mention). */
enum rc join_collect(struct run *r) MUST_CHECK;
/* Replaces mentions by persons in every table, places the commits, drops `used`. */
enum rc join_finish(struct run *r) MUST_CHECK;

#endif
