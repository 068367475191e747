/* Lines of git's plumbing, names of refs and times: what they borrow stays inside the line. */
#include "base/time.h"
#include "git/records.h"
#include "git/refname.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct str whole, struct str part)
{
    assert(!part.n || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str line = {(const char *)data, size}, oid;
    struct git_change c;
    struct git_entry e;
    int64_t n;
    for (size_t hex = 40; hex <= 64; hex += 24) {
        if (record_change(line, hex, &c)) {
            inside(line, c.old_oid);
            inside(line, c.new_oid);
        }
        if (record_entry(line, hex, &e)) inside(line, e.oid);
        if (record_object(line, hex, &oid, &n) != OBJECT_MISSING) assert(oid.n == hex && n >= 0);
    }
    (void)refname_is_valid(line);
    struct str rest = line, value;
    struct packed_ref ref;
    size_t skipped = 0;
    while (packed_refs_next(&rest, 40, &ref, &skipped)) assert(ref.oid.n == 40 && refname_is_valid(ref.name));
    if (loose_ref_parse(line, 40, &value) != LOOSE_BAD) inside(line, value);
    if (time_parse(line, &n) == OK) assert(n >= -62167219200LL && n <= 253402300799LL);
    if (time_parse_when(line, 1700000000, &n) == OK) assert(n <= 253402300799LL);
    return 0;
}
