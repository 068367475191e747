/* What fails in a repository, and examples of what is fine, by the report of its newest assessment. */
#include "base/limits.h"
#include "base/time.h"
#include "facts/subject.h"
#include "standing/keeper_int.h"

struct newest {
    int64_t n;
    struct str report;
    bool has_report;
};

/* *stands: its rows are those already. */
static enum rc find_newest(struct pass *p, struct str repository, struct newest *out, bool *stands)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct newest){.n = -1};
    TRY(store_prepare(p->cx, p->db,
                      STR("SELECT a.assessment, a.report, a.has_report, r.assessment FROM assessment a"
                          " LEFT JOIN repository r ON r.repository = ?1 WHERE a.assessment ="
                          " (SELECT max(assessment) FROM assessment WHERE repository = ?1)"),
                      &st));
    store_bind_str(st, 1, repository);
    TRY(store_step(p->cx, st, &row));
    *stands = !row; /* never assessed */
    if (!row) return OK;
    out->n = sqlite3_column_int64(st, 0);
    out->report = arena_str(&p->cx->arena, store_column_str(st, 1));
    out->has_report = sqlite3_column_int(st, 2) != 0;
    *stands = sqlite3_column_type(st, 3) != SQLITE_NULL && sqlite3_column_int64(st, 3) == out->n;
    return OK;
}

/* "file:self/a b" of a report → "file:ID/a b", spelled as subjects of facts are. Another subject as it is. */
static struct str subject_of(struct pass *p, struct str repository, struct str subject)
{
    struct str rest = subject, type;
    struct str id = str_slice(repository, sizeof "repo:" - 1, repository.n);
    scoped_buf b;
    buf_init(&b, 0);
    if (!str_cut(&rest, ':', &type) || !rest.p || !str_starts(rest, STR("self")) || (rest.n > 4 && rest.p[4] != '/'))
        return subject;
    buf_printf(&b, STR_FMT ":" STR_FMT, STR_ARG(type), STR_ARG(id));
    if (rest.n > 4) {
        buf_char(&b, '/');
        subject_spell(&b, str_slice(rest, 5, rest.n));
    }
    return arena_str(&p->cx->arena, buf_view(&b));
}

/* A path, a line, an object id; NULL when there is none. */
static void copy_place(sqlite3_stmt *to, int i, sqlite3_stmt *from, int column)
{
    store_bind_str(to, i, store_column_str(from, column));
    if (sqlite3_column_type(from, column + 1) == SQLITE_INTEGER)
        store_bind_int(to, i + 1, sqlite3_column_int64(from, column + 1));
    store_bind_str(to, i + 2, store_column_str(from, column + 2));
}

static struct str text_of(sqlite3_stmt *st, int column)
{
    struct str s = store_column_str(st, column);
    return s.p ? s : STR("");
}

static enum rc write_findings(struct pass *p, struct str repository, const struct newest *a, struct str report)
{
    scoped_stmt *from = NULL, *to = NULL;
    int64_t seq = 0;
    TRY(store_prepare(
        p->cx, p->db,
        STR("SELECT t.value ->> '$.key', o.value ->> '$.key', f.value ->> '$.id', f.value ->> '$.subject',"
            " f.value ->> '$.path', f.value ->> '$.line', f.value ->> '$.commit',"
            " coalesce(f.value ->> '$.texts.en.message', f.value ->> '$.message'),"
            " coalesce(f.value ->> '$.texts.fi.message', f.value ->> '$.message'),"
            " coalesce(f.value ->> '$.texts.en.fix', f.value ->> '$.fix'),"
            " coalesce(f.value ->> '$.texts.fi.fix', f.value ->> '$.fix'),"
            " coalesce(f.value ->> '$.exception', ''), f.value ->> '$.baseline.until'"
            " FROM json_each(?1, '$.tasks') t, json_each(t.value, '$.obligations') o,"
            " json_each(o.value, '$.findings') f"),
        &from));
    TRY(store_prepare(p->cx, p->db,
                      STR("INSERT OR IGNORE INTO finding SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
                          " ?14, ?15, ?14 = '' AND ?15 IS NULL, s.first, ?16 FROM seen s"
                          " WHERE s.repository = ?1 AND s.id = ?2"),
                      &to));
    store_bind_str(from, 1, report);
    for (bool row;;) {
        struct ctx *cx = p->cx;
        TRY(store_step(cx, from, &row));
        if (!row) return OK;
        scoped_buf point;
        buf_init(&point, 0);
        buf_printf(&point, STR_FMT "/" STR_FMT, STR_ARG(text_of(from, 0)), STR_ARG(text_of(from, 1)));
        store_bind_str(to, 1, repository);
        store_bind_str(to, 2, store_column_str(from, 2));
        store_bind_int(to, 3, seq++);
        store_bind_str(to, 4, text_of(from, 0));
        store_bind_str(to, 5, buf_view(&point));
        store_bind_str(to, 6, subject_of(p, repository, text_of(from, 3)));
        copy_place(to, 7, from, 4);
        for (int i = 7; i <= 10; i++) store_bind_str(to, i + 3, text_of(from, i));
        store_bind_str(to, 14, text_of(from, 11));
        store_bind_str(to, 15, store_column_str(from, 12));
        store_bind_int(to, 16, a->n);
        TRY(store_run(cx, to));
    }
}

