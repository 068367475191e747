#include "ledger/proof.h"

#include "base/base64.h"

#include <inttypes.h>

#define FIRST "c2sp.org/tlog-proof@v1"

static enum rc malformed(struct ctx *cx, const char *what)
{
    return fail(cx, E_INVALID, "proof: %s", what);
}

enum rc proof_read(struct ctx *cx, struct str text, struct proof *out)
{
    struct str rest = text, line;
    *out = (struct proof){0};
    if (text.n > LIMIT_PROOF) return fail(cx, E_LIMIT, "proof: over %llu bytes", LIMIT_PROOF);
    if (!str_cut(&rest, '\n', &line) || !str_eq(line, STR(FIRST))) return malformed(cx, "the first line is not " FIRST);
    if (!str_cut(&rest, '\n', &line)) return malformed(cx, "it ends early");
    if (str_starts(line, STR("extra "))) {
        scoped_buf extra;
        buf_init(&extra, LIMIT_PROOF);
        if (!base64_read(&extra, str_slice(line, 6, line.n))) return malformed(cx, "extra is not base64");
        out->extra = arena_str(&cx->arena, buf_view(&extra));
        if (!str_cut(&rest, '\n', &line)) return malformed(cx, "it ends early");
    }
    if (!str_starts(line, STR("index ")) || !size_read(str_slice(line, 6, line.n), &out->index))
        return malformed(cx, "no proper index");
    while (str_cut(&rest, '\n', &line) && line.n) {
        if (out->n == MERKLE_PROOF) return malformed(cx, "more than 64 hashes");
        if (!base64_read_exact(out->hashes[out->n++].b, 32, line))
            return malformed(cx, "a hash is not 32 bytes in base64");
    }
    if (!rest.p) return malformed(cx, "no checkpoint behind the hashes");
    out->note = rest;
    return OK;
}

void proof_put(struct buf *out, const struct proof *p)
{
    buf_cstr(out, FIRST "\n");
    if (p->extra.p) {
        buf_cstr(out, "extra ");
        base64_put(out, p->extra.p, p->extra.n);
        buf_char(out, '\n');
    }
    buf_printf(out, "index %" PRIu64 "\n", p->index);
    for (size_t i = 0; i < p->n; i++) {
        base64_put(out, p->hashes[i].b, 32);
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    buf_str(out, p->note);
}

void proof_extra_put(struct buf *out, struct str leaf, const uint8_t salt[SALT_SIZE], struct str body)
{
    entry_put(out, leaf);
    body_record_put(out, salt, body);
}

enum rc proof_verify(struct ctx *cx, const struct proof *p, const struct note_key *key, struct proven *out)
{
    struct note note;
    struct str rest = p->extra, leaf, body;
    const uint8_t *salt;
    struct hash hash;
    int64_t time;
    *out = (struct proven){0};
    if (!p->extra.p || !entry_next(&rest, &leaf) || !body_record_next(&rest, &salt, &body) || rest.n)
        return malformed(cx, "extra does not hold a fact's records");
    TRY(leaf_read(cx, leaf, &out->leaf));
    if (out->leaf.n != p->index)
        return fail(cx, E_DENIED, "proof: the leaf is that of fact %" PRIu64 ", not %" PRIu64, out->leaf.n, p->index);
    TRY(note_read(cx, p->note, &note));
    TRY(note_verify(cx, &note, key, &time));
    TRY(checkpoint_read(cx, note.text, &out->head));
    if (!str_eq(out->head.origin, key->name))
        return fail(cx, E_DENIED, "proof: the checkpoint is of %s, not of the key's ledger",
                    str_visible(cx, out->head.origin));
    merkle_leaf(leaf, &hash);
    if (!merkle_verify_inclusion(p->index, out->head.size, &hash, p->hashes, p->n, &out->head.root))
        return fail(cx, E_DENIED, "proof: the leaf is not in the tree of that checkpoint");
    if (!body.p) return OK;
    out->has_body = true;
    return body_check(cx, &out->leaf, salt, body, &out->body);
}
