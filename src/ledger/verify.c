#include "ledger/verify_run.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* --- what is wrong */

static enum rc set_wrong(struct run *r, struct str file, int64_t n, const char *what)
{
    r->out->bad_file = arena_str(&r->cx->arena, file);
    r->out->bad_fact = n;
    if (n < 0) return fail(r->cx, E_CORRUPT, "%s: %s", str_visible(r->cx, file), what);
    return fail(r->cx, E_CORRUPT, "%s, fact %" PRId64 ": %s", str_visible(r->cx, file), n, what);
}

enum rc run_wrong(struct run *r, struct str file, int64_t n, const char *fmt, ...)
{
    char what[sizeof r->cx->message];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return set_wrong(r, file, n, what);
}

enum rc run_wrong_inside(struct run *r, struct str file, int64_t n)
{
    return set_wrong(r, file, n, r->scratch.message);
}

enum rc run_unread(struct run *r, enum rc rc, struct str file)
{
    if (rc == E_NOTFOUND)
        return set_wrong(r, file, -1,
                         r->is_signed ? "missing"
                                      : "missing, or checkpoint, which asks for it, is wrong: the key did not sign it");
    if (rc != E_INVALID && rc != E_LIMIT) return fail(r->cx, rc, "%s", r->scratch.message);
    /* the message begins with the path already */
    r->out->bad_file = arena_str(&r->cx->arena, file);
    return fail(r->cx, E_CORRUPT, "%s", r->scratch.message);
}

/* --- step 1 */

/* What cannot be the checkpoint of this key's ledger, whatever follows, is told before a million files are read. */
static enum rc check_origin(struct run *r, const struct checkpoint *c)
{
    uint64_t of_head, of_key;
    struct str base = origin_base(c->origin, &of_head);
    if (!origin_is_valid(c->origin)) return run_wrong(r, STR("checkpoint"), -1, "its origin is not that of a ledger");
    if (str_eq(base, origin_base(r->o->key.name, &of_key)) && of_head >= of_key) return OK;
    return run_wrong(r, STR("checkpoint"), -1, "it is of %s, the key is that of %s", str_visible(r->cx, c->origin),
                     str_visible(r->cx, r->o->key.name));
}

static enum rc read_checkpoint(struct run *r)
{
    static const struct str path = {"checkpoint", 10};
    struct checkpoint *head = &r->out->head;
    int64_t time;
    enum rc rc = reader_whole(&r->scratch, &r->o->reader, path, &r->file);
    if (rc == E_NOTFOUND) return fail(r->cx, E_NOTFOUND, "%s: there is no ledger here", r->scratch.message);
    if (rc != OK) return run_unread(r, rc, path);
    /* borrowed from to the end */
    struct str bytes = arena_str(&r->cx->arena, buf_view(&r->file));
    if (note_read(r->cx, bytes, &r->note) != OK || checkpoint_read(r->cx, r->note.text, head) != OK) {
        struct str what = arena_printf(&r->scratch.arena, "%s", r->cx->message);
        if (str_starts(what, STR("checkpoint: "))) what = str_slice(what, 12, what.n);
        *head = (struct checkpoint){.origin = STR("")};
        return set_wrong(r, path, -1, what.p);
    }
    if (head->extensions.p) return run_wrong(r, path, -1, "it has lines behind the root");
    TRY(check_origin(r, head));
    if (head->size > LIMIT_FACTS)
        return run_wrong(r, path, -1, "its size, %" PRIu64 ", is more than a ledger can have", head->size);
    rc = note_verify(&r->scratch, &r->note, &r->o->key, &time);
    if (rc == E_DENIED) return run_wrong_inside(r, path, -1);
    r->is_signed = rc == OK;
    r->size = head->size;
    return OK;
}

/* --- heads held from before */

