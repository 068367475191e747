/* Reading a folder that somebody else made: files, and whatever else can stand in their place. */
#include "../store/folder.h"
#include "files.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "ledger/reader.h"

static struct ctx cx;
static char folder[256];
static struct reader_folder open_one;

static const char *in(const char *path)
{
    return arena_printf(&cx.arena, "%s/%s", folder, path).p;
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(in(path), "wb");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0) abort();
}

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    if (!folder_make(folder) || mkdir(in("tile"), 0700) != 0 || mkdir(in("tile/0"), 0700) != 0) return 1;
    put("checkpoint", "the head");
    put("tile/0/000", "hashes");
    return reader_folder_open(&cx, folder, &open_one) != OK;
}

static int teardown(void **state)
{
    (void)state;
    reader_folder_close(&open_one);
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

/* What reading at most 100 bytes gives. */
static enum rc read_it(const char *path, struct str *out)
{
    struct reader r = reader_of_folder(&open_one);
    scoped_buf b;
    buf_init(&b, 100);
    enum rc rc = reader_whole(&cx, &r, str_from(path), &b);
    *out = arena_str(&cx.arena, buf_view(&b));
    return rc;
}

static void refused(const char *path, enum rc rc, const char *message)
{
    struct str got;
    enum rc was = read_it(path, &got);
    if (was != rc || strcmp(cx.message, message) != 0) failed("%s: %s, not %s", rc_name(was), cx.message, message);
}

static void test_ledger_reader__files(void **state)
{
    (void)state;
    struct str got;
    assert_int_equal(read_it("checkpoint", &got), OK);
    assert_str(got, STR("the head"));
    assert_int_equal(read_it("tile/0/000", &got), OK);
    assert_str(got, STR("hashes"));
    refused("tile/0/001", E_NOTFOUND, "tile/0/001: No such file or directory");
    refused("tile/1/000", E_NOTFOUND, "tile/1/000: No such file or directory");
    refused("checkpoint/000", E_NOTFOUND, "checkpoint/000: No such file or directory");
    refused("tile/0/000.p/7", E_NOTFOUND, "tile/0/000.p/7: No such file or directory");
}

static void test_ledger_reader__what_is_no_file(void **state)
{
    (void)state;
    put("secret", "not for here");
    assert_int_equal(symlink("secret", in("link")), 0);
    assert_int_equal(symlink("/dev/zero", in("endless")), 0);
    assert_int_equal(symlink("tile", in("other")), 0);
    assert_int_equal(symlink("nowhere", in("broken")), 0);
    assert_int_equal(mkfifo(in("pipe"), 0600), 0);
    refused("link", E_INVALID, "link: a symbolic link, which is not followed");
    refused("endless", E_INVALID, "endless: a symbolic link, which is not followed");
    refused("broken", E_INVALID, "broken: a symbolic link, which is not followed");
    refused("other/0/000", E_INVALID, "other/0/000: a symbolic link, which is not followed");
    refused("pipe", E_INVALID, "pipe: a pipe or a device, not a file");
    refused("tile/0", E_INVALID, "tile/0: a folder, not a file");
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (strlen(in("socket")) < sizeof at.sun_path) {
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        memcpy(at.sun_path, in("socket"), strlen(in("socket")));
        assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
        refused("socket", E_INVALID, "socket: a socket, not a file");
        close(fd);
    }
}

/* A file of a terabyte that takes no place is not read to its end. */
static void test_ledger_reader__ceiling(void **state)
{
    (void)state;
    int fd = open(in("large"), O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    int grown = ftruncate(fd, (off_t)1 << 40);
    if (grown != 0) grown = ftruncate(fd, (off_t)1 << 30);
    assert_int_equal(grown, 0);
    close(fd);
    refused("large", E_LIMIT, "large: over 100 bytes");
    char name[300];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    struct str got;
    assert_int_equal(read_it(name, &got), E_INVALID);
}

static void test_ledger_reader__rights(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        print_message("skipped: root may read everything\n");
        skip();
    }
    assert_int_equal(chmod(in("checkpoint"), 0), 0);
    refused("checkpoint", E_DENIED, "checkpoint: Permission denied");
}

static void test_ledger_reader__no_folder(void **state)
{
    (void)state;
    struct reader_folder f;
    assert_int_equal(reader_folder_open(&cx, in("nowhere"), &f), E_NOTFOUND);
    assert_int_equal(reader_folder_open(&cx, in("checkpoint"), &f), E_NOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_reader__files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_reader__what_is_no_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_reader__ceiling, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_reader__rights, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_reader__no_folder, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
