/* The signer's side of the socket. */
#include "ledger/signer_wire.h"

#include "base/base64.h"
#include "ledger/canonical.h"

struct request {
    struct str message, verb;
    struct note_key next;
    bool has_next, signs;
    uint8_t public[32], signature[64]; /* of signer_source() */
};

static enum rc malformed(struct ctx *cx)
{
    return fail(cx, E_INVALID, "signer: a request that does not read");
}

static bool text_of(struct ctx *cx, const struct request *q, const char *key, struct str *out)
{
    return canonical_str(&cx->arena, canonical_find(q->message, key), out);
}

static enum rc do_sign(struct ctx *cx, struct signer *s, struct request *q, struct buf *note)
{
    struct str text;
    struct checkpoint head;
    struct hash proof[MERKLE_PROOF];
    size_t n;
    if (!text_of(cx, q, "head", &text) || !wire_read_hashes(canonical_find(q->message, "proof"), proof, &n))
        return malformed(cx);
    TRY(checkpoint_read(cx, text, &head));
    return signer_sign(cx, s, &head, proof, n, note);
}

static enum rc do_begin(struct ctx *cx, struct signer *s, struct request *q)
{
    struct str restored = canonical_find(q->message, "restored");
    bool yes = str_eq(restored, STR("true"));
    if (!yes && !str_eq(restored, STR("false"))) return malformed(cx);
    TRY(signer_begin_handover(cx, s, yes, &q->next));
    q->has_next = true;
    return OK;
}

static enum rc do_hand_over(struct ctx *cx, struct signer *s, struct request *q, struct buf *note)
{
    struct handover_ask ask = {0};
    struct str head, salt;
    uint8_t bytes[SALT_SIZE];
    struct hash inclusion[MERKLE_PROOF], consistency[MERKLE_PROOF];
    if (!text_of(cx, q, "head", &head) || !text_of(cx, q, "leaf", &ask.leaf) || !text_of(cx, q, "body", &ask.body) ||
        !text_of(cx, q, "salt", &salt) || !hex_read_exact(bytes, sizeof bytes, salt) ||
        !wire_read_hashes(canonical_find(q->message, "inclusion"), inclusion, &ask.n_inclusion) ||
        !wire_read_hashes(canonical_find(q->message, "consistency"), consistency, &ask.n_consistency))
        return malformed(cx);
    TRY(checkpoint_read(cx, head, &ask.head));
    ask.salt = bytes;
    ask.inclusion = inclusion;
    ask.consistency = consistency;
    return signer_hand_over(cx, s, &ask, note);
}

static enum rc do_source(struct ctx *cx, struct signer *s, struct request *q)
{
    struct str hex;
    int64_t form;
    if (!text_of(cx, q, "data", &hex) || !canonical_int(canonical_find(q->message, "form"), &form) ||
        form < SIGNER_KEY || form > SIGNER_NEW_KEY || hex.n > 2 * SIGNER_STATEMENT_MOST)
        return malformed(cx);
    uint8_t *bytes = arena_array(&cx->arena, uint8_t, hex.n / 2 + 1);
    if (!hex_read_exact(bytes, hex.n / 2, hex)) return malformed(cx);
    TRY(signer_source(cx, s, (enum signer_form)form, (struct str){(const char *)bytes, hex.n / 2}, q->public,
                      q->signature));
    q->signs = true;
    return OK;
}

static enum rc run(struct ctx *cx, struct signer *s, struct request *q, struct buf *note)
{
    TRY(canonical_check(cx, q->message));
    if (!text_of(cx, q, "verb", &q->verb)) return malformed(cx);
    if (str_eq(q->verb, STR("look"))) return OK;
    if (str_eq(q->verb, STR("sign"))) return do_sign(cx, s, q, note);
    if (str_eq(q->verb, STR("begin"))) return do_begin(cx, s, q);
    if (str_eq(q->verb, STR("cancel"))) return signer_cancel_handover(cx, s);
    if (str_eq(q->verb, STR("hand_over"))) return do_hand_over(cx, s, q, note);
    if (str_eq(q->verb, STR("source"))) return do_source(cx, s, q);
    if (str_eq(q->verb, STR("end"))) return signer_end_handover(cx, s);
    return malformed(cx);
}

static void put_key(struct buf *out, const char *name, const struct note_key *key)
{
    scoped_buf vkey;
    buf_init(&vkey, 0);
    note_key_put(&vkey, key);
    buf_printf(out, "\"%s\":", name);
    canonical_put_str(out, buf_view(&vkey));
}

static void put_answer(struct buf *out, struct ctx *cx, const struct signer *s, const struct request *q, enum rc rc,
                       const struct buf *note)
{
    buf_char(out, '{');
    put_key(out, "key", signer_key(s));
    buf_cstr(out, ",\"last\":");
    canonical_put_str(out, signer_last(s));
    if (rc != OK) {
        buf_cstr(out, ",\"message\":");
        struct str text = str_from(cx->message);
        while (text.n && !str_is_utf8(text)) text.n--; /* a long one may be cut within a character */
        canonical_put_str(out, text);
    }
    if (rc == OK && q->has_next) {
        buf_char(out, ',');
        put_key(out, "next", &q->next);
    }
    if (rc == OK && note->n) {
        buf_cstr(out, ",\"note\":");
        canonical_put_str(out, buf_view(note));
    }
    if (rc == OK && q->signs) {
        buf_cstr(out, ",\"public\":");
        wire_put_hex(out, q->public, sizeof q->public);
    }
    buf_printf(out, ",\"rc\":%d", (int)rc);
    if (rc == OK && q->signs) {
        buf_cstr(out, ",\"signature\":");
        wire_put_hex(out, q->signature, sizeof q->signature);
    }
    buf_printf(out, ",\"size\":%llu}", (unsigned long long)signer_size(s));
}

enum rc signer_answer(struct ctx *cx, struct signer *s, int fd)
{
    scoped_buf message, note, answer;
    buf_init(&message, LIMIT_BODY);
    buf_init(&note, LIMIT_NOTE);
    buf_init(&answer, LIMIT_BODY);
    for (;;) {
        enum rc rc = wire_receive(cx, fd, &message);
        if (rc != OK) return rc == E_NOTFOUND ? OK : rc;
        struct ctx own; /* of one request */
        struct request q = {.message = buf_view(&message)};
        ctx_init(&own);
        buf_clear(&note);
        buf_clear(&answer);
        rc = run(&own, s, &q, &note);
        put_answer(&answer, &own, s, &q, rc, &note);
        ctx_release(&own);
        if (answer.failed) return fail(cx, E_LIMIT, "signer: an answer too long");
        TRY(wire_send(cx, fd, buf_view(&answer)));
    }
}
