/* Bytes of any length as pieces of text for the scanner, in fixed memory. Pieces overlap, so that nothing is cut in two
 * where one ends; each begins with a line, unless a line is longer than the overlap. UTF-16 is read as what it spells
 * (all beyond ASCII as one stand-in), a NUL in a text as a space, in other bytes as the end of a string. Pure. */
#ifndef SINETTI_SCAN_PIECES_H
#define SINETTI_SCAN_PIECES_H

#include "base/rc.h"
#include "base/str.h"

#define PIECES_OVERLAP (128U << 10) /* twice the longest line that is read, and what follows a key's first line */

struct piece {
    struct str text; /* borrowed for the call */
    size_t own;      /* so much of it is in no later piece */
    int64_t line;    /* number of its first line, from 1 */
    bool binary;     /* the bytes are no text */
    bool more;       /* another piece follows */
};
typedef enum rc pieces_take(void *arg, const struct piece *p);

enum piece_form { PIECE_TEXT, PIECE_UTF16_LE, PIECE_UTF16_BE, PIECE_BINARY };

struct pieces {
    pieces_take *take;
    void *arg;
    char *p; /* what is read and not handed out wholly */
    size_t n;
    enum piece_form form;
    bool begun, half; /* half: a byte of UTF-16 waits for the other */
    unsigned char first;
    int64_t line;
};

/* The bytes as they come, in any portions; the first has the head of the whole by which its form is told. */
void pieces_begin(struct pieces *s, pieces_take *take, void *arg);
enum rc pieces_add(struct pieces *s, struct str bytes) MUST_CHECK; /* E_IO: no memory; or what `take` said */
enum rc pieces_end(struct pieces *s) MUST_CHECK;
void pieces_release(struct pieces *s);

/* The same of bytes that are there as a whole; text of up to the length of a piece is handed out as it lies there. */
enum rc pieces_of(struct str bytes, pieces_take *take, void *arg) MUST_CHECK;

/* By the first bytes of the whole. Pure. */
enum piece_form piece_form_of(struct str head);

#endif
