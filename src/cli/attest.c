/* sinetti attest: what the server attests of published commits, and whether somebody may believe it. */
#include "gates/attest.h"
#include "base/limits.h"
#include "cli/common.h"
#include "cli/data.h"
#include "gates/attest_verify.h"
#include "git/place.h"
#include "identity/rights.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: sinetti attest show NAME COMMIT [--data DIR]\n"
    "       sinetti attest verify FILE --keys FILE --commit ID [--level N] [--repository URI] [--ref REF]\n"
    "                             [--property NAME]...\n"
    "show prints what is attested of a published commit, a DSSE envelope a line: provenance and source verification "
    "summary of each move\n"
    "(docs/slsa-source.md). verify needs nothing but such lines (also those of git notes --ref=attestations) and the "
    "keys one trusts.\n\n"
    "  --keys FILE       lines of allowed_signers, as `sinetti repo keys` prints them\n"
    "  --commit ID       each envelope must be about this commit\n"
    "  --level N         a summary must say this level of SLSA's source track or a higher one\n"
    "  --repository URI  each envelope must be of this repository (git+ssh://git@HOST/NAME)\n"
    "  --ref REF         the level must be that of this ref (refs/heads/main)\n"
    "  --property NAME   the same summary must say this too (ORG_SOURCE_TESTED); may be given many times\n"
    "  --data DIR        the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "exit codes: 0 fine, 1 it does not verify, 2 wrong usage, 3 unreadable, 4 internal fault\n";

enum {
    OPTION_DATA = OPTION_OWN,
    OPTION_KEYS,
    OPTION_COMMIT,
    OPTION_LEVEL,
    OPTION_REPOSITORY,
    OPTION_REF,
    OPTION_PROPERTY
};

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"keys", required_argument, NULL, OPTION_KEYS},
                                      {"commit", required_argument, NULL, OPTION_COMMIT},
                                      {"level", required_argument, NULL, OPTION_LEVEL},
                                      {"repository", required_argument, NULL, OPTION_REPOSITORY},
                                      {"ref", required_argument, NULL, OPTION_REF},
                                      {"property", required_argument, NULL, OPTION_PROPERTY},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

#define FILE_MOST (64U << 20)
#define PROPERTIES_ASKED 40

struct arguments {
    struct data data;
    const char *keys, *commit, *repository, *ref, *properties[PROPERTIES_ASKED];
    size_t n_properties;
    int64_t level;
    bool good;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    if (code == OPTION_DATA) a->data.dir = value;
    if (code == OPTION_KEYS) a->keys = value;
    if (code == OPTION_COMMIT) a->commit = value;
    if (code == OPTION_REPOSITORY) a->repository = value;
    if (code == OPTION_REF) a->ref = value;
    if (code == OPTION_PROPERTY && a->n_properties == PROPERTIES_ASKED)
        return fail(cx, E_INVALID, "--property: at most %d can be asked for", PROPERTIES_ASKED);
    if (code == OPTION_PROPERTY) a->properties[a->n_properties++] = value;
    if (code == OPTION_LEVEL && !str_to_i64(str_from(value), 1, 4, &a->level))
        return fail(cx, E_INVALID, "--level: a number from 1 to 4 is expected");
    return OK;
}

/* --- show */

static enum rc print_one(void *arg, const struct attested *a)
{
    (void)arg;
    printf(STR_FMT "\n" STR_FMT "\n", STR_ARG(a->provenance), STR_ARG(a->summary));
    return OK;
}

static enum rc show(struct ctx *cx, struct arguments *a, const char *name, const char *commit)
{
    struct catalog *c;
    struct gate_place place;
    TRY(catalog_builtin(cx, &c));
    enum rc rc = data_open_tables(cx, &a->data, c);
    catalog_free(c);
    TRY(rc);
    TRY(gate_place_find(cx, log_reader_db(a->data.reader), a->data.dir, str_from(name), &place));
    return attest_read(cx, a->data.reader, place.subject, str_from(commit), print_one, NULL);
}

