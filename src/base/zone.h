/* Time zones by their IANA names, from the machine's files (TZif, RFC 8536; POSIX rules for what lies ahead). */
#ifndef SINETTI_BASE_ZONE_H
#define SINETTI_BASE_ZONE_H

#include "base/ctx.h"

struct zone {
    struct str file; /* in the arena it was read into; empty: UTC */
};

/* A name that is none, or of which the machine has no file, is UTC. */
struct zone zone_read(struct ctx *cx, struct str name);
/* Seconds east of UTC at `t` (Unix seconds). */
int64_t zone_offset(const struct zone *z, int64_t t);

#endif
