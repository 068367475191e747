/* Reading the log beside its writers: entries, bodies, proofs. A reader sees one state, that of when it was opened or
 * last refreshed. Per-ctx: one thread at a time. */
#ifndef SINETTI_LEDGER_LOG_READER_H
#define SINETTI_LEDGER_LOG_READER_H

#include <sqlite3.h>

#include "ledger/leaf.h"

struct log_reader;

enum rc log_reader_open(struct ctx *cx, const char *dir, struct log_reader **out) MUST_CHECK;
void log_reader_close(struct log_reader *r);
/* To the newest state. */
enum rc log_reader_refresh(struct ctx *cx, struct log_reader *r) MUST_CHECK;
/* Lets its state go, so that the write-ahead log can shrink while nobody reads. Refresh before the next use. */
void log_reader_rest(struct log_reader *r);

uint64_t log_reader_size(const struct log_reader *r);
/* Time of the last fact, 0 when there is none. */
int64_t log_reader_at(const struct log_reader *r);
/* The origin in force, in the reader. */
struct str log_reader_origin(const struct log_reader *r);
void log_reader_root(const struct log_reader *r, struct hash *out);
/* The database, within the reader's state; nothing can be written there. */
sqlite3 *log_reader_db(struct log_reader *r);

/* Bytes of entry n, borrowed until the next call of the same. E_NOTFOUND past the end, E_CORRUPT when it is missing. */
enum rc log_reader_entry(struct ctx *cx, struct log_reader *r, uint64_t n, struct str *out) MUST_CHECK;
/* Salt and body of fact n, borrowed so; E_NOTFOUND when it is erased. */
enum rc log_reader_body(struct ctx *cx, struct log_reader *r, uint64_t n, const uint8_t **salt,
                        struct str *body) MUST_CHECK;

/* Complete subtrees for merkle.h: from the nodes kept, below height 8 from the entries. */
struct merkle_nodes log_reader_nodes(struct log_reader *r);
/* A tile's hashes; its width is for the reader's size. E_NOTFOUND when there is no such tile. */
enum rc log_reader_tile(struct ctx *cx, struct log_reader *r, int level, uint64_t index, struct hash hashes[TILE_WIDTH],
                        unsigned *width) MUST_CHECK;

#endif
