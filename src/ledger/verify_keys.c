#include "ledger/verify_keys.h"

#include "ledger/canonical.h"

#include <inttypes.h>

#define MOST 100000 /* changes of key in one ledger: one a day for 270 years */

static enum rc read_key(struct ctx *cx, const struct leaf *l, const struct body *b, const char *field, struct str *text,
                        struct note_key *out)
{
    if (!canonical_str(&cx->arena, canonical_find(b->payload, field), text))
        return fail(cx, E_INVALID, "fact %" PRIu64 ": %s: a verifier key is expected", l->n, field);
    if (note_key_read(cx, *text, out) != OK || out->type != NOTE_ED25519)
        return fail(cx, E_INVALID, "fact %" PRIu64 ": %s: %s", l->n, field,
                    out->type == NOTE_COSIGNATURE ? "a witness's key" : cx->message);
    return OK;
}

/* A rotation stays under its origin; a restoring goes to a later one of the same ledger. */
static bool names_fit(const struct handover *h, struct str old, struct str new)
{
    uint64_t from, to;
    if (!h->restored) return str_eq(old, new);
    return str_eq(origin_base(old, &from), origin_base(new, &to)) && to > from;
}

static enum rc check_note(struct ctx *cx, struct proven_tree *tree, const struct handover *h,
                          const struct note_key *old, const struct note_key *new)
{
    const char *path = arena_printf(&cx->arena, "handover/%" PRIu64, h->n + 1).p;
    scoped_buf bytes;
    struct note note;
    struct checkpoint head;
    struct hash root;
    int64_t time;
    buf_init(&bytes, LIMIT_NOTE);
    TRY(source_file(cx, tree->source, path, LIMIT_NOTE, &bytes));
    if (note_read(cx, buf_view(&bytes), &note) != OK || checkpoint_read(cx, note.text, &head) != OK)
        return fail(cx, E_INVALID, "%s: %s", path, arena_printf(&cx->arena, "%s", cx->message).p);
    struct merkle_nodes nodes = proven_tree_nodes(tree);
    TRY(merkle_root_of(&nodes, h->n + 1, &root));
    if (head.size != h->n + 1 || !str_eq(head.origin, new->name) || head.extensions.n || !hash_eq(&root, &head.root))
        return fail(cx, E_DENIED, "%s: not the head right behind fact %" PRIu64, path, h->n);
    if (note_verify(cx, &note, old, &time) != OK || note_verify(cx, &note, new, &time) != OK)
        return fail(cx, E_DENIED, "%s: not signed by both keys of the handover", path);
    return OK;
}

enum rc key_chain_see(struct ctx *cx, struct key_chain *k, struct proven_tree *tree, const struct leaf *l,
                      const struct body *b)
{
    struct note_key old, new;
    struct handover h = {.n = l->n, .at = l->at, .restored = str_eq(l->kind, STR("restored"))};
    int64_t from = 0, to = 0;
    if (k->n == MOST) return fail(cx, E_LIMIT, "over %d changes of key", MOST);
    TRY(read_key(cx, l, b, "old", &h.old_key, &old));
    TRY(read_key(cx, l, b, "new", &h.new_key, &new));
    if (!names_fit(&h, old.name, new.name))
        return fail(cx, E_DENIED, "fact %" PRIu64 ": the new key is not named as this ledger is from here on", l->n);
    if (h.restored &&
        (!canonical_int(canonical_find(b->payload, "lost_from"), &from) ||
         !canonical_int(canonical_find(b->payload, "lost_to"), &to) || from != (int64_t)l->n || to < from))
        return fail(cx, E_INVALID, "fact %" PRIu64 ": the range that was lost is not stated", l->n);
    h.lost_from = (uint64_t)from;
    h.lost_to = (uint64_t)to;
    TRY(check_note(cx, tree, &h, &old, &new));
    if (note_key_eq(&k->trusted, &old)) {
        k->trusted = new;
        h.followed = true;
    }
    if (k->n == k->cap) {
        size_t cap = k->cap ? 2 * k->cap : 8;
        struct handover *p = arena_array(&cx->arena, struct handover, cap);
        if (k->n) memcpy(p, k->p, k->n * sizeof *p);
        k->p = p;
        k->cap = cap;
    }
    k->p[k->n++] = h;
    return OK;
}
