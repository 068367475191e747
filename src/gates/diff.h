/* What lies between two commits, file by file, as people read it. No attribute, filter or program of the repository has
 * a say in it; what only a machine reads is said to be binary. */
#ifndef SINETTI_GATES_DIFF_H
#define SINETTI_GATES_DIFF_H

#include "git/hosted.h"

struct diff_file {
    struct str path;
    const char *status; /* added, changed, deleted, mode */
    int64_t added, removed;
    bool binary;
    struct str text; /* hunks; borrowed for the call */
};
#define DIFF_MOST (8U << 20)      /* bytes of one answer */
#define DIFF_FILE_MOST (1U << 20) /* of one file's hunks; longer ones are left out */
/* Calls each() for each file, by path. *cut: there was more than DIFF_MOST. */
enum rc diff_read(struct ctx *cx, const struct git *g, struct str from, struct str to,
                  void (*each)(void *arg, const struct diff_file *f), void *arg, bool *cut) MUST_CHECK;

#endif
