/* One git that serves a clone or a push: in a group of its own with what it starts, so that all of it is ended at once;
 * it ends when its worker does. */
#ifndef SINETTI_SERVE_GIT_PROCESS_H
#define SINETTI_SERVE_GIT_PROCESS_H

#include "base/ctx.h"

#include <sys/types.h>

struct git_process {
    pid_t pid;   /* 0: none */
    int fd;      /* pidfd: readable when it has ended */
    int in, out; /* ends of its standard input (-1: it has none) and output; ours until they are taken (-1) */
    int said;    /* what it complained of */
};

/* argv and env end with NULL. first: bytes that its output begins with (below 4 KiB). By the thread that lives as long
 * as it may: the kernel ends it with that. */
enum rc git_process_start(struct ctx *cx, const char *const *argv, const char *const *env, bool takes, struct str first,
                          struct git_process *out) MUST_CHECK;
void git_process_signal(const struct git_process *p, int signal);
/* When it has ended: closes what is open. *why: what an operator should know, or NULL; in the arena. `stay`: what it
 * has started may end by itself. */
void git_process_end(struct ctx *cx, struct git_process *p, bool stay, const char **why);

#endif
