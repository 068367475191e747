#include "ledger/backup.h"

#include "ledger/checkpoint.h"
#include "ledger/log_check.h"
#include "ledger/log_tables.h"
#include "store/store.h"
#include "store/turnstile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STEP_PAGES 1000

static enum rc sync_folder_of(struct ctx *cx, const char *path)
{
    struct str p = str_from(path);
    while (p.n && p.p[p.n - 1] != '/') p.n--;
    const char *dir = p.n ? arena_cstr(&cx->arena, p) : ".";
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    int failure = errno;
    if (fd >= 0) close(fd);
    return good ? OK : fail(cx, E_IO, "%s: cannot sync: %s", str_visible(cx, str_from(dir)), strerror(failure));
}

static void remove_database(struct ctx *cx, const char *path)
{
    static const char *const parts[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        unlink(arena_printf(&cx->arena, "%s%s", path, parts[i]).p);
}

/* All pages of `from`, as its open read transaction sees them. */
static enum rc copy_pages(struct ctx *cx, sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (!b) return fail(cx, E_IO, "cannot copy: %s", str_visible(cx, str_from(sqlite3_errmsg(to))));
    int code;
    do {
        code = sqlite3_backup_step(b, STEP_PAGES);
        ctx_progress(cx, "copying pages", sqlite3_backup_pagecount(b) - sqlite3_backup_remaining(b),
                     sqlite3_backup_pagecount(b));
    } while (code == SQLITE_OK);
    int end = sqlite3_backup_finish(b);
    return code == SQLITE_DONE && end == SQLITE_OK
               ? OK
               : fail(cx, E_IO, "cannot copy: %s", sqlite3_errstr(code == SQLITE_DONE ? end : code));
}

static enum rc write_copy(struct ctx *cx, sqlite3 *from, const char *path)
{
    sqlite3 *db;
    TRY(store_open_file(cx, path, STORE_CREATE, &db));
    enum rc rc = store_keep_little(cx, db);
    if (rc == OK) rc = copy_pages(cx, from, db);
    /* one file that needs no other beside it */
    if (rc == OK) rc = store_exec(cx, db, "PRAGMA synchronous=FULL; PRAGMA journal_mode=DELETE");
    store_close(db);
    if (rc != OK) return rc;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    int failure = errno;
    if (fd >= 0) close(fd);
    return good ? OK : fail(cx, E_IO, "%s: cannot sync: %s", str_visible(cx, str_from(path)), strerror(failure));
}

enum rc log_backup(struct ctx *cx, struct log_reader *r, const char *file)
{
    const char *beside = arena_printf(&cx->arena, "%s.%ld.new", file, (long)getpid()).p;
    enum rc rc = write_copy(cx, log_reader_db(r), beside);
    if (rc == OK && link(beside, file) != 0)
        rc = fail(cx, errno == EEXIST ? E_CONFLICT : E_IO, "%s: cannot make: %s", str_visible(cx, str_from(file)),
                  strerror(errno));
    remove_database(cx, beside);
    return rc == OK ? sync_folder_of(cx, file) : rc;
}

/* --- back */

static void keep_first(void *arg, const char *what)
{
    struct buf *first = arg;
    if (!first->n) buf_cstr(first, what);
}

/* The ledger in the folder `dir` is whole; *origin is its name before any restoring. */
static enum rc check_whole(struct ctx *cx, const char *dir, struct log_restored *out, struct str *origin)
{
    struct log_reader *r;
    uint64_t generation;
    scoped_buf first;
    buf_init(&first, 0);
    struct log_check c = {.found = keep_first, .arg = &first};
    TRY(log_reader_open(cx, dir, &r));
    enum rc rc = log_check(cx, r, &c);
    if (rc == OK && c.problems)
        rc = fail(cx, E_CORRUPT, "the backup is damaged (%llu problems): " STR_FMT, (unsigned long long)c.problems,
                  STR_ARG(buf_view(&first)));
    out->facts = log_reader_size(r);
    *origin = arena_str(&cx->arena, origin_base(log_reader_origin(r), &generation));
    log_reader_close(r);
    return rc;
}

/* The origin of what is there now, if it can be read: a damaged one is what one restores for. */
static enum rc check_same(struct ctx *cx, const char *dir, struct str origin)
{
    struct ctx own;
    struct log_reader *r;
    uint64_t generation;
    enum rc rc = OK;
    ctx_init(&own);
    if (log_reader_open(&own, dir, &r) == OK) {
        if (!str_eq(origin_base(log_reader_origin(r), &generation), origin))
            rc = fail(cx, E_CONFLICT, "the backup is of %s, the data folder is of %s", str_visible(cx, origin),
                      str_visible(cx, log_reader_origin(r)));
        log_reader_close(r);
    }
    ctx_release(&own);
    return rc;
}

/* Nobody else has it open: then the write-ahead log can be done away with, and the file is all there is. A damaged file
 * says nothing about who has it open; the writers' lock, which is held, must do. */
static enum rc close_down(struct ctx *cx, const char *path)
{
    sqlite3 *db;
    struct ctx own;
    bool row = false, alone = true;
    sqlite3_stmt *st = NULL;
    ctx_init(&own);
    if (store_open_file(&own, path, STORE_WRITE, &db) == OK) {
        sqlite3_busy_timeout(db, 200);
        if (store_prepare(&own, db, STR("PRAGMA journal_mode=DELETE"), &st) == OK) {
            enum rc rc = store_step(&own, st, &row);
            alone = rc != E_BUSY && !(rc == OK && row && str_eq(store_column_str(st, 0), STR("wal")));
        }
        store_finalize(&st);
        store_close(db);
    }
    ctx_release(&own);
    return alone ? OK : fail(cx, E_BUSY, "the ledger is open elsewhere: stop the server and other commands first");
}

static enum rc trouble(struct ctx *cx, const char *path)
{
    return fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(path)), strerror(errno));
}

