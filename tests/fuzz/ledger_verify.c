/* Any folder of tiles: verifying ends, and says what it must. The first byte says how the folder is made: of any files,
 * or as a ledger whose tree and signatures are right around any leaves, bodies and handovers. */
#include "base/digest.h"
#include "ledger/leaf.h"
#include "ledger/verify.h"

#include <assert.h>

#define MOST_FACTS 300
#define MOST_FILES 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file {
    struct str path, bytes;
};

struct folder {
    struct file files[MOST_FILES];
    size_t n;
};

static void add_file(struct folder *f, struct str path, struct str bytes)
{
    if (f->n < MOST_FILES) f->files[f->n++] = (struct file){path, bytes};
}

static enum rc read_file(struct ctx *cx, void *arg, struct str path, reader_take *take, void *take_arg)
{
    const struct folder *f = arg;
    for (size_t i = f->n; i-- > 0;) {
        struct str rest = f->files[i].bytes;
        if (!str_eq(f->files[i].path, path)) continue;
        for (size_t k = 0; k < rest.n; k += 1000) TRY(take(take_arg, str_slice(rest, k, k + 1000)));
        return OK;
    }
    return fail(cx, E_NOTFOUND, "%s: not there", str_visible(cx, path));
}

static uint8_t next_byte(struct str *in)
{
    uint8_t b = in->n ? (uint8_t)in->p[0] : 0;
    *in = str_slice(*in, 1, in->n);
    return b;
}

static struct str next_bytes(struct str *in, size_t n)
{
    struct str s = str_slice(*in, 0, n);
    *in = str_slice(*in, n, in->n);
    return s;
}

/* --- any files */

static void any_files(struct folder *f, struct str in)
{
    static const struct str paths[] = {
        {"checkpoint", 10}, {"tile/0/000.p/1", 14}, {"tile/entries/000.p/1", 20}, {"bodies/000.p/1", 14},
        {"tile/0/000", 10}, {"handover/1", 10},     {"tile/1/000.p/1", 14},       {"tile/entries/000", 16},
    };
    while (in.n) {
        struct str path = paths[next_byte(&in) % (sizeof paths / sizeof *paths)];
        size_t n = (size_t)next_byte(&in) << 8;
        n |= next_byte(&in);
        add_file(f, path, next_bytes(&in, n));
    }
}

/* --- a ledger around any facts */

struct keys {
    struct note_signer of[4]; /* three of the origin, one of its second number */
};

struct maker {
    struct arena *a;
    const struct keys *keys;
    struct folder *folder;
    struct frontier frontier;
    struct hash hashes[MOST_FACTS];
    struct buf entries[2], bodies[2];
    size_t n;
    int64_t at;
};

static void make_keys(struct ctx *cx, struct keys *k)
{
    for (int i = 0; i < 4; i++) {
        uint8_t seed[32];
        memset(seed, i + 1, sizeof seed);
        enum rc rc =
            note_signer_from(cx, i < 3 ? STR("a.example/x") : STR("a.example/x/2"), NOTE_ED25519, seed, &k->of[i]);
        assert(rc == OK);
    }
}

static struct str sign(struct maker *m, struct str origin, unsigned by, int too)
{
    struct checkpoint c = {.origin = origin, .size = m->frontier.size};
    scoped_buf note;
    buf_init(&note, 0);
    frontier_root(&m->frontier, &c.root);
    checkpoint_put(&note, &c);
    struct str text = arena_str(m->a, buf_view(&note));
    buf_char(&note, '\n');
    note_sign(&note, text, &m->keys->of[by], 0);
    if (too >= 0) note_sign(&note, text, &m->keys->of[too], 0);
    return arena_str(m->a, buf_view(&note));
}

static void put_handover_payload(struct maker *m, struct buf *out, unsigned old, unsigned new, bool is_seam)
{
    buf_char(out, '{');
    if (is_seam) {
        struct str head = sign(m, m->keys->of[old].key.name, old, -1);
        buf_cstr(out, "\"head\":\"");
        for (size_t i = 0; i < head.n; i++)
            if (head.p[i] == '\n')
                buf_cstr(out, "\\n");
            else
                buf_char(out, head.p[i]);
        buf_printf(out, "\",\"lost_from\":%zu,\"lost_to\":%zu,", m->n, m->n);
    }
    buf_cstr(out, "\"new\":\"");
    note_key_put(out, &m->keys->of[new].key);
    buf_cstr(out, "\",\"old\":\"");
    note_key_put(out, &m->keys->of[old].key);
    buf_cstr(out, "\"}");
}

