/* The signer: what it signs, what it refuses, what it remembers over restarts; rotations and seams, broken off
 * anywhere. */
#include "log_data.h"

#include <sodium.h>
#include <sys/socket.h>

#include "base/sshsig.h"
#include "ledger/heads.h"
#include "ledger/proof.h"
#include "ledger/signer_wire.h"
#include "ledger/tiles_write.h"
#include "ledger/verify.h"

/* The tests run twice: with the signer here, and with it in another thread behind a socket, as in a process of its own.
 */
static bool is_far;
static pthread_t far_thread;

static const char *place;
static const struct body by = {.actor = {"system", 6}, .credential = {"", 0}, .via = {"operator", 8}};

static int setup(void **state)
{
    is_far = false;
    if (log_setup(state)) return 1;
    place = arena_printf(&cx.arena, "%s/signer", folder).p;
    return signer_create(&cx, place, STR("sinetti.example/acme")) != OK;
}

struct far_end {
    int fd;
    enum rc opened, answered;
};

static void *answer(void *arg)
{
    struct far_end *e = arg;
    struct ctx own;
    struct signer *s;
    ctx_init(&own);
    e->opened = signer_open(&own, place, &s);
    if (e->opened == OK) e->answered = signer_answer(&own, s, e->fd);
    close(e->fd);
    if (e->opened == OK) signer_close(s);
    ctx_release(&own);
    return e;
}

static struct signer *open_signer(void)
{
    struct signer *s = NULL;
    enum rc rc;
    if (is_far) {
        int ends[2];
        struct far_end *e = calloc(1, sizeof *e);
        assert_non_null(e);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        e->fd = ends[1];
        assert_int_equal(pthread_create(&far_thread, NULL, answer, e), 0);
        rc = signer_connect_fd(&cx, ends[0], &s);
    } else
        rc = signer_open(&cx, place, &s);
    if (rc != OK) failed("%s", cx.message);
    return s;
}

static void close_signer(struct signer *s)
{
    signer_close(s);
    if (!is_far) return;
    void *end;
    assert_int_equal(pthread_join(far_thread, &end), 0);
    struct far_end *e = end;
    assert_true(e->opened == OK && e->answered == OK);
    free(e);
}

static enum rc sign_now(struct log *l, struct signer *s)
{
    struct log_reader *r = open_reader();
    scoped_buf note;
    buf_init(&note, 0);
    enum rc rc = head_sign(&cx, l, r, s, &note);
    log_reader_close(r);
    return rc;
}

static int setup_far(void **state)
{
    int rc = setup(state);
    is_far = true;
    return rc;
}

/* Bytes that are no request end the connection or are refused; the signer lives on. */
static void test_ledger_signer__strange_requests(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "x",
                                      "[]",
                                      "{}",
                                      "{\"verb\":7}",
                                      "{\"verb\":\"open\"}",
                                      "{\"verb\": \"look\"}",
                                      "{\"verb\":\"sign\"}",
                                      "{\"head\":\"x\",\"proof\":[],\"verb\":\"sign\"}",
                                      "{\"head\":\"x\",\"proof\":[7],\"verb\":\"sign\"}",
                                      "{\"restored\":1,\"verb\":\"begin\"}",
                                      "{\"verb\":\"hand_over\"}",
                                      "{\"verb\":\"end\"}",
                                      "{\"data\":\"\",\"form\":1,\"verb\":\"source\"}",
                                      "{\"data\":\"zz\",\"form\":2,\"verb\":\"source\"}",
                                      "{\"data\":\"\",\"form\":4,\"verb\":\"source\"}",
                                      "{\"data\":\"\",\"verb\":\"source\"}",
                                      "{\"verb\":\"cancel\"}"};
    int ends[2];
    struct far_end *e = calloc(1, sizeof *e);
    void *end;
    scoped_buf reply;
    buf_init(&reply, LIMIT_BODY);
    assert_non_null(e);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    e->fd = ends[1];
    assert_int_equal(pthread_create(&far_thread, NULL, answer, e), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(wire_send(&cx, ends[0], str_from(bad[i])), OK);
        assert_int_equal(wire_receive(&cx, ends[0], &reply), OK);
        if (str_has(buf_view(&reply), STR("\"rc\":0"))) failed("%s: %s", bad[i], reply.p);
    }
    assert_int_equal(wire_send(&cx, ends[0], STR("{\"verb\":\"look\"}")), OK);
    assert_int_equal(wire_receive(&cx, ends[0], &reply), OK);
    assert_true(str_has(buf_view(&reply), STR("\"rc\":0")));
    assert_int_equal(write(ends[0], "\xff\xff\xff\xff", 4), 4);
    assert_int_equal(wire_receive(&cx, ends[0], &reply), E_NOTFOUND);
    close(ends[0]);
    assert_int_equal(pthread_join(far_thread, &end), 0);
    assert_int_equal(e->answered, E_INVALID);
    free(e);
}

