/* A small writer of ledgers, for the tests of the verifier: it writes what it is told to, right or wrong, and signs it.
 * Shares with the verifier only the hash and the spelling of records. */
#ifndef SINETTI_TESTS_UNIT_LEDGER_MADE_H
#define SINETTI_TESTS_UNIT_LEDGER_MADE_H

#include "shelf.h"

#include "base/digest.h"
#include "ledger/leaf.h"
#include "ledger/tile.h"

#define MADE_T0 1767225600000000

struct made_fact {
    struct str leaf;
    struct str body; /* STR_NONE: not in the bundle */
    uint8_t salt[SALT_SIZE];
};

struct made {
    struct arena arena;
    struct made_fact *facts;
    size_t n, cap;
};

static inline void made_init(struct made *m)
{
    *m = (struct made){0};
    arena_init(&m->arena);
}

static inline void made_release(struct made *m)
{
    free(m->facts);
    arena_release(&m->arena);
}

static inline struct note_signer made_key(const char *name, int seed, enum note_type type)
{
    struct ctx own;
    struct note_signer s;
    uint8_t bytes[32];
    ctx_init(&own);
    memset(bytes, seed, sizeof bytes);
    assert_int_equal(note_signer_from(&own, str_from(name), type, bytes, &s), OK);
    ctx_release(&own);
    return s;
}

static inline struct str made_vkey(struct arena *a, const struct note_key *key)
{
    scoped_buf b;
    buf_init(&b, 0);
    note_key_put(&b, key);
    return arena_str(a, buf_view(&b));
}

/* A leaf as it is told, and a body. */
static inline struct made_fact *made_raw(struct made *m, struct str leaf, struct str body)
{
    if (m->n == m->cap) {
        m->cap = m->cap ? 2 * m->cap : 1024;
        struct made_fact *more = realloc(m->facts, m->cap * sizeof *more);
        if (!more) abort();
        m->facts = more;
    }
    struct made_fact *f = &m->facts[m->n];
    *f = (struct made_fact){.leaf = arena_str(&m->arena, leaf)};
    if (body.p) f->body = arena_str(&m->arena, body);
    memset(f->salt, (int)(m->n % 251), sizeof f->salt);
    m->n++;
    return f;
}

/* A proper fact but for what is in it. */
static inline struct made_fact *made_add(struct made *m, const char *kind, const char *subject, const char *payload)
{
    struct str body =
        arena_printf(&m->arena,
                     "{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"%s\",\"payload\":%s,\"subject\":"
                     "\"%s\",\"via\":\"operator\"}",
                     kind, payload, subject);
    struct leaf l = {.n = m->n, .at = MADE_T0 + (int64_t)m->n, .kind = str_from(kind)};
    struct made_fact *f = made_raw(m, STR(""), body);
    char leaf[LIMIT_LEAF];
    body_digest(f->salt, f->body, l.digest);
    f->leaf = arena_str(&m->arena, (struct str){leaf, leaf_write(&l, leaf)});
    return f;
}

static inline void made_root(const struct made *m, size_t size, struct hash *out)
{
    struct frontier f;
    frontier_init(&f);
    for (size_t i = 0; i < size; i++) {
        struct hash h;
        merkle_leaf(m->facts[i].leaf, &h);
        frontier_append(&f, &h, NULL, NULL);
    }
    frontier_root(&f, out);
}

/* A head of the first `size` facts, signed by one or two. */
static inline void made_sign(struct made *m, struct shelf *s, const char *path, const char *origin, size_t size,
                             const struct note_signer *by, const struct note_signer *too)
{
    struct checkpoint c = {.origin = str_from(origin), .size = size};
    scoped_buf note;
    buf_init(&note, 0);
    made_root(m, size, &c.root);
    checkpoint_put(&note, &c);
    struct str text = arena_str(&m->arena, buf_view(&note));
    buf_char(&note, '\n');
    note_sign(&note, text, by, 0);
    if (too) note_sign(&note, text, too, MADE_T0 / 1000000);
    shelf_put(s, path, buf_view(&note));
}

static inline void made_put(struct made *m, struct shelf *s, struct tile t, struct str bytes)
{
    scoped_buf path;
    buf_init(&path, 0);
    tile_path_put(&path, t);
    shelf_put(s, arena_cstr(&m->arena, buf_view(&path)), bytes);
}

