/* `sinetti-hook`: the gate of a repository, and nothing else, so that it starts at once. In a hosted one git calls it
 * by the name of the hook it is to be (githooks(5)): pre-receive or proc-receive. A connected one's hooks call it with
 * that name, the data folder and the repository:
 *
 *     sinetti-hook pre-receive|proc-receive|post-receive --repository repo:ID --data DIR */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gates/receive.h"
#include "store/store.h"

static void tell(const struct buf *say)
{
    if (say->n) (void)fwrite(say->p, 1, say->n, stderr);
}

static enum rc run(struct ctx *cx, const char *name, const struct receive *r, const struct catalog *c, struct buf *say,
                   bool *allowed)
{
    *allowed = true;
    if (strcmp(name, "pre-receive") == 0) return receive_judge(cx, r, c, STDIN_FILENO, say, allowed);
    if (strcmp(name, "proc-receive") == 0) return receive_move(cx, r, c, STDIN_FILENO, STDOUT_FILENO, say);
    if (strcmp(name, "post-receive") == 0) return receive_told(cx, r, c, STDIN_FILENO, say);
    return fail(cx, E_INVALID, "git calls this as pre-receive, proc-receive or post-receive");
}

static enum rc start(struct ctx *cx, int argc, char **argv, struct catalog **c, struct buf *say, bool *allowed)
{
    struct receive r;
    const char *slash = argc ? strrchr(argv[0], '/') : NULL, *name = slash ? slash + 1 : argc ? argv[0] : "";
    bool connected = argc == 6 && !strcmp(argv[2], "--repository") && !strcmp(argv[4], "--data");
    if (!connected && argc > 1) return fail(cx, E_INVALID, "what `sinetti repo connect` writes calls this");
    TRY(connected ? receive_from_hook(cx, argv[5], argv[3], &r) : receive_from_environment(cx, &r));
    TRY(catalog_builtin(cx, c));
    return run(cx, connected ? argv[1] : name, &r, *c, say, allowed);
}

int main(int argc, char **argv)
{
    struct ctx cx;
    struct catalog *c = NULL;
    scoped_buf say;
    bool allowed = false;
    (void)signal(SIGPIPE, SIG_IGN);
    store_leave_small_logs();
    ctx_init(&cx);
    buf_init(&say, 1 << 20);
    enum rc rc = start(&cx, argc, argv, &c, &say, &allowed);
    tell(&say);
    if (rc != OK) fprintf(stderr, "sinetti: %s\n", receive_error(&cx));
    catalog_free(c);
    ctx_release(&cx);
    return rc == E_INVALID && argc < 2 ? 2 : rc == OK && allowed ? 0 : 1;
}
