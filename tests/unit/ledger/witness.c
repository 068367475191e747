/* The witness: each status, several ledgers, what it remembers over restarts, kills and full disks, and that it begins
 * nothing anew in place of what it cannot read. */
#include "../store/folder.h"
#include "made.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "ledger/witness.h"

#define NOW 1767225600
#define LEAVES 70
#define A "a.example/one"
#define B "b.example/two"

static char folder[256];
static const char *place;
static struct note_signer log_a, log_b, stranger;
static struct note_key witness_vkey;
static struct str logs;

/* --- trees: of one history the first leaves, of another the same up to `differs` */

struct tree {
    struct hash leaves[LEAVES];
};

static struct tree tree_that_differs_from(int differs)
{
    struct tree t;
    for (int i = 0; i < LEAVES; i++)
        merkle_leaf(arena_printf(&cx.arena, "%s%d", i >= differs ? "other" : "", i), &t.leaves[i]);
    return t;
}

static enum rc get_node(void *arg, unsigned height, uint64_t index, struct hash *out)
{
    const struct tree *t = arg;
    merkle_root(t->leaves + (index << height), (size_t)1 << height, out);
    return OK;
}

static struct str signed_head(const struct tree *t, const char *origin, uint64_t size, const struct note_signer *by)
{
    scoped_buf text, note;
    buf_init(&text, 0);
    buf_init(&note, 0);
    struct checkpoint head = {.origin = str_from(origin), .size = size};
    merkle_root(t->leaves, size, &head.root);
    checkpoint_put(&text, &head);
    buf_str(&note, buf_view(&text));
    buf_char(&note, '\n');
    note_sign(&note, buf_view(&text), by, 0);
    return arena_str(&cx.arena, buf_view(&note));
}

static struct str request_of(struct tree *t, uint64_t old, uint64_t size, struct str note)
{
    struct witness_request r = {.old = old, .note = note};
    struct hash proof[MERKLE_PROOF];
    struct merkle_nodes nodes = {get_node, t};
    if (old <= size) assert_int_equal(merkle_consistency(&nodes, old, size, proof, &r.n), OK);
    memcpy(r.proof, proof, r.n * sizeof *proof);
    scoped_buf body;
    buf_init(&body, 0);
    witness_request_put(&body, &r);
    return arena_str(&cx.arena, buf_view(&body));
}

/* --- a witness of both ledgers */

static int begin(void **state)
{
    (void)state;
    ctx_init(&cx);
    if (!folder_make(folder)) return 1;
    place = arena_printf(&cx.arena, "%s/witness", folder).p;
    log_a = made_key(A, 1, NOTE_ED25519);
    log_b = made_key(B, 2, NOTE_ED25519);
    stranger = made_key(A, 3, NOTE_ED25519);
    logs = arena_printf(&cx.arena, "# ledgers\n\n" STR_FMT "\n  " STR_FMT "\n",
                        STR_ARG(made_vkey(&cx.arena, &log_a.key)), STR_ARG(made_vkey(&cx.arena, &log_b.key)));
    enum rc rc = witness_create(&cx, place, STR("w.example/1"), &witness_vkey);
    witness_vkey.name = STR("w.example/1");
    return rc != OK;
}

