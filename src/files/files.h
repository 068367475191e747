/* Attachments: files that people hand in, kept by the SHA-256 of their content in DIR/files (docs/formats/files.md).
 *
 * What a file is, is read from its content; its name must agree. Known are documents, pictures, tables and plain text
 * that auditors attach. Refused is all else, and what brings programs along: pages, scripts, macros.
 *
 * A file that was handed in is an *upload* of a person, in state.db, until an item names it. One that no item names is
 * deleted a day later. Nothing is overwritten: the same content is the same file.
 *
 * Threads: as the handle. Uploads and the sweep take turns by the writing transaction of state.db. */
#ifndef SINETTI_FILES_FILES_H
#define SINETTI_FILES_FILES_H

#include "store/state.h"

extern const struct state_room files_state;

/* --- what a file is */

/* Whether a name can stand in lists and on disks: UTF-8, 1 to LIMIT_FILE_NAME bytes, visible, no path. E_INVALID. */
enum rc files_check_name(struct ctx *cx, struct str name) MUST_CHECK;
/* Its media type, by its content, to which the name's ending must belong. E_INVALID says what is known. */
enum rc files_recognize(struct ctx *cx, int fd, uint64_t size, struct str name, const char **type) MUST_CHECK;

/* --- uploads */

struct files_upload {
    struct str digest; /* 64 hexadecimal digits */
    struct str person, name, type;
    int64_t size, at; /* bytes; Unix seconds */
};

/* Keeps the file at `path`, which is moved, as what the person has handed in. Again the same: the newest name counts.
 */
enum rc files_add(struct ctx *cx, sqlite3 *state, const char *dir, const char *path,
                  const struct files_upload *u) MUST_CHECK;
/* What this person has handed in within the last day; *found false: nothing such. */
enum rc files_find(struct ctx *cx, sqlite3 *state, struct str digest, struct str person, int64_t now,
                   struct files_upload *out, bool *found) MUST_CHECK;

/* --- files */

/* For reading. E_NOTFOUND. */
enum rc files_open(struct ctx *cx, const char *dir, struct str digest, int *fd) MUST_CHECK;
/* Whether the content is still what its name says: E_NOTFOUND, E_CORRUPT. */
enum rc files_check(struct ctx *cx, const char *dir, struct str digest) MUST_CHECK;

/* Puts a file back whose content is known, from a backup. E_CORRUPT: it is not of that digest. */
enum rc files_restore(struct ctx *cx, const char *dir, struct str digest, struct str content) MUST_CHECK;

/* Forgets uploads of more than a day, and deletes the files of them that `named` says no item names. */
typedef enum rc files_named(struct ctx *cx, void *arg, struct str digest, bool *named);
enum rc files_sweep(struct ctx *cx, sqlite3 *state, const char *dir, int64_t now, files_named *named, void *arg,
                    size_t *deleted) MUST_CHECK;

#endif
