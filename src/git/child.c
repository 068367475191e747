#include "git/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "git/confine.h"

#define READER_SIZE (64 * 1024)
#define PIPE_SIZE (256 * 1024) /* fewer switches between git and us; a refusal is harmless */
#define ARGS_MAX 96

struct start {
    const char *program, *dir;
    char *const *argv;
    char *const *env;
    int in, out, errors, ruleset;
    pid_t parent;
    uint64_t memory, written;
};

/* In the child, on its parent's memory: system calls only, nothing of the parent's is changed. */
static void __attribute__((noreturn)) run_child(const struct start *s)
{
    static const int defaults[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM,
                                   SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD, SIGXCPU};
    struct sigaction sa = {.sa_handler = SIG_DFL};
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) (void)sigaction(defaults[i], &sa, NULL);
    sa.sa_handler = SIG_IGN;
    (void)sigaction(SIGXFSZ, &sa, NULL); /* complaints beyond RLIMIT_FSIZE are lost, not deadly */
    if (getppid() != s->parent || !confine_self(s->ruleset, s->memory, s->written)) _exit(127);
    /* The three may sit on each other's places when the parent was started with closed descriptors. */
    int in = fcntl(s->in, F_DUPFD, 3), out = fcntl(s->out, F_DUPFD, 3), errors = fcntl(s->errors, F_DUPFD, 3);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(errors, 2) < 0) _exit(127);
    if (syscall(SYS_close_range, 3U, ~0U, 0U) < 0)
        for (int fd = 3; fd < 65536; fd++) (void)close(fd);
    if (chdir(s->dir) < 0) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)execve(s->program, s->argv, s->env);
    _exit(127);
}

static pid_t __attribute__((noinline)) start(const struct start *s)
{
    /* vfork: the parent may be large. No signal handler of the parent's may run in the child. */
    sigset_t all, old;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    pid_t pid = vfork();
    if (pid == 0) run_child(s);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    return pid;
}

static void close_fd(int *fd)
{
    if (*fd >= 0) (void)close(*fd);
    *fd = -1;
}

static uint64_t memory_of(const char *command)
{
    return str_starts(str_from(command), STR("diff-")) ? LIMIT_GIT_DIFF_MEMORY : LIMIT_GIT_MEMORY;
}

enum rc child_start(struct ctx *cx, const struct git *g, const char *const *argv, int input, struct child *c)
{
    const char *args[ARGS_MAX] = {"git"};
    size_t n = 1;
    for (; argv[n - 1]; n++) {
        if (n + 1 >= ARGS_MAX) return fail(cx, E_INTERNAL, "git was to be started with too many arguments");
        args[n] = argv[n - 1];
    }
    *c = CHILD_NONE;
    int pipes[2] = {-1, -1}, sockets[2] = {-1, -1}, null = -1;
    struct start s = {g->program,
                      g->dir,
                      (char *const *)args,
                      (char *const *)g->env,
                      input,
                      -1,
                      -1,
                      g->confine_fd,
                      getpid(),
                      memory_of(argv[0]),
                      g->hosted ? LIMIT_PUSH_PACK : LIMIT_GIT_WRITTEN};
    enum rc rc = OK;
    c->errors = memfd_create("sinetti-git-errors", MFD_CLOEXEC);
    if (c->errors < 0 || pipe2(pipes, O_CLOEXEC) < 0) rc = E_IO;
    if (rc == OK && input == CHILD_FEED) {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0) rc = E_IO;
        s.in = sockets[0];
    } else if (rc == OK && input == CHILD_NO_INPUT) {
        null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (null < 0) rc = E_IO;
        s.in = null;
    }
    if (rc == OK) {
        (void)fcntl(pipes[1], F_SETPIPE_SZ, PIPE_SIZE);
        s.out = pipes[1];
        s.errors = c->errors;
        c->pid = start(&s);
        if (c->pid < 0) rc = E_IO;
    }
    int error = errno;
    close_fd(&pipes[1]);
    close_fd(&sockets[0]);
    close_fd(&null);
    c->out = pipes[0];
    c->in = sockets[1];
    if (rc != OK) {
        close_fd(&c->out);
        close_fd(&c->in);
        close_fd(&c->errors);
        *c = CHILD_NONE;
        return fail(cx, rc, "git could not be started: %s", strerror(error));
    }
    return OK;
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool child_finish(struct child *c, int *code)
{
    close_fd(&c->in);
    close_fd(&c->out);
    *code = c->pid > 0 ? wait_for(c->pid) : 127;
    c->pid = 0;
    return *code == 0;
}