static void test_ledger_signer__files(void **state)
{
    (void)state;
    struct signer *s, *other;
    struct stat st;
    const char *key = arena_printf(&cx.arena, "%s/key", place).p;
    assert_int_equal(signer_create(&cx, place, STR("sinetti.example/acme")), E_CONFLICT);
    assert_true(stat(place, &st) == 0 && (st.st_mode & 0777) == 0700);
    assert_true(stat(key, &st) == 0 && (st.st_mode & 0777) == 0600);
    s = open_signer();
    assert_int_equal(signer_size(s), 0);
    assert_int_equal(signer_last(s).n, 0);
    assert_int_equal(signer_open(&cx, place, &other), E_BUSY);
    signer_close(s);
    assert_int_equal(chmod(key, 0640), 0);
    assert_int_equal(signer_open(&cx, place, &other), E_DENIED);
    assert_int_equal(chmod(key, 0600), 0);
    FILE *f = fopen(key, "a");
    fputs("x", f);
    fclose(f);
    assert_int_equal(signer_open(&cx, place, &other), E_CORRUPT);
    assert_int_equal(unlink(key), 0);
    assert_int_equal(signer_open(&cx, place, &other), E_NOTFOUND);
}

/* The key of source code: another than the ledger's, the same when asked again, and bound to what it is for. */
static void test_ledger_signer__source(void **state)
{
    (void)state;
    uint8_t hash[64] = {1}, key[32], again[32], signature[64], other[64];
    char name[65];
    scoped_buf text, pre;
    struct str data = {(const char *)hash, sizeof hash};
    struct signer *s = open_signer();
    buf_init(&text, 0);
    buf_init(&pre, 0);
    crypto_hash_sha512(hash, (const unsigned char *)"a commit", 8);
    assert_int_equal(signer_source(&cx, s, SIGNER_KEY, STR(""), key, signature), OK);
    assert_memory_not_equal(key, signer_key(s)->public, 32);
    assert_int_equal(signer_source(&cx, s, SIGNER_COMMIT, data, again, signature), OK);
    assert_memory_equal(key, again, 32);
    sshsig_put(&text, STR("git"), key, signature);
    assert_true(sshsig_verify(buf_view(&text), STR("a commit"), STR("git"), name));
    /* the same bytes as a statement are signed as one */
    assert_int_equal(signer_source(&cx, s, SIGNER_STATEMENT, data, again, other), OK);
    assert_memory_not_equal(signature, other, 64);
    dsse_preimage(&pre, data);
    assert_int_equal(crypto_sign_verify_detached(other, (const unsigned char *)pre.p, pre.n, key), 0);
    assert_int_equal(signer_source(&cx, s, SIGNER_COMMIT, STR("short"), again, other), E_INVALID);
    char *much = calloc(1, SIGNER_STATEMENT_MOST + 1);
    assert_int_equal(
        signer_source(&cx, s, SIGNER_STATEMENT, (struct str){much, SIGNER_STATEMENT_MOST + 1}, again, other),
        E_INVALID);
    assert_int_equal(signer_source(&cx, s, SIGNER_STATEMENT, (struct str){much, SIGNER_STATEMENT_MOST}, again, other),
                     OK);
    free(much);
    close_signer(s);
    s = open_signer();
    assert_int_equal(signer_source(&cx, s, SIGNER_KEY, STR(""), again, other), OK);
    assert_memory_equal(key, again, 32);
    assert_int_equal(signer_source(&cx, s, SIGNER_NEW_KEY, STR(""), again, other), OK);
    assert_memory_not_equal(key, again, 32);
    assert_int_equal(signer_source(&cx, s, SIGNER_KEY, STR(""), key, other), OK);
    assert_memory_equal(key, again, 32);
    close_signer(s);
}

