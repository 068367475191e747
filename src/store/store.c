#include "store/store.h"
#include "store/settings.h"
#include "store/statements.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SNAPSHOT_MAGIC "sinetti-tables-1\n"
#define MAGIC_SIZE (sizeof SNAPSHOT_MAGIC - 1)
#define DIGEST_SIZE 32

/* What SQLite says of the machine is too little to mend it by; of the rest it says enough. */
static const char *words_of(struct ctx *cx, sqlite3 *db, int code)
{
    int why = sqlite3_system_errno(db);
    /* of the index beside the log, SQLite says no more than that there was an error */
    bool full = code == SQLITE_FULL || (code == SQLITE_IOERR && (why == ENOSPC || why == EDQUOT));
    if (full) return "the disk is full: make room, and do it again";
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return "another process holds it: try again";
    if (code == SQLITE_READONLY) return "this user may not write to it, or to its folder";
    if (code == SQLITE_CANTOPEN)
        return "it cannot be opened: this user must be able to write to its folder, to read too";
    if (code == SQLITE_IOERR && why) return arena_printf(&cx->arena, "%s: %s", sqlite3_errmsg(db), strerror(why)).p;
    return str_visible(cx, str_from(sqlite3_errmsg(db)));
}

enum rc store_fail(struct ctx *cx, sqlite3 *db, const char *doing)
{
    int code = sqlite3_errcode(db) & 0xff;
    enum rc rc = code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_NOMEM || code == SQLITE_CANTOPEN ? E_IO
                 : code == SQLITE_CORRUPT || code == SQLITE_NOTADB   ? E_CORRUPT
                 : code == SQLITE_BUSY || code == SQLITE_LOCKED      ? E_BUSY
                 : code == SQLITE_INTERRUPT || code == SQLITE_TOOBIG ? E_LIMIT
                 : code == SQLITE_CONSTRAINT                         ? E_CONFLICT
                                                                     : E_INVALID;
    const char *path = db ? sqlite3_db_filename(db, "main") : NULL, *name = path ? strrchr(path, '/') : NULL;
    const char *shown = name && name[1] ? str_visible(cx, str_from(name + 1)) : "database";
    return fail(cx, rc, "%s: %s%s%s", shown, doing ? doing : "", doing ? ": " : "", words_of(cx, db, code));
}

enum rc store_configure(struct ctx *cx, sqlite3 *db)
{
    static const int off[] = {SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
                              SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_ENABLE_TRIGGER};
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) sqlite3_db_config(db, off[i], 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    return store_exec(cx, db,
                      "PRAGMA temp_store=MEMORY; PRAGMA case_sensitive_like=1; PRAGMA foreign_keys=0;"
                      "PRAGMA cache_size=-16384");
}

static int no_time(sqlite3_vfs *vfs, double *out)
{
    (void)vfs;
    *out = 0;
    return SQLITE_ERROR;
}

static int no_time_in_ms(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    (void)vfs;
    *out = 0;
    return SQLITE_ERROR;
}

static sqlite3_vfs without_clock; /* SQLite's list of them owns it once it is registered */
static pthread_once_t registered = PTHREAD_ONCE_INIT;

static void register_without_clock(void)
{
    const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
    if (!usual) return;
    without_clock = *usual;
    without_clock.zName = "sinetti-clockless";
    without_clock.xCurrentTime = no_time;
    without_clock.xCurrentTimeInt64 = no_time_in_ms;
    sqlite3_vfs_register(&without_clock, 0);
}

/* The usual way to the machine but for its clock. An authorizer sees that date() is called, not that its argument is
 * 'now', which a rule may put together or read from a table. */
static const char *clockless(void)
{
    pthread_once(&registered, register_without_clock);
    return without_clock.zName;
}

static enum rc open_own(struct ctx *cx, const char *name, const char *schema, sqlite3 **out)
{
    *out = NULL;
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(name, &db, flags, clockless())) {
        sqlite3_close(db);
        return fail(cx, E_IO, "cannot open a database of one's own");
    }
    enum rc rc = store_configure(cx, db);
    if (rc == OK) rc = store_exec(cx, db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF");
    if (rc == OK && schema) rc = store_exec(cx, db, schema);
    if (rc != OK) {
        sqlite3_close(db);
        return rc;
    }
    *out = db;
    return OK;
}

enum rc store_open_memory(struct ctx *cx, const char *schema, sqlite3 **out)
{
    return open_own(cx, ":memory:", schema, out);
}

