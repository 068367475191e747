/* Publishing a change: the result is computed here, never taken from anybody: the clean merge of the approved patch set
 * onto the target as it is now (or its commits set upon it, or the branch moved forward), so its tree is what was
 * approved and nothing else. Judged like a push, by the same rules. */
#ifndef SINETTI_GATES_PUBLISH_H
#define SINETTI_GATES_PUBLISH_H

#include "gates/decide.h"

struct published {
    bool done;
    struct decided decided; /* why not, or what was noted */
    struct str target, before, after, method;
    struct str unattested; /* why there is no attestation yet; STR_NONE: there is */
    struct push *push;     /* what was judged, for tell_decided() */
};
/* E_CONFLICT: it does not go without conflicts, is over, or the target has moved under it; E_NOTFOUND. try_only:
 * nothing is recorded and nothing moves. */
enum rc publish_change(struct ctx *cx, struct facts *f, const char *dir, const struct gate_place *place,
                       const struct gate_caller *by, int64_t number, bool try_only, struct published *out) MUST_CHECK;

#endif
