/* Entries against their tile, bodies against their leaves, erasures against what they erased. */
#include "ledger/verify_run.h"

#include "ledger/canonical.h"
#include "ledger/kept.h"

#include <inttypes.h>

static enum role role_of(struct str kind)
{
    if (str_eq(kind, STR("erasure"))) return ROLE_ERASURE;
    if (str_eq(kind, STR("rotation"))) return ROLE_ROTATION;
    return str_eq(kind, STR("restored")) ? ROLE_RESTORED : ROLE_OTHER;
}

static enum rc check_entry(struct run *r, struct str path, uint64_t n, struct str entry)
{
    struct bundle_fact *f = &r->facts[n % TILE_WIDTH];
    struct leaf *l = &f->leaf;
    struct hash hash;
    merkle_leaf(entry, &hash);
    if (!hash_eq(&hash, &r->path[0].hashes[n % TILE_WIDTH]))
        return run_wrong(r, path, (int64_t)n, "its leaf does not hash to what " STR_FMT " holds",
                         STR_ARG(tiles_path(r, r->path[0].tile)));
    if (facts_seen_leaf(&r->scratch, &r->seen, entry, l) != OK) return run_wrong_inside(r, path, (int64_t)n);
    f->role = role_of(l->kind);
    if (n == 0) r->out->first_at = l->at;
    r->out->last_at = l->at;
    r->out->facts++;
    return OK;
}

enum rc facts_check(struct run *r, uint64_t index)
{
    struct tile t = {TILE_ENTRIES, index, tile_width(TILE_ENTRIES, index, r->size)};
    struct str path, rest, entry;
    unsigned width;
    TRY(tiles_read(r, t, &r->bundle, &path, &width));
    rest = buf_view(&r->bundle);
    for (unsigned i = 0; i < width; i++) {
        uint64_t n = index * TILE_WIDTH + i;
        if (!entry_next(&rest, &entry)) return run_wrong(r, path, (int64_t)n, "the bundle ends within its leaf");
        if (i < t.width) TRY(check_entry(r, path, n, entry));
    }
    return rest.n ? run_wrong(r, path, -1, "%zu bytes too many at its end", rest.n) : OK;
}

/* --- bodies, as they come */

struct stream {
    struct run *r;
    struct str path;
    unsigned records, wanted, done; /* of the file; of them within this ledger; read so far */
    uint64_t first;                 /* number of its first fact */
    struct buf *record;             /* the one that is being read */
    size_t size;                    /* of that one, with its head once that is read */
    enum rc rc;                     /* what ended the reading from our side; the message is the run's */
};

static enum rc see_erasure(struct run *r, struct str path, const struct leaf *l, const struct body *b)
{
    int64_t n;
    enum fate fate;
    if (!canonical_int(canonical_find(b->payload, "n"), &n) || n < 0 || (uint64_t)n >= l->n)
        return run_wrong(r, path, (int64_t)l->n, "an erasure of no fact before it");
    if (!str_eq(b->subject, arena_printf(&r->scratch.arena, "fact:%" PRId64, n)))
        return run_wrong(r, path, (int64_t)l->n, "its subject is not the fact that it erases, %" PRId64, n);
    TRY(fates_get(r->cx, &r->fates, (uint64_t)n, &fate));
    if (fate == FATE_KEPT)
        return run_wrong(r, path, (int64_t)l->n, "erases fact %" PRId64 ", which is of a kind that is never erased", n);
    if (fate == FATE_ERASED) return OK;
    if (fate == FATE_THERE) {
        r->out->still_there++;
    } else {
        r->out->not_handed_over--;
        r->out->erased++;
    }
    return fates_set(r->cx, &r->fates, (uint64_t)n, FATE_ERASED);
}

static enum rc see_absent(struct run *r, const struct bundle_fact *f)
{
    r->out->not_handed_over++;
    if (f->role == ROLE_ROTATION || f->role == ROLE_RESTORED) keys_miss(r, &f->leaf, f->role == ROLE_RESTORED);
    return fates_add(r->cx, &r->fates, kind_is_kept(f->leaf.kind) ? FATE_KEPT : FATE_ABSENT);
}