enum rc store_open_temporary(struct ctx *cx, const char *schema, sqlite3 **out)
{
    return open_own(cx, "", schema, out);
}

void store_close(sqlite3 *db)
{
    statements_drop(db);
    sqlite3_close_v2(db);
}

enum rc store_exec(struct ctx *cx, sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : store_fail(cx, db, NULL);
}

enum rc store_prepare(struct ctx *cx, sqlite3 *db, struct str sql, sqlite3_stmt **out)
{
    const char *tail = NULL;
    *out = NULL;
    if (sql.n > 1000000) return fail(cx, E_LIMIT, "SQL text over 1000000 bytes");
    if ((*out = statements_take(db, sql))) return OK;
    if (sqlite3_prepare_v3(db, sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT, out, &tail) != SQLITE_OK)
        return store_fail(cx, db, "SQL");
    struct str rest = str_trim((struct str){tail, (size_t)(sql.p + sql.n - tail)});
    if (*out && rest.n == 0) {
        statements_add(db, sql, *out);
        return OK;
    }
    store_finalize(out);
    return fail(cx, E_INVALID, "SQL: exactly one statement is expected");
}

enum rc store_identifier(struct ctx *cx, struct str name, struct str *out)
{
    bool fine = name.n > 0 && name.n <= 128;
    for (size_t i = 0; i < name.n && fine; i++)
        fine = (name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '_';
    if (!fine) return fail(cx, E_INVALID, "%s is no name of a table here", str_visible(cx, name));
    *out = arena_printf(&cx->arena, "\"" STR_FMT "\"", STR_ARG(name));
    return OK;
}

enum rc store_step(struct ctx *cx, sqlite3_stmt *st, bool *row)
{
    int code = sqlite3_step(st);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE) return OK;
    enum rc rc = store_fail(cx, sqlite3_db_handle(st), NULL);
    sqlite3_reset(st);
    return rc;
}

enum rc store_run(struct ctx *cx, sqlite3_stmt *st)
{
    bool row;
    enum rc rc = store_step(cx, st, &row);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return rc;
}

void store_bind_str(sqlite3_stmt *st, int i, struct str s)
{
    if (!s.p)
        sqlite3_bind_null(st, i);
    else
        sqlite3_bind_text64(st, i, s.p, s.n, SQLITE_STATIC, SQLITE_UTF8);
}

void store_bind_int(sqlite3_stmt *st, int i, int64_t v)
{
    sqlite3_bind_int64(st, i, v);
}

void store_bind_null(sqlite3_stmt *st, int i)
{
    sqlite3_bind_null(st, i);
}

void store_bind_blob(sqlite3_stmt *st, int i, const void *bytes, size_t n)
{
    sqlite3_bind_blob64(st, i, n ? bytes : "", n, SQLITE_STATIC);
}

struct str store_column_blob(sqlite3_stmt *st, int i)
{
    if (sqlite3_column_type(st, i) == SQLITE_NULL) return STR_NONE;
    const char *p = sqlite3_column_blob(st, i);
    return (struct str){p ? p : "", (size_t)sqlite3_column_bytes(st, i)};
}

struct str store_column_str(sqlite3_stmt *st, int i)
{
    const char *p = (const char *)sqlite3_column_text(st, i);
    return p ? (struct str){p, (size_t)sqlite3_column_bytes(st, i)} : STR_NONE;
}

void store_finalize(sqlite3_stmt **st)
{
    if (*st && !statements_give(*st)) sqlite3_finalize(*st);
    *st = NULL;
}

/* What SQL from elsewhere may do: read, call functions that give the same for the same. */
static int authorize(void *arg, int action, const char *a, const char *b, const char *database, const char *view)
{
    static const char *const refused[] = {"random",
                                          "randomblob",
                                          "load_extension",
                                          "sqlite_version",
                                          "sqlite_source_id",
                                          "sqlite_compileoption_get",
                                          "sqlite_compileoption_used",
                                          "changes",
                                          "total_changes",
                                          "last_insert_rowid",
                                          "current_timestamp",
                                          "current_date",
                                          "current_time",
                                          "readfile",
                                          "writefile",
                                          "edit",
                                          "fts3_tokenizer"};
    (void)arg, (void)a, (void)database, (void)view;
    if (action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE) return SQLITE_OK;
    if (action != SQLITE_FUNCTION || !b) return SQLITE_DENY;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (sqlite3_stricmp(b, refused[i]) == 0) return SQLITE_DENY;
    return SQLITE_OK;
}

