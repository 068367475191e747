/* Private to observe: one run of it. First the tables get what was read, with every mention of a person kept apart;
 * that state is what a cache keeps. Then it is finished: commits get their place, mentions are joined to persons, what
 * hangs together is tied. So a run with a cache ends with the same tables as one without. */
#ifndef SINETTI_OBSERVE_RUN_H
#define SINETTI_OBSERVE_RUN_H

#include "observe/history_graph.h"
#include "observe/observe.h"
#include "observe/people.h"

/* Commits up to so much older than the period are walked, for clocks differ; they are not stored. */
#define HISTORY_SLOP (2 * 86400)

struct run {
    struct ctx *cx;
    struct git *git; /* NULL in tests of pure parts */
    const struct observe_options *o;
    sqlite3 *db;
    struct people *people; /* mentions kept apart */
    uint8_t people_key[16], scan_key[16];
    struct history_graph graph; /* commits not older than since - HISTORY_SLOP */
    struct buf mailmap;         /* the tree's .mailmap */
    int64_t since;              /* o->since; INT64_MIN when only a change is looked at */
    int64_t missing;            /* commits and trees that could not be read */
    int64_t total_commits;
    int64_t files_read; /* in this run */
    bool changes_cut;   /* LIMIT_CHANGES was reached */
    bool cut;           /* history ends here early (shallow) */
};

#endif
