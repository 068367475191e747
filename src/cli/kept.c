#include "cli/kept.h"

#include "assess/record.h"
#include "base/file.h"
#include "base/gzip.h"
#include "base/limits.h"
#include "files/files.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reports that assessments of the program itself name: somebody else's name none. Tables of an older version may lack
 * one or the other. */
static const struct {
    const char *kind, *table, *sql;
} sources[] = {
    {"report", "fact_assessment", "SELECT DISTINCT report FROM fact_assessment WHERE via = 'probe' ORDER BY 1"},
    {"file", "fact_record_files", "SELECT DISTINCT digest FROM fact_record_files ORDER BY 1"},
    {"evidence", "fact_evidence", "SELECT DISTINCT digest FROM fact_evidence ORDER BY 1"},
};
#define SOURCES (sizeof sources / sizeof *sources)

static bool is_report(struct str kind)
{
    return str_eq(kind, STR("report"));
}

static enum rc read_attachment(struct ctx *cx, const char *dir, struct str digest, struct buf *out)
{
    int fd;
    TRY(files_check(cx, dir, digest));
    TRY(files_open(cx, dir, digest, &fd));
    bool fine = file_read_all(fd, out);
    int failure = errno;
    close(fd);
    return fine ? buf_ok(out) : fail(cx, E_IO, "an attachment cannot be read: %s", strerror(failure));
}

static enum rc read_one(struct ctx *cx, const char *dir, struct str kind, struct str digest, struct buf *out)
{
    return is_report(kind) ? record_report_read(cx, dir, digest, out) : read_attachment(cx, dir, digest, out);
}

struct looking {
    const char *dir;
    struct kept_counts *out;
    void (*told)(void *arg, const char *what);
    void *arg;
    sqlite3_stmt *put; /* NULL: they are only looked at */
};

static enum rc put(struct ctx *cx, struct looking *l, struct str kind, struct str digest, struct str content)
{
    scoped_buf packed;
    buf_init(&packed, content.n + 64 * KIB);
    if (is_report(kind)) TRY(gzip_pack(cx, content, &packed));
    struct str bytes = is_report(kind) ? buf_view(&packed) : content;
    store_bind_str(l->put, 1, kind);
    store_bind_str(l->put, 2, digest);
    store_bind_blob(l->put, 3, bytes.p, bytes.n);
    return store_run(cx, l->put);
}

static enum rc look_at(struct ctx *cx, struct looking *l, struct str kind, struct str digest)
{
    scoped_buf content;
    buf_init(&content, is_report(kind) ? LIMIT_REPORT + 1 : LIMIT_EVIDENCE + 1);
    enum rc rc = read_one(cx, l->dir, kind, digest, &content);
    if (rc == E_NOTFOUND && is_report(kind)) {
        l->out->missing_reports++;
        return OK;
    }
    if (rc == E_NOTFOUND) {
        l->out->missing_files++;
        if (l->told)
            l->told(l->arg, arena_printf(&cx->arena,
                                         "file " STR_FMT ": it is named by an item, or is evidence, and is not here",
                                         STR_ARG(digest))
                                .p);
        return OK;
    }
    if (rc == E_CORRUPT || rc == E_LIMIT) {
        l->out->damaged++;
        if (l->told) l->told(l->arg, cx->message);
        return OK;
    }
    TRY(rc);
    if (is_report(kind))
        l->out->reports++;
    else
        l->out->files++;
    return l->put ? put(cx, l, kind, digest, buf_view(&content)) : OK;
}

static enum rc look(struct ctx *cx, struct log_reader *r, struct looking *l, size_t source)
{
    scoped_stmt *st = NULL, *there = NULL;
    sqlite3 *db = log_reader_db(r);
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM sqlite_schema WHERE name = ?1"), &there));
    store_bind_str(there, 1, str_from(sources[source].table));
    TRY(store_step(cx, there, &row));
    if (!row) return OK;
    TRY(store_prepare(cx, db, str_from(sources[source].sql), &st));
    for (int64_t n = 0;; n++) {
        struct ctx own;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        ctx_init(&own);
        enum rc rc = look_at(&own, l, str_from(sources[source].kind), store_column_str(st, 0));
        if (rc != OK) rc = fail(cx, rc, "%s", own.message);
        ctx_release(&own);
        TRY(rc);
        ctx_progress(cx, "looking at reports and attachments", n, 0);
    }
}

static enum rc look_at_all(struct ctx *cx, struct log_reader *r, struct looking *l)
{
    for (size_t i = 0; i < SOURCES; i++) TRY(look(cx, r, l, i));
    return OK;
}

