/* Starts web, worker and signer, starts them again, ends them in order. It opens what outlives them, and does nothing
 * else: it has no threads, no database and no key. */
#include "serve/children.h"
#include "serve/inside.h"
#include "serve/notify.h"
#include "serve/prepare.h"
#include "store/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define STOP_SECONDS 30           /* for a process to end what it has begun */
#define LOOK_AGAIN (12 * 3600000) /* milliseconds between two looks at the certificate */

/* --- what is shared */

static enum rc open_pair(struct ctx *cx, struct serve *s)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(cx, E_IO, "serve: cannot make the pair between web and worker: %s", strerror(errno));
    s->web = ends[0];
    s->worker = ends[1];
    return OK;
}

static void close_shared(struct serve *s)
{
    const int all[] = {s->lock, s->listener, s->web, s->worker, s->signer, s->log};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] > STDERR_FILENO) close(all[i]);
    if (s->signer >= 0) unlink(s->signer_socket);
}

/* As this machine finds the server. */
static const char *local_url(struct ctx *cx, const struct serve *s)
{
    const struct serve_options *o = s->o;
    bool local = !strcmp(o->address, "127.0.0.1") || !strcmp(o->address, "::1") || !strcmp(o->address, "0.0.0.0") ||
                 !strcmp(o->address, "::");
    const char *host = local                     ? "localhost"
                       : strchr(o->address, ':') ? arena_printf(&cx->arena, "[%s]", o->address).p
                                                 : o->address;
    return arena_printf(&cx->arena, "%s://%s:%u", o->plain ? "http" : "https", host, http_port(s->listener)).p;
}

/* What is sent to people leads them back by an address that the operator has given, never by one that a request
 * names. Jobs are processes of their own and read it from their environment. */
static enum rc settle_origin(struct ctx *cx, struct serve *s)
{
    const struct serve_options *o = s->o;
    struct config config;
    TRY(config_read(cx, o->dir, &config));
    s->origin = o->public_url ? str_from(o->public_url) : config.public_url;
    bool for_itself = (!strcmp(o->address, "127.0.0.1") || !strcmp(o->address, "::1")) && !o->n_proxies;
    s->link_base = s->origin.n ? s->origin : for_itself ? str_from(local_url(cx, s)) : STR("");
    if (s->link_base.n && setenv("SINETTI_PUBLIC_URL", arena_cstr(&cx->arena, s->link_base), 1) != 0)
        return fail(cx, E_IO, "out of memory");
    return OK;
}

static void say_where(struct ctx *cx, const struct serve *s, const char *link)
{
    const char *url = local_url(cx, s);
    printf("sinetti: %s/\n", url);
    if (s->origin.n) printf("sinetti: for users: " STR_FMT "/\n", STR_ARG(s->origin));
    if (s->origin.n) url = arena_cstr(&cx->arena, s->origin);
    if (*link)
        printf("sinetti: nobody has an account yet. Come in by this link, which works once and for half an hour\n"
               "(then `sinetti admin-link` makes another):\n%s/link#%s\n",
               url, link);
    (void)fflush(stdout);
}

/* --- running */

/* Whether web is to begin anew with another certificate. */
static bool look_again(struct serve *s, int64_t *looked)
{
    bool renewed = false;
    if (serve_milliseconds() - *looked < LOOK_AGAIN) return false;
    *looked = serve_milliseconds();
    struct ctx cx;
    ctx_init(&cx);
    if (prepare_again(&cx, s, &renewed) != OK) serve_tell("supervisor", "error", "%s", cx.message);
    ctx_release(&cx);
    return renewed;
}

static void run_until_end(struct ctx *cx, struct serve *s, struct child *children)
{
    int64_t looked = serve_milliseconds();
    for (;;) {
        children_start(s, children, serve_milliseconds());
        if (!s->told && children_are_ready(children)) {
            s->told = true;
            say_where(cx, s, children[CHILD_WORKER].link);
            explicit_bzero(children[CHILD_WORKER].link, sizeof children[CHILD_WORKER].link);
            notify("READY=1");
        }
        enum children_event e = children_wait(children, serve_milliseconds());
        if (e == CHILDREN_END) return;
        if (look_again(s, &looked)) e = CHILDREN_RELOAD;
        if (e == CHILDREN_RELOAD) children_end(&children[CHILD_WEB], STOP_SECONDS); /* a certificate has changed */
    }
}

enum rc serve_run(struct ctx *cx, const struct serve_options *o)
{
    struct serve s = {.o = o,
                      .lock = -1,
                      .listener = -1,
                      .web = -1,
                      .worker = -1,
                      .signer = -1,
                      .log = STDERR_FILENO,
                      .ready = -1,
                      .supervisor = getpid()};
    struct child children[CHILDREN] = {{.name = "web", .run = serve_web},
                                       {.name = "worker", .run = serve_worker},
                                       {.name = "signer", .run = serve_signer}};
    TRY(rights_of(cx, o->dir, &s.rights)); /* whether there is such a folder is what is wrong first */
    enum rc rc = http_listen(cx, o->address, o->port, &s.listener);
    if (rc == OK) rc = settle_origin(cx, &s);
    if (rc == OK) rc = prepare(cx, &s);
    if (rc == OK) rc = open_pair(cx, &s);
    if (rc == OK) {
        children_begin(children, s.signer >= 0);
        run_until_end(cx, &s, children);
        notify("STOPPING=1");
        close(s.listener);
        s.listener = -1;
        children_end(&children[CHILD_WEB], STOP_SECONDS);
        close(s.web); /* nobody reads there any more: worker is told so instead of waiting until somebody does */
        s.web = -1;
        for (size_t i = 0; i < CHILDREN; i++) children_end(&children[i], STOP_SECONDS);
        children_over();
    }
    catalog_free(s.catalog);
    close_shared(&s);
    return rc;
}
