/* What lies in the folders where a repository keeps its objects. */
#ifndef SINETTI_GIT_OBJECT_FILES_H
#define SINETTI_GIT_OBJECT_FILES_H

#include "base/ctx.h"

/* git opens whatever has the name of an object, a pack or a list of alternates, and waits for ever on a pipe. E_INVALID
 * with its path when there is anything but files and folders, in `objects` and in its alternates as far as git follows
 * them. */
enum rc object_files_check(struct ctx *cx, const char *objects) MUST_CHECK;

#endif
