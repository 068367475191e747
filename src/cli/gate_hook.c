/* sinetti hook: a hook of a repository, where no server runs that takes it from `sinetti-hook`. */
#include "cli/common.h"
#include "cli/data.h"
#include "facts/facts.h"
#include "gates/receive.h"
#include "store/store.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] = "usage: sinetti hook NAME [--repository ID --data DIR]\n"
                           "What a repository's hook does where no server runs: `sinetti-hook` starts it, whom git "
                           "starts; nobody calls it\n"
                           "by hand.\n\n"
                           "  --repository ID  of a connected repository (repo:ID)\n"
                           "  --data DIR       the data folder\n"
                           "exit codes: 0 git goes on, 1 refused, 2 wrong usage\n";

enum { OPTION_REPOSITORY = OPTION_OWN, OPTION_DATA };

static const struct option table[] = {{"repository", required_argument, NULL, OPTION_REPOSITORY},
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct hook_call *h = arguments;
    (void)cx;
    if (code == OPTION_REPOSITORY) h->repository = value;
    if (code == OPTION_DATA) h->data = value;
    return OK;
}

static enum rc run(struct ctx *cx, struct hook_call *h, struct buf *say, bool *good)
{
    struct catalog *c = NULL;
    struct facts *f = NULL;
    struct log_reader *reader = NULL;
    const struct facts_options o = {0};
    const char *named = getenv("GIT_DIR");
    char *git_dir = realpath(named ? named : "", NULL);
    h->git_dir = git_dir;
    enum rc rc = git_dir ? OK : fail(cx, E_NOTFOUND, "the repository is not there: %s", strerror(errno));
    if (rc == OK && !hook_data(h)) rc = fail(cx, E_DENIED, "nobody is let in this way: push over SSH or HTTPS");
    if (rc == OK) rc = catalog_builtin(cx, &c);
    if (rc == OK) rc = facts_open(cx, hook_data(h), c, &o, &f);
    if (rc == OK) rc = log_reader_open(cx, hook_data(h), &reader);
    if (rc == OK) *good = receive_hook(cx, h, f, reader, say);
    log_reader_close(reader);
    facts_close(f);
    catalog_free(c);
    free(git_dir);
    return rc;
}

int cli_gate_hook(int argc, char **argv)
{
    struct hook_call h = {
        .environment = (const char *const *)environ, .parent = getppid(), .in = STDIN_FILENO, .out = STDOUT_FILENO};
    struct ctx cx;
    scoped_buf say;
    bool good = false;
    (void)signal(SIGPIPE, SIG_IGN);
    store_leave_small_logs();
    ctx_init(&cx);
    buf_init(&say, 1 << 20);
    int out = common_parse(&cx, argc, argv, table, help, take, &h);
    if (out < 0 && (argc - optind != 1 || !h.repository != !h.data)) {
        (void)fail(&cx, E_INVALID, "a hook's name is expected; of a connected repository, --repository and --data too");
        out = common_wrong(&cx, "hook");
    }
    if (out < 0) {
        h.name = argv[optind];
        if (run(&cx, &h, &say, &good) != OK) receive_failed(&cx, &h, &say);
        if (say.n) (void)fwrite(say.p, 1, say.n, stderr);
        out = good ? EXIT_FINE : EXIT_FAULTS;
    }
    ctx_release(&cx);
    return out;
}
