/* What the files of this room share. All of it runs within one transaction of derived.db and one state of the ledger.
 */
#ifndef SINETTI_STANDING_KEEPER_INT_H
#define SINETTI_STANDING_KEEPER_INT_H

#include "catalog/views.h"
#include "ledger/log_reader.h"
#include "standing/standing.h"
#include "store/store.h"

struct keeper {
    char *dir;
    struct keeper_options o;
    struct log_reader *reader;
    sqlite3 *db;              /* derived.db */
    struct arena arena;       /* of what follows */
    struct view_reads *reads; /* of the rule over the organization of each point of the catalog */
    size_t n_points;
};

/* What one refresh is about. */
struct pass {
    struct ctx *cx;
    struct keeper *k;
    sqlite3 *facts, *db; /* the ledger's views; derived.db */
    int64_t now;
    int64_t from, to;               /* numbers of the facts that are new */
    bool anew, whole;               /* everything from nothing; every scope */
    const struct str *repositories; /* touched: repo:ID, when not whole */
    size_t n_repositories;
    struct view_reads touched; /* kinds of the new facts, when not whole */
    const struct str *items;   /* touched: record:KIND/ID, when not whole */
    size_t n_items;
    bool moved; /* what the organization's rules find, or its items show, is another than before */
    const struct obligation_result *organization; /* what those rules found */
    size_t scopes;                                /* computed so far */
    int64_t next;                                 /* of the organization */
};

bool pass_touches(const struct pass *p, struct str repository);

/* reports.c: assessments that are new, with what their reports say of findings: tables assessment and seen. */
enum rc reports_read(struct pass *p) MUST_CHECK;
/* Whether a report that was missing is there by now. */
enum rc reports_arrived(struct pass *p, bool *arrived) MUST_CHECK;
/* Findings and examples of one repository by its newest assessment, unless they stand there already: tables finding and
 * example. */
enum rc findings_write(struct pass *p, struct str repository) MUST_CHECK;

/* words.c: what the search knows of the findings of a repository (or 'org'), as they stand now; and of those that are
 * no more, `repositories` being a JSON list of those that are. */
enum rc words_index(struct pass *p, struct str repository) MUST_CHECK;
enum rc words_drop_others(struct pass *p, struct str repositories) MUST_CHECK;

/* The kept report of this digest, in `out`; false when it is missing, too large, or not what the digest says. */
bool report_load(struct pass *p, struct str digest, struct buf *out);

/* scopes.c: where a scope stands, now or on a day: tables day, task, point, control. day: "now" or a date. fact -1:
 * none. */
enum rc scope_write(struct pass *p, struct str scope, struct str day, const struct standing *s, int64_t fact,
                    int64_t at, struct str catalog) MUST_CHECK;
/* Recorded verdicts of the organization and of projects that are new: their days. */
enum rc days_write(struct pass *p) MUST_CHECK;

/* org_rules.c: the rules over the organization that what is new concerns: tables organization_point, item_shows, and
 * findings and examples of 'org'. */
enum rc org_rules_prepare(struct ctx *cx, struct keeper *k) MUST_CHECK;
enum rc org_rules_write(struct pass *p) MUST_CHECK;

/* repositories.c: the organization's standing, with its repositories: tables repository and repository_point, and the
 * findings of those touched. */
enum rc organization_write(struct pass *p) MUST_CHECK;
enum rc project_write(struct pass *p, struct str project) MUST_CHECK;

#endif
