/* A file read from its beginning in pieces, so that what is read may be of any length. Pure. */
#ifndef SINETTI_EVIDENCE_INPUT_H
#define SINETTI_EVIDENCE_INPUT_H

#include "base/ctx.h"

#define INPUT_PIECE (64U << 10)

struct input {
    int fd;
    uint64_t before; /* bytes of the file before the piece */
    size_t at, n;    /* within the piece */
    int64_t line;    /* from 1 */
    unsigned char piece[INPUT_PIECE];
};
void input_init(struct input *in, int fd);
/* The next piece, when this one is used up; *more false: the file is over. E_LIMIT past LIMIT_EVIDENCE. */
enum rc input_more(struct ctx *cx, struct input *in, bool *more) MUST_CHECK;
/* E_INVALID, with line and offset of where the reader stands. what: a text of ours. */
enum rc input_wrong(struct ctx *cx, const struct input *in, const char *what) MUST_CHECK;

#endif
