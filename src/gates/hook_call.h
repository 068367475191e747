/* A hook as git calls it (githooks(5)): in its own process, or told by that one to the server (gate_wire.h). */
#ifndef SINETTI_GATES_HOOK_CALL_H
#define SINETTI_GATES_HOOK_CALL_H

#include "base/ctx.h"

struct hook_call {
    const char *name;               /* pre-receive, proc-receive or post-receive */
    const char *data, *repository;  /* of a connected repository, whose hook says both; NULL: the environment does */
    const char *git_dir;            /* absolute */
    const char *const *environment; /* NAME=VALUE, NULL at its end */
    long long parent;               /* the process that has started it: git's receive-pack, or a script of its host's */
    int in, out;                    /* what git says, and what it is told */
};

/* STR_NONE when it is not set, or empty. */
struct str hook_variable(const struct hook_call *h, const char *name);
/* The data folder that it is about; NULL: nothing says so. */
const char *hook_data(const struct hook_call *h);

#endif
