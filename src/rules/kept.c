#include "rules/kept.h"

#include <stdlib.h>

void kept_init(struct kept *k, const struct columns *c, size_t max)
{
    k->columns = c;
    k->n = 0;
    k->max = max;
}

void kept_release(struct kept *k)
{
    while (k->n) free(k->rows[--k->n]);
}

/* One block: the row, its cells, their texts. */
static struct row *copy(const struct columns *c, const struct row *r)
{
    size_t cells = (size_t)c->n * sizeof(struct cell), texts = 0;
    for (int i = 0; i < c->n; i++) texts += r->cells[i].text.n;
    struct row *out = malloc(sizeof *out + cells + texts);
    if (!out) return NULL;
    struct cell *to = (struct cell *)(out + 1);
    char *text = (char *)to + cells;
    *out = *r;
    out->cells = to;
    for (int i = 0; i < c->n; i++) {
        to[i] = r->cells[i];
        if (!to[i].text.p) continue;
        if (to[i].text.n) memcpy(text, to[i].text.p, to[i].text.n);
        to[i].text.p = text;
        text += to[i].text.n;
    }
    return out;
}

static int cmp(const struct kept *k, size_t a, size_t b)
{
    return row_compare(k->columns, k->rows[a], k->rows[b]);
}

static void swap(struct kept *k, size_t a, size_t b)
{
    struct row *r = k->rows[a];
    k->rows[a] = k->rows[b];
    k->rows[b] = r;
}

static void sink(struct kept *k, size_t i, size_t n)
{
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && cmp(k, child, child + 1) < 0) child++;
        if (cmp(k, i, child) >= 0) return;
        swap(k, i, child);
    }
}

enum rc kept_add(struct kept *k, const struct row *r)
{
    if (k->n == k->max && row_compare(k->columns, r, k->rows[0]) >= 0) return OK;
    struct row *mine = copy(k->columns, r);
    if (!mine) return E_IO;
    if (k->n == k->max) {
        free(k->rows[0]);
        k->rows[0] = mine;
        sink(k, 0, k->n);
        return OK;
    }
    size_t i = k->n++;
    k->rows[i] = mine;
    for (; i && cmp(k, (i - 1) / 2, i) < 0; i = (i - 1) / 2) swap(k, i, (i - 1) / 2);
    return OK;
}

void kept_sort(struct kept *k)
{
    for (size_t n = k->n; n > 1;) {
        swap(k, 0, --n);
        sink(k, 0, n);
    }
}
