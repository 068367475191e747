#include "git/walk.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "git/batch.h"
#include "git/graph.h"
#include "git/object.h"
#include "git/oid.h"

enum state { SEEN, WANTED, HIDDEN, LOST, OLD }; /* of a node; SEEN: named only, as somebody's parent */

/* "<oid> <parent>…" of rev-list. */
static void take_line(struct git *g, struct graph *graph, struct str line)
{
    struct str oid;
    if (!str_cut(&line, ' ', &oid) || !oid_is(oid, g->hex)) return;
    uint32_t node = graph_node(graph, oid), n = 0;
    if (node == GRAPH_NONE) return;
    graph->nodes[node].state = WANTED;
    for (struct str parent; str_cut(&line, ' ', &parent); n++) {
        uint32_t p = oid_is(parent, g->hex) ? graph_node(graph, parent) : GRAPH_NONE;
        if (p != GRAPH_NONE) graph_add_parent(graph, node, p);
    }
}

/* rev-list in its own order, which costs a quarter of --topo-order here; the order is made afterwards. false: it
 * failed, so something is missing or damaged. */
static enum rc by_rev_list(struct ctx *cx, struct git *g, const struct git_log_options *o, struct graph *graph,
                           bool *whole)
{
    char head[OID_HEX_SHA256 + 2] = "", exclude[OID_HEX_SHA256 + 2] = "^", since[64];
    memcpy(head, o->head.p, o->head.n);
    if (o->exclude.p) memcpy(exclude + 1, o->exclude.p, o->exclude.n);
    const char *argv[8] = {"rev-list", "--parents"};
    size_t n = 2;
    if (o->since > 0) {
        (void)snprintf(since, sizeof since, "--since=@%lld +0000", (long long)o->since);
        argv[n++] = since;
    }
    argv[n++] = head;
    if (o->exclude.p) argv[n++] = exclude;
    argv[n++] = "--";
    struct child c;
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &c));
    struct reader r = {0};
    reader_init(&r, c.out);
    struct str line;
    bool cut;
    while (!graph->failed && reader_until(&r, '\n', &line, &cut)) take_line(g, graph, line);
    reader_release(&r);
    int code;
    *whole = child_finish(&c, &code);
    child_close_errors(&c);
    if (graph->failed)
        return fail(cx, E_LIMIT, "the history has over %d commits, or there is no memory for them", LIMIT_GIT_COMMITS);
    return code == 127 ? fail(cx, E_IO, "git rev-list did not start") : OK;
}

struct frontier {
    uint32_t *nodes;
    size_t n, cap;
};

static bool push(struct frontier *f, uint32_t node)
{
    if (f->n == f->cap) {
        size_t cap = f->cap ? 2 * f->cap : 256;
        uint32_t *p = realloc(f->nodes, cap * sizeof *p);
        if (!p) return false;
        f->nodes = p;
        f->cap = cap;
    }
    f->nodes[f->n++] = node;
    return true;
}

/* One commit that was read by hand: settles its state, and names its parents for the next round. */
static void settle(struct git *g, struct graph *graph, uint32_t node, const struct batch_item *item, int64_t since,
                   uint8_t state, struct frontier *next)
{
    struct commit_object c;
    if (item->type != OBJECT_COMMIT || !commit_parse(item->content, g->hex, &c)) {
        graph->nodes[node].state = LOST;
        return;
    }
    if (state == WANTED && since > 0 && c.committer.at < since) {
        graph->nodes[node].state = OLD;
        return;
    }
    graph->nodes[node].state = state;
    if (view_is_shallow(g, graph->nodes[node].oid)) return;
    for (size_t i = 0; i < c.n_parents; i++) {
        size_t known = graph->n;
        uint32_t p = graph_node(graph, commit_parent(&c, i));
        if (p == GRAPH_NONE) return;
        graph_add_parent(graph, node, p);
        if (p >= known && !push(next, p)) graph->failed = true;
    }
}

