/* sinetti gate: breaking glass at the gate of a repository, and what moved past it; for the machine's operator, with
 * the server running or not. */
#include "cli/common.h"
#include "cli/identity.h"
#include "gates/override.h"
#include "gates/watch.h"
#include "git/refname.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: sinetti gate override REPOSITORY BRANCH --reason TEXT [--minutes N] [--for WHO] [OPTIONS]\n"
    "       sinetti gate check [REPOSITORY] [OPTIONS]\n"
    "override lets pushes to BRANCH (or a pattern, as release/*) in although requirement points would stop them. It "
    "ends "
    "by itself,\n"
    "is recorded, and waits for a review by somebody who did not use it. What is always held to stays held to.\n"
    "check finds protected branches of hosted repositories that are not where the newest decision put them: what was "
    "moved past the\n"
    "gate waits for review then.\n\n"
    "  --reason TEXT  why; everybody who may read the audit log sees it\n"
    "  --minutes N    how long, 1 to 1440 (60)\n"
    "  --for WHO      who may use it: person:ID or an address. Left out: whoever may push there\n"
    "  --data DIR     the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "  --catalog DIR  another catalog than the built-in one\n"
    "exit codes: 0 fine, 1 check found something, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_REASON, OPTION_MINUTES, OPTION_FOR };

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"reason", required_argument, NULL, OPTION_REASON},
                                      {"minutes", required_argument, NULL, OPTION_MINUTES},
                                      {"for", required_argument, NULL, OPTION_FOR},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    struct identity_data d;
    const char *reason, *who;
    int64_t minutes;
    size_t found;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    if (code == OPTION_DATA) a->d.data.dir = value;
    if (code == OPTION_CATALOG) a->d.data.catalog = value;
    if (code == OPTION_REASON) a->reason = value;
    if (code == OPTION_FOR) a->who = value;
    if (code == OPTION_MINUTES && !str_to_i64(str_from(value), 1, OVERRIDE_MINUTES_MOST, &a->minutes))
        return fail(cx, E_INVALID, "--minutes: a number from 1 to %d is expected", OVERRIDE_MINUTES_MOST);
    return OK;
}

static enum rc override(struct ctx *cx, struct arguments *a, const char *name, const char *branch)
{
    struct gate_place place;
    uint64_t n, request;
    struct override_wish w = {.reason = str_from(a->reason), .minutes = a->minutes};
    TRY(gate_place_find(cx, a->d.ledger, a->d.data.dir, str_from(name), &place));
    w.refs = refname_full(&cx->arena, str_from(branch));
    w.person = a->who ? str_from(a->who) : STR_NONE;
    if (a->who && !str_starts(w.person, STR("person:"))) {
        TRY(identity_of_address(cx, a->d.ledger, w.person, &w.person));
        if (!w.person.p)
            return fail(cx, E_NOTFOUND, "nobody here has the address \"%s\"", str_visible(cx, str_from(a->who)));
    }
    TRY(override_open(cx, a->d.facts, &place, &identity_operator, &w, &n, &request));
    printf("override %llu: %s of %s, for %lld minutes; request %llu waits for review\n", (unsigned long long)n,
           str_visible(cx, w.refs), str_visible(cx, place.name), (long long)a->minutes, (unsigned long long)request);
    return OK;
}

static enum rc check_one(struct ctx *cx, struct arguments *a, struct str name)
{
    size_t found = 0;
    TRY(override_check_place(cx, a->d.facts, a->d.data.dir, a->d.ledger, name, &identity_operator, true, &found));
    if (found)
        printf("%s: %zu branch%s moved without a decision; it waits for review\n", str_visible(cx, name), found,
               found == 1 ? " has" : "es have");
    a->found += found;
    return OK;
}

static enum rc check(struct ctx *cx, struct arguments *a, const char *name)
{
    struct str *names;
    size_t n;
    if (name) return check_one(cx, a, str_from(name));
    TRY(override_places(cx, a->d.ledger, &names, &n));
    for (size_t i = 0; i < n; i++) TRY(check_one(cx, a, names[i]));
    return OK;
}

int cli_gate(int argc, char **argv)
{
    struct arguments a = {.minutes = OVERRIDE_MINUTES};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a), n = argc - optind;
    char **w = argv + optind;
    bool is_override = out < 0 && n == 3 && !strcmp(w[0], "override") && a.reason,
         is_check = out < 0 && (n == 1 || n == 2) && !strcmp(w[0], "check");
    if (out < 0 && !is_override && !is_check) {
        (void)fail(&cx, E_INVALID, "override REPOSITORY BRANCH --reason TEXT, or check [REPOSITORY] is expected");
        out = common_wrong(&cx, "gate");
    }
    if (out < 0) {
        enum rc rc = identity_data_open(&cx, &a.d);
        if (rc == OK) rc = is_check ? check(&cx, &a, n > 1 ? w[1] : NULL) : override(&cx, &a, w[1], w[2]);
        out = rc != OK ? common_failed(&cx, rc) : a.found ? 1 : EXIT_FINE;
        identity_data_close(&a.d);
    }
    ctx_release(&cx);
    return out;
}
