/* base/file: a file is replaced whole or not at all, also when the disk is full. */
#include "unit.h"
#undef fail

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store/folder.h"

static struct ctx cx;
static char folder[256];
static const char *file;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    if (!folder_make(folder)) return 1;
    file = arena_printf(&cx.arena, "%s/out", folder).p;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static void assert_holds(const char *path, struct str expected)
{
    char got[4096];
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t n = read(fd, got, sizeof got);
    close(fd);
    assert_int_equal(n, expected.n);
    if (n) assert_memory_equal(got, expected.p, expected.n);
}

static int names_in(const char *dir)
{
    DIR *d = opendir(dir);
    int n = 0;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

static void test_base_file__replaces(void **state)
{
    (void)state;
    assert_int_equal(file_replace(&cx, file, STR("one\0two")), OK);
    assert_holds(file, STR("one\0two"));
    struct stat before, after;
    assert_int_equal(stat(file, &before), 0);
    int reader = open(file, O_RDONLY);
    assert_int_equal(file_replace(&cx, file, STR("3")), OK);
    assert_holds(file, STR("3"));
    char old[8];
    assert_int_equal(read(reader, old, sizeof old), 7); /* who reads goes on reading the old one */
    assert_memory_equal(old, "one\0two", 7);
    close(reader);
    assert_int_equal(stat(file, &after), 0);
    assert_int_not_equal(before.st_ino, after.st_ino);
    assert_int_equal(file_replace(&cx, file, STR("")), OK);
    assert_holds(file, STR(""));
    assert_int_equal(names_in(folder), 1);
}

/* A limit on the size of files is a disk that is full, for one process. */
static int child_writes_to_a_full_disk(size_t fits)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit = {fits, fits};
        scoped_buf b;
        buf_init(&b, 0);
        for (int i = 0; i < 1000; i++) buf_cstr(&b, "new text\n");
        if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) < 0) _exit(9);
        enum rc rc = file_replace(&cx, file, buf_view(&b));
        bool told = strstr(cx.message, file) && strstr(cx.message, strerror(EFBIG));
        buf_release(&b);
        _exit(rc == OK ? 1 : rc == E_IO && told ? 2 : 3);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_base_file__full_disk_leaves_the_old_one(void **state)
{
    (void)state;
    assert_int_equal(file_replace(&cx, file, STR("old")), OK);
    static const size_t fits[] = {0, 1, 4096, 8999};
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
        assert_int_equal(child_writes_to_a_full_disk(fits[i]), 2);
        assert_holds(file, STR("old"));
        assert_int_equal(names_in(folder), 1);
    }
    assert_int_equal(child_writes_to_a_full_disk(9000), 1); /* just enough */
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_size, 9000);
}

static void test_base_file__refuses(void **state)
{
    (void)state;
    assert_int_equal(file_replace(&cx, folder, STR("x")), E_IO);
    assert_non_null(strstr(cx.message, folder));
    assert_int_equal(names_in(folder), 0);
    const char *nowhere = arena_printf(&cx.arena, "%s/none/out", folder).p;
    assert_int_equal(file_replace(&cx, nowhere, STR("x")), E_IO);
    assert_non_null(strstr(cx.message, strerror(ENOENT)));
    const char *hostile = arena_printf(&cx.arena, "%s/none/\x1b[2J", folder).p;
    assert_int_equal(file_replace(&cx, hostile, STR("x")), E_IO);
    assert_non_null(strstr(cx.message, "\\x1b[2J"));
    assert_int_equal(file_replace(&cx, "/dev/full", STR("x")), E_IO);
    assert_non_null(strstr(cx.message, strerror(ENOSPC)));
}