static void test_ledger_signer__goes_on_only_forwards(void **state)
{
    (void)state;
    struct log *l = open_log();
    struct signer *s = open_signer();
    assert_int_equal(sign_now(l, s), OK);
    put_many(l, 0, 3);
    assert_int_equal(sign_now(l, s), OK);
    assert_int_equal(sign_now(l, s), OK);
    put_many(l, 3, 300);
    assert_int_equal(sign_now(l, s), OK);
    close_signer(s);
    s = open_signer(); /* it remembers */
    assert_int_equal(signer_size(s), 300);
    struct note note;
    int64_t time;
    assert_int_equal(note_read(&cx, signer_last(s), &note), OK);
    assert_int_equal(note_verify(&cx, &note, signer_key(s), &time), OK);

    struct log_reader *r = open_reader();
    struct checkpoint head = {.origin = STR("sinetti.example/acme"), .size = 300}, wrong;
    log_reader_root(r, &head.root);
    scoped_buf out;
    buf_init(&out, 0);
    wrong = head;
    wrong.origin = STR("sinetti.example/other");
    assert_int_equal(signer_sign(&cx, s, &wrong, NULL, 0, &out), E_DENIED);
    wrong = head;
    wrong.size = 299;
    assert_int_equal(signer_sign(&cx, s, &wrong, NULL, 0, &out), E_DENIED);
    wrong = head;
    wrong.root.b[0] ^= 1;
    assert_int_equal(signer_sign(&cx, s, &wrong, NULL, 0, &out), E_DENIED);
    wrong = head;
    wrong.size = 301;
    assert_int_equal(signer_sign(&cx, s, &wrong, NULL, 0, &out), E_DENIED);
    wrong = head;
    wrong.extensions = STR("x\n");
    assert_int_equal(signer_sign(&cx, s, &wrong, NULL, 0, &out), E_DENIED);
    assert_int_equal(out.n, 0);
    assert_int_equal(signer_sign(&cx, s, &head, NULL, 0, &out), OK);
    assert_str(buf_view(&out), signer_last(s));
    log_reader_close(r);
    close_signer(s);
    log_close(l);
}

/* The data folder goes back to an older copy; then it grows again, differently. */
static void test_ledger_signer__refuses_an_older_copy(void **state)
{
    (void)state;
    const char *path = arena_printf(&cx.arena, "%s/ledger.db", folder).p;
    struct signer *s = open_signer();
    struct log *l = open_log();
    put_many(l, 0, 10);
    log_close(l);
    struct str kept = file_bytes(&cx.arena, path);
    l = open_log();
    put_many(l, 10, 20);
    assert_int_equal(sign_now(l, s), OK);
    log_close(l);
    FILE *f = fopen(path, "wb");
    assert_true(fwrite(kept.p, 1, kept.n, f) == kept.n && fclose(f) == 0);
    l = open_log();
    assert_int_equal(sign_now(l, s), E_DENIED);
    assert_non_null(strstr(cx.message, "older copy"));
    put_many(l, 10, 25); /* other salts: another history */
    assert_int_equal(sign_now(l, s), E_DENIED);
    assert_non_null(strstr(cx.message, "does not go on"));
    assert_int_equal(signer_size(s), 20);
    log_close(l);
    close_signer(s);
}

