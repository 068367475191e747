/* sinetti metrics: the figures of the catalog's metrics as they are, and days that are past computed again. */
#include "metrics/metrics.h"

#include "base/time.h"
#include "cli/common.h"
#include "cli/data.h"

#include <inttypes.h>
#include <stdio.h>

static const char help[] =
    "usage: sinetti metrics [OPTIONS]\n"
    "Prints the figures of all metrics as they are now. With --recompute: for each day what was recorded, and what "
    "the\n"
    "events as they were then give by today's queries; only what differs, and days on which nothing was recorded.\n"
    "\n" DATA_HELP "  --recompute            days that are past, from the events of then\n"
    "  --from DATE            … beginning here (30 days ago)\n"
    "  --to DATE              … up to here (today)\n"
    "  --all                  … also what is the same\n"
    "  --catalog DIR          another catalog than the built-in one\n"
    "  --lang en|fi           language of the titles (en)\n"
    "  --now TIME             the evaluation's clock (RFC 3339; the machine's)\n"
    "exit codes: 0 fine, 1 something recorded is not what is computed again, 2 wrong usage, 3 the input cannot be\n"
    "read, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_RECOMPUTE, OPTION_FROM, OPTION_TO, OPTION_ALL };

static const struct option table[] = {{"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"lang", required_argument, NULL, OPTION_LANG},
                                      {"now", required_argument, NULL, OPTION_NOW},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"recompute", no_argument, NULL, OPTION_RECOMPUTE},
                                      {"from", required_argument, NULL, OPTION_FROM},
                                      {"to", required_argument, NULL, OPTION_TO},
                                      {"all", no_argument, NULL, OPTION_ALL},
                                      {0}};

struct arguments {
    struct common c;
    struct data data;
    const char *from, *to;
    bool recompute, all;
    size_t differences, gaps, days;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_DATA:
        a->data.dir = value;
        return OK;
    case OPTION_RECOMPUTE:
        a->recompute = true;
        return OK;
    case OPTION_FROM:
        a->from = value;
        return OK;
    case OPTION_TO:
        a->to = value;
        return OK;
    case OPTION_ALL:
        a->all = true;
        return OK;
    default:
        return common_option(cx, &a->c, code, value);
    }
}

/* "66.7 % (2 of 3)", "-" */
static const char *figure(struct ctx *cx, const struct catalog_metric *m, const struct metrics_value *v, enum lang l)
{
    if (!v->measured) return "-";
    if (m->type == METRIC_COUNT)
        return arena_printf(&cx->arena, "%" PRId64 " " STR_FMT, v->value / 1000, STR_ARG(m->unit[l])).p;
    int64_t tenths = (v->value + 50) / 100;
    if (m->type == METRIC_SHARE)
        return arena_printf(&cx->arena, "%" PRId64 ".%" PRId64 " %% (%" PRId64 "/%" PRId64 ")", tenths / 10,
                            tenths % 10, v->numerator, v->denominator)
            .p;
    return arena_printf(&cx->arena, "%" PRId64 ".%" PRId64 " %s (n = %" PRId64 ")", tenths / 10, tenths % 10,
                        l == LANG_FI ? "päivää" : "days", v->numerator)
        .p;
}

static enum rc open_tables(struct ctx *cx, const char *dir, const struct catalog *c, sqlite3 **out)
{
    TRY(store_open_file(cx, arena_printf(&cx->arena, "%s/ledger.db", dir).p, STORE_READ, out));
    enum rc rc = store_attach_derived(cx, *out, arena_printf(&cx->arena, "%s/derived.db", dir).p);
    if (rc == OK) rc = metrics_prepare(cx, *out, c);
    if (rc != OK) store_close(*out);
    return rc == E_NOTFOUND ? fail(cx, rc, "%s: `sinetti refresh` makes derived.db first", dir) : rc;
}

