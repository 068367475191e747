/* Versions in the names of tags, their order (SemVer 2.0.0 §9-11, widened to what people use), and predecessors. Pure.
 */
#ifndef SINETTI_OBSERVE_VERSIONS_H
#define SINETTI_OBSERVE_VERSIONS_H

#include "base/arena.h"

struct version {
    struct str text; /* "1.2.3-rc.1" as written, '_' between numbers become '.' */
    struct str line; /* what stood before: "" for v1.2.3 and release-1.2.3, "name" for name/v1.2.3 */
    int64_t major, minor, patch;
    struct str prerelease; /* STR_NONE when none */
    int64_t fourth;        /* 1.2.3.4, 1.2.3-4, 1.2.3.post4; a letter counts from 1 (1.1.1w) */
};

/* A tag's name without refs/tags/. false: it names no version (a bare number of one or two digits moves, as v1 does).
 */
bool version_read(struct arena *a, struct str label, struct version *out);

/* By precedence: negative, 0, positive. Lines are not compared. */
int version_cmp(const struct version *a, const struct version *b);

/* previous[i]: index of the highest lower version on the same line, -1 when first. A stable version's predecessor is
 * the highest lower stable one if there is any. Names of equal versions have the same predecessor. */
void versions_previous(struct arena *a, const struct version *v, size_t n, int64_t *previous);

#endif
