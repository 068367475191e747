/* Bodies on their way from web into files: taken out of their pipes (http_feed()) by one thread for all, so that who
 * sends slowly holds nobody up; size and SHA-256 are counted on the way. Files lie in DIR/incoming until their request
 * is done, and what an ended process has left there is deleted at the start.
 *
 * At most LIMIT_SERVE_FILES at a time, LIMIT_SERVE_FILES_OF_ONE of one credential; LIMIT_SERVE_SPARE of the disk stays
 * free. Threads: locked. */
#ifndef SINETTI_SERVE_RECEIVE_H
#define SINETTI_SERVE_RECEIVE_H

#include "http/http.h"

struct receive;
/* What was put has come to its end, whichever it is; on the receiver's thread. The file is the callee's then. */
typedef void receive_done(void *arg, void *what, const struct http_file *file);
enum rc receive_start(struct ctx *cx, const char *dir, receive_done *done, void *arg, struct receive **out) MUST_CHECK;
/* Those that are not there to their end are told as broken off. NULL is fine. */
void receive_stop(struct receive *r);

/* Begins to take a body out of `fd`, which is taken over. HTTP_FILE_WHOLE: it has begun, and `done` will be called, be
 * it before this returns; else why not. */
enum http_file_end receive_put(struct receive *r, void *what, int fd, uint64_t most, const char *who);

/* Closes and deletes; a file that was moved away stays where it is. */
void receive_drop(struct http_file *f);

#endif
