/* The rules' own tests: each `cases/<obligation>--<what>.json` beside a rule says facts in and rows out (format:
 * docs/formats/catalog.md). A case runs on a fresh database in memory and its rule must return exactly its rows.
 * Needs no task.yaml, only tasks/<task>/<obligation>.sql and cases/; those of a rule over the organization,
 * <obligation>.org.sql, are called <obligation>.org--<what>.json. One thread at a time. */
#ifndef SINETTI_RULES_CASES_H
#define SINETTI_RULES_CASES_H

#include "catalog/catalog.h"

struct cases_tally {
    size_t rules; /* rules with cases */
    size_t cases, failed;
    size_t thin; /* rules without a case of ok 1, of ok 0, or of NULL or no row */
};

struct cases_options {
    struct str task, obligation;               /* STR_NONE: all */
    const struct catalog *catalog;             /* whose kinds of facts and of record there are; NULL none */
    void (*line)(void *arg, const char *text); /* takes what is wrong, line by line, safe to show */
    void *arg;
};

/* Runs the cases of a catalog folder. E_NOTFOUND when it has no tasks/, or not the task or obligation asked for. */
enum rc cases_run(struct ctx *cx, const char *catalog, const struct cases_options *o, struct cases_tally *t) MUST_CHECK;

#endif
