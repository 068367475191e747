#include "ledger/heads.h"

#include "ledger/canonical.h"
#include "ledger/proof.h"
#include "store/store.h"

#include <inttypes.h>

struct keep {
    uint64_t size;
    bool handover;
    struct str note;
};

/* Empty when there is none. */
static enum rc kept_note(struct ctx *cx, struct log_tx *tx, uint64_t size, bool handover, struct str *out)
{
    bool row;
    scoped_stmt *st = NULL;
    *out = STR("");
    TRY(store_prepare(cx, log_db(tx), STR("SELECT note FROM checkpoints WHERE size = ?1 AND handover = ?2"), &st));
    store_bind_int(st, 1, (int64_t)size);
    store_bind_int(st, 2, handover);
    TRY(store_step(cx, st, &row));
    if (row) *out = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

static enum rc keep_note(struct ctx *cx, struct log_tx *tx, void *arg)
{
    const struct keep *k = arg;
    struct str kept;
    /* the same head signed again is the same note, and keeps what witnesses added to it */
    TRY(kept_note(cx, tx, k->size, k->handover, &kept));
    return str_starts(kept, k->note) ? OK : log_put_note(cx, tx, k->size, k->handover, k->note);
}

static enum rc head_of(struct ctx *cx, struct log_reader *r, const struct signer *s, struct checkpoint *head,
                       struct hash *proof, size_t *n)
{
    struct merkle_nodes nodes = log_reader_nodes(r);
    uint64_t from = signer_size(s);
    *head = (struct checkpoint){.origin = log_reader_origin(r), .size = log_reader_size(r)};
    log_reader_root(r, &head->root);
    *n = 0;
    if (from > head->size) return OK; /* the signer will say why not */
    return merkle_consistency(&nodes, from, head->size, proof, n) == OK
               ? OK
               : fail(cx, E_CORRUPT, "the log's hashes cannot be read; run `sinetti fsck`");
}

enum rc head_sign(struct ctx *cx, struct log *l, struct log_reader *r, struct signer *s, struct buf *note)
{
    struct checkpoint head;
    struct hash proof[MERKLE_PROOF];
    size_t n;
    TRY(head_of(cx, r, s, &head, proof, &n));
    size_t from = note->n;
    TRY(signer_sign(cx, s, &head, proof, n, note));
    struct keep k = {head.size, false, str_slice(buf_view(note), from, note->n)};
    return log_submit(cx, l, keep_note, &k);
}

struct cosigned {
    struct str note, cosigned;
};

static enum rc keep_cosigned(struct ctx *cx, struct log_tx *tx, void *arg)
{
    const struct cosigned *k = arg;
    bool row;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, log_db(tx),
                      STR("SELECT size, handover, note FROM checkpoints ORDER BY size DESC, handover LIMIT 1"), &st));
    TRY(store_step(cx, st, &row));
    if (!row || !str_eq(store_column_str(st, 2), k->note))
        return fail(cx, E_CONFLICT, "another head was signed in the meantime");
    uint64_t size = (uint64_t)sqlite3_column_int64(st, 0);
    bool handover = sqlite3_column_int(st, 1) != 0;
    sqlite3_reset(st);
    return log_put_note(cx, tx, size, handover, k->cosigned);
}

enum rc head_cosign(struct ctx *cx, struct log *l, struct str note, struct str cosigned)
{
    struct cosigned k = {note, cosigned};
    return log_submit(cx, l, keep_cosigned, &k);
}

enum rc head_newest(struct ctx *cx, struct log_reader *r, struct str *note)
{
    bool row;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, log_reader_db(r), STR("SELECT note FROM checkpoints ORDER BY size DESC, handover LIMIT 1"),
                      &st));
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "no head was signed yet; `sinetti ledger checkpoint` signs one");
    *note = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

/* --- rotation */

static enum rc append_rotation(struct ctx *cx, struct log *l, const struct body *by, struct str reason,
                               const struct note_key *old, const struct note_key *next)
{
    scoped_buf payload;
    struct body b = *by;
    struct log_fact f;
    buf_init(&payload, 0);
    buf_cstr(&payload, "{\"new\":\"");
    note_key_put(&payload, next);
    buf_cstr(&payload, "\",\"old\":\"");
    note_key_put(&payload, old);
    buf_cstr(&payload, "\",\"reason\":");
    canonical_put_str(&payload, reason);
    buf_char(&payload, '}');
    b.kind = STR("rotation");
    b.subject = STR("ledger");
    b.payload = buf_view(&payload);
    TRY(log_fact_make(cx, &b, &f));
    return log_put(cx, l, &f, NULL);
}

