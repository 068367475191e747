/* Metrics (docs/formats/metrics.md): a figure over facts, by a query that gives the rows behind it. Part of the
 * catalog; immutable once open. */
#ifndef SINETTI_CATALOG_METRIC_H
#define SINETTI_CATALOG_METRIC_H

#include "catalog/catalog.h"

/* What is made of the rows' `part` and `whole`. */
enum metric_value_type {
    METRIC_SHARE,       /* per cent: the sum of part by the sum of whole */
    METRIC_COUNT,       /* the sum of part; nothing to measure where the sum of whole is 0 */
    METRIC_MEDIAN_DAYS, /* the median of part, which is in seconds */
    METRIC_TYPES
};

struct catalog_metric {
    struct str key;
    int order;
    struct str title[LANG_COUNT], summary[LANG_COUNT];
    enum metric_value_type type;
    struct str unit[LANG_COUNT]; /* what is counted; empty unless METRIC_COUNT */
    bool higher;                 /* better is higher; else lower */
    int window;                  /* days of :since before :day */
    const struct str *shows;     /* points it is evidence for: task/key */
    size_t n_shows;
    struct str sql, evidence, blind_spots;
};

const char *metric_type_name(enum metric_value_type t);
const struct catalog_metric *catalog_find_metric(const struct catalog *c, struct str key);

#endif
