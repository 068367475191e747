/* Hooks that ask `sinetti check` before a commit and before a push. */
#ifndef SINETTI_CLI_HOOK_H
#define SINETTI_CLI_HOOK_H

#include <stdio.h>

#include "base/ctx.h"

/* Writes pre-commit and pre-push of the repository at `path`, which run this program with the `options` (shell-quoted
 * here). A hook that is not ours is left alone: E_CONFLICT, with the line that would have to go into it; then neither
 * is written. E_DENIED when core.hooksPath says that hooks live elsewhere, or there is no work tree. Says on `out` what
 * it did. */
enum rc hook_install(struct ctx *cx, const char *path, const char *const *options, size_t n_options,
                     FILE *out) MUST_CHECK;

#endif
