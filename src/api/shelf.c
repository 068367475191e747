#include "api/shelf.h"

#include "api/api_int.h"
#include "exchange/shelf.h"

#include <pthread.h>
#include <stdlib.h>

struct held {
    char key[65];
    struct catalog *catalog;
    unsigned users;
};

struct shelf_held {
    pthread_mutex_t lock;
    struct held *now; /* counts as a user of it; NULL: none was asked for yet */
};

enum rc shelf_held_new(struct ctx *cx, struct shelf_held **out)
{
    *out = calloc(1, sizeof **out);
    if (*out && pthread_mutex_init(&(*out)->lock, NULL) == 0) return OK;
    free(*out);
    *out = NULL;
    return fail(cx, E_IO, "out of memory");
}

static void let_go(struct held *h)
{
    if (!h || --h->users) return;
    catalog_free(h->catalog);
    free(h);
}

void shelf_held_free(struct shelf_held *s)
{
    if (!s) return;
    let_go(s->now);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

/* What worker finds missing (a restored folder, another program, another server's library) it makes. */
static enum rc open_shelf(struct ctx *cx, const struct api_call *call, const char *key, struct held **out)
{
    struct catalog *c;
    const struct catalog *base = call->api->o.catalog;
    enum rc rc = shelf_open(cx, call->state, base, key, &c);
    if ((rc == E_NOTFOUND || rc == E_CORRUPT) && call->api->o.process == API_WORKER) {
        TRY(shelf_refresh(cx, call->ledger, call->state, base));
        rc = shelf_open(cx, call->state, base, key, &c);
    }
    TRY(rc);
    struct held *h = *out = calloc(1, sizeof *h);
    if (!h) {
        catalog_free(c);
        return fail(cx, E_IO, "out of memory");
    }
    memcpy(h->key, key, sizeof h->key);
    h->catalog = c;
    h->users = 1;
    return OK;
}

static enum rc take(struct ctx *cx, struct api_call *call, struct shelf_held *s, const char *key)
{
    if (!s->now || strcmp(s->now->key, key) != 0) {
        struct held *h = NULL;
        enum rc rc = open_shelf(cx, call, key, &h);
        if (rc != OK && rc != E_NOTFOUND && rc != E_CORRUPT) return rc;
        if (rc == OK) {
            let_go(s->now);
            s->now = h;
        }
    }
    if (!s->now) return OK;
    s->now->users++;
    call->shelf = s->now;
    call->catalog = s->now->catalog;
    return OK;
}

enum rc api_with_libraries(struct ctx *cx, struct api_call *call)
{
    struct shelf_held *s = call->api->shelf;
    char key[65];
    TRY(shelf_key(cx, call->ledger, call->api->o.catalog, key));
    if (!key[0] || call->shelf) return OK;
    (void)pthread_mutex_lock(&s->lock);
    enum rc rc = take(cx, call, s, key);
    (void)pthread_mutex_unlock(&s->lock);
    return rc;
}

void api_without_libraries(struct api_call *call)
{
    if (!call->shelf) return;
    (void)pthread_mutex_lock(&call->api->shelf->lock);
    let_go(call->shelf);
    (void)pthread_mutex_unlock(&call->api->shelf->lock);
    call->shelf = NULL;
}
