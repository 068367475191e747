/* What comes due for one person, as a calendar that other programs subscribe to (RFC 5545), by a secret link. The
 * secret stands in state.db as SHA-256; who has left, or has taken the link back, has none. */
#ifndef SINETTI_NOTICES_FEED_H
#define SINETTI_NOTICES_FEED_H

#include "base/zone.h"
#include "notices/notices.h"

#define FEED_SECRET 43 /* characters of base64url */

/* A new link in place of the old one. */
enum rc feed_make(struct ctx *cx, sqlite3 *state, struct str person, int64_t now,
                  char secret[FEED_SECRET + 1]) MUST_CHECK;
enum rc feed_remove(struct ctx *cx, sqlite3 *state, struct str person) MUST_CHECK;
/* When it was made and last fetched; 0: there is none, never. */
enum rc feed_look(struct ctx *cx, sqlite3 *state, struct str person, int64_t *created, int64_t *seen) MUST_CHECK;
/* Whose link it is; STR_NONE: nobody's. Notes that it was used. */
enum rc feed_find(struct ctx *cx, sqlite3 *state, struct str secret, int64_t now, struct str *person) MUST_CHECK;

/* The calendar. `o->ahead` says how far. */
enum rc feed_write(struct ctx *cx, const struct notices_options *o, const struct identity_who *who,
                   const struct zone *z, enum lang lang, struct str base, struct buf *out) MUST_CHECK;

#endif
