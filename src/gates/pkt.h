/* pkt-line framing (gitprotocol-common(5)): four hexadecimal digits of length, which they count, then the payload; 0000
 * is a flush. */
#ifndef SINETTI_GATES_PKT_H
#define SINETTI_GATES_PKT_H

#include "base/ctx.h"

#define PKT_MOST 65516

/* The next packet; *flush when it was one. E_INVALID: it is none, or the stream ended. The text lives in cx's arena,
 * without its last line feed. */
enum rc pkt_read(struct ctx *cx, int fd, struct str *out, bool *flush) MUST_CHECK;
void pkt_add(struct buf *out, struct str text); /* longer than PKT_MOST sets out->failed */
void pkt_flush(struct buf *out);

#endif
