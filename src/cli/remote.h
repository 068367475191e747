/* Operations of a server's API, for the commands that work on one (`--server`). One thread at a time. */
#ifndef SINETTI_CLI_REMOTE_H
#define SINETTI_CLI_REMOTE_H

#include "api/table.h"

#include <stdio.h>

struct url_reader;

struct remote {
    const char *server, *token_file, *ca; /* from the options; NULL: not given */
    enum lang lang;
    struct url_reader *url;
    struct str authorization; /* the header; empty: nobody */
};

/* Options of theirs, beside a command's own. */
enum { OPTION_SERVER = 2000, OPTION_TOKEN_FILE, OPTION_CA };
#define REMOTE_TABLE                                                                                                   \
    {"server", required_argument, NULL, OPTION_SERVER}, {"token-file", required_argument, NULL, OPTION_TOKEN_FILE},    \
    {                                                                                                                  \
        "ca", required_argument, NULL, OPTION_CA                                                                       \
    }
#define REMOTE_HELP                                                                                                    \
    "  --server URL       the server ($SINETTI_SERVER); https, or http to this machine itself\n"                       \
    "  --token-file FILE  holds an API token, made under My account ($SINETTI_TOKEN holds one itself)\n"               \
    "  --ca FILE          certificates to trust, in PEM, instead of the machine's ($SINETTI_CA)\n"
enum rc remote_option(struct ctx *cx, struct remote *r, int code, const char *value) MUST_CHECK;

/* Nothing is asked yet. E_INVALID: no server, or one that a token must not be sent to. remote_close() in any case. */
enum rc remote_open(struct ctx *cx, struct remote *r) MUST_CHECK;
void remote_close(struct remote *r);

struct remote_call {
    const struct api_operation *op;
    struct str values[API_PARAMETERS]; /* of its parameters, in their order; STR_NONE: not given */
    struct str body;
    FILE *file;                 /* instead of it, of an operation that takes one; NULL: none */
    FILE *output;               /* where an answer that is no refusal goes, instead of `out`; NULL: there */
    const char *key, *if_match; /* NULL: a random one; none */
    struct str tag;             /* ETag of the answer */
};
/* Whether all that must be given is. E_INVALID names the first that is not. */
enum rc remote_check(struct ctx *cx, const struct remote_call *c) MUST_CHECK;
/* Adds the answer to `out`. What the server refuses is an error with its words: E_INVALID, E_DENIED, E_NOTFOUND,
 * E_CONFLICT, E_LIMIT, E_BUSY, E_INTERNAL; E_IO when it cannot be asked. */
enum rc remote_do(struct ctx *cx, struct remote *r, struct remote_call *c, struct buf *out) MUST_CHECK;

/* A file, or standard input ("-"), up to the buffer's ceiling. */
enum rc remote_read_file(struct ctx *cx, const char *name, struct buf *out) MUST_CHECK;

#endif
