/* A process that has given up what web gives up tries everything that whoever took it over would. Each attempt succeeds
 * without the confinement, so that its failure is the confinement's doing. */
#include "unit.h"
#undef fail

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "../store/folder.h"
#include "serve/confine.h"
#include "store/state.h"

static struct ctx cx;
static char folder[256];
static int listener, inherited;
static uint16_t port;

static const char *in(const char *name)
{
    return arena_printf(&cx.arena, "%s/%s", folder, name).p;
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void make_database(const char *name)
{
    sqlite3 *db;
    assert_int_equal(store_open_file(&cx, in(name), STORE_CREATE, &db), OK);
    assert_int_equal(store_exec(&cx, db, "CREATE TABLE t(x INTEGER) STRICT; INSERT INTO t VALUES (7)"), OK);
    store_close(db);
}

static int setup(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;
    (void)state;
    ctx_init(&cx);
    if (!folder_make(folder)) return 1;
    make_database("ledger.db");
    make_database("state.db");
    mkdir(in("tls"), 0700);
    mkdir(in("signer"), 0700);
    mkdir(in("reports"), 0700);
    write_file(in("tls/key.pem"), "secret");
    write_file(in("signer/key"), "secret");
    write_file(in("config"), "secret");
    write_file(in("reports/a.json"), "{}");
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 9) != 0) return 1;
    getsockname(listener, (struct sockaddr *)&at, &n);
    port = at.sin_port;
    inherited = dup(listener);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    close(listener);
    close(inherited);
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

/* --- attempts: true when it could be done */

static bool opens(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

static bool can_exec(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(77);
    }
    int status;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* In the process itself, which would then be another. */
static bool can_become(void)
{
    execl("/bin/false", "false", (char *)NULL);
    return false;
}

static bool can_fork(void)
{
    pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) _exit(0);
    if (pid > 0) waitpid(pid, NULL, 0);
    return pid > 0;
}

static bool can_connect(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = port, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool done = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    if (fd >= 0) close(fd);
    return done;
}

static bool can_send_datagram(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = port, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bool done = fd >= 0 && sendto(fd, "x", 1, 0, (struct sockaddr *)&at, sizeof at) == 1;
    if (fd >= 0) close(fd);
    return done;
}