static enum rc print_now(struct ctx *cx, struct arguments *a)
{
    sqlite3 *db;
    const struct catalog *c = a->c.held_catalog;
    const struct metrics_moment when = {.at = a->c.o.now, .standing = STR("now")};
    TRY(open_tables(cx, a->data.dir, c, &db));
    enum rc rc = OK;
    for (size_t i = 0; i < c->n_metrics && rc == OK; i++) {
        const struct catalog_metric *m = &c->metrics[i];
        struct metrics_value v;
        rc = metrics_measure(cx, db, m, &when, &v);
        if (rc == OK)
            printf("%-24.*s " STR_FMT ": %s\n", STR_ARG(m->key), STR_ARG(m->title[a->c.lang]),
                   figure(cx, m, &v, a->c.lang));
        if (rc != E_INVALID && rc != E_LIMIT) continue;
        printf("%-24.*s %s\n", STR_ARG(m->key), cx->message);
        rc = OK;
    }
    store_close(db);
    return rc;
}

/* --- again */

struct printing {
    struct ctx *cx;
    struct arguments *a;
    char day[32];
};

static enum rc print_again(void *arg, const struct metrics_again *m)
{
    struct printing *p = arg;
    struct ctx own;
    bool differs = metrics_differs(m);
    if (strcmp(p->day, m->day) != 0) {
        (void)snprintf(p->day, sizeof p->day, "%s", m->day);
        p->a->days++;
        p->a->gaps += !m->day_recorded;
    }
    p->a->differences += differs;
    if (!differs && m->was_recorded && !p->a->all) return OK;
    if (!m->was_recorded && !m->again.measured && !p->a->all) return OK;
    ctx_init(&own);
    printf("%s  %-24.*s recorded %s, recomputed %s%s\n", m->day, STR_ARG(m->metric->key),
           m->was_recorded ? figure(&own, m->metric, &m->recorded, p->a->c.lang) : "nothing",
           m->failed ? "not possible" : figure(&own, m->metric, &m->again, p->a->c.lang),
           m->was_recorded && !m->same_rule ? " (by another query)" : "");
    ctx_release(&own);
    return OK;
}

static enum rc date_of(struct ctx *cx, const char *value, int64_t otherwise, int64_t *out)
{
    *out = otherwise;
    if (!value || time_parse(str_from(value), out) == OK) return OK;
    return fail(cx, E_INVALID, "\"%s\" is no date like 2026-06-30", str_visible(cx, str_from(value)));
}

static enum rc recompute(struct ctx *cx, struct arguments *a)
{
    int64_t from, to;
    struct printing p = {.cx = cx, .a = a};
    TRY(date_of(cx, a->from, a->c.o.now - 30 * (int64_t)DAY_SECONDS, &from));
    TRY(date_of(cx, a->to, a->c.o.now, &to));
    TRY(metrics_recompute(cx, a->data.dir, a->c.held_catalog, from, to, print_again, &p));
    printf("%zu days, %zu without a record, %zu figures differ\n", a->days, a->gaps, a->differences);
    return OK;
}

static int run(struct ctx *cx, struct arguments *a)
{
    enum rc rc = common_prepare(cx, &a->c, PRIORITY_COUNT);
    if (rc != OK) return common_not_opened(cx, &a->c, rc, "metrics");
    rc = data_open_tables(cx, &a->data, a->c.held_catalog);
    if (rc == OK) rc = a->recompute ? recompute(cx, a) : print_now(cx, a);
    data_close(&a->data);
    if (rc != OK) return common_failed(cx, rc);
    return a->differences ? EXIT_FAULTS : EXIT_FINE;
}

int cli_metrics(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && argc > optind) {
        (void)fail(&cx, E_INVALID, "metrics takes no operand");
        out = common_wrong(&cx, "metrics");
    }
    if (out < 0) {
        out = run(&cx, &a);
        common_close(&a.c);
    }
    ctx_release(&cx);
    return out;
}
