/* `sinetti ledger` and `sinetti fsck`, as they are typed: what they print, refuse and return. */
#include "../ledger/log_data.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sys/wait.h>

#include "cli/cli.h"
#include "ledger/proof.h"
#include "ledger/signer.h"
#include "ledger/verify.h"
#include "store/store.h"

static const char *place;
static struct str printed, complained;

static int setup(void **state)
{
    if (log_setup(state)) return 1;
    place = arena_printf(&cx.arena, "%s/signer", folder).p;
    return signer_create(&cx, place, STR("sinetti.example/acme")) != OK;
}

static const char *at(const char *name)
{
    return arena_printf(&cx.arena, "%s/%s", folder, name).p;
}

/* Runs a command with its words parted by spaces; what it printed and complained about is kept. */
static int run(int (*command)(int argc, char **argv), const char *line)
{
    char *argv[16], *text = arena_cstr(&cx.arena, str_from(line));
    int argc = 0, kept[2] = {dup(1), dup(2)}, files[2];
    for (char *word = strtok(text, " "); word && argc < 10; word = strtok(NULL, " ")) argv[argc++] = word;
    if (argc == 1 || strcmp(argv[argc - 1], "--help") != 0) {
        argv[argc++] = arena_cstr(&cx.arena, STR("--data"));
        argv[argc++] = folder;
        if (command != cli_fsck) {
            argv[argc++] = arena_cstr(&cx.arena, STR("--signer"));
            argv[argc++] = arena_cstr(&cx.arena, str_from(place));
        }
    }
    argv[argc] = NULL;
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        files[i] = open(at(i ? "stderr" : "stdout"), O_RDWR | O_CREAT | O_TRUNC, 0600);
        dup2(files[i], i + 1);
    }
    optind = 0;
    int code = command(argc, argv);
    fflush(stdout);
    fflush(stderr);
    for (int i = 0; i < 2; i++) {
        dup2(kept[i], i + 1);
        close(kept[i]);
        close(files[i]);
    }
    printed = file_bytes(&cx.arena, at("stdout"));
    complained = file_bytes(&cx.arena, at("stderr"));
    return code;
}

static void good(int (*command)(int argc, char **argv), const char *line)
{
    int code = run(command, line);
    if (code != EXIT_FINE) failed("%s: %d " STR_FMT, line, code, STR_ARG(complained));
}

static void bad(const char *line, int code, const char *says)
{
    int got = run(cli_ledger, line);
    if (got != code || !str_has(complained, str_from(says))) failed("%s: %d " STR_FMT, line, got, STR_ARG(complained));
    assert_int_equal(printed.n, 0);
}

static void add(int from, int to)
{
    struct log *l = open_log();
    put_many(l, from, to);
    log_close(l);
}

