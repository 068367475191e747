/* Secrets in what a push brings. Part of push_read(). */
#ifndef SINETTI_GATES_PUSH_SCAN_H
#define SINETTI_GATES_PUSH_SCAN_H

#include "gates/push.h"

/* Scans the blobs that the new commits bring, once each; a secret that stood in the file before is none of the push's.
 * Fills hits, secrets and each ref's secrets. Files kept in LFS have the shape "lfs". */
enum rc push_scan(struct ctx *cx, struct git *g, struct push *p) MUST_CHECK;

#endif
