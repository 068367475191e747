/* `sinetti-hook`: the gate of a hosted repository, and nothing else, so that it starts at once. git calls it by the
 * name of the hook it is to be (githooks(5)): pre-receive or proc-receive. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gates/receive.h"

static void tell(const struct buf *say)
{
    if (say->n) (void)fwrite(say->p, 1, say->n, stderr);
}

static int judge(struct ctx *cx, const struct catalog *c, struct buf *say)
{
    struct receive r;
    bool allowed = false;
    enum rc rc = receive_from_environment(cx, &r);
    if (rc == OK) rc = receive_judge(cx, &r, c, STDIN_FILENO, say, &allowed);
    tell(say);
    if (rc != OK) fprintf(stderr, "sinetti: %s\n", cx->message);
    return rc == OK && allowed ? 0 : 1;
}

static int move(struct ctx *cx, const struct catalog *c, struct buf *say)
{
    struct receive r;
    enum rc rc = receive_from_environment(cx, &r);
    if (rc == OK) rc = receive_move(cx, &r, c, STDIN_FILENO, STDOUT_FILENO, say);
    tell(say);
    if (rc != OK) fprintf(stderr, "sinetti: %s\n", cx->message);
    return rc == OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct ctx cx;
    struct catalog *c = NULL;
    scoped_buf say;
    const char *slash = argc ? strrchr(argv[0], '/') : NULL, *name = slash ? slash + 1 : argc ? argv[0] : "";
    int code = 1;
    (void)signal(SIGPIPE, SIG_IGN);
    ctx_init(&cx);
    buf_init(&say, 1 << 20);
    if (catalog_builtin(&cx, &c) != OK) {
        fprintf(stderr, "sinetti: %s\n", cx.message);
    } else if (strcmp(name, "pre-receive") == 0) {
        code = judge(&cx, c, &say);
    } else if (strcmp(name, "proc-receive") == 0) {
        code = move(&cx, c, &say);
    } else {
        fprintf(stderr, "sinetti-hook: git calls this as pre-receive or proc-receive\n");
        code = 2;
    }
    catalog_free(c);
    ctx_release(&cx);
    return code;
}
