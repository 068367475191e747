/* Every second position of the content is looked at: three bytes, folded to one case, hashed, one table look-up, no
 * dependency between two probes. A literal is known by the two groups of three in its rarest four bytes; one of the two
 * always begins at an even offset, so each place is found exactly once. */
#include "scan/prefilter.h"

#include <assert.h>
#include <stdlib.h>

#define HASH_BITS 14
#define HASH_SIZE (1U << HASH_BITS)

struct entry {
    uint16_t literal;
    uint8_t offset; /* of the group of three within the literal */
    uint8_t last;   /* of its chain */
};

struct literal {
    uint8_t n;
    char folded[64];
};

struct prefilter {
    uint16_t first[HASH_SIZE]; /* 1 + index of the chain's first entry; 0: none */
    uint8_t may[HASH_SIZE];    /* the same, as one byte: what the loop looks at */
    struct entry *entries;
    struct literal *literals;
    size_t n;
};

static uint32_t load3(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return ((uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16) | 0x202020U;
}

static uint32_t hash3(uint32_t folded)
{
    return (folded * 2654435761U) >> (32 - HASH_BITS);
}

/* How common a byte is in source code, roughly, in thousandths. */
static unsigned frequency(char c)
{
    static const unsigned char of_letter[26] = {60, 13, 34, 31, 95, 19, 15, 22, 57, 3, 8, 35, 22,
                                                55, 58, 25, 2,  56, 57, 73, 23, 9,  8, 7, 12, 3};
    if (c >= 'a' && c <= 'z') return of_letter[c - 'a'];
    if (c == ' ') return 120;
    if (c == '-' || c == '=' || c == '/' || c == '*') return 40;
    return 12;
}

static size_t rarest_four(const struct literal *l)
{
    size_t best = 0;
    double least = 1e30;
    for (size_t i = 0; i + 4 <= l->n; i++) {
        double v = 1;
        for (size_t k = 0; k < 4; k++) v *= frequency(l->folded[i + k]);
        if (v < least) {
            least = v;
            best = i;
        }
    }
    return best;
}

struct prefilter *prefilter_new(const struct str *literals, size_t n)
{
    struct prefilter *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->n = n;
    p->literals = calloc(n ? n : 1, sizeof *p->literals);
    p->entries = calloc(2 * n + 1, sizeof *p->entries);
    uint16_t *hashes = calloc(2 * n + 1, sizeof *hashes);
    if (!p->literals || !p->entries || !hashes) {
        free(hashes);
        prefilter_free(p);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        struct literal *l = &p->literals[i];
        assert(literals[i].n >= 4 && literals[i].n <= sizeof l->folded);
        l->n = (uint8_t)literals[i].n;
        for (size_t k = 0; k < l->n; k++) l->folded[k] = (char)(literals[i].p[k] | 0x20);
        size_t at = rarest_four(l);
        for (size_t k = 0; k < 2; k++) hashes[2 * i + k] = (uint16_t)hash3(load3(l->folded + at + k));
    }
    size_t used = 0;
    for (size_t i = 0; i < 2 * n; i++) { /* 2n is some hundreds: simple beats sorted */
        uint16_t h = hashes[i];
        if (p->first[h]) continue;
        p->first[h] = (uint16_t)(used + 1);
        p->may[h] = 1;
        for (size_t j = i; j < 2 * n; j++) {
            if (hashes[j] != h) continue;
            struct literal *l = &p->literals[j / 2];
            p->entries[used++] = (struct entry){(uint16_t)(j / 2), (uint8_t)(rarest_four(l) + j % 2), 0};
        }
        p->entries[used - 1].last = 1;
    }
    free(hashes);
    return p;
}

void prefilter_free(struct prefilter *p)
{
    if (!p) return;
    free(p->literals);
    free(p->entries);
    free(p);
}

static bool is_at(const struct literal *l, const char *p)
{
    for (size_t k = 0; k < l->n; k++)
        if ((p[k] | 0x20) != l->folded[k]) return false;
    return true;
}

static bool verify(const struct prefilter *p, struct str c, size_t i, uint32_t h, bool (*found)(void *, size_t, size_t),
                   void *arg)
{
    for (const struct entry *e = &p->entries[p->first[h] - 1];; e++) {
        const struct literal *l = &p->literals[e->literal];
        if (i >= e->offset && c.n - (i - e->offset) >= l->n && is_at(l, c.p + i - e->offset))
            if (!found(arg, e->literal, i - e->offset)) return false;
        if (e->last) return true;
    }
}

void prefilter_run(const struct prefilter *p, struct str c, bool (*found)(void *, size_t, size_t), void *arg)
{
    if (c.n < 4) return;
    size_t i = 0;
    for (; i + 10 <= c.n; i += 8) { /* four probes of a stride; the 8-byte load needs i+8, the last group i+9 */
        uint32_t h0 = hash3(load3(c.p + i)), h1 = hash3(load3(c.p + i + 2));
        uint32_t h2 = hash3(load3(c.p + i + 4)), h3 = hash3(load3(c.p + i + 6));
        if (!(p->may[h0] | p->may[h1] | p->may[h2] | p->may[h3])) continue;
        if (p->may[h0] && !verify(p, c, i, h0, found, arg)) return;
        if (p->may[h1] && !verify(p, c, i + 2, h1, found, arg)) return;
        if (p->may[h2] && !verify(p, c, i + 4, h2, found, arg)) return;
        if (p->may[h3] && !verify(p, c, i + 6, h3, found, arg)) return;
    }
    for (; i + 3 <= c.n; i += 2) {
        uint32_t h = hash3(load3(c.p + i));
        if (p->may[h] && !verify(p, c, i, h, found, arg)) return;
    }
}
