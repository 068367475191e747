/* Databases in files: opening, transactions. */
#include "store/settings.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 10000 /* writers queue at the turnstile; this is for recovery after a crash and for checkpoints */
#define LITTLE_CACHE "PRAGMA cache_size=-8192"
#define SMALL_LOG (1 << 20)      /* bytes of a write-ahead log that are read again in no time */
#define CHECKPOINT_PAGES "20000" /* a checkpoint waits for the disk: seldom, and then 80 MB of it */

static enum rc cannot(struct ctx *cx, const char *path, int code)
{
    enum rc rc = code == ENOENT ? E_NOTFOUND : code == EEXIST ? E_CONFLICT : E_IO;
    return fail(cx, rc, "%s: cannot open: %s", str_visible(cx, str_from(path)), strerror(code));
}

/* SQLite would make the file readable by others, follow a link, or make a missing one: look first. What is there is not
 * opened for that: closing it again would drop the locks that this process's other connections hold on it, and another
 * process could then take the write-ahead log from under them. */
static enum rc look(struct ctx *cx, const char *path, enum store_mode mode)
{
    struct stat st;
    if (mode == STORE_CREATE) {
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0) return cannot(cx, path, errno);
        close(fd);
        return OK;
    }
    if (lstat(path, &st) != 0) return cannot(cx, path, errno);
    if (S_ISLNK(st.st_mode)) return cannot(cx, path, ELOOP);
    if (!S_ISREG(st.st_mode)) return fail(cx, E_IO, "%s: not a file", str_visible(cx, str_from(path)));
    int needs = mode == STORE_WRITE ? R_OK | W_OK : R_OK;
    return faccessat(AT_FDCWD, path, needs, AT_EACCESS) == 0 ? OK : cannot(cx, path, errno);
}

static enum rc set_up(struct ctx *cx, sqlite3 *db, const char *path, enum store_mode mode)
{
    sqlite3_busy_timeout(db, BUSY_MS);
    TRY(store_configure(cx, db));
    scoped_stmt *st = NULL;
    bool row = false;
    TRY(store_prepare(cx, db, mode == STORE_READ ? STR("PRAGMA journal_mode") : STR("PRAGMA journal_mode=WAL"), &st));
    TRY(store_step(cx, st, &row));
    if (!row || !str_eq(store_column_str(st, 0), STR("wal")))
        return fail(cx, E_IO, "%s: this file system cannot keep a write-ahead log", str_visible(cx, str_from(path)));
    sqlite3_reset(st);
    return store_exec(cx, db,
                      mode == STORE_READ ? "PRAGMA query_only=1; PRAGMA cell_size_check=1; " LITTLE_CACHE
                                         : "PRAGMA synchronous=FULL; PRAGMA secure_delete=1;"
                                           "PRAGMA cell_size_check=1; PRAGMA wal_autocheckpoint=" CHECKPOINT_PAGES);
}

enum rc store_open_file(struct ctx *cx, const char *path, enum store_mode mode, sqlite3 **out)
{
    *out = NULL;
    TRY(look(cx, path, mode));
    sqlite3 *db = NULL;
    /* a reader too must be able to write the shared index of the write-ahead log */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    enum rc rc = sqlite3_open_v2(path, &db, flags, NULL) == SQLITE_OK ? OK : store_fail(cx, db, NULL);
    if (rc == OK) rc = set_up(cx, db, path, mode);
    if (rc != OK) {
        sqlite3_close(db);
        return rc;
    }
    *out = db;
    return OK;
}

/* sqlite3_auto_extension(3): called for each connection that is opened from now on. */
static int leave_small_log(sqlite3 *db, char **error, const void *api)
{
    struct stat st;
    (void)error, (void)api;
    const char *log = sqlite3_filename_wal(sqlite3_db_filename(db, "main"));
    if (log && *log && (stat(log, &st) < 0 || st.st_size < SMALL_LOG))
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return SQLITE_OK;
}

void store_leave_small_logs(void)
{
    (void)sqlite3_auto_extension((void (*)(void))leave_small_log);
}

enum rc store_attach_derived(struct ctx *cx, sqlite3 *db, const char *path)
{
    scoped_stmt *st = NULL;
    TRY(look(cx, path, STORE_READ));
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1);
    enum rc rc = store_prepare(cx, db, STR("ATTACH ?1 AS derived"), &st);
    if (rc == OK) {
        store_bind_str(st, 1, str_from(path));
        rc = store_run(cx, st);
    }
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    return rc;
}

enum rc store_keep_little(struct ctx *cx, sqlite3 *db)
{
    return store_exec(cx, db, LITTLE_CACHE);
}

enum rc store_begin_write(struct ctx *cx, sqlite3 *db)
{
    return store_exec(cx, db, "BEGIN IMMEDIATE");
}

enum rc store_begin_read(struct ctx *cx, sqlite3 *db)
{
    int64_t version;
    TRY(store_exec(cx, db, "BEGIN"));
    /* the first read is what fixes the state */
    enum rc rc = store_get_int(cx, db, "PRAGMA schema_version", &version);
    if (rc != OK) store_rollback(db);
    return rc;
}

enum rc store_commit(struct ctx *cx, sqlite3 *db)
{
    enum rc rc = store_exec(cx, db, "COMMIT");
    if (rc != OK) store_rollback(db);
    return rc;
}

void store_rollback(sqlite3 *db)
{
    if (store_in_transaction(db)) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

bool store_in_transaction(sqlite3 *db)
{
    return !sqlite3_get_autocommit(db);
}

enum rc store_empty_wal(struct ctx *cx, sqlite3 *db)
{
    int code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return code == SQLITE_OK ? OK : store_fail(cx, db, "emptying the write-ahead log");
}

enum rc store_get_int(struct ctx *cx, sqlite3 *db, const char *sql, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row = false;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_CORRUPT, "database: a row is missing");
    *out = sqlite3_column_int64(st, 0);
    return OK;
}

enum rc store_check_user(struct ctx *cx, const char *dir)
{
    struct stat st;
    if (geteuid() != 0 || stat(dir, &st) != 0 || st.st_uid == 0)
        return OK; /* what is not there is told by who opens it */
    char text[1024];
    struct passwd pw, *owner = NULL;
    const char *shown = str_visible(cx, str_from(dir));
    if (getpwuid_r(st.st_uid, &pw, text, sizeof text, &owner) != 0 || !owner)
        return fail(cx, E_DENIED, "%s is of the user %u, and root changes nothing in it", shown, (unsigned)st.st_uid);
    const char *name = str_visible(cx, str_from(owner->pw_name));
    return fail(
        cx, E_DENIED,
        "%s is of the user %s, and root changes nothing in it. Let that user do it: `runuser -u %s -- sinetti …`",
        shown, name, name);
}