static bool can_listen(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

static bool can_write_database(void)
{
    sqlite3 *db;
    if (sqlite3_open_v2(in("ledger.db"), &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) return false;
    bool done = sqlite3_exec(db, "INSERT INTO t VALUES (8)", NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(db);
    return done;
}

static bool can_write_ledger(void)
{
    return opens(in("ledger.db"), O_RDWR);
}

static bool can_write_wal(void)
{
    return opens(in("state.db-wal"), O_WRONLY);
}

static bool can_read_signer(void)
{
    return opens(in("signer/key"), O_RDONLY);
}

static bool can_read_tls(void)
{
    return opens(in("tls/key.pem"), O_RDONLY);
}

static bool can_read_config(void)
{
    return opens(in("config"), O_RDONLY);
}

static bool can_read_passwd(void)
{
    return opens("/etc/passwd", O_RDONLY);
}

static bool can_list(void)
{
    return opens(folder, O_RDONLY | O_DIRECTORY);
}

static bool can_create(void)
{
    return opens(in("new"), O_WRONLY | O_CREAT);
}

static bool can_unlink(void)
{
    return unlink(in("reports/a.json")) == 0;
}

static bool can_rename(void)
{
    return rename(in("reports"), in("other")) == 0 && rename(in("other"), in("reports")) == 0;
}

static bool can_signal(void)
{
    return kill(getppid(), 0) == 0;
}

static bool can_trace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool can_read_memory(void)
{
    char byte;
    struct iovec to = {&byte, 1}, from = {&port, 1};
    return process_vm_readv(getppid(), &to, 1, &from, 1, 0) == 1;
}

static bool can_make_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED;
}

static bool can_turn_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool can_make_memory_file(void)
{
    return memfd_create("x", 0) >= 0;
}

static const struct {
    const char *what;
    bool (*can)(void);
} attempts[] = {
    {"run a program", can_exec},
    {"start a process", can_fork},
    {"connect by TCP", can_connect},
    {"send by UDP", can_send_datagram},
    {"make a local socket", can_listen},
    {"write the ledger by SQL", can_write_database},
    {"write the file of the ledger", can_write_ledger},
    {"write the log of state.db", can_write_wal},
    {"read the signer's key", can_read_signer},
    {"read the TLS key", can_read_tls},
    {"read the settings", can_read_config},
    {"read /etc/passwd", can_read_passwd},
    {"list the data folder", can_list},
    {"make a file", can_create},
    {"remove a file", can_unlink},
    {"rename a folder", can_rename},
    {"signal its parent", can_signal},
    {"be traced", can_trace},
    {"read another's memory", can_read_memory},
    {"get memory to execute", can_make_code},
    {"make memory executable", can_turn_code},
    {"make a file of memory", can_make_memory_file},
};
#define N_ATTEMPTS (sizeof attempts / sizeof *attempts)

/* --- what must still work */

static bool reads(const char *name, int64_t want)
{
    sqlite3 *db;
    int64_t sum = 0;
    if (store_open_file(&cx, in(name), STORE_READ, &db) != OK) return false;
    bool good = store_get_int(&cx, db, "SELECT sum(x) FROM t", &sum) == OK && sum == want;
    store_close(db);
    return good;
}

static void *thread(void *arg)
{
    return arg;
}

static bool threads(void)
{
    pthread_t t;
    void *out = NULL;
    return pthread_create(&t, NULL, thread, &cx) == 0 && pthread_join(t, &out) == 0 && out == &cx;
}

/* Runs f in a child, confined or not; the exit code. */
static int in_child(int (*f)(int), int arg, bool confined)
{
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct anchors a;
        struct str lacks = STR("");
        if (confined && (confine_anchors(&cx, folder, &a) != OK || confine_web(&cx, folder, NULL, &lacks) != OK))
            _exit(99);
        if (confined && lacks.n) _exit(98);
        _exit(f(arg));
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

static int attempt(int i)
{
    return attempts[i].can() ? 1 : 0;
}

static int become(int arg)
{
    (void)arg;
    return can_become() ? 1 : 0;
}

static void test_serve_confine__what_web_cannot_do(void **state)
{
    (void)state;
    int code = in_child(attempt, 0, true);
    if (code == 98) skip(); /* this kernel has no Landlock or no seccomp */
    for (size_t i = 0; i < N_ATTEMPTS; i++) {
        bool open = in_child(attempt, (int)i, false) == 1, closed = in_child(attempt, (int)i, true) == 0;
        if (!open) print_error("nobody here can %s\n", attempts[i].what);
        if (!closed) print_error("web can %s\n", attempts[i].what);
        assert_true(closed);
        assert_true(open);
        unlink(in("new"));
        write_file(in("reports/a.json"), "{}");
    }
    assert_int_equal(in_child(become, 0, false), 1); /* what /bin/false gives */
    assert_int_equal(in_child(become, 0, true), 0);
}

static int works(int arg)
{
    (void)arg;
    int fd = open(in("reports/a.json"), O_RDONLY);
    if (fd < 0 || !threads() || fcntl(inherited, F_GETFD) < 0) return 1;
    return reads("ledger.db", 7) && reads("state.db", 7) ? 0 : 2;
}

static void test_serve_confine__what_web_still_does(void **state)
{
    (void)state;
    int code = in_child(works, 0, true);
    if (code == 98) skip();
    assert_int_equal(code, 0);
}

/* A reader that was confined before sees what is written after, also when the log starts anew. */
static void test_serve_confine__reads_what_others_write(void **state)
{
    (void)state;
    int down[2], up[2], status;
    char byte;
    sqlite3 *db;
    assert_int_equal(pipe(down) | pipe(up), 0);
    assert_int_equal(store_open_file(&cx, in("ledger.db"), STORE_WRITE, &db), OK);
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct anchors a;
        struct str lacks = STR("");
        int64_t want = 7;
        if (confine_anchors(&cx, folder, &a) != OK || confine_web(&cx, folder, NULL, &lacks) != OK) _exit(99);
        for (int i = 0; i < 20; i++) {
            if (write(up[1], "r", 1) != 1 || read(down[0], &byte, 1) != 1) _exit(3);
            if (!reads("ledger.db", want += i)) _exit(4);
        }
        _exit(0);
    }
    for (int i = 0; i < 20; i++) {
        assert_int_equal(read(up[0], &byte, 1), 1);
        assert_int_equal(store_exec(&cx, db, arena_printf(&cx.arena, "INSERT INTO t VALUES (%d)", i).p), OK);
        if (i % 5 == 4) (void)!store_empty_wal(&cx, db); /* a reader may be in the way */
        assert_int_equal(write(down[1], "g", 1), 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    store_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_serve_confine__what_web_cannot_do, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_confine__what_web_still_does, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_confine__reads_what_others_write, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
