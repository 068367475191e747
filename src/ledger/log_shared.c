/* Following a log that servers share. ledger.db is a copy: it takes over what others have added before anything is
 * judged by it, and what is added here is committed there first. A crash between the two commits leaves the copy
 * behind, and the next to follow repairs that. */
#include "ledger/log_inside.h"

#include "ledger/canonical.h"
#include "ledger/facts_seen.h"
#include "ledger/kept.h"
#include "ledger/note.h"
#include "store/config.h"
#include "store/store.h"

#include <inttypes.h>

enum rc log_shared_open(struct ctx *cx, struct log *l, const char *dir)
{
    struct config config;
    scoped_stmt *st = NULL;
    bool row;
    TRY(config_read(cx, dir, &config));
    if (!config_log_is_shared(&config)) return OK;
    TRY(store_prepare(cx, l->db, STR("SELECT origin FROM origins WHERE size = 0"), &st));
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_CORRUPT, LOG_FILE ": the origin is missing");
    const struct shared_place place = {.url = config.log, .single_node = config.single_node};
    TRY(shared_open(cx, &place, store_column_str(st, 0), &l->shared));
    shared_batch_init(&l->out);
    l->notes = -1;
    return OK;
}

/* --- facts of others */

struct follow {
    struct ctx *cx; /* of the error */
    struct log *l;
    struct facts_seen seen;
};

/* The ledger's name changes right behind a restoring. */
static enum rc take_origin(struct ctx *cx, struct log *l, const struct leaf *leaf, const struct body *b)
{
    scoped_stmt *st = NULL;
    struct note_key key;
    struct str text;
    if (!canonical_str(&cx->arena, canonical_find(b->payload, "new"), &text))
        return fail(cx, E_CORRUPT, "a restoring without its new key");
    TRY(note_key_read(cx, text, &key));
    TRY(store_prepare(cx, l->db, STR("INSERT OR REPLACE INTO origins VALUES (?1, ?2)"), &st));
    store_bind_int(st, 1, (int64_t)leaf->n + 1);
    store_bind_str(st, 2, key.name);
    return store_run(cx, st);
}

static enum rc take_one(struct ctx *cx, struct follow *f, struct str leaf_bytes, struct str salt, struct str body_bytes)
{
    struct leaf leaf;
    struct body body;
    TRY(facts_seen_leaf(cx, &f->seen, leaf_bytes, &leaf));
    if (!body_bytes.p || !salt.p) {
        if (kind_is_kept(leaf.kind)) return fail(cx, E_CORRUPT, "its body is missing, and is never erased");
        salt = body_bytes = STR_NONE;
    } else {
        if (salt.n != SALT_SIZE) return fail(cx, E_CORRUPT, "its salt is damaged");
        TRY(facts_seen_body(cx, &f->seen, &leaf, (const uint8_t *)salt.p, body_bytes, &body));
        if (str_eq(leaf.kind, STR("restored"))) TRY(take_origin(cx, f->l, &leaf, &body));
    }
    f->l->tx.state.at = leaf.at;
    return log_insert(cx, f->l, leaf.n, leaf_bytes, salt, body_bytes);
}

static enum rc take_fact(void *arg, int64_t n, struct str leaf, struct str salt, struct str body)
{
    struct follow *f = arg;
    struct ctx own; /* one fact's memory after the other */
    ctx_init(&own);
    enum rc rc = take_one(&own, f, leaf, salt, body);
    if (rc != OK)
        rc = fail(f->cx, rc == E_IO ? E_IO : E_CORRUPT, "PostgreSQL, fact %lld: %s: run `sinetti fsck`", (long long)n,
                  own.message);
    ctx_release(&own);
    return rc;
}

static enum rc take_request(void *arg, struct str id, int64_t n, int64_t facts)
{
    struct follow *f = arg;
    if (id.n != 32 || facts < 1)
        return fail(f->cx, E_CORRUPT, "PostgreSQL: the request of fact %lld is damaged", (long long)n);
    return log_insert_request(f->cx, f->l, id, (uint64_t)n, (uint64_t)facts);
}

