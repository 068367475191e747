/* Control coverage as it stands in answers: read once for all frameworks. */
#ifndef SINETTI_API_GRID_H
#define SINETTI_API_GRID_H

#include "api/api.h"
#include "rules/rules.h"

struct grid {
    enum coverage **of;  /* by framework and control of the catalog */
    int64_t recorded_at; /* when what is behind it was judged; 0: never */
};

/* wanted: a date, the newest recorded at or before it; or "now". Where nothing was recorded by then, inactive. E_BUSY
 * while the standing was never computed. */
enum rc grid_read(struct ctx *cx, struct api_call *call, struct str wanted, struct grid *out) MUST_CHECK;

/* The newest day of the standing at or before `wanted` (as above), when it was judged, and the event that recorded it
 * (-1: none, it is now). STR_NONE: there is none. */
enum rc grid_day(struct ctx *cx, struct api_call *call, struct str wanted, struct str *day, int64_t *at,
                 int64_t *event) MUST_CHECK;

/* A FrameworkRow, CoverageCounts, a ControlRow. */
void grid_put_framework(struct api_call *call, const struct grid *g, const struct catalog_framework *f);
void grid_put_counts(struct api_call *call, const struct grid *g, const struct catalog_framework *f);
void grid_put_control(struct api_call *call, const struct grid *g, const struct catalog_framework *f,
                      const struct catalog_control *c);

#endif
