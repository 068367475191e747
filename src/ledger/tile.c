#include "ledger/tile.h"

#include "base/limits.h"
#include "ledger/checkpoint.h"

#include <assert.h>

void tile_path_put(struct buf *out, struct tile t)
{
    if (t.level == TILE_BODIES)
        buf_cstr(out, "bodies");
    else if (t.level == TILE_ENTRIES)
        buf_cstr(out, "tile/entries");
    else
        buf_printf(out, "tile/%d", t.level);
    uint64_t unit = 1;
    while (t.index / unit >= 1000) unit *= 1000;
    for (; unit > 1; unit /= 1000) buf_printf(out, "/x%03u", (unsigned)(t.index / unit % 1000));
    buf_printf(out, "/%03u", (unsigned)(t.index % 1000));
    if (t.width < TILE_WIDTH) buf_printf(out, ".p/%u", t.width);
}

bool tile_path_read(struct str path, struct tile *out)
{
    *out = (struct tile){.width = TILE_WIDTH};
    struct str rest = path, part;
    if (!str_cut(&rest, '/', &part)) return false;
    if (str_eq(part, STR("bodies")))
        out->level = TILE_BODIES;
    else {
        uint64_t level = 0;
        if (!str_eq(part, STR("tile")) || !str_cut(&rest, '/', &part)) return false;
        if (str_eq(part, STR("entries")))
            out->level = TILE_ENTRIES;
        else if (!size_read(part, &level) || level >= TILE_LEVELS)
            return false;
        else
            out->level = (int)level;
    }
    for (bool last = false; !last;) {
        if (!str_cut(&rest, '/', &part)) return false;
        last = !str_starts(part, STR("x"));
        if (!last) part = str_slice(part, 1, part.n);
        bool partial = last && str_ends(part, STR(".p"));
        if (partial) part.n -= 2;
        int64_t three;
        if (part.n != 3 || !str_to_i64(part, 0, 999, &three) || part.p[0] == '-') return false;
        if (out->index > (uint64_t)INT64_MAX / 1000 - 1) return false;
        out->index = out->index * 1000 + (uint64_t)three;
        uint64_t width;
        if (partial) {
            if (!size_read(rest, &width) || width < 1 || width >= TILE_WIDTH) return false;
            out->width = (unsigned)width;
            rest = STR_NONE;
        }
    }
    if (rest.p) return false;
    /* "x000/001" is another spelling of 1 */
    char again[64];
    struct buf b = {.p = again, .cap = sizeof again, .max = sizeof again - 1};
    tile_path_put(&b, *out);
    return !b.failed && str_eq(buf_view(&b), path);
}

static unsigned shift_of(int level)
{
    return level < 0 ? 0 : 8 * (unsigned)level;
}

unsigned tile_width(int level, uint64_t index, uint64_t size)
{
    uint64_t hashes = size >> shift_of(level);
    if (index > hashes / TILE_WIDTH) return 0;
    uint64_t left = hashes - index * TILE_WIDTH;
    return left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
}

uint64_t tile_count(int level, uint64_t size)
{
    uint64_t hashes = size >> shift_of(level);
    return hashes / TILE_WIDTH + (hashes % TILE_WIDTH != 0);
}

void tile_node(const struct hash *hashes, unsigned height, unsigned index, struct hash *out)
{
    assert(height <= 8 && (index + 1) << height <= TILE_WIDTH);
    merkle_root(hashes + ((size_t)index << height), (size_t)1 << height, out);
}

void entry_put(struct buf *out, struct str leaf)
{
    assert(leaf.n <= 0xffff);
    char head[2] = {(char)(leaf.n >> 8), (char)leaf.n};
    buf_add(out, head, 2);
    buf_str(out, leaf);
}

bool entry_next(struct str *rest, struct str *leaf)
{
    if (rest->n < 2) return false;
    size_t n = (size_t)(uint8_t)rest->p[0] << 8 | (uint8_t)rest->p[1];
    if (rest->n - 2 < n) return false;
    *leaf = str_slice(*rest, 2, 2 + n);
    *rest = str_slice(*rest, 2 + n, rest->n);
    return true;
}

void body_record_put(struct buf *out, const uint8_t salt[SALT_SIZE], struct str body)
{
    size_t n = body.p ? SALT_SIZE + body.n : 0;
    char head[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};
    buf_add(out, head, 4);
    if (!body.p) return;
    buf_add(out, salt, SALT_SIZE);
    buf_str(out, body);
}

bool body_record_size(const uint8_t head[4], size_t *out)
{
    *out = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    return *out == 0 || (*out >= SALT_SIZE + 2 && *out <= SALT_SIZE + LIMIT_BODY);
}

bool body_record_next(struct str *rest, const uint8_t **salt, struct str *body)
{
    size_t n;
    if (rest->n < 4 || !body_record_size((const uint8_t *)rest->p, &n) || rest->n - 4 < n) return false;
    *salt = n ? (const uint8_t *)rest->p + 4 : NULL;
    *body = n ? str_slice(*rest, 4 + SALT_SIZE, 4 + n) : STR_NONE;
    *rest = str_slice(*rest, 4 + n, rest->n);
    return true;
}