static enum rc round_of(struct ctx *cx, struct git *g, struct graph *graph, struct batch *b, const struct frontier *now,
                        int64_t since, uint8_t state, struct frontier *next)
{
    struct str *names = calloc(now->n, sizeof *names);
    if (!names) return fail(cx, E_IO, "no memory for the history");
    for (size_t i = 0; i < now->n; i++) names[i] = graph->nodes[now->nodes[i]].oid;
    batch_begin(b, names, now->n, BATCH_START, LIMIT_GIT_HEADER);
    enum rc rc = OK;
    struct batch_item item;
    for (size_t i = 0; rc == OK && i < now->n; i++) {
        rc = batch_next(cx, b, &item);
        if (rc == OK) settle(g, graph, now->nodes[i], &item, since, state, next);
    }
    free(names);
    return rc;
}

/* Walks from one commit, a generation at a time, past whatever cannot be read. */
static enum rc walk_from(struct ctx *cx, struct git *g, struct graph *graph, struct str oid, int64_t since,
                         uint8_t state)
{
    struct frontier now = {0}, next = {0};
    struct batch b;
    batch_init(&b, g);
    size_t known = graph->n;
    uint32_t first = graph_node(graph, oid);
    enum rc rc = OK;
    if (first != GRAPH_NONE && first >= known && !push(&now, first)) graph->failed = true;
    while (rc == OK && now.n && !graph->failed) {
        next.n = 0;
        rc = round_of(cx, g, graph, &b, &now, since, state, &next);
        struct frontier done = now;
        now = next;
        next = done;
    }
    batch_release(&b);
    free(now.nodes);
    free(next.nodes);
    if (rc == OK && graph->failed) rc = fail(cx, E_LIMIT, "the history is too long to be walked past its damage");
    return rc;
}

/* rev-list gives up at the first commit it cannot read; this does not. A round trip a generation, so slower. */
static enum rc by_hand(struct ctx *cx, struct git *g, const struct git_log_options *o, struct graph *graph)
{
    if (o->exclude.p) TRY(walk_from(cx, g, graph, o->exclude, 0, HIDDEN));
    return walk_from(cx, g, graph, o->head, o->since, WANTED);
}

static void collect(struct git *g, struct graph *graph, struct walk *w, uint32_t *order)
{
    w->n = graph_order(graph, WANTED, order);
    w->oids = arena_array(&w->arena, struct str, w->n + 1);
    w->no_diff = arena_array(&w->arena, bool, w->n + 1);
    for (size_t i = 0; i < w->n; i++) {
        const struct graph_node *n = &graph->nodes[order[i]];
        w->oids[i] = n->oid;
        w->no_diff[i] = n->n_parents > 1 || view_is_shallow(g, n->oid);
        for (size_t p = 0; p < n->n_parents; p++)
            if (graph->nodes[graph->parents[n->first_parent + p]].state == LOST) w->no_diff[i] = true;
    }
    for (size_t i = 0; i < graph->n; i++) w->missing += graph->nodes[i].state == LOST;
}

enum rc walk_run(struct ctx *cx, struct git *g, const struct git_log_options *o, struct walk *w)
{
    *w = (struct walk){0};
    arena_init(&w->arena);
    if (!oid_is(o->head, g->hex) || (o->exclude.p && !oid_is(o->exclude, g->hex)))
        return fail(cx, E_INVALID, "a history starts and ends at whole object ids");
    struct graph graph;
    graph_init(&graph, &w->arena);
    bool whole = true;
    enum rc rc = by_rev_list(cx, g, o, &graph, &whole);
    if (rc == OK && !whole) {
        graph_release(&graph);
        graph_init(&graph, &w->arena);
        rc = by_hand(cx, g, o, &graph);
    }
    uint32_t *order = rc == OK ? malloc((graph.n + 1) * sizeof *order) : NULL;
    if (rc == OK && !order) rc = fail(cx, E_IO, "no memory for the history");
    if (rc == OK) collect(g, &graph, w, order);
    free(order);
    graph_release(&graph);
    return rc;
}

void walk_release(struct walk *w)
{
    arena_release(&w->arena);
    *w = (struct walk){0};
}
