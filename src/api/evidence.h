/* Evidence as answers have it. */
#ifndef SINETTI_API_EVIDENCE_H
#define SINETTI_API_EVIDENCE_H

#include "api/api.h"
#include "gates/push.h"

/* Members `checks` (what definitions of done ask; push: what was judged, NULL: nothing was) and `evidence` (what counts
 * of a tree) of a change. */
enum rc evidence_put_checks(struct ctx *cx, struct api_call *call, const struct push *push) MUST_CHECK;
enum rc evidence_put_counting(struct ctx *cx, struct api_call *call, struct str repository, struct str tree) MUST_CHECK;

#endif
