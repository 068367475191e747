/* The catalog with the libraries that were imported, for operations that show frameworks. Each process holds it once,
 * and takes a new one when libraries have changed. Locked. */
#ifndef SINETTI_API_SHELF_H
#define SINETTI_API_SHELF_H

#include "api/api.h"

struct shelf_held;

enum rc shelf_held_new(struct ctx *cx, struct shelf_held **out) MUST_CHECK;
void shelf_held_free(struct shelf_held *s);

/* From here on call->catalog is that one, until the call ends. Where there are no libraries it stays what it was; while
 * they are being put on their shelf it is the one before. */
enum rc api_with_libraries(struct ctx *cx, struct api_call *call) MUST_CHECK;
/* The call has ended. */
void api_without_libraries(struct api_call *call);

#endif