static void test_cli_ledger__an_audit(void **state)
{
    (void)state;
    struct note_key key;
    struct note note;
    int64_t time;
    add(0, 300);
    good(cli_ledger, "ledger vkey");
    assert_int_equal(note_key_read(&cx, str_trim(printed), &key), OK);
    good(cli_ledger, "ledger checkpoint");
    assert_int_equal(note_read(&cx, printed, &note), OK);
    assert_int_equal(note_verify(&cx, &note, &key, &time), OK);
    struct str first = printed;
    good(cli_ledger, "ledger checkpoint");
    assert_str(printed, first);

    struct proof p;
    struct proven proven;
    good(cli_ledger, "ledger prove 257");
    assert_int_equal(proof_read(&cx, printed, &p), OK);
    assert_int_equal(proof_verify(&cx, &p, &key, &proven), OK);
    assert_true(proven.has_body && proven.leaf.n == 257);
    good(cli_ledger, "ledger prove 257 --without-body");
    assert_int_equal(proof_read(&cx, printed, &p), OK);
    assert_int_equal(proof_verify(&cx, &p, &key, &proven), OK);
    assert_false(proven.has_body);

    good(cli_ledger, "ledger rotate-key --reason yearly");
    add(0, 20);
    good(cli_ledger, "ledger checkpoint");
    struct checkpoint before, after;
    assert_int_equal(checkpoint_read(&cx, note.text, &before), OK);
    assert_int_equal(note_read(&cx, printed, &note), OK);
    assert_int_equal(checkpoint_read(&cx, note.text, &after), OK);
    assert_true(before.size == 300 && after.size == 321);
    good(cli_ledger, "ledger consistency 300 321");
    struct hash proof[MERKLE_PROOF];
    size_t n = 0;
    struct str rest = str_trim(printed), line;
    while (str_cut(&rest, '\n', &line)) assert_true(base64_read_exact(proof[n++].b, 32, line));
    assert_true(merkle_verify_consistency(300, 321, proof, n, &before.root, &after.root));
    good(cli_ledger, arena_printf(&cx.arena, "ledger tiles %s", at("out")).p);
    assert_int_equal(printed.n, 0);
    struct reader_folder tiles;
    struct verified v;
    assert_int_equal(reader_folder_open(&cx, at("out"), &tiles), OK);
    struct verify_options ask = {.reader = reader_of_folder(&tiles), .key = key}; /* the key from before the rotation */
    if (verify_ledger(&cx, &ask, &v) != OK) failed("%s", cx.message);
    assert_true(v.head.size == 321 && v.n_handovers == 1 && v.handovers[0].is_trusted && v.bodies == 321);
    reader_folder_close(&tiles);
    struct log_reader *r = open_reader();
    int64_t rows = 0;
    assert_int_equal(store_get_int(&cx, log_reader_db(r), "SELECT count(*) FROM fact_rotation WHERE n = 300", &rows),
                     OK);
    assert_int_equal(rows, 1);
    log_reader_close(r);
    good(cli_fsck, "fsck");
    assert_true(str_starts(printed, STR("321 entries, 321 bodies, 0 erased: 0 problems\n")));
}

/* The signer in a process of its own: the commands ask it by its socket. */
static void test_cli_signer__process(void **state)
{
    (void)state;
    const char *socket_path = at("socket"), *dir = place;
    struct stat st;
    int status;
    pid_t child = fork();
    if (!child) {
        alarm(60); /* should the test fail before it ends this */
        char *argv[] = {arena_cstr(&cx.arena, STR("signer")),         arena_cstr(&cx.arena, STR("--signer")),
                        arena_cstr(&cx.arena, str_from(dir)),         arena_cstr(&cx.arena, STR("--socket")),
                        arena_cstr(&cx.arena, str_from(socket_path)), NULL};
        optind = 0;
        _exit(cli_signer(5, argv));
    }
    for (int i = 0; i < 2000 && (stat(socket_path, &st) != 0 || !S_ISSOCK(st.st_mode)); i++) usleep(1000);
    assert_int_equal(st.st_mode & 0777, 0600);
    add(0, 5);
    bad("ledger vkey", EXIT_UNREADABLE, "another process signs");
    place = socket_path;
    good(cli_ledger, "ledger vkey");
    struct str first = printed;
    good(cli_ledger, "ledger checkpoint");
    assert_true(str_has(printed, STR("\n5\n")));
    good(cli_ledger, "ledger rotate-key --reason yearly");
    assert_false(str_eq(first, printed));
    first = printed;
    good(cli_ledger, "ledger vkey");
    assert_str(printed, first);
    good(cli_ledger, "ledger checkpoint");
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_not_equal(stat(socket_path, &st), 0);
    place = dir;
    good(cli_ledger, "ledger vkey"); /* what the process did, the folder has */
    assert_str(printed, first);
}

static void test_cli_backup__and_restore(void **state)
{
    (void)state;
    const char *copy = at("copy");
    add(0, 10);
    good(cli_backup, arena_printf(&cx.arena, "backup %s", copy).p);
    assert_str(printed, STR("10 facts, 0 reports and 0 attachments\n"));
    assert_int_equal(run(cli_backup, arena_printf(&cx.arena, "backup %s", copy).p), EXIT_UNREADABLE);
    add(10, 15);
    good(cli_ledger, "ledger checkpoint");
    assert_int_equal(run(cli_restore, arena_printf(&cx.arena, "restore %s", copy).p), EXIT_USAGE);
    assert_int_equal(run(cli_backup, "backup"), EXIT_USAGE);
    assert_int_equal(run(cli_backup, arena_printf(&cx.arena, "backup %s --reason x", copy).p), EXIT_USAGE);
    assert_int_equal(run(cli_restore, "restore /nonexistent --reason lost"), EXIT_UNREADABLE);
    good(cli_restore, arena_printf(&cx.arena, "restore %s --reason lost", copy).p);
    assert_true(str_has(printed, STR("10 facts are back; what was there is kept as ")));
    assert_true(str_has(printed, STR("lost, though they were under a signed head: 5 facts from number 10 on\n")));
    assert_true(str_has(printed, STR("the log goes on as sinetti.example/acme/2;")));
    good(cli_restore, "restore --reason again");
    assert_str(printed, STR("nothing that was under a signed head is missing: the log goes on as before\n"));
    good(cli_ledger, "ledger checkpoint");
    assert_true(str_starts(printed, STR("sinetti.example/acme/2\n11\n")));
    good(cli_fsck, "fsck");
}

