/* Databases in files, and the turnstile their writers pass. */
#include "unit.h"
#undef fail

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "folder.h"
#include "store/store.h"
#include "store/turnstile.h"

static struct ctx cx;
static char folder[256];
static const char *file;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    if (!folder_make(folder)) return 1;
    file = arena_printf(&cx.arena, "%s/a.db", folder).p;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static sqlite3 *open_as(enum store_mode mode)
{
    sqlite3 *db;
    enum rc rc = store_open_file(&cx, file, mode, &db);
    if (rc != OK) print_error("%s\n", cx.message);
    assert_int_equal(rc, OK);
    return db;
}

/* Opening one more connection must not lose the locks of those that are open: else another process that comes and goes
 * takes itself for the last one and removes the write-ahead log. */
static void test_store_file__locks_stay(void **state)
{
    (void)state;
    sqlite3 *db = open_as(STORE_CREATE);
    assert_int_equal(store_exec(&cx, db, "CREATE TABLE t(x INTEGER) STRICT; INSERT INTO t VALUES (7)"), OK);
    sqlite3 *other = open_as(STORE_READ), *third = open_as(STORE_WRITE);
    const char *wal = arena_printf(&cx.arena, "%s-wal", file).p;
    const char *visit = arena_printf(&cx.arena,
                                     "python3 -c 'import sqlite3; d = sqlite3.connect(\"%s\"); "
                                     "assert d.execute(\"SELECT count(*) FROM t\").fetchone()[0] == 1; d.close()'",
                                     file)
                            .p;
    assert_int_equal(access(wal, F_OK), 0);
    assert_int_equal(system(visit), 0);
    assert_int_equal(access(wal, F_OK), 0);
    store_close(third);
    store_close(other);
    store_close(db);
}

static void test_store_file__modes(void **state)
{
    (void)state;
    sqlite3 *db = NULL;
    assert_int_equal(store_open_file(&cx, file, STORE_READ, &db), E_NOTFOUND);
    assert_int_equal(store_open_file(&cx, file, STORE_WRITE, &db), E_NOTFOUND);
    assert_int_not_equal(access(file, F_OK), 0);
    db = open_as(STORE_CREATE);
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(store_exec(&cx, db, "CREATE TABLE t(x INTEGER) STRICT; INSERT INTO t VALUES (7)"), OK);
    sqlite3 *other = NULL;
    assert_int_equal(store_open_file(&cx, file, STORE_CREATE, &other), E_CONFLICT);
    other = open_as(STORE_READ);
    int64_t x = 0;
    assert_int_equal(store_get_int(&cx, other, "SELECT x FROM t", &x), OK);
    assert_int_equal(x, 7);
    assert_int_not_equal(store_exec(&cx, other, "INSERT INTO t VALUES (8)"), OK);
    store_close(other);
    assert_int_equal(store_get_int(&cx, db, "PRAGMA synchronous", &x), OK);
    assert_int_equal(x, 2);
    assert_int_equal(store_get_int(&cx, db, "PRAGMA secure_delete", &x), OK);
    assert_int_equal(x, 1);
    store_close(db);
}

static void test_store_file__refuses_what_is_no_database(void **state)
{
    (void)state;
    sqlite3 *db = NULL;
    FILE *f = fopen(file, "w");
    for (int i = 0; i < 1000; i++) fputs("this is no database\n", f);
    fclose(f);
    assert_int_equal(store_open_file(&cx, file, STORE_WRITE, &db), E_CORRUPT);
    const char *link = arena_printf(&cx.arena, "%s/link", folder).p;
    assert_int_equal(symlink(file, link), 0);
    assert_int_equal(store_open_file(&cx, link, STORE_WRITE, &db), E_IO);
    assert_int_equal(store_open_file(&cx, folder, STORE_READ, &db), E_IO);
    const char *fifo = arena_printf(&cx.arena, "%s/fifo", folder).p;
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(store_open_file(&cx, fifo, STORE_READ, &db), E_IO);
}

