/* The kept reports of assessments: which findings there were, and what they say. A report is believed as far as the
 * fact that names it: it is read only when it is the bytes of that digest, and a fact somebody typed in names none. */
#include "assess/record.h"
#include "base/limits.h"
#include "base/time.h"
#include "facts/subject.h"
#include "standing/keeper_int.h"

bool report_load(struct pass *p, struct str digest, struct buf *out)
{
    struct ctx own; /* a missing one is no fault of the refresh */
    ctx_init(&own);
    enum rc rc = record_report_read(&own, p->k->dir, digest, out);
    ctx_release(&own);
    return rc == OK;
}

/* Whether all that is read of it later can be read. */
static bool is_report(struct pass *p, struct str text)
{
    scoped_stmt *st = NULL;
    bool row = false;
    if (store_prepare(p->cx, p->db,
                      STR("SELECT json_type(?1, '$.tasks') = 'array' AND NOT EXISTS (SELECT 1 FROM"
                          " json_each(?1, '$.tasks') t, json_each(t.value, '$.obligations') o"
                          " WHERE (SELECT count(*) FROM json_each(o.value, '$.findings') f WHERE f.type <> 'object')"
                          " OR (SELECT count(*) FROM json_each(o.value, '$.shown_by') f WHERE f.type <> 'object'))"),
                      &st) != OK)
        return false;
    store_bind_str(st, 1, text);
    return store_step(p->cx, st, &row) == OK && row && sqlite3_column_int(st, 0);
}

/* --- assessments in their order */

struct assessment_row {
    int64_t n, at, until;
    struct str repository, head, catalog, report;
};

struct counts {
    int64_t open, new, kept;
};

#define FINDINGS                                                                                                       \
    "FROM json_each(?1, '$.tasks') t, json_each(t.value, '$.obligations') o, json_each(o.value, '$.findings') f"

/* Each finding is new, or was in the assessment before. */
static enum rc note_seen(struct pass *p, const struct assessment_row *a, int64_t before, struct str report,
                         struct counts *c)
{
    scoped_stmt *ids = NULL, *find = NULL, *put = NULL;
    TRY(store_prepare(p->cx, p->db,
                      STR("SELECT f.value ->> '$.id', f.value -> '$.exception' IS NULL AND"
                          " f.value -> '$.baseline' IS NULL, coalesce(t.value ->> '$.key', ''),"
                          " coalesce(o.value ->> '$.key', ''), coalesce(t.value ->> '$.priority', '') " FINDINGS),
                      &ids));
    TRY(store_prepare(p->cx, p->db, STR("SELECT last FROM seen WHERE repository = ?1 AND id = ?2"), &find));
    TRY(store_prepare(p->cx, p->db,
                      STR("INSERT INTO seen VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, iif(?8, NULL, ?3)) ON CONFLICT"
                          " DO UPDATE SET last = ?4, task = ?5, point = ?6, priority = ?7, gone = NULL,"
                          " accepted = iif(?8, NULL, coalesce(accepted, ?3))"),
                      &put));
    store_bind_str(ids, 1, report);
    for (bool row, known;;) {
        TRY(store_step(p->cx, ids, &row));
        if (!row) return OK;
        struct str id = store_column_str(ids, 0);
        if (id.n != 32) continue;
        store_bind_str(find, 1, a->repository);
        store_bind_str(find, 2, id);
        TRY(store_step(p->cx, find, &known));
        int64_t last = known ? sqlite3_column_int64(find, 0) : -1;
        sqlite3_reset(find);
        if (last == a->n) continue; /* twice in one report */
        c->open += sqlite3_column_int(ids, 1) != 0;
        c->kept += last == before;
        c->new += last != before;
        store_bind_str(put, 1, a->repository);
        store_bind_str(put, 2, id);
        store_bind_int(put, 3, a->until);
        store_bind_int(put, 4, a->n);
        store_bind_str(put, 5, store_column_str(ids, 2));
        store_bind_str(put, 6, store_column_str(ids, 3));
        store_bind_str(put, 7, store_column_str(ids, 4));
        store_bind_int(put, 8, sqlite3_column_int(ids, 1) != 0);
        TRY(store_run(p->cx, put));
    }
}

