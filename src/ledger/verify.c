#include "ledger/verify.h"

#include "base/time.h"
#include "ledger/facts_seen.h"
#include "ledger/verify_keys.h"
#include "ledger/verify_tiles.h"

#include <inttypes.h>

struct verifier {
    struct ctx *cx;
    const struct source *source;
    struct verified *out;
    struct proven_tree tree;
    struct facts_seen seen;
    struct key_chain keys;
    struct buf bundle, body; /* used again for each tile, each body */
};

/* --- the head */

static enum rc read_head(struct ctx *cx, const struct source *source, const struct verify_ask *ask, struct note *note,
                         struct checkpoint *head, bool *by_key)
{
    scoped_buf bytes;
    int64_t time;
    buf_init(&bytes, LIMIT_NOTE);
    TRY(source_file(cx, source, "checkpoint", LIMIT_NOTE, &bytes));
    TRY(note_read(cx, arena_str(&cx->arena, buf_view(&bytes)), note));
    TRY(checkpoint_read(cx, note->text, head));
    if (head->extensions.n) return fail(cx, E_INVALID, "checkpoint: a ledger's head has three lines");
    if (head->size > (uint64_t)INT64_MAX >> 10)
        return fail(cx, E_LIMIT, "checkpoint: more facts than a ledger can have");
    enum rc rc = note_verify(cx, note, &ask->key, &time);
    if (rc != OK && rc != E_NOTFOUND) return rc;
    *by_key = rc == OK;
    if (*by_key && !str_eq(head->origin, ask->key.name))
        return fail(cx, E_DENIED, "checkpoint: of %s, but signed by the key of %s", str_visible(cx, head->origin),
                    str_visible(cx, ask->key.name));
    uint64_t generation;
    if (!*by_key && !str_eq(origin_base(head->origin, &generation), origin_base(ask->key.name, &generation)))
        return fail(cx, E_DENIED, "checkpoint: of %s, which is not the ledger of the key given",
                    str_visible(cx, head->origin));
    return OK;
}

static enum rc check_signer(struct verifier *v, const struct note *note)
{
    int64_t time;
    struct ctx *cx = v->cx;
    enum rc rc = note_verify(cx, note, &v->keys.trusted, &time);
    const struct handover *last = NULL;
    for (size_t i = 0; i < v->keys.n; i++)
        if (v->keys.p[i].followed) last = &v->keys.p[i];
    if (rc == E_NOTFOUND && last)
        return fail(cx, E_DENIED, "checkpoint: not signed by the key that is in force since fact %" PRIu64, last->n);
    if (rc == E_NOTFOUND)
        return fail(cx, E_DENIED,
                    "checkpoint: not signed by the key given, and no handover leads from that key to another");
    TRY(rc);
    if (!str_eq(v->out->head.origin, v->keys.trusted.name))
        return fail(cx, E_DENIED, "checkpoint: its origin is not the name of the key that signed it");
    v->out->signer = v->keys.trusted;
    return OK;
}

static enum rc check_witnesses(struct verifier *v, const struct note *note, const struct verify_ask *ask)
{
    for (size_t i = 0; i < ask->n_witnesses; i++)
        TRY(note_verify(v->cx, note, &ask->witnesses[i], &v->out->witness_times[i]));
    return OK;
}

/* --- entries and bodies */

static enum rc at_entry(struct verifier *v, const char *what, uint64_t n, enum rc rc)
{
    if (rc == OK) return OK;
    return fail(v->cx, rc, "%s %" PRIu64 ": %s", what, n, arena_printf(&v->cx->arena, "%s", v->cx->message).p);
}

/* The entries of one bundle; leaves borrow from it. */
static enum rc check_entries(struct verifier *v, struct tile t, struct leaf leaves[TILE_WIDTH])
{
    const struct hash *hashes;
    void *file;
    unsigned there;
    size_t got, most = TILE_WIDTH * (2 + LIMIT_LEAF);
    t.level = TILE_ENTRIES;
    TRY(proven_tree_tile(&v->tree, 0, t.index, &hashes));
    TRY(source_open_tile(v->cx, v->source, t, &file, &there));
    enum rc rc = v->source->read(v->cx, file, v->bundle.p, most + 1, &got);
    v->source->close(file);
    TRY(rc);
    struct str rest = {v->bundle.p, got}, bytes;
    for (unsigned i = 0; i < t.width; i++) {
        uint64_t n = t.index * TILE_WIDTH + i;
        struct hash hash;
        if (!entry_next(&rest, &bytes))
            return fail(v->cx, E_INVALID, "entry %" PRIu64 ": its bundle ends before it", n);
        merkle_leaf(bytes, &hash);
        if (!hash_eq(&hash, &hashes[i])) return fail(v->cx, E_DENIED, "entry %" PRIu64 ": not what the tree holds", n);
        TRY(at_entry(v, "entry", n, facts_seen_leaf(v->cx, &v->seen, bytes, &leaves[i])));
        if (n == 0) v->out->first_at = leaves[i].at;
    }
    if (there == t.width && (rest.n || got > most))
        return fail(v->cx, E_INVALID, "entry %" PRIu64 ": something stands behind it in its bundle",
                    t.index * TILE_WIDTH + t.width - 1);
    return OK;
}

