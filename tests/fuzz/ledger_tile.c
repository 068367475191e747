/* Any bytes as a path of a tile, an entry bundle and a body bundle: what is taken apart is put together again. */
#include "ledger/tile.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size}, rest = bytes, part;
    struct tile t;
    const uint8_t *salt;
    scoped_buf again;
    buf_init(&again, 0);
    if (tile_path_read(bytes, &t)) {
        tile_path_put(&again, t);
        assert(str_eq(buf_view(&again), bytes) && t.width >= 1 && t.width <= TILE_WIDTH && t.level < TILE_LEVELS);
        (void)tile_width(t.level, t.index, INT64_MAX);
    }
    buf_clear(&again);
    while (entry_next(&rest, &part)) entry_put(&again, part);
    buf_str(&again, rest);
    assert(str_eq(buf_view(&again), bytes));
    buf_clear(&again);
    for (rest = bytes; body_record_next(&rest, &salt, &part);) body_record_put(&again, salt, part);
    buf_str(&again, rest);
    assert(str_eq(buf_view(&again), bytes));
    return 0;
}