static int finish(void **state)
{
    (void)state;
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static struct witness *open_witness(void)
{
    struct witness *w = NULL;
    if (witness_open(&cx, place, logs, &w) != OK) failed("%s", cx.message);
    return w;
}

static struct witness_answer asked(struct witness *w, struct str body)
{
    struct witness_answer a;
    if (witness_add_checkpoint(&cx, w, body, NOW, &a) != OK) failed("%s", cx.message);
    return a;
}

static void answers(struct witness *w, struct str body, int status, const char *says)
{
    struct witness_answer a = asked(w, body);
    if (a.status != status || !str_has(a.body, str_from(says)))
        failed("%d, not %d: " STR_FMT, a.status, status, STR_ARG(a.body));
    if (status == 200) return;
    assert_false(str_has(a.body, STR("\xe2\x80\x94")));
    assert_string_equal(a.type, status == 409 ? WITNESS_SIZE_TYPE : "text/plain; charset=utf-8");
}

static void cosigns(struct witness *w, struct tree *t, const char *origin, uint64_t old, uint64_t size)
{
    struct str head = signed_head(t, origin, size, strcmp(origin, A) ? &log_b : &log_a);
    struct witness_answer a = asked(w, request_of(t, old, size, head));
    if (a.status != 200) failed("%d: " STR_FMT, a.status, STR_ARG(a.body));
    scoped_buf cosigned;
    struct note note;
    int64_t time;
    buf_init(&cosigned, 0);
    if (witness_lines_add(&cx, head, a.body, &witness_vkey, &cosigned) != OK) failed("%s", cx.message);
    assert_true(str_starts(buf_view(&cosigned), head));
    assert_int_equal(note_read(&cx, buf_view(&cosigned), &note), OK);
    assert_int_equal(note_verify(&cx, &note, &witness_vkey, &time), OK);
    assert_int_equal(time, NOW);
}

/* What it says to have cosigned last. */
static uint64_t remembered(struct witness *w)
{
    struct tree t = tree_that_differs_from(LEAVES);
    struct witness_answer a = asked(w, request_of(&t, LEAVES, LEAVES, signed_head(&t, A, LEAVES, &log_a)));
    uint64_t size;
    if (a.status == 200) return LEAVES; /* the very head it knows */
    assert_int_equal(a.status, 409);
    assert_int_equal(witness_size_read(&cx, a.body, &size), OK);
    return size;
}

/* --- */

static void test_ledger_witness__goes_on(void **state)
{
    (void)state;
    struct tree t = tree_that_differs_from(LEAVES), u = tree_that_differs_from(0);
    struct witness *w = open_witness();
    uint64_t last = 0;
    for (uint64_t size = 0; size < LEAVES; last = size, size += size < 20 ? 1 : 7) cosigns(w, &t, A, last, size);
    cosigns(w, &t, A, last, last); /* the same again */
    cosigns(w, &u, B, 0, 5);       /* another ledger has a memory of its own */
    cosigns(w, &u, B, 5, 9);
    cosigns(w, &t, A, last, LEAVES - 1);
    witness_close(w);
    w = open_witness();
    assert_int_equal(remembered(w), LEAVES - 1);
    cosigns(w, &u, B, 9, 10);
    witness_close(w);
}

static void test_ledger_witness__refuses(void **state)
{
    (void)state;
    struct tree t = tree_that_differs_from(LEAVES), fork = tree_that_differs_from(3);
    struct witness *w = open_witness();
    struct str head = signed_head(&t, A, 8, &log_a);
    struct note_signer unknown = made_key("c.example/x", 4, NOTE_ED25519);
    answers(w, request_of(&t, 0, 8, signed_head(&t, "c.example/x", 8, &unknown)), 404, "not known");
    answers(w, request_of(&t, 0, 8, signed_head(&t, A, 8, &stranger)), 403, "not signed");
    answers(w, request_of(&t, 0, 8, signed_head(&t, A, 8, &log_b)), 403, "not signed");
    /* a line of the known key that is wrong counts, whatever else is there */
    scoped_buf twice;
    buf_init(&twice, 0);
    buf_str(&twice, head);
    struct note nine;
    assert_int_equal(note_read(&cx, signed_head(&t, A, 9, &log_a), &nine), OK);
    note_signature_put(&twice, &nine.signatures[0]);
    answers(w, request_of(&t, 0, 8, buf_view(&twice)), 403, "not signed");
    answers(w, request_of(&t, 9, 8, head), 400, "over the checkpoint's");
    answers(w, request_of(&t, 3, 8, head), 409, "0\n");
    answers(w, request_of(&t, 3, 8, signed_head(&fork, A, 8, &log_a)), 409, "0\n");
    struct checkpoint zero = {.origin = STR(A), .root = t.leaves[0]};
    scoped_buf text, note;
    buf_init(&text, 0);
    buf_init(&note, 0);
    checkpoint_put(&text, &zero);
    buf_str(&note, buf_view(&text));
    buf_char(&note, '\n');
    note_sign(&note, buf_view(&text), &log_a, 0);
    answers(w, request_of(&t, 0, 0, buf_view(&note)), 422, "root of no entries");
    struct str with_proof =
        arena_printf(&cx.arena, "old 0\n" STR_FMT, STR_ARG(str_slice(request_of(&t, 3, 8, head), 6, 9999)));
    answers(w, with_proof, 422, "nothing is proven");
    assert_int_equal(remembered(w), 0);
    cosigns(w, &t, A, 0, 8);
    answers(w, request_of(&t, 0, 8, head), 409, "8\n");
    answers(w, request_of(&t, 7, 8, head), 409, "8\n");
    answers(w, request_of(&t, 0, 5, signed_head(&t, A, 5, &log_a)), 409, "8\n"); /* never back */
    answers(w, request_of(&t, 5, 5, signed_head(&t, A, 5, &log_a)), 409, "8\n");
    answers(w, request_of(&fork, 8, 8, signed_head(&fork, A, 8, &log_a)), 422, "another tree");
    answers(w, request_of(&fork, 8, 12, signed_head(&fork, A, 12, &log_a)), 422, "does not prove");
    answers(w, request_of(&t, 8, 12, signed_head(&fork, A, 12, &log_a)), 422, "does not prove");
    answers(w, request_of(&t, 8, 11, signed_head(&t, A, 12, &log_a)), 422, "does not prove");
    assert_int_equal(remembered(w), 8);
    cosigns(w, &t, A, 8, 12);
    witness_close(w);
}

static void test_ledger_witness__malformed(void **state)
{
    (void)state;
    struct tree t = tree_that_differs_from(LEAVES);
    struct witness *w = open_witness();
    struct str head = signed_head(&t, A, 8, &log_a);
    static const char hash[] = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
    static const char *const starts[] = {"",
                                         "\n",
                                         "old\n\n",
                                         "old \n\n",
                                         "old -1\n\n",
                                         "old 01\n\n",
                                         "old +1\n\n",
                                         "old 1 \n\n",
                                         "old  1\n\n",
                                         "Old 1\n\n",
                                         "old 1\r\n\n",
                                         "old 0x1\n\n",
                                         "old 9223372036854775808\n\n",
                                         "old 0\n",
                                         "old 0\n \n",
                                         "old 0\nx\n\n",
                                         "old 0\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw\n\n",
                                         "old 0\n\n\n"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        answers(w, arena_printf(&cx.arena, "%s" STR_FMT, starts[i], STR_ARG(head)), 400, "");
    struct str whole = request_of(&t, 0, 8, head);
    for (size_t n = 0; n < whole.n; n++) answers(w, str_slice(whole, 0, n), 400, "");
    scoped_buf many;
    buf_init(&many, 0);
    buf_cstr(&many, "old 0\n");
    for (int i = 0; i < 63; i++) buf_cstr(&many, hash);
    size_t n = many.n;
    buf_char(&many, '\n');
    buf_str(&many, head);
    answers(w, buf_view(&many), 422, "nothing is proven");
    many.n = n;
    buf_cstr(&many, hash);
    buf_char(&many, '\n');
    buf_str(&many, head);
    answers(w, buf_view(&many), 400, "over 63");
    buf_clear(&many);
    buf_cstr(&many, "old 0\n\n");
    for (size_t i = 0; i <= LIMIT_WITNESS_REQUEST; i++) buf_char(&many, 'x');
    answers(w, buf_view(&many), 400, "over");
    assert_int_equal(remembered(w), 0);
    witness_close(w);
}

/* Two keys of one ledger, as while it is replaced; one that is of no ledger. */
static void test_ledger_witness__keys(void **state)
{
    (void)state;
    struct tree t = tree_that_differs_from(LEAVES);
    struct str one = logs;
    logs = arena_printf(&cx.arena, STR_FMT STR_FMT "\n", STR_ARG(one), STR_ARG(made_vkey(&cx.arena, &stranger.key)));
    struct witness *w = open_witness();
    answers(w, request_of(&t, 0, 8, signed_head(&t, A, 8, &stranger)), 200, "w.example/1 ");
    cosigns(w, &t, A, 8, 9);
    witness_close(w);
    static const char *const bad[] = {"", "# nothing\n\n", "a.example/one\n",
                                      "a.example/one+00000000+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(witness_open(&cx, place, str_from(bad[i]), &w), E_INVALID);
    assert_int_equal(witness_open(&cx, place, made_vkey(&cx.arena, &witness_vkey), &w), E_INVALID);
    assert_true(str_has(str_from(cx.message), STR("line 1")));
}

static void test_ledger_witness__folder(void **state)
{
    (void)state;
    struct witness *w = open_witness(), *second;
    struct note_key key;
    assert_int_equal(witness_open(&cx, place, logs, &second), E_BUSY);
    assert_true(note_key_eq(witness_key(w), &witness_vkey));
    witness_close(w);
    assert_int_equal(witness_create(&cx, place, STR("w.example/1"), &key), E_CONFLICT);
    assert_int_equal(witness_create(&cx, folder, STR("has space"), &key), E_INVALID);
    assert_int_equal(witness_open(&cx, "/nonexistent/x", logs, &w), E_NOTFOUND);
    const char *file = arena_printf(&cx.arena, "%s/key", place).p;
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(chmod(file, 0640), 0);
    assert_int_equal(witness_open(&cx, place, logs, &w), E_DENIED);
    assert_true(str_starts(str_from(cx.message), STR("witness: key: others could read")));
}

/* --- what is remembered */

static const char *seen_file(const char *origin)
{
    char hex[65];
    uint8_t hash[32];
    struct digest d;
    digest_init(&d);
    digest_add(&d, str_from(origin));
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, hex);
    return arena_printf(&cx.arena, "%s/seen-%s", place, hex).p;
}

static void write_file(const char *path, struct str bytes)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

static void test_ledger_witness__damaged_memory(void **state)
{
    (void)state;
    struct tree t = tree_that_differs_from(LEAVES);
    struct witness *w = open_witness();
    cosigns(w, &t, A, 0, 8);
    cosigns(w, &t, B, 0, 9);
    witness_close(w);
    const char *file = seen_file(A);
    struct str good = file_bytes(&cx.arena, file), of_b = file_bytes(&cx.arena, seen_file(B));
    assert_true(good.n > 0 && of_b.n > 0);
    for (size_t n = 0; n < good.n; n++) {
        write_file(file, str_slice(good, 0, n));
        assert_int_equal(witness_open(&cx, place, logs, &w), E_CORRUPT);
    }
    const struct str bad[] = {STR("garbage\n"), STR("0\n"), of_b, signed_head(&t, A, 8, &log_a)};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_file(file, bad[i]);
        assert_int_equal(witness_open(&cx, place, logs, &w), E_CORRUPT);
        assert_true(str_has(str_from(cx.message), STR("not what this witness wrote of " A)));
        assert_str(file_bytes(&cx.arena, file), bad[i]); /* it is for its owner to look at */
    }
    write_file(file, good);
    w = open_witness();
    write_file(file, STR("garbage\n")); /* while it runs */
    struct witness_answer a;
    assert_int_equal(witness_add_checkpoint(&cx, w, request_of(&t, 0, 12, signed_head(&t, A, 12, &log_a)), NOW, &a),
                     E_CORRUPT);
    cosigns(w, &t, B, 9, 10); /* other ledgers are not kept waiting */
    write_file(file, good);
    write_file(arena_printf(&cx.arena, "%s.new", file).p, STR("half of some")); /* of a crash */
    cosigns(w, &t, A, 8, 12);
    witness_close(w);
}

/* A disk that takes nothing: no cosignature, and afterwards it is where it was. */
static void test_ledger_witness__full_disk(void **state)
{
    (void)state;
    struct tree t = tree_that_differs_from(LEAVES);
    struct witness *w = open_witness();
    struct witness_answer a;
    struct rlimit old, none;
    cosigns(w, &t, A, 0, 8);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    none = (struct rlimit){0, old.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    struct str request = request_of(&t, 8, 12, signed_head(&t, A, 12, &log_a));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    enum rc rc = witness_add_checkpoint(&cx, w, request, NOW, &a);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(rc, E_IO);
    assert_int_equal(a.body.n, 0);
    assert_int_equal(remembered(w), 8);
    cosigns(w, &t, A, 8, 9);
    witness_close(w);
}

/* In a process of its own: cosigns one head after the other, and tells each before the next. */
static void cosign_until_killed(int out, uint64_t from)
{
    struct tree t = tree_that_differs_from(LEAVES);
    struct witness *w = open_witness();
    for (uint64_t size = from; size < LEAVES; size++) {
        struct witness_answer a = asked(w, request_of(&t, size, size + 1, signed_head(&t, A, size + 1, &log_a)));
        uint8_t told = (uint8_t)(size + 1);
        if (a.status != 200 || write(out, &told, 1) != 1) _exit(1);
    }
    for (;;) pause();
}

/* Killed between writing and answering, and anywhere else: what was answered is remembered, what is remembered is of
 * the one history, and another is refused from then on. */
static void test_ledger_witness__killed(void **state)
{
    (void)state;
    struct tree t = tree_that_differs_from(LEAVES), fork_of_it = tree_that_differs_from(0);
    uint64_t size = 0;
    for (int round = 0; round < 12; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(ends[0]);
            cosign_until_killed(ends[1], size);
        }
        close(ends[1]);
        usleep(2000 + (unsigned)round * 1700);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        uint8_t told;
        uint64_t last = size;
        while (read(ends[0], &told, 1) == 1) last = told;
        close(ends[0]);
        struct witness *w = open_witness();
        size = remembered(w);
        assert_true(size == last || size == last + 1);
        if (size > 0)
            answers(w, request_of(&fork_of_it, size, size, signed_head(&fork_of_it, A, size, &log_a)), 422, "another");
        if (size > 0 && size < LEAVES)
            answers(w, request_of(&fork_of_it, size, LEAVES, signed_head(&fork_of_it, A, LEAVES, &log_a)), 422, "");
        if (size == LEAVES) size = 0, unlink(seen_file(A));
        witness_close(w);
    }
    /* between writing and answering: the answer is lost, the memory is not; the ledger asks again and gets it */
    struct witness *w = open_witness();
    unlink(seen_file(A));
    (void)asked(w, request_of(&t, 0, 8, signed_head(&t, A, 8, &log_a)));
    witness_close(w);
    w = open_witness();
    assert_int_equal(remembered(w), 8);
    cosigns(w, &t, A, 8, 8);
    witness_close(w);
}

/* --- the ledger's side */

static void test_ledger_witness__answers_of_others(void **state)
{
    (void)state;
    struct tree t = tree_that_differs_from(LEAVES);
    struct note_signer right = made_key("w.example/2", 7, NOTE_COSIGNATURE),
                       wrong = made_key("w.example/2", 8, NOTE_COSIGNATURE);
    struct str head = signed_head(&t, A, 8, &log_a), other = signed_head(&t, A, 9, &log_a);
    struct note n, nine;
    scoped_buf lines, out;
    uint64_t size;
    buf_init(&lines, 0);
    buf_init(&out, 0);
    assert_int_equal(note_read(&cx, head, &n), OK);
    assert_int_equal(note_read(&cx, other, &nine), OK);
    note_sign(&lines, n.text, &wrong, NOW); /* of a key that is not asked for: left out */
    assert_int_equal(witness_lines_add(&cx, head, buf_view(&lines), &right.key, &out), E_NOTFOUND);
    note_sign(&lines, n.text, &right, NOW);
    assert_int_equal(witness_lines_add(&cx, head, buf_view(&lines), &right.key, &out), OK);
    assert_true(str_starts(buf_view(&out), head));
    struct note got;
    struct str once = arena_str(&cx.arena, buf_view(&out));
    assert_int_equal(note_read(&cx, once, &got), OK);
    assert_int_equal(got.n, 2);
    buf_clear(&lines);
    buf_clear(&out);
    note_sign(&lines, n.text, &right, NOW + 5); /* a newer one stands for the older */
    assert_int_equal(witness_lines_add(&cx, once, buf_view(&lines), &right.key, &out), OK);
    assert_int_equal(note_read(&cx, buf_view(&out), &got), OK);
    int64_t time;
    assert_int_equal(got.n, 2);
    assert_int_equal(note_verify(&cx, &got, &right.key, &time), OK);
    assert_int_equal(time, NOW + 5);
    buf_clear(&lines);
    note_sign(&lines, nine.text, &right, NOW); /* of another head */
    assert_int_equal(witness_lines_add(&cx, head, buf_view(&lines), &right.key, &out), E_DENIED);
    buf_clear(&lines);
    note_sign(&lines, n.text, &right, 0);
    assert_int_equal(witness_lines_add(&cx, head, buf_view(&lines), &right.key, &out), E_DENIED);
    const struct str bad[] = {STR(""), STR("\n"), STR("hello\n"),
                              arena_printf(&cx.arena, "x\n\n" STR_FMT, STR_ARG(buf_view(&lines)))};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        enum rc rc = witness_lines_add(&cx, head, bad[i], &right.key, &out);
        assert_true(rc == E_INVALID || rc == E_NOTFOUND);
    }
    assert_int_equal(witness_size_read(&cx, STR("17\n"), &size), OK);
    assert_int_equal(size, 17);
    const struct str sizes[] = {STR(""),     STR("17"),    STR("017\n"),
                                STR("-1\n"), STR("1\n\n"), STR("9223372036854775808\n")};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_int_equal(witness_size_read(&cx, sizes[i], &size), E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_witness__goes_on, begin, finish),
        cmocka_unit_test_setup_teardown(test_ledger_witness__refuses, begin, finish),
        cmocka_unit_test_setup_teardown(test_ledger_witness__malformed, begin, finish),
        cmocka_unit_test_setup_teardown(test_ledger_witness__keys, begin, finish),
        cmocka_unit_test_setup_teardown(test_ledger_witness__folder, begin, finish),
        cmocka_unit_test_setup_teardown(test_ledger_witness__damaged_memory, begin, finish),
        cmocka_unit_test_setup_teardown(test_ledger_witness__full_disk, begin, finish),
        cmocka_unit_test_setup_teardown(test_ledger_witness__killed, begin, finish),
        cmocka_unit_test_setup_teardown(test_ledger_witness__answers_of_others, begin, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