/* The next record of an open bundle into v->body; *is_there says whether it holds a body. */
static enum rc read_record(struct verifier *v, void *file, uint64_t n, bool *is_there)
{
    uint8_t head[4];
    size_t got, size;
    TRY(v->source->read(v->cx, file, head, sizeof head, &got));
    if (got != sizeof head || !body_record_size(head, &size))
        return fail(v->cx, E_INVALID, "body %" PRIu64 ": its bundle is cut or malformed", n);
    *is_there = size > 0;
    v->body.n = size;
    TRY(v->source->read(v->cx, file, v->body.p, size, &got));
    return got == size ? OK : fail(v->cx, E_INVALID, "body %" PRIu64 ": its bundle is cut", n);
}

static enum rc check_body(struct verifier *v, const struct leaf *l)
{
    struct ctx own; /* nothing of a body is kept, but what changes keys */
    struct body b;
    ctx_init(&own);
    struct str bytes = str_slice(buf_view(&v->body), SALT_SIZE, v->body.n);
    enum rc rc = facts_seen_body(&own, &v->seen, l, (const uint8_t *)v->body.p, bytes, &b);
    if (rc != OK) rc = fail(v->cx, rc, "fact %" PRIu64 ": %s", l->n, own.message);
    if (rc == OK && (str_eq(l->kind, STR("rotation")) || str_eq(l->kind, STR("restored"))))
        rc = key_chain_see(v->cx, &v->keys, &v->tree, l, &b);
    ctx_release(&own);
    v->out->bodies++;
    return rc;
}

static enum rc no_body(struct verifier *v, const struct leaf *l)
{
    v->out->not_given++;
    if (kind_is_of_the_ledger(l->kind) && !str_eq(l->kind, STR("erasure"))) v->out->not_shown++;
    return OK;
}

static enum rc check_bodies(struct verifier *v, struct tile t, const struct leaf leaves[TILE_WIDTH])
{
    void *file;
    unsigned there;
    size_t behind = 0;
    char more;
    t.level = TILE_BODIES;
    enum rc rc = source_open_tile(v->cx, v->source, t, &file, &there);
    if (rc == E_NOTFOUND) {
        for (unsigned i = 0; i < t.width; i++) TRY(no_body(v, &leaves[i]));
        return OK;
    }
    TRY(rc);
    for (unsigned i = 0; i < t.width && rc == OK; i++) {
        bool is_there;
        rc = read_record(v, file, leaves[i].n, &is_there);
        if (rc == OK) rc = is_there ? check_body(v, &leaves[i]) : no_body(v, &leaves[i]);
    }
    if (rc == OK && there == t.width) rc = v->source->read(v->cx, file, &more, 1, &behind);
    v->source->close(file);
    if (rc == OK && behind)
        rc =
            fail(v->cx, E_INVALID, "body %" PRIu64 ": something stands behind it in its bundle", leaves[t.width - 1].n);
    return rc;
}

static enum rc check_facts(struct verifier *v)
{
    uint64_t size = v->tree.size, tiles = tile_count(0, size);
    struct leaf leaves[TILE_WIDTH];
    for (uint64_t i = 0; i < tiles; i++) {
        struct tile t = {0, i, tile_width(0, i, size)};
        TRY(check_entries(v, t, leaves));
        TRY(check_bodies(v, t, leaves));
        if (i % 64 == 0) ctx_progress(v->cx, "verifying facts", (int64_t)(i * TILE_WIDTH), (int64_t)size);
    }
    v->out->last_at = v->seen.at;
    return OK;
}

