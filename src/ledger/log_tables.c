#include "ledger/log_tables.h"

#include "store/store.h"

#include <assert.h>

const char *log_path(struct ctx *cx, const char *dir)
{
    return arena_printf(&cx->arena, "%s/" LOG_FILE, dir).p;
}

enum rc log_check_format(struct ctx *cx, sqlite3 *db)
{
    int64_t version;
    TRY(store_get_int(cx, db, "PRAGMA user_version", &version));
    if (version == LOG_FORMAT) return OK;
    if (version > LOG_FORMAT)
        return fail(cx, E_DENIED,
                    "the data folder was made by a newer version of sinetti (format %lld; this one knows %d)",
                    (long long)version, LOG_FORMAT);
    return fail(cx, E_CORRUPT, LOG_FILE ": not a ledger");
}

size_t frontier_pack(const struct frontier *f, struct hash out[MERKLE_HEIGHT])
{
    size_t n = 0;
    for (unsigned h = 0; h < MERKLE_HEIGHT; h++)
        if (f->size >> h & 1) out[n++] = f->peaks[h];
    return n;
}

bool frontier_unpack(int64_t size, struct str peaks, struct frontier *out)
{
    frontier_init(out);
    if (size < 0 || peaks.n != sizeof(struct hash) * (size_t)__builtin_popcountll((uint64_t)size)) return false;
    out->size = (uint64_t)size;
    for (unsigned h = 0; h < MERKLE_HEIGHT; h++) {
        if (!((uint64_t)size >> h & 1)) continue;
        memcpy(out->peaks[h].b, peaks.p, sizeof(struct hash));
        peaks = str_slice(peaks, sizeof(struct hash), peaks.n);
    }
    return true;
}

enum rc log_state_read(struct ctx *cx, sqlite3_stmt *head, struct log_state *out)
{
    bool row;
    TRY(store_step(cx, head, &row));
    if (!row) return fail(cx, E_CORRUPT, LOG_FILE ": the head is missing");
    out->at = sqlite3_column_int64(head, 1);
    bool fits = frontier_unpack(sqlite3_column_int64(head, 0), store_column_blob(head, 2), &out->frontier);
    sqlite3_reset(head);
    return fits ? OK : fail(cx, E_CORRUPT, LOG_FILE ": size and frontier of the head do not fit");
}

int64_t node_id(unsigned height, uint64_t index)
{
    assert(height % 8 == 0 && index < (uint64_t)1 << 56);
    return (int64_t)((uint64_t)(height / 8) << 56 | index);
}