enum rc kept_check(struct ctx *cx, struct log_reader *r, const char *dir, struct kept_counts *out,
                   void (*told)(void *arg, const char *what), void *arg)
{
    struct looking l = {.dir = dir, .out = out, .told = told, .arg = arg};
    *out = (struct kept_counts){0};
    return look_at_all(cx, r, &l);
}

/* --- the file of them */

static const char *beside(struct ctx *cx, const char *file)
{
    return arena_printf(&cx->arena, "%s.files", file).p;
}

static enum rc fill(struct ctx *cx, struct log_reader *r, struct looking *l, sqlite3 *db)
{
    scoped_stmt *st = NULL;
    TRY(store_exec(cx, db,
                   "CREATE TABLE kept (kind TEXT NOT NULL, digest TEXT NOT NULL, content BLOB NOT NULL,"
                   " PRIMARY KEY (kind, digest)) STRICT"));
    TRY(store_prepare(cx, db, STR("INSERT INTO kept VALUES (?1, ?2, ?3)"), &st));
    l->put = st;
    TRY(store_begin_write(cx, db));
    enum rc rc = look_at_all(cx, r, l);
    if (rc == OK) return store_commit(cx, db);
    store_rollback(db);
    return rc;
}

static void remove_database(struct ctx *cx, const char *path)
{
    static const char *const parts[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        unlink(arena_printf(&cx->arena, "%s%s", path, parts[i]).p);
}

enum rc kept_backup(struct ctx *cx, struct log_reader *r, const char *dir, const char *file, struct kept_counts *out)
{
    struct looking l = {.dir = dir, .out = out};
    const char *path = beside(cx, file), *new_path = arena_printf(&cx->arena, "%s.%ld.new", path, (long)getpid()).p;
    sqlite3 *db;
    *out = (struct kept_counts){0};
    if (access(file, F_OK) == 0) return fail(cx, E_CONFLICT, "%s: is there already", str_visible(cx, str_from(file)));
    TRY(store_open_file(cx, new_path, STORE_CREATE, &db));
    enum rc rc = store_keep_little(cx, db);
    if (rc == OK) rc = fill(cx, r, &l, db);
    if (rc == OK) rc = store_exec(cx, db, "PRAGMA synchronous=FULL; PRAGMA journal_mode=DELETE");
    store_close(db);
    if (rc == OK && rename(new_path, path) != 0)
        rc = fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(path)), strerror(errno));
    if (rc != OK) remove_database(cx, new_path);
    return rc;
}

static enum rc put_back(struct ctx *cx, const char *dir, struct str kind, struct str digest, struct str content,
                        struct kept_counts *out)
{
    scoped_buf report;
    buf_init(&report, LIMIT_REPORT + 1);
    enum rc rc = is_report(kind) ? gzip_unpack(cx, content, &report) : OK;
    if (rc == OK)
        rc = is_report(kind) ? record_report_keep(cx, dir, digest, buf_view(&report))
                             : files_restore(cx, dir, digest, content);
    out->damaged += rc == E_CORRUPT || rc == E_LIMIT;
    out->reports += rc == OK && is_report(kind);
    out->files += rc == OK && !is_report(kind);
    return rc == E_CORRUPT || rc == E_LIMIT ? OK : rc;
}

static enum rc put_all_back(struct ctx *cx, const char *dir, sqlite3 *db, struct kept_counts *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT kind, digest, content FROM kept WHERE kind IN ('report', 'file', 'evidence')"), &st));
    for (;;) {
        struct ctx own;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        ctx_init(&own);
        enum rc rc =
            put_back(&own, dir, store_column_str(st, 0), store_column_str(st, 1), store_column_blob(st, 2), out);
        if (rc != OK) rc = fail(cx, rc, "%s", own.message);
        ctx_release(&own);
        TRY(rc);
    }
}

enum rc kept_restore(struct ctx *cx, const char *dir, const char *file, bool *found, struct kept_counts *out)
{
    const char *path = beside(cx, file);
    sqlite3 *db = NULL;
    *out = (struct kept_counts){0};
    *found = access(path, F_OK) == 0;
    if (!*found) return OK;
    /* read only and unlocked, as the log's: a backup may lie where nothing can be written */
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        sqlite3_close(db);
        return fail(cx, E_IO, "%s: cannot open", str_visible(cx, str_from(path)));
    }
    enum rc rc = put_all_back(cx, dir, db, out);
    sqlite3_close(db);
    return rc;
}
