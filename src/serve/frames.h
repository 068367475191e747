/* Messages between web and worker, over one pair of SOCK_SEQPACKET sockets that outlives both. A message is one frame,
 * or several that stand together: a reader that meets the start of another drops what it had, as its sender is dead.
 *
 *     frame    head {kind, part, id, total} and up to LIMIT_SERVE_FRAME bytes
 *     string   u32 length and bytes; numbers are the machine's: both ends are the same program
 *
 * What comes is judged as anything from outside is: lengths must fit, or the message is dropped. One thread at a time
 * per direction. */
#ifndef SINETTI_SERVE_FRAME_H
#define SINETTI_SERVE_FRAME_H

#include "http/http.h"

enum frame_kind {
    FRAME_HELLO = 1, /* worker: I am new. What was sent to the one before me is lost */
    FRAME_REQUEST,   /* web; with the end of a pipe when a body follows */
    FRAME_ANSWER,    /* worker; with a descriptor when a stream or a file follows */
    FRAME_PING,      /* web: are you there? */
    FRAME_PONG       /* worker: yes */
};

struct frames {
    int fd;
    /* of the message being received */
    enum frame_kind kind;
    uint64_t id;
    uint32_t part, total;
    struct buf body;
    int passed; /* descriptor that came with it, the receiver's; -1: none */
};

void frames_init(struct frames *w, int fd);
void frames_release(struct frames *w); /* not the fd */

/* Sends a whole message; waits while the other end's buffer is full. `passed` -1: none. */
bool frames_send(int fd, enum frame_kind kind, uint64_t id, struct str body, int passed);
/* Reads a frame. 1: w holds a message, until the next call; 0: not yet, or dropped; -1: the socket is broken. */
int frames_receive(struct frames *w, bool wait);

void frames_put(struct buf *b, struct str s);
void frames_put_u32(struct buf *b, uint32_t v);
bool frames_get(struct str *rest, struct str *out);
bool frames_get_u32(struct str *rest, uint32_t *out);

/* A request as worker gets it, with its id as X-Request-Id. What is got are views of the message. */
void frames_put_request(struct buf *b, const struct http_request *r, struct str id);
/* What it asks for, without the rest. */
bool frames_peek_request(struct str message, struct str *method, struct str *path);
bool frames_get_request(struct ctx *cx, struct str message, struct http_request *out);
void frames_put_answer(struct buf *b, const struct http_response *r, struct str who);
bool frames_get_answer(struct ctx *cx, struct str message, struct http_response *out, struct str *who);

#endif
