/* sinetti assess: where a repository stands on the tasks. */
#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"
#include "cli/common.h"
#include "rules/baseline.h"

#include <stdio.h>
#include <sys/stat.h>

#define MOST_OUTPUTS 16
#define BASELINE_DAYS 90

static const char help[] =
    "usage: sinetti assess [OPTIONS] [REPOSITORY]\n"
    "Tells where a git repository (work tree, bare or .git folder; default: here) stands on the\n"
    "tasks of secure development. Nothing of it is executed, changed or sent anywhere.\n\n"
    "  --rev REV              what to look at (HEAD)\n"
    "  --since WHEN           start of the audit period: 30d, 12w, 6mo, 1y before now, or a date (1y)\n"
    "  --output [FORMAT:]FILE write a report; the suffix tells the format; may be repeated\n"
    "  --cache FILE           keep what was read for the next run\n"
    "  --write-baseline FILE  accept the present findings for a while; with\n"
    "  --owner NAME             who answers for them (required)\n"
    "  --until DATE             until when (90 days from now)\n" COMMON_HELP
    "exit codes: 0 fine, 1 --fail-on reached, 2 wrong usage, 3 the input cannot be read, 4 internal fault\n";

enum {
    OPTION_REV = OPTION_OWN,
    OPTION_SINCE,
    OPTION_OUTPUT,
    OPTION_CACHE,
    OPTION_WRITE_BASELINE,
    OPTION_OWNER,
    OPTION_UNTIL
};

static const struct option table[] = {COMMON_OPTIONS,
                                      {"rev", required_argument, NULL, OPTION_REV},
                                      {"since", required_argument, NULL, OPTION_SINCE},
                                      {"output", required_argument, NULL, OPTION_OUTPUT},
                                      {"cache", required_argument, NULL, OPTION_CACHE},
                                      {"write-baseline", required_argument, NULL, OPTION_WRITE_BASELINE},
                                      {"owner", required_argument, NULL, OPTION_OWNER},
                                      {"until", required_argument, NULL, OPTION_UNTIL},
                                      {0}};

struct output {
    enum report_format format;
    const char *file;
};

struct arguments {
    struct common c;
    const char *rev, *since, *cache, *write_baseline, *owner, *until, *path;
    struct output outputs[MOST_OUTPUTS];
    size_t n_outputs;
};

/* Each report needs a file of its own, or the last one would be all there is. */
static enum rc check_outputs(struct ctx *cx, const struct arguments *a)
{
    for (size_t i = 0; i < a->n_outputs; i++) {
        const char *file = a->outputs[i].file;
        bool twice = (a->cache && !strcmp(file, a->cache)) || (a->write_baseline && !strcmp(file, a->write_baseline)) ||
                     (a->c.baseline && !strcmp(file, a->c.baseline));
        for (size_t k = 0; k < i; k++) twice = twice || !strcmp(file, a->outputs[k].file);
        if (twice && !str_starts(str_from(file), STR("/dev/")) && !str_starts(str_from(file), STR("/proc/")))
            return fail(cx, E_INVALID, "%s is named twice; each file can hold one thing",
                        str_visible(cx, str_from(file)));
    }
    return OK;
}

/* FORMAT:FILE when the part before the first colon is a format, else a file whose suffix tells it. */
static enum rc add_output(struct ctx *cx, struct arguments *a, const char *value)
{
    if (a->n_outputs == MOST_OUTPUTS) return fail(cx, E_LIMIT, "at most %d reports are written at once", MOST_OUTPUTS);
    struct output *o = &a->outputs[a->n_outputs++];
    struct str rest = str_from(value), name;
    (void)str_cut(&rest, ':', &name);
    if (rest.p && report_format_parse(cx, name, &o->format) == OK) {
        o->file = rest.p;
        return rest.n ? OK
                      : fail(cx, E_INVALID, "--output: a file is missing after %s", str_visible(cx, str_from(value)));
    }
    o->file = value;
    return report_format_of_file(cx, str_from(value), &o->format);
}

static enum rc take(struct ctx *cx, struct arguments *a, int code, const char *value)
{
    switch (code) {
    case OPTION_REV:
        a->rev = value;
        return OK;
    case OPTION_SINCE:
        a->since = value;
        return OK;
    case OPTION_CACHE:
        a->cache = value;
        return OK;
    case OPTION_WRITE_BASELINE:
        a->write_baseline = value;
        return OK;
    case OPTION_OWNER:
        a->owner = value;
        return OK;
    case OPTION_UNTIL:
        a->until = value;
        return OK;
    case OPTION_OUTPUT:
        return add_output(cx, a, value);
    default:
        return common_option(cx, &a->c, code, value);
    }
}

