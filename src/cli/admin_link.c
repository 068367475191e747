/* sinetti admin-link: a one-time link for whoever has the machine and no other way in. */
#include "cli/common.h"
#include "cli/identity.h"
#include "identity/tokens.h"
#include "store/config.h"

#include <stdio.h>

static const char help[] =
    "usage: sinetti admin-link [PERSON] [OPTIONS]\n"
    "Prints a link that lets PERSON (an address, or person:ID) in once, within half an hour, "
    "without password and second\n"
    "factor. Without PERSON it is the Admin's; where nobody is Admin yet, one is made. An event "
    "of the audit log says so.\n\n"
    "  --url URL      the server's address (public_url of DIR/config, else https://localhost:8443)\n"
    "  --data DIR     the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "  --catalog DIR  another catalog than the built-in one\n"
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_URL };

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"url", required_argument, NULL, OPTION_URL},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    const char *url;
    struct identity_data d;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    (void)cx;
    if (code == OPTION_DATA) a->d.data.dir = value;
    if (code == OPTION_URL) a->url = value;
    if (code == OPTION_CATALOG) a->d.data.catalog = value;
    return OK;
}

static enum rc run(struct ctx *cx, struct arguments *a, const char *who)
{
    struct str person, url = str_from(a->url);
    struct link_made link;
    char until[32];
    struct config config;
    TRY(identity_data_open(cx, &a->d));
    TRY(config_read(cx, a->d.data.dir, &config));
    if (!url.n) url = config.public_url.n ? config.public_url : STR("https://localhost:8443");
    while (url.n && url.p[url.n - 1] == '/') url.n--;
    TRY(identity_operator_link(cx, a->d.identity, who ? str_from(who) : STR_NONE, &person, &link));
    printf(STR_FMT "/link#%s\n", STR_ARG(url), link.secret);
    fprintf(stderr, "sinetti: for " STR_FMT ", once, until %s\n", STR_ARG(person), time_format(link.until, until));
    return OK;
}

int cli_admin_link(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && argc - optind > 1) {
        (void)fail(&cx, E_INVALID, "admin-link takes one person");
        out = common_wrong(&cx, "admin-link");
    }
    if (out < 0) {
        enum rc rc = run(&cx, &a, argc > optind ? argv[optind] : NULL);
        identity_data_close(&a.d);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
    }
    ctx_release(&cx);
    return out;
}
