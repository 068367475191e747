/* Any bytes as a note, a checkpoint, a key and a proof: what is accepted is written again to the same bytes. */
#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/proof.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx cx;
    struct note n;
    struct note_key k;
    struct checkpoint c;
    struct proof p;
    struct proven out;
    scoped_buf again;
    struct str bytes = {(const char *)data, size};
    ctx_init(&cx);
    buf_init(&again, 0);
    static const char vkey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    int64_t time;
    if (note_key_read(&cx, bytes, &k) == OK) {
        note_key_put(&again, &k);
        assert(str_eq(buf_view(&again), bytes));
    }
    assert(note_key_read(&cx, str_from(vkey), &k) == OK);
    if (note_read(&cx, bytes, &n) == OK) {
        assert(n.n >= 1 && n.n <= LIMIT_NOTE_SIGNATURES && str_ends(n.text, STR("\n")));
        (void)!note_verify(&cx, &n, &k, &time);
        bytes = n.text;
    }
    if (checkpoint_read(&cx, bytes, &c) == OK) {
        buf_clear(&again);
        checkpoint_put(&again, &c);
        buf_str(&again, c.extensions);
        assert(str_eq(buf_view(&again), bytes));
        (void)origin_is_valid(c.origin);
    }
    bytes = (struct str){(const char *)data, size};
    if (proof_read(&cx, bytes, &p) == OK) {
        buf_clear(&again);
        proof_put(&again, &p);
        assert(str_eq(buf_view(&again), bytes));
        (void)!proof_verify(&cx, &p, &k, &out);
    }
    ctx_release(&cx);
    return 0;
}
