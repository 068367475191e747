/* sinetti fsck: whether the ledger's tables are what their entries say. */
#include "facts/fsck.h"
#include "cli/common.h"
#include "cli/data.h"
#include "cli/kept.h"
#include "ledger/log_check.h"
#include "ledger/shared_check.h"

#include <inttypes.h>
#include <stdio.h>

static const char help[] =
    "usage: sinetti fsck [OPTIONS]\n"
    "Computes everything again from the ledger's entries, tables of facts too, and names what differs. Reports "
    "of\n"
    "assessments and attachments of items are read whole and held against their digests.\n"
    "Changes nothing. Of a log in PostgreSQL both are checked, and that they are the same.\n"
    "What the signer's key has signed is `sinetti verify`'s to check, on another machine.\n\n"
    "  --data DIR      the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage, 3 unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN };

static const struct option table[] = {
    {"data", required_argument, NULL, OPTION_DATA}, {"help", no_argument, NULL, OPTION_HELP}, {0}};

#define SHOWN 100 /* of a log that is damaged all over, the rest is only counted */

static void show(void *arg, const char *what)
{
    uint64_t *shown = arg;
    if ((*shown)++ >= SHOWN) return;
    common_progress_end();
    scoped_buf line;
    buf_init(&line, 0);
    buf_visible(&line, str_from(what));
    printf(STR_FMT "\n", STR_ARG(buf_view(&line)));
}

/* What stands on the ledger is compared when the ledger itself is sound. */
static enum rc check_tables(struct ctx *cx, const struct data *d, struct facts_fsck *f)
{
    struct catalog *catalog;
    TRY(catalog_builtin(cx, &catalog));
    common_progress(cx);
    enum rc rc = facts_fsck(cx, d->reader, catalog, f);
    common_progress_end();
    catalog_free(catalog);
    return rc;
}

static int check(struct ctx *cx, struct data *d)
{
    uint64_t shown = 0;
    struct log_check c = {.found = show, .arg = &shown};
    bool is_shared = false;
    uint64_t shared = 0;
    struct kept_counts kept = {0};
    enum rc rc = data_open(cx, d, DATA_READ | DATA_AS_IT_IS);
    common_progress(cx);
    if (rc == OK) rc = log_check(cx, d->reader, &c);
    if (rc == OK) rc = shared_check(cx, d->dir, d->reader, &c, &is_shared, &shared);
    common_progress_end();
    if (rc != OK) return common_failed(cx, rc);
    struct facts_fsck f = {.found = show, .arg = &shown};
    if (c.problems == 0) {
        rc = check_tables(cx, d, &f);
        if (rc != OK) return common_failed(cx, rc);
        c.problems = f.problems;
        common_progress(cx);
        rc = kept_check(cx, d->reader, d->dir, &kept, show, &shown);
        common_progress_end();
        if (rc != OK) return common_failed(cx, rc);
        c.problems += kept.damaged + kept.missing_files;
    }
    if (c.problems > SHOWN) printf("… and %" PRIu64 " more\n", c.problems - SHOWN);
    printf("%" PRIu64 " entries, %" PRIu64 " bodies, %" PRIu64 " erased: %" PRIu64 " problem%s\n", c.entries, c.bodies,
           c.erased, c.problems, c.problems == 1 ? "" : "s");
    if (kept.reports + kept.files)
        printf("%" PRIu64 " report%s, %" PRIu64 " attachment%s\n", kept.reports, kept.reports == 1 ? "" : "s",
               kept.files, kept.files == 1 ? "" : "s");
    if (kept.missing_reports)
        printf("%" PRIu64 " report%s of assessments are not here: their findings are not shown, their verdicts are\n",
               kept.missing_reports, kept.missing_reports == 1 ? "" : "s");
    if (is_shared) printf("%" PRIu64 " entries in PostgreSQL\n", shared);
    if (f.others)
        printf("tables of %" PRIu64 " kind%s of facts were made by another version and not compared\n", f.others,
               f.others == 1 ? "" : "s");
    if (f.waiting)
        printf("%" PRIu64 " facts are in no table yet: the next that is added takes them along\n", f.waiting);
    return c.problems ? EXIT_FAULTS : EXIT_FINE;
}

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct data *d = arguments;
    (void)cx;
    if (code == OPTION_DATA) d->dir = value;
    return OK;
}

int cli_fsck(int argc, char **argv)
{
    struct data d = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &d);
    if (out < 0 && argc > optind) {
        (void)fail(&cx, E_INVALID, "fsck takes options only");
        out = common_wrong(&cx, "fsck");
    }
    if (out < 0) {
        out = check(&cx, &d);
        data_close(&d);
    }
    ctx_release(&cx);
    return out;
}
