/* Hooks that ask `sinetti check` before a commit and before a push. */
#ifndef SINETTI_CLI_HOOK_H
#define SINETTI_CLI_HOOK_H

#include <stdio.h>

#include "base/ctx.h"

struct hook_option {
    const char *name, *value; /* left out when the value is NULL */
    bool is_file;             /* named from where we are; the hooks run at the top of the work tree */
};

/* Writes pre-commit and pre-push of the repository at `path`, which run this program with the `options` (shell-quoted
 * here). A hook that is not ours is left alone: E_CONFLICT, with the line that would have to go into it; then neither
 * is written. E_DENIED when core.hooksPath says that hooks live elsewhere, or there is no work tree. Says on `out` what
 * it did. */
enum rc hook_install(struct ctx *cx, const char *path, const struct hook_option *options, size_t n,
                     FILE *out) MUST_CHECK;

#endif
