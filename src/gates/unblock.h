/* Who can help somebody whose push was refused: who may approve it, who publishes to the branch, and, where a point
 * stops it, who may break glass. Names are for who may see people; what is said is safe to show. */
#ifndef SINETTI_GATES_UNBLOCK_H
#define SINETTI_GATES_UNBLOCK_H

#include "gates/decide.h"

/* Appends a line for each kind of help that what was refused needs; nothing when it was not. db: facts as they are now;
 * outside of any unit, since it asks of many people. */
enum rc unblock_tell(struct ctx *cx, sqlite3 *db, int64_t now, const struct push *p, const struct decided *d,
                     struct buf *out) MUST_CHECK;

#endif
