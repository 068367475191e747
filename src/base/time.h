/* Instants as Unix seconds (UTC), read and written as RFC 3339; audit periods. Pure. */
#ifndef SINETTI_BASE_TIME_H
#define SINETTI_BASE_TIME_H

#include <stdint.h>

#include "base/str.h"

#define DAY_SECONDS 86400

/* RFC 3339 date-time ("2026-11-24T10:00:00Z", offsets too) or a date alone (midnight UTC). E_INVALID otherwise. */
enum rc time_parse(struct str s, int64_t *out) MUST_CHECK;

/* "2026-11-24T10:00:00Z"; needs 32 bytes. Years outside 0..9999 are clamped. */
const char *time_format(int64_t t, char out[32]);
const char *time_format_date(int64_t t, char out[32]); /* "2026-11-24" */

/* WHEN of the command line: `30d`, `12w`, `6mo`, `1y` before `now` (calendar months and years, the day clamped to the
 * month's last), or RFC 3339. E_INVALID otherwise. */
enum rc time_parse_when(struct str s, int64_t now, int64_t *out) MUST_CHECK;

int64_t time_from_civil(int year, int month, int day); /* midnight UTC */
int64_t time_now(void);                                /* the machine's clock; only cli and serve may call it */

#endif