static void test_cli_ledger__refuses(void **state)
{
    (void)state;
    add(0, 3);
    bad("ledger", EXIT_USAGE, "say what to do");
    bad("ledger sign", EXIT_USAGE, "there is no `ledger sign`");
    bad("ledger prove", EXIT_USAGE, "takes 1 words");
    bad("ledger prove 1 2", EXIT_USAGE, "takes 1 words");
    bad("ledger prove -- -1", EXIT_USAGE, "takes 1 words");
    bad("ledger prove 01", EXIT_USAGE, "\"01\" is no number");
    bad("ledger rotate-key", EXIT_USAGE, "needs --reason");
    bad("ledger vkey --reason x", EXIT_USAGE, "has no --reason");
    bad("ledger vkey --without-body", EXIT_USAGE, "is of `ledger prove`");
    bad("ledger vkey --nonsense", EXIT_USAGE, "there is no option");
    bad("ledger prove 1", EXIT_UNREADABLE, "no head was signed yet");
    bad("ledger tiles /nonexistent/out", EXIT_UNREADABLE, "no head was signed yet");
    bad("ledger consistency 2 4", EXIT_UNREADABLE, "the ledger has 3 facts");
    bad("ledger consistency 3 2", EXIT_UNREADABLE, "M must not be over N");
    good(cli_ledger, "ledger checkpoint");
    bad("ledger prove 3", EXIT_UNREADABLE, "there is no fact 3");
    bad("ledger tiles /nonexistent/out", EXIT_UNREADABLE, "cannot write");
    assert_int_equal(chmod(arena_printf(&cx.arena, "%s/key", place).p, 0644), 0);
    bad("ledger checkpoint", EXIT_UNREADABLE, "others could read the key");
    place = "/nonexistent";
    bad("ledger vkey", EXIT_UNREADABLE, "cannot open");
    good(cli_ledger, "ledger --help");
    assert_true(str_starts(printed, STR("usage: sinetti ledger")));
}

static void test_cli_fsck__names_what_is_wrong(void **state)
{
    (void)state;
    sqlite3 *db;
    add(0, 300);
    assert_int_equal(store_open_file(&cx, at("ledger.db"), STORE_WRITE, &db), OK);
    assert_int_equal(
        store_exec(&cx, db, "UPDATE bodies SET body = replace(body, '\"7\"', '\"8\"') WHERE n = 7; DELETE FROM nodes"),
        OK);
    store_close(db);
    assert_int_equal(run(cli_fsck, "fsck"), EXIT_FAULTS);
    assert_true(str_has(printed, STR("fact 7: body: not what was recorded")));
    assert_true(str_has(printed, STR("tile/1, hash 0: missing")));
    assert_true(str_ends(printed, STR("300 entries, 300 bodies, 0 erased: 3 problems\n")));
    assert_int_equal(run(cli_fsck, "fsck more"), EXIT_USAGE);
    assert_int_equal(unlink(at("ledger.db")), 0);
    assert_int_equal(run(cli_fsck, "fsck"), EXIT_UNREADABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cli_ledger__an_audit, setup, log_teardown),
        cmocka_unit_test_setup_teardown(test_cli_signer__process, setup, log_teardown),
        cmocka_unit_test_setup_teardown(test_cli_backup__and_restore, setup, log_teardown),
        cmocka_unit_test_setup_teardown(test_cli_ledger__refuses, setup, log_teardown),
        cmocka_unit_test_setup_teardown(test_cli_fsck__names_what_is_wrong, setup, log_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
