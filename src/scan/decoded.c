#include "scan/decoded.h"

#include <stdlib.h>

#include "base/limits.h"

#define LEAST 32 /* a shorter run holds no key: 24 bytes */
#define PROBE 32 /* bytes that tell whether it is text */
#define LINE_MOST 4096
#define WRAPPED 60 /* from a line of at least this length a run goes on in the next */

void decoded_init(struct decoded *d)
{
    *d = (struct decoded){.lines = malloc(DECODED_LINES * sizeof *d->lines)};
    buf_init(&d->text, 4 * MIB);
}

void decoded_release(struct decoded *d)
{
    free(d->lines);
    buf_release(&d->text);
}

/* Of either alphabet; -1: of none. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

static bool is_text(unsigned char c)
{
    return (c >= ' ' && c < 127) || c == '\n' || c == '\r' || c == '\t';
}

/* Where it goes on behind the end of a line; 0: it does not. */
static size_t next_line(struct str t, size_t begin, size_t at)
{
    size_t to = at;
    if (at - begin < WRAPPED) return 0;
    if (to < t.n && t.p[to] == '\r') to++;
    if (to >= t.n || t.p[to++] != '\n') return 0;
    while (to < t.n && (t.p[to] == ' ' || t.p[to] == '\t')) to++;
    return to < t.n && value_of(t.p[to]) >= 0 ? to : 0;
}

/* Decodes from there on, `most` bytes at most, into `out`, where there is one. Returns how many are text before the
 * first that is not. */
static size_t decode(struct str t, size_t at, size_t most, struct buf *out)
{
    uint32_t bits = 0;
    size_t n = 0, texts = 0, begin = at;
    for (unsigned have = 0; n < most && at < t.n;) {
        int v = value_of(t.p[at]);
        if (v < 0) {
            size_t next = next_line(t, begin, at);
            if (!next) break;
            begin = at = next;
            continue;
        }
        at++;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        unsigned char c = (unsigned char)(bits >> have);
        texts += texts == n++ && is_text(c);
        if (out) buf_char(out, is_text(c) ? (char)c : '\x1a');
    }
    return texts;
}

/* Where the run there ends that `from` begins, over all its lines. */
static size_t end_of(struct str t, size_t from)
{
    size_t at = from, begin = from;
    for (;;) {
        while (at < t.n && value_of(t.p[at]) >= 0) at++;
        size_t next = next_line(t, begin, at);
        if (!next) return at;
        begin = at = next;
    }
}

/* The line that ends there, or goes on there; of a long one its end. */
static struct str line_before(struct str t, size_t at)
{
    size_t far = at > LINE_MOST ? at - LINE_MOST : 0;
    const char *nl = memrchr(t.p + far, '\n', at - far);
    size_t begin = nl ? (size_t)(nl - t.p) + 1 : far;
    const char *end = memchr(t.p + at, '\n', t.n - at < LINE_MOST ? t.n - at : LINE_MOST);
    return str_slice(t, begin, end ? (size_t)(end - t.p) : at);
}

/* Words that keep a line as it is stand beside it, not in it. */
static void add_allowance(struct decoded *d, struct str t, size_t from)
{
    struct str mark = STR("sinetti:allow"), own = line_before(t, from);
    size_t begin = (size_t)(own.p - t.p);
    struct str above = begin ? line_before(t, begin - 1) : STR("");
    struct str allowing = str_has(own, mark) ? own : str_has(above, mark) ? above : STR("");
    buf_str(&d->text, allowing);
    if (allowing.n) buf_char(&d->text, '\n');
}

static void add(struct decoded *d, struct str t, size_t from, int64_t line)
{
    size_t was = d->text.n, skip = 0;
    /* what stands before it may be of the alphabet too, as a name and a dash */
    while (skip < 4 && decode(t, from + skip, PROBE, NULL) < PROBE - PROBE / 4) skip++;
    if (skip == 4) return;
    add_allowance(d, t, from);
    (void)decode(t, from + skip, SIZE_MAX, &d->text);
    buf_char(&d->text, '\n');
    if (d->text.failed) {
        d->left_out = true;
        return;
    }
    for (size_t i = was; i < d->text.n; i++) {
        if (d->text.p[i] != '\n') continue;
        if (d->n == DECODED_LINES) {
            d->left_out = true;
            d->text.n = i;
            return;
        }
        d->lines[d->n++] = line;
    }
}

void decoded_read(struct decoded *d, struct str t)
{
    int64_t line = 1;
    buf_clear(&d->text);
    d->n = 0;
    d->left_out = false;
    for (size_t i = LEAST / 2 - 1, counted = 0, done = 0; d->lines && i < t.n && !d->left_out; i += LEAST / 2) {
        if (value_of(t.p[i]) < 0) continue;
        size_t from = i;
        while (from > done && value_of(t.p[from - 1]) >= 0) from--;
        size_t to = end_of(t, from);
        done = to;
        if (to - from >= LEAST) {
            for (; counted < from; counted++) line += t.p[counted] == '\n';
            add(d, t, from, line);
        }
        if (to > i) i = to;
    }
}
