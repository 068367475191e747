/* sinetti refresh: brings derived.db up to date, once; a server does so by itself. */
#include "base/time.h"
#include "cli/common.h"
#include "cli/data.h"
#include "facts/facts.h"
#include "metrics/metrics.h"
#include "standing/standing.h"

#include <inttypes.h>
#include <stdio.h>

static const char help[] =
    "usage: sinetti refresh [OPTIONS]\n"
    "Brings DIR/derived.db, what pages read of where the organization stands, up to the newest event. A running\n"
    "server does so by itself. The file can be deleted at any time: nothing in it is kept nowhere else.\n\n" DATA_HELP
    "  --rebuild              make everything anew\n"
    "  --record               keep the organization's verdicts and metrics of the day, unless they are\n"
    "  --preset KEY           points the organization has adopted, where no fact says so\n"
    "  --catalog DIR          another catalog than the built-in one\n"
    "  --now TIME             the evaluation's clock (RFC 3339; the machine's)\n"
    "  --quiet                print nothing but errors\n"
    "exit codes: 0 fine, 2 wrong usage, 3 the input cannot be read, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_SIGNER, OPTION_REBUILD, OPTION_RECORD };

static const struct option table[] = {{"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"preset", required_argument, NULL, OPTION_PRESET},
                                      {"now", required_argument, NULL, OPTION_NOW},
                                      {"quiet", no_argument, NULL, OPTION_QUIET},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"signer", required_argument, NULL, OPTION_SIGNER},
                                      {"rebuild", no_argument, NULL, OPTION_REBUILD},
                                      {"record", no_argument, NULL, OPTION_RECORD},
                                      {0}};

struct arguments {
    struct common c;
    struct data data;
    bool rebuild, record;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_DATA:
        a->data.dir = value;
        return OK;
    case OPTION_SIGNER:
        a->data.signer_dir = value;
        return OK;
    case OPTION_REBUILD:
        a->rebuild = true;
        return OK;
    case OPTION_RECORD:
        a->record = true;
        return OK;
    default:
        return common_option(cx, &a->c, code, value);
    }
}

static enum rc record(struct ctx *cx, struct arguments *a, struct keeper *k)
{
    struct facts *facts;
    bool recorded;
    TRY(facts_open(cx, a->data.dir, a->c.held_catalog, &(const struct facts_options){0}, &facts));
    enum rc rc = keeper_record_day(cx, k, facts, a->c.o.now, &recorded);
    facts_close(facts);
    if (rc == OK && !a->c.quiet) puts(recorded ? "verdicts of the day: recorded" : "verdicts of the day: were there");
    return rc;
}

/* After the tables are up to date, for they read them. */
static enum rc record_metrics(struct ctx *cx, struct arguments *a)
{
    struct facts *facts;
    bool recorded;
    size_t failed;
    TRY(facts_open(cx, a->data.dir, a->c.held_catalog, &(const struct facts_options){0}, &facts));
    enum rc rc = metrics_record_day(cx, a->data.dir, a->c.held_catalog, facts, a->c.o.now, &recorded, &failed);
    facts_close(facts);
    if (rc == OK && !a->c.quiet) puts(recorded ? "metrics of the day: recorded" : "metrics of the day: were there");
    if (rc == OK && failed) fprintf(stderr, "sinetti: %zu metrics are missing: %s\n", failed, cx->message);
    return rc;
}

static enum rc run(struct ctx *cx, struct arguments *a, struct keeper *k)
{
    struct refreshed done;
    char next[32];
    if (a->record) TRY(record(cx, a, k));
    TRY(a->rebuild ? keeper_rebuild(cx, k, a->c.o.now, &done) : keeper_refresh(cx, k, a->c.o.now, &done));
    if (a->record) {
        TRY(record_metrics(cx, a));
        TRY(keeper_refresh(cx, k, a->c.o.now, &done));
    }
    if (!a->c.quiet)
        printf("%" PRIu64 " facts, %zu scope%s computed%s; next by %s\n", done.facts, done.scopes,
               done.scopes == 1 ? "" : "s", done.anew ? ", from nothing" : "", time_format(done.next, next));
    return OK;
}

static int refresh(struct ctx *cx, struct arguments *a)
{
    struct keeper *k;
    enum rc rc = common_prepare(cx, &a->c, PRIORITY_COUNT);
    if (rc != OK) return common_not_opened(cx, &a->c, rc, "refresh");
    const struct keeper_options o = {a->c.held_catalog, a->c.o.preset};
    rc = data_open_tables(cx, &a->data, a->c.held_catalog);
    if (rc == OK) rc = keeper_open(cx, a->data.dir, &o, &k);
    if (rc == OK) {
        rc = run(cx, a, k);
        keeper_close(k);
    }
    data_close(&a->data);
    return rc == OK ? EXIT_FINE : common_failed(cx, rc);
}

int cli_refresh(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && argc > optind) {
        (void)fail(&cx, E_INVALID, "refresh takes no operand");
        out = common_wrong(&cx, "refresh");
    }
    if (out < 0) {
        out = refresh(&cx, &a);
        common_close(&a.c);
    }
    ctx_release(&cx);
    return out;
}