/* The tiles of one level over its row of hashes; the row becomes that of the level above. */
static inline size_t made_level(struct made *m, struct shelf *s, int level, struct hash *row, size_t n)
{
    for (size_t i = 0; i * TILE_WIDTH < n; i++) {
        size_t width = n - i * TILE_WIDTH < TILE_WIDTH ? n - i * TILE_WIDTH : TILE_WIDTH;
        made_put(m, s, (struct tile){level, i, (unsigned)width},
                 (struct str){(const char *)(row + i * TILE_WIDTH), width * sizeof *row});
        if (width == TILE_WIDTH) merkle_root(row + i * TILE_WIDTH, TILE_WIDTH, &row[i]);
    }
    return n / TILE_WIDTH;
}

static inline void made_bundles(struct made *m, struct shelf *s)
{
    scoped_buf entries, bodies;
    buf_init(&entries, 0);
    buf_init(&bodies, 0);
    for (size_t i = 0; i < m->n; i++) {
        entry_put(&entries, m->facts[i].leaf);
        body_record_put(&bodies, m->facts[i].salt, m->facts[i].body);
        unsigned width = (unsigned)(i % TILE_WIDTH) + 1;
        if (width < TILE_WIDTH && i + 1 < m->n) continue;
        made_put(m, s, (struct tile){TILE_ENTRIES, i / TILE_WIDTH, width}, buf_view(&entries));
        made_put(m, s, (struct tile){TILE_BODIES, i / TILE_WIDTH, width}, buf_view(&bodies));
        buf_clear(&entries);
        buf_clear(&bodies);
    }
}

/* The whole folder but for handovers. */
static inline void made_write(struct made *m, struct shelf *s, const struct note_signer *by)
{
    struct hash *row = arena_array(&m->arena, struct hash, m->n + 1);
    size_t n = m->n;
    for (size_t i = 0; i < n; i++) merkle_leaf(m->facts[i].leaf, &row[i]);
    for (int level = 0; n; level++) n = made_level(m, s, level, row, n);
    made_bundles(m, s);
    made_sign(m, s, "checkpoint", arena_cstr(&m->arena, by->key.name), m->n, by, NULL);
}

/* --- a ledger at a time, for each test */

#define ORIGIN "sinetti.example/acme"

static struct ctx cx;
static struct shelf s;
static struct made m;
static struct note_signer k1, k2, k3;

static inline int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    s = (struct shelf){0};
    made_init(&m);
    k1 = made_key(ORIGIN, 1, NOTE_ED25519);
    k2 = made_key(ORIGIN, 2, NOTE_ED25519);
    k3 = made_key(ORIGIN, 3, NOTE_ED25519);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    made_release(&m);
    shelf_release(&s);
    ctx_release(&cx);
    return 0;
}

static inline enum rc verify_as(const struct note_signer *key, struct verified *v)
{
    struct verify_options o = {.reader = {shelf_read, &s}, .key = key->key};
    return verify_ledger(&cx, &o, v);
}

/* What was written verifies. */
static inline struct verified good(const struct note_signer *key)
{
    struct verified v;
    if (verify_as(key, &v) != OK) failed("%s", cx.message);
    return v;
}

/* It does not, and says so, with the message wholly. */
static inline void bad(const struct note_signer *key, const char *message)
{
    struct verified v;
    enum rc rc = verify_as(key, &v);
    if (rc != E_CORRUPT || strcmp(cx.message, message) != 0)
        failed("%s: %s\n   not: %s", rc_name(rc), rc == OK ? "" : cx.message, message);
    assert_true(v.bad_file.p && str_starts(str_from(cx.message), v.bad_file));
    scoped_buf fact;
    buf_init(&fact, 0);
    buf_printf(&fact, ", fact %lld: ", (long long)v.bad_fact);
    assert_true(v.bad_fact < 0 || str_has(str_from(cx.message), buf_view(&fact)));
}

static inline void some(int n)
{
    for (int i = 0; i < n; i++) made_add(&m, "note", "org", "{\"text\":\"x\"}");
}

/* The ledger so far, and a new start. */
static inline void again(void)
{
    made_release(&m);
    shelf_release(&s);
    made_init(&m);
    s = (struct shelf){0};
}

static inline void flip(const char *path, size_t byte)
{
    ((char *)shelf_get(&s, path)->bytes.p)[byte] ^= 1;
}

#endif
