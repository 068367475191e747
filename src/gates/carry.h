/* Where lines of one commit's file stand in another commit: comments are carried along to later patch sets. */
#ifndef SINETTI_GATES_CARRY_H
#define SINETTI_GATES_CARRY_H

#include "git/hosted.h"

struct carried {
    struct str path;
    int64_t line, last; /* in `from`; then in `to`. 0: the file as a whole */
    bool gone;          /* they, or the file, are not there any more as they were */
};
/* Follows all of a list from one commit to another; of a file as a whole, whether it is there. */
enum rc carry_lines(struct ctx *cx, const struct git *g, struct str from, struct str to, struct carried *list,
                    size_t n) MUST_CHECK;

/* By one hunk of a difference: `removed` lines from `at` on (behind it, when none is) become `added`. Hunks come from
 * below upwards, or the lines before them would have moved. Pure. */
void carry_hunk(struct carried *c, int64_t at, int64_t removed, int64_t added);

#endif
