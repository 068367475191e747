/* Any bytes as a baseline file: refused with a message, or read. */
#include "rules/baseline.h"

#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0) fd = memfd_create("baseline", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size) return 0;
    struct ctx cx;
    struct baseline *b;
    struct str owner, until;
    char path[64];
    ctx_init(&cx);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum rc rc = baseline_read(&cx, path, 1700000000, &b);
    assert(rc == OK || rc == E_INVALID || rc == E_LIMIT);
    if (rc == OK) {
        (void)baseline_ended(b);
        if (baseline_find(b, STR("3f0c4d1e9ab27c5568d1e00b7a94c2f1"), &owner, &until)) assert(owner.n && until.n);
    } else {
        assert(cx.message[0] && str_is_utf8(str_from(cx.message)));
    }
    ctx_release(&cx);
    return 0;
}
