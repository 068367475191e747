/* A change that a call is about, and the place it is in. */
#ifndef SINETTI_API_CODE_CHANGE_H
#define SINETTI_API_CODE_CHANGE_H

#include "api/api.h"
#include "gates/change.h"

struct code_change {
    struct gate_place place;
    struct gate_caller caller;
    struct change change;
};
/* Of the parameter `change`. E_NOTFOUND also for who may not see it. */
enum rc code_change_find(struct ctx *cx, struct api_call *call, struct code_change *f) MUST_CHECK;
/* Its caller does what the token in hand allows, not all that its owner may. Not for what asks for rights of its own
 * besides the operation's: publishing by a token for that alone. */
void code_change_narrow(const struct api_call *call, struct code_change *f);
/* After an act the reader stands where it stood before: the change is asked for anew. */
enum rc code_change_done(struct api_call *call) MUST_CHECK;
/* A patch set's commit and base. E_NOTFOUND. */
enum rc code_change_commits(struct ctx *cx, struct api_call *call, struct str change, int64_t number,
                            struct str *commit, struct str *base) MUST_CHECK;

#endif
