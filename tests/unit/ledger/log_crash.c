/* The log under many writers, kill -9, a full disk, writes that fail, and a write-ahead log that was torn: what was
 * acknowledged is there once, and what is there is sound. */
#include "log_data.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "ledger/leaf.h"

#define PROCESSES 4
#define THREADS 8

/* What a writer says once log_put() said OK. */
struct ack {
    uint64_t n;
    uint8_t digest[32];
};

struct writer {
    struct log *log;
    int to;   /* a pipe, or -1 */
    int most; /* facts */
    int put;  /* of them acknowledged */
    enum rc rc;
};

static int64_t real_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void *write_facts(void *arg)
{
    struct writer *w = arg;
    while (w->put < w->most && w->rc == OK) {
        struct ctx own;
        ctx_init(&own);
        struct log_fact f = make_fact(&own, "note", "{\"text\":\"under load\"}");
        struct leaf leaf;
        w->rc = log_put(&own, w->log, &f, &leaf);
        if (w->rc == OK) {
            struct ack a = {.n = leaf.n};
            memcpy(a.digest, f.digest, sizeof a.digest);
            if (w->to >= 0 && write(w->to, &a, sizeof a) != sizeof a) w->rc = E_IO;
            w->put++;
        }
        ctx_release(&own);
    }
    return NULL;
}

/* In a child: `threads` writers until `most` facts each or an error; the worst error. */
static enum rc write_with(struct log *l, int to, int threads, int most)
{
    struct writer w[THREADS] = {0};
    pthread_t t[THREADS];
    enum rc rc = OK;
    for (int i = 0; i < threads; i++) {
        w[i] = (struct writer){.log = l, .to = to, .most = most};
        if (pthread_create(&t[i], NULL, write_facts, &w[i]) != 0) _exit(9);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(t[i], NULL);
        if (w[i].rc != OK) rc = w[i].rc;
    }
    return rc;
}

static pid_t start_writers(int to, int most)
{
    pid_t pid = fork();
    if (pid) return pid;
    struct log *l;
    ctx_init(&cx);
    if (log_open(&cx, folder, real_clock, &l) != OK) {
        dprintf(2, "%s\n", cx.message);
        _exit(8);
    }
    enum rc rc = write_with(l, to, THREADS, most);
    log_close(l);
    _exit(rc == OK ? 0 : 7);
}

/* --- what the parent remembers */

static struct ack *acks;
static size_t n_acks, cap_acks;
static struct hash last_root;
static uint64_t last_size;

static void remember(const struct ack *a)
{
    if (n_acks == cap_acks) {
        cap_acks = cap_acks ? 2 * cap_acks : 1024;
        acks = realloc(acks, cap_acks * sizeof *acks);
        assert_non_null(acks);
    }
    acks[n_acks++] = *a;
}

static void read_acks(int from)
{
    struct ack a;
    while (read(from, &a, sizeof a) == sizeof a) remember(&a);
}

static int by_number(const void *a, const void *b)
{
    const struct ack *x = a, *y = b;
    return x->n < y->n ? -1 : x->n > y->n;
}

/* Each acknowledged fact is there, under its number, and no two have one number. The head goes on from the last seen.
 */
static void check_acks(size_t from)
{
    struct log_reader *r = open_reader();
    struct hash root, proof[MERKLE_PROOF];
    size_t k;
    uint64_t size = log_reader_size(r);
    qsort(acks + from, n_acks - from, sizeof *acks, by_number);
    for (size_t i = from; i < n_acks; i++) {
        struct str bytes;
        struct leaf leaf;
        if (log_reader_entry(&cx, r, acks[i].n, &bytes) != OK) failed("acknowledged, and lost: %s", cx.message);
        assert_int_equal(leaf_read(&cx, bytes, &leaf), OK);
        assert_memory_equal(leaf.digest, acks[i].digest, 32);
        if (i > from) assert_true(acks[i].n > acks[i - 1].n);
    }
    log_reader_root(r, &root);
    if (last_size) {
        struct merkle_nodes nodes = log_reader_nodes(r);
        assert_true(size >= last_size);
        assert_int_equal(merkle_consistency(&nodes, last_size, size, proof, &k), OK);
        assert_true(merkle_verify_consistency(last_size, size, proof, k, &last_root, &root));
    }
    last_root = root;
    last_size = size;
    log_reader_close(r);
}

static int setup(void **state)
{
    n_acks = 0;
    last_size = 0;
    return log_setup(state);
}

