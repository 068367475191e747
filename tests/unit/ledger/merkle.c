/* The tree against a plain recursive RFC 6962, the public vectors, our vectors, and proofs that were tampered with. */
#include "files.h"

#include <jansson.h>

#include "base/digest.h"
#include "ledger/merkle.h"
#include "ledger/tile.h"

#define LEAVES 1000

static struct hash leaves[LEAVES];

static int setup(void **state)
{
    (void)state;
    for (int i = 0; i < LEAVES; i++) {
        char text[16];
        merkle_leaf((struct str){text, (size_t)snprintf(text, sizeof text, "{\"n\":%d}", i)}, &leaves[i]);
    }
    return 0;
}

/* --- RFC 6962, section 2.1, word for word */

static size_t split(size_t n)
{
    size_t k = 1;
    while (2 * k < n) k *= 2;
    return k;
}

static struct hash mth(const struct hash *d, size_t n)
{
    struct hash h;
    if (n == 0) {
        struct digest empty;
        digest_init(&empty);
        digest_final(&empty, h.b);
        return h;
    }
    if (n == 1) return d[0];
    size_t k = split(n);
    struct hash l = mth(d, k), r = mth(d + k, n - k);
    merkle_node(&l, &r, &h);
    return h;
}

static size_t path(size_t m, const struct hash *d, size_t n, struct hash *out)
{
    if (n == 1) return 0;
    size_t k = split(n), got = m < k ? path(m, d, k, out) : path(m - k, d + k, n - k, out);
    out[got] = m < k ? mth(d + k, n - k) : mth(d, k);
    return got + 1;
}

static size_t subproof(size_t m, const struct hash *d, size_t n, bool whole, struct hash *out)
{
    if (m == n) {
        if (!whole) out[0] = mth(d, n);
        return whole ? 0 : 1;
    }
    size_t k = split(n), got = m <= k ? subproof(m, d, k, whole, out) : subproof(m - k, d + k, n - k, false, out);
    out[got] = m <= k ? mth(d + k, n - k) : mth(d, k);
    return got + 1;
}

/* Complete subtrees straight from the leaves. */
static enum rc get(void *arg, unsigned height, uint64_t index, struct hash *out)
{
    size_t n = (size_t)1 << height;
    assert_true((index + 1) * n <= *(size_t *)arg);
    *out = mth(leaves + index * n, n);
    return OK;
}

static void test_ledger_merkle__grows_as_the_recursion_says(void **state)
{
    (void)state;
    struct frontier f;
    frontier_init(&f);
    for (size_t n = 0; n <= LEAVES; n++) {
        struct hash root, want = mth(leaves, n), again;
        frontier_root(&f, &root);
        merkle_root(leaves, n, &again);
        assert_int_equal(f.size, n);
        assert_true(hash_eq(&root, &want) && hash_eq(&again, &want));
        if (n < LEAVES) frontier_append(&f, &leaves[n], NULL, NULL);
    }
}

struct seen {
    size_t n, by_height[16];
};

static void count(void *arg, unsigned height, uint64_t index, const struct hash *hash)
{
    struct seen *s = arg;
    size_t size = LEAVES;
    struct hash want;
    assert_int_equal(get(&size, height, index, &want), OK);
    assert_true(hash_eq(hash, &want));
    assert_int_equal(index, s->by_height[height]++);
}

static void test_ledger_merkle__tells_of_complete_subtrees(void **state)
{
    (void)state;
    struct frontier f;
    struct seen s = {0};
    frontier_init(&f);
    for (size_t n = 0; n < LEAVES; n++) frontier_append(&f, &leaves[n], count, &s);
    for (unsigned h = 0; h < 16; h++) assert_int_equal(s.by_height[h], LEAVES >> h);
}

/* Each tree of 0 to 1000 leaves; within, each leaf of the small ones and a spread of the larger. */
static void test_ledger_merkle__proofs(void **state)
{
    (void)state;
    struct hash proof[MERKLE_PROOF], want[MERKLE_PROOF];
    for (size_t n = 0; n <= LEAVES; n++) {
        struct merkle_nodes nodes = {get, &n};
        struct hash root = mth(leaves, n), got;
        size_t k = 0;
        assert_int_equal(merkle_root_of(&nodes, n, &got), OK);
        assert_true(hash_eq(&got, &root));
        assert_int_equal(merkle_inclusion(&nodes, n, n, proof, &k), E_INVALID);
        assert_int_equal(merkle_consistency(&nodes, n + 1, n, proof, &k), E_INVALID);
        for (size_t m = 0; m <= n; m += n <= 70 || m + 2 >= n ? 1 : 1 + (n * 7 + m) % 97) {
            if (m < n) {
                assert_int_equal(merkle_inclusion(&nodes, m, n, proof, &k), OK);
                assert_int_equal(k, path(m, leaves, n, want));
                assert_memory_equal(proof, want, k * sizeof *proof);
                assert_true(merkle_verify_inclusion(m, n, &leaves[m], proof, k, &root));
            }
            struct hash old = mth(leaves, m);
            assert_int_equal(merkle_consistency(&nodes, m, n, proof, &k), OK);
            assert_int_equal(k, m ? subproof(m, leaves, n, true, want) : 0);
            assert_memory_equal(proof, want, k * sizeof *proof);
            assert_true(merkle_verify_consistency(m, n, proof, k, &old, &root) == (m > 0));
        }
    }
}

