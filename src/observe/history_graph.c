#include "observe/history_graph.h"

#include <stdlib.h>

static void *must(void *p)
{
    if (!p) abort(); /* as the arena does */
    return p;
}

void history_graph_init(struct history_graph *g)
{
    *g = (struct history_graph){.mask = 1023};
    arena_init(&g->arena);
    g->slots = must(malloc((g->mask + 1) * sizeof *g->slots));
    for (size_t i = 0; i <= g->mask; i++) g->slots[i] = HISTORY_NONE;
}

void history_graph_release(struct history_graph *g)
{
    free(g->commits);
    free(g->slots);
    arena_release(&g->arena);
    *g = (struct history_graph){0};
}

/* Object ids are hashes already: their first digits spread well enough, and finding many that collide is work for
 * nothing. */
static size_t slot_of(const struct history_graph *g, struct str oid)
{
    uint64_t h = 0;
    for (size_t i = 0; i < oid.n && i < 24; i++) h = h * 31 + (unsigned char)oid.p[i];
    h ^= h >> 29;
    return (size_t)h & g->mask;
}

int64_t history_graph_find(const struct history_graph *g, struct str oid)
{
    if (!g->slots) return HISTORY_NONE;
    for (size_t at = slot_of(g, oid); g->slots[at] != HISTORY_NONE; at = (at + 1) & g->mask)
        if (str_eq(g->commits[g->slots[at]].oid, oid)) return g->slots[at];
    return HISTORY_NONE;
}

static void put(struct history_graph *g, int64_t index)
{
    size_t at = slot_of(g, g->commits[index].oid);
    while (g->slots[at] != HISTORY_NONE) at = (at + 1) & g->mask;
    g->slots[at] = index;
}

static void grow(struct history_graph *g)
{
    if (g->n == g->cap) {
        g->cap = g->cap ? g->cap * 2 : 1024;
        g->commits = must(reallocarray(g->commits, g->cap, sizeof *g->commits));
    }
    if (g->n * 2 < g->mask) return;
    g->mask = g->mask * 2 + 1;
    free(g->slots);
    g->slots = must(malloc((g->mask + 1) * sizeof *g->slots));
    for (size_t i = 0; i <= g->mask; i++) g->slots[i] = HISTORY_NONE;
    for (size_t i = 0; i < g->n; i++) put(g, (int64_t)i);
}

void history_graph_add(struct history_graph *g, struct str oid, int64_t at, const struct str *parents, size_t n_parents)
{
    if (history_graph_find(g, oid) != HISTORY_NONE) return;
    grow(g);
    struct history_commit *c = &g->commits[g->n];
    struct str *copy = n_parents ? arena_array(&g->arena, struct str, n_parents) : NULL;
    for (size_t i = 0; i < n_parents; i++) copy[i] = arena_str(&g->arena, parents[i]);
    *c = (struct history_commit){
        arena_str(&g->arena, oid), at, copy, n_parents, HISTORY_NONE, HISTORY_NONE, false, false};
    put(g, (int64_t)g->n++);
}

struct walk {
    struct history_graph *g;
    int64_t *stack;
    size_t depth;
    int64_t **parents; /* indices of each commit's parents */
    int64_t *children; /* of each commit, those not yet placed; HISTORY_NONE: not reached from head */
};

static void resolve_parents(struct walk *w, struct arena *scratch)
{
    w->parents = arena_array(scratch, int64_t *, w->g->n);
    for (size_t i = 0; i < w->g->n; i++) {
        const struct history_commit *c = &w->g->commits[i];
        w->parents[i] = c->n_parents ? arena_array(scratch, int64_t, c->n_parents) : NULL;
        for (size_t k = 0; k < c->n_parents; k++) w->parents[i][k] = history_graph_find(w->g, c->parents[k]);
    }
}

static void count_children(struct walk *w, int64_t head)
{
    for (size_t i = 0; i < w->g->n; i++) w->children[i] = HISTORY_NONE;
    w->children[head] = 0;
    w->stack[w->depth++] = head;
    while (w->depth) {
        int64_t c = w->stack[--w->depth];
        for (size_t k = 0; k < w->g->commits[c].n_parents; k++) {
            int64_t p = w->parents[c][k];
            if (p < 0) continue;
            if (w->children[p] == HISTORY_NONE) {
                w->children[p] = 0;
                w->stack[w->depth++] = p;
            }
            w->children[p]++;
        }
    }
}

/* A loop (impossible with true object ids, but we are given text) leaves its commits unplaced. */
static void number(struct walk *w, int64_t head, int64_t since)
{
    int64_t position = 0;
    for (size_t i = 0; i < w->g->n; i++) w->g->commits[i].reached = w->children[i] != HISTORY_NONE;
    w->stack[w->depth++] = head;
    while (w->depth) {
        int64_t c = w->stack[--w->depth];
        struct history_commit *commit = &w->g->commits[c];
        if (commit->at >= since) commit->position = position++;
        for (size_t k = 0; k < commit->n_parents; k++) {
            int64_t p = w->parents[c][k];
            if (p >= 0 && --w->children[p] == 0) w->stack[w->depth++] = p;
        }
    }
}

/* Gives what a merge brought in, other than by its first parent, to it. Older merges come first, so that what they
 * brought in is taken already. */
static void land(struct walk *w, int64_t merge)
{
    struct history_commit *all = w->g->commits;
    w->stack[w->depth++] = merge;
    while (w->depth) {
        int64_t c = w->stack[--w->depth];
        for (size_t k = c == merge ? 1 : 0; k < all[c].n_parents; k++) {
            int64_t p = w->parents[c][k];
            if (p < 0 || all[p].landed_by != HISTORY_NONE) continue;
            all[p].landed_by = merge;
            w->stack[w->depth++] = p;
        }
    }
}

static void follow_line(struct walk *w, struct arena *scratch, int64_t head, int64_t since, bool cut)
{
    struct history_commit *all = w->g->commits;
    int64_t *line = arena_array(scratch, int64_t, w->g->n);
    size_t length = 0;
    for (int64_t c = head; c >= 0 && !all[c].first_parent; c = all[c].n_parents ? w->parents[c][0] : HISTORY_NONE) {
        all[c].first_parent = true;
        all[c].landed_by = c;
        line[length++] = c;
    }
    for (size_t i = length; i-- > 0;) land(w, line[i]);

    /* Where history is cut off below the line, what is older than its lowest commit may have come in below the cut. */
    int64_t lowest = line[length - 1];
    bool hidden = cut && all[lowest].n_parents == 0;
    for (size_t i = 0; i < w->g->n; i++) {
        int64_t by = all[i].landed_by;
        if (by == HISTORY_NONE) continue;
        if (all[by].at < since || (hidden && !all[i].first_parent && all[i].at < all[lowest].at))
            all[i].landed_by = HISTORY_NONE;
    }
}

void history_graph_place(struct history_graph *g, struct str head_oid, int64_t since, bool cut)
{
    for (size_t i = 0; i < g->n; i++) {
        g->commits[i].position = g->commits[i].landed_by = HISTORY_NONE;
        g->commits[i].first_parent = g->commits[i].reached = false;
    }
    int64_t head = history_graph_find(g, head_oid);
    if (head == HISTORY_NONE) return;
    struct arena scratch;
    arena_init(&scratch);
    struct walk w = {
        .g = g, .stack = arena_array(&scratch, int64_t, g->n), .children = arena_array(&scratch, int64_t, g->n)};
    resolve_parents(&w, &scratch);
    count_children(&w, head);
    number(&w, head, since);
    follow_line(&w, &scratch, head, since, cut);
    arena_release(&scratch);
}