static void verified(struct note_key key, struct verified *v)
{
    struct log_reader *r = open_reader();
    const char *out = arena_printf(&cx.arena, "%s/tiles", folder).p;
    struct str note;
    struct reader_folder tiles;
    struct verify_options o = {.key = key};
    if (head_newest(&cx, r, &note) != OK || tiles_write(&cx, r, note, out) != OK) failed("%s", cx.message);
    assert_int_equal(reader_folder_open(&cx, out, &tiles), OK);
    o.reader = reader_of_folder(&tiles);
    if (verify_ledger(&cx, &o, v) != OK) failed("%s", cx.message);
    reader_folder_close(&tiles);
    log_reader_close(r);
}

static struct note_key lasting(const struct note_key *key)
{
    struct note_key k = *key;
    k.name = arena_str(&cx.arena, key->name);
    return k;
}

static void test_ledger_signer__rotates(void **state)
{
    (void)state;
    struct log *l = open_log();
    struct signer *s = open_signer();
    struct note_key first = lasting(signer_key(s)), next;
    struct verified v;
    put_many(l, 0, 5);
    assert_int_equal(sign_now(l, s), OK);
    put_many(l, 5, 7);
    struct log_reader *r = open_reader();
    if (head_rotate(&cx, l, r, s, &by, STR("yearly"), &next) != OK) failed("%s", cx.message);
    log_reader_close(r);
    assert_false(note_key_eq(&first, signer_key(s)));
    assert_true(note_key_eq(&next, signer_key(s)));
    verified(first, &v); /* right behind the rotation the handover is the newest head */
    assert_true(v.head.size == 8 && v.n_handovers == 1);
    put_many(l, 8, 20);
    assert_int_equal(sign_now(l, s), OK);
    verified(first, &v);
    assert_true(v.head.size == 20 && v.n_handovers == 1 && v.handovers[0].n == 7 && v.handovers[0].is_trusted);
    verified(lasting(signer_key(s)), &v);
    close_signer(s);
    s = open_signer();
    assert_true(note_key_eq(&v.key, signer_key(s)));
    assert_int_equal(signer_cancel_handover(&cx, s), E_NOTFOUND);
    close_signer(s);
    log_close(l);
    assert_int_equal(sound_log(), 20);
}

