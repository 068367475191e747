/* What several operations of metrics read: the figures as they were last measured, and the register's items. */
#ifndef SINETTI_API_METRIC_H
#define SINETTI_API_METRIC_H

#include "api/api.h"
#include "catalog/metric.h"

struct metric_now {
    bool measured;
    int64_t value, numerator, denominator, at;
};
/* Of each metric of the catalog, in its order. *at: when any was measured last; 0: never. */
enum rc metric_now_read(struct ctx *cx, struct api_call *call, struct metric_now **out, int64_t *at) MUST_CHECK;

/* An item of the register of metrics. */
struct metric_item {
    struct str measure; /* key of the metric it follows; empty: none of the catalog */
    struct str subject, title, owner, owner_name, state, phase;
    int64_t number, cycle;                            /* cycle: days; 0 none */
    struct str objective, requirement, target, alarm; /* STR_NONE: not filled in */
    struct str presented, review, due;                /* dates and a subject; STR_NONE: not yet */
};
struct metric_items {
    struct metric_item *p;
    size_t n;
};
enum rc metric_items_read(struct ctx *cx, struct api_call *call, struct metric_items *out) MUST_CHECK;
void metric_item_put(struct api_call *call, const struct metric_item *i);

struct str metric_unit(const struct catalog_metric *m, enum lang lang);
/* 66700 as "66.7" (of a share, of days) or "3" (of a count), with the language's decimal sign. */
const char *metric_figure(struct ctx *cx, const struct catalog_metric *m, int64_t value, enum lang lang);

#endif