static enum rc may_go(struct ctx *cx, struct log *l, uint64_t n)
{
    scoped_stmt *st = NULL;
    struct leaf leaf;
    bool row;
    TRY(store_prepare(cx, l->db, STR("SELECT leaf FROM entries WHERE n = ?1"), &st));
    store_bind_int(st, 1, (int64_t)n);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_CORRUPT, LOG_FILE ": entry %" PRIu64 " is missing: run `sinetti fsck`", n);
    TRY(leaf_read(cx, store_column_str(st, 0), &leaf));
    return kind_is_kept(leaf.kind)
               ? fail(cx, E_CORRUPT, "PostgreSQL: an erasure of fact %" PRIu64 ", which is of a kind that is kept", n)
               : OK;
}

/* Bodies that were erased elsewhere, and are still here. */
static enum rc erase_too(struct ctx *cx, struct log *l, const struct numbers *erased)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, l->db, STR("DELETE FROM bodies WHERE n = ?1"), &st));
    for (size_t i = 0; i < erased->n; i++) {
        TRY(may_go(cx, l, erased->p[i]));
        store_bind_int(st, 1, (int64_t)erased->p[i]);
        TRY(store_run(cx, st));
        l->owes_forgetting |= sqlite3_changes(l->db) > 0;
    }
    return OK;
}

static enum rc take_facts(struct ctx *cx, struct log *l, uint64_t to)
{
    uint64_t from = l->tx.state.frontier.size;
    struct follow f = {.cx = cx, .l = l, .seen = {.n = from, .at = l->tx.state.at}};
    l->tx.cx = cx;
    l->tx.broken = OK;
    enum rc rc = shared_rows(cx, l->shared, from, to, take_fact, &f);
    if (rc == OK && f.seen.n != to)
        rc = fail(cx, E_CORRUPT, "PostgreSQL: entry %" PRIu64 " is missing: run `sinetti fsck`", f.seen.n);
    if (rc == OK) rc = l->tx.broken;
    if (rc == OK) rc = shared_requests(cx, l->shared, from, to, take_request, &f);
    if (rc == OK) rc = erase_too(cx, l, &f.seen.erased);
    if (rc == OK) rc = log_write_head(cx, l);
    facts_seen_release(&f.seen);
    return rc;
}

/* --- signed heads */

static enum rc take_note(void *arg, int64_t size, bool handover, struct str note)
{
    struct follow *f = arg;
    if (size < 0 || (uint64_t)size > f->l->tx.state.frontier.size) return OK; /* of what has come since */
    return log_insert_note(f->cx, f->l, (uint64_t)size, handover, note);
}

static enum rc take_notes(struct ctx *cx, struct log *l, int64_t notes)
{
    struct follow f = {.cx = cx, .l = l};
    if (notes == l->notes) return OK;
    TRY(shared_notes(cx, l->shared, take_note, &f));
    l->notes = notes;
    return OK;
}

/* --- */

static enum rc compare(struct ctx *cx, const struct log_state *here, const struct log_state *there)
{
    struct hash a, b;
    if (here->frontier.size > there->frontier.size)
        return fail(cx, E_CORRUPT,
                    "PostgreSQL has %" PRIu64 " facts, and this server has seen %" PRIu64
                    ": it was put back to an older state, or is a standby that lacked some",
                    there->frontier.size, here->frontier.size);
    frontier_root(&here->frontier, &a);
    frontier_root(&there->frontier, &b);
    if (here->frontier.size == there->frontier.size && (!hash_eq(&a, &b) || here->at != there->at))
        return fail(cx, E_CORRUPT,
                    "the log in PostgreSQL is not the one this server has seen up to fact %" PRIu64
                    ": run `sinetti fsck`",
                    here->frontier.size);
    return OK;
}

enum rc log_shared_follow(struct ctx *cx, struct log *l)
{
    for (;;) {
        struct shared_head head;
        TRY(shared_head_read(cx, l->shared, &head));
        if (!store_in_transaction(l->db)) TRY(store_begin_write(cx, l->db));
        TRY(log_state_read(cx, l->read_head, &l->tx.state));
        TRY(compare(cx, &l->tx.state, &head.state));
        uint64_t size = l->tx.state.frontier.size, end = head.state.frontier.size;
        uint64_t to = end - size > LIMIT_SHARED_STEP ? size + LIMIT_SHARED_STEP : end;
        if (to > size) TRY(take_facts(cx, l, to));
        if (to == end) {
            TRY(compare(cx, &l->tx.state, &head.state));
            return take_notes(cx, l, head.notes);
        }
        TRY(store_commit(cx, l->db));
        ctx_progress(cx, "following the log", (int64_t)to, (int64_t)end);
    }
}
