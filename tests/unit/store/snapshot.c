/* store: a database as one file that is either whole or not used. */
#include "store/store.h" /* before cmocka, whose fail is a macro */

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "folder.h"
#include "unit.h"

#define KEY STR("version 1 of everything")

static struct ctx cx;
static char folder[256];
static const char *file;
static sqlite3 *db;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    if (!folder_make(folder)) return 1;
    file = arena_printf(&cx.arena, "%s/cache", folder).p;
    return store_open_memory(&cx,
                             "PRAGMA page_size=512; CREATE TABLE t(a INTEGER, b TEXT) STRICT;"
                             "INSERT INTO t VALUES (1, 'one'), (2, 'two')",
                             &db) != OK;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static struct str read_back(void)
{
    struct stat st;
    int fd = open(file, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    char *p = arena_alloc(&cx.arena, (size_t)st.st_size);
    assert_int_equal(read(fd, p, (size_t)st.st_size), st.st_size);
    close(fd);
    return (struct str){p, (size_t)st.st_size};
}

static void write_bytes(struct str bytes)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
    close(fd);
}

static enum rc load(struct str key)
{
    sqlite3 *got = db;
    enum rc rc = store_snapshot_load(&cx, file, key, &got);
    assert_true((rc == OK) == (got != NULL));
    store_close(got);
    return rc;
}

static int names_in_folder(void)
{
    DIR *d = opendir(folder);
    int n = 0;
    for (struct dirent *e; d && (e = readdir(d));) n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

static void test_store_snapshot__comes_back(void **state)
{
    (void)state;
    sqlite3 *got = NULL;
    int64_t n;
    assert_int_equal(store_snapshot_save(&cx, db, file, KEY), OK);
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(store_snapshot_load(&cx, file, KEY, &got), OK);
    assert_int_equal(store_get_int(&cx, got, "SELECT sum(a) FROM t WHERE b IN ('one', 'two')", &n), OK);
    assert_int_equal(n, 3);
    /* it lives in memory: what is written to it does not reach the file, and it can grow */
    assert_int_equal(store_exec(&cx, got,
                                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                                "INSERT INTO t SELECT i, 'more' FROM n"),
                     OK);
    store_close(got);
    assert_int_equal(store_snapshot_load(&cx, file, KEY, &got), OK);
    assert_int_equal(store_get_int(&cx, got, "SELECT count(*) FROM t", &n), OK);
    assert_int_equal(n, 2);
    /* it has our settings as any other */
    assert_int_not_equal(store_exec(&cx, got, "SELECT \"no column\" FROM t"), OK);
    assert_int_not_equal(store_exec(&cx, got, "ATTACH ':memory:' AS other"), OK);
    store_close(got);
    assert_int_equal(names_in_folder(), 1);
}

static void test_store_snapshot__any_flipped_bit_is_noticed(void **state)
{
    (void)state;
    assert_int_equal(store_snapshot_save(&cx, db, file, KEY), OK);
    struct str whole = read_back();
    char *bytes = (char *)whole.p;
    assert_true(whole.n > 512 && whole.n < 10000);
    int fd = open(file, O_WRONLY);
    for (size_t i = 0; i < whole.n; i++) {
        char flipped = (char)(bytes[i] ^ 1 << i % 8);
        assert_int_equal(pwrite(fd, &flipped, 1, (off_t)i), 1);
        if (load(KEY) != E_CORRUPT) fail_msg("byte %zu of %zu is not looked at", i, whole.n);
        assert_int_equal(pwrite(fd, &bytes[i], 1, (off_t)i), 1);
    }
    close(fd);
    assert_int_equal(load(KEY), OK);
    assert_int_equal(cx.error, E_CORRUPT); /* said */
    assert_non_null(strstr(cx.message, file));
}

static void test_store_snapshot__any_other_length_is_noticed(void **state)
{
    (void)state;
    assert_int_equal(store_snapshot_save(&cx, db, file, KEY), OK);
    struct str whole = read_back();
    for (size_t n = 0; n < whole.n; n += n < 100 || n + 100 > whole.n ? 1 : 97) {
        write_bytes(str_slice(whole, 0, n));
        if (load(KEY) != E_CORRUPT) fail_msg("%zu bytes of %zu are taken", n, whole.n);
    }
    char *longer = arena_alloc(&cx.arena, whole.n + 1);
    memcpy(longer, whole.p, whole.n);
    write_bytes((struct str){longer, whole.n + 1});
    assert_int_equal(load(KEY), E_CORRUPT);
    write_bytes(whole);
    assert_int_equal(load(KEY), OK);
}

static void test_store_snapshot__for_another_key(void **state)
{
    (void)state;
    assert_int_equal(store_snapshot_save(&cx, db, file, KEY), OK);
    assert_int_equal(load(STR("version 2 of everything")), E_CORRUPT);
    assert_int_equal(load(STR("version 1 of everythin")), E_CORRUPT);
    assert_int_equal(load(STR("")), E_CORRUPT);
    assert_int_equal(load(KEY), OK);
}

static void test_store_snapshot__what_cannot_be_read(void **state)
{
    (void)state;
    assert_int_equal(load(KEY), E_NOTFOUND);
    assert_int_equal(mkdir(file, 0700), 0);
    assert_int_equal(load(KEY), E_CORRUPT);
    assert_int_equal(rmdir(file), 0);
    assert_int_equal(mkfifo(file, 0600), 0); /* and it does not wait for a writer */
    assert_int_equal(load(KEY), E_CORRUPT);
}

static void test_store_snapshot__full_disk_leaves_the_old_one(void **state)
{
    (void)state;
    assert_int_equal(store_snapshot_save(&cx, db, file, KEY), OK);
    struct str before = read_back();
    assert_int_equal(store_exec(&cx, db, "INSERT INTO t VALUES (3, 'three')"), OK);
    static const rlim_t fits[] = {0, 10, 600};
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            struct rlimit limit = {fits[i], fits[i]};
            if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) < 0) _exit(9);
            enum rc rc = store_snapshot_save(&cx, db, file, KEY);
            _exit(rc == E_IO && strstr(cx.message, file) ? 2 : 1);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(WEXITSTATUS(status), 2);
        assert_true(str_eq(read_back(), before));
        assert_int_equal(names_in_folder(), 1);
    }
    const char *nowhere = arena_printf(&cx.arena, "%s/none/cache", folder).p;
    assert_int_equal(store_snapshot_save(&cx, db, nowhere, KEY), E_IO);
}

