/* What the files of this room share. */
#ifndef SINETTI_METRICS_METRICS_INT_H
#define SINETTI_METRICS_METRICS_INT_H

#include "metrics/metrics.h"

/* A database with the facts' tables, `file`, as metrics read it, with derived.db of the data folder `dir`. */
enum rc metrics_open(struct ctx *cx, const char *file, const char *dir, const struct catalog *c,
                     sqlite3 **out) MUST_CHECK;

#endif
