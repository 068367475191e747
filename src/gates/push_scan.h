/* Secrets and personal data in what a push brings. Part of push_read(). */
#ifndef SINETTI_GATES_PUSH_SCAN_H
#define SINETTI_GATES_PUSH_SCAN_H

#include "base/json.h"
#include "gates/push.h"

/* Scans the files that the new commits bring, once in each place; a secret that stood in the file before is none of the
 * push's, nor is a file of data in which there was as much of people's. Of a merge that is what no side of it has.
 * Files over LIMIT_BLOB_SCAN are weighed, not read. Fills hits, secrets, personal, lfs, large, too_much and back. */
enum rc push_scan(struct ctx *cx, struct git *g, struct push *p) MUST_CHECK;
/* As the member `personal` of the push's fact. */
void push_put_personal(struct json *j, const struct push *p);

#endif