void child_kill(struct child *c)
{
    int code;
    if (c->pid > 0) {
        (void)kill(c->pid, SIGKILL);
        (void)child_finish(c, &code);
    }
    close_fd(&c->in);
    close_fd(&c->out);
    close_fd(&c->errors);
}

void child_close_errors(struct child *c)
{
    close_fd(&c->errors);
}

const char *child_complaint(struct ctx *cx, const struct child *c)
{
    char text[4096];
    ssize_t n = c->errors >= 0 ? pread(c->errors, text, sizeof text, 0) : 0;
    struct str s = str_trim((struct str){text, n > 0 ? (size_t)n : 0});
    if (str_starts(s, STR("fatal: "))) s = str_slice(s, 7, s.n);
    return s.n ? str_visible(cx, s) : "git gave no reason";
}

int child_input(struct str content)
{
    int fd = memfd_create("sinetti-git-input", MFD_CLOEXEC);
    size_t done = 0;
    while (fd >= 0 && done < content.n) {
        ssize_t n = write(fd, content.p + done, content.n - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            close_fd(&fd);
        else
            done += (size_t)n;
    }
    if (fd >= 0 && lseek(fd, 0, SEEK_SET) < 0) close_fd(&fd);
    return fd;
}

void reader_init(struct reader *r, int fd)
{
    char *p = r->p;
    *r = (struct reader){.fd = fd, .p = p, .cap = READER_SIZE};
    if (!r->p) r->p = malloc(r->cap);
    if (!r->p) r->failed = true;
}

void reader_release(struct reader *r)
{
    free(r->p);
    *r = (struct reader){.fd = -1};
}

static ssize_t read_some(struct reader *r, char *dst, size_t n)
{
    if (r->failed || r->fd < 0) return 0;
    for (;;) {
        if (r->ready) r->ready(r->arg);
        ssize_t got = read(r->fd, dst, n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) r->failed = true;
        return got < 0 ? 0 : got;
    }
}

/* Adds to the buffer what there is; false at the end of the stream. */
static bool more(struct reader *r)
{
    if (r->at > 0) {
        if (r->n > r->at) memmove(r->p, r->p + r->at, r->n - r->at);
        r->n -= r->at;
        r->at = 0;
    }
    ssize_t got = read_some(r, r->p + r->n, r->cap - r->n);
    r->n += (size_t)got;
    return got > 0;
}

bool reader_until(struct reader *r, char sep, struct str *out, bool *cut)
{
    *cut = false;
    size_t seen = 0;
    for (;;) {
        size_t have = r->n - r->at;
        const char *from = r->p + r->at;
        const char *end = have > seen ? memchr(from + seen, sep, have - seen) : NULL;
        if (end) {
            *out = (struct str){from, (size_t)(end - from)};
            r->at += out->n + 1;
            if (out->n > READER_TOKEN) {
                out->n = READER_TOKEN;
                *cut = true;
            }
            return true;
        }
        seen = have;
        if (have > READER_TOKEN) break;
        if (!more(r)) return false;
    }
    /* Too long: keep its start at the front of the buffer while the rest goes by. */
    if (r->at > 0) memmove(r->p, r->p + r->at, r->n - r->at);
    r->at = 0;
    *out = (struct str){r->p, READER_TOKEN};
    *cut = true;
    for (;;) {
        r->n = READER_TOKEN + (size_t)read_some(r, r->p + READER_TOKEN, r->cap - READER_TOKEN);
        if (r->n == READER_TOKEN) return false;
        const char *end = memchr(r->p + READER_TOKEN, sep, r->n - READER_TOKEN);
        if (end) {
            r->at = (size_t)(end - r->p) + 1;
            return true;
        }
    }
}

int reader_peek(struct reader *r)
{
    if (r->at == r->n && !more(r)) return -1;
    return (unsigned char)r->p[r->at];
}

bool reader_take(struct reader *r, char *dst, uint64_t n)
{
    while (n > 0) {
        if (r->at == r->n) {
            if (dst && n >= r->cap) { /* no detour for the large ones */
                ssize_t got = read_some(r, dst, n);
                if (got <= 0) return false;
                dst += got;
                n -= (uint64_t)got;
                continue;
            }
            if (!more(r)) return false;
        }
        size_t part = r->n - r->at;
        if (part > n) part = (size_t)n;
        if (dst) {
            memcpy(dst, r->p + r->at, part);
            dst += part;
        }
        r->at += part;
        n -= part;
    }
    return true;
}
