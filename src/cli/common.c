#include "cli/common.h"

#include "base/file.h"
#include "base/time.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum rc common_lang(struct ctx *cx, const char *value, enum lang *out)
{
    *out = lang_of(str_from(value), LANG_COUNT);
    return *out < LANG_COUNT ? OK : fail(cx, E_INVALID, "--lang is en or fi");
}

enum rc common_json(struct ctx *cx, const char *value, bool *json)
{
    *json = !strcmp(value, "json");
    return *json || !strcmp(value, "text") ? OK : fail(cx, E_INVALID, "--format is text or json");
}

enum rc common_option(struct ctx *cx, struct common *c, int code, const char *value)
{
    switch (code) {
    case OPTION_CATALOG:
        c->catalog = value;
        return OK;
    case OPTION_PRESET:
        c->preset = value;
        return OK;
    case OPTION_TASK:
        c->task = value;
        return OK;
    case OPTION_BASELINE:
        c->baseline = value;
        return OK;
    case OPTION_NOW:
        c->now = value;
        return OK;
    case OPTION_FAIL_ON:
        c->fail_on = value;
        return OK;
    case OPTION_LANG:
        return common_lang(cx, value, &c->lang);
    case OPTION_QUIET:
        c->quiet = true;
        return OK;
    case OPTION_FORMAT:
        c->has_format = true;
        return report_format_parse(cx, str_from(value), &c->format);
    default:
        return fail(cx, E_INTERNAL, "option %d is not handled", code);
    }
}

static int next_option(int argc, char **argv, const struct option *table)
{
    opterr = 0;
    int code = getopt_long(argc, argv, ":", table, NULL);
    if (code != '?' && code != ':') return code;
    struct ctx cx;
    ctx_init(&cx);
    fprintf(stderr, code == ':' ? "sinetti: %s needs a value\n" : "sinetti: there is no option %s\n",
            str_visible(&cx, str_from(argv[optind - 1])));
    ctx_release(&cx);
    return '?';
}

int common_parse(struct ctx *cx, int argc, char **argv, const struct option *table, const char *help, common_take *take,
                 void *arguments)
{
    for (int code; (code = next_option(argc, argv, table)) != -1;) {
        if (code == '?') return EXIT_USAGE;
        if (code == OPTION_HELP) {
            fputs(help, stdout);
            return EXIT_FINE;
        }
        if (take(cx, arguments, code, optarg) != OK) return common_wrong(cx, argv[0]);
    }
    return -1;
}

static enum rc find_preset(struct ctx *cx, const struct common *c, const struct catalog_preset **out)
{
    *out = NULL;
    if (!c->preset) return OK;
    *out = catalog_find_preset(c->held_catalog, str_from(c->preset));
    if (*out) return OK;
    scoped_buf names;
    buf_init(&names, 0);
    for (size_t i = 0; i < c->held_catalog->n_presets; i++)
        buf_printf(&names, "%s" STR_FMT, i ? ", " : "", STR_ARG(c->held_catalog->presets[i].key));
    return fail(cx, E_NOTFOUND, "there is no preset \"%s\" (%s)", str_visible(cx, str_from(c->preset)),
                arena_cstr(&cx->arena, buf_view(&names)));
}

static enum rc find_task(struct ctx *cx, const struct common *c)
{
    if (!c->task || catalog_find_task(c->held_catalog, str_from(c->task))) return OK;
    return fail(cx, E_NOTFOUND, "there is no task \"%s\"; `sinetti catalog list` names them",
                str_visible(cx, str_from(c->task)));
}

static enum rc parse_fail_on(struct ctx *cx, const char *value, int otherwise, int *out)
{
    *out = otherwise;
    if (!value) return OK;
    *out = PRIORITY_COUNT;
    if (!strcmp(value, "never")) return OK;
    for (int i = 0; i < PRIORITY_COUNT; i++)
        if (!strcmp(value, priority_name((enum priority)i))) {
            *out = i;
            return OK;
        }
    return fail(cx, E_INVALID, "--fail-on is critical, high, normal, low or never");
}

static enum rc parse_now(struct ctx *cx, const char *value, int64_t *out)
{
    *out = time_now();
    if (!value || time_parse(str_from(value), out) == OK) return OK;
    return fail(cx, E_INVALID, "--now: \"%s\" is no time like 2026-11-24T10:00:00Z", str_visible(cx, str_from(value)));
}