/* Every proof cut short, made longer, with a bit turned, or about another place. */
static void test_ledger_merkle__refuses_tampering(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 6, 7, 8, 9, 37, 64, 65, 1000};
    struct hash proof[MERKLE_PROOF + 1] = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t n = sizes[i], k;
        struct merkle_nodes nodes = {get, &n};
        struct hash root = mth(leaves, n);
        for (size_t m = 0; m<n; m += n> 70 ? 61 : 1) {
            assert_int_equal(merkle_inclusion(&nodes, m, n, proof, &k), OK);
            for (size_t cut = 0; cut < k; cut++)
                assert_false(merkle_verify_inclusion(m, n, &leaves[m], proof, cut, &root));
            if (k) assert_false(merkle_verify_inclusion(m, n, &leaves[m], proof + 1, k - 1, &root));
            assert_false(merkle_verify_inclusion(m, n, &leaves[m], proof, k + 1, &root));
            for (size_t bit = 0; bit < 256 * k; bit += 7) {
                proof[bit / 256].b[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
                assert_false(merkle_verify_inclusion(m, n, &leaves[m], proof, k, &root));
                proof[bit / 256].b[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
            }
            for (size_t other = 0; other < n; other++)
                if (other != m) assert_false(merkle_verify_inclusion(other, n, &leaves[m], proof, k, &root));
            assert_false(merkle_verify_inclusion(m, n, &leaves[(m + 1) % LEAVES], proof, k, &root));
        }
        for (size_t m = 1; m<n; m += n> 70 ? 61 : 1) {
            struct hash old = mth(leaves, m);
            assert_int_equal(merkle_consistency(&nodes, m, n, proof, &k), OK);
            for (size_t cut = 0; cut < k; cut++) assert_false(merkle_verify_consistency(m, n, proof, cut, &old, &root));
            assert_false(merkle_verify_consistency(m, n, proof + 1, k - 1, &old, &root));
            assert_false(merkle_verify_consistency(m, n, proof, k + 1, &old, &root));
            for (size_t bit = 0; bit < 256 * k; bit += 7) {
                proof[bit / 256].b[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
                assert_false(merkle_verify_consistency(m, n, proof, k, &old, &root));
                proof[bit / 256].b[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
            }
            assert_false(merkle_verify_consistency(m, n, proof, k, &root, &root));
            assert_false(merkle_verify_consistency(m, n, proof, k, &old, &old));
        }
    }
}

/* --- public vectors */

/* Some "roots" of the vectors are words: taken as the bytes they are. None at all cannot even be said to us: *good is
 * false. */
static struct hash hash_of(json_t *object, const char *key, bool *good)
{
    struct hash h = {0};
    const char *text = json_string_value(json_object_get(object, key));
    scoped_buf bytes;
    buf_init(&bytes, 0);
    assert_true(text && base64_read(&bytes, str_from(text)));
    if (bytes.n)
        memcpy(h.b, bytes.p, bytes.n < 32 ? bytes.n : 32);
    else
        *good = false;
    return h;
}

/* Some of the numbers do not fit in 63 bits, so all are read as doubles; those that count are small. */
static uint64_t number(json_t *object, const char *key)
{
    double d = json_real_value(json_object_get(object, key));
    return d >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)d;
}

/* false when a hash of the proof has not 32 bytes: the text of a proof cannot say so. */
static bool proof_of(json_t *vector, struct hash *out, size_t *n)
{
    json_t *list = json_object_get(vector, "proof");
    *n = json_array_size(list);
    assert_true(*n <= MERKLE_PROOF);
    for (size_t i = 0; i < *n; i++)
        if (!base64_read_exact(out[i].b, 32, str_from(json_string_value(json_array_get(list, i))))) return false;
    return true;
}

static void test_ledger_merkle__public_vectors(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    struct str text = standard(&a, "vectors/rfc6962-merkle-proofs.json");
    json_t *all = json_loadb(text.p, text.n, JSON_DECODE_INT_AS_REAL, NULL), *v;
    assert_non_null(all);
    const char *name;
    int seen = 0;
    json_object_foreach(json_object_get(all, "vectors"), name, v)
    {
        struct hash proof[MERKLE_PROOF];
        size_t n;
        bool good = true;
        if (strstr(name, "/inclusion/")) {
            struct hash leaf = hash_of(v, "leafHash", &good), root = hash_of(v, "root", &good);
            good = good && proof_of(v, proof, &n) &&
                   merkle_verify_inclusion(number(v, "leafIdx"), number(v, "treeSize"), &leaf, proof, n, &root);
        } else if (strstr(name, "/consistency/")) {
            struct hash old = hash_of(v, "root1", &good), root = hash_of(v, "root2", &good);
            good = good && proof_of(v, proof, &n) &&
                   merkle_verify_consistency(number(v, "size1"), number(v, "size2"), proof, n, &old, &root);
        } else
            continue; /* subtrees are another standard's */
        if (good == json_is_true(json_object_get(v, "wantErr"))) failed("%s: %s", name, good ? "accepted" : "refused");
        seen++;
    }
    assert_int_equal(seen, 196);
    json_decref(all);
    arena_release(&a);
}

/* --- tests/vectors/ledger/tree */

#define BIG 65793

struct big {
    struct hash *rows[3]; /* heights 0, 8, 16 */
    size_t n[3];
};

static void keep(void *arg, unsigned height, uint64_t index, const struct hash *hash)
{
    struct big *b = arg;
    if (height % 8) return;
    b->rows[height / 8][index] = *hash;
    b->n[height / 8]++;
}

static enum rc get_big(void *arg, unsigned height, uint64_t index, struct hash *out)
{
    struct big *b = arg;
    unsigned level = height / 8, left = height % 8;
    merkle_root(b->rows[level] + (index << left), (size_t)1 << left, out);
    return OK;
}

static void check_hashes(struct str rest, const struct hash *proof, size_t n)
{
    struct str word;
    struct hash h;
    size_t i = 0;
    for (; str_cut(&rest, ' ', &word); i++) {
        assert_true(i < n && hex_read_exact(h.b, 32, word));
        assert_true(hash_eq(&h, &proof[i]));
    }
    assert_int_equal(i, n);
}

static void check_line(struct big *b, struct str line)
{
    struct merkle_nodes nodes = {get_big, b};
    struct str rest = line, word, m, n;
    struct hash proof[MERKLE_PROOF];
    size_t k;
    int64_t x, y;
    assert_true(str_cut(&rest, ' ', &word));
    if (str_to_i64(word, 0, BIG, &x)) {
        assert_int_equal(merkle_root_of(&nodes, (uint64_t)x, &proof[0]), OK);
        check_hashes(rest, proof, 1);
    } else if (str_starts(word, STR("tile/"))) {
        struct tile t;
        assert_true(tile_path_read(word, &t));
        assert_int_equal(t.width, tile_width(t.level, t.index, BIG));
        struct digest d;
        digest_init(&d);
        digest_add(
            &d, (struct str){(const char *)(b->rows[t.level] + t.index * TILE_WIDTH), t.width * sizeof(struct hash)});
        digest_final(&d, proof[0].b);
        check_hashes(rest, proof, 1);
    } else {
        assert_true(str_cut(&rest, ' ', &m) && str_cut(&rest, ' ', &n) && str_to_i64(m, 0, BIG, &x) &&
                    str_to_i64(n, 0, BIG, &y));
        enum rc rc = str_eq(word, STR("inclusion")) ? merkle_inclusion(&nodes, (uint64_t)x, (uint64_t)y, proof, &k)
                                                    : merkle_consistency(&nodes, (uint64_t)x, (uint64_t)y, proof, &k);
        assert_int_equal(rc, OK);
        check_hashes(rest, proof, k);
    }
}

static void test_ledger_merkle__vectors(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    struct big b = {.rows = {arena_array(&a, struct hash, BIG), arena_array(&a, struct hash, 256),
                             arena_array(&a, struct hash, 1)}};
    b.rows[1] = arena_array(&a, struct hash, 257);
    struct frontier f;
    frontier_init(&f);
    for (int i = 0; i < BIG; i++) {
        char text[16];
        struct hash h;
        merkle_leaf((struct str){text, (size_t)snprintf(text, sizeof text, "{\"n\":%d}", i)}, &h);
        frontier_append(&f, &h, keep, &b);
    }
    assert_true(b.n[0] == BIG && b.n[1] == 257 && b.n[2] == 1);
    struct str rest = vector_line(&a, "tree/tree.txt"), line;
    int lines = 0;
    while (str_cut(&rest, '\n', &line))
        if (line.p[0] != '#') {
            check_line(&b, line);
            lines++;
        }
    assert_int_equal(lines, 14 + 4 + 4 + 6);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ledger_merkle__grows_as_the_recursion_says),
        cmocka_unit_test(test_ledger_merkle__tells_of_complete_subtrees),
        cmocka_unit_test(test_ledger_merkle__proofs),
        cmocka_unit_test(test_ledger_merkle__refuses_tampering),
        cmocka_unit_test(test_ledger_merkle__public_vectors),
        cmocka_unit_test(test_ledger_merkle__vectors),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
