/* What the files of this room share among themselves. */
#ifndef SINETTI_HTTP_HTTP_INT_H
#define SINETTI_HTTP_HTTP_INT_H

#include "http/http.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/limits.h"

struct http_server;

/* --- addresses */

/* An IPv6 address, or an IPv4 one mapped into it. */
struct http_address {
    uint8_t bytes[16];
};

struct http_network {
    struct http_address base;
    int bits;
};

bool http_address_read(struct str s, struct http_address *out);
void http_address_from(const struct sockaddr *from, struct http_address *out);
struct str http_address_text(struct ctx *cx, const struct http_address *a);
bool http_network_read(struct str s, struct http_network *out);
bool http_is_proxy(const struct http_server *s, const struct http_address *a);
bool http_network_has(const struct http_network *n, const struct http_address *a);

/* --- connections */

/* One connection. The daemon's threads make and free it; the watcher ends it when its time is over. */
struct http_place {
    struct http_place *next, *prev;
    int fd;
    struct http_address peer;
    bool is_proxy;
    atomic_int_fast64_t until; /* seconds of the monotonic clock; 0: no end */
};

/* A descriptor that a connection reads its answer from, or writes its body into; it sleeps while that has nothing, or
 * takes nothing. */
struct http_stream {
    struct http_stream *next, *prev;
    struct http_exchange *x;
    struct http_server *server;
    struct MHD_Connection *connection;
    struct http_place *place;
    int fd;
    bool writes;           /* it is the body's */
    bool is_events, waits; /* waits: suspended, until fd has something */
    char end[2];           /* last bytes sent: a comment goes between events only */
    int64_t beat;          /* when a comment is due */
    uint32_t left;         /* of the body: bytes of a block that was begun */
    size_t since;          /* and bytes that came since the client's time was last set */
};

struct http_server {
    struct http_options o;
    struct http_network *proxies;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock;             /* of the lists, the counts and `stopping` */
    pthread_cond_t quiet;             /* an exchange has ended */
    struct http_place places;         /* head of a ring */
    struct http_stream streams, dead; /* dead: the library is done with them, an event may name them still */
    struct http_exchange *first;      /* those in the handler's hands */
    size_t in_hand, active;           /* active: begun and not ended */
    uint16_t of_address[65536];       /* connections by a hash of their address */
    uint64_t seed;
    size_t connections;
    atomic_size_t bodies;          /* bytes held of bodies */
    atomic_bool stopping, watched; /* watched: the watcher's work is over */
    pthread_t watcher;
    int wake, poll; /* eventfd; epoll */
};

int64_t http_seconds(void);
void http_place_set(struct http_place *p, int64_t seconds); /* 0: no end */
bool http_address_may(struct http_server *s, const struct sockaddr *from);
void http_connection(void *arg, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode code);
enum rc http_watch_start(struct ctx *cx, struct http_server *s) MUST_CHECK;
void http_watch_stop(struct http_server *s);
struct http_place *http_place_of(struct MHD_Connection *c);

/* --- exchanges */

enum http_state {
    HTTP_HEAD,     /* request line seen, headers coming */
    HTTP_BODY,     /* body coming; of one that follows, the handler has the exchange already */
    HTTP_HANDLING, /* in the handler, on our thread */
    HTTP_WAITING,  /* the connection sleeps until http_answer() */
    HTTP_ANSWERED, /* the answer lies here */
    HTTP_SENT      /* and was handed to the library */
};

struct http_exchange {
    struct ctx cx;
    struct http_request request;
    struct http_server *server;
    struct MHD_Connection *connection;
    struct http_place *place;
    struct http_exchange *next, *prev; /* in the handler's hands */
    pthread_mutex_t lock;              /* of state, holders, lost, whole, id, who; after the server's */
    enum http_state state;
    int holders; /* the library, and the handler */
    bool lost;   /* the handler's answer goes nowhere */
    bool is_head, must_close;
    bool told;                /* the refusal was sent while the body still comes */
    bool whole, done;         /* of a body that follows: all is in the pipe; the answer is there (server's lock) */
    struct http_stream *feed; /* so: where it goes; NULL: nowhere (server's lock) */
    struct str target;        /* as sent */
    struct buf body;
    size_t most, charged, ignored; /* charged: bytes counted in server->bodies */
    int refused;                   /* status, when the body is not taken */
    struct http_response answer;
    int stream;         /* -1: none */
    struct str id, who; /* for the log */
    int status;
    uint64_t sent;
    int64_t began; /* microseconds */
};

void *http_began(void *arg, const char *uri, struct MHD_Connection *c);
enum MHD_Result http_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
                             const char *version, const char *data, size_t *n, void **context);
void http_ended(void *arg, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode code);
/* For what the handler still holds when the server must end. */
void http_give_up(struct http_server *s);

/* Copies and checks the headers; the status to refuse with, or 0. */
int http_headers_take(struct http_exchange *x, struct MHD_Connection *c, const char **why);
/* Path and query from the target; false when it is not in normal form. */
bool http_target_read(struct ctx *cx, struct str target, struct http_request *out);
void http_peer(struct http_exchange *x);

/* Queues the answer. */
enum MHD_Result http_send(struct http_exchange *x);
enum MHD_Result http_send_stream(struct http_exchange *x);
/* A refusal, now, while the client still sends: the library would keep it until all has come. false: not sent. */
bool http_send_early(struct http_exchange *x);
struct MHD_Response *http_stream_response(struct http_exchange *x);
/* Out of a regular file, or a part of it. NULL: memory ran out; *refused: the client asked for a part that is not
 * there (416). */
struct MHD_Response *http_file_response(struct http_exchange *x, uint64_t size, bool *refused);
void http_problem(struct http_exchange *x, struct http_response *r, int status, const char *title, const char *detail);

/* Bytes of a body that nobody takes which are read past; then the connection ends. */
size_t http_ignores(const struct http_exchange *x);

/* The body of one that follows: takes what it can, *n is what is left, for which the connection sleeps. */
enum MHD_Result http_feed_take(struct http_exchange *x, const char *data, size_t *n);
/* All has come: true when the pipe has taken that too, or is no more; false: the connection sleeps. */
bool http_feed_end(struct http_exchange *x);
void http_feed_close(struct http_exchange *x);

/* Takes fd over when it gives one; NULL with fd still open. */
struct http_stream *http_stream_open(struct http_exchange *x, int fd, bool writes);
void http_stream_close(struct http_stream *t);
/* Until its descriptor is ready. false: the exchange is done meanwhile, there is nothing to sleep for. */
bool http_stream_sleep(struct http_stream *t);
void http_stream_wake(struct http_stream *t); /* with the server's lock held */

/* What the streams' fds and beats ask for; on the watcher's thread. */
void http_streams_beat(struct http_server *s, int64_t now);
void http_stream_ready(struct http_stream *t);
void http_streams_bury(struct http_server *s);
void http_streams_end(struct http_server *s);

#endif
