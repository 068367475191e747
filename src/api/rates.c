#include "api/rates.h"

#include "base/digest.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#define ROWS 1024 /* a power of two */
#define WAYS 8    /* names of one row */
#define BURST 4   /* seconds' worth */
#define UNIT 1000 /* of a request, so that they fill evenly */

struct bucket {
    uint64_t name;
    int64_t level; /* UNITs left */
    int64_t at;    /* when; 0: free */
};

struct rates {
    pthread_mutex_t lock;
    int64_t per_second;
    uint8_t key[16]; /* nobody outside can choose names that meet in a row */
    struct bucket rows[ROWS][WAYS];
};

enum rc rates_new(struct ctx *cx, unsigned per_second, struct rates **out)
{
    struct rates *r = *out = calloc(1, sizeof *r);
    if (!r || pthread_mutex_init(&r->lock, NULL) != 0) {
        free(r);
        *out = NULL;
        return fail(cx, E_IO, "out of memory");
    }
    r->per_second = per_second;
    randombytes_buf(r->key, sizeof r->key);
    return OK;
}

void rates_free(struct rates *r)
{
    if (!r) return;
    (void)pthread_mutex_destroy(&r->lock);
    free(r);
}

static struct bucket *find(struct bucket *row, uint64_t name)
{
    struct bucket *oldest = row;
    for (size_t i = 0; i < WAYS; i++) {
        if (row[i].at && row[i].name == name) return &row[i];
        if (row[i].at < oldest->at) oldest = &row[i];
    }
    oldest->at = 0;
    return oldest;
}

bool rates_take(struct rates *r, struct str name, int64_t now)
{
    uint8_t hash[32];
    uint64_t short_name, row;
    struct digest d;
    digest_init(&d);
    digest_add(&d, (struct str){(const char *)r->key, sizeof r->key});
    digest_add(&d, name);
    digest_final(&d, hash);
    memcpy(&short_name, hash, sizeof short_name);
    memcpy(&row, hash + sizeof short_name, sizeof row);
    int64_t full = r->per_second * BURST * UNIT;
    (void)pthread_mutex_lock(&r->lock);
    struct bucket *b = find(r->rows[row % ROWS], short_name);
    if (!b->at) *b = (struct bucket){short_name, full, now};
    int64_t passed = now > b->at ? now - b->at : 0;
    b->level = passed >= BURST * 1000 ? full : b->level + passed * r->per_second;
    if (b->level > full) b->level = full;
    b->at = now > 0 ? now : 1;
    bool fine = b->level >= UNIT;
    if (fine) b->level -= UNIT;
    (void)pthread_mutex_unlock(&r->lock);
    return fine;
}
