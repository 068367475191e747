/* Any bytes sent to a signer: it answers or ends the connection, and the key it holds signs nothing but a head that
 * goes on from the last. The bytes are one message; with none signed before, only a true first head could get a note.
 */
#include "ledger/canonical.h"
#include "ledger/signer_wire.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct signer *signer(void)
{
    static struct signer *s;
    static char dir[] = "/tmp/sinetti-fuzz-XXXXXX";
    struct ctx cx;
    if (s) return s;
    ctx_init(&cx);
    assert(mkdtemp(dir));
    const char *place = arena_printf(&cx.arena, "%s/signer", dir).p;
    assert(signer_create(&cx, place, STR("a.example/b")) == OK && signer_open(&cx, place, &s) == OK);
    ctx_release(&cx);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int ends[2];
    struct ctx cx;
    scoped_buf answer;
    struct str message = {(const char *)data, size};
    if (size > 60000) return 0; /* what fits into the socket before anybody reads */
    ctx_init(&cx);
    buf_init(&answer, LIMIT_BODY);
    assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    assert(wire_send(&cx, ends[0], message) == OK && shutdown(ends[0], SHUT_WR) == 0);
    assert(signer_answer(&cx, signer(), ends[1]) == OK);
    assert(wire_receive(&cx, ends[0], &answer) == OK && canonical_check(&cx, buf_view(&answer)) == OK);
    close(ends[0]);
    close(ends[1]);
    ctx_release(&cx);
    return 0;
}