/* --- verify */

static bool is_as_said(struct ctx *cx, const struct arguments *a, const struct attest_told *t)
{
    if (!str_eq(t->commit, str_from(a->commit)))
        (void)fail(cx, E_DENIED, "it is about another commit, %s", str_visible(cx, t->commit));
    else if (a->repository && !str_eq(t->resource, str_from(a->repository)))
        (void)fail(cx, E_DENIED, "it is of another repository, %s", str_visible(cx, t->resource));
    else
        return true;
    return false;
}

static bool says(const struct attest_told *t, const char *property)
{
    for (size_t i = 0; i < t->n_properties; i++)
        if (str_eq(t->properties[i], str_from(property))) return true;
    return false;
}

/* Whether this summary says all that is asked for. */
static bool reaches(const struct arguments *a, const struct attest_told *t)
{
    if (!t->is_summary || t->level < a->level || (a->ref && !str_eq(t->ref, str_from(a->ref)))) return false;
    for (size_t i = 0; i < a->n_properties; i++)
        if (!says(t, a->properties[i])) return false;
    return true;
}

static enum rc verify(struct ctx *cx, struct arguments *a, const char *file)
{
    scoped_buf lines, keys;
    struct str rest, line;
    bool reached = a->level == 0 && !a->n_properties;
    int n = 0;
    buf_init(&lines, FILE_MOST + 1);
    buf_init(&keys, LIMIT_CONFIG + 1);
    TRY(place_read(file, true, FILE_MOST, &lines));
    TRY(place_read(a->keys, true, LIMIT_CONFIG, &keys));
    a->good = true;
    rest = buf_view(&lines);
    while (str_cut(&rest, '\n', &line)) {
        struct attest_told t;
        if (!str_trim(line).n) continue;
        n++;
        enum rc rc = attest_verify(cx, line, buf_view(&keys), &t);
        if (rc != OK || !is_as_said(cx, a, &t)) {
            printf("envelope %d: no: %s\n", n, cx->message);
            a->good = false;
            continue;
        }
        if (reaches(a, &t)) reached = true;
        printf("envelope %d: %s of %s, %s in %s: level %lld", n, t.is_summary ? "summary" : "provenance",
               str_visible(cx, t.commit), str_visible(cx, t.ref), str_visible(cx, t.resource), (long long)t.level);
        for (size_t i = 0; i < t.n_properties; i++) printf(", %s", str_visible(cx, t.properties[i]));
        printf(", signed by %s\n", str_visible(cx, t.key));
    }
    if (!n) printf("there is no envelope\n");
    if (n && !reached)
        printf("no summary says level %lld%s%s%s\n", (long long)a->level,
               a->n_properties ? " with all that is asked for" : "", a->ref ? " of " : "",
               a->ref ? str_visible(cx, str_from(a->ref)) : "");
    a->good = a->good && n && reached;
    return OK;
}

int cli_attest(int argc, char **argv)
{
    struct arguments a = {.good = true};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    char **w = argv + optind;
    bool shows = out < 0 && argc - optind == 3 && !strcmp(w[0], "show"),
         verifies = out < 0 && argc - optind == 2 && !strcmp(w[0], "verify") && a.keys && a.commit;
    if (out < 0 && !shows && !verifies) {
        (void)fail(&cx, E_INVALID, "show NAME COMMIT, or verify FILE --keys FILE --commit ID is expected");
        out = common_wrong(&cx, "attest");
    }
    if (out < 0) {
        enum rc rc = shows ? show(&cx, &a, w[1], w[2]) : verify(&cx, &a, w[1]);
        out = rc != OK ? common_failed(&cx, rc) : a.good ? EXIT_FINE : EXIT_FAULTS;
        data_close(&a.data);
    }
    ctx_release(&cx);
    return out;
}