/* While the next key waits nothing is signed; it can be called off; and everything can be asked for again. */
static void test_ledger_signer__rotation_broken_off(void **state)
{
    (void)state;
    struct log *l = open_log();
    struct signer *s = open_signer();
    struct note_key first = lasting(signer_key(s)), next, again;
    struct verified v;
    put_many(l, 0, 5);
    assert_int_equal(sign_now(l, s), OK);
    assert_int_equal(signer_begin_handover(&cx, s, false, &next), OK);
    next = lasting(&next);
    put_many(l, 5, 6);
    assert_int_equal(sign_now(l, s), E_CONFLICT);
    close_signer(s);
    s = open_signer();
    assert_int_equal(sign_now(l, s), E_CONFLICT);
    assert_int_equal(signer_begin_handover(&cx, s, false, &again), OK);
    assert_true(note_key_eq(&next, &again));
    assert_int_equal(signer_begin_handover(&cx, s, true, &again), E_CONFLICT);
    assert_int_equal(signer_end_handover(&cx, s), E_CONFLICT);
    assert_int_equal(signer_cancel_handover(&cx, s), OK);
    assert_int_equal(sign_now(l, s), OK);

    /* the handover is signed, and the machine stops before it is kept */
    assert_int_equal(signer_begin_handover(&cx, s, false, &next), OK);
    next = lasting(&next);
    scoped_buf payload, note;
    buf_init(&payload, 0);
    buf_init(&note, 0);
    buf_cstr(&payload, "{\"new\":\"");
    note_key_put(&payload, &next);
    buf_cstr(&payload, "\",\"old\":\"");
    note_key_put(&payload, &first);
    buf_cstr(&payload, "\"}");
    put(l, "rotation", payload.p);
    struct log_reader *r = open_reader();
    struct handover_ask ask = {.head = {.origin = STR("sinetti.example/acme"), .size = 7}};
    struct hash inclusion[MERKLE_PROOF], consistency[MERKLE_PROOF];
    struct merkle_nodes nodes = log_reader_nodes(r);
    log_reader_root(r, &ask.head.root);
    assert_int_equal(log_reader_entry(&cx, r, 6, &ask.leaf), OK);
    assert_int_equal(log_reader_body(&cx, r, 6, &ask.salt, &ask.body), OK);
    assert_int_equal(merkle_inclusion(&nodes, 6, 7, inclusion, &ask.n_inclusion), OK);
    assert_int_equal(merkle_consistency(&nodes, 6, 7, consistency, &ask.n_consistency), OK);
    ask.inclusion = inclusion;
    ask.consistency = consistency;
    struct handover_ask wrong = ask;
    wrong.n_inclusion--;
    assert_int_equal(signer_hand_over(&cx, s, &wrong, &note), E_DENIED);
    wrong = ask;
    wrong.n_consistency--;
    assert_int_equal(signer_hand_over(&cx, s, &wrong, &note), E_DENIED);
    wrong = ask;
    assert_int_equal(log_reader_body(&cx, r, 5, &wrong.salt, &wrong.body), OK);
    assert_int_equal(signer_hand_over(&cx, s, &wrong, &note), E_DENIED);
    assert_int_equal(log_reader_body(&cx, r, 6, &ask.salt, &ask.body), OK);
    assert_int_equal(note.n, 0);
    assert_int_equal(signer_hand_over(&cx, s, &ask, &note), OK);
    log_reader_close(r);
    close_signer(s);
    s = open_signer();
    assert_int_equal(signer_cancel_handover(&cx, s), E_CONFLICT);
    put_many(l, 7, 9); /* facts went on meanwhile */
    r = open_reader();
    if (head_rotate(&cx, l, r, s, &by, STR("yearly"), &again) != OK) failed("%s", cx.message);
    log_reader_close(r);
    assert_true(note_key_eq(&next, signer_key(s)));
    assert_int_equal(sign_now(l, s), OK);
    verified(first, &v);
    assert_true(v.head.size == 9 && v.n_handovers == 1 && v.handovers[0].n == 6);
    close_signer(s);
    log_close(l);
}

