/* Acts of operations: facts appended at once, or by four eyes (records/request.h). */
#ifndef SINETTI_API_ACT_H
#define SINETTI_API_ACT_H

#include "api/api.h"
#include "records/request.h"

/* Who calls, for requests. */
struct request_actor act_actor(struct api_call *call);
/* Asks for the act and answers an Act. For operations whose act needs a second person. */
enum rc act_ask(struct ctx *cx, struct api_call *call, const struct request_wish *w) MUST_CHECK;
/* Appends one fact and answers an Act. */
enum rc act_append(struct ctx *cx, struct api_call *call, const char *kind, struct str subject,
                   struct str payload) MUST_CHECK;

/* An Act that is done. */
void act_put_done(struct api_call *call, uint64_t event);

#endif
