/* The graph of the commits walked: where each stands, and which commit of the branch brought it in. Pure. */
#ifndef SINETTI_OBSERVE_HISTORY_GRAPH_H
#define SINETTI_OBSERVE_HISTORY_GRAPH_H

#include "base/arena.h"

#define HISTORY_NONE (-1)

struct history_commit {
    struct str oid;
    int64_t at;
    const struct str *parents;
    size_t n_parents;
    /* by history_graph_place(): */
    int64_t position;  /* among commits not older than `since`; HISTORY_NONE when older or not reached from head */
    int64_t landed_by; /* index; HISTORY_NONE when unknown */
    bool first_parent;
    bool reached; /* from head */
};

struct history_graph {
    struct arena arena;
    struct history_commit *commits;
    size_t n, cap;
    int64_t *slots; /* open addressing over oids; indices, HISTORY_NONE free */
    size_t mask;
};

void history_graph_init(struct history_graph *g);
void history_graph_release(struct history_graph *g);
/* Copies; a commit that is there already is passed over. */
void history_graph_add(struct history_graph *g, struct str oid, int64_t at, const struct str *parents,
                       size_t n_parents);
int64_t history_graph_find(const struct history_graph *g, struct str oid); /* HISTORY_NONE when absent */

/* Topological order from head, newest first, children before parents; among what is ready the last parent first, so a
 * branch stands before the line it left. `cut`: commits without parents may be where the history here ends (shallow).
 * landed_by is HISTORY_NONE where the cut could hide the true one, and where it is older than `since`. */
void history_graph_place(struct history_graph *g, struct str head, int64_t since, bool cut);

#endif
