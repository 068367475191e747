#include "facts/facts_int.h"
#include "facts/joined.h"

#include "base/digest.h"
#include "base/limits.h"
#include "catalog/views.h"
#include "facts/subject.h"
#include "ledger/canonical.h"
#include "store/store.h"

#include <stdlib.h>

struct log *facts_log(struct facts *f)
{
    return f->log;
}

const struct catalog *facts_catalog(const struct facts *f)
{
    return f->catalog;
}

size_t facts_kind_index(const struct catalog *c, struct str key)
{
    size_t low = 0, high = c->n_kinds; /* they are sorted */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = str_cmp(c->kinds[mid].key, key);
        if (order == 0) return mid;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return c->n_kinds;
}

/* --- opening */

/* Views that were made within a unit would be gone with it. */
static enum rc stay(struct ctx *cx, struct facts *f)
{
    sqlite3 *db = log_database(f->log);
    TRY(store_keep_statements(cx, db));
    return views_of_items(cx, db, f->catalog->records, f->catalog->n_records);
}

enum rc facts_open(struct ctx *cx, const char *dir, const struct catalog *c, const struct facts_options *o,
                   struct facts **out)
{
    *out = NULL;
    struct facts *f = calloc(1, sizeof *f);
    if (f) f->kinds = calloc(c->n_kinds + 1, sizeof *f->kinds);
    if (!f || !f->kinds) {
        free(f);
        return fail(cx, E_IO, "out of memory");
    }
    f->catalog = c;
    f->o = *o;
    if (!f->o.now) f->o.now = clock_now;
    if (!f->o.start) f->o.start = clock_machine_start;
    enum rc rc = OK;
    for (size_t i = 0; i < c->n_kinds && rc == OK; i++) rc = schema_new(cx, &c->kinds[i], &f->kinds[i].schema);
    if (rc == OK) rc = log_open(cx, dir, f->o.now, &f->log);
    if (rc == OK) rc = facts_tables(cx, f);
    if (rc == OK && o->stays) rc = stay(cx, f);
    if (rc == OK)
        *out = f;
    else
        facts_close(f);
    return rc;
}

void facts_close(struct facts *f)
{
    if (!f) return;
    for (size_t i = 0; i < f->catalog->n_kinds; i++) {
        schema_free(f->kinds[i].schema);
        projection_free(f->kinds[i].projection);
    }
    store_finalize(&f->state);
    store_finalize(&f->put_fact);
    store_finalize(&f->join);
    log_close(f->log);
    free(f->kinds);
    free(f);
}

/* --- one fact */

int64_t facts_now(const struct facts *f)
{
    return f->o.now() / 1000000;
}

enum rc facts_make(struct ctx *cx, const struct facts *f, const struct body *b, bool reserved, struct facts_ready *out)
{
    const struct catalog *c = f->catalog;
    size_t i = facts_kind_index(c, b->kind);
    enum subject_type type;
    if (i == c->n_kinds)
        return fail(cx, E_NOTFOUND, "there is no kind of fact \"%s\" in the catalog", str_visible(cx, b->kind));
    const struct catalog_kind *k = &c->kinds[i];
    if (k->reserved && !reserved)
        return fail(cx, E_DENIED, "a fact of the kind \"%s\" is appended only by the command that does what it says",
                    str_visible(cx, k->key));
    if (k->by_request && !reserved)
        return fail(cx, E_DENIED,
                    "a fact of the kind \"%s\" comes only of a request that another person agrees to; ask for it",
                    str_visible(cx, k->key));
    TRY(subject_check(cx, b->subject, &type));
    if (!(k->subjects >> type & 1))
        return fail(cx, E_INVALID, "subject \"%s\": a fact of the kind \"%s\" is not about such a thing",
                    str_visible(cx, b->subject), str_visible(cx, k->key));
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    TRY(canonical_from(cx, b->payload, 1, &payload));
    out->kind = k;
    out->body = *b;
    out->body.payload = arena_str(&cx->arena, buf_view(&payload));
    TRY(schema_check(cx, f->kinds[i].schema, out->body.payload));
    return log_fact_make(cx, &out->body, &out->fact);
}