static void test_store_file__transactions(void **state)
{
    (void)state;
    sqlite3 *db = open_as(STORE_CREATE), *reader;
    int64_t n;
    assert_int_equal(store_exec(&cx, db, "CREATE TABLE t(x INTEGER) STRICT"), OK);
    reader = open_as(STORE_READ);
    assert_int_equal(store_begin_read(&cx, reader), OK);
    assert_int_equal(store_begin_write(&cx, db), OK);
    assert_true(store_in_transaction(db));
    assert_int_equal(store_exec(&cx, db, "INSERT INTO t VALUES (1)"), OK);
    assert_int_equal(store_commit(&cx, db), OK);
    assert_false(store_in_transaction(db));
    assert_int_equal(store_get_int(&cx, reader, "SELECT count(*) FROM t", &n), OK);
    assert_int_equal(n, 0); /* it began before */
    assert_int_equal(store_commit(&cx, reader), OK);
    assert_int_equal(store_get_int(&cx, reader, "SELECT count(*) FROM t", &n), OK);
    assert_int_equal(n, 1);
    assert_int_equal(store_begin_write(&cx, db), OK);
    assert_int_equal(store_exec(&cx, db, "DELETE FROM t"), OK);
    store_rollback(db);
    store_rollback(db);
    assert_int_equal(store_get_int(&cx, db, "SELECT count(*) FROM t", &n), OK);
    assert_int_equal(n, 1);
    assert_int_equal(store_empty_wal(&cx, db), OK);
    struct stat st;
    assert_int_equal(stat(arena_printf(&cx.arena, "%s-wal", file).p, &st), 0);
    assert_int_equal(st.st_size, 0);
    store_close(reader);
    store_close(db);
}

/* Four processes add 200 times each to a number in a file, reading and writing it apart. */
static void test_store_turnstile__one_at_a_time(void **state)
{
    (void)state;
    int fd = open(file, O_RDWR | O_CREAT, 0600);
    int64_t number = 0;
    assert_int_equal(pwrite(fd, &number, sizeof number, 0), sizeof number);
    pid_t children[4];
    for (int c = 0; c < 4; c++) {
        children[c] = fork();
        if (children[c]) continue;
        struct turnstile t;
        if (turnstile_open(&cx, folder, &t) != OK) _exit(1);
        for (int i = 0; i < 200; i++) {
            if (turnstile_enter(&cx, &t) != OK) _exit(2);
            if (pread(fd, &number, sizeof number, 0) != sizeof number) _exit(3);
            if (i % 10 == 0) usleep(100);
            number++;
            if (pwrite(fd, &number, sizeof number, 0) != sizeof number) _exit(4);
            turnstile_leave(&t);
        }
        _exit(0);
    }
    for (int c = 0; c < 4; c++) {
        int status;
        assert_int_equal(waitpid(children[c], &status, 0), children[c]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(pread(fd, &number, sizeof number, 0), sizeof number);
    assert_int_equal(number, 800);
    close(fd);
}

static atomic_int turns;
static atomic_bool stop;

static void *hog(void *arg)
{
    (void)arg;
    struct ctx own;
    struct turnstile t;
    ctx_init(&own);
    if (turnstile_open(&own, folder, &t) != OK) return "open";
    while (!atomic_load(&stop)) {
        if (turnstile_enter(&own, &t) != OK) return "enter";
        usleep(200);
        atomic_fetch_add(&turns, 1);
        turnstile_leave(&t);
    }
    turnstile_close(&t);
    ctx_release(&own);
    return NULL;
}

/* Who comes while another writes all the time waits for few turns of it, not for its good will. */
static void test_store_turnstile__nobody_starves(void **state)
{
    (void)state;
    pthread_t thread;
    struct turnstile t;
    atomic_store(&stop, false);
    assert_int_equal(turnstile_open(&cx, folder, &t), OK);
    assert_int_equal(pthread_create(&thread, NULL, hog, NULL), 0);
    while (atomic_load(&turns) < 3) usleep(100);
    int waited = 0;
    for (int i = 0; i < 200; i++) {
        int before = atomic_load(&turns);
        assert_int_equal(turnstile_enter(&cx, &t), OK);
        waited += atomic_load(&turns) - before;
        turnstile_leave(&t);
        usleep(500);
    }
    atomic_store(&stop, true);
    void *trouble;
    pthread_join(thread, &trouble);
    assert_null(trouble);
    turnstile_close(&t);
    if (waited > 200 * 5) print_error("waited for %d turns in 200\n", waited);
    assert_true(waited <= 200 * 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_store_file__locks_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(test_store_file__modes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_store_file__refuses_what_is_no_database, setup, teardown),
        cmocka_unit_test_setup_teardown(test_store_file__transactions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_store_turnstile__one_at_a_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_store_turnstile__nobody_starves, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
