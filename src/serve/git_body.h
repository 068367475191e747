/* The body of a git request on its way: out of the pipe that web writes it into (http_feed()), unpacked when it is
 * gzip's, into git's standard input. Nothing waits; memory is the same whatever its length. Not shared by threads. */
#ifndef SINETTI_SERVE_GIT_BODY_H
#define SINETTI_SERVE_GIT_BODY_H

#include "serve/blocks.h"

#include <zlib.h>

struct git_body {
    int from, to;                /* ours; -1: closed */
    bool packed, unpacked, more; /* gzip; to its end; has more to give without input */
    bool ended;                  /* all has come */
    uint64_t most, taken;        /* bytes for git */
    struct blocks blocks;
    z_stream z;
    struct str rest;    /* of raw: what is not looked at yet */
    struct str pending; /* for git */
    char *raw, *out;    /* HTTP_FEED_BLOCK each; out: NULL when it is not packed */
};

enum git_body_state {
    GIT_BODY_READS,   /* it waits for `from` */
    GIT_BODY_WRITES,  /* for `to` */
    GIT_BODY_WHOLE,   /* git has all of it */
    GIT_BODY_REFUSED, /* git takes no more */
    GIT_BODY_BROKEN,  /* it ended before its end */
    GIT_BODY_LONG,    /* more than may be */
    GIT_BODY_BAD      /* no gzip */
};

/* Takes both over, in any case. false: memory ran out. */
bool git_body_open(struct git_body *b, int from, int to, bool packed, uint64_t most) MUST_CHECK;
/* As far as it goes now, or a good part of it. */
enum git_body_state git_body_turn(struct git_body *b);
/* Closes both ends. */
void git_body_close(struct git_body *b);

#endif
