/* Inside of checks: what is asked, and what is looked at. */
#ifndef SINETTI_GATES_CHECKS_INT_H
#define SINETTI_GATES_CHECKS_INT_H

#include <jansson.h>

#include "gates/check_files.h"
#include "gates/checks.h"

struct definition {
    struct str subject;
    json_t *content;    /* fields of the item */
    struct str senders; /* whose evidence counts, as a list in JSON; "[]": anybody's */
    int level;          /* of findings; -1: not asked */
    int64_t coverage;   /* per cent; -1: not asked */
    bool tests;
};

struct checking {
    struct ctx *cx;
    sqlite3 *db;
    struct git *g;
    struct push *p;
    struct push_check *list;
    size_t n;
    /* of the ref that is looked at */
    size_t ref;
    struct str base, commit; /* what changes lies between; base STR_NONE: all is new */
    struct str tree, tip_tree, base_tree;
    struct changed_lines *lines; /* read once they are needed */
    bool lines_read, lines_known;
};

/* One that asks for `wanted`, and of which nothing has been found. */
struct push_check checks_asked(const struct definition *d, const char *what, int64_t wanted);
enum rc checks_add(struct checking *k, const struct push_check *c) MUST_CHECK;

/* What reports show: sums of tests, findings that are new, lines that ran (checks_reports.c). */
enum rc check_tests(struct checking *k, const struct definition *d) MUST_CHECK;
enum rc check_findings(struct checking *k, const struct definition *d) MUST_CHECK;
enum rc check_coverage(struct checking *k, const struct definition *d) MUST_CHECK;

#endif
