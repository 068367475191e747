/* sinetti check: what a change would bring, for the developer who made it. */
#include "base/limits.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli/hook.h"
#include "rules/baseline.h"

#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: sinetti check [OPTIONS] [BASE..HEAD]\n"
    "Tells what these commits would bring and how to fix it; what was there before is left out.\n"
    "Without a range: from where this branch left its upstream to HEAD. ..HEAD: what no remote has.\n\n"
    "  --staged               the staged change instead\n"
    "  --repo DIR             the repository (here)\n"
    "  --install-hook         have git ask before each commit and each push; an existing hook is kept\n" COMMON_HELP
    "exit codes: 0 fine, 1 --fail-on reached (low, when not given), 2 wrong usage, 3 unreadable, 4 internal fault\n";

enum { OPTION_STAGED = OPTION_OWN, OPTION_REPO, OPTION_INSTALL_HOOK };

static const struct option table[] = {COMMON_OPTIONS,
                                      {"staged", no_argument, NULL, OPTION_STAGED},
                                      {"repo", required_argument, NULL, OPTION_REPO},
                                      {"install-hook", no_argument, NULL, OPTION_INSTALL_HOOK},
                                      {0}};

struct arguments {
    struct common c;
    const char *repo;
    bool install_hook;
    struct assess_change change;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_STAGED:
        a->change.staged = true;
        return OK;
    case OPTION_REPO:
        a->repo = value;
        return OK;
    case OPTION_INSTALL_HOOK:
        a->install_hook = true;
        return OK;
    default:
        return common_option(cx, &a->c, code, value);
    }
}

/* BASE..HEAD; what is left out is the upstream and HEAD. */
static enum rc take_range(struct ctx *cx, struct arguments *a, const char *range)
{
    a->c.o.rev = STR("HEAD");
    if (!range) return OK;
    struct str whole = str_from(range);
    const char *dots = str_find(whole, STR(".."));
    if (!dots || str_starts(str_from(dots + 2), STR(".")))
        return fail(cx, E_INVALID, "\"%s\" is no range like main..HEAD", str_visible(cx, whole));
    if (a->change.staged) return fail(cx, E_INVALID, "--staged and a range exclude each other");
    a->change.base = str_slice(whole, 0, (size_t)(dots - range));
    a->change.unpublished = !a->change.base.n;
    if (!a->change.base.n) a->change.base = STR_NONE;
    if (dots[2]) a->c.o.rev = str_from(dots + 2);
    return OK;
}

static enum rc print(struct ctx *cx, const struct arguments *a, const struct assessment *result)
{
    struct report_style style = common_style();
    scoped_buf text;
    buf_init(&text, LIMIT_BUF);
    if (a->c.has_format && a->c.format != REPORT_TEXT)
        TRY(report_write(cx, result, a->c.format, &style, &text));
    else
        report_check(cx, result, &style, &text);
    return common_print(cx, buf_view(&text));
}

static int check(struct ctx *cx, struct arguments *a)
{
    struct assessment result;
    enum rc rc = common_open(cx, &a->c, a->repo ? a->repo : ".", PRIORITY_LOW);
    if (rc != OK) return common_not_opened(cx, &a->c, rc, "check");
    a->c.o.since = a->c.o.now;
    /* Inside a hook git may have another index than the repository's own (`git commit -a`, `git commit FILE`). */
    const char *index = getenv("GIT_INDEX_FILE");
    if (a->change.staged && index && *index) rc = git_use_index(cx, a->c.git, index);
    common_progress(cx);
    if (rc == OK) rc = assess_change(cx, a->c.git, &a->c.o, &a->change, &result);
    common_progress_end();
    if (rc == OK && !a->c.quiet) rc = print(cx, a, &result);
    if (rc != OK) return common_failed(cx, rc);
    bool fails = a->c.fails_on < PRIORITY_COUNT && assess_fails(&result, (enum priority)a->c.fails_on);
    return fails ? EXIT_FAULTS : EXIT_FINE;
}

/* The hooks ask with the options given now, so these must be right now. */
static enum rc install_hooks(struct ctx *cx, struct arguments *a)
{
    const struct hook_option options[] = {
        {"--fail-on", a->c.fail_on, false}, {"--baseline", a->c.baseline, true},
        {"--preset", a->c.preset, false},   {"--task", a->c.task, false},
        {"--catalog", a->c.catalog, true},  {"--lang", lang_name(a->c.lang), false},
    };
    struct baseline *known;
    TRY(common_prepare(cx, &a->c, PRIORITY_LOW));
    if (a->c.baseline) TRY(baseline_read(cx, a->c.baseline, a->c.o.now, &known));
    return hook_install(cx, a->repo ? a->repo : ".", options, sizeof options / sizeof *options, stdout);
}

static int install(struct ctx *cx, struct arguments *a)
{
    enum rc rc = install_hooks(cx, a);
    return rc == OK ? EXIT_FINE : common_not_opened(cx, &a->c, rc, "check");
}

int cli_check(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && argc - optind > 1) {
        (void)fail(&cx, E_INVALID, "one range at a time");
        out = common_wrong(&cx, "check");
    }
    if (out < 0 && take_range(&cx, &a, argv[optind]) != OK) out = common_wrong(&cx, "check");
    if (out < 0) {
        out = a.install_hook ? install(&cx, &a) : check(&cx, &a);
        common_close(&a.c);
    }
    ctx_release(&cx);
    return out;
}
