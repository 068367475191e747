/* A ledger's folder of tiles on a server, read by HTTP or HTTPS. One thread at a time. */
#ifndef SINETTI_CLI_URL_H
#define SINETTI_CLI_URL_H

#include "ledger/reader.h"

struct url_reader;

/* Whether a place is meant as a URL: anything with "://". */
bool url_is_one(const char *place);

/* `base` is the URL of the folder. `seconds`: how long a server may say nothing. E_INVALID when the URL is none of http
 * and https, or has a query or a fragment; E_IO when libcurl is not installed. Nothing is asked yet. */
enum rc url_open(struct ctx *cx, const char *base, int64_t seconds, struct url_reader **out) MUST_CHECK;
void url_close(struct url_reader *u);
struct reader url_reader(struct url_reader *u);

#endif