static enum rc write_examples(struct pass *p, struct str repository, struct str report)
{
    scoped_stmt *from = NULL, *to = NULL;
    TRY(store_prepare(p->cx, p->db,
                      STR("SELECT t.value ->> '$.key', o.value ->> '$.key', s.key, s.value ->> '$.subject',"
                          " s.value ->> '$.path', s.value ->> '$.line', s.value ->> '$.commit', s.value ->> '$.at'"
                          " FROM json_each(?1, '$.tasks') t, json_each(t.value, '$.obligations') o,"
                          " json_each(o.value, '$.shown_by') s"),
                      &from));
    TRY(store_prepare(p->cx, p->db, STR("INSERT OR IGNORE INTO example VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"), &to));
    store_bind_str(from, 1, report);
    for (bool row;;) {
        int64_t at;
        TRY(store_step(p->cx, from, &row));
        if (!row) return OK;
        scoped_buf point;
        buf_init(&point, 0);
        buf_printf(&point, STR_FMT "/" STR_FMT, STR_ARG(text_of(from, 0)), STR_ARG(text_of(from, 1)));
        store_bind_str(to, 1, repository);
        store_bind_str(to, 2, buf_view(&point));
        store_bind_int(to, 3, sqlite3_column_int64(from, 2));
        store_bind_str(to, 4, subject_of(p, repository, text_of(from, 3)));
        copy_place(to, 5, from, 4);
        if (time_parse(text_of(from, 7), &at) == OK) store_bind_int(to, 8, at);
        TRY(store_run(p->cx, to));
    }
}

static enum rc forget(struct pass *p, struct str repository)
{
    static const char *const statements[] = {"DELETE FROM finding WHERE repository = ?1",
                                             "DELETE FROM example WHERE repository = ?1"};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        scoped_stmt *st = NULL;
        TRY(store_prepare(p->cx, p->db, str_from(statements[i]), &st));
        store_bind_str(st, 1, repository);
        TRY(store_run(p->cx, st));
    }
    return OK;
}

static enum rc write(struct pass *p, struct str repository, const struct newest *a)
{
    scoped_buf report;
    buf_init(&report, LIMIT_REPORT + 1);
    TRY(forget(p, repository));
    if (!a->has_report || !report_load(p, a->report, &report)) return words_index(p, repository);
    TRY(write_findings(p, repository, a, buf_view(&report)));
    TRY(words_index(p, repository));
    return write_examples(p, repository, buf_view(&report));
}

enum rc findings_write(struct pass *p, struct str repository)
{
    struct newest newest;
    bool stands;
    TRY(find_newest(p, repository, &newest, &stands));
    if (stands) return OK;
    struct ctx own, *cx = p->cx; /* one repository's memory after the other */
    ctx_init(&own);
    p->cx = &own;
    enum rc rc = write(p, repository, &newest);
    p->cx = cx;
    if (rc != OK) rc = fail(cx, rc, "%s", own.message);
    ctx_release(&own);
    return rc;
}
