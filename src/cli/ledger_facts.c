/* sinetti ledger replay, ledger erase: what the ledger's commands do with facts. */
#include "base/time.h"
#include "cli/common.h"
#include "cli/data.h"
#include "cli/fact.h"
#include "ledger/canonical.h"
#include "store/config.h"

#include <inttypes.h>
#include <stdio.h>

#define MOST_PEOPLE 100

static const char help[] =
    "usage: sinetti ledger replay --into FILE [--until TIME]\n"
    "           a database of all tables and views as they were then, made anew from the ledger alone;\n"
    "           the same ledger and catalog give the same bytes on every machine\n"
    "       sinetti ledger erase N --reason TEXT --approved-by PERSON --approved-by PERSON\n"
    "           takes the body of fact N away; that it was there, when and of which kind, stays\n\n"
    "  --until TIME           facts up to this time (30d, 2026-11-24, 2026-11-24T10:00:00Z; all)\n"
    "  --approved-by PERSON   person:ID of who has asked for it; two or more\n"
    "  --clock-is-right       the machine's clock is, though it says that more than a day has passed\n"
    "  --catalog DIR          another catalog than the built-in one\n"
    "  --data DIR             the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_INTO, OPTION_UNTIL, OPTION_REASON, OPTION_APPROVED, OPTION_CLOCK };

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"into", required_argument, NULL, OPTION_INTO},
                                      {"until", required_argument, NULL, OPTION_UNTIL},
                                      {"reason", required_argument, NULL, OPTION_REASON},
                                      {"approved-by", required_argument, NULL, OPTION_APPROVED},
                                      {"clock-is-right", no_argument, NULL, OPTION_CLOCK},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    const char *data, *catalog, *into, *until, *reason;
    struct str people[MOST_PEOPLE];
    size_t n_people;
    bool clock_is_right;
    int64_t number, last; /* microseconds: the latest a fact may be of */
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    const char **texts[] = {[OPTION_DATA - OPTION_OWN] = &a->data,
                            [OPTION_INTO - OPTION_OWN] = &a->into,
                            [OPTION_UNTIL - OPTION_OWN] = &a->until,
                            [OPTION_REASON - OPTION_OWN] = &a->reason};
    if (code == OPTION_CATALOG) {
        a->catalog = value;
    } else if (code == OPTION_CLOCK) {
        a->clock_is_right = true;
    } else if (code == OPTION_APPROVED) {
        if (a->n_people == MOST_PEOPLE) return fail(cx, E_LIMIT, "--approved-by: at most %d people", MOST_PEOPLE);
        a->people[a->n_people++] = str_from(value);
    } else if (code >= OPTION_OWN && code < OPTION_APPROVED) {
        *texts[code - OPTION_OWN] = value;
    } else {
        return fail(cx, E_INTERNAL, "option %d is not handled", code);
    }
    return OK;
}

static enum rc replay(struct ctx *cx, struct arguments *a, const struct catalog *c)
{
    struct facts_replayed r;
    TRY(data_follow(cx, a->data, a->catalog));
    common_progress(cx);
    enum rc rc = facts_replay(cx, a->data, c, a->last, a->into, &r);
    common_progress_end();
    if (rc != OK) return rc;
    printf("%" PRIu64 " facts, %" PRIu64 " of them erased", r.facts, r.erased);
    if (r.unknown) printf(", %" PRIu64 " of kinds the catalog does not know", r.unknown);
    puts("");
    return OK;
}

static enum rc erase(struct ctx *cx, struct arguments *a, const struct catalog *c)
{
    struct facts *f;
    struct facts_answer answer;
    const struct facts_options o = {.clock_is_right = a->clock_is_right};
    const struct body by = fact_by_operator(STR(""), STR(""), STR(""));
    const struct facts_erasure e = {.n = (uint64_t)a->number,
                                    .reason = str_from(a->reason),
                                    .approved_by = a->people,
                                    .n_approved_by = a->n_people,
                                    .actor = by.actor,
                                    .credential = by.credential,
                                    .via = by.via};
    if (!str_is_utf8(e.reason)) return fail(cx, E_INVALID, "--reason is not UTF-8");
    TRY(facts_open(cx, a->data, c, &o, &f));
    enum rc rc = facts_erase(cx, f, &e, &answer);
    facts_close(f);
    if (rc == E_BUSY)
        return fail(cx, rc,
                    "fact %" PRId64 " is erased (fact %" PRIu64
                    " says so), but somebody reads older pages of the database: they are not overwritten yet",
                    a->number, answer.n);
    if (rc != OK) return rc;
    fact_tell_late(&answer);
    printf("%" PRIu64 "\n", answer.n);
    return OK;
}

/* Behind the verb. */
static enum rc check(struct ctx *cx, struct arguments *a, bool erases, int n, char **words)
{
    if (erases) {
        if (n != 1 || !str_to_i64(str_from(words[0]), 0, CANONICAL_MAX, &a->number))
            return fail(cx, E_INVALID, "ledger erase takes the number of a fact");
        if (!a->reason || a->n_people < 2)
            return fail(cx, E_INVALID, "ledger erase needs --reason, and --approved-by of two people");
        return a->into || a->until ? fail(cx, E_INVALID, "--into and --until are of `ledger replay`") : OK;
    }
    int64_t until;
    if (n != 0 || !a->into) return fail(cx, E_INVALID, "ledger replay takes --into FILE, and no other words");
    if (a->reason || a->n_people || a->clock_is_right)
        return fail(cx, E_INVALID, "--reason, --approved-by and --clock-is-right are of `ledger erase`");
    a->last = INT64_MAX;
    if (!a->until) return OK;
    if (time_parse_when(str_from(a->until), time_now(), &until) != OK || until > CANONICAL_MAX / 1000000)
        return fail(cx, E_INVALID, "--until: \"%s\" is no time", str_visible(cx, str_from(a->until)));
    a->last = until * 1000000 + 999999; /* that second whole */
    return OK;
}

int cli_ledger_facts(int argc, char **argv)
{
    struct arguments a = {0};
    struct config config;
    struct catalog *c = NULL;
    struct ctx cx;
    bool erases = !strcmp(argv[0], "erase");
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && check(&cx, &a, erases, argc - optind, argv + optind) != OK) out = common_wrong(&cx, "ledger erase");
    if (out < 0) {
        a.data = config_folder(a.data);
        enum rc rc = config_read(&cx, a.data, &config);
        if (rc == OK) rc = a.catalog ? catalog_load(&cx, a.catalog, &c) : catalog_builtin(&cx, &c);
        if (rc == OK) rc = erases ? erase(&cx, &a, c) : replay(&cx, &a, c);
        catalog_free(c);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
    }
    ctx_release(&cx);
    return out;
}
