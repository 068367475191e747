/* The organization's settings, as facts hold them. */
#ifndef SINETTI_API_ORGANIZATION_H
#define SINETTI_API_ORGANIZATION_H

#include "api/api.h"
#include "records/append.h"

struct organization {
    bool is_set_up; /* else what follows is what holds without a setup */
    uint64_t fact;
    int64_t at;
    struct str name, language, preset, time_zone;
};
enum rc organization_read(struct ctx *cx, sqlite3 *db, struct organization *o) MUST_CHECK;
enum rc organization_add(struct append *a, const struct identity_actor *by, const struct organization *o) MUST_CHECK;
/* Faults of what somebody wants it to be. */
void organization_check(struct api_call *call, const struct organization *o);
void organization_put(struct api_call *call, const struct organization *o); /* an Organization */

#endif