/* --- within a unit */

enum rc facts_put_row(struct ctx *cx, sqlite3_stmt *st, const struct leaf *l, const struct body *b)
{
    store_bind_int(st, 1, (int64_t)l->n);
    store_bind_int(st, 2, l->at / 1000000);
    store_bind_str(st, 3, l->kind);
    store_bind_str(st, 4, b ? b->subject : STR_NONE);
    store_bind_str(st, 5, b ? b->actor : STR_NONE);
    store_bind_str(st, 6, b ? b->via : STR_NONE);
    return store_run(cx, st);
}

enum rc facts_project(struct ctx *cx, struct facts *f, const struct leaf *l, const struct body *b)
{
    TRY(facts_put_row(cx, f->put_fact, l, b));
    size_t i = facts_kind_index(f->catalog, l->kind);
    if (!b || i == f->catalog->n_kinds) return OK;
    struct facts_kind *k = &f->kinds[i];
    if (!k->projection) TRY(projection_new(cx, f->db, &f->catalog->kinds[i], 'p', &k->projection));
    TRY(projection_put(cx, k->projection, l, b));
    return joined_put(cx, f, l->kind, b->subject);
}

enum rc facts_begin(struct ctx *cx, struct facts *f, struct log_tx *tx, int64_t *late)
{
    bool row;
    f->db = log_db(tx);
    if (!f->put_fact) TRY(store_prepare(cx, f->db, STR(FACTS_PUT), &f->put_fact));
    if (!f->state)
        TRY(store_prepare(cx, f->db,
                          STR("SELECT p.generation, h.at, (SELECT coalesce(max(n) + 1, 0) FROM p_facts) FROM "
                              "projecting p, head h"),
                          &f->state));
    TRY(store_step(cx, f->state, &row));
    int64_t generation = row ? sqlite3_column_int64(f->state, 0) : -1;
    int64_t last = row ? sqlite3_column_int64(f->state, 1) : 0;
    uint64_t next = row ? (uint64_t)sqlite3_column_int64(f->state, 2) : 0;
    sqlite3_reset(f->state);
    if (generation != f->generation)
        return fail(cx, E_CONFLICT, "another process has made the tables anew meanwhile: start again");
    /* commands of the ledger append without us */
    if (next < log_size(tx)) TRY(facts_catch_up(cx, f, next, log_size(tx)));
    int64_t now = f->o.now();
    if (late) *late = now < last ? last - now : 0;
    if (f->clock_seen && now - last < LIMIT_CLOCK_AHEAD * 1000000LL) return OK; /* no leap */
    TRY(clock_check(cx, f->db, f->o.start, now, last, f->o.clock_is_right));
    f->clock_seen = true;
    return OK;
}

enum rc facts_put(struct ctx *cx, struct facts *f, struct log_tx *tx, const struct facts_ready *r, struct leaf *out)
{
    struct leaf own = {0}, *l = out ? out : &own;
    TRY(log_append(cx, tx, &r->fact, l));
    return facts_project(cx, f, l, &r->body);
}

/* --- a request */

struct request {
    struct facts *f;
    const struct facts_ready *ready;
    size_t n;
    bool has_key;
    uint8_t id[32];
    struct facts_answer *out;
};

static void request_id(struct str credential, struct str key, uint8_t id[32])
{
    struct digest d;
    digest_init(&d);
    digest_field(&d, credential);
    digest_field(&d, key);
    digest_final(&d, id);
}

static bool same(const struct body *a, const struct body *b)
{
    return str_eq(a->kind, b->kind) && str_eq(a->subject, b->subject) && str_eq(a->payload, b->payload);
}