static void test_ledger_log_crash__many_writers(void **state)
{
    (void)state;
    int ends[2], status;
    pid_t children[PROCESSES];
    assert_int_equal(pipe(ends), 0);
    for (int p = 0; p < PROCESSES; p++) children[p] = start_writers(ends[1], 50);
    close(ends[1]);
    read_acks(ends[0]);
    close(ends[0]);
    for (int p = 0; p < PROCESSES; p++) {
        assert_int_equal(waitpid(children[p], &status, 0), children[p]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(n_acks, PROCESSES * THREADS * 50);
    check_acks(0);
    assert_int_equal(sound_log(), n_acks);
}

static void test_ledger_log_crash__killed(void **state)
{
    (void)state;
    const char *rounds_text = getenv("SINETTI_KILLS");
    int rounds = rounds_text ? atoi(rounds_text) : 50;
    unsigned seed = 1;
    for (int round = 0; round < rounds; round++) {
        int ends[2];
        pid_t children[PROCESSES];
        size_t before = n_acks;
        assert_int_equal(pipe(ends), 0);
        for (int p = 0; p < PROCESSES; p++) children[p] = start_writers(ends[1], 1000000);
        close(ends[1]);
        struct ack first;
        assert_int_equal(read(ends[0], &first, sizeof first), sizeof first); /* they are at it */
        remember(&first);
        usleep((useconds_t)(rand_r(&seed) % 20000));
        for (int p = 0; p < PROCESSES; p++) kill(children[p], SIGKILL);
        for (int p = 0; p < PROCESSES; p++) waitpid(children[p], NULL, 0);
        read_acks(ends[0]);
        close(ends[0]);
        check_acks(before);
    }
    check_acks(0);
    assert_true(sound_log() >= n_acks);
}

/* Files cannot grow any more; then they can again. */
static void test_ledger_log_crash__disk_full(void **state)
{
    (void)state;
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (!child) {
        struct rlimit limit;
        struct log *l;
        ctx_init(&cx);
        signal(SIGXFSZ, SIG_IGN);
        if (log_open(&cx, folder, real_clock, &l) != OK || getrlimit(RLIMIT_FSIZE, &limit)) _exit(1);
        limit.rlim_cur = 200000;
        if (setrlimit(RLIMIT_FSIZE, &limit)) _exit(2);
        if (write_with(l, ends[1], THREADS, 100000) != E_IO) _exit(3);
        if (write_with(l, ends[1], 1, 1000) != E_IO) _exit(4);
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_FSIZE, &limit)) _exit(5);
        if (write_with(l, ends[1], THREADS, 20) != OK) _exit(6);
        log_close(l);
        _exit(0);
    }
    close(ends[1]);
    read_acks(ends[0]);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(n_acks > THREADS * 20);
    check_acks(0);
    assert_int_equal(sound_log(), n_acks); /* what was refused is not there */
}

/* --- a file system that fails at the write one names */

static sqlite3_vfs *real_vfs, bad_vfs;
static int writes_left = -1; /* negative: none fails */
static bool stays_bad;

struct bad_file {
    sqlite3_file base;
    sqlite3_io_methods methods;
    sqlite3_file *real;
};

static bool fails(void)
{
    if (writes_left < 0) return false;
    if (writes_left > 0) {
        writes_left--;
        return false;
    }
    if (!stays_bad) writes_left = -1;
    return true;
}

#define REAL(f) (((struct bad_file *)(f))->real)

static int bad_close(sqlite3_file *f)
{
    int rc = REAL(f)->pMethods->xClose(REAL(f));
    sqlite3_free(REAL(f));
    return rc;
}
static int bad_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return REAL(f)->pMethods->xRead(REAL(f), p, n, at);
}
static int bad_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    if (!fails()) return REAL(f)->pMethods->xWrite(REAL(f), p, n, at);
    REAL(f)->pMethods->xWrite(REAL(f), p, n / 2, at); /* half of it arrives */
    return SQLITE_IOERR_WRITE;
}
static int bad_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return fails() ? SQLITE_IOERR_TRUNCATE : REAL(f)->pMethods->xTruncate(REAL(f), n);
}
static int bad_sync(sqlite3_file *f, int flags)
{
    return fails() ? SQLITE_IOERR_FSYNC : REAL(f)->pMethods->xSync(REAL(f), flags);
}
static int bad_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return REAL(f)->pMethods->xFileSize(REAL(f), n);
}
static int bad_lock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xLock(REAL(f), level);
}
static int bad_unlock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xUnlock(REAL(f), level);
}
static int bad_reserved(sqlite3_file *f, int *out)
{
    return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}
static int bad_control(sqlite3_file *f, int op, void *arg)
{
    return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}
static int bad_sector(sqlite3_file *f)
{
    return REAL(f)->pMethods->xSectorSize(REAL(f));
}
static int bad_device(sqlite3_file *f)
{
    return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}
static int bad_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
    return REAL(f)->pMethods->xShmMap(REAL(f), region, size, extend, out);
}
static int bad_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return REAL(f)->pMethods->xShmLock(REAL(f), offset, n, flags);
}
static void bad_shm_barrier(sqlite3_file *f)
{
    REAL(f)->pMethods->xShmBarrier(REAL(f));
}
static int bad_shm_unmap(sqlite3_file *f, int delete)
{
    return REAL(f)->pMethods->xShmUnmap(REAL(f), delete);
}