/* The fact of that kind that names the next key, if it was appended; from number `from` on. */
static enum rc find_change(struct ctx *cx, struct log_reader *r, struct str kind, uint64_t from,
                           const struct note_key *next, uint64_t *n, bool *found)
{
    scoped_stmt *st = NULL;
    scoped_buf vkey;
    bool row;
    buf_init(&vkey, 0);
    note_key_put(&vkey, next);
    *found = false;
    TRY(store_prepare(cx, log_reader_db(r),
                      STR("SELECT e.n, b.body FROM entries e JOIN bodies b USING (n) WHERE e.n >= ?1 AND "
                          "leaf ->> 'kind' = ?2 ORDER BY e.n DESC"),
                      &st));
    store_bind_int(st, 1, (int64_t)from);
    store_bind_str(st, 2, kind);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str text, payload = canonical_find(store_column_str(st, 1), "payload");
        if (!canonical_str(&cx->arena, canonical_find(payload, "new"), &text) || !str_eq(text, buf_view(&vkey)))
            continue;
        *n = (uint64_t)sqlite3_column_int64(st, 0);
        *found = true;
        return OK;
    }
}

static enum rc ask_of(struct ctx *cx, struct log_reader *r, const struct signer *s, uint64_t n,
                      struct handover_ask *ask, struct hash inclusion[MERKLE_PROOF],
                      struct hash consistency[MERKLE_PROOF])
{
    struct merkle_nodes nodes = log_reader_nodes(r);
    struct str leaf, body;
    *ask = (struct handover_ask){
        .head = {.origin = log_reader_origin(r), .size = n + 1}, .inclusion = inclusion, .consistency = consistency};
    TRY(log_reader_entry(cx, r, n, &leaf));
    ask->leaf = arena_str(&cx->arena, leaf);
    TRY(log_reader_body(cx, r, n, &ask->salt, &body));
    ask->body = body;
    enum rc rc = merkle_root_of(&nodes, n + 1, &ask->head.root);
    if (rc == OK) rc = merkle_inclusion(&nodes, n, n + 1, inclusion, &ask->n_inclusion);
    if (rc == OK && s && signer_size(s) <= n + 1)
        rc = merkle_consistency(&nodes, signer_size(s), n + 1, consistency, &ask->n_consistency);
    return rc == OK ? OK : fail(cx, E_CORRUPT, "the log's hashes cannot be read; run `sinetti fsck`");
}

enum rc head_rotate(struct ctx *cx, struct log *l, struct log_reader *r, struct signer *s, const struct body *by,
                    struct str reason, struct note_key *out)
{
    struct handover_ask ask;
    struct hash inclusion[MERKLE_PROOF], consistency[MERKLE_PROOF];
    uint64_t n, from = signer_size(s) ? signer_size(s) - 1 : 0; /* it cannot be before what was signed */
    bool found;
    scoped_buf note;
    buf_init(&note, LIMIT_NOTE);
    TRY(signer_begin_handover(cx, s, false, out));
    TRY(log_reader_refresh(cx, r));
    TRY(find_change(cx, r, STR("rotation"), from, out, &n, &found));
    if (!found) {
        TRY(append_rotation(cx, l, by, reason, signer_key(s), out));
        TRY(log_reader_refresh(cx, r));
        TRY(find_change(cx, r, STR("rotation"), from, out, &n, &found));
        if (!found) return fail(cx, E_INTERNAL, "the rotation is not where it was put");
    }
    TRY(ask_of(cx, r, s, n, &ask, inclusion, consistency));
    TRY(signer_hand_over(cx, s, &ask, &note));
    struct keep k = {n + 1, true, buf_view(&note)};
    TRY(log_submit(cx, l, keep_note, &k));
    return signer_end_handover(cx, s);
}

/* --- the seam of a restoring */

struct seam {
    const struct body *by;
    struct str reason, head;
    uint64_t lost_to;
    const struct note_key *old, *next;
};

/* The range that was lost begins at the fact's own number, which is known within the transaction only. */
static enum rc append_restored(struct ctx *cx, struct log_tx *tx, void *arg)
{
    const struct seam *m = arg;
    scoped_buf payload;
    scoped_stmt *st = NULL;
    struct body b = *m->by;
    struct log_fact f;
    buf_init(&payload, LIMIT_BODY);
    buf_cstr(&payload, "{\"head\":");
    canonical_put_str(&payload, m->head);
    buf_printf(&payload, ",\"lost_from\":%" PRIu64 ",\"lost_to\":%" PRIu64 ",\"new\":\"", log_size(tx), m->lost_to);
    note_key_put(&payload, m->next);
    buf_cstr(&payload, "\",\"old\":\"");
    note_key_put(&payload, m->old);
    buf_cstr(&payload, "\",\"reason\":");
    canonical_put_str(&payload, m->reason);
    buf_char(&payload, '}');
    b.kind = STR("restored");
    b.subject = STR("ledger");
    b.payload = buf_view(&payload);
    TRY(log_fact_make(cx, &b, &f));
    TRY(log_append(cx, tx, &f, NULL));
    /* from the head right behind it the ledger has its new name */
    TRY(store_prepare(cx, log_db(tx), STR("INSERT INTO origins VALUES (?1, ?2)"), &st));
    store_bind_int(st, 1, (int64_t)log_size(tx));
    store_bind_str(st, 2, m->next->name);
    return store_run(cx, st);
}

