/* sinetti ledger witness: cosigns the heads of other ledgers, for who asks by HTTP. */
#include "cli/common.h"
#include "cli/verify_input.h"
#include "cli/witness_http.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEFAULT_LISTEN "127.0.0.1:7380"

static const char help[] =
    "usage: sinetti ledger witness --state DIR --init NAME\n"
    "           makes a witness's folder and key, and prints the key that verifies its cosignatures\n"
    "       sinetti ledger witness --state DIR --logs FILE [--listen ADDRESS:PORT]\n"
    "           cosigns each head of those ledgers that goes on from the last it has seen (C2SP tlog-witness)\n"
    "Run it on a machine that the ledger's owner does not own: that is all its worth (docs/verifying.md).\n\n"
    "  --state DIR             the witness's folder; never put it back from an older copy\n"
    "  --init NAME             the witness's name, by custom a URL without its scheme\n"
    "  --logs FILE             the ledgers' keys (`sinetti ledger vkey`), one a line; # begins a remark. Read at the\n"
    "                          start\n"
    "  --listen ADDRESS:PORT   plain HTTP (" DEFAULT_LISTEN "); for others than this machine put a server with TLS\n"
    "                          before it\n"
    "It ends at SIGTERM or SIGINT.\n"
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_STATE = OPTION_OWN, OPTION_INIT, OPTION_LOGS, OPTION_LISTEN };

static const struct option table[] = {
    {"state", required_argument, NULL, OPTION_STATE}, {"init", required_argument, NULL, OPTION_INIT},
    {"logs", required_argument, NULL, OPTION_LOGS},   {"listen", required_argument, NULL, OPTION_LISTEN},
    {"help", no_argument, NULL, OPTION_HELP},         {0}};

struct arguments {
    const char *state, *name, *logs, *listen;
    struct addrinfo *at;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_STATE:
        a->state = value;
        return OK;
    case OPTION_INIT:
        a->name = value;
        return OK;
    case OPTION_LOGS:
        a->logs = value;
        return OK;
    case OPTION_LISTEN:
        a->listen = value;
        return OK;
    default:
        return fail(cx, E_INTERNAL, "option %d is not handled", code);
    }
}

/* "127.0.0.1:7380", "[::1]:7380": numbers only, so that nobody's name server says where this listens. */
static enum rc read_address(struct ctx *cx, const char *text, struct addrinfo **out)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct str s = str_from(text);
    const char *colon = strrchr(text, ':');
    int64_t port;
    struct str host = colon ? str_slice(s, 0, (size_t)(colon - text)) : STR_NONE;
    bool brackets = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    if (brackets) host = str_slice(host, 1, host.n - 1);
    if (!host.n || (!brackets && str_has(host, STR(":"))) || !str_to_i64(str_from(colon + 1), 0, 65535, &port) ||
        getaddrinfo(arena_cstr(&cx->arena, host), colon + 1, &hints, out) != 0)
        return fail(cx, E_INVALID, "--listen: ADDRESS:PORT is expected, in numbers");
    return OK;
}

static enum rc check_usage(struct ctx *cx, struct arguments *a, int words)
{
    if (words) return fail(cx, E_INVALID, "ledger witness takes options only");
    if (!a->state) return fail(cx, E_INVALID, "--state is missing: the witness's folder");
    if (a->name && (a->logs || a->listen)) return fail(cx, E_INVALID, "--init makes the folder and does nothing else");
    if (!a->name && !a->logs) return fail(cx, E_INVALID, "--logs is missing: the keys of the ledgers to cosign");
    if (a->name && !note_name_is_valid(str_from(a->name)))
        return fail(cx, E_INVALID, "--init: a name is 1 to 255 characters, no white space, no plus");
    return a->name ? OK : read_address(cx, a->listen ? a->listen : DEFAULT_LISTEN, &a->at);
}

static enum rc init(struct ctx *cx, const struct arguments *a)
{
    struct note_key key;
    scoped_buf text;
    buf_init(&text, 0);
    TRY(witness_create(cx, a->state, str_from(a->name), &key));
    note_key_put(&text, &key);
    buf_char(&text, '\n');
    return common_print(cx, buf_view(&text));
}

static enum rc listen_at(struct ctx *cx, const struct addrinfo *at, int *out)
{
    int one = 1;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool good = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
                bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, LIMIT_CONNECTIONS) == 0;
    int failure = errno;
    *out = fd;
    if (good) return OK;
    if (fd >= 0) close(fd);
    return fail(cx, E_IO, "cannot listen there: %s", strerror(failure));
}

/* With port 0 the machine has chosen one. */
static enum rc print_address(struct ctx *cx, int fd)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof at;
    char host[NI_MAXHOST], port[NI_MAXSERV];
    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0 ||
        getnameinfo((struct sockaddr *)&at, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) !=
            0)
        return fail(cx, E_IO, "cannot say where it listens");
    bool six = at.ss_family == AF_INET6;
    printf("listening on http://%s%s%s:%s\n", six ? "[" : "", host, six ? "]" : "", port);
    return fflush(stdout) == 0 ? OK : fail(cx, E_IO, "standard output: cannot write: %s", strerror(errno));
}

static enum rc serve(struct ctx *cx, const struct arguments *a)
{
    struct witness *w;
    struct str logs;
    sigset_t ends;
    int fd = -1;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    TRY(verify_file_read(cx, a->logs, LIMIT_WITNESS_FILE, &logs));
    TRY(witness_open(cx, a->state, logs, &w));
    enum rc rc = listen_at(cx, a->at, &fd);
    if (rc == OK) {
        rc = print_address(cx, fd);
        if (rc == OK)
            rc = witness_http_serve(cx, w, fd);
        else
            close(fd);
    }
    witness_close(w);
    return rc;
}

int cli_ledger_witness(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && check_usage(&cx, &a, argc - optind) != OK) out = common_wrong(&cx, "ledger");
    if (out < 0) {
        enum rc rc = a.name ? init(&cx, &a) : serve(&cx, &a);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
    }
    if (a.at) freeaddrinfo(a.at);
    ctx_release(&cx);
    return out;
}
