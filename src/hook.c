/* `sinetti-hook`: what git and sshd start, small so that it starts at once. Called by the name of a hook (githooks(5)),
 * or as a connected repository's hook or an SSH key's forced command have it:
 *
 *     sinetti-hook pre-receive|proc-receive|post-receive --repository repo:ID --data DIR
 *     sinetti-hook door --data DIR --key FINGERPRINT
 *
 * The server that runs on the data folder does the work (gate_wire.h); where none does, `sinetti` beside this program.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gates/gate_wire.h"

#define TEXT_MOST (8U << 20)
#define WORDS_MOST 40

static void tell(const struct buf *text)
{
    if (text->n) (void)fwrite(text->p, 1, text->n, stderr);
}

/* --- the whole program, where no server takes it */

static int run_here(const char *const *argv)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof "sinetti");
    char *slash = n > 0 ? memrchr(path, '/', (size_t)n) : NULL;
    if (slash) {
        memcpy(slash + 1, "sinetti", sizeof "sinetti");
        (void)execv(path, (char *const *)(uintptr_t)argv);
    }
    fprintf(stderr, "sinetti-hook: %s: %s\n", slash ? path : "this program", strerror(errno));
    return 1;
}

/* A hook is told by the door, the door by ssh. */
static bool is_finnish(void)
{
    const char *said = getenv("SINETTI_LANG");
    if (!said) said = getenv("LANG");
    return said && strncmp(said, "fi", 2) == 0;
}

static int end_with(enum gate_asked how, int code, const struct buf *text)
{
    if (how == GATE_ANSWERED)
        tell(text);
    else
        fputs(is_finnish() ? "sinetti: palvelin keskeytyi; katso, mitä ehti tapahtua, ennen kuin yrität uudelleen\n"
                           : "sinetti: the server broke off; look at what has become of it before you try again\n",
              stderr);
    return how == GATE_ANSWERED ? code : 1;
}

/* --- a hook */

static int run_hook(struct hook_call *h, const char *const *argv)
{
    scoped_buf text;
    int code = 1;
    const char *named = getenv("GIT_DIR");
    char *git_dir = realpath(named ? named : "", NULL);
    enum gate_asked how = GATE_NOBODY;
    (void)signal(SIGPIPE, SIG_IGN); /* what was done is told by the code, whoever listens */
    buf_init(&text, TEXT_MOST);
    h->git_dir = git_dir;
    if (git_dir) how = gate_wire_hook(h, &code, &text);
    free(git_dir);
    return how == GATE_NOBODY ? run_here(argv) : end_with(how, code, &text);
}

/* --- a door */

/* "git-receive-pack", path, environment… */
static int become_git(struct buf *text)
{
    char *argv[] = {"git", NULL, NULL, NULL}, *env[WORDS_MOST + 1] = {NULL};
    char *word = text->p, *end = text->p + text->n;
    for (size_t n = 0; word < end && n < WORDS_MOST; n++, word += strlen(word) + 1)
        if (n < 2)
            argv[1 + n] = word;
        else
            env[n - 2] = word;
    if (argv[2]) (void)execvpe("git", argv, env);
    fprintf(stderr, "sinetti: git does not start: %s\n", strerror(errno));
    return 1;
}

static int run_door(const struct door_call *d, const char *const *argv)
{
    scoped_buf text;
    int code = 1;
    buf_init(&text, TEXT_MOST);
    enum gate_asked how =
        d->command && strncmp(d->command, "git", 3) == 0 ? gate_wire_door(d, &code, &text) : GATE_NOBODY;
    if (how == GATE_NOBODY) return run_here(argv);
    return how == GATE_ANSWERED && code == 0 ? become_git(&text) : end_with(how, code, &text);
}

int main(int argc, char **argv)
{
    const char *slash = argc ? strrchr(argv[0], '/') : NULL, *name = slash ? slash + 1 : argc ? argv[0] : "";
    struct hook_call h = {
        .environment = (const char *const *)environ, .parent = getppid(), .in = STDIN_FILENO, .out = STDOUT_FILENO};
    if (argc == 6 && !strcmp(argv[1], "door") && !strcmp(argv[2], "--data") && !strcmp(argv[4], "--key")) {
        const struct door_call d = {argv[3], argv[5], getenv("SSH_ORIGINAL_COMMAND"), getenv("LANG"),
                                    getenv("GIT_PROTOCOL")};
        const char *const here[] = {"sinetti", "door", argv[2], argv[3], argv[4], argv[5], NULL};
        return run_door(&d, here);
    }
    if (argc == 6 && !strcmp(argv[2], "--repository") && !strcmp(argv[4], "--data")) {
        const char *const here[] = {"sinetti", "hook", argv[1], argv[2], argv[3], argv[4], argv[5], NULL};
        h.name = argv[1];
        h.repository = argv[3];
        h.data = argv[5];
        return run_hook(&h, here);
    }
    if (argc == 1 && (!strcmp(name, "pre-receive") || !strcmp(name, "proc-receive") || !strcmp(name, "post-receive"))) {
        const char *const here[] = {"sinetti", "hook", name, NULL};
        h.name = name;
        return run_hook(&h, here);
    }
    fprintf(stderr, "sinetti-hook: git and sshd start this: `sinetti repo create`, `sinetti repo connect` and "
                    "`sinetti authorized-keys` say how\n");
    return 2;
}
