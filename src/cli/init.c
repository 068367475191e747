/* sinetti init: a new data folder, with an empty ledger and the catalog in use as its first fact. */
#include "cli/common.h"
#include "cli/config.h"
#include "facts/facts.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti init --origin NAME [OPTIONS]\n"
    "Makes a data folder with an empty ledger. NAME is the ledger's for ever: a host and path of the\n"
    "organization's, like sinetti.example.org/acme.\n\n"
    "  --data DIR      the data folder ($SINETTI_DATA, else /var/lib/sinetti); made when it is not there\n"
    "  --catalog DIR   another catalog than the built-in one\n"
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_ORIGIN = OPTION_OWN, OPTION_DATA };

static const struct option table[] = {{"origin", required_argument, NULL, OPTION_ORIGIN},
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    const char *data, *origin, *catalog;
};

/* The folder and those above it, for their owner alone. */
static enum rc make_folder(struct ctx *cx, const char *dir)
{
    char *path = arena_cstr(&cx->arena, str_from(dir));
    for (char *p = path + 1;; p++) {
        if (*p && *p != '/') continue;
        char end = *p;
        *p = 0;
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return fail(cx, E_IO, "%s: cannot make the folder: %s", str_visible(cx, str_from(path)), strerror(errno));
        *p = end;
        if (!end) return OK;
    }
}

/* The first fact: which catalog and program it begins with. */
static enum rc begin(struct ctx *cx, const char *dir, const struct catalog *c)
{
    struct facts *f;
    struct facts_answer a;
    const struct facts_options o = {0};
    const struct body b = {
        .actor = STR("system"),
        .credential = STR(""),
        .kind = STR("catalog"),
        .subject = STR("org"),
        .via = STR("operator"),
        .payload = arena_printf(&cx->arena, "{\"digest\":\"%s\",\"program\":\"%s\"}", c->digest, SINETTI_VERSION)};
    TRY(facts_open(cx, dir, c, &o, &f));
    const struct facts_request r = {.facts = &b, .n = 1};
    enum rc rc = facts_append(cx, f, &r, &a);
    facts_close(f);
    return rc;
}

static enum rc init(struct ctx *cx, struct arguments *a)
{
    struct catalog *c;
    const char *dir = config_folder(a->data);
    TRY(a->catalog ? catalog_load(cx, a->catalog, &c) : catalog_builtin(cx, &c));
    enum rc rc = make_folder(cx, dir);
    /* what is there is not touched: log_create() is the one that decides, so the settings wait for it */
    if (rc == OK) rc = log_create(cx, dir, str_from(a->origin));
    if (rc == E_CONFLICT)
        rc = fail(cx, rc, "%s: there is a ledger already; nothing was changed", str_visible(cx, str_from(dir)));
    if (rc == OK) rc = config_write(cx, dir);
    if (rc == OK) rc = begin(cx, dir, c);
    catalog_free(c);
    if (rc == OK) printf("%s: a ledger named %s\n", str_visible(cx, str_from(dir)), a->origin);
    return rc;
}

int cli_init(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    int code, out = -1;
    ctx_init(&cx);
    while (out < 0 && (code = common_next(argc, argv, table)) != -1) {
        if (code == OPTION_ORIGIN) {
            a.origin = optarg;
        } else if (code == OPTION_DATA) {
            a.data = optarg;
        } else if (code == OPTION_CATALOG) {
            a.catalog = optarg;
        } else if (code == OPTION_HELP) {
            fputs(help, stdout);
            out = EXIT_FINE;
        } else {
            out = EXIT_USAGE;
        }
    }
    if (out < 0 && (!a.origin || argc > optind)) {
        (void)fail(&cx, E_INVALID, a.origin ? "init takes options only" : "init needs --origin");
        out = common_wrong(&cx, "init");
    }
    if (out < 0) {
        enum rc rc = init(&cx, &a);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
    }
    ctx_release(&cx);
    return out;
}
