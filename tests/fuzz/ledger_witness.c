/* Any bytes sent to a witness: it answers, and cosigns nothing whose ledger did not sign. And any bytes as its answer:
 * no signature is taken from them. A request that is read is written again to the same bytes. */
#include "ledger/witness.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct witness *witness(void)
{
    static struct witness *w;
    static char dir[] = "/tmp/sinetti-fuzz-XXXXXX";
    struct ctx cx;
    struct note_key key;
    if (w) return w;
    ctx_init(&cx);
    assert(mkdtemp(dir));
    const char *place = arena_printf(&cx.arena, "%s/witness", dir).p;
    assert(witness_create(&cx, place, STR("w.example/1"), &key) == OK);
    assert(witness_open(&cx, place, STR("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n"),
                        &w) == OK);
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
    assert(a.status == 400 || a.status == 403 || a.status == 404);
    buf_clear(&out);
    assert(note_signer_from(&cx, STR("w.example/2"), NOTE_COSIGNATURE, seed, &asked) == OK);
    assert(witness_lines_add(&cx, note, bytes, &asked.key, &out) != OK);
    (void)!witness_size_read(&cx, bytes, &number);
    ctx_release(&cx);
    return 0;
}
