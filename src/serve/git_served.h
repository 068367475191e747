/* Clones and pushes over HTTPS (api/git.h), on worker's side: git's own programs are started for who may, and what they
 * give goes through a pipe straight to web, which sends it as it comes. Bodies are moved into them by one thread for
 * all (git_body.h), so that who sends or reads slowly holds nobody up.
 *
 * At most LIMIT_SERVE_GIT at a time, LIMIT_SERVE_GIT_OF_ONE of one credential, for LIMIT_SERVE_GIT_SECONDS each. A
 * client that is gone is an end of input, or of output, to git, which then ends and takes away what it had begun; what
 * goes on all the same is ended.
 *
 * Threads: git_served_take() from any. */
#ifndef SINETTI_SERVE_GIT_SERVED_H
#define SINETTI_SERVE_GIT_SERVED_H

#include "api/api.h"
#include "serve/lane.h"

struct git_served_options {
    struct api *api;
    /* Sends an answer; `stream` stays the caller's. */
    void (*answer)(void *arg, uint64_t id, const struct http_response *r, struct str who, int stream);
    void (*pushed)(void *arg); /* a push has ended, however */
    void *arg;
};
struct git_served;
enum rc git_served_start(struct ctx *cx, const struct git_served_options *o, struct git_served **out) MUST_CHECK;
/* Fetches are ended; pushes that git has whole get some seconds. NULL is fine. */
void git_served_stop(struct git_served *g);

/* Whether a request is one of git's. */
bool git_served_is(struct str path);
/* Answers it, now or later; the task is taken over. */
void git_served_take(struct git_served *g, struct lane_task *t);

#endif
