/* Starting and stopping. */
#include "http/http_int.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* TLS 1.3, and of 1.2 what has forward secrecy and authenticated encryption. */
#define TLS                                                                                                            \
    "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+ECDHE-ECDSA:+ECDHE-RSA:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:+AEAD:"       \
    "+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+SIGN-ALL:-SIGN-RSA-SHA1:-SIGN-DSA-SHA1:-SIGN-ECDSA-SHA1:"        \
    "+COMP-NULL:+CTYPE-X509:%SERVER_PRECEDENCE"

/* --- the socket */

static enum rc cannot_listen(struct ctx *cx, const char *address, uint16_t port)
{
    return fail(cx, errno == EADDRINUSE ? E_CONFLICT : E_IO, "cannot listen at %s port %u: %s%s",
                str_visible(cx, str_from(address)), port, strerror(errno),
                errno == EACCES       ? ": ports below 1024 need root, or the capability net_bind_service"
                : errno == EADDRINUSE ? ": another program listens there"
                                      : "");
}

static int listen_at(const struct addrinfo *at)
{
    int yes = 1, no = 0;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    bool good = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                (at->ai_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) == 0) &&
                bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0;
    if (good) return fd;
    int failure = errno;
    close(fd);
    errno = failure;
    return -1;
}

enum rc http_listen(struct ctx *cx, const char *address, uint16_t port, int *out)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char number[8];
    snprintf(number, sizeof number, "%u", port);
    *out = -1;
    if (getaddrinfo(address, number, &hints, &found) != 0)
        return fail(cx, E_INVALID, "%s: an IP address is expected", str_visible(cx, str_from(address)));
    *out = listen_at(found);
    enum rc rc = *out >= 0 ? OK : cannot_listen(cx, address, port);
    freeaddrinfo(found);
    return rc;
}

uint16_t http_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } at = {.six = {0}};
    socklen_t n = sizeof at;
    if (getsockname(fd, &at.any, &n) != 0) return 0;
    return ntohs(at.any.sa_family == AF_INET6 ? at.six.sin6_port : at.four.sin_port);
}

/* --- the server */

static enum MHD_Result may_connect(void *arg, const struct sockaddr *from, socklen_t n)
{
    (void)n;
    return http_address_may(arg, from) ? MHD_YES : MHD_NO;
}

/* Paths and queries are ours to decode: the library gets to do nothing. */
static size_t leave(void *arg, struct MHD_Connection *c, char *text)
{
    (void)arg, (void)c;
    return strlen(text);
}

static struct MHD_Daemon *start_daemon(struct http_server *s)
{
    const struct http_options *o = &s->o;
    bool tls = o->cert.n > 0;
    struct MHD_OptionItem secure[] = {{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->key.p},
                                      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->cert.p},
                                      {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS},
                                      {MHD_OPTION_END, 0, NULL}};
    if (!tls) secure[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (tls ? MHD_USE_TLS : 0), 0, may_connect, s,
        http_request, s, MHD_OPTION_LISTEN_SOCKET, o->fd, MHD_OPTION_THREAD_POOL_SIZE, o->threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_HTTP_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)LIMIT_HTTP_IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_HTTP_HEAD,
        MHD_OPTION_NOTIFY_CONNECTION, http_connection, s, MHD_OPTION_NOTIFY_COMPLETED, http_ended, s,
        MHD_OPTION_URI_LOG_CALLBACK, http_began, s, MHD_OPTION_UNESCAPE_CALLBACK, leave, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, secure, MHD_OPTION_END);
}

static void release(struct http_server *s)
{
    if (s->poll >= 0) close(s->poll);
    if (s->wake >= 0) close(s->wake);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->quiet);
    free(s->proxies);
    free(s);
}

static enum rc prepare(struct ctx *cx, struct http_server *s)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->quiet, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&s->lock, NULL);
    s->poll = s->wake = -1;
    s->places.next = s->places.prev = &s->places;
    s->streams.next = s->streams.prev = &s->streams;
    s->dead.next = s->dead.prev = &s->dead;
    if (getrandom(&s->seed, sizeof s->seed, 0) != sizeof s->seed) return fail(cx, E_IO, "no random numbers");
    s->proxies = calloc(s->o.n_proxies + 1, sizeof *s->proxies);
    if (!s->proxies) return fail(cx, E_IO, "out of memory");
    for (size_t i = 0; i < s->o.n_proxies; i++)
        if (!http_network_read(s->o.proxies[i], &s->proxies[i]))
            return fail(cx, E_INVALID, "%s: an address or a network (10.0.0.0/8) is expected",
                        str_visible(cx, s->o.proxies[i]));
    return OK;
}

enum rc http_start(struct ctx *cx, const struct http_options *o, struct http_server **out)
{
    struct http_server *s = calloc(1, sizeof *s);
    sigset_t all, before;
    *out = NULL;
    if (!s) return fail(cx, E_IO, "out of memory");
    s->o = *o;
    sigfillset(&all); /* signals are the main thread's matter */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    enum rc rc = prepare(cx, s);
    if (rc == OK) rc = http_watch_start(cx, s);
    bool watched = rc == OK;
    *out = s; /* the first request may come before this returns */
    if (rc == OK && !(s->daemon = start_daemon(s)))
        rc = fail(cx, E_IO, "the HTTP server does not start%s",
                  o->cert.n ? ": do certificate and key belong together?" : "");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc == OK) return OK;
    *out = NULL;
    if (watched) http_watch_stop(s);
    close(s->o.fd);
    release(s);
    return rc;
}

size_t http_in_hand(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    size_t n = s->in_hand;
    pthread_mutex_unlock(&s->lock);
    return n;
}

static void wait_quiet(struct http_server *s, int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&s->lock);
    while ((s->active || s->in_hand) && pthread_cond_timedwait(&s->quiet, &s->lock, &until) == 0) {
    }
    pthread_mutex_unlock(&s->lock);
}

void http_stop(struct http_server *s, int seconds)
{
    if (!s) return;
    http_streams_end(s);
    int fd = MHD_quiesce_daemon(s->daemon);
    wait_quiet(s, seconds);
    http_give_up(s);
    wait_quiet(s, 1);
    MHD_stop_daemon(s->daemon);
    http_watch_stop(s);
    http_streams_bury(s);
    if (fd >= 0) close(fd);
    release(s);
}
