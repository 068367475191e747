#include "ledger/log_reader.h"

#include "ledger/log_tables.h"
#include "store/store.h"

#include <stdlib.h>

struct log_reader {
    sqlite3 *db;
    sqlite3_stmt *head, *origin, *entry, *entries, *body, *nodes;
    struct log_state state;
    char origin_text[LIMIT_ORIGIN + 16];
    size_t origin_n;
    struct ctx nodes_cx; /* merkle_nodes has no ctx of its caller */
};

static enum rc prepare(struct ctx *cx, struct log_reader *r)
{
    const struct {
        const char *sql;
        sqlite3_stmt **st;
    } all[] = {
        {"SELECT size, at, frontier FROM head", &r->head},
        {"SELECT origin FROM origins ORDER BY size DESC LIMIT 1", &r->origin},
        {"SELECT leaf FROM entries WHERE n = ?1", &r->entry},
        {"SELECT leaf FROM entries WHERE n BETWEEN ?1 AND ?2 ORDER BY n", &r->entries},
        {"SELECT salt, body FROM bodies WHERE n = ?1", &r->body},
        {"SELECT hash FROM nodes WHERE id BETWEEN ?1 AND ?2 ORDER BY id", &r->nodes},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        TRY(store_prepare(cx, r->db, str_from(all[i].sql), all[i].st));
    return OK;
}

static enum rc read_origin(struct ctx *cx, struct log_reader *r)
{
    bool row;
    TRY(store_step(cx, r->origin, &row));
    struct str origin = row ? store_column_str(r->origin, 0) : STR_NONE;
    bool fits = origin.n > 0 && origin.n <= sizeof r->origin_text;
    if (fits) memcpy(r->origin_text, origin.p, origin.n);
    r->origin_n = fits ? origin.n : 0;
    sqlite3_reset(r->origin);
    return fits ? OK : fail(cx, E_CORRUPT, LOG_FILE ": the origin is missing");
}

void log_reader_rest(struct log_reader *r)
{
    sqlite3_stmt *all[] = {r->entry, r->entries, r->body, r->nodes};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) sqlite3_reset(all[i]);
    store_rollback(r->db);
}

enum rc log_reader_refresh(struct ctx *cx, struct log_reader *r)
{
    log_reader_rest(r);
    TRY(store_begin_read(cx, r->db));
    TRY(log_state_read(cx, r->head, &r->state));
    return read_origin(cx, r);
}

enum rc log_reader_open(struct ctx *cx, const char *dir, struct log_reader **out)
{
    *out = NULL;
    struct log_reader *r = calloc(1, sizeof *r);
    if (!r) return fail(cx, E_IO, "out of memory");
    ctx_init(&r->nodes_cx);
    enum rc rc = store_open_file(cx, log_path(cx, dir), STORE_READ, &r->db);
    if (rc == OK) rc = log_check_format(cx, r->db);
    if (rc == OK) rc = prepare(cx, r);
    if (rc == OK) rc = log_reader_refresh(cx, r);
    if (rc == OK)
        *out = r;
    else
        log_reader_close(r);
    return rc;
}

void log_reader_close(struct log_reader *r)
{
    if (!r) return;
    sqlite3_stmt **all[] = {&r->head, &r->origin, &r->entry, &r->entries, &r->body, &r->nodes};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) store_finalize(all[i]);
    store_close(r->db);
    ctx_release(&r->nodes_cx);
    free(r);
}

uint64_t log_reader_size(const struct log_reader *r)
{
    return r->state.frontier.size;
}

int64_t log_reader_at(const struct log_reader *r)
{
    return r->state.at;
}

struct str log_reader_origin(const struct log_reader *r)
{
    return (struct str){r->origin_text, r->origin_n};
}

void log_reader_root(const struct log_reader *r, struct hash *out)
{
    frontier_root(&r->state.frontier, out);
}

sqlite3 *log_reader_db(struct log_reader *r)
{
    return r->db;
}