/* Which of the bodies that are named by erasures are there all the same: their bundles are looked at once more. */
static enum rc count_erased(struct verifier *v)
{
    struct numbers *erased = &v->seen.erased;
    (void)numbers_have(erased, 0); /* sorts */
    void *file = NULL;
    bool is_open = false, is_there = false;
    uint64_t bundle = UINT64_MAX, next = 0;
    enum rc rc = OK;
    for (size_t i = 0; i < erased->n && rc == OK; i++) {
        uint64_t n = erased->p[i];
        if (i && n == erased->p[i - 1]) continue;
        if (n / TILE_WIDTH != bundle) {
            unsigned width;
            if (is_open) v->source->close(file);
            bundle = n / TILE_WIDTH;
            next = bundle * TILE_WIDTH;
            struct tile t = {TILE_BODIES, bundle, tile_width(TILE_BODIES, bundle, v->tree.size)};
            rc = source_open_tile(v->cx, v->source, t, &file, &width);
            is_open = rc == OK;
            if (rc == E_NOTFOUND) rc = OK;
        }
        is_there = false;
        for (; rc == OK && is_open && next <= n; next++) rc = read_record(v, file, next, &is_there);
        if (is_there)
            v->out->still_there++;
        else
            v->out->erased++;
    }
    if (is_open) v->source->close(file);
    v->out->not_given -= v->out->erased;
    return rc;
}

static enum rc verify_all(struct verifier *v, const struct verify_ask *ask)
{
    struct ctx *cx = v->cx;
    struct note note;
    bool by_key = false;
    TRY(read_head(cx, v->source, ask, &note, &v->out->head, &by_key));
    v->keys.trusted = ask->key;
    TRY(proven_tree_init(cx, v->source, v->out->head.size, &v->out->head.root, &v->tree));
    TRY(check_facts(v));
    v->out->handovers = v->keys.p;
    v->out->n_handovers = v->keys.n;
    TRY(check_signer(v, &note));
    TRY(check_witnesses(v, &note, ask));
    return count_erased(v);
}

enum rc verify(struct ctx *cx, const struct source *source, const struct verify_ask *ask, struct verified *out)
{
    struct verifier *v = arena_new(&cx->arena, struct verifier);
    *out = (struct verified){0};
    *v = (struct verifier){.cx = cx, .source = source, .out = out};
    v->bundle.p = arena_alloc(&cx->arena, TILE_WIDTH * (2 + LIMIT_LEAF) + 1);
    v->body.p = arena_alloc(&cx->arena, SALT_SIZE + LIMIT_BODY);
    enum rc rc = verify_all(v, ask);
    facts_seen_release(&v->seen);
    return rc;
}

/* --- in words */

static void put_time(struct buf *out, int64_t microseconds)
{
    char text[32];
    buf_cstr(out, time_format(microseconds / 1000000, text));
}

void verified_put(struct buf *out, const struct verify_ask *ask, const struct verified *v)
{
    buf_printf(out, "ledger: " STR_FMT "\nfacts: %" PRIu64, STR_ARG(v->head.origin), v->head.size);
    if (v->head.size) {
        buf_cstr(out, ", ");
        put_time(out, v->first_at);
        buf_cstr(out, " to ");
        put_time(out, v->last_at);
    }
    buf_cstr(out, "\nsigned by: ");
    note_key_put(out, &v->signer);
    buf_char(out, '\n');
    for (size_t i = 0; i < v->n_handovers; i++) {
        const struct handover *h = &v->handovers[i];
        buf_printf(out, "%s %" PRIu64 ": ", h->restored ? "restored at" : "key replaced at", h->n);
        put_time(out, h->at);
        buf_printf(out, ", from " STR_FMT " to " STR_FMT "%s\n", STR_ARG(h->old_key), STR_ARG(h->new_key),
                   h->followed ? "" : " (not on the way from the key given)");
        if (h->restored)
            buf_printf(out, "  lost: %" PRIu64 " facts under a signed head, from number %" PRIu64 " on\n",
                       h->lost_to - h->lost_from, h->lost_from);
    }
    for (size_t i = 0; i < ask->n_witnesses; i++) {
        buf_printf(out, "witness: " STR_FMT ", ", STR_ARG(ask->witnesses[i].name));
        put_time(out, v->witness_times[i] > INT64_MAX / 1000000 ? 0 : v->witness_times[i] * 1000000);
        buf_char(out, '\n');
    }
    buf_printf(out, "bodies checked: %" PRIu64 " of %" PRIu64 " (%" PRIu64 " erased, %" PRIu64 " not handed over)\n",
               v->bodies, v->head.size, v->erased, v->not_given);
    if (v->still_there)
        buf_printf(out, "erased since this copy was made, but still in it: %" PRIu64 "\n", v->still_there);
    if (v->not_shown)
        buf_printf(out, "not checked: %" PRIu64 " changes of key whose bodies were not handed over\n", v->not_shown);
    if (!ask->n_witnesses)
        buf_cstr(out, "not checked: whether anybody else saw this head (no witness was asked for); its owner could "
                      "have written it all\n");
    buf_cstr(out, "not checked: whether what was recorded is true\n");
}
