#include "scan/pieces.h"

#include <stdlib.h>

#include "base/ctx.h"
#include "base/limits.h"

#define WINDOW (LIMIT_BLOB_SCAN + PIECES_OVERLAP)
#define PROBE 8000 /* as git looks for a NUL */

enum piece_form piece_form_of(struct str head)
{
    const unsigned char *u = (const unsigned char *)head.p;
    size_t n = head.n < PROBE ? head.n : PROBE, even = 0, odd = 0;
    if (n >= 2 && u[0] == 0xff && u[1] == 0xfe) return PIECE_UTF16_LE;
    if (n >= 2 && u[0] == 0xfe && u[1] == 0xff) return PIECE_UTF16_BE;
    for (size_t i = 0; i < n; i++) {
        even += !u[i] && i % 2 == 0;
        odd += !u[i] && i % 2;
    }
    if (!even && !odd) return PIECE_TEXT;
    /* without a mark: ASCII leaves every second byte empty, and no other */
    if (odd > n * 2 / 5 && even <= n / 50) return PIECE_UTF16_LE;
    if (even > n * 2 / 5 && odd <= n / 50) return PIECE_UTF16_BE;
    /* a NUL here and there, put into a text, makes nothing else of it for who runs it */
    size_t strange = 0;
    for (size_t i = 0; i < n; i++) strange += u[i] < 9 || (u[i] > 13 && u[i] < 32 && u[i] != 27) || u[i] == 127;
    return strange <= 8 + n / 50 ? PIECE_TEXT : PIECE_BINARY;
}

void pieces_begin(struct pieces *s, pieces_take *take, void *arg)
{
    *s = (struct pieces){.take = take, .arg = arg, .line = 1};
}

void pieces_release(struct pieces *s)
{
    free(s->p);
    s->p = NULL;
}

static int64_t lines_in(const char *p, size_t n)
{
    int64_t lines = 0;
    for (const char *end = p + n; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) lines++;
    return lines;
}

static enum rc hand_out(struct pieces *s, bool more)
{
    size_t own = s->n;
    if (more) {
        const char *nl = memrchr(s->p, '\n', s->n - PIECES_OVERLAP);
        own = nl && s->n - (size_t)(nl - s->p) <= WINDOW / 2 ? (size_t)(nl - s->p) + 1 : s->n - PIECES_OVERLAP;
    }
    const struct piece piece = {{s->p, s->n}, own, s->line, s->form == PIECE_BINARY, more};
    TRY(s->take(s->arg, &piece));
    s->line += lines_in(s->p, own);
    memmove(s->p, s->p + own, s->n - own);
    s->n -= own;
    return OK;
}

static enum rc put(struct pieces *s, const char *p, size_t n)
{
    while (n) {
        size_t some = WINDOW - s->n < n ? WINDOW - s->n : n;
        memcpy(s->p + s->n, p, some);
        s->n += some;
        p += some;
        n -= some;
        if (s->n == WINDOW) TRY(hand_out(s, true));
    }
    return OK;
}

/* Keys are ASCII; of the rest it matters only that something stands there. */
static enum rc put_wide(struct pieces *s, struct str bytes)
{
    char some[4096];
    size_t n = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char b = (unsigned char)bytes.p[i];
        if (!s->half) {
            s->first = b;
            s->half = true;
            continue;
        }
        s->half = false;
        unsigned char low = s->form == PIECE_UTF16_LE ? s->first : b, high = s->form == PIECE_UTF16_LE ? b : s->first;
        some[n++] = !high && low && low < 0x80 ? (char)low : '\x1a';
        if (n < sizeof some) continue;
        TRY(put(s, some, n));
        n = 0;
    }
    return put(s, some, n);
}

static enum rc put_filled(struct pieces *s, struct str bytes, char instead)
{
    while (bytes.n) {
        const char *nul = memchr(bytes.p, 0, bytes.n);
        size_t n = nul ? (size_t)(nul - bytes.p) : bytes.n;
        TRY(put(s, bytes.p, n));
        if (nul) TRY(put(s, &instead, 1));
        bytes = str_slice(bytes, n + (nul != NULL), bytes.n);
    }
    return OK;
}

enum rc pieces_add(struct pieces *s, struct str bytes)
{
    if (!bytes.n) return OK;
    if (!s->p && !(s->p = malloc(WINDOW))) return E_IO;
    if (!s->begun) s->form = piece_form_of(bytes);
    s->begun = true;
    switch (s->form) {
    case PIECE_UTF16_LE:
    case PIECE_UTF16_BE:
        return put_wide(s, bytes);
    case PIECE_BINARY:
        return put_filled(s, bytes, '\n');
    case PIECE_TEXT:
        break;
    }
    return put_filled(s, bytes, ' ');
}

enum rc pieces_end(struct pieces *s)
{
    return s->n ? hand_out(s, false) : OK;
}

enum rc pieces_of(struct str bytes, pieces_take *take, void *arg)
{
    struct pieces s;
    if (!bytes.n) return OK;
    if (bytes.n <= LIMIT_BLOB_SCAN && piece_form_of(bytes) == PIECE_TEXT && !memchr(bytes.p, 0, bytes.n)) {
        const struct piece whole = {bytes, bytes.n, 1, false, false};
        return take(arg, &whole);
    }
    pieces_begin(&s, take, arg);
    enum rc rc = pieces_add(&s, bytes);
    if (rc == OK) rc = pieces_end(&s);
    pieces_release(&s);
    return rc;
}
