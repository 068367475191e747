#include "serve/children.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIRST_DELAY 100  /* milliseconds before a process is started again … */
#define LAST_DELAY 10000 /* … doubled up to this … */
#define LIVED 30000      /* … until it has lived so long */
#define MOST_DEATHS 20   /* shifts stay small */
#define LONGEST 3600000  /* until the supervisor looks around */
#define IMPATIENT 500    /* a SIGINT so long after the first means: at once */

static int signals = -1;
static bool is_over; /* SIGTERM or SIGINT came, also while one process was waited for */
static sigset_t before;

int64_t serve_milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void children_begin(struct child *c, bool with_signer)
{
    sigset_t ours;
    sigemptyset(&ours);
    const int numbers[] = {SIGTERM, SIGINT, SIGCHLD, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&ours, numbers[i]);
    sigprocmask(SIG_BLOCK, &ours, &before);
    is_over = false;
    signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
    (void)signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < CHILDREN; i++) c[i].ready = -1;
    c[CHILD_SIGNER].off = !with_signer;
}

void children_over(void)
{
    if (signals >= 0) close(signals);
    signals = -1;
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static void close_one(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* What is another's: who is gone is noticed only when nobody holds its end. */
static void close_others(struct serve *s, const struct child *c)
{
    close_one(&s->lock);
    if (c->run != serve_web) close_one(&s->listener);
    if (c->run != serve_web) close_one(&s->web);
    if (c->run != serve_worker) close_one(&s->worker);
    if (c->run != serve_signer) close_one(&s->signer);
}

/* In the new process. It sees its signals blocked: SIGTERM is taken by serve_wait_for_end(). */
static _Noreturn void live(struct serve *s, const struct child *c, pid_t parent)
{
    sigset_t open;
    sigemptyset(&open);
    sigaddset(&open, SIGCHLD);
    sigprocmask(SIG_UNBLOCK, &open, NULL);
    (void)signal(SIGINT, SIG_IGN); /* of a terminal's whole group: the supervisor says when */
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)prctl(PR_SET_NAME, c->name);
    if (getppid() != parent) _exit(1);
    close(signals);
    close_others(s, c);
    _exit(c->run(s));
}

static void start(struct serve *s, struct child *c, int64_t now)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        close(ends[0]);
        s->ready = ends[1];
        live(s, c, parent);
    }
    close(ends[1]);
    c->began = now;
    if (pid < 0) {
        serve_tell("supervisor", "error", "cannot start %s: %s", c->name, strerror(errno));
        close(ends[0]);
        c->again = now + LAST_DELAY;
        return;
    }
    c->pid = pid;
    c->ready = ends[0];
    c->is_ready = false;
}

void children_start(struct serve *s, struct child *c, int64_t now)
{
    for (size_t i = 0; i < CHILDREN; i++)
        if (!c[i].off && !c[i].pid && c[i].again <= now) start(s, &c[i], now);
}

bool children_are_ready(const struct child *c)
{
    for (size_t i = 0; i < CHILDREN; i++)
        if (!c[i].off && !c[i].is_ready) return false;
    return true;
}

static void buried(struct child *c, int status, int64_t now)
{
    bool lived = now - c->began > LIVED;
    if (c->ready >= 0) close(c->ready);
    c->ready = -1;
    c->pid = 0;
    c->is_ready = false;
    c->deaths = lived ? 0 : c->deaths < MOST_DEATHS ? c->deaths + 1 : c->deaths;
    int64_t delay = FIRST_DELAY << (c->deaths ? c->deaths - 1 : 0);
    c->again = now + (delay < LAST_DELAY ? delay : LAST_DELAY);
    if (WIFSIGNALED(status))
        serve_tell("supervisor", "error", "%s was ended by signal %d; it is started again", c->name, WTERMSIG(status));
    else
        serve_tell("supervisor", WEXITSTATUS(status) ? "error" : "notice", "%s ended with code %d; it is started again",
                   c->name, WEXITSTATUS(status));
}

static void bury(struct child *c, int64_t now)
{
    for (size_t i = 0; i < CHILDREN; i++) {
        int status;
        if (c[i].pid && waitpid(c[i].pid, &status, WNOHANG) == c[i].pid) buried(&c[i], status, now);
    }
}

static int patience(const struct child *c, int64_t now)
{
    int64_t next = -1;
    for (size_t i = 0; i < CHILDREN; i++)
        if (!c[i].off && !c[i].pid && (next < 0 || c[i].again < next)) next = c[i].again;
    if (next < 0 || next > now + LONGEST) return LONGEST;
    return next > now ? (int)(next - now) : 0;
}

static enum children_event signalled(struct child *c)
{
    struct signalfd_siginfo info;
    enum children_event out = CHILDREN_CHANGED;
    while (read(signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) is_over = true;
        if (info.ssi_signo == SIGHUP) out = CHILDREN_RELOAD;
    }
    bury(c, serve_milliseconds());
    return is_over ? CHILDREN_END : out;
}

enum children_event children_wait(struct child *c, int64_t now)
{
    struct pollfd fds[1 + CHILDREN] = {{.fd = signals, .events = POLLIN}};
    for (size_t i = 0; i < CHILDREN; i++) fds[1 + i] = (struct pollfd){.fd = c[i].ready, .events = POLLIN};
    if (is_over) return CHILDREN_END;
    if (poll(fds, 1 + CHILDREN, patience(c, now)) < 0) return CHILDREN_CHANGED;
    for (size_t i = 0; i < CHILDREN; i++) {
        if (!fds[1 + i].revents) continue;
        ssize_t n = read(c[i].ready, c[i].link, sizeof c[i].link - 1);
        c[i].is_ready = n > 0;
        c[i].link[n > 0 ? n : 0] = 0;
        close(c[i].ready);
        c[i].ready = -1;
    }
    return fds[0].revents ? signalled(c) : CHILDREN_CHANGED;
}

void children_end(struct child *c, int seconds)
{
    if (!c->pid) return;
    (void)kill(c->pid, SIGTERM);
    int64_t begun = serve_milliseconds(), until = begun + seconds * 1000LL;
    for (;;) {
        int status;
        pid_t done = waitpid(c->pid, &status, WNOHANG);
        if (done == c->pid || (done < 0 && errno != EINTR)) break;
        int64_t left = until - serve_milliseconds();
        if (left <= 0) {
            (void)kill(c->pid, SIGKILL); /* first: who reads what is told may be gone, or asleep */
            (void)waitpid(c->pid, &status, 0);
            serve_tell("supervisor", "error", "%s did not end; it was killed", c->name);
            break;
        }
        struct pollfd fd = {.fd = signals, .events = POLLIN};
        struct signalfd_siginfo info;
        (void)poll(&fd, 1, left > 50 ? 50 : (int)left);
        while (read(signals, &info, sizeof info) == sizeof info) {
            if (info.ssi_signo == SIGINT && is_over && serve_milliseconds() - begun > IMPATIENT) until = 0;
            if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) is_over = true;
        }
    }
    if (c->ready >= 0) close(c->ready);
    c->ready = -1;
    c->pid = 0;
    c->is_ready = false;
    c->again = 0;
}
