#include "api/pool.h"

#include "records/records.h"
#include "store/state.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define STATEMENTS 256 /* kept of one set; a power of two */

struct statements {
    struct {
        const char *sql;
        sqlite3_stmt *st;
    } kept[STATEMENTS];
    size_t n;
};

struct pool {
    struct pool_options o;
    char *dir, *derived;
    pthread_mutex_t lock;
    struct databases *free;
};

enum rc pool_open(struct ctx *cx, const struct pool_options *o, struct pool **out)
{
    struct pool *p = *out = calloc(1, sizeof *p);
    if (!p) return fail(cx, E_IO, "out of memory");
    p->o = *o;
    p->dir = strdup(o->dir);
    if (asprintf(&p->derived, "%s/derived.db", o->dir) < 0) p->derived = NULL;
    if (p->dir && p->derived && pthread_mutex_init(&p->lock, NULL) == 0) return OK;
    free(p->dir);
    free(p->derived);
    free(p);
    *out = NULL;
    return fail(cx, E_IO, "out of memory");
}

static void drop(struct databases *d)
{
    if (!d) return;
    for (size_t i = 0; d->statements && i < STATEMENTS; i++)
        sqlite3_finalize(d->statements->kept[i].st); /* NULL is fine */
    free(d->statements);
    identity_close(d->identity);
    store_close(d->state);
    store_close(d->ledger);
    free(d);
}

void pool_close(struct pool *p)
{
    if (!p) return;
    while (p->free) {
        struct databases *d = p->free;
        p->free = d->next;
        drop(d);
    }
    (void)pthread_mutex_destroy(&p->lock);
    free(p->dir);
    free(p->derived);
    free(p);
}

/* derived.db is made when something is assessed for the first time, and may be made anew at any time. */
static bool is_current(const struct pool *p, const struct databases *d)
{
    struct stat st;
    bool is_there = stat(p->derived, &st) == 0;
    return d->derived ? is_there && st.st_dev == d->device && st.st_ino == d->inode : !is_there;
}

static enum rc attach(struct ctx *cx, const struct pool *p, struct databases *d)
{
    struct stat st;
    if (stat(p->derived, &st) != 0) return OK;
    TRY(store_attach_derived(cx, d->ledger, p->derived));
    d->derived = true;
    d->device = st.st_dev;
    d->inode = st.st_ino;
    return OK;
}

static enum rc open_all(struct ctx *cx, const struct pool *p, struct databases *d)
{
    if (!(d->statements = calloc(1, sizeof *d->statements))) return fail(cx, E_IO, "out of memory");
    TRY(store_open_file(cx, arena_printf(&cx->arena, "%s/ledger.db", p->dir).p, STORE_READ, &d->ledger));
    TRY(records_views(cx, d->ledger));
    TRY(attach(cx, p, d));
    TRY(state_open(cx, p->dir, p->o.writes ? STORE_WRITE : STORE_READ, &d->state));
    struct identity_options o = {d->state, d->ledger, p->o.facts, p->o.now};
    return identity_open(cx, &o, &d->identity);
}

static struct databases *take_free(struct pool *p)
{
    (void)pthread_mutex_lock(&p->lock);
    struct databases *d = p->free;
    if (d) p->free = d->next;
    (void)pthread_mutex_unlock(&p->lock);
    return d;
}

enum rc pool_take(struct ctx *cx, struct pool *p, struct databases **out)
{
    struct databases *d = take_free(p);
    while (d && !is_current(p, d)) {
        drop(d);
        d = take_free(p);
    }
    enum rc rc = OK;
    if (!d) {
        if (!(d = calloc(1, sizeof *d))) return fail(cx, E_IO, "out of memory");
        rc = open_all(cx, p, d);
    }
    *out = rc == OK ? d : NULL;
    if (rc != OK) drop(d);
    return rc;
}

void pool_give(struct pool *p, struct databases *d)
{
    (void)pthread_mutex_lock(&p->lock);
    d->next = p->free;
    p->free = d;
    (void)pthread_mutex_unlock(&p->lock);
}

enum rc pool_statement(struct ctx *cx, struct databases *d, sqlite3 *db, const char *sql, sqlite3_stmt **out)
{
    struct statements *s = d->statements;
    size_t i = ((uintptr_t)sql >> 3) % STATEMENTS;
    while (s->kept[i].sql && s->kept[i].sql != sql) i = (i + 1) % STATEMENTS;
    if (!s->kept[i].sql) {
        if (s->n == STATEMENTS - 1) return fail(cx, E_INTERNAL, "more statements than are kept");
        sqlite3_stmt *st;
        TRY(store_prepare(cx, db, str_from(sql), &st));
        s->kept[i].sql = sql;
        s->kept[i].st = st;
        s->n++;
    }
    *out = s->kept[i].st;
    return OK;
}
