/* Secrets in what a push brings. Part of push_read(). */
#ifndef SINETTI_GATES_PUSH_SCAN_H
#define SINETTI_GATES_PUSH_SCAN_H

#include "gates/push.h"

/* Scans the files that the new commits bring, once in each place; a secret that stood in the file before is none of the
 * push's. Of a merge that is what no side of it has. Files over LIMIT_BLOB_SCAN are weighed, not read. Fills hits,
 * secrets, lfs, large, too_much and back. */
enum rc push_scan(struct ctx *cx, struct git *g, struct push *p) MUST_CHECK;

#endif
