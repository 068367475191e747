/* Repositories for the tests of this room: each test has an empty folder, in which shell scripts run with a clean
 * environment. */
#ifndef SINETTI_TESTS_GIT_FIXTURE_H
#define SINETTI_TESTS_GIT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "git/git.h" /* before cmocka, whose fail is a macro */

#include "unit.h"

#define PERSON "Ann <ann@example.org> 1700000000 +0200"

struct fixture {
    struct ctx cx;
    char dir[64];
    char text[4096]; /* of the last script */
};

/* Runs a shell script in the fixture's folder; the test fails with it. Returns the first line it printed. */
static inline const char *run(struct fixture *f, const char *script)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char home[80];
        (void)snprintf(home, sizeof home, "HOME=%s", f->dir);
        char *env[] = {home,
                       "PATH=/usr/bin:/bin:/usr/sbin:/sbin",
                       "LC_ALL=C",
                       "GIT_CONFIG_NOSYSTEM=1",
                       "GIT_AUTHOR_NAME=Ann",
                       "GIT_AUTHOR_EMAIL=ann@example.org",
                       "GIT_COMMITTER_NAME=Ann",
                       "GIT_COMMITTER_EMAIL=ann@example.org",
                       "GIT_AUTHOR_DATE=1700000000 +0200",
                       "GIT_COMMITTER_DATE=1700000000 +0200",
                       NULL};
        (void)dup2(fds[1], 1);
        if (chdir(f->dir) < 0) _exit(126);
        (void)execle("/bin/sh", "sh", "-eu", "-c", script, (char *)NULL, env);
        _exit(127);
    }
    (void)close(fds[1]);
    size_t n = 0;
    for (ssize_t got; (got = read(fds[0], f->text + n, sizeof f->text - 1 - n)) > 0;) n += (size_t)got;
    (void)close(fds[0]);
    f->text[n] = '\0';
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (status != 0) fail_msg("script failed: %s", script);
    f->text[strcspn(f->text, "\n")] = '\0';
    return f->text;
}

static inline int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f) return -1;
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(f->dir, sizeof f->dir, "%s/sinetti-test-XXXXXX", tmp && strlen(tmp) < 30 ? tmp : "/tmp");
    if (!mkdtemp(f->dir)) return -1;
    ctx_init(&f->cx);
    *state = f;
    run(f, "git config --file .gitconfig init.defaultBranch main");
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;
    run(f, "chmod -R u+rwX . && find . -mindepth 1 -delete");
    (void)rmdir(f->dir);
    ctx_release(&f->cx);
    free(f);
    return 0;
}

static inline enum rc open_at(struct fixture *f, const char *path, struct git **g)
{
    char full[512];
    (void)snprintf(full, sizeof full, "%s/%s", f->dir, path);
    return git_open(&f->cx, full, g);
}

static inline struct git *open_good(struct fixture *f, const char *path)
{
    struct git *g = NULL;
    if (open_at(f, path, &g) != OK) fail_msg("git_open(%s): %s", path, f->cx.message);
    return g;
}

static inline struct str resolve(struct fixture *f, struct git *g, const char *rev)
{
    struct str oid;
    if (git_resolve(&f->cx, g, str_from(rev), &oid) != OK) fail_msg("git_resolve(%s): %s", rev, f->cx.message);
    return oid;
}

static inline void assert_str(struct str s, const char *expected)
{
    struct str e = str_from(expected);
    if (!str_eq(s, e)) fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(s), expected);
}

static inline void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static inline bool is_there(struct fixture *f, const char *name)
{
    char full[512];
    struct stat st;
    (void)snprintf(full, sizeof full, "%s/%s", f->dir, name);
    return lstat(full, &st) == 0;
}

/* What callbacks saw, as text: one line each. */
struct seen {
    struct buf text;
    int64_t n;
};

static inline void seen_init(struct seen *s)
{
    buf_init(&s->text, 0);
    s->n = 0;
}

static inline void assert_seen(struct seen *s, const char *expected)
{
    assert_str(s->n ? buf_view(&s->text) : STR(""), expected);
    buf_release(&s->text);
}

static inline enum rc see_change(void *arg, const struct git_change *c)
{
    struct seen *s = arg;
    s->n++;
    buf_char(&s->text, c->status);
    buf_char(&s->text, ' ');
    buf_visible(&s->text, c->path);
    buf_char(&s->text, '\n');
    return OK;
}

/* "<subject> <parents>: M path, …" */
static inline enum rc see_commit(void *arg, const struct git_commit *c)
{
    struct seen *s = arg;
    struct str rest = c->message, subject;
    (void)str_cut(&rest, '\n', &subject);
    s->n++;
    buf_visible(&s->text, subject);
    buf_printf(&s->text, " %zu:", c->n_parents);
    for (size_t i = 0; i < c->n_changes; i++) {
        buf_printf(&s->text, " %c ", c->changes[i].status);
        buf_visible(&s->text, c->changes[i].path);
    }
    buf_char(&s->text, '\n');
    return OK;
}

/* The whole history of rev with its changes; returns what was missing. */
static inline int64_t see_log(struct fixture *f, struct git *g, const char *rev, struct seen *s)
{
    struct git_log_options o = {.head = resolve(f, g, rev), .since = INT64_MIN, .changes = true};
    int64_t missing = -1;
    seen_init(s);
    if (git_log(&f->cx, g, &o, see_commit, s, &missing) != OK) fail_msg("git_log: %s", f->cx.message);
    return missing;
}

#define GIT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