static enum rc check_held(struct run *r, uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < r->o->n_held; i++) {
        const struct verify_held *h = &r->o->held[i];
        struct hash root;
        if (h->head.size <= from || h->head.size > to) continue;
        tiles_root(r, h->head.size, &root);
        if (!hash_eq(&root, &h->head.root))
            return run_wrong(r, STR("checkpoint"), -1,
                             "the first %" PRIu64 " facts are not those under the head in %s: this is another history",
                             h->head.size, h->name);
    }
    return OK;
}

/* Before anything long: heads that cannot be found again. */
static enum rc check_held_sizes(struct run *r)
{
    for (size_t i = 0; i < r->o->n_held; i++) {
        const struct verify_held *h = &r->o->held[i];
        uint64_t held, now;
        if (!str_eq(origin_base(h->head.origin, &held), origin_base(r->out->head.origin, &now)))
            return run_wrong(r, STR("checkpoint"), -1, "the head in %s is of another ledger", h->name);
        if (h->head.size > r->size)
            return run_wrong(r, STR("checkpoint"), -1, "it has %" PRIu64 " facts, the head in %s has %" PRIu64, r->size,
                             h->name, h->head.size);
    }
    return OK;
}

/* --- the walk */

static void next_bundle(struct run *r)
{
    ctx_release(&r->scratch);
    ctx_init(&r->scratch);
}

static enum rc check_bundle(struct run *r, uint64_t index)
{
    uint64_t first = index * TILE_WIDTH;
    TRY(tiles_prove_path(r, index));
    TRY(check_held(r, first, first + r->path[0].tile.width));
    TRY(facts_check(r, index));
    enum rc rc = bodies_check(r, index);
    if (rc != OK && rc != E_CORRUPT) return rc;
    /* what a fact before a wrong body asked for comes first */
    struct str bad_file = r->out->bad_file;
    int64_t bad_fact = r->out->bad_fact;
    char message[sizeof r->cx->message];
    memcpy(message, r->cx->message, sizeof message);
    TRY(keys_check(r));
    if (rc == OK) return OK;
    r->out->bad_file = bad_file;
    r->out->bad_fact = bad_fact;
    return fail(r->cx, rc, "%s", message);
}

static enum rc verify(struct run *r)
{
    TRY(read_checkpoint(r));
    TRY(check_held_sizes(r));
    TRY(tiles_prove_edge(r));
    uint64_t bundles = tile_count(TILE_ENTRIES, r->size);
    for (uint64_t i = 0; i < bundles; i++) {
        TRY(check_bundle(r, i));
        next_bundle(r);
        ctx_progress(r->cx, "facts", (int64_t)r->out->facts, (int64_t)r->size);
    }
    return keys_check_head(r);
}

static struct verify_witness *list_witnesses(struct ctx *cx, const struct verify_options *o)
{
    struct verify_witness *w = arena_array(&cx->arena, struct verify_witness, o->n_witnesses);
    for (size_t i = 0; i < o->n_witnesses; i++) w[i].key = &o->witnesses[i];
    return w;
}

enum rc verify_ledger(struct ctx *cx, const struct verify_options *o, struct verified *out)
{
    struct run *r = calloc(1, sizeof *r);
    *out = (struct verified){.bad_fact = -1, .head.origin = STR("")};
    if (!r) return fail(cx, E_IO, "out of memory");
    out->witnesses = list_witnesses(cx, o);
    r->cx = cx;
    r->o = o;
    r->out = out;
    ctx_init(&r->scratch);
    buf_init(&r->file, LIMIT_NOTE);
    buf_init(&r->bundle, LIMIT_ENTRIES);
    buf_init(&r->record, 4 + SALT_SIZE + LIMIT_BODY);
    fates_init(&r->fates, 0);
    own_key_set(&r->trusted, &o->key);
    enum rc rc = verify(r);
    out->key = r->trusted.key;
    out->key.name = arena_str(&cx->arena, r->trusted.key.name);
    fates_release(&r->fates);
    buf_release(&r->record);
    buf_release(&r->bundle);
    buf_release(&r->file);
    ctx_release(&r->scratch);
    free(r);
    return rc;
}