/* What was there and is no longer. */
static enum rc note_gone(struct pass *p, const struct assessment_row *a)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(p->cx, p->db,
                      STR("UPDATE seen SET gone = ?1 WHERE repository = ?2 AND last <> ?3 AND gone IS NULL"), &st));
    store_bind_int(st, 1, a->until);
    store_bind_str(st, 2, a->repository);
    store_bind_int(st, 3, a->n);
    return store_run(p->cx, st);
}

/* The assessment of the repository before this one, -1: none or without its report; and how many findings it had. */
static enum rc find_before(struct pass *p, const struct assessment_row *a, int64_t *before, int64_t *findings)
{
    scoped_stmt *st = NULL;
    bool row;
    *before = -1;
    *findings = 0;
    TRY(store_prepare(p->cx, p->db,
                      STR("SELECT a.assessment, (SELECT count(*) FROM seen s WHERE s.repository = ?1"
                          " AND s.last = a.assessment) FROM assessment a WHERE a.assessment ="
                          " (SELECT max(assessment) FROM assessment WHERE repository = ?1) AND a.has_report"),
                      &st));
    store_bind_str(st, 1, a->repository);
    TRY(store_step(p->cx, st, &row));
    if (!row) return OK;
    *before = sqlite3_column_int64(st, 0);
    *findings = sqlite3_column_int64(st, 1);
    return OK;
}

static enum rc put_assessment(struct pass *p, const struct assessment_row *a)
{
    scoped_stmt *st = NULL;
    scoped_buf report;
    struct counts c = {0};
    int64_t before, findings;
    buf_init(&report, LIMIT_REPORT + 1);
    bool has_report = report_load(p, a->report, &report) && is_report(p, buf_view(&report));
    TRY(find_before(p, a, &before, &findings));
    if (has_report) TRY(note_seen(p, a, before, buf_view(&report), &c));
    if (has_report) TRY(note_gone(p, a));
    TRY(store_prepare(p->cx, p->db, STR("INSERT INTO assessment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
                      &st));
    store_bind_int(st, 1, a->n);
    store_bind_str(st, 2, a->repository);
    store_bind_int(st, 3, a->at);
    store_bind_int(st, 4, a->until);
    store_bind_str(st, 5, a->head);
    store_bind_str(st, 6, a->catalog);
    store_bind_str(st, 7, a->report);
    store_bind_int(st, 8, has_report);
    if (has_report) store_bind_int(st, 9, c.open);
    if (has_report && before >= 0) {
        store_bind_int(st, 10, c.new);
        store_bind_int(st, 11, findings - c.kept);
    }
    return store_run(p->cx, st);
}

static enum rc read_next(struct pass *p, sqlite3_stmt *st)
{
    struct ctx own; /* one assessment's memory after the other */
    struct pass one = *p;
    ctx_init(&own);
    one.cx = &own;
    enum rc rc = put_assessment(&one, &(const struct assessment_row){.n = sqlite3_column_int64(st, 0),
                                                                     .at = sqlite3_column_int64(st, 1),
                                                                     .until = sqlite3_column_int64(st, 2),
                                                                     .repository = store_column_str(st, 3),
                                                                     .head = store_column_str(st, 4),
                                                                     .catalog = store_column_str(st, 5),
                                                                     .report = store_column_str(st, 6)});
    one.cx = p->cx;
    *p = one;
    if (rc != OK) rc = fail(p->cx, rc, "%s", own.message);
    ctx_release(&own);
    return rc;
}

enum rc reports_read(struct pass *p)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(p->cx, p->facts,
                      STR("SELECT n, at, until, subject, head, catalog, report FROM fact_assessment"
                          " WHERE n >= ?1 AND n < ?2 AND via = 'probe' ORDER BY n"),
                      &st));
    store_bind_int(st, 1, p->from);
    store_bind_int(st, 2, p->to);
    for (bool row;;) {
        TRY(store_step(p->cx, st, &row));
        if (!row) return OK;
        TRY(read_next(p, st));
    }
}

/* Copied from another server, or from a backup. */
enum rc reports_arrived(struct pass *p, bool *arrived)
{
    scoped_stmt *st = NULL;
    *arrived = false;
    TRY(store_prepare(p->cx, p->db, STR("SELECT report FROM assessment WHERE NOT has_report"), &st));
    for (bool row; !*arrived;) {
        scoped_buf report;
        buf_init(&report, LIMIT_REPORT + 1);
        TRY(store_step(p->cx, st, &row));
        if (!row) return OK;
        *arrived = report_load(p, store_column_str(st, 0), &report) && is_report(p, buf_view(&report));
    }
    return OK;
}
