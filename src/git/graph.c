#include "git/graph.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/limits.h"

void graph_init(struct graph *g, struct arena *ids)
{
    *g = (struct graph){.arena = ids};
    if (getrandom(&g->seed, sizeof g->seed, GRND_NONBLOCK) < 0) g->seed = (uint64_t)(uintptr_t)g;
    g->seed |= 1;
}

void graph_release(struct graph *g)
{
    free(g->nodes);
    free(g->parents);
    free(g->slots);
}

static bool grow(void **p, size_t *cap, size_t n, size_t size)
{
    if (n < *cap) return true;
    size_t more = *cap ? *cap * 2 : 4096;
    void *longer = realloc(*p, more * size);
    if (!longer) return false;
    *p = longer;
    *cap = more;
    return true;
}

static uint64_t hash(const struct graph *g, struct str oid)
{
    uint64_t h = 0;
    for (size_t i = 0; i + 8 <= oid.n; i += 8) {
        uint64_t v;
        memcpy(&v, oid.p + i, 8);
        h = (h ^ v) * (g->seed ^ 0x9e3779b97f4a7c15ULL);
        h ^= h >> 29;
    }
    return h;
}

static uint32_t *slot(const struct graph *g, struct str oid)
{
    for (size_t i = hash(g, oid) & (g->n_slots - 1);; i = (i + 1) & (g->n_slots - 1))
        if (g->slots[i] == 0 || str_eq(g->nodes[g->slots[i] - 1].oid, oid)) return &g->slots[i];
}

static bool rehash(struct graph *g)
{
    if (g->n_slots > g->n * 2) return true;
    free(g->slots);
    g->n_slots = g->n_slots ? g->n_slots * 4 : 16384;
    g->slots = calloc(g->n_slots, sizeof *g->slots);
    if (!g->slots) {
        g->n_slots = 0;
        return false;
    }
    for (size_t i = 0; i < g->n; i++) *slot(g, g->nodes[i].oid) = (uint32_t)i + 1;
    return true;
}

uint32_t graph_node(struct graph *g, struct str oid)
{
    if (g->failed || g->n >= LIMIT_GIT_COMMITS || !rehash(g)) {
        g->failed = true;
        return GRAPH_NONE;
    }
    uint32_t *s = slot(g, oid);
    if (*s) return *s - 1;
    if (!grow((void **)&g->nodes, &g->cap, g->n, sizeof *g->nodes)) {
        g->failed = true;
        return GRAPH_NONE;
    }
    g->nodes[g->n] = (struct graph_node){.oid = arena_str(g->arena, oid)};
    *s = (uint32_t)++g->n;
    return *s - 1;
}

void graph_add_parent(struct graph *g, uint32_t node, uint32_t parent)
{
    if (g->failed || !grow((void **)&g->parents, &g->cap_parents, g->n_parents, sizeof *g->parents)) {
        g->failed = true;
        return;
    }
    struct graph_node *n = &g->nodes[node];
    if (n->n_parents++ == 0) n->first_parent = (uint32_t)g->n_parents;
    g->parents[g->n_parents++] = parent;
}

size_t graph_order(const struct graph *g, uint8_t wanted, uint32_t *out)
{
    /* As git: a commit comes when all its children have; the parent named last goes first, so a merged branch stays
     * together. The stack needs no more room than there are nodes: each enters once. */
    uint32_t *children = calloc(g->n + 1, sizeof *children), *stack = malloc((g->n + 1) * sizeof *stack);
    size_t n = 0, top = 0;
    for (size_t i = 0; children && stack && i < g->n; i++)
        for (size_t p = 0; g->nodes[i].state == wanted && p < g->nodes[i].n_parents; p++)
            children[g->parents[g->nodes[i].first_parent + p]]++;
    for (size_t i = g->n; children && stack && i-- > 0;)
        if (g->nodes[i].state == wanted && children[i] == 0) stack[top++] = (uint32_t)i;
    while (top > 0) {
        uint32_t at = stack[--top];
        out[n++] = at;
        for (size_t p = 0; p < g->nodes[at].n_parents; p++) {
            uint32_t parent = g->parents[g->nodes[at].first_parent + p];
            if (--children[parent] == 0 && g->nodes[parent].state == wanted) stack[top++] = parent;
        }
    }
    free(children);
    free(stack);
    return n;
}