static struct git *volatile *volatile open_repository;

static void on_signal(int number)
{
    struct git *volatile *at = open_repository;
    const struct git *g = at ? *at : NULL;
    if (g) git_remove_private(g);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* All that end a process and are not a fault of its own. */
static void watch_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction old, now = {.sa_handler = on_signal};
        (void)sigemptyset(&now.sa_mask);
        if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) (void)sigaction(ends[i], &now, NULL);
    }
}

static enum rc parse_values(struct ctx *cx, struct common *c, int otherwise)
{
    TRY(parse_fail_on(cx, c->fail_on, otherwise, &c->fails_on));
    return parse_now(cx, c->now, &c->o.now);
}

/* Those that only the catalog knows. */
static enum rc find_values(struct ctx *cx, struct common *c)
{
    TRY(find_preset(cx, c, &c->o.preset));
    return find_task(cx, c);
}

enum rc common_prepare(struct ctx *cx, struct common *c, int otherwise)
{
    struct assess_options *o = &c->o;
    c->is_wrong = true;
    TRY(parse_values(cx, c, otherwise));
    c->is_wrong = false;
    if (c->catalog)
        TRY(catalog_load(cx, c->catalog, &c->held_catalog));
    else
        TRY(catalog_builtin(cx, &c->held_catalog));
    o->catalog = c->held_catalog;
    c->is_wrong = true;
    TRY(find_values(cx, c));
    c->is_wrong = false;
    o->task = str_from(c->task);
    o->lang = c->lang;
    o->baseline = c->baseline;
    return OK;
}

enum rc common_open(struct ctx *cx, struct common *c, const char *path, int otherwise)
{
    TRY(common_prepare(cx, c, otherwise));
    return common_open_git(cx, c, path);
}

enum rc common_open_git(struct ctx *cx, struct common *c, const char *path)
{
    c->o.path = str_from(path);
    open_repository = &c->git;
    watch_signals();
    return git_open(cx, path, (struct git **)&c->git);
}

void common_close(struct common *c)
{
    open_repository = NULL;
    git_close(c->git);
    catalog_free(c->held_catalog);
}

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* At most ten times a second, and not in the first quarter of one. */
static void show(struct ctx *cx, const char *what, int64_t done, int64_t total)
{
    static int64_t next;
    int64_t now = milliseconds();
    (void)cx;
    if (!next) next = now + 250;
    if (now < next) return;
    next = now + 100;
    if (total)
        fprintf(stderr, "\r\x1b[K%s %lld/%lld", what, (long long)done, (long long)total);
    else
        fprintf(stderr, "\r\x1b[K%s %lld", what, (long long)done);
}

void common_progress(struct ctx *cx)
{
    if (isatty(STDERR_FILENO)) cx->progress = show;
}

void common_progress_end(void)
{
    if (isatty(STDERR_FILENO)) fputs("\r\x1b[K", stderr);
}

struct report_style common_style(void)
{
    struct winsize w = {0};
    const char *no_colour = getenv("NO_COLOR");
    struct report_style s = {0};
    if (!isatty(STDOUT_FILENO)) return s;
    s.colour = !no_colour || !*no_colour;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col) s.width = w.ws_col > 120 ? 120 : w.ws_col;
    return s;
}

enum rc common_print(struct ctx *cx, struct str text)
{
    if (file_write_all(STDOUT_FILENO, text)) return OK;
    return fail(cx, E_IO, "standard output: cannot write: %s", strerror(errno));
}

int common_not_opened(struct ctx *cx, const struct common *c, enum rc rc, const char *command)
{
    return c->is_wrong ? common_wrong(cx, command) : common_failed(cx, rc);
}

int common_failed(struct ctx *cx, enum rc rc)
{
    common_progress_end();
    fprintf(stderr, "sinetti: %s\n", cx->message);
    return rc_exit(rc);
}

int common_wrong(struct ctx *cx, const char *command)
{
    fprintf(stderr, "sinetti: %s\n`sinetti %s --help` tells the options.\n", cx->message, command);
    return EXIT_USAGE;
}
