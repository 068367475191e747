/* A ledger's folder of tiles on a server, read by HTTP or HTTPS; a witness, asked by one of them; the API of a server.
 * One thread at a time. */
#ifndef SINETTI_CLI_URL_H
#define SINETTI_CLI_URL_H

#include "ledger/reader.h"

#include <stdio.h>

struct url_reader;

/* Whether a place is meant as a URL: anything with "://". */
bool url_is_one(const char *place);

/* `base` is the URL of the folder. `seconds`: how long a server may say nothing. E_INVALID when the URL is none of http
 * and https, or has a query or a fragment; E_IO when libcurl is not installed. Nothing is asked yet. */
enum rc url_open(struct ctx *cx, const char *base, int64_t seconds, struct url_reader **out) MUST_CHECK;
void url_close(struct url_reader *u);
struct reader url_reader(struct url_reader *u);

/* POSTs the body to base/path and adds the answer to `out`, whatever its status; no redirect is followed. Done after
 * `seconds` in any case. E_LIMIT when the answer is longer than `out` may be; E_IO when there is none. Afterwards `u`
 * is only to be closed. */
enum rc url_post(struct ctx *cx, struct url_reader *u, struct str path, struct str body, int64_t seconds,
                 int64_t *status, struct buf *out) MUST_CHECK;

/* One request of any method; `headers` are whole lines, "Name: value". No redirect is followed, so that what they carry
 * goes nowhere else. What the answer's headers are is added to `got` as they came. Errors and end as url_post(). */
struct url_request {
    const char *method;
    struct str path; /* below the base, with its query */
    const char *const *headers;
    size_t n_headers;
    struct str body;
    FILE *file;     /* instead of the body, read to its end; NULL: none */
    FILE *output;   /* the body of an answer of 200 goes there instead of `out`; NULL: none */
    const char *ca; /* file of certificates to trust instead of the machine's; NULL: those */
};
enum rc url_send(struct ctx *cx, struct url_reader *u, const struct url_request *r, int64_t seconds, int64_t *status,
                 struct buf *got, struct buf *out) MUST_CHECK;

#endif
