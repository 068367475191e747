/* Reads `diff-tree --stdin` and the like: the changed paths of many commits from one child, past damaged trees. */
#ifndef SINETTI_GIT_CHANGES_H
#define SINETTI_GIT_CHANGES_H

#include "git/child.h"

/* Changed paths of one commit, or of one comparison. Storage is used again for the next. */
struct change_list {
    struct git_change *items;
    size_t n, cap;
    char *text; /* ids and paths of the items */
    size_t used, room;
    bool full; /* LIMIT_GIT_CHANGES was reached */
    bool all;  /* set by who reads: paths that git would not check out are given too, as refused */
};
void change_list_release(struct change_list *l);

/* Reads entries up to the next one that is none, or the end. false: a fault of the stream, or no memory. */
bool change_list_read(struct change_list *l, struct reader *r, size_t hex);

struct changes {
    struct git *g;
    const struct str *oids; /* of commits, in the order they will be asked for */
    size_t n, next;
    int input; /* their lines, in memory */
    struct child child;
    struct reader reader;
    struct change_list list;
    unsigned deaths;
    bool checked; /* commits without their trees have been taken out */
    struct str *kept;
};

/* oids: non-merge commits, borrowed. */
enum rc changes_begin(struct ctx *cx, struct changes *c, struct git *g, const struct str *oids, size_t n) MUST_CHECK;
/* The changes of oid, which must be the next of the list (or behind it). *told false: its trees cannot be read. */
enum rc changes_of(struct ctx *cx, struct changes *c, struct str oid, bool *told) MUST_CHECK;
void changes_release(struct changes *c);

#endif
