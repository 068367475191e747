/* Critical code that a change touches (gates/critical.h), as the change's page shows it. */
#ifndef SINETTI_API_CODE_CRITICAL_H
#define SINETTI_API_CODE_CRITICAL_H

#include "api/api.h"
#include "gates/place.h"

struct push;

/* Puts `critical` and `candidates` into the object that is open; push: of a try to publish, NULL: there was none. */
enum rc code_critical_put(struct ctx *cx, struct api_call *call, const struct gate_place *place,
                          const struct push *push) MUST_CHECK;
/* Keys that an approval's body has ticked: *out in cx's arena. */
enum rc code_critical_ticked(struct ctx *cx, struct api_call *call, struct str **out, size_t *n) MUST_CHECK;

#endif
