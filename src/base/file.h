/* Reading and writing whole files, and taking folders away. One thread at a time per file. */
#ifndef SINETTI_BASE_FILE_H
#define SINETTI_BASE_FILE_H

#include "base/ctx.h"

/* Puts the bytes at `path`: whole or not at all. Written beside and renamed: a link stays one, a file keeps its rights,
 * and one that is write-protected is not replaced. What is no ordinary file (a pipe, a terminal, /dev/stdout) is
 * written to as it is. E_IO with the path and why; then the old file is as it was. */
enum rc file_replace(struct ctx *cx, const char *path, struct str bytes) MUST_CHECK;
/* So in several parts. mode: of a file that was not there. */
enum rc file_replace_parts(struct ctx *cx, const char *path, unsigned mode, const struct str *parts,
                           size_t n) MUST_CHECK;

/* Writes everything to a descriptor; false with errno set. */
bool file_write_all(int fd, struct str bytes);

/* Adds what a descriptor has until its end, or until the buffer is full (buf_ok()); false with errno set. */
bool file_read_all(int fd, struct buf *out);
/* So many bytes; false with fewer. */
bool file_read_exactly(int fd, void *bytes, size_t n);
bool file_is_ordinary(int fd); /* no folder, pipe or device */

/* A name in $TMPDIR, else /tmp, for mkdtemp() and mkstemp(): "…/sinetti-WHAT-XXXXXX". */
char *file_temporary(struct ctx *cx, const char *what);

/* Takes a folder away with all that is in it, as far as it can; links are not followed, other file systems are left. */
void file_remove_folder(const char *path);

#endif
