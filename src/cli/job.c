/* sinetti job: one job of the server, as its worker runs it. */
#include "cli/common.h"
#include "cli/data.h"
#include "exchange/imports.h"
#include "metrics/recount.h"
#include "serve/assess_job.h"
#include "serve/expunge_job.h"
#include "serve/job_process.h"
#include "serve/mirror_job.h"

static const char help[] =
    "usage: sinetti job assess repo:ID [--data DIR] [--catalog DIR]\n"
    "       sinetti job import import:ID [--data DIR] [--catalog DIR]\n"
    "       sinetti job mirror repo:ID [--data DIR] [--catalog DIR]\n"
    "       sinetti job expunge repo:ID [--data DIR] [--catalog DIR]\n"
    "       sinetti job recount recount:ID [--data DIR] [--catalog DIR]\n"
    "Does one job of the server now, as its worker would: fetches a registered repository when it is elsewhere,\n"
    "assesses it and records the outcome; checks, or records, items that were handed in as a file; pushes to a hosted\n"
    "repository's mirror; takes out of its history what two people have agreed to; or computes figures of past days\n"
    "again. Prints how far it is, a line each: step TAB done TAB total TAB words; the last is end TAB done or failed "
    "TAB why.\n\n"
    "  --data DIR      the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "  --catalog DIR   another catalog than the built-in one\n"
    "exit codes: 0 done, 2 wrong usage, 3 failed, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN };

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    struct data data;
    const char *catalog;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    (void)cx;
    if (code == OPTION_DATA) a->data.dir = value;
    if (code == OPTION_CATALOG) a->catalog = value;
    return OK;
}

static void tell(struct ctx *cx, const char *what, int64_t done, int64_t total)
{
    (void)cx;
    job_say_step(str_from(what), done, total);
}

typedef enum rc doing(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject);
static const struct {
    const char *what;
    doing *run;
} jobs[] = {{"assess", assess_job},
            {"import", imports_job},
            {MIRROR_JOB, mirror_job},
            {RECOUNT_JOB, recounts_job},
            {EXPUNGE_JOB, expunge_job}};

static doing *find(const char *what)
{
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        if (!strcmp(what, jobs[i].what)) return jobs[i].run;
    return NULL;
}

static enum rc run(struct ctx *cx, struct arguments *a, doing *job, const char *subject)
{
    struct catalog *c;
    data_find(cx, &a->data);
    TRY(a->catalog ? catalog_load(cx, a->catalog, &c) : catalog_builtin(cx, &c));
    cx->progress = tell;
    enum rc rc = job(cx, a->data.dir, c, str_from(subject));
    catalog_free(c);
    return rc;
}

int cli_job(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    doing *job = out < 0 && argc - optind == 2 ? find(argv[optind]) : NULL;
    if (out < 0 && !job) {
        (void)fail(
            &cx, E_INVALID,
            "job takes what to do, `assess`, `import`, `mirror`, `expunge` or `recount`, and about what: repo:ID, "
            "import:ID, recount:ID");
        out = common_wrong(&cx, "job");
    }
    if (out < 0 && job) {
        enum rc rc = run(&cx, &a, job, argv[optind + 1]);
        job_say_end(rc == OK ? JOB_DONE : JOB_FAILED, rc == OK ? STR("") : str_from(cx.message));
        out = rc == OK ? EXIT_FINE : rc == E_INTERNAL ? EXIT_INTERNAL : EXIT_UNREADABLE;
    }
    ctx_release(&cx);
    return out;
}
