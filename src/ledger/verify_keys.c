/* The chain of keys: what rotations and seams ask for, their handovers, and who signed the checkpoint in the end. */
#include "ledger/verify_run.h"

#include "base/digest.h"
#include "ledger/canonical.h"

#include <inttypes.h>

void own_key_set(struct own_key *k, const struct note_key *from)
{
    size_t n = from->name.n < sizeof k->name ? from->name.n : sizeof k->name;
    memcpy(k->name, from->name.p, n);
    k->key = *from;
    k->key.name = (struct str){k->name, n};
}

/* --- what a body asks for */

static enum rc read_key(struct ctx *cx, const struct body *b, const char *field, struct note_key *out)
{
    struct str vkey;
    if (!canonical_str(&cx->arena, canonical_find(b->payload, field), &vkey))
        return fail(cx, E_INVALID, "its body names no key as \"%s\"", field);
    TRY(note_key_read(cx, vkey, out));
    return out->type == NOTE_ED25519 && origin_is_valid(out->name)
               ? OK
               : fail(cx, E_INVALID, "the key \"%s\" in its body is not that of a ledger", field);
}

/* The old origin's last checkpoint, and what was lost of it. */
static enum rc read_seam(struct ctx *cx, const struct body *b, struct asked *a)
{
    struct str text;
    struct note note;
    struct checkpoint head;
    int64_t from, to, time;
    if (!canonical_str(&cx->arena, canonical_find(b->payload, "head"), &text) ||
        !canonical_int(canonical_find(b->payload, "lost_from"), &from) ||
        !canonical_int(canonical_find(b->payload, "lost_to"), &to))
        return fail(cx, E_INVALID, "its body lacks head, lost_from or lost_to");
    TRY(note_read(cx, text, &note));
    TRY(checkpoint_read(cx, note.text, &head));
    if (note_verify(cx, &note, &a->old, &time) != OK)
        return fail(cx, E_INVALID, "the head in its body is not signed by the old key");
    if (!str_eq(head.origin, a->old.name)) return fail(cx, E_INVALID, "the head in its body is of another origin");
    if (from < 0 || (uint64_t)from != a->n || to < from || (uint64_t)to != head.size)
        return fail(cx, E_INVALID, "what it says is lost is not what lies between it and the head in its body");
    a->lost_from = (uint64_t)from;
    a->lost_to = (uint64_t)to;
    return OK;
}

static enum rc read_names(struct ctx *cx, const struct asked *a)
{
    uint64_t before, after;
    struct str base = origin_base(a->old.name, &before);
    if (!a->is_seam && !str_eq(a->old.name, a->new.name))
        return fail(cx, E_INVALID, "a rotation to a key of another origin");
    if (a->is_seam && (!str_eq(base, origin_base(a->new.name, &after)) || after <= before))
        return fail(cx, E_INVALID, "a seam goes on under the origin's next number, and this one does not");
    return OK;
}

static enum rc read_asked(struct ctx *cx, const struct body *b, struct asked *a)
{
    TRY(read_key(cx, b, "old", &a->old));
    TRY(read_key(cx, b, "new", &a->new));
    TRY(read_names(cx, a));
    return a->is_seam ? read_seam(cx, b, a) : OK;
}

enum rc keys_ask(struct run *r, const struct leaf *l, const struct body *b, bool is_seam)
{
    /* heads are long: what is only read here goes away at once */
    struct ctx inner;
    struct asked *a = &r->asked[r->n_asked++];
    *a = (struct asked){.n = l->n, .at = l->at, .is_seam = is_seam};
    ctx_init(&inner);
    enum rc rc = read_asked(&inner, b, a);
    if (rc == OK) {
        a->old.name = arena_str(&r->scratch.arena, a->old.name);
        a->new.name = arena_str(&r->scratch.arena, a->new.name);
    } else {
        r->n_asked--;
        rc = fail(&r->scratch, E_INVALID, "%s", inner.message);
    }
    ctx_release(&inner);
    return rc;
}

void keys_miss(struct run *r, const struct leaf *l, bool is_seam)
{
    r->asked[r->n_asked++] = (struct asked){.n = l->n, .at = l->at, .is_seam = is_seam, .is_unread = true};
}

/* --- handovers */

/* Whether a ledger that was last known under the key `current` may be under `name`: seams that nobody could read may
 * have raised its number. */
static bool goes_on_as(const struct run *r, struct str name)
{
    uint64_t before, after;
    if (!r->current.key.name.n || str_eq(name, r->current.key.name)) return true;
    struct str base = origin_base(r->current.key.name, &before);
    return r->seam_unread && str_eq(base, origin_base(name, &after)) && after > before;
}

static enum rc check_note(struct ctx *cx, struct run *r, const struct asked *a, struct str bytes)
{
    struct note note;
    struct checkpoint c;
    struct hash root;
    int64_t time;
    TRY(note_read(cx, bytes, &note));
    TRY(checkpoint_read(cx, note.text, &c));
    tiles_root(r, a->n + 1, &root);
    if (c.size != a->n + 1) return fail(cx, E_INVALID, "its size is %" PRIu64, c.size);
    if (!hash_eq(&c.root, &root)) return fail(cx, E_INVALID, "its root is not that of the facts before");
    if (!str_eq(c.origin, a->new.name)) return fail(cx, E_INVALID, "its origin is not the new key's name");
    if (c.extensions.p) return fail(cx, E_INVALID, "it has lines behind the root");
    TRY(note_verify(cx, &note, &a->old, &time));
    return note_verify(cx, &note, &a->new, &time);
}

