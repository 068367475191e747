#include "ledger/fates.h"

#include "base/file.h"
#include "base/limits.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define PER_BYTE 4

void fates_init(struct fates *m, size_t window)
{
    *m = (struct fates){.window = window ? window : LIMIT_FATES, .file = -1};
}

void fates_release(struct fates *m)
{
    if (m->file >= 0) close(m->file);
    free(m->bytes);
    *m = (struct fates){.file = -1};
}

static enum rc no_file(struct ctx *cx)
{
    return fail(cx, E_IO, "a temporary file cannot be used (TMPDIR tells where): %s", strerror(errno));
}

/* A file that is gone from its folder before anything is in it. */
static enum rc open_file(struct ctx *cx, struct fates *m)
{
    char *path = file_temporary(cx, "fates");
    m->file = mkostemp(path, 0);
    if (m->file < 0) return no_file(cx);
    unlink(path);
    return OK;
}

/* The window is full: it goes to the file, and the next begins. */
static enum rc move_on(struct ctx *cx, struct fates *m)
{
    if (m->file < 0) TRY(open_file(cx, m));
    for (size_t done = 0; done < m->window;) {
        ssize_t n = pwrite(m->file, m->bytes + done, m->window - done, (off_t)(m->start + done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return no_file(cx);
        done += (size_t)n;
    }
    m->start += m->window;
    memset(m->bytes, 0, m->window);
    return OK;
}

static unsigned shift_of(uint64_t i)
{
    return 2 * (unsigned)(i % PER_BYTE);
}

enum rc fates_add(struct ctx *cx, struct fates *m, enum fate fate)
{
    if (!m->bytes && !(m->bytes = calloc(1, m->window))) return fail(cx, E_IO, "out of memory");
    if (m->n / PER_BYTE == m->start + m->window) TRY(move_on(cx, m));
    m->bytes[m->n / PER_BYTE - m->start] |= (uint8_t)((unsigned)fate << shift_of(m->n));
    m->n++;
    return OK;
}

static enum rc byte_of(struct ctx *cx, const struct fates *m, uint64_t i, uint8_t *out)
{
    uint64_t at = i / PER_BYTE;
    assert(i < m->n);
    if (at >= m->start)
        *out = m->bytes[at - m->start];
    else if (pread(m->file, out, 1, (off_t)at) != 1)
        return no_file(cx);
    return OK;
}

enum rc fates_get(struct ctx *cx, const struct fates *m, uint64_t i, enum fate *out)
{
    uint8_t byte;
    TRY(byte_of(cx, m, i, &byte));
    *out = (enum fate)(byte >> shift_of(i) & 3U);
    return OK;
}

enum rc fates_set(struct ctx *cx, struct fates *m, uint64_t i, enum fate fate)
{
    uint64_t at = i / PER_BYTE;
    uint8_t byte;
    TRY(byte_of(cx, m, i, &byte));
    byte = (uint8_t)((byte & ~(3U << shift_of(i))) | (unsigned)fate << shift_of(i));
    if (at >= m->start)
        m->bytes[at - m->start] = byte;
    else if (pwrite(m->file, &byte, 1, (off_t)at) != 1)
        return no_file(cx);
    return OK;
}
