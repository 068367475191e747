/* Pages of lists that are not one SELECT: {"items", "next", "total"}, or the items as CSV. A cursor is a number that
 * the list understands. */
#ifndef SINETTI_API_PAGE_H
#define SINETTI_API_PAGE_H

#include "api/api.h"

/* As many as one page has; of CSV more. */
int64_t page_limit(const struct api_call *call);
/* The cursor asked for, or `otherwise`. A fault when it is none of ours. */
enum rc page_cursor(struct ctx *cx, struct api_call *call, int64_t otherwise, int64_t *out) MUST_CHECK;

void page_begin(struct api_call *call); /* items follow */
/* -1: null. Turns the page into CSV for who wants that, with the fields of its first item. */
enum rc page_end(struct ctx *cx, struct api_call *call, int64_t next, int64_t total) MUST_CHECK;
/* With a cursor of the list's own; STR_NONE: null. */
enum rc page_end_at(struct ctx *cx, struct api_call *call, struct str next, int64_t total) MUST_CHECK;

/* The instant of a parameter, RFC 3339; a date alone counts to its end when `to_end`. `otherwise` when absent. */
enum rc page_time(struct ctx *cx, struct api_call *call, const char *name, bool to_end, int64_t otherwise,
                  int64_t *out) MUST_CHECK;

#endif