static enum rc past_the_end(struct ctx *cx, const struct log_reader *r, uint64_t n)
{
    return fail(cx, E_NOTFOUND, "there is no fact %llu: the ledger has %llu, numbered from 0", (unsigned long long)n,
                (unsigned long long)log_reader_size(r));
}

enum rc log_reader_entry(struct ctx *cx, struct log_reader *r, uint64_t n, struct str *out)
{
    bool row;
    if (n >= log_reader_size(r)) return past_the_end(cx, r, n);
    sqlite3_reset(r->entry);
    store_bind_int(r->entry, 1, (int64_t)n);
    TRY(store_step(cx, r->entry, &row));
    if (!row) return fail(cx, E_CORRUPT, LOG_FILE ": entry %llu is missing", (unsigned long long)n);
    *out = store_column_str(r->entry, 0);
    return OK;
}

enum rc log_reader_body(struct ctx *cx, struct log_reader *r, uint64_t n, const uint8_t **salt, struct str *body)
{
    bool row;
    if (n >= log_reader_size(r)) return past_the_end(cx, r, n);
    sqlite3_reset(r->body);
    store_bind_int(r->body, 1, (int64_t)n);
    TRY(store_step(cx, r->body, &row));
    if (!row) return fail(cx, E_NOTFOUND, "the body of fact %llu was erased", (unsigned long long)n);
    struct str bytes = store_column_blob(r->body, 0);
    if (bytes.n != SALT_SIZE)
        return fail(cx, E_CORRUPT, LOG_FILE ": the salt of fact %llu is damaged", (unsigned long long)n);
    *salt = (const uint8_t *)bytes.p;
    *body = store_column_str(r->body, 1);
    return OK;
}

/* n hashes of the row of height 8·level, from `from` on. */
static enum rc read_hashes(struct ctx *cx, struct log_reader *r, unsigned level, uint64_t from, size_t n,
                           struct hash *out)
{
    sqlite3_stmt *st = level ? r->nodes : r->entries;
    size_t got = 0;
    bool row = true;
    enum rc rc = OK;
    store_bind_int(st, 1, level ? node_id(8 * level, from) : (int64_t)from);
    store_bind_int(st, 2, level ? node_id(8 * level, from + n - 1) : (int64_t)(from + n - 1));
    while (rc == OK && (rc = store_step(cx, st, &row)) == OK && row && got < n) {
        struct str bytes = level ? store_column_blob(st, 0) : store_column_str(st, 0);
        if (!level)
            merkle_leaf(bytes, &out[got++]);
        else if (bytes.n == sizeof(struct hash))
            memcpy(out[got++].b, bytes.p, sizeof(struct hash));
        else
            rc = fail(cx, E_CORRUPT, LOG_FILE ": a hash is damaged");
    }
    sqlite3_reset(st);
    if (rc == OK && got < n) rc = fail(cx, E_CORRUPT, LOG_FILE ": entries or hashes are missing; run `sinetti fsck`");
    return rc;
}

enum rc log_reader_tile(struct ctx *cx, struct log_reader *r, int level, uint64_t index, struct hash hashes[TILE_WIDTH],
                        unsigned *width)
{
    *width = level >= 0 && level < TILE_LEVELS ? tile_width(level, index, log_reader_size(r)) : 0;
    if (!*width) return fail(cx, E_NOTFOUND, "there is no such tile");
    return read_hashes(cx, r, (unsigned)level, index * TILE_WIDTH, *width, hashes);
}

static enum rc get_node(void *arg, unsigned height, uint64_t index, struct hash *out)
{
    struct log_reader *r = arg;
    struct hash hashes[TILE_WIDTH / 2];
    unsigned level = height / 8, left = height % 8;
    size_t n = (size_t)1 << left;
    TRY(read_hashes(&r->nodes_cx, r, level, index << left, n, hashes));
    merkle_root(hashes, n, out);
    return OK;
}

struct merkle_nodes log_reader_nodes(struct log_reader *r)
{
    return (struct merkle_nodes){get_node, r};
}