/* What is no ordinary file is written to, not replaced. */
static void test_base_file__pipe(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(file, 0600), 0);
    int fd = open(file, O_RDONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    assert_int_equal(file_replace(&cx, file, STR("through")), OK);
    char got[16];
    assert_int_equal(read(fd, got, sizeof got), 7);
    assert_memory_equal(got, "through", 7);
    close(fd);
    struct stat st;
    assert_int_equal(lstat(file, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    assert_int_equal(file_replace(&cx, "/dev/null", STR("x")), OK);
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

/* The new file is what the old one was to others. */
static void test_base_file__links_and_rights_stay(void **state)
{
    (void)state;
    const char *link = arena_printf(&cx.arena, "%s/link", folder).p;
    struct stat st;
    assert_int_equal(file_replace(&cx, file, STR("old")), OK);
    assert_int_equal(chmod(file, 0640), 0);
    assert_int_equal(symlink("out", link), 0);
    assert_int_equal(file_replace(&cx, link, STR("new")), OK);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_holds(file, STR("new"));
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    const struct str parts[] = {STR("one"), STR(""), STR("two")};
    const char *fresh = arena_printf(&cx.arena, "%s/fresh", folder).p;
    assert_int_equal(file_replace_parts(&cx, fresh, 0600, parts, 3), OK);
    assert_holds(fresh, STR("onetwo"));
    assert_int_equal(stat(fresh, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(file_replace_parts(&cx, file, 0600, parts, 3), OK);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640); /* the mode is for what was not there */
    assert_int_equal(names_in(folder), 3);
}

/* In a child that is not root, who may write anything. */
static void test_base_file__write_protected_is_kept(void **state)
{
    (void)state;
    const uid_t nobody = 65534;
    assert_int_equal(file_replace(&cx, file, STR("old")), OK);
    assert_int_equal(chmod(file, 0400), 0);
    if (geteuid() == 0) assert_true(chown(file, nobody, nobody) == 0 && chown(folder, nobody, nobody) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (geteuid() == 0 && setuid(nobody) != 0) _exit(9);
        if (file_replace(&cx, file, STR("new")) != E_IO || !strstr(cx.message, strerror(EACCES))) _exit(1);
        if (chmod(file, 0600) != 0 || file_replace(&cx, file, STR("new")) != OK) _exit(2);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_holds(file, STR("new"));
}

/* A name for an open descriptor is that descriptor, where it stands. */
static void test_base_file__descriptors_by_name(void **state)
{
    (void)state;
    int fd = open(file, O_RDWR | O_CREAT, 0600);
    assert_int_equal(write(fd, "before, ", 8), 8);
    const char *name = arena_printf(&cx.arena, "/dev/fd/%d", fd).p;
    assert_int_equal(file_replace(&cx, name, STR("new")), OK);
    name = arena_printf(&cx.arena, "/proc/self/fd/%d", fd).p;
    assert_int_equal(file_replace(&cx, name, STR(", newer")), OK);
    assert_int_equal(write(fd, ", after", 7), 7);
    close(fd);
    assert_holds(file, STR("before, new, newer, after"));
    assert_int_equal(file_replace(&cx, name, STR("x")), E_IO);
}

static void test_base_file__write_all(void **state)
{
    (void)state;
    assert_false(file_write_all(-1, STR("x")));
    assert_int_equal(errno, EBADF);
    assert_true(file_write_all(-1, STR("")));
    /* a pipe takes a part at a time */
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        static char much[300000];
        close(fds[0]);
        memset(much, 'm', sizeof much);
        _exit(!file_write_all(fds[1], (struct str){much, sizeof much}));
    }
    close(fds[1]);
    size_t all = 0;
    char part[1000];
    for (ssize_t n; (n = read(fds[0], part, sizeof part)) > 0;) all += (size_t)n;
    close(fds[0]);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(all, 300000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_base_file__replaces, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_file__full_disk_leaves_the_old_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_file__refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_file__pipe, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_file__links_and_rights_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_file__write_protected_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_file__descriptors_by_name, setup, teardown),
        cmocka_unit_test(test_base_file__write_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
