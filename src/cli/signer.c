/* sinetti signer: the ledger's key in a process of its own, under a user of its own. */
#include "serve/signer.h"
#include "cli/common.h"
#include "serve/local.h"

#include <assert.h>
#include <signal.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti signer --signer DIR --socket PATH [--allow UID]\n"
    "Holds the ledger's key and signs its heads for who asks on the socket, as long as each goes on from the last.\n"
    "Run it as a user of its own whose folder nobody else can read; other commands find it by --signer PATH.\n\n"
    "  --signer DIR    the signer's folder\n"
    "  --socket PATH   where to listen; made anew\n"
    "  --allow UID     another user's number that may ask (the signer's own and root may)\n"
    "It ends at SIGTERM or SIGINT.\n";

enum { OPTION_SIGNER = OPTION_OWN, OPTION_SOCKET, OPTION_ALLOW };

static const struct option table[] = {{"signer", required_argument, NULL, OPTION_SIGNER},
                                      {"socket", required_argument, NULL, OPTION_SOCKET},
                                      {"allow", required_argument, NULL, OPTION_ALLOW},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    const char *dir, *path;
    int64_t allowed; /* -1: nobody else */
};

static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

static enum rc run(struct ctx *cx, const struct arguments *a)
{
    struct signer *s;
    int fd = -1;
    struct sigaction act = {.sa_handler = stop};
    (void)sigemptyset(&act.sa_mask);
    (void)sigaction(SIGTERM, &act, NULL);
    (void)sigaction(SIGINT, &act, NULL);
    assert(a->path); /* asked for by the command */
    TRY(signer_open(cx, a->dir, &s));
    enum rc rc = local_listen(cx, a->path, a->allowed >= 0, &fd);
    if (rc == OK) {
        rc = signer_serve(cx, s, fd, a->allowed, &stopped);
        close(fd);
        unlink(a->path);
    }
    signer_close(s);
    return rc;
}

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_SIGNER:
        a->dir = value;
        return OK;
    case OPTION_SOCKET:
        a->path = value;
        return OK;
    case OPTION_ALLOW:
        return str_to_i64(str_from(value), 0, UINT32_MAX - 1, &a->allowed)
                   ? OK
                   : fail(cx, E_INVALID, "--allow: a user's number is expected");
    default:
        return fail(cx, E_INTERNAL, "option %d is not handled", code);
    }
}

int cli_signer(int argc, char **argv)
{
    struct arguments a = {.allowed = -1};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && (argc > optind || !a.dir || !a.path)) {
        (void)fail(&cx, E_INVALID, "signer needs --signer and --socket, and nothing else");
        out = common_wrong(&cx, "signer");
    }
    if (out < 0) {
        enum rc rc = run(&cx, &a);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
    }
    ctx_release(&cx);
    return out;
}