static void list_handover(struct run *r, const struct asked *a, bool is_gap, bool is_trusted)
{
    struct verified *out = r->out;
    out->all_handovers++;
    if (out->n_handovers == LIMIT_HANDOVERS) return;
    if (!out->handovers) out->handovers = arena_array(&r->cx->arena, struct verify_handover, LIMIT_HANDOVERS);
    struct verify_handover *h = &out->handovers[out->n_handovers++];
    *h = (struct verify_handover){.n = a->n,
                                  .at = a->at,
                                  .is_seam = a->is_seam,
                                  .is_gap = is_gap,
                                  .is_trusted = is_trusted,
                                  .old = a->old,
                                  .new = a->new,
                                  .lost_from = a->lost_from,
                                  .lost_to = a->lost_to};
    h->old.name = arena_str(&r->cx->arena, a->old.name);
    h->new.name = arena_str(&r->cx->arena, a->new.name);
}

static enum rc check_handover(struct run *r, const struct asked *a)
{
    struct str path = arena_printf(&r->scratch.arena, "handover/%" PRIu64, a->n + 1);
    struct ctx inner;
    enum rc rc = reader_whole(&r->scratch, &r->o->reader, path, &r->file);
    if (rc == E_NOTFOUND)
        return run_wrong(r, path, (int64_t)a->n, "missing: %s is proven by it", a->is_seam ? "a seam" : "a rotation");
    if (rc != OK) return run_unread(r, rc, path);
    ctx_init(&inner);
    rc = check_note(&inner, r, a, buf_view(&r->file));
    if (rc != OK) rc = run_wrong(r, path, (int64_t)a->n, "%s", inner.message);
    ctx_release(&inner);
    TRY(rc);
    if (!goes_on_as(r, a->old.name))
        return run_wrong(r, path, (int64_t)a->n, "the ledger is under another origin by then");
    bool known = r->current.key.name.n && !r->rotation_unread && !r->seam_unread;
    bool is_trusted = note_key_eq(&a->old, &r->trusted.key);
    list_handover(r, a, known && !note_key_eq(&a->old, &r->current.key), is_trusted);
    if (is_trusted) {
        own_key_set(&r->trusted, &a->new);
        r->trusted_since = a->n;
    }
    own_key_set(&r->current, &a->new);
    r->rotation_unread = r->seam_unread = false;
    return OK;
}

enum rc keys_check(struct run *r)
{
    enum rc rc = OK;
    for (size_t i = 0; i < r->n_asked && rc == OK; i++) {
        const struct asked *a = &r->asked[i];
        if (!a->is_unread) {
            rc = check_handover(r, a);
            continue;
        }
        if (!r->out->unread.n++) r->out->unread.first_fact = a->n;
        *(a->is_seam ? &r->seam_unread : &r->rotation_unread) = true;
    }
    r->n_asked = 0;
    return rc;
}

/* --- the checkpoint */

static enum rc check_witnesses(struct run *r)
{
    struct verified *out = r->out;
    scoped_buf missing;
    buf_init(&missing, 600);
    for (size_t i = 0; i < r->o->n_witnesses; i++) {
        struct verify_witness *w = &out->witnesses[i];
        char id[9];
        enum rc rc = note_verify(&r->scratch, &r->note, w->key, &w->time);
        w->has_cosigned = rc == OK;
        if (w->has_cosigned) continue;
        digest_hex(w->key->id, 4, id);
        buf_printf(&missing, "%s" STR_FMT "+%s%s", missing.n ? ", " : "", STR_ARG(w->key->name), id,
                   rc == E_DENIED ? " (a wrong signature)" : "");
    }
    if (!missing.n) return OK;
    return run_wrong(r, STR("checkpoint"), -1, "not cosigned by " STR_FMT, STR_ARG(buf_view(&missing)));
}

static enum rc not_signed(struct run *r)
{
    char id[9];
    const struct note_key *key = &r->trusted.key;
    digest_hex(key->id, 4, id);
    if (r->out->unread.n)
        return run_wrong(r, STR("checkpoint"), -1,
                         "not signed by " STR_FMT "+%s, and the body of fact %" PRIu64
                         ", which may hand over to another key, is not here",
                         STR_ARG(key->name), id, r->out->unread.first_fact);
    if (!note_key_eq(key, &r->o->key))
        return run_wrong(r, STR("checkpoint"), -1,
                         "not signed by " STR_FMT "+%s, to which fact %" PRIu64 " handed over", STR_ARG(key->name), id,
                         r->trusted_since);
    return run_wrong(r, STR("checkpoint"), -1,
                     "not signed by " STR_FMT "+%s, and no handover leads from it to another key", STR_ARG(key->name),
                     id);
}

enum rc keys_check_head(struct run *r)
{
    const struct checkpoint *head = &r->out->head;
    int64_t time;
    if (!goes_on_as(r, head->origin))
        return run_wrong(r, STR("checkpoint"), -1, "its origin is not the one the ledger has gone on under");
    enum rc rc = note_verify(&r->scratch, &r->note, &r->trusted.key, &time);
    if (rc == E_NOTFOUND) return not_signed(r);
    if (rc != OK) return run_wrong_inside(r, STR("checkpoint"), -1);
    if (!str_eq(head->origin, r->trusted.key.name))
        return run_wrong(r, STR("checkpoint"), -1, "signed by a key of another origin");
    return check_witnesses(r);
}
