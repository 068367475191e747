#include "serve/job_process.h"

#include "base/file.h"
#include "base/limits.h"
#include "serve/children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- a folder of its own */

void job_process_clean(struct ctx *cx, const char *dir)
{
    file_remove_folder(arena_printf(&cx->arena, "%s/tmp", dir).p);
}

static enum rc make_folder(struct ctx *cx, const char *dir, const char *id, char **out)
{
    const char *all = arena_printf(&cx->arena, "%s/tmp", dir).p;
    *out = strdup(arena_printf(&cx->arena, "%s/%s", all, id).p);
    if (!*out) return fail(cx, E_IO, "out of memory");
    if ((mkdir(all, 0700) == 0 || errno == EEXIST) && (mkdir(*out, 0700) == 0 || errno == EEXIST)) return OK;
    return fail(cx, E_IO, "%s: cannot make the folder: %s", str_visible(cx, str_from(*out)), strerror(errno));
}

/* --- starting */

/* Between fork and exec in a process of many threads: system calls only. */
static _Noreturn void become(char *const *argv, char *const *env, int out, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open("/dev/null", O_RDONLY);
    if (getppid() != parent || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(127);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    execve("/proc/self/exe", argv, env);
    _exit(127);
}

/* Ours, but for TMPDIR. */
static char **environment(struct ctx *cx, const char *folder)
{
    size_t n = 0, kept = 0;
    while (environ[n]) n++;
    char **out = arena_array(&cx->arena, char *, n + 2);
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "TMPDIR=", 7) != 0) out[kept++] = environ[i];
    out[kept] = arena_cstr(&cx->arena, arena_printf(&cx->arena, "TMPDIR=%s", folder));
    return out;
}

enum rc job_process_start(struct ctx *cx, const char *dir, const char *catalog, const struct job *j,
                          struct job_process *out)
{
    int ends[2];
    char *argv[] = {"sinetti",
                    "job",
                    arena_cstr(&cx->arena, j->what),
                    arena_cstr(&cx->arena, j->subject),
                    "--data",
                    arena_cstr(&cx->arena, str_from(dir)),
                    catalog ? "--catalog" : NULL,
                    catalog ? arena_cstr(&cx->arena, str_from(catalog)) : NULL,
                    NULL};
    *out = (struct job_process){.out = -1, .until = serve_milliseconds() + LIMIT_JOB_SECONDS * 1000LL};
    buf_init(&out->text, 8 * KIB);
    if (j->id.n >= sizeof out->id) return fail(cx, E_INTERNAL, "the id of a job is too long");
    memcpy(out->id, j->id.p, j->id.n);
    TRY(make_folder(cx, dir, out->id, &out->folder));
    char **env = environment(cx, out->folder);
    if (pipe2(ends, O_CLOEXEC) != 0) return fail(cx, E_IO, "cannot start a job: %s", strerror(errno));
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) become(argv, env, ends[1], parent);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return fail(cx, E_IO, "cannot start a job: %s", strerror(errno));
    }
    (void)setpgid(pid, pid); /* whoever is first */
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    out->pid = pid;
    out->out = ends[0];
    return OK;
}

/* --- listening */

static void copy(char *to, size_t room, struct str from)
{
    size_t n = from.n < room ? from.n : room - 1;
    memcpy(to, from.p, n);
    to[n] = 0;
}

static void take_line(struct job_process *p, struct str line, bool *changed)
{
    struct str word, a, b;
    int64_t done, total;
    if (!str_cut(&line, '\t', &word) || !line.p || !str_cut(&line, '\t', &a)) return;
    if (str_eq(word, STR("end")) && line.p) {
        p->is_ended = true;
        p->state = str_eq(a, STR("done")) ? JOB_DONE : JOB_FAILED;
        copy(p->message, sizeof p->message, line);
        return;
    }
    if (!str_eq(word, STR("step")) || !line.p || !str_cut(&line, '\t', &b) || !line.p ||
        !str_to_i64(a, 0, INT64_MAX, &done) || !str_to_i64(b, 0, INT64_MAX, &total))
        return;
    p->done = done;
    p->total = total;
    copy(p->step, sizeof p->step, line);
    *changed = true;
}

static void take_lines(struct job_process *p, bool *changed)
{
    struct str rest = buf_view(&p->text), line;
    const char *newline;
    while ((newline = memchr(rest.p, '\n', rest.n))) {
        line = str_slice(rest, 0, (size_t)(newline - rest.p));
        take_line(p, line, changed);
        rest = str_slice(rest, line.n + 1, rest.n);
    }
    memmove(p->text.p, rest.p, rest.n);
    p->text.n = rest.n;
}

bool job_process_read(struct job_process *p, bool *changed)
{
    char bytes[4096];
    for (;;) {
        ssize_t n = read(p->out, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return true;
        if (n <= 0) return false;
        buf_add(&p->text, bytes, (size_t)n);
        if (p->text.failed) return false; /* no line is so long */
        take_lines(p, changed);
    }
}

void job_process_end(struct job_process *p)
{
    int status = 0;
    bool by_itself = false;
    /* one that closed its output ends now by itself */
    for (int i = 0; p->is_ended && i < 100 && !by_itself; i++) {
        by_itself = waitpid(p->pid, &status, WNOHANG) == p->pid;
        if (!by_itself) (void)usleep(10000);
    }
    (void)kill(-p->pid, SIGKILL);
    if (!by_itself) (void)waitpid(p->pid, &status, 0);
    if (!p->is_ended) {
        p->state = JOB_FAILED;
        if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
            snprintf(p->message, sizeof p->message, "its process was ended by signal %d", WTERMSIG(status));
        else
            snprintf(p->message, sizeof p->message, "its process ended before it was done");
    }
    close(p->out);
    buf_release(&p->text);
    file_remove_folder(p->folder);
    free(p->folder);
    p->folder = NULL;
    p->pid = 0;
    p->out = -1;
}

/* --- in the process */

static void say(struct buf *line, struct str words)
{
    buf_visible(line, str_slice(words, 0, LIMIT_JOB_TEXT));
    buf_char(line, '\n');
    (void)file_write_all(STDOUT_FILENO, buf_view(line));
}

void job_say_step(struct str words, int64_t done, int64_t total)
{
    scoped_buf line;
    buf_init(&line, 4 * KIB);
    buf_printf(&line, "step\t%lld\t%lld\t", (long long)done, (long long)total);
    say(&line, words);
}

void job_say_end(enum job_state state, struct str words)
{
    scoped_buf line;
    buf_init(&line, 4 * KIB);
    buf_printf(&line, "end\t%s\t", job_state_name(state));
    say(&line, words);
}
