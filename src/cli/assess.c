/* sinetti assess: where a repository stands on the tasks. */
#include "assess/record.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli/data.h"
#include "ledger/log_reader.h"
#include "rules/baseline.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
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
    "  --until DATE             until when (90 days from now)\n"
    "  --data DIR             record the assessment and its verdicts in this data folder, and heed what the\n"
    "                         organization has decided there (adopted points, waivers, treatments)\n"
    "  --name NAME            of the repository there (its folder's name)\n" COMMON_HELP
    "exit codes: 0 fine, 1 --fail-on reached, 2 wrong usage, 3 the input cannot be read, 4 internal fault\n";

enum {
    OPTION_REV = OPTION_OWN,
    OPTION_SINCE,
    OPTION_OUTPUT,
    OPTION_CACHE,
    OPTION_WRITE_BASELINE,
    OPTION_OWNER,
    OPTION_UNTIL,
    OPTION_DATA,
    OPTION_NAME
};

static const struct option table[] = {COMMON_OPTIONS,
                                      {"rev", required_argument, NULL, OPTION_REV},
                                      {"since", required_argument, NULL, OPTION_SINCE},
                                      {"output", required_argument, NULL, OPTION_OUTPUT},
                                      {"cache", required_argument, NULL, OPTION_CACHE},
                                      {"write-baseline", required_argument, NULL, OPTION_WRITE_BASELINE},
                                      {"owner", required_argument, NULL, OPTION_OWNER},
                                      {"until", required_argument, NULL, OPTION_UNTIL},
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"name", required_argument, NULL, OPTION_NAME},
                                      {0}};

struct output {
    enum report_format format;
    const char *file;
};

struct arguments {
    struct common c;
    const char *data, *name, *rev, *since, *cache, *write_baseline, *owner, *until, *path;
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

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
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
    case OPTION_DATA:
        a->data = value;
        return OK;
    case OPTION_NAME:
        a->name = value;
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
    if (a->name && !a->data) return fail(cx, E_INVALID, "--name goes with --data");
    if (a->data && a->c.task) return fail(cx, E_INVALID, "--data records every task: --task cannot go with it");
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

/* The data folder, when one was named. */
struct records {
    struct data data;
    struct str name, subject; /* of the repository there */
};

/* "/srv/app", "/srv/app/.git", "/srv/app.git" are called app. */
static struct str name_of(struct ctx *cx, const struct arguments *a)
{
    if (a->name) return str_from(a->name);
    char path[PATH_MAX];
    struct str s = str_from(realpath(a->path ? a->path : ".", path) ? path : a->path);
    if (str_ends(s, STR("/.git"))) s.n -= sizeof "/.git" - 1;
    const char *slash = s.n ? memrchr(s.p, '/', s.n) : NULL;
    if (slash) s = str_slice(s, (size_t)(slash + 1 - s.p), s.n);
    if (s.n > 4 && str_ends(s, STR(".git"))) s.n -= 4;
    return arena_str(&cx->arena, s);
}

static enum rc open_records(struct ctx *cx, struct arguments *a, struct records *r)
{
    struct own *own;
    if (!a->data) return OK;
    r->data.dir = a->data;
    r->name = name_of(cx, a);
    if (!r->name.n || !str_is_utf8(r->name))
        return fail(cx, E_INVALID, "say by --name what the repository is called in the data folder");
    TRY(data_open_tables(cx, &r->data, a->c.held_catalog));
    sqlite3 *db = log_reader_db(r->data.reader);
    TRY(record_find(cx, db, r->name, &r->subject));
    TRY(rules_own_read(cx, db, a->c.o.now, r->subject, &own));
    a->c.o.own = own;
    a->c.o.facts = db;
    a->c.o.repository = r->subject;
    return OK;
}

static enum rc record(struct ctx *cx, const struct arguments *a, const struct records *r,
                      const struct assessment *result)
{
    struct facts *facts;
    struct recorded done;
    scoped_buf json;
    buf_init(&json, LIMIT_BUF);
    if (!a->data) return OK;
    TRY(report_write(cx, result, REPORT_JSON, NULL, &json));
    TRY(facts_open(cx, r->data.dir, a->c.held_catalog, &(const struct facts_options){0}, &facts));
    const struct recorder by = {facts,      log_reader_db(r->data.reader), STR("system"), STR(""), STR("operator"),
                                r->data.dir};
    enum rc rc = record_assessment(cx, &by, a->c.git, r->name, r->subject, result, buf_view(&json), &done);
    facts_close(facts);
    if (rc == OK && !a->c.quiet)
        fprintf(stderr, "recorded as fact %llu: verdicts of " STR_FMT " \"%s\"%s\n", (unsigned long long)done.verdicts,
                STR_ARG(done.repository), str_visible(cx, r->name), done.is_new ? ", which is new here" : "");
    return rc;
}

static enum rc run(struct ctx *cx, struct arguments *a, struct records *r, int64_t until, struct assessment *result)
{
    TRY(open_records(cx, a, r));
    common_progress(cx);
    enum rc rc = assess_repository(cx, a->c.git, &a->c.o, result);
    common_progress_end();
    TRY(rc);
    say_cache(cx, a, result);
    for (size_t i = 0; i < a->n_outputs; i++) TRY(write_report(cx, result, a->outputs[i].format, a->outputs[i].file));
    if (a->write_baseline) TRY(write_baseline(cx, a, result, until));
    TRY(record(cx, a, r, result));
    return a->c.quiet ? OK : write_report(cx, result, a->c.format, NULL);
}

static int assess(struct ctx *cx, struct arguments *a)
{
    struct assessment result;
    struct records records = {0};
    int64_t until = 0;
    enum rc rc = common_open(cx, &a->c, a->path ? a->path : ".", PRIORITY_COUNT);
    if (rc != OK) return common_not_opened(cx, &a->c, rc, "assess");
    if (parse_times(cx, a, &until) != OK) return common_wrong(cx, "assess");
    a->c.o.rev = str_from(a->rev ? a->rev : "HEAD");
    a->c.o.cache = a->cache;
    a->c.o.keys = a->write_baseline != NULL;
    a->c.o.texts = a->data != NULL;
    rc = run(cx, a, &records, until, &result);
    data_close(&records.data);
    if (rc != OK) return common_failed(cx, rc);
    bool fails = a->c.fails_on < PRIORITY_COUNT && assess_fails(&result, (enum priority)a->c.fails_on);
    return fails ? EXIT_FAULTS : EXIT_FINE;
}

int cli_assess(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
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
