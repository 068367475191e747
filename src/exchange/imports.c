#include "exchange/imports.h"

#include "base/file.h"
#include "base/limits.h"
#include "exchange/import.h"
#include "exchange/shelf_import.h"
#include "facts/subject.h"
#include "ledger/log_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

extern const char exchange_state_001_sql[], exchange_state_002_sql[];
static const char *const steps[] = {exchange_state_001_sql, exchange_state_002_sql};
const struct state_room exchange_state = {"exchange", steps, sizeof steps / sizeof *steps};

#define KEPT_SECONDS 86400

static const char *path_of(struct ctx *cx, const char *dir, struct str id)
{
    return arena_printf(&cx->arena, "%s/imports/" STR_FMT, dir, STR_ARG(id)).p;
}

static enum rc finish(struct ctx *cx, sqlite3 *db, enum rc rc)
{
    if (rc == OK) return store_commit(cx, db);
    store_rollback(db);
    return rc;
}

/* --- the table */

static enum rc insert(struct ctx *cx, sqlite3 *db, const struct import *i)
{
    scoped_stmt *st = NULL;
    const struct str texts[] = {i->id, i->person, i->credential, i->register_key, i->match, i->name};
    TRY(store_prepare(
        cx, db, STR("INSERT INTO import VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'checking', '', '', '', '', ?8)"), &st));
    for (int k = 0; k < 6; k++) store_bind_str(st, 1 + k, texts[k].p ? texts[k] : STR(""));
    store_bind_int(st, 7, i->bytes);
    store_bind_int(st, 8, i->at);
    return store_run(cx, st);
}

enum rc imports_add(struct ctx *cx, sqlite3 *state, const char *dir, const char *path, struct import *i)
{
    char id[SUBJECT_ID + 1];
    subject_new_id(id);
    i->id = arena_printf(&cx->arena, "%s", id);
    const char *folder = arena_printf(&cx->arena, "%s/imports", dir).p;
    if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || rename(path, path_of(cx, dir, i->id)) != 0)
        return fail(cx, E_IO, "the file cannot be kept: %s", strerror(errno));
    TRY(store_begin_write(cx, state));
    enum rc rc = finish(cx, state, insert(cx, state, i));
    if (rc != OK) unlink(path_of(cx, dir, i->id));
    return rc;
}

enum rc imports_get(struct ctx *cx, sqlite3 *state, struct str id, struct import *out)
{
    scoped_stmt *st = NULL;
    bool row;
    struct str *texts[] = {&out->id,    &out->person, &out->credential, &out->register_key, &out->match,  &out->name,
                           &out->stage, &out->job,    &out->outcome,    &out->report,       &out->message};
    TRY(store_prepare(cx, state,
                      STR("SELECT id, person, credential, register, match, name, stage, job, outcome, report, message, "
                          "bytes, at FROM import WHERE id = ?1"),
                      &st));
    store_bind_str(st, 1, id);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such import: it is forgotten after a day");
    for (int k = 0; k < 11; k++) *texts[k] = arena_str(&cx->arena, store_column_str(st, k));
    out->bytes = sqlite3_column_int64(st, 11);
    out->at = sqlite3_column_int64(st, 12);
    return OK;
}

static enum rc update(struct ctx *cx, sqlite3 *db, const char *sql, struct str id, struct str a, struct str b,
                      struct str c)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, id);
    store_bind_str(st, 2, a);
    if (sqlite3_bind_parameter_count(st) > 2) store_bind_str(st, 3, b);
    if (sqlite3_bind_parameter_count(st) > 3) store_bind_str(st, 4, c);
    return store_run(cx, st);
}

static enum rc change(struct ctx *cx, sqlite3 *db, const char *sql, struct str id, struct str a, struct str b,
                      struct str c)
{
    TRY(store_begin_write(cx, db));
    return finish(cx, db, update(cx, db, sql, id, a, b, c));
}

enum rc imports_confirm(struct ctx *cx, sqlite3 *state, struct str id, struct str outcome)
{
    TRY(store_begin_write(cx, state));
    enum rc rc = update(cx, state,
                        "UPDATE import SET stage = 'recording', message = '' WHERE id = ?1 AND stage = 'checked' AND "
                        "outcome = ?2 AND outcome <> ''",
                        id, outcome, STR_NONE, STR_NONE);
    if (rc == OK && sqlite3_changes(state) != 1)
        rc = fail(cx, E_CONFLICT, "this is not what was told of the file, or it is being done already");
    return finish(cx, state, rc);
}