static enum rc see_body(struct run *r, struct str path, const struct bundle_fact *f, const uint8_t *salt,
                        struct str bytes)
{
    const struct leaf *l = &f->leaf;
    struct body body;
    if (body_check(&r->scratch, l, salt, bytes, &body) != OK) return run_wrong_inside(r, path, (int64_t)l->n);
    if (f->role == ROLE_ERASURE) TRY(see_erasure(r, path, l, &body));
    if ((f->role == ROLE_ROTATION || f->role == ROLE_RESTORED) && keys_ask(r, l, &body, f->role == ROLE_RESTORED) != OK)
        return run_wrong_inside(r, path, (int64_t)l->n);
    r->out->bodies++;
    return fates_add(r->cx, &r->fates, kind_is_kept(l->kind) ? FATE_KEPT : FATE_THERE);
}

static enum rc take_record(struct stream *s)
{
    struct run *r = s->r;
    unsigned i = s->done++;
    struct str rest = buf_view(s->record), body;
    const uint8_t *salt;
    if (i >= s->wanted) return OK; /* newer than the checkpoint */
    if (!body_record_next(&rest, &salt, &body)) return fail(r->cx, E_INTERNAL, "a record was cut wrongly");
    return body.p ? see_body(r, s->path, &r->facts[i], salt, body) : see_absent(r, &r->facts[i]);
}

/* The next part of a record: its head, then the rest. */
static enum rc take_parts(struct stream *s, struct str piece)
{
    struct run *r = s->r;
    while (piece.n) {
        size_t size;
        if (s->done == s->records) return run_wrong(r, s->path, -1, "bytes too many at its end");
        size_t part = s->size - s->record->n;
        if (part > piece.n) part = piece.n;
        buf_add(s->record, piece.p, part);
        piece = str_slice(piece, part, piece.n);
        if (s->record->n < s->size) break;
        if (s->size == 4) {
            if (!body_record_size((const uint8_t *)s->record->p, &size))
                return run_wrong(r, s->path, (int64_t)(s->first + s->done), "no body has such a length");
            s->size += size;
            if (size) continue;
        }
        if (buf_ok(s->record) != OK) return fail(r->cx, E_IO, "out of memory");
        TRY(take_record(s));
        buf_clear(s->record);
        s->size = 4;
    }
    return OK;
}

static enum rc take_piece(void *arg, struct str piece)
{
    struct stream *s = arg;
    return s->rc = take_parts(s, piece);
}

static enum rc all_absent(struct run *r, struct str path, unsigned width, uint64_t first)
{
    if (!r->out->no_bundle.n++) r->out->no_bundle = (struct verify_unseen){1, arena_str(&r->cx->arena, path), first};
    for (unsigned i = 0; i < width; i++) TRY(see_absent(r, &r->facts[i]));
    return OK;
}

static enum rc read_bodies(struct run *r, struct tile t, struct stream *s)
{
    const struct reader *reader = &r->o->reader;
    s->path = tiles_path(r, t);
    enum rc rc = reader->read(&r->scratch, reader->arg, s->path, take_piece, s);
    if (rc == E_NOTFOUND && t.width < TILE_WIDTH) {
        struct str partial = s->path;
        s->path = tiles_path(r, (struct tile){t.level, t.index, TILE_WIDTH});
        s->records = TILE_WIDTH;
        rc = reader->read(&r->scratch, reader->arg, s->path, take_piece, s);
        if (rc == E_NOTFOUND) s->path = partial;
    }
    if (s->rc != OK) return s->rc;
    if (rc == E_NOTFOUND || rc == E_DENIED) return all_absent(r, s->path, t.width, s->first);
    if (rc != OK) return run_unread(r, rc, s->path);
    if (s->done == s->records && !s->record->n) return OK;
    return run_wrong(r, s->path, (int64_t)(s->first + s->done), "the bundle ends within or before its body");
}

enum rc bodies_check(struct run *r, uint64_t index)
{
    struct tile t = {TILE_BODIES, index, tile_width(TILE_BODIES, index, r->size)};
    struct stream s = {
        .r = r, .records = t.width, .wanted = t.width, .first = index * TILE_WIDTH, .record = &r->record, .size = 4};
    buf_clear(&r->record);
    return read_bodies(r, t, &s);
}
