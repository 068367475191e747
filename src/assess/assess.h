/* An assessment: a repository is looked at, the catalog's rules judge what it shows, and the outcome is one struct that
 * reports read. The same way for a whole repository and for a change. Nothing is printed here.
 *
 * One thread per ctx. Everything in the outcome lives in the ctx's arena. */
#ifndef SINETTI_ASSESS_ASSESS_H
#define SINETTI_ASSESS_ASSESS_H

#include "git/git.h"
#include "observe/observe.h"
#include "rules/rules.h"

struct assess_options {
    const struct catalog *catalog;
    const struct catalog_preset *preset; /* NULL none */
    struct str path;                     /* of the repository, as the user gave it */
    struct str rev;                      /* what to look at; of a change: its end */
    int64_t now, since;
    enum lang lang;
    sqlite3 *facts;        /* with the facts' views: rules see registers as they stand there; NULL: they are empty */
    struct str repository; /* repo:ID there; STR_NONE when it is new */
    const struct own *own; /* what the organization has made its own; NULL nothing */
    struct str task;       /* only this one; STR_NONE all */
    const char *cache, *baseline; /* files; NULL none */
    bool keys;                    /* for baseline_write() */
    bool texts;                   /* findings in every language, for record_assessment() */
    int threads;                  /* 0: one per core */
};

/* What rules over a repository read of registers (docs/formats/facts.md), put beside its derived tables in `db`: items
 * of the kinds they name (of those that `check` asks; of every kind), from o->facts, which may be NULL; then all is
 * empty. *facts: how many facts there are; -1. */
enum assess_registers { ASSESS_REGISTERS, ASSESS_REGISTERS_OF_CHECK, ASSESS_EVERY_REGISTER };
enum rc assess_registers(struct ctx *cx, sqlite3 *db, const struct assess_options *o, enum assess_registers which,
                         int64_t *facts) MUST_CHECK;
/* Whether any rule over a repository reads registers. */
bool assess_reads_registers(struct ctx *cx, const struct assess_options *o);
/* People of o->facts by their addresses, for observe_repository(). */
enum rc assess_known_people(struct ctx *cx, const struct assess_options *o, struct observe_options *look) MUST_CHECK;

/* The whole repository at rev. Errors as git_resolve(), observe_repository(), baseline_read(), rules_evaluate(). */
enum rc assess_repository(struct ctx *cx, struct git *g, const struct assess_options *o,
                          struct assessment *out) MUST_CHECK;

/* What a change brings: only points with `check`, only the files and commits that it touches, and no finding that was
 * there before it. It starts where rev and `base` part; STR_NONE: rev and the upstream. unpublished: at what no remote
 * has of rev. staged: the index against HEAD (the others and rev have no effect). */
struct assess_change {
    struct str base;
    bool unpublished, staged;
    /* out */
    struct str base_oid;    /* STR_NONE when there is nothing before it */
    int64_t files, commits; /* that the change touches, that it is made of */
};
enum rc assess_change(struct ctx *cx, struct git *g, const struct assess_options *o, struct assess_change *change,
                      struct assessment *out) MUST_CHECK;

/* Whether a must or adopted point of this priority or higher is violated by a finding that no baseline holds. */
bool assess_fails(const struct assessment *a, enum priority priority);

#endif