void store_guard(sqlite3 *db, guard_by *by, void *arg)
{
    if (!statements_guard(db, by, arg)) sqlite3_set_authorizer(db, by, arg);
}

void store_distrust(sqlite3 *db)
{
    store_guard(db, authorize, NULL);
}

void store_trust(sqlite3 *db)
{
    store_guard(db, NULL, NULL);
}

static void snapshot_digest(struct str key, const unsigned char *image, size_t n, uint8_t out[DIGEST_SIZE])
{
    struct digest d;
    digest_init(&d);
    digest_field(&d, key);
    digest_add(&d, (struct str){(const char *)image, n});
    digest_final(&d, out);
}

/* Or was one: a damage in one place leaves one of the two. */
static bool is_snapshot(int fd)
{
    static const char start[] = SNAPSHOT_MAGIC "SQLite format 3";
    char found[sizeof start];
    return file_read_exactly(fd, found, sizeof start) &&
           (memcmp(found, start, MAGIC_SIZE) == 0 ||
            memcmp(found + MAGIC_SIZE, start + MAGIC_SIZE, sizeof start - MAGIC_SIZE) == 0);
}

/* A snapshot is written where there is nothing, nothing in it, or a snapshot: not over somebody's file that was named
 * by mistake, nor over /dev/null. */
static enum rc may_replace(struct ctx *cx, const char *file)
{
    struct stat st;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT) return OK;
    bool ours = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_size == 0 || is_snapshot(fd));
    int failure = errno;
    if (fd >= 0) (void)close(fd);
    if (ours) return OK;
    return fail(cx, E_IO, "%s: cannot write: %s", str_visible(cx, str_from(file)),
                fd < 0 ? strerror(failure) : "it holds something else, which is kept; name another file");
}

enum rc store_snapshot_save(struct ctx *cx, sqlite3 *db, const char *file, struct str key)
{
    sqlite3_int64 size = 0;
    unsigned char *image = sqlite3_serialize(db, "main", &size, 0);
    if (!image) return fail(cx, E_IO, "cannot write out the tables: out of memory");
    uint8_t digest[DIGEST_SIZE];
    snapshot_digest(key, image, (size_t)size, digest);

    const struct str parts[] = {
        {SNAPSHOT_MAGIC, MAGIC_SIZE}, {(const char *)image, (size_t)size}, {(const char *)digest, DIGEST_SIZE}};
    enum rc rc = may_replace(cx, file);
    if (rc == OK) rc = file_replace_parts(cx, file, 0600, parts, sizeof parts / sizeof *parts);
    sqlite3_free(image);
    return rc;
}

static enum rc open_image(struct ctx *cx, unsigned char *image, size_t n, sqlite3 **out)
{
    TRY(store_open_memory(cx, NULL, out));
    int flags = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE;
    /* FREEONCLOSE takes the image over even when this fails. */
    if (sqlite3_deserialize(*out, "main", image, (sqlite3_int64)n, (sqlite3_int64)n, (unsigned)flags) == SQLITE_OK)
        return OK;
    store_close(*out);
    *out = NULL;
    return E_CORRUPT;
}

enum rc store_snapshot_load(struct ctx *cx, const char *file, struct str key, sqlite3 **out)
{
    const char *name = str_visible(cx, str_from(file));
    *out = NULL;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return fail(cx, errno == ENOENT ? E_NOTFOUND : E_IO, "%s: cannot read: %s", name, strerror(errno));
    struct stat st;
    char magic[MAGIC_SIZE];
    uint8_t stored[DIGEST_SIZE], computed[DIGEST_SIZE];
    unsigned char *image = NULL;
    enum rc rc = E_CORRUPT;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < (off_t)(MAGIC_SIZE + DIGEST_SIZE + 512)) goto out;
    size_t n = (size_t)st.st_size - MAGIC_SIZE - DIGEST_SIZE;
    if (!file_read_exactly(fd, magic, MAGIC_SIZE) || memcmp(magic, SNAPSHOT_MAGIC, MAGIC_SIZE) != 0) goto out;
    image = sqlite3_malloc64(n);
    if (!image || !file_read_exactly(fd, image, n) || !file_read_exactly(fd, stored, DIGEST_SIZE)) goto out;
    snapshot_digest(key, image, n, computed);
    if (memcmp(stored, computed, DIGEST_SIZE) != 0) goto out;
    rc = open_image(cx, image, n, out);
    image = NULL;
out:
    sqlite3_free(image);
    close(fd);
    return rc == OK ? OK : fail(cx, rc, "%s: damaged, or made by another version", name);
}
