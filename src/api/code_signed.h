/* Of a change: who signed its commits, and what its branch got and is attested of that. Each writes one member. */
#ifndef SINETTI_API_CODE_SIGNED_H
#define SINETTI_API_CODE_SIGNED_H

#include "api/api.h"
#include "gates/change.h"

/* n: number of the patch set's fact. */
enum rc code_put_signatures(struct ctx *cx, struct api_call *call, int64_t n) MUST_CHECK;
enum rc code_put_published(struct ctx *cx, struct api_call *call, const struct gate_place *place,
                           const struct change *c) MUST_CHECK;

#endif