/* Not over somebody's file that was named by mistake; over a damaged snapshot it is. */
static void test_store_snapshot__keeps_what_is_something_else(void **state)
{
    (void)state;
    write_bytes(STR("my thesis, the only copy"));
    assert_int_equal(store_snapshot_save(&cx, db, file, KEY), E_IO);
    assert_non_null(strstr(cx.message, "something else"));
    assert_true(str_eq(read_back(), STR("my thesis, the only copy")));
    assert_int_equal(store_snapshot_save(&cx, db, "/dev/null", KEY), E_IO);
    assert_int_equal(store_snapshot_save(&cx, db, folder, KEY), E_IO);
    write_bytes(STR(""));
    assert_int_equal(store_snapshot_save(&cx, db, file, KEY), OK);
    int fd = open(file, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, 0), 1);
    close(fd);
    assert_int_equal(store_snapshot_save(&cx, db, file, KEY), OK);
    fd = open(file, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, 20), 1);
    close(fd);
    assert_int_equal(store_snapshot_save(&cx, db, file, KEY), OK);
    assert_int_equal(load(KEY), OK);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_store_snapshot__comes_back),
        STORE_TEST(test_store_snapshot__any_flipped_bit_is_noticed),
        STORE_TEST(test_store_snapshot__any_other_length_is_noticed),
        STORE_TEST(test_store_snapshot__for_another_key),
        STORE_TEST(test_store_snapshot__what_cannot_be_read),
        STORE_TEST(test_store_snapshot__keeps_what_is_something_else),
        STORE_TEST(test_store_snapshot__full_disk_leaves_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
