#include "gates/moving.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "git/place.h"

#define ANCESTORS_MOST 12

static const char *path_of(struct ctx *cx, const char *git_dir, uint64_t decision)
{
    return arena_printf(&cx->arena, "%s/sinetti.moving.%llu", git_dir, (unsigned long long)decision).p;
}

/* --- processes (proc(5)) */

struct process {
    long long pid, parent, start; /* start: since boot, so that a number taken up again is another process */
    bool receives;
};

static enum rc read_proc(struct ctx *cx, long long pid, const char *name, struct str *out)
{
    scoped_buf b;
    buf_init(&b, 64 << 10);
    enum rc rc = place_read(arena_printf(&cx->arena, "/proc/%lld/%s", pid, name).p, false, 64 << 10, &b);
    *out = rc == OK ? arena_str(&cx->arena, buf_view(&b)) : STR("");
    return rc;
}

/* Fields of proc_pid_stat(5) behind the name. */
enum { PROC_PARENT = 2, PROC_START = 20 };

/* The nth word from here (1: the next) as a number; `rest` is what follows it. */
static bool field(struct str *rest, int nth, long long *out)
{
    struct str word = STR("");
    int64_t n;
    for (int i = 0; i < nth; i++) {
        *rest = str_trim(*rest);
        if (!str_cut(rest, ' ', &word) || !word.n) return false;
    }
    if (!str_to_i64(str_trim(word), INT64_MIN, INT64_MAX, &n)) return false;
    *out = n;
    return true;
}

/* PID (NAME) STATE PARENT …; the name may hold anything, so the last parenthesis ends it. */
static bool process_read(struct ctx *cx, long long pid, struct process *out)
{
    struct str stat, command;
    *out = (struct process){.pid = pid};
    if (pid <= 0 || read_proc(cx, pid, "stat", &stat) != OK) return false;
    size_t end = stat.n;
    while (end > 0 && stat.p[end - 1] != ')') end--;
    struct str rest = str_slice(stat, end, stat.n);
    if (end == 0 || !field(&rest, PROC_PARENT, &out->parent) || !field(&rest, PROC_START - PROC_PARENT, &out->start))
        return false;
    if (read_proc(cx, pid, "cmdline", &command) != OK) return true;
    for (struct str word; str_cut(&command, '\0', &word) && word.n;)
        if (str_eq(word, STR("receive-pack")) || str_ends(word, STR("git-receive-pack"))) out->receives = true;
    return true;
}

static struct process receiver(struct ctx *cx, long long pid)
{
    struct process p = {.parent = pid};
    for (int i = 0; i < ANCESTORS_MOST && process_read(cx, p.parent, &p); i++)
        if (p.receives) return p;
    return (struct process){0};
}

/* --- the file */

enum rc moving_put(struct ctx *cx, const struct hook_call *h, uint64_t decision)
{
    struct process p = receiver(cx, h->parent);
    return file_replace(cx, path_of(cx, h->git_dir, decision), arena_printf(&cx->arena, "%lld %lld\n", p.pid, p.start));
}

bool moving_is_live(struct ctx *cx, const char *git_dir, uint64_t decision)
{
    scoped_buf b;
    struct stat st;
    struct process p;
    long long pid, start;
    const char *path = path_of(cx, git_dir, decision);
    if (access(path, F_OK) < 0) return false; /* so it is of nearly all: no error is made of it */
    buf_init(&b, 256);
    if (place_read(path, false, 200, &b) != OK) return false;
    struct str rest = buf_view(&b);
    if (!field(&rest, 1, &pid) || !field(&rest, 1, &start)) return false;
    if (pid) return process_read(cx, pid, &p) && p.start == start;
    return stat(path, &st) == 0 && time(NULL) - st.st_mtime < MOVING_SECONDS;
}

void moving_end(struct ctx *cx, const char *git_dir, uint64_t decision)
{
    (void)unlink(path_of(cx, git_dir, decision));
}

void moving_sweep(struct ctx *cx, const char *git_dir)
{
    DIR *d = opendir(git_dir);
    if (!d) return;
    for (const struct dirent *e; (e = readdir(d));) {
        int64_t pid;
        struct str name = str_from(e->d_name), before = STR("sinetti.receive.");
        if (!str_starts(name, before) || !str_to_i64(str_slice(name, before.n, name.n), 1, INT32_MAX, &pid)) continue;
        if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
            (void)unlink(arena_printf(&cx->arena, "%s/%s", git_dir, e->d_name).p);
    }
    (void)closedir(d);
}
