#include "gates/connect_hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "git/place.h"

#define MARK "# sinetti gate 1: written by `sinetti repo connect`, which also renews it"
#define START "#!/bin/sh\n" MARK "\n"
#define BESIDE ".before-sinetti"

static const char *const names[] = {"pre-receive", "post-receive", "proc-receive"};
#define NAMES (sizeof names / sizeof *names)

/* Gitea and GitLab run all that lies in a folder named after the hook; git itself knows one file of each. */
static const char *path_of(struct ctx *cx, const struct hook_place *p, size_t i)
{
    return p->host == GATE_GITEA    ? arena_printf(&cx->arena, "%s/hooks/%s.d/sinetti", p->path, names[i]).p
           : p->host == GATE_GITLAB ? arena_printf(&cx->arena, "%s/custom_hooks/%s.d/sinetti", p->path, names[i]).p
                                    : arena_printf(&cx->arena, "%s/%s", p->hooks, names[i]).p;
}

static size_t count_of(const struct hook_place *p)
{
    return gate_host_takes_changes(p->host) ? NAMES : NAMES - 1;
}

enum state { ABSENT, OURS, THEIRS };
static enum state look(const char *path)
{
    scoped_buf b;
    struct stat st;
    if (lstat(path, &st) < 0) return errno == ENOENT || errno == ENOTDIR ? ABSENT : THEIRS;
    buf_init(&b, 1 << 16);
    if (place_read(path, false, 1 << 16, &b) != OK) return THEIRS;
    return str_starts(buf_view(&b), STR(START)) ? OURS : THEIRS;
}

static const char *beside(struct ctx *cx, const char *path)
{
    return arena_printf(&cx->arena, "%s" BESIDE, path).p;
}

/* Of the folders that are to hold it, the one that is there. */
static enum rc check_writable(struct ctx *cx, const char *file)
{
    char *dir = arena_cstr(&cx->arena, str_from(file)), *end;
    do {
        end = strrchr(dir, '/');
        if (!end || end == dir) return OK;
        *end = '\0';
    } while (access(dir, F_OK) < 0);
    return faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) == 0
               ? OK
               : fail(cx, E_IO, "%s cannot be written to, so no gate can stand there: %s",
                      str_visible(cx, str_from(dir)), strerror(errno));
}

/* What git speaks with proc-receive cannot be said to two. */
enum rc connect_hooks_check(struct ctx *cx, const struct hook_place *p)
{
    for (size_t i = 0; i < count_of(p); i++) {
        const char *path = path_of(cx, p, i);
        TRY(check_writable(cx, path));
        if (look(path) != THEIRS) continue;
        if (i == NAMES - 1 || p->host == GATE_GITEA || p->host == GATE_GITLAB)
            return fail(cx, E_CONFLICT, "%s is there already, and is not ours", str_visible(cx, str_from(path)));
        if (look(beside(cx, path)) != ABSENT)
            return fail(cx, E_CONFLICT, "%s is there already, and so is what stood there before the gate: %s",
                        str_visible(cx, str_from(path)), str_visible(cx, str_from(beside(cx, path))));
    }
    return gate_host_takes_changes(p->host) ? check_writable(cx, arena_printf(&cx->arena, "%s/config", p->path).p) : OK;
}

/* The other hook is asked first: what it refuses is no push. Both read what git says, so it is kept in between. */
static void put_other(struct buf *b, const char *other, bool refuses)
{
    buf_cstr(b, "other=");
    buf_quoted(b, str_from(other));
    buf_printf(b,
               "\nif [ -x \"$other\" ]; then\n"
               "    lines=$(cat)\n"
               "    printf '%%s\\n' \"$lines\" | \"$other\" \"$@\"%s\n"
               "    printf '%%s\\n' \"$lines\" | gate\n"
               "    exit\n"
               "fi\n",
               refuses ? " || exit 1" : "");
}

static enum rc script(struct ctx *cx, const char *program, const char *name, const char *data, struct str repository,
                      const char *other, struct str *out)
{
    scoped_buf b;
    buf_init(&b, 1 << 16);
    buf_cstr(&b, START "gate() {\n    exec ");
    buf_quoted(&b, str_from(program));
    buf_printf(&b, " %s --repository " STR_FMT " --data ", name, STR_ARG(repository));
    buf_quoted(&b, str_from(data));
    buf_cstr(&b, "\n}\n");
    if (other) put_other(&b, other, strcmp(name, "pre-receive") == 0);
    buf_cstr(&b, "gate\n");
    *out = arena_str(&cx->arena, buf_view(&b));
    return buf_ok(&b);
}

