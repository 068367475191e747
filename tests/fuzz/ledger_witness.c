/* Any bytes sent to a witness: it answers, and what it cosigns is signed by the ledger and never smaller than what it
 * cosigned before (the corpus has signed heads of its key, so that proofs and sizes are made up around them). And any
 * bytes as its answer: no signature is taken from them. A request that is read is written again to the same bytes. */
#include "ledger/witness.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct note_signer ledger;

static struct witness *witness(void)
{
    static struct witness *w;
    static char dir[] = "/tmp/sinetti-fuzz-XXXXXX";
    struct ctx cx;
    struct note_key key;
    if (w) return w;
    const uint8_t seed[32] = {1};
    scoped_buf vkey;
    buf_init(&vkey, 0);
    ctx_init(&cx);
    assert(note_signer_from(&cx, STR("a.example/b"), NOTE_ED25519, seed, &ledger) == OK);
    note_key_put(&vkey, &ledger.key);
    assert(mkdtemp(dir));
    const char *place = arena_printf(&cx.arena, "%s/witness", dir).p;
    assert(witness_create(&cx, place, STR("w.example/1"), &key) == OK);
    assert(witness_open(&cx, place, buf_view(&vkey), &w) == OK);
    ctx_release(&cx);
    return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx cx;
    struct witness_request r;
    struct witness_answer a;
    struct note_signer asked;
    uint64_t number;
    const uint8_t seed[32] = {7};
    static const struct str note = {"a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xe2\x80\x94 a AAAAAAA=\n",
                                    63};
    struct str bytes = {(const char *)data, size};
    scoped_buf out;
    ctx_init(&cx);
    buf_init(&out, 0);
    if (witness_request_read(&cx, bytes, &r) == OK) {
        assert(r.n <= WITNESS_PROOF && r.old <= INT64_MAX);
        witness_request_put(&out, &r);
        assert(str_eq(buf_view(&out), bytes));
    }
    assert(witness_add_checkpoint(&cx, witness(), bytes, 1767225600, &a) == OK);
    if (a.status == 200) {
        static uint64_t last;
        struct note n;
        int64_t time;
        assert(note_read(&cx, r.note, &n) == OK && note_verify(&cx, &n, &ledger.key, &time) == OK);
        assert(a.size >= last && r.old == last);
        last = a.size;
    }
    buf_clear(&out);
    assert(note_signer_from(&cx, STR("w.example/2"), NOTE_COSIGNATURE, seed, &asked) == OK);
    assert(witness_lines_add(&cx, note, bytes, &asked.key, &out) != OK);
    (void)!witness_size_read(&cx, bytes, &number);
    ctx_release(&cx);
    return 0;
}