static enum rc change_places(struct ctx *cx, const char *new_path, const char *path, struct log_restored *out)
{
    if (access(path, F_OK) != 0) return rename(new_path, path) == 0 ? sync_folder_of(cx, path) : trouble(cx, path);
    TRY(close_down(cx, path));
    /* the former one gets a second name first: at no moment is it without one */
    int failed = -1;
    for (int i = 1; failed != 0 && i <= 100; i++) {
        out->kept = arena_printf(&cx->arena, "%s.before-%lld-%d", path, (long long)time(NULL), i).p;
        failed = link(path, out->kept);
        if (failed && errno != EEXIST) return trouble(cx, out->kept);
    }
    if (failed) return trouble(cx, out->kept);
    if (rename(new_path, path) != 0) return trouble(cx, path);
    /* what a damaged one may have left beside it is not the new one's */
    unlink(arena_printf(&cx->arena, "%s-wal", path).p);
    unlink(arena_printf(&cx->arena, "%s-shm", path).p);
    return sync_folder_of(cx, path);
}

static enum rc copy_back(struct ctx *cx, const char *file, const char *path)
{
    sqlite3 *from = NULL;
    struct stat st;
    if (stat(file, &st) != 0)
        return fail(cx, errno == ENOENT ? E_NOTFOUND : E_IO, "%s: %s", str_visible(cx, str_from(file)),
                    strerror(errno));
    /* read only and unlocked: a backup may lie where nothing can be written */
    const char *uri = arena_printf(&cx->arena, "%s", file).p;
    if (sqlite3_open_v2(uri, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        sqlite3_close(from);
        return fail(cx, E_IO, "%s: cannot open", str_visible(cx, str_from(file)));
    }
    enum rc rc = log_check_format(cx, from);
    if (rc == OK) rc = write_copy(cx, from, path);
    sqlite3_close(from);
    return rc;
}

enum rc log_restore(struct ctx *cx, const char *file, const char *dir, struct log_restored *out)
{
    struct turnstile t;
    struct str origin;
    const char *beside = arena_printf(&cx->arena, "%s/restoring-%ld", dir, (long)getpid()).p, *path = log_path(cx, dir);
    *out = (struct log_restored){0};
    if (mkdir(beside, 0700) != 0) return trouble(cx, beside);
    const char *new_path = log_path(cx, beside);
    enum rc rc = copy_back(cx, file, new_path);
    if (rc == OK) {
        sqlite3 *db; /* as ledgers are kept */
        rc = store_open_file(cx, new_path, STORE_WRITE, &db);
        if (rc == OK) store_close(db);
    }
    if (rc == OK) rc = check_whole(cx, beside, out, &origin);
    if (rc == OK) rc = check_same(cx, dir, origin);
    if (rc == OK) rc = turnstile_open(cx, dir, &t);
    if (rc == OK) {
        rc = turnstile_enter(cx, &t);
        if (rc == OK) {
            rc = change_places(cx, new_path, path, out);
            turnstile_leave(&t);
        }
        turnstile_close(&t);
    }
    remove_database(cx, new_path);
    rmdir(beside);
    return rc;
}