static int bad_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)vfs;
    struct bad_file *b = (struct bad_file *)f;
    memset(b, 0, sizeof *b);
    b->real = sqlite3_malloc(real_vfs->szOsFile);
    assert_non_null(b->real);
    memset(b->real, 0, (size_t)real_vfs->szOsFile);
    int rc = real_vfs->xOpen(real_vfs, name, b->real, flags, out);
    if (rc != SQLITE_OK) {
        sqlite3_free(b->real);
        return rc;
    }
    b->methods = (sqlite3_io_methods){2,          bad_close,   bad_read,     bad_write,       bad_truncate,  bad_sync,
                                      bad_size,   bad_lock,    bad_unlock,   bad_reserved,    bad_control,   bad_sector,
                                      bad_device, bad_shm_map, bad_shm_lock, bad_shm_barrier, bad_shm_unmap, NULL,
                                      NULL};
    b->base.pMethods = &b->methods;
    return SQLITE_OK;
}

/* One, then three in a transaction, then one; what log_submit() said OK to. */
static int some_facts(void)
{
    struct log *l;
    int put = 0;
    if (log_open(&cx, folder, test_clock, &l) != OK) return 0;
    static const struct many plan[] = {{0, 1}, {0, 3}, {0, 1}};
    for (size_t i = 0; i < 3; i++) {
        struct many m = plan[i];
        enum rc rc = log_submit(&cx, l, put_them, &m);
        if (rc == OK) put += m.to;
        if (rc != OK) assert_int_equal(rc, E_IO);
    }
    log_close(l);
    return put;
}

static void test_ledger_log_crash__each_write_fails_in_turn(void **state)
{
    (void)state;
    real_vfs = sqlite3_vfs_find(NULL);
    bad_vfs = *real_vfs;
    bad_vfs.zName = "bad";
    bad_vfs.szOsFile = sizeof(struct bad_file);
    bad_vfs.xOpen = bad_open;
    assert_int_equal(sqlite3_vfs_register(&bad_vfs, 1), SQLITE_OK);
    uint64_t least = 0;
    int tried = 0;
    for (int mode = 0; mode < 2; mode++)
        for (int k = 0;; k++, tried++) {
            stays_bad = mode;
            writes_left = k;
            least += (uint64_t)some_facts();
            bool reached = writes_left <= 0;
            writes_left = -1;
            assert_true(sound_log() >= least);
            struct log_reader *r = open_reader();
            least = log_reader_size(r); /* a fact that was refused may be there after all, but only whole and once */
            log_reader_close(r);
            if (!reached) break;
        }
    sqlite3_vfs_unregister(&bad_vfs);
    sqlite3_vfs_register(real_vfs, 1);
    assert_true(tried > 20);
}

/* --- a write-ahead log that ends anywhere */

static void copy(const char *name, const char *to, size_t most)
{
    struct arena a;
    arena_init(&a);
    struct str bytes = file_bytes(&a, arena_printf(&a, "%s/%s", folder, name).p);
    FILE *f = fopen(arena_printf(&a, "%s/%s", to, name).p, "wb");
    size_t n = bytes.n < most ? bytes.n : most;
    assert_true(f && bytes.p && fwrite(bytes.p, 1, n, f) == n && fclose(f) == 0);
    arena_release(&a);
}

static void test_ledger_log_crash__torn(void **state)
{
    (void)state;
    char whole[256], torn[256];
    memcpy(whole, folder, sizeof whole);
    assert_non_null(folder_make(torn));
    struct log *l = open_log();
    put_many(l, 0, 260);
    for (int i = 0; i < 5; i++) put(l, "note", "{\"text\":\"last\"}");
    size_t end = file_bytes(&cx.arena, arena_printf(&cx.arena, "%s/ledger.db-wal", folder).p).n;
    uint64_t before = 265;
    for (size_t cut = 0; cut < 40000 && cut < end; cut += cut < 9000 ? 509 : 4096) {
        memcpy(folder, whole, sizeof folder);
        copy("ledger.db", torn, SIZE_MAX);
        copy("ledger.db-wal", torn, end - cut);
        unlink(arena_printf(&cx.arena, "%s/ledger.db-shm", torn).p);
        memcpy(folder, torn, sizeof folder);
        uint64_t size = sound_log();
        assert_true(size <= before);
        assert_true(cut > 0 || size == 265);
        before = size;
        if (cut % 4096 == 0 && size >= 260) { /* and one can go on from there */
            struct log *again = open_log();
            assert_int_equal(put(again, "note", "{}").n, size);
            log_close(again);
            assert_int_equal(sound_log(), size + 1);
        }
    }
    assert_true(before < 265);
    log_close(l);
    folder_remove(torn);
    memcpy(folder, whole, sizeof folder);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_ledger_log_crash__##name, setup, log_teardown)
    const struct CMUnitTest tests[] = {
        CASE(many_writers), CASE(killed), CASE(disk_full), CASE(each_write_fails_in_turn), CASE(torn),
    };
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    free(acks);
    return failures;
}
