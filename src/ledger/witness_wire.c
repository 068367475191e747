#include "ledger/witness_wire.h"

#include "base/base64.h"

static enum rc malformed(struct ctx *cx, const char *what)
{
    return fail(cx, E_INVALID, "request: %s", what);
}

enum rc witness_request_read(struct ctx *cx, struct str body, struct witness_request *out)
{
    struct str rest = body, line;
    *out = (struct witness_request){0};
    if (body.n > LIMIT_WITNESS_REQUEST) return fail(cx, E_LIMIT, "request: over %llu bytes", LIMIT_WITNESS_REQUEST);
    /* a last line without its newline leaves no rest, and is refused with what should follow it */
    if (!str_cut(&rest, '\n', &line) || !rest.p || !str_starts(line, STR("old ")) ||
        !size_read(str_slice(line, 4, line.n), &out->old))
        return malformed(cx, "the first line is `old` and a size (decimal, no leading zeros, below 2^63)");
    for (;;) {
        if (!str_cut(&rest, '\n', &line) || !rest.p) return malformed(cx, "no empty line behind the proof");
        if (!line.n) break;
        if (out->n == WITNESS_PROOF) return malformed(cx, "over 63 hashes in the proof");
        if (!base64_read_exact(out->proof[out->n++].b, sizeof out->proof->b, line))
            return malformed(cx, "a line of the proof is no hash (32 bytes in base64)");
    }
    if (!rest.n) return malformed(cx, "no checkpoint");
    out->note = rest;
    return OK;
}

void witness_request_put(struct buf *out, const struct witness_request *r)
{
    buf_printf(out, "old %llu\n", (unsigned long long)r->old);
    for (size_t i = 0; i < r->n; i++) {
        base64_put(out, r->proof[i].b, sizeof r->proof[i].b);
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    buf_str(out, r->note);
}

enum rc witness_size_read(struct ctx *cx, struct str body, uint64_t *out)
{
    if (str_ends(body, STR("\n")) && size_read(str_slice(body, 0, body.n - 1), out)) return OK;
    return fail(cx, E_INVALID, "the answer is no size");
}

static bool is_of(const struct note_signature *s, const struct note_key *key)
{
    return str_eq(s->name, key->name) && memcmp(s->id, key->id, sizeof s->id) == 0;
}

enum rc witness_lines_add(struct ctx *cx, struct str note, struct str lines, const struct note_key *witness,
                          struct buf *out)
{
    struct note had, got;
    int64_t time;
    scoped_buf answer;
    buf_init(&answer, LIMIT_NOTE);
    TRY(note_read(cx, note, &had));
    buf_str(&answer, had.text);
    buf_char(&answer, '\n');
    buf_str(&answer, lines);
    if (buf_ok(&answer) != OK) return fail(cx, E_LIMIT, "the answer is too long");
    TRY(note_read(cx, buf_view(&answer), &got));
    /* an empty line in the answer would move the end of the text */
    if (!str_eq(got.text, had.text)) return fail(cx, E_INVALID, "the answer is not made of signatures");
    TRY(note_verify(cx, &got, witness, &time));
    if (time <= 0) return fail(cx, E_DENIED, "the cosignature has no time");
    buf_str(out, had.text);
    buf_char(out, '\n');
    for (size_t i = 0; i < had.n; i++)
        if (!is_of(&had.signatures[i], witness)) note_signature_put(out, &had.signatures[i]);
    for (size_t i = 0; i < got.n; i++)
        if (is_of(&got.signatures[i], witness)) note_signature_put(out, &got.signatures[i]);
    return buf_ok(out) == OK ? OK : fail(cx, E_LIMIT, "the checkpoint has too many signatures");
}
