#include "ledger/log_check.h"

#include "ledger/checkpoint.h"
#include "ledger/facts_seen.h"
#include "ledger/kept.h"
#include "ledger/log_tables.h"
#include "ledger/note.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Three cursors over the tables, in step: an entry, its body, the nodes it completes. */
struct walk {
    struct ctx *cx;
    struct log_check *c;
    struct facts_seen seen;
    struct frontier frontier;
    struct numbers missing; /* facts without a body */
    sqlite3_stmt *entries, *bodies, *node, *checkpoints;
    uint64_t n_nodes;
    bool has_body;
};

static void found(struct log_check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void found(struct log_check *c, const char *fmt, ...)
{
    char text[1200];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    c->problems++;
    if (c->found) c->found(c->arg, text);
}

static void check_node(void *arg, unsigned height, uint64_t index, const struct hash *hash)
{
    struct walk *w = arg;
    if (height == 0 || height % 8) return;
    w->n_nodes++;
    bool row = false;
    sqlite3_reset(w->node);
    store_bind_int(w->node, 1, node_id(height, index));
    if (store_step(w->cx, w->node, &row) != OK)
        found(w->c, "tile/%u, hash %" PRIu64 ": %s", height / 8, index, w->cx->message);
    else if (!row)
        found(w->c, "tile/%u, hash %" PRIu64 ": missing", height / 8, index);
    else if (!str_eq(store_column_blob(w->node, 0), (struct str){(const char *)hash->b, sizeof hash->b}))
        found(w->c, "tile/%u, hash %" PRIu64 ": not that of its entries", height / 8, index);
}

/* The cursor of bodies moves on to n or beyond; what it passes belongs to no entry. */
static enum rc body_at(struct walk *w, uint64_t n, bool *is_there)
{
    while (w->has_body && (uint64_t)sqlite3_column_int64(w->bodies, 0) < n) {
        found(w->c, "body %lld: there is no such fact", (long long)sqlite3_column_int64(w->bodies, 0));
        TRY(store_step(w->cx, w->bodies, &w->has_body));
    }
    *is_there = w->has_body && (uint64_t)sqlite3_column_int64(w->bodies, 0) == n;
    return OK;
}

static enum rc check_body(struct walk *w, uint64_t n, const struct leaf *leaf)
{
    bool is_there;
    TRY(body_at(w, n, &is_there));
    if (!is_there) {
        if (leaf && kind_is_kept(leaf->kind))
            found(w->c, "body %" PRIu64 ": missing, and its kind is never erased", n);
        else if (!numbers_add(&w->missing, n))
            return fail(w->cx, E_IO, "out of memory");
        return OK;
    }
    struct str salt = store_column_blob(w->bodies, 1), bytes = store_column_str(w->bodies, 2);
    struct ctx own; /* nothing of a body is kept */
    struct body body;
    ctx_init(&own);
    w->c->bodies++;
    if (salt.n != SALT_SIZE)
        found(w->c, "body %" PRIu64 ": its salt is damaged", n);
    else if (leaf && facts_seen_body(&own, &w->seen, leaf, (const uint8_t *)salt.p, bytes, &body) != OK)
        found(w->c, "fact %" PRIu64 ": %s", n, own.message);
    ctx_release(&own);
    return store_step(w->cx, w->bodies, &w->has_body);
}

static enum rc check_entry(struct walk *w, uint64_t n, struct str bytes)
{
    struct hash hash;
    struct leaf leaf;
    bool proper = facts_seen_leaf(w->cx, &w->seen, bytes, &leaf) == OK;
    if (!proper) {
        found(w->c, "entry %" PRIu64 ": %s", n, w->cx->message);
        w->seen.n = n + 1;
    }
    TRY(check_body(w, n, proper ? &leaf : NULL));
    merkle_leaf(bytes, &hash);
    frontier_append(&w->frontier, &hash, check_node, w);
    w->c->entries++;
    if (n % 4096 == 0) ctx_progress(w->cx, "checking entries", (int64_t)n, 0);
    return OK;
}

static enum rc check_entries(struct walk *w)
{
    bool row;
    uint64_t next = 0;
    TRY(store_step(w->cx, w->bodies, &w->has_body));
    for (;; next++) {
        TRY(store_step(w->cx, w->entries, &row));
        if (!row) break;
        uint64_t n = (uint64_t)sqlite3_column_int64(w->entries, 0);
        if (n != next) {
            found(w->c, "entry %" PRIu64 ": missing; what comes behind it was not checked", next);
            return OK;
        }
        TRY(check_entry(w, n, store_column_str(w->entries, 1)));
    }
    bool is_there;
    return body_at(w, UINT64_MAX, &is_there);
}

static void check_missing(struct walk *w)
{
    for (size_t i = 0; i < w->missing.n; i++)
        if (numbers_have(&w->seen.erased, w->missing.p[i]))
            w->c->erased++;
        else
            found(w->c, "body %" PRIu64 ": missing, and no erasure says why", w->missing.p[i]);
}

static void check_head(struct walk *w, struct log_reader *r)
{
    struct hash kept, made;
    if (log_reader_size(r) != w->frontier.size)
        found(w->c, "head: it says %" PRIu64 " entries, there are %" PRIu64, log_reader_size(r), w->frontier.size);
    log_reader_root(r, &kept);
    frontier_root(&w->frontier, &made);
    if (!hash_eq(&kept, &made)) found(w->c, "head: its root is not that of the entries");
    if (log_reader_at(r) != w->seen.at) found(w->c, "head: its time is not that of the last entry");
}

/* Signed heads that are kept: each must be of a tree that these entries begin with. Their signatures are verify's. */
static enum rc check_checkpoints(struct walk *w, struct log_reader *r)
{
    bool row;
    struct merkle_nodes nodes = log_reader_nodes(r);
    for (;;) {
        TRY(store_step(w->cx, w->checkpoints, &row));
        if (!row) return OK;
        struct ctx own;
        struct note note;
        struct checkpoint head;
        struct hash root;
        uint64_t size = (uint64_t)sqlite3_column_int64(w->checkpoints, 0);
        ctx_init(&own);
        if (note_read(&own, store_column_str(w->checkpoints, 1), &note) != OK ||
            checkpoint_read(&own, note.text, &head) != OK)
            found(w->c, "checkpoint %" PRIu64 ": %s", size, own.message);
        else if (head.size != size || size > w->frontier.size)
            found(w->c, "checkpoint %" PRIu64 ": of another size, or past the end", size);
        else if (merkle_root_of(&nodes, size, &root) != OK || !hash_eq(&root, &head.root))
            found(w->c, "checkpoint %" PRIu64 ": its root is not that of the entries", size);
        ctx_release(&own);
    }
}

enum rc log_check(struct ctx *cx, struct log_reader *r, struct log_check *c)
{
    struct walk w = {.cx = cx, .c = c};
    sqlite3 *db = log_reader_db(r);
    int64_t nodes = 0;
    frontier_init(&w.frontier);
    c->problems = c->entries = c->bodies = c->erased = 0;
    enum rc rc = store_prepare(cx, db, STR("SELECT n, leaf FROM entries ORDER BY n"), &w.entries);
    if (rc == OK) rc = store_prepare(cx, db, STR("SELECT n, salt, body FROM bodies ORDER BY n"), &w.bodies);
    if (rc == OK) rc = store_prepare(cx, db, STR("SELECT hash FROM nodes WHERE id = ?1"), &w.node);
    if (rc == OK) rc = store_prepare(cx, db, STR("SELECT size, note FROM checkpoints ORDER BY size"), &w.checkpoints);
    if (rc == OK) rc = check_entries(&w);
    if (rc == OK) {
        check_missing(&w);
        check_head(&w, r);
        rc = check_checkpoints(&w, r);
    }
    if (rc == OK) rc = store_get_int(cx, db, "SELECT count(*) FROM nodes", &nodes);
    if (rc == OK && (uint64_t)nodes != w.n_nodes)
        found(c, "nodes: there are %lld, there should be %" PRIu64, (long long)nodes, w.n_nodes);
    sqlite3_stmt **all[] = {&w.entries, &w.bodies, &w.node, &w.checkpoints};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) store_finalize(all[i]);
    numbers_release(&w.missing);
    facts_seen_release(&w.seen);
    return rc;
}