static enum rc make_folder(struct ctx *cx, const char *path)
{
    return mkdir(path, 0755) == 0 || errno == EEXIST
               ? OK
               : fail(cx, E_IO, "%s cannot be made: %s", str_visible(cx, str_from(path)), strerror(errno));
}

static enum rc make_folders(struct ctx *cx, const struct hook_place *p, size_t i)
{
    if (p->host == GATE_GITLAB) TRY(make_folder(cx, arena_printf(&cx->arena, "%s/custom_hooks", p->path).p));
    if (p->host != GATE_GITLAB) TRY(make_folder(cx, p->hooks));
    if (p->host == GATE_GITLAB)
        return make_folder(cx, arena_printf(&cx->arena, "%s/custom_hooks/%s.d", p->path, names[i]).p);
    return p->host == GATE_GITEA ? make_folder(cx, arena_printf(&cx->arena, "%s/hooks/%s.d", p->path, names[i]).p) : OK;
}

static enum rc put_hook(struct ctx *cx, const struct hook_place *p, size_t i, const char *program, const char *data,
                        struct str repository)
{
    struct str text;
    const char *path = path_of(cx, p, i), *other = beside(cx, path);
    bool chained = gate_host_takes_changes(p->host) && i < NAMES - 1;
    TRY(make_folders(cx, p, i));
    if (look(path) == THEIRS && rename(path, other) < 0)
        return fail(cx, E_IO, "%s cannot be moved: %s", str_visible(cx, str_from(path)), strerror(errno));
    chained = chained && look(other) != ABSENT;
    TRY(script(cx, program, names[i], data, repository, chained ? other : NULL, &text));
    TRY(file_replace_parts(cx, path, 0755, &text, 1));
    return chmod(path, 0755) == 0
               ? OK
               : fail(cx, E_IO, "%s cannot be made executable: %s", str_visible(cx, str_from(path)), strerror(errno));
}

enum rc connect_hooks_write(struct ctx *cx, const struct hook_place *p, const char *data, struct str repository)
{
    char own[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n <= 0) return fail(cx, E_IO, "cannot tell where this program lies: %s", strerror(errno));
    own[n] = '\0';
    *strrchr(own, '/') = '\0';
    const char *program = arena_printf(&cx->arena, "%s/sinetti-hook", own).p;
    if (access(program, X_OK) < 0)
        return fail(cx, E_NOTFOUND, "%s is missing, without which nothing can be let in",
                    str_visible(cx, str_from(program)));
    for (size_t i = 0; i < count_of(p); i++) TRY(put_hook(cx, p, i, program, data, repository));
    return OK;
}

enum rc connect_hooks_remove(struct ctx *cx, const struct hook_place *p)
{
    for (size_t i = 0; i < count_of(p); i++) {
        const char *path = path_of(cx, p, i), *other = beside(cx, path);
        if (look(path) == OURS && unlink(path) < 0)
            return fail(cx, E_IO, "%s cannot be taken away: %s", str_visible(cx, str_from(path)), strerror(errno));
        if (gate_host_takes_changes(p->host) && look(path) == ABSENT && look(other) != ABSENT &&
            rename(other, path) < 0)
            return fail(cx, E_IO, "%s cannot be put back: %s", str_visible(cx, str_from(path)), strerror(errno));
    }
    return OK;
}

bool connect_hooks_stand(struct ctx *cx, const struct hook_place *p, struct str repository)
{
    struct str asks = arena_printf(&cx->arena, " --repository " STR_FMT " ", STR_ARG(repository));
    for (size_t i = 0; i < count_of(p); i++) {
        scoped_buf b;
        buf_init(&b, 1 << 16);
        if (place_read(path_of(cx, p, i), false, 1 << 16, &b) == OK && str_starts(buf_view(&b), STR(START)) &&
            str_has(buf_view(&b), asks))
            return true;
    }
    return false;
}