static enum rc parse_times(struct ctx *cx, struct arguments *a, int64_t *until)
{
    struct assess_options *o = &a->c.o;
    struct str since = str_from(a->since ? a->since : "1y");
    if (time_parse_when(since, o->now, &o->since) != OK)
        return fail(cx, E_INVALID, "--since: \"%s\" is none of 30d, 12w, 6mo, 1y or a date like 2026-01-31",
                    str_visible(cx, since));
    if (o->since > o->now) return fail(cx, E_INVALID, "--since lies after --now: the audit period would be empty");
    *until = o->now + BASELINE_DAYS * DAY_SECONDS;
    if (a->until && time_parse(str_from(a->until), until) != OK)
        return fail(cx, E_INVALID, "--until: \"%s\" is no date like 2026-12-31", str_visible(cx, str_from(a->until)));
    if (*until < o->now) return fail(cx, E_INVALID, "--until lies in the past");
    if (a->write_baseline && !a->owner)
        return fail(cx, E_INVALID, "--write-baseline needs --owner: somebody answers for what is accepted");
    if (!a->write_baseline && (a->owner || a->until))
        return fail(cx, E_INVALID, "--owner and --until go with --write-baseline");
    return OK;
}

/* Entries of the file that is written again are kept, whether it was named by --baseline or not. */
static enum rc write_baseline(struct ctx *cx, const struct arguments *a, const struct assessment *result, int64_t until)
{
    struct baseline *old = NULL;
    struct stat st;
    const char *from = a->c.baseline ? a->c.baseline : a->write_baseline;
    if (a->c.baseline || stat(from, &st) == 0) TRY(baseline_read(cx, from, a->c.o.now, &old));
    return baseline_write(cx, result, old, str_from(a->owner), until, a->write_baseline);
}

static enum rc write_report(struct ctx *cx, const struct assessment *result, enum report_format format,
                            const char *file)
{
    struct report_style style = {0};
    if (!file) style = common_style();
    scoped_buf text;
    buf_init(&text, LIMIT_BUF);
    TRY(report_write(cx, result, format, &style, &text));
    return file ? file_replace(cx, file, buf_view(&text)) : common_print(cx, buf_view(&text));
}

/* Not in the reports, which are the same with a cache and without. */
static void say_cache(struct ctx *cx, const struct arguments *a, const struct assessment *result)
{
    struct str why = result->run.cache, rebuilt = STR("rebuilt: ");
    if (a->c.quiet || !str_starts(why, rebuilt) || str_eq(why, STR("rebuilt: there was none"))) return;
    fprintf(stderr, "sinetti: the cache %s was not used: " STR_FMT "\n", str_visible(cx, str_from(a->cache)),
            STR_ARG(str_slice(why, rebuilt.n, why.n)));
}

static int assess(struct ctx *cx, struct arguments *a)
{
    struct assessment result;
    int64_t until = 0;
    enum rc rc = common_open(cx, &a->c, a->path ? a->path : ".", PRIORITY_COUNT);
    if (rc != OK) return common_not_opened(cx, &a->c, rc, "assess");
    if (parse_times(cx, a, &until) != OK) return common_wrong(cx, "assess");
    a->c.o.rev = str_from(a->rev ? a->rev : "HEAD");
    a->c.o.cache = a->cache;
    a->c.o.keys = a->write_baseline != NULL;
    common_progress(cx);
    rc = assess_repository(cx, a->c.git, &a->c.o, &result);
    common_progress_end();
    if (rc == OK) say_cache(cx, a, &result);
    for (size_t i = 0; rc == OK && i < a->n_outputs; i++)
        rc = write_report(cx, &result, a->outputs[i].format, a->outputs[i].file);
    if (rc == OK && a->write_baseline) rc = write_baseline(cx, a, &result, until);
    if (rc == OK && !a->c.quiet) rc = write_report(cx, &result, a->c.format, NULL);
    if (rc != OK) return common_failed(cx, rc);
    bool fails = a->c.fails_on < PRIORITY_COUNT && assess_fails(&result, (enum priority)a->c.fails_on);
    return fails ? EXIT_FAULTS : EXIT_FINE;
}

int cli_assess(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int code, out = -1;
    while (out < 0 && (code = common_next(argc, argv, table)) != -1) {
        if (code == '?') {
            out = EXIT_USAGE;
        } else if (code == OPTION_HELP) {
            fputs(help, stdout);
            out = EXIT_FINE;
        } else if (take(&cx, &a, code, optarg) != OK) {
            out = common_wrong(&cx, "assess");
        }
    }
    if (out < 0 && check_outputs(&cx, &a) != OK) out = common_wrong(&cx, "assess");
    if (out < 0 && argc - optind > 1) {
        (void)fail(&cx, E_INVALID, "one repository at a time");
        out = common_wrong(&cx, "assess");
    }
    if (out < 0) {
        a.path = argv[optind];
        out = assess(&cx, &a);
        common_close(&a.c);
    }
    ctx_release(&cx);
    return out;
}
