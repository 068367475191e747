/* Bytes packed as gzip (RFC 1952), by zlib. What is unpacked is bounded by the buffer it goes into. Pure. */
#ifndef SINETTI_BASE_GZIP_H
#define SINETTI_BASE_GZIP_H

#include "base/ctx.h"

/* Appends `bytes`, packed, to `out`. E_LIMIT (the buffer's), E_IO (out of memory). */
enum rc gzip_pack(struct ctx *cx, struct str bytes, struct buf *out) MUST_CHECK;
/* Appends what `packed` holds to `out`: one member, and nothing behind it. E_CORRUPT, E_LIMIT (the buffer's), E_IO. */
enum rc gzip_unpack(struct ctx *cx, struct str packed, struct buf *out) MUST_CHECK;

#endif