static void add_fact(struct maker *m, struct str *in)
{
    static const char *const kinds[] = {"note",     "policy", "erasure",  "rotation",
                                        "restored", "person", "rotation", "note"};
    uint8_t what = next_byte(in), flags = next_byte(in);
    const char *kind = kinds[what % 8];
    unsigned old = what >> 3 & 3U, new = what >> 5 & 3U;
    bool hands_over = what % 8 == 3 || what % 8 == 4;
    char leaf[LIMIT_LEAF];
    uint8_t salt[SALT_SIZE] = {(uint8_t)m->n};
    scoped_buf body;
    buf_init(&body, 0);
    if (flags & 1) {
        buf_str(&body, next_bytes(in, next_byte(in)));
    } else {
        buf_printf(&body, "{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"%s\",\"payload\":", kind);
        unsigned target = next_byte(in);
        if (hands_over)
            put_handover_payload(m, &body, old, new, what % 8 == 4);
        else
            buf_printf(&body, "{\"n\":%u}", target);
        buf_printf(&body, ",\"subject\":\"fact:%u\",\"via\":\"gate\"}", target);
    }
    if (flags & 2 && body.n) body.p[next_byte(in) % body.n] ^= (char)next_byte(in);
    struct leaf l = {.n = m->n, .at = flags & 4 ? m->at - 1 : ++m->at, .kind = str_from(kind)};
    body_digest(salt, buf_view(&body), l.digest);
    struct str spelled = {leaf, leaf_write(&l, leaf)};
    if (flags & 8) leaf[next_byte(in) % spelled.n] ^= (char)next_byte(in);
    merkle_leaf(spelled, &m->hashes[m->n]);
    frontier_append(&m->frontier, &m->hashes[m->n], NULL, NULL);
    entry_put(&m->entries[m->n / TILE_WIDTH], spelled);
    body_record_put(&m->bodies[m->n / TILE_WIDTH], salt, flags & 16 ? STR_NONE : buf_view(&body));
    m->n++;
    if (hands_over && !(flags & 32))
        add_file(m->folder, arena_printf(m->a, "handover/%zu", m->n),
                 sign(m, m->keys->of[new].key.name, old, (int)new));
}

static void put_tile(struct maker *m, int level, uint64_t index, struct str bytes)
{
    scoped_buf path;
    buf_init(&path, 0);
    tile_path_put(&path, (struct tile){level, index, tile_width(level, index, m->n)});
    add_file(m->folder, arena_str(m->a, buf_view(&path)), arena_str(m->a, bytes));
}

static void a_ledger(struct arena *a, struct folder *f, const struct keys *keys, struct str in)
{
    struct maker *m = arena_new(a, struct maker);
    *m = (struct maker){.a = a, .keys = keys, .folder = f, .at = 1};
    frontier_init(&m->frontier);
    uint8_t by = next_byte(&in);
    for (size_t i = 0; i < 2; i++) {
        buf_init(&m->entries[i], 0);
        buf_init(&m->bodies[i], 0);
    }
    /* many that are all the same come cheaply */
    for (size_t i = by & 128 ? 254 : 0; i > 0; i--) {
        struct str plain = {"\0\0\0", 3};
        add_fact(m, &plain);
    }
    while (in.n && m->n < MOST_FACTS) add_fact(m, &in);
    for (size_t i = 0; i * TILE_WIDTH < m->n; i++) {
        unsigned width = tile_width(0, i, m->n);
        put_tile(m, 0, i, (struct str){(const char *)(m->hashes + i * TILE_WIDTH), width * sizeof(struct hash)});
        put_tile(m, TILE_ENTRIES, i, buf_view(&m->entries[i]));
        put_tile(m, TILE_BODIES, i, buf_view(&m->bodies[i]));
    }
    struct hash above;
    merkle_root(m->hashes, TILE_WIDTH, &above);
    if (m->n >= TILE_WIDTH) put_tile(m, 1, 0, (struct str){(const char *)above.b, sizeof above.b});
    add_file(f, STR("checkpoint"), sign(m, keys->of[by & 3U].key.name, by & 3U, -1));
    for (size_t i = 0; i < 2; i++) {
        buf_release(&m->entries[i]);
        buf_release(&m->bodies[i]);
    }
}

static void check(struct ctx *cx, enum rc rc, const struct verified *v)
{
    assert(rc == OK || rc == E_CORRUPT || rc == E_NOTFOUND);
    assert((rc == E_CORRUPT) == (v->bad_file.p != NULL));
    assert(rc != E_CORRUPT || str_starts(str_from(cx->message), v->bad_file));
    assert(v->n_handovers <= v->all_handovers && v->facts <= v->head.size);
    if (rc != OK) return;
    assert(v->facts == v->head.size && v->bodies + v->erased + v->not_handed_over == v->facts);
    assert(v->still_there <= v->bodies && v->first_at <= v->last_at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx cx;
    struct folder f = {0};
    struct keys keys;
    struct verified v;
    struct str in = {(const char *)data, size};
    ctx_init(&cx);
    make_keys(&cx, &keys);
    uint8_t how = next_byte(&in);
    if (how & 1)
        a_ledger(&cx.arena, &f, &keys, in);
    else
        any_files(&f, in);
    struct verify_options o = {.reader = {read_file, &f}, .key = keys.of[how >> 1 & 3U].key};
    check(&cx, verify_ledger(&cx, &o, &v), &v);
    ctx_release(&cx);
    return 0;
}
