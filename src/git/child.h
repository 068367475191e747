/* Runs git's plumbing as a confined child, and reads what it prints. */
#ifndef SINETTI_GIT_CHILD_H
#define SINETTI_GIT_CHILD_H

#include <sys/types.h>

#include "git/view.h"

struct child {
    pid_t pid;  /* 0: none */
    int out;    /* what it prints */
    int in;     /* its standard input when asked for (non-blocking socket: send() it), else -1 */
    int errors; /* file with the start of what it complains about */
};
#define CHILD_NONE ((struct child){0, -1, -1, -1})

/* How trees are compared: every path by its ids and modes, and no program that a repository could name. */
#define GIT_RAW_DIFF                                                                                                   \
    "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none"

/* argv without the program's name, ended by NULL. input: descriptor for standard input (stays the caller's), or one of:
 */
#define CHILD_NO_INPUT (-1)
#define CHILD_FEED (-2)
enum rc child_start(struct ctx *cx, const struct git *g, const char *const *argv, int input,
                    struct child *c) MUST_CHECK;

/* Waits for it; false unless it ended with exit code 0. *code: its exit code, or 128 + signal. */
bool child_finish(struct child *c, int *code);
void child_kill(struct child *c);
/* The start of its complaints (before finish), safe to show. */
const char *child_complaint(struct ctx *cx, const struct child *c);
void child_close_errors(struct child *c);

/* An unlinked file in memory with this content, to be a child's input; -1 when that fails. */
int child_input(struct str content);

/* A buffered reader. `ready`, when set, is called before each read and may do other work until fd is readable. */
struct reader {
    int fd;
    char *p;
    size_t at, n, cap;
    bool failed;
    void (*ready)(void *arg);
    void *arg;
};
void reader_init(struct reader *r, int fd);
void reader_release(struct reader *r);
/* The bytes before the next `sep`, borrowed until the next call; sep is passed over. Of more than READER_TOKEN bytes
 * the start is given and *cut set. false: the stream ended first. */
#define READER_TOKEN (16 * 1024)
bool reader_until(struct reader *r, char sep, struct str *out, bool *cut);
/* The next byte without taking it; -1 at the end. */
int reader_peek(struct reader *r);
/* Exactly n bytes into dst (NULL: thrown away). false: the stream ended first. */
bool reader_take(struct reader *r, char *dst, uint64_t n);

#endif
