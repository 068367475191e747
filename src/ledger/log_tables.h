/* What writers and readers of the log's tables share. Per-ctx. */
#ifndef SINETTI_LEDGER_LOG_TABLES_H
#define SINETTI_LEDGER_LOG_TABLES_H

#include <sqlite3.h>

#include "base/ctx.h"
#include "ledger/merkle.h"

#define LOG_FORMAT 1 /* the schema's number, in SQLite's user_version */
#define LOG_FILE "ledger.db"

/* How far the log is. */
struct log_state {
    struct frontier frontier;
    int64_t at;
};

/* DIR/ledger.db. */
const char *log_path(struct ctx *cx, const char *dir);
/* E_DENIED when a newer program made it, E_CORRUPT when it is no ledger. */
enum rc log_check_format(struct ctx *cx, sqlite3 *db) MUST_CHECK;
/* From the statement "SELECT size, at, frontier FROM head"; E_CORRUPT when they do not fit together. */
enum rc log_state_read(struct ctx *cx, sqlite3_stmt *head, struct log_state *out) MUST_CHECK;
/* The peaks as head.frontier has them; returns how many there are. */
size_t frontier_pack(const struct frontier *f, struct hash out[MERKLE_HEIGHT]);
/* false: so many peaks do not belong to that size. */
bool frontier_unpack(int64_t size, struct str peaks, struct frontier *out);

int64_t node_id(unsigned height, uint64_t index);

#endif
