/* web: HTTP, and what only reads. */
#include "api/git.h"
#include "base/time.h"
#include "http/host.h"
#include "serve/access_log.h"
#include "serve/assets.h"
#include "serve/certificate.h"
#include "serve/confine.h"
#include "serve/forward.h"
#include "serve/inside.h"
#include "serve/metrics.h"

#include <unistd.h>

#define STOP_SECONDS 20

struct web {
    struct serve *s;
    struct api *api;
    struct forward *forward;
    struct http_server *http;
    struct metrics metrics;
    struct http_hosts hosts;
};

static size_t most_body(void *arg, struct str method, struct str path, bool *follows)
{
    (void)arg;
    return api_is_git(path) ? api_git_most_body(method, path, follows) : api_most_body(method, path, follows);
}

static void say(struct http_exchange *x, int status, const char *type, struct str text)
{
    struct http_response r;
    http_response_init(&r);
    r.status = status;
    r.fixed = text;
    http_response_header(&r, "Content-Type", str_from(type));
    http_response_header(&r, "Cache-Control", STR("no-store"));
    http_answer(x, &r);
}

/* The same operations run in worker: what is refused here is refused at once, what only reads is answered here. */
static void handle_api(struct web *w, struct http_exchange *x)
{
    struct http_response r;
    struct api_done done;
    struct api_git git;
    http_response_init(&r);
    if (api_is_git(http_exchange_request(x)->path))
        api_git(http_exchange_ctx(x), w->api, http_exchange_request(x), &r, &done, &git);
    else
        api_handle(http_exchange_ctx(x), w->api, http_exchange_request(x), &r, &done);
    http_exchange_mark(x, str_from(done.id), str_from(done.fingerprint));
    if (done.fault[0]) serve_tell("web", "error", "request %s: %s", done.id, done.fault);
    if (done.elsewhere) {
        http_response_release(&r);
        forward_put(w->forward, x, str_from(done.id));
    } else if (done.stream >= 0)
        http_answer_stream(x, &r, done.stream);
    else
        http_answer(x, &r);
}

/* For who is on this machine; a proxy's clients are not. */
static void handle_metrics(struct web *w, struct http_exchange *x)
{
    struct ctx *cx = http_exchange_ctx(x);
    struct str peer = http_exchange_request(x)->peer;
    struct metrics_now now = {.in_hand = http_in_hand(w->http)};
    struct http_response r;
    if (!str_starts(peer, STR("127.")) && !str_eq(peer, STR("::1"))) {
        http_refuse(x, 404, "Not Found", "there is nothing at this address");
        return;
    }
    now.worker = forward_works(w->forward, &now.forwarded);
    http_response_init(&r);
    http_response_header(&r, "Content-Type", STR("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    http_response_header(&r, "Cache-Control", STR("no-store"));
    if (metrics_put(cx, &w->metrics, w->s->o->dir, &now, &r.body) == OK) {
        http_answer(x, &r);
        return;
    }
    serve_tell("web", "error", "metrics: %s", cx->message);
    http_response_release(&r);
    http_refuse(x, 503, "Service Unavailable", "the numbers cannot be read now");
}

/* Probes of a machine ask by whatever name they have, and get nothing that depends on it. */
static bool is_probe(struct str path)
{
    return str_eq(path, STR("/healthz")) || str_eq(path, STR("/readyz")) || str_eq(path, STR("/metrics"));
}

static void handle(void *arg, struct http_exchange *x)
{
    struct web *w = arg;
    const struct http_request *r = http_exchange_request(x);
    size_t waiting;
    if (!is_probe(r->path) && !http_host_is_ours(&w->hosts, http_request_header(r, "Host")))
        http_refuse(x, 421, "Misdirected Request",
                    "this server does not go by that name; who runs it sets what users open: sinetti serve "
                    "--public-url");
    else if (str_eq(r->path, STR("/api")) || str_starts(r->path, STR("/api/")) || api_is_git(r->path))
        handle_api(w, x);
    else if (str_eq(r->path, STR("/metrics")))
        handle_metrics(w, x);
    else if (str_eq(r->path, STR("/healthz")))
        say(x, 200, "text/plain; charset=utf-8", STR("ok\n"));
    else if (str_eq(r->path, STR("/readyz"))) {
        bool works = forward_works(w->forward, &waiting);
        say(x, works ? 200 : 503, "text/plain; charset=utf-8", works ? STR("ready\n") : STR("worker is starting\n"));
    } else {
        struct http_response page;
        http_response_init(&page);
        assets_answer(http_exchange_ctx(x), r, &page);
        http_answer(x, &page);
    }
}

static void log_request(void *arg, const struct http_request *r, const struct http_done *d)
{
    struct web *w = arg;
    metrics_count(&w->metrics, d);
    access_log(w->s->log, r, d);
}

static unsigned threads_of(const struct serve_options *o)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return o->threads ? o->threads : cores < 2 ? 4 : cores > 32 ? 64 : (unsigned)cores * 2;
}

static enum rc open_http(struct ctx *cx, struct web *w, struct str cert, struct str key)
{
    const struct serve_options *o = w->s->o;
    struct http_options h = {.fd = w->s->listener,
                             .cert = cert,
                             .key = key,
                             .proxies = o->proxies,
                             .n_proxies = o->n_proxies,
                             .threads = threads_of(o),
                             .most_body = most_body,
                             .handle = handle,
                             .log = log_request,
                             .arg = w};
    h.always = assets_policy(!o->plain && o->cert, &h.n_always);
    return http_start(cx, &h, &w->http);
}

/* Reads what is secret, gives up what it does not need, and only then starts threads and listens. */
static enum rc open_all(struct ctx *cx, struct web *w, struct anchors *anchors)
{
    const struct serve_options *o = w->s->o;
    const struct api_options a = {.process = API_WEB,
                                  .dir = o->dir,
                                  .catalog = w->s->catalog,
                                  .per_second = o->per_second,
                                  .vkey = w->s->vkey,
                                  .public_url = w->s->link_base,
                                  .origin = w->s->origin};
    struct str cert = STR_NONE, key = STR_NONE, lacks;
    w->hosts = (struct http_hosts){.origin = w->s->origin, .address = str_from(o->address)};
    if (!o->plain) TRY(certificate_read(cx, o->dir, o->cert, o->key, &cert, &key));
    if (cert.n) TRY(certificate_names(cx, cert, &w->hosts.names, &w->hosts.n_names));
    TRY(rights_become(cx, &w->s->rights));
    TRY(confine_anchors(cx, o->dir, anchors));
    TRY(confine_web(cx, o->dir, o->catalog, &lacks));
    if (lacks.n) serve_tell("web", "warning", "the kernel lacks: " STR_FMT, STR_ARG(lacks));
    TRY(api_open(cx, &a, &w->api));
    TRY(forward_open(cx, w->s->web, &w->forward));
    enum rc rc = open_http(cx, w, cert, key);
    certificate_wipe(key);
    return rc;
}

int serve_web(struct serve *s)
{
    struct web w = {.s = s, .metrics = {.began = time_now()}};
    struct anchors anchors = {{NULL}};
    struct ctx cx;
    ctx_init(&cx);
    enum rc rc = open_all(&cx, &w, &anchors);
    if (rc == OK) {
        serve_say_ready(s, "");
        serve_wait_for_end();
        http_stop(w.http, STOP_SECONDS);
        forward_close(w.forward);
        api_close(w.api);
    } else
        serve_tell("web", "error", "%s", cx.message);
    confine_release(&anchors);
    ctx_release(&cx);
    return rc == OK ? 0 : 1;
}