enum rc imports_set_job(struct ctx *cx, sqlite3 *state, struct str id, struct str job)
{
    return change(cx, state, "UPDATE import SET job = ?2 WHERE id = ?1", id, job, STR_NONE, STR_NONE);
}

enum rc imports_sweep(struct ctx *cx, sqlite3 *state, const char *dir, int64_t now)
{
    for (;;) {
        scoped_stmt *st = NULL;
        bool row;
        TRY(store_prepare(cx, state,
                          STR("SELECT id FROM import WHERE at < ?1 AND stage NOT IN ('checking', 'recording') OR at < "
                              "?2 LIMIT 1"),
                          &st));
        store_bind_int(st, 1, now - KEPT_SECONDS);
        store_bind_int(st, 2, now - 7 * KEPT_SECONDS);
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str id = arena_str(&cx->arena, store_column_str(st, 0));
        sqlite3_reset(st);
        if (unlink(path_of(cx, dir, id)) != 0 && errno != ENOENT)
            return fail(cx, E_IO, "the file of an import cannot be deleted: %s", strerror(errno));
        TRY(change(cx, state, "DELETE FROM import WHERE id = ?1 AND ?2 <> ''", id, STR("x"), STR_NONE, STR_NONE));
    }
}

struct records_by imports_by(const struct import *i)
{
    return (struct records_by){.actor = {i->person, i->credential, STR("person")}};
}

/* --- the job */

struct run {
    const char *dir;
    const struct catalog *c;
    sqlite3 *state;
    struct log_reader *reader;
    struct import import;
    struct exchange *exchange;
    struct shelf_import *library;
};

