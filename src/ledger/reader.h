/* Where a ledger's folder of tiles is read from: a folder of this machine here, a server in cli. One thread at a time.
 * What is read may be anything; whoever reads sets the ceilings. */
#ifndef SINETTI_LEDGER_READER_H
#define SINETTI_LEDGER_READER_H

#include "base/ctx.h"

/* Takes the next piece of a file. What it returns other than OK ends the reading. */
typedef enum rc reader_take(void *arg, struct str piece);

struct reader {
    /* Reads the file at `path` ("tile/0/000") from its beginning to its end. OK, what `take` returned, or
     * E_NOTFOUND: there is none; E_DENIED: it may not be read; E_INVALID: it is no file (a folder, a link, a pipe);
     * E_IO and others: it could not be read. The message begins with the path but for what `take` says. */
    enum rc (*read)(struct ctx *cx, void *arg, struct str path, reader_take *take, void *take_arg);
    void *arg;
};

/* The whole file into `out`, which is emptied before; E_LIMIT when it does not fit. */
enum rc reader_whole(struct ctx *cx, const struct reader *r, struct str path, struct buf *out) MUST_CHECK;

/* A folder. Nothing outside it is read: links within it are refused. */
struct reader_folder {
    int fd;
};
enum rc reader_folder_open(struct ctx *cx, const char *path, struct reader_folder *out) MUST_CHECK;
void reader_folder_close(struct reader_folder *f);
struct reader reader_of_folder(struct reader_folder *f);

#endif
