/* The compiled catalog: one run of bytes that can be mapped anywhere. Refuses bytes that are not whole or not of this
 * version. Pure; the opened catalog borrows its strings from the bytes.
 *
 *   "SINETTI CATALOG\n"                16 bytes
 *   version, total, records, pool      u32 each: bytes of the whole image, of the records, of the pool
 *   records                            u32 values in the order of image_write.c; a string is its offset and length in
 * the pool pool                               the strings' bytes, each string once SHA-256 of all before it 32 bytes;
 * in hex it is the catalog's digest
 *
 * All u32 are little-endian. The same catalog gives the same bytes on every machine.
 */
#ifndef SINETTI_CATALOG_IMAGE_H
#define SINETTI_CATALOG_IMAGE_H

#include "catalog/catalog.h"

#define IMAGE_MAGIC "SINETTI CATALOG\n"
#define IMAGE_VERSION 9
#define IMAGE_HEADER 32 /* bytes of magic and the four numbers */
#define IMAGE_DIGEST 32

/* E_LIMIT when it would be larger than LIMIT_CATALOG_IMAGE. `out` is an empty buffer of the caller's. */
enum rc image_write(struct ctx *cx, const struct catalog *c, struct buf *out) MUST_CHECK;

/* Decodes; every offset, count and word is checked. E_CORRUPT otherwise. The catalog is the caller's to catalog_free();
 * it borrows `bytes`, which catalog_free() frees when `owned` (malloc's; taken over in any case). */
enum rc image_open(struct ctx *cx, struct str bytes, bool owned, struct catalog **out) MUST_CHECK;
/* The same of the image that was built into this program, and is as whole as the program is: its digest is not computed
 * again at each start. */
enum rc image_open_own(struct ctx *cx, struct str bytes, struct catalog **out) MUST_CHECK;

#endif