/* The facts the key stood for are the ones asked for now, or it is a conflict. What is compared are the facts
 * themselves: a hash of them beside the log would let their content be guessed after it was erased. */
static enum rc compare(struct ctx *cx, const struct request *r, int64_t first, int64_t facts)
{
    scoped_stmt *st = NULL;
    if (facts != (int64_t)r->n) return fail(cx, E_CONFLICT, "this key was used for another request");
    TRY(store_prepare(cx, r->f->db,
                      STR("SELECT e.leaf, b.body FROM entries e LEFT JOIN bodies b ON b.n = e.n WHERE e.n >= ?1 "
                          "ORDER BY e.n LIMIT ?2"),
                      &st));
    store_bind_int(st, 1, first);
    store_bind_int(st, 2, facts);
    for (size_t i = 0; i < r->n; i++) {
        struct leaf l;
        struct body b;
        bool row, has_body;
        TRY(store_step(cx, st, &row));
        if (!row) return fail(cx, E_CORRUPT, "the facts of a request are missing: run `sinetti fsck`");
        TRY(facts_read_row(cx, st, &l, &b, &has_body));
        if (!has_body)
            return fail(cx, E_CONFLICT, "this key was used for fact %llu, which was erased", (unsigned long long)l.n);
        if (!same(&b, &r->ready[i].body))
            return fail(cx, E_CONFLICT, "this key was used for another request (fact %llu)", (unsigned long long)l.n);
        if (i == 0) *r->out = (struct facts_answer){.n = l.n, .at = l.at, .repeated = true};
    }
    return OK;
}

static enum rc find_key(struct ctx *cx, const struct request *r, struct log_tx *tx)
{
    bool found;
    uint64_t n, facts;
    TRY(log_find_request(cx, tx, r->id, &found, &n, &facts));
    return found ? compare(cx, r, (int64_t)n, (int64_t)facts) : OK;
}

static enum rc append(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct request *r = arg;
    struct leaf l;
    int64_t late;
    *r->out = (struct facts_answer){0};
    TRY(facts_begin(cx, r->f, tx, &late));
    if (r->has_key) TRY(find_key(cx, r, tx));
    if (r->out->repeated) return OK;
    for (size_t i = 0; i < r->n; i++) {
        TRY(facts_put(cx, r->f, tx, &r->ready[i], &l));
        if (i == 0) *r->out = (struct facts_answer){.n = l.n, .at = l.at, .late = late};
    }
    return r->has_key ? log_put_request(cx, tx, r->id, r->out->n, r->n) : OK;
}

enum rc facts_submit(struct ctx *cx, struct facts *f, const struct facts_ready *ready, size_t n, struct str key,
                     struct facts_answer *out)
{
    struct request r = {.f = f, .ready = ready, .n = n, .has_key = key.n > 0, .out = out};
    *out = (struct facts_answer){0};
    if (n == 0) return fail(cx, E_INVALID, "a request of no facts");
    if (key.n > LIMIT_REQUEST_KEY || !str_is_utf8(key))
        return fail(cx, E_INVALID, "the request's key is longer than %d bytes, or not UTF-8", LIMIT_REQUEST_KEY);
    for (size_t i = 1; i < n; i++)
        if (!str_eq(ready[i].body.credential, ready[0].body.credential))
            return fail(cx, E_INVALID, "a request of several credentials");
    if (r.has_key) request_id(ready[0].body.credential, key, r.id);
    return log_submit(cx, f->log, append, &r);
}

enum rc facts_append(struct ctx *cx, struct facts *f, const struct facts_request *r, struct facts_answer *out)
{
    struct facts_ready *ready = arena_array(&cx->arena, struct facts_ready, r->n);
    for (size_t i = 0; i < r->n; i++) TRY(facts_make(cx, f, &r->facts[i], r->reserved, &ready[i]));
    return facts_submit(cx, f, ready, r->n, r->key, out);
}
