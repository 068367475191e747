/* The files of a folder that holds a key: the signer's and the witness's. Per-ctx. */
#ifndef SINETTI_LEDGER_SIGNER_FILES_H
#define SINETTI_LEDGER_SIGNER_FILES_H

#include "ledger/note.h"

/* A file's bytes. E_NOTFOUND; E_DENIED when `secret` and anybody but the owner could read it. */
enum rc signer_read(struct ctx *cx, int dir, const char *name, bool secret, struct buf *out) MUST_CHECK;
/* Whole, synced with its folder before it returns; for the owner alone. */
enum rc signer_write(struct ctx *cx, int dir, const char *name, struct str bytes) MUST_CHECK;
/* Overwrites, then removes. */
enum rc signer_destroy(struct ctx *cx, int dir, const char *name) MUST_CHECK;

/* A key file: name and seed, a line each. The name lives in the arena. */
enum rc signer_read_key(struct ctx *cx, int dir, const char *file, enum note_type type,
                        struct note_signer *out) MUST_CHECK;
/* Makes a key file with a new seed. */
enum rc signer_make_key(struct ctx *cx, int dir, const char *file, struct str name) MUST_CHECK;

#endif