/* A new origin after an older copy was put back: the fact must hold the last head and what was lost. */
static void test_ledger_signer__seam(void **state)
{
    (void)state;
    struct log *l = open_log();
    struct signer *s = open_signer();
    struct note_key first = lasting(signer_key(s)), next;
    put_many(l, 0, 4);
    assert_int_equal(sign_now(l, s), OK);
    log_close(l);
    /* the copy held two of the four facts: here another log stands for it */
    assert_int_equal(unlink(arena_printf(&cx.arena, "%s/ledger.db", folder).p), 0);
    assert_int_equal(log_create(&cx, folder, STR("sinetti.example/acme")), OK);
    l = open_log();
    put_many(l, 0, 2);
    assert_int_equal(signer_begin_handover(&cx, s, true, &next), OK);
    assert_str(next.name, STR("sinetti.example/acme/2"));
    next = lasting(&next);
    for (int lie = 0; lie < 3; lie++) { /* another head; fewer lost; the truth */
        scoped_buf payload, note;
        buf_init(&payload, 0);
        buf_init(&note, 0);
        buf_cstr(&payload, "{\"head\":\"");
        struct str head = signer_last(s), line;
        while (str_cut(&head, '\n', &line)) buf_printf(&payload, STR_FMT "%s", STR_ARG(line), head.p ? "\\n" : "");
        buf_printf(&payload, "%s\",\"lost_from\":%d,\"lost_to\":%d,\"new\":\"", lie == 0 ? " " : "", 2 + lie,
                   lie == 1 ? 3 : 4);
        note_key_put(&payload, &next);
        buf_cstr(&payload, "\",\"old\":\"");
        note_key_put(&payload, &first);
        buf_cstr(&payload, "\"}");
        put(l, "restored", payload.p);
        struct log_reader *r = open_reader();
        uint64_t n = log_reader_size(r) - 1;
        struct handover_ask ask = {.head = {.origin = next.name, .size = n + 1}};
        struct hash inclusion[MERKLE_PROOF];
        struct merkle_nodes nodes = log_reader_nodes(r);
        log_reader_root(r, &ask.head.root);
        assert_int_equal(log_reader_entry(&cx, r, n, &ask.leaf), OK);
        assert_int_equal(log_reader_body(&cx, r, n, &ask.salt, &ask.body), OK);
        assert_int_equal(merkle_inclusion(&nodes, n, n + 1, inclusion, &ask.n_inclusion), OK);
        ask.inclusion = inclusion;
        enum rc rc = signer_hand_over(&cx, s, &ask, &note);
        if (rc != (lie == 2 ? OK : E_DENIED)) failed("lie %d: %s", lie, cx.message);
        log_reader_close(r);
    }
    assert_int_equal(signer_end_handover(&cx, s), OK);
    assert_true(note_key_eq(&next, signer_key(s)));
    close_signer(s);
    s = open_signer();
    assert_int_equal(signer_size(s), 5);
    assert_int_equal(signer_begin_handover(&cx, s, true, &next), OK);
    assert_str(next.name, STR("sinetti.example/acme/3"));
    close_signer(s);
    log_close(l);
}

static void test_ledger_signer__proofs(void **state)
{
    (void)state;
    struct log *l = open_log();
    struct signer *s = open_signer();
    put_many(l, 0, 300);
    struct log_reader *r = open_reader();
    scoped_buf text;
    buf_init(&text, 0);
    assert_int_equal(head_prove(&cx, r, 7, true, &text), E_NOTFOUND);
    assert_int_equal(sign_now(l, s), OK);
    put_many(l, 300, 310);
    assert_int_equal(log_reader_refresh(&cx, r), OK);
    assert_int_equal(head_prove(&cx, r, 305, true, &text), E_NOTFOUND);
    assert_int_equal(head_prove(&cx, r, 310, true, &text), E_NOTFOUND);
    for (int n = 0; n < 300; n += 43)
        for (int shown = 0; shown < 2; shown++) {
            struct proof p;
            struct proven out;
            buf_clear(&text);
            assert_int_equal(head_prove(&cx, r, (uint64_t)n, shown, &text), OK);
            assert_int_equal(proof_read(&cx, buf_view(&text), &p), OK);
            if (proof_verify(&cx, &p, signer_key(s), &out) != OK) failed("%s", cx.message);
            assert_true(out.leaf.n == (uint64_t)n && out.has_body == shown && out.head.size == 300);
        }
    log_reader_close(r);
    close_signer(s);
    log_close(l);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_ledger_signer__##name, setup, log_teardown)
#define FAR(name)                                                                                                      \
    {                                                                                                                  \
        "test_ledger_signer__" #name "_far", test_ledger_signer__##name, setup_far, log_teardown, NULL                 \
    }
    const struct CMUnitTest tests[] = {
        CASE(files),
        CASE(goes_on_only_forwards),
        CASE(refuses_an_older_copy),
        CASE(rotates),
        CASE(rotation_broken_off),
        CASE(seam),
        CASE(proofs),
        CASE(source),
        CASE(strange_requests),
        FAR(goes_on_only_forwards),
        FAR(refuses_an_older_copy),
        FAR(rotates),
        FAR(rotation_broken_off),
        FAR(seam),
        FAR(proofs),
        FAR(source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
