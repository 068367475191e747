/* One case of a metric (docs/formats/metrics.md). Only this room sees this. */
#ifndef SINETTI_METRICS_CASE_H
#define SINETTI_METRICS_CASE_H

#include "metrics/metrics.h"

/* false when it fails: `why` then says how. *measured: there was something to measure. */
bool metrics_case_run(struct ctx *cx, const struct catalog *catalog, const struct catalog_metric *m, struct str json,
                      bool *measured, struct buf *why);

#endif
