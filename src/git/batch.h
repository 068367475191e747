/* Asks one `cat-file --batch-command` for many objects, ahead of the answers. A child that dies on a damaged object is
 * started again behind it, so one bad object costs only itself. One thread per handle. */
#ifndef SINETTI_GIT_BATCH_H
#define SINETTI_GIT_BATCH_H

#include "git/child.h"
#include "git/records.h"

enum batch_mode {
    BATCH_INFO,  /* type and size only */
    BATCH_WHOLE, /* content of objects up to max bytes, none of larger ones */
    BATCH_START  /* the first max bytes */
};

struct batch {
    const struct git *g;
    struct child child;
    struct reader reader;
    struct buf requests; /* not yet sent, from `sent` */
    size_t sent;
    const struct str *names;
    size_t n, next, asked; /* names; answered; requested */
    enum batch_mode mode;
    uint64_t max;
    char *content;
    size_t content_cap;
    unsigned restarts;
    char oid[72];
    bool alone;    /* asking for one object at a time, to find out which one is deadly */
    bool answered; /* the running child has answered something */
};

struct batch_item {
    enum object_type type;
    struct str oid;     /* as answered */
    int64_t size;       /* -1 when missing */
    struct str content; /* borrowed until the next call; STR_NONE when not asked for, too large or missing */
};

void batch_init(struct batch *b, const struct git *g);
/* Starts git ahead of what it will be asked. */
enum rc batch_ready(struct ctx *cx, struct batch *b) MUST_CHECK;
void batch_release(struct batch *b);
/* Begins a list; an earlier one must have been read to its end, or is given up. names: ids or "ID^{tree}"; borrowed. */
void batch_begin(struct batch *b, const struct str *names, size_t n, enum batch_mode mode, uint64_t max);
/* The answer for the next name; to be called n times at most. */
enum rc batch_next(struct ctx *cx, struct batch *b, struct batch_item *out) MUST_CHECK;

#endif
