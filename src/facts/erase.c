#include "facts/facts_int.h"
#include "facts/joined.h"

#include "base/json.h"
#include "store/store.h"

#include <stdlib.h>
#include <time.h>

#define TRIES 50 /* for readers to let go of older pages, 20 ms each */

struct erase {
    struct facts *f;
    const struct facts_erasure *e;
    const struct facts_ready *ready;
    struct facts_answer *out;
};

static struct str payload_of(struct ctx *cx, const struct facts_erasure *e)
{
    struct json j;
    scoped_buf out;
    buf_init(&out, 0);
    json_init(&j, &out, false);
    json_begin(&j, '{');
    json_put_int(&j, "n", (int64_t)e->n);
    json_put_str(&j, "reason", e->reason);
    json_key(&j, "approved_by");
    json_begin(&j, '[');
    for (size_t i = 0; i < e->n_approved_by; i++) json_str(&j, e->approved_by[i]);
    json_end(&j, ']');
    json_end(&j, '}');
    return arena_str(&cx->arena, buf_view(&out));
}

/* The kind of fact n: its place in the catalog, n_kinds when it is not known there. */
static enum rc kind_of(struct ctx *cx, struct facts *f, uint64_t n, size_t *out)
{
    scoped_stmt *st = NULL;
    struct leaf l;
    bool row;
    TRY(store_prepare(cx, f->db, STR("SELECT leaf FROM entries WHERE n = ?1"), &st));
    store_bind_int(st, 1, (int64_t)n);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_CORRUPT, "entry %llu is missing: run `sinetti fsck`", (unsigned long long)n);
    TRY(leaf_read(cx, store_column_str(st, 0), &l));
    *out = facts_kind_index(f->catalog, l.kind);
    return OK;
}

/* E_DENIED when fact n stays. */
static enum rc check(struct ctx *cx, struct erase *x, struct log_tx *tx)
{
    size_t i = 0;
    const struct catalog *c = x->f->catalog;
    if (x->e->n >= log_size(tx)) return fail(cx, E_NOTFOUND, "there is no fact %llu", (unsigned long long)x->e->n);
    TRY(kind_of(cx, x->f, x->e->n, &i));
    if (i == c->n_kinds)
        return fail(cx, E_DENIED,
                    "fact %llu is of a kind which the catalog does not know: whether it may be erased is not known",
                    (unsigned long long)x->e->n);
    return c->kinds[i].kept ? fail(cx, E_DENIED, "fact %llu is of the kind \"%s\", which is kept for ever",
                                   (unsigned long long)x->e->n, str_visible(cx, c->kinds[i].key))
                            : OK;
}

enum rc facts_forget_rows(struct ctx *cx, struct facts *f, uint64_t n, uint64_t end, const bool *stale)
{
    size_t i = 0;
    scoped_stmt *st = NULL;
    TRY(kind_of(cx, f, n, &i));
    TRY(store_prepare(cx, f->db, STR("UPDATE p_facts SET subject = NULL, actor = NULL, via = NULL WHERE n = ?1"), &st));
    store_bind_int(st, 1, (int64_t)n);
    TRY(store_run(cx, st));
    /* tables that are being made beside may have its rows: they are begun again */
    TRY(store_exec(cx, f->db, "UPDATE projecting SET beside = NULL WHERE beside IS NOT NULL"));
    if (i == f->catalog->n_kinds || (stale && stale[i])) return OK;
    struct facts_kind *k = &f->kinds[i];
    if (!k->projection) TRY(projection_new(cx, f->db, &f->catalog->kinds[i], 'p', &k->projection));
    TRY(projection_erase(cx, k->projection, n, end));
    return joined_forget(cx, f, f->catalog->kinds[i].key);
}

static enum rc erase(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct erase *x = arg;
    struct leaf l;
    int64_t late;
    TRY(facts_begin(cx, x->f, tx, &late));
    TRY(check(cx, x, tx));
    TRY(facts_put(cx, x->f, tx, x->ready, &l));
    TRY(log_erase(cx, tx, x->e->n));
    *x->out = (struct facts_answer){.n = l.n, .at = l.at, .late = late};
    return facts_forget_rows(cx, x->f, x->e->n, log_size(tx), NULL);
}

enum rc facts_erase(struct ctx *cx, struct facts *f, const struct facts_erasure *e, struct facts_answer *out)
{
    struct body b = {.actor = e->actor,
                     .credential = e->credential,
                     .kind = STR("erasure"),
                     .subject = arena_printf(&cx->arena, "fact:%llu", (unsigned long long)e->n),
                     .via = e->via,
                     .payload = payload_of(cx, e)};
    struct facts_ready ready;
    TRY(facts_make(cx, f, &b, true, &ready));
    struct erase x = {f, e, &ready, out};
    TRY(log_submit(cx, f->log, erase, &x));
    return facts_forget(cx, f);
}

enum rc facts_forget(struct ctx *cx, struct facts *f)
{
    enum rc rc = E_BUSY;
    for (int i = 0; i < TRIES && rc == E_BUSY; i++) {
        const struct timespec pause = {.tv_nsec = 20000000};
        if (i) nanosleep(&pause, NULL);
        rc = log_forget(cx, f->log);
    }
    return rc;
}