static enum rc read_it(struct ctx *cx, struct run *r)
{
    const struct record_kind *k = catalog_find_record(r->c, r->import.register_key);
    if (!k) return fail(cx, E_NOTFOUND, "there is no such register any more");
    const struct exchange_options o = {.ledger = log_reader_db(r->reader),
                                       .catalog = r->c,
                                       .kind = k,
                                       .match = r->import.match,
                                       .owner = r->import.person,
                                       .bytes = r->import.bytes};
    int fd = open(path_of(cx, r->dir, r->import.id), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return fail(cx, E_IO, "the file is gone: hand it in again");
    enum rc rc = exchange_read(cx, &o, fd, &r->exchange);
    close(fd);
    return rc;
}

/* What it would do, or did, stands in the table. */
static enum rc keep_report(struct ctx *cx, const struct run *r, const char *stage, const char *outcome,
                           struct buf *report)
{
    TRY(buf_ok(report));
    return change(cx, r->state, "UPDATE import SET stage = ?2, outcome = ?3, report = ?4 WHERE id = ?1", r->import.id,
                  str_from(stage), str_from(outcome), buf_view(report));
}

static enum rc tell(struct ctx *cx, struct run *r, const char *stage)
{
    scoped_buf report;
    struct json j;
    buf_init(&report, LIMIT_IMPORT_REPORT);
    json_init(&j, &report, false);
    TRY(exchange_report(cx, r->exchange, &j));
    return keep_report(cx, r, stage, exchange_outcome(r->exchange), &report);
}

static enum rc record(struct ctx *cx, struct run *r)
{
    struct facts *f;
    const struct records_by by = imports_by(&r->import);
    TRY(facts_open(cx, r->dir, r->c, &(const struct facts_options){0}, &f));
    bool done;
    uint64_t n;
    enum rc rc = records_was_put(cx, f, &by, r->import.id, &done, &n);
    if (rc == OK && done) {
        facts_close(f);
        return change(cx, r->state, "UPDATE import SET stage = ?2 WHERE id = ?1", r->import.id, STR("done"), STR_NONE,
                      STR_NONE);
    }
    if (rc == OK) rc = read_it(cx, r);
    if (rc == OK && !str_eq(str_from(exchange_outcome(r->exchange)), r->import.outcome)) {
        rc = tell(cx, r, "checked");
        if (rc == OK) rc = fail(cx, E_CONFLICT, "the register has changed since: look again at what the file would do");
    } else if (rc == OK) {
        log_reader_rest(r->reader);
        rc = exchange_apply(cx, r->exchange, f, &by, r->import.id);
        if (rc == OK) rc = tell(cx, r, "done");
    }
    facts_close(f);
    return rc;
}

static enum rc check(struct ctx *cx, struct run *r)
{
    TRY(read_it(cx, r));
    return tell(cx, r, "checked");
}

/* --- a library of others: a file that names no register */

static enum rc read_library(struct ctx *cx, struct run *r, struct buf *text)
{
    int fd = open(path_of(cx, r->dir, r->import.id), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return fail(cx, E_IO, "the file is gone: hand it in again");
    bool read = file_read_all(fd, text);
    close(fd);
    if (!read) return fail(cx, E_IO, "the file cannot be read: hand it in again");
    return shelf_import_read(cx, log_reader_db(r->reader), r->state, r->c, buf_view(text), &r->library);
}

static enum rc tell_library(struct ctx *cx, const struct run *r, const char *stage)
{
    scoped_buf report;
    struct json j;
    buf_init(&report, LIMIT_IMPORT_REPORT);
    json_init(&j, &report, false);
    shelf_import_report(r->library, &j);
    return keep_report(cx, r, stage, shelf_import_outcome(r->library), &report);
}

static enum rc check_library(struct ctx *cx, struct run *r)
{
    scoped_buf text;
    buf_init(&text, LIMIT_YAML_LARGE + 1);
    TRY(read_library(cx, r, &text));
    return tell_library(cx, r, "checked");
}

static enum rc put_library(struct ctx *cx, struct run *r, struct facts *f, const struct records_by *by)
{
    scoped_buf text;
    bool done;
    uint64_t n;
    buf_init(&text, LIMIT_YAML_LARGE + 1);
    TRY(records_was_put(cx, f, by, r->import.id, &done, &n));
    if (done)
        return change(cx, r->state, "UPDATE import SET stage = ?2 WHERE id = ?1", r->import.id, STR("done"), STR_NONE,
                      STR_NONE);
    TRY(read_library(cx, r, &text));
    if (!str_eq(str_from(shelf_import_outcome(r->library)), r->import.outcome)) {
        TRY(tell_library(cx, r, "checked"));
        return fail(cx, E_CONFLICT, "the libraries have changed since: look again at what the file would do");
    }
    log_reader_rest(r->reader);
    TRY(shelf_import_apply(cx, r->library, f, by, r->import.id));
    return tell_library(cx, r, "done");
}

/* The shelf is made at once, so that nobody waits for it; where that fails it is tried again when somebody looks. */
static enum rc record_library(struct ctx *cx, struct run *r)
{
    struct facts *f;
    const struct records_by by = imports_by(&r->import);
    TRY(facts_open(cx, r->dir, r->c, &(const struct facts_options){0}, &f));
    enum rc rc = put_library(cx, r, f, &by);
    facts_close(f);
    TRY(rc);
    if (r->library && log_reader_refresh(cx, r->reader) == OK)
        (void)!shelf_import_keep(cx, r->library, log_reader_db(r->reader), r->state);
    return OK;
}

static enum rc run(struct ctx *cx, struct run *r, struct str id)
{
    TRY(state_open(cx, r->dir, STORE_WRITE, &r->state));
    TRY(imports_get(cx, r->state, id, &r->import));
    TRY(log_reader_open(cx, r->dir, &r->reader));
    bool library = !r->import.register_key.n;
    if (str_eq(r->import.stage, STR("checking"))) return library ? check_library(cx, r) : check(cx, r);
    if (str_eq(r->import.stage, STR("recording"))) return library ? record_library(cx, r) : record(cx, r);
    return OK; /* it was done before */
}

/* What it failed by; one that is to be looked at again stays so. */
static void note(struct ctx *cx, struct run *r)
{
    struct ctx own;
    ctx_init(&own);
    if (r->state && r->import.id.n)
        (void)change(&own, r->state,
                     "UPDATE import SET message = ?2, stage = CASE stage WHEN 'checked' THEN stage ELSE 'failed' END "
                     "WHERE id = ?1",
                     r->import.id, str_from(cx->message), STR_NONE, STR_NONE);
    ctx_release(&own);
}

enum rc imports_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject)
{
    struct run r = {.dir = dir, .c = c};
    if (!str_starts(subject, STR("import:"))) return fail(cx, E_INVALID, "an import is expected: import:ID");
    enum rc rc = run(cx, &r, str_slice(subject, sizeof "import:" - 1, subject.n));
    if (rc != OK) note(cx, &r);
    exchange_close(r.exchange);
    shelf_import_close(r.library);
    log_reader_close(r.reader);
    if (r.state) store_close(r.state);
    return rc;
}
