/* Commits by id with links to their parents: a table to look them up, and the order to tell them in. Pure. */
#ifndef SINETTI_GIT_GRAPH_H
#define SINETTI_GIT_GRAPH_H

#include "base/arena.h"

#define GRAPH_NONE UINT32_MAX

struct graph_node {
    struct str oid;
    uint32_t first_parent, n_parents; /* in graph.parents */
    uint8_t state;                    /* the owner's */
    bool lost_parent;                 /* the owner's */
};

struct graph {
    struct graph_node *nodes;
    size_t n, cap;
    uint32_t *parents; /* node numbers */
    size_t n_parents, cap_parents;
    uint32_t *slots; /* open addressing: node number + 1 */
    size_t n_slots;
    uint64_t seed;       /* keeps ids that were made to collide apart */
    struct arena *arena; /* the caller's: where ids live */
    bool failed;         /* memory ran out or there are too many: incomplete */
};

void graph_init(struct graph *g, struct arena *ids);
void graph_release(struct graph *g);
/* The node of this id, made (state 0) when absent. The id is copied. GRAPH_NONE when failed. */
uint32_t graph_node(struct graph *g, struct str oid);
/* Parents of one node must be added in one go. */
void graph_add_parent(struct graph *g, uint32_t node, uint32_t parent);
/* Numbers of the nodes with state `wanted` in topological order, children first; among tips in the order given. Needs
 * room for g->n. Returns how many; nodes on a cycle (which no honest hash gives) are left out. */
size_t graph_order(const struct graph *g, uint8_t wanted, uint32_t *out);

#endif