/* Whether the log goes on from what was signed, or was signed further than it goes. */
static enum rc compare(struct ctx *cx, struct log_reader *r, const struct signer *s, bool *older)
{
    struct note note;
    struct checkpoint last;
    struct hash root;
    struct merkle_nodes nodes = log_reader_nodes(r);
    *older = log_reader_size(r) < signer_size(s);
    if (*older || !signer_last(s).n) return OK;
    TRY(note_read(cx, signer_last(s), &note));
    TRY(checkpoint_read(cx, note.text, &last));
    if (merkle_root_of(&nodes, last.size, &root) != OK)
        return fail(cx, E_CORRUPT, "the log's hashes cannot be read; run `sinetti fsck`");
    if (!hash_eq(&root, &last.root))
        return fail(cx, E_DENIED, "this is no older copy: its first %" PRIu64 " facts are not those that were signed",
                    last.size);
    return OK;
}

/* As the fact says it. */
static enum rc lost_range(struct ctx *cx, struct log_reader *r, uint64_t n, struct head_seam *out)
{
    const uint8_t *salt;
    struct str body;
    int64_t to;
    TRY(log_reader_body(cx, r, n, &salt, &body));
    if (!canonical_int(canonical_find(canonical_find(body, "payload"), "lost_to"), &to) || to < 0)
        return fail(cx, E_CORRUPT, "fact %" PRIu64 " does not say what was lost", n);
    *out = (struct head_seam){.seam = true, .lost_from = n, .lost_to = (uint64_t)to};
    return OK;
}

enum rc head_restore(struct ctx *cx, struct log *l, struct log_reader *r, struct signer *s, const struct body *by,
                     struct str reason, struct head_seam *out)
{
    struct note_key next, old = *signer_key(s);
    struct handover_ask ask;
    struct hash inclusion[MERKLE_PROOF], consistency[MERKLE_PROOF];
    uint64_t n = 0, generation, now;
    bool found = false;
    scoped_buf note;
    buf_init(&note, LIMIT_NOTE);
    *out = (struct head_seam){0};
    TRY(log_reader_refresh(cx, r));
    /* broken off behind the fact: the log has its new name already, the signer not yet */
    (void)origin_base(log_reader_origin(r), &now);
    (void)origin_base(old.name, &generation);
    if (now <= generation) {
        bool older;
        TRY(compare(cx, r, s, &older));
        if (!older) return OK;
    }
    TRY(signer_begin_handover(cx, s, true, &next));
    old.name = arena_str(&cx->arena, old.name);
    next.name = arena_str(&cx->arena, next.name);
    TRY(find_change(cx, r, STR("restored"), 0, &next, &n, &found));
    if (!found) {
        struct seam m = {by, reason, signer_last(s), signer_size(s), &old, &next};
        TRY(log_submit(cx, l, append_restored, &m));
        TRY(log_reader_refresh(cx, r));
        TRY(find_change(cx, r, STR("restored"), 0, &next, &n, &found));
        if (!found) return fail(cx, E_INTERNAL, "the restoring is not where it was put");
    }
    TRY(lost_range(cx, r, n, out));
    out->origin = next.name;
    TRY(ask_of(cx, r, NULL, n, &ask, inclusion, consistency));
    TRY(signer_hand_over(cx, s, &ask, &note));
    struct keep k = {n + 1, true, buf_view(&note)};
    TRY(log_submit(cx, l, keep_note, &k));
    return signer_end_handover(cx, s);
}

/* --- proofs */

enum rc head_prove(struct ctx *cx, struct log_reader *r, uint64_t n, bool with_body, struct buf *out)
{
    struct str leaf, body = STR_NONE, text;
    const uint8_t *salt = NULL;
    struct note note;
    struct checkpoint head;
    struct proof p = {.index = n};
    scoped_buf extra;
    buf_init(&extra, LIMIT_PROOF);
    TRY(log_reader_entry(cx, r, n, &leaf));
    TRY(head_newest(cx, r, &text));
    TRY(note_read(cx, text, &note));
    TRY(checkpoint_read(cx, note.text, &head));
    if (n >= head.size)
        return fail(cx, E_NOTFOUND,
                    "fact %" PRIu64 " is not under a signed head yet; `sinetti ledger checkpoint` signs one", n);
    struct merkle_nodes nodes = log_reader_nodes(r);
    if (merkle_inclusion(&nodes, n, head.size, p.hashes, &p.n) != OK)
        return fail(cx, E_CORRUPT, "the log's hashes cannot be read; run `sinetti fsck`");
    if (with_body) {
        enum rc rc = log_reader_body(cx, r, n, &salt, &body);
        if (rc != OK && rc != E_NOTFOUND) return rc;
        if (rc != OK) body = STR_NONE;
    }
    proof_extra_put(&extra, leaf, salt, body);
    p.extra = buf_view(&extra);
    p.note = text;
    proof_put(out, &p);
    return buf_ok(out) == OK && buf_ok(&extra) == OK ? OK : fail(cx, E_LIMIT, "the proof is too long");
}
