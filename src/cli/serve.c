/* sinetti serve: the server. */
#include "serve/serve.h"

#include "base/origin.h"
#include "cli/common.h"
#include "cli/data.h"

#include <stdlib.h>

static const char help[] =
    "usage: sinetti serve [OPTIONS]\n"
    "Serves the pages and the API of a data folder until SIGTERM or SIGINT; then what has begun is answered.\n"
    "Without options: HTTPS at https://localhost:8443, with a certificate of its own for this machine.\n\n"
    "  --listen ADDR:PORT   where to listen ([::1]:8443 for IPv6; port 0: any free one)\n"
    "  --public-url URL     what users open: https://sinetti.example.org. Links begin with it, and requests for other\n"
    "                       names are refused (public_url in DIR/config; the certificate's names, addresses, "
    "localhost)\n"
    "  --tls-cert FILE      the certificate and those above it, in PEM\n"
    "  --tls-key FILE       its key, in PEM. SIGHUP reads both again\n"
    "  --http               HTTP without TLS, for a reverse proxy on this machine that does TLS\n"
    "  --trusted-proxy CIDR an address or network whose X-Forwarded-For and -Proto are believed; may be repeated\n"
    "  --access-log FILE    a line of JSON for each request (standard error)\n"
    "  --threads N          that read requests (two for each core)\n"
    "  --requests-per-second N  of one credential, or address (100; 0: as many as come)\n"
    "  --catalog DIR        another catalog than the built-in one\n" DATA_HELP
    "exit codes: 0 ended as asked, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum {
    OPTION_DATA = OPTION_OWN,
    OPTION_SIGNER,
    OPTION_LISTEN,
    OPTION_PUBLIC,
    OPTION_CERT,
    OPTION_KEY,
    OPTION_HTTP,
    OPTION_PROXY,
    OPTION_LOG,
    OPTION_THREADS,
    OPTION_RATE
};

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"signer", required_argument, NULL, OPTION_SIGNER},
                                      {"listen", required_argument, NULL, OPTION_LISTEN},
                                      {"public-url", required_argument, NULL, OPTION_PUBLIC},
                                      {"tls-cert", required_argument, NULL, OPTION_CERT},
                                      {"tls-key", required_argument, NULL, OPTION_KEY},
                                      {"http", no_argument, NULL, OPTION_HTTP},
                                      {"trusted-proxy", required_argument, NULL, OPTION_PROXY},
                                      {"access-log", required_argument, NULL, OPTION_LOG},
                                      {"threads", required_argument, NULL, OPTION_THREADS},
                                      {"requests-per-second", required_argument, NULL, OPTION_RATE},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

#define MOST_PROXIES 64

struct arguments {
    struct serve_options o;
    struct data data;
    struct str proxies[MOST_PROXIES];
};

/* ADDR:PORT, [ADDR]:PORT or PORT. */
static enum rc take_listen(struct ctx *cx, struct serve_options *o, const char *value)
{
    struct str text = str_from(value), address = STR("127.0.0.1"), port = text;
    int64_t n;
    for (size_t i = text.n; i-- > 0;)
        if (text.p[i] == ':') {
            address = str_slice(text, 0, i);
            port = str_slice(text, i + 1, text.n);
            break;
        }
    if (address.n >= 2 && address.p[0] == '[' && address.p[address.n - 1] == ']')
        address = str_slice(address, 1, address.n - 1);
    if (!address.n || !str_to_i64(port, 0, 65535, &n))
        return fail(cx, E_INVALID, "--listen: ADDR:PORT is expected, as 0.0.0.0:8443 or [::1]:8443");
    o->address = arena_cstr(&cx->arena, address);
    o->port = (uint16_t)n;
    return OK;
}

static enum rc take_proxy(struct ctx *cx, struct arguments *a, const char *value)
{
    if (!http_is_network(str_from(value)))
        return fail(cx, E_INVALID, "--trusted-proxy: an address or a network (10.0.0.0/8) is expected");
    if (a->o.n_proxies == MOST_PROXIES) return fail(cx, E_LIMIT, "--trusted-proxy: at most %d", MOST_PROXIES);
    a->proxies[a->o.n_proxies++] = str_from(value);
    return OK;
}

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    int64_t n;
    switch (code) {
    case OPTION_LISTEN:
        return take_listen(cx, &a->o, value);
    case OPTION_PROXY:
        return take_proxy(cx, a, value);
    case OPTION_THREADS:
        if (!str_to_i64(str_from(value), 2, 256, &n)) return fail(cx, E_INVALID, "--threads: a number from 2 to 256");
        a->o.threads = (unsigned)n;
        return OK;
    case OPTION_RATE:
        if (!str_to_i64(str_from(value), 0, 1000000, &n))
            return fail(cx, E_INVALID, "--requests-per-second: a whole number, 0 for any number");
        a->o.per_second = (unsigned)n;
        return OK;
    case OPTION_DATA:
        a->data.dir = value;
        return OK;
    case OPTION_SIGNER:
        a->data.signer_dir = value;
        return OK;
    case OPTION_PUBLIC: {
        struct str origin;
        TRY(origin_read(cx, "--public-url", str_from(value), &origin));
        a->o.public_url = origin.p;
        return OK;
    }
    case OPTION_CERT:
        a->o.cert = value;
        return OK;
    case OPTION_KEY:
        a->o.key = value;
        return OK;
    case OPTION_HTTP:
        a->o.plain = true;
        return OK;
    case OPTION_LOG:
        a->o.access_log = value;
        return OK;
    case OPTION_CATALOG:
        a->o.catalog = value;
        return OK;
    default:
        return fail(cx, E_INTERNAL, "option %d is not handled", code);
    }
}

static enum rc judge(struct ctx *cx, const struct arguments *a, bool operands)
{
    if (operands) return fail(cx, E_INVALID, "serve takes options only");
    if (!a->o.cert != !a->o.key) return fail(cx, E_INVALID, "--tls-cert and --tls-key belong together");
    if (a->o.plain && a->o.cert) return fail(cx, E_INVALID, "--http does without --tls-cert and --tls-key");
    return OK;
}

int cli_serve(int argc, char **argv)
{
    struct arguments a = {.o = {.address = "127.0.0.1", .port = 8443, .per_second = 100}};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && judge(&cx, &a, argc > optind) != OK) out = common_wrong(&cx, "serve");
    if (out < 0) {
        data_find(&cx, &a.data);
        a.o.dir = a.data.dir;
        a.o.signer = a.data.signer_dir;
        a.o.proxies = a.proxies;
        (void)setenv("SINETTI_SIGNER", a.o.signer, 1); /* for what signs within (gates/seal.h) */
        enum rc rc = serve_run(&cx, &a.o);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
    }
    ctx_release(&cx);
    return out;
}
