/* The newest signed head, as far as boards tell of it. */
#ifndef SINETTI_API_HEAD_H
#define SINETTI_API_HEAD_H

#include "api/api.h"

struct head_shown {
    int64_t log_size, signed_size;
    int64_t witnesses; /* whose cosignatures the newest signed head carries */
};
enum rc head_look(struct ctx *cx, struct api_call *call, struct head_shown *out) MUST_CHECK;

#endif
