/* Secrets and personal data in what a push brings. Part of push_read(). */
#ifndef SINETTI_GATES_PUSH_SCAN_H
#define SINETTI_GATES_PUSH_SCAN_H

#include "base/json.h"
#include "gates/push.h"

/* Scans the files that the new commits bring, of any size, once in each place; a secret that stood in the file before
 * is none of the push's, nor is a file of data in which there was as much of people's. Of a merge that is what no side
 * of it has. And what commits and tags say, and new names. Fills hits, secrets, personal, unread, lfs, large, too_much
 * and back. E_INVALID: the name of a new ref, or a push option, holds a key: nothing of it may be written down. */
enum rc push_scan(struct ctx *cx, struct git *g, struct push *p) MUST_CHECK;
/* Of a push of one ref that publishes this patch set: what was found in it when it came. What is less strictly asked
 * then is let in, and must not go on from there when more is. */
enum rc push_found(struct ctx *cx, sqlite3 *db, struct str change, int64_t patch_set, struct push *p) MUST_CHECK;
/* As members of the push's fact, by these names. */
void push_put_hits(struct ctx *cx, struct json *j, const struct push *p);
void push_put_personal(struct json *j, const struct push *p);
void push_put_unread(struct json *j, const struct push *p);
void push_put_spot(struct json *j, const struct push_spot *s);

#endif
