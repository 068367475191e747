/* Assessments: one with its verdicts, and what changed from one to another. */
#include "api/assessment.h"
#include "api/show.h"
#include "store/store.h"

#include <stdio.h>

void assessment_put_row(struct json *j, sqlite3_stmt *st)
{
    json_begin(j, '{');
    show_column_int(j, "assessment", st, 0);
    show_column_text(j, "repository", st, 1);
    show_column_time(j, "at", st, 2);
    show_column_time(j, "until", st, 3);
    show_column_text(j, "head", st, 4);
    show_column_bool(j, "has_report", st, 5);
    show_column_int(j, "findings", st, 6);
    show_column_int(j, "new", st, 7);
    show_column_int(j, "gone", st, 8);
    json_end(j, '}');
}

/* What a point is called, by the present catalog; by its name when that has it no more. */
static void put_names(struct api_call *call, struct str point)
{
    struct json *j = &call->out;
    struct str rest = point, task;
    char subject[256];
    (void)str_cut(&rest, '/', &task);
    const struct catalog_task *t = catalog_find_task(call->catalog, task);
    (void)snprintf(subject, sizeof subject, "obligation:" STR_FMT, STR_ARG(point));
    struct str text = show_subject(call->catalog, call->lang, str_from(subject));
    json_put_str(j, "task", task);
    json_put_str(j, "task_title", t ? t->title[call->lang] : task);
    json_put_str(j, "point", point);
    json_put_str(j, "text", text.n ? text : point);
}

enum rc assessment_put_points(struct ctx *cx, struct api_call *call, sqlite3_stmt *st)
{
    struct json *j = &call->out;
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        json_begin(j, '{');
        put_names(call, store_column_str(st, 0));
        show_column_text(j, "verdict", st, 1);
        show_column_text(j, "assurance", st, 2);
        show_column_int(j, "scope", st, 3);
        show_column_int(j, "judged", st, 4);
        show_column_int(j, "failing", st, 5);
        json_end(j, '}');
    }
}

struct found {
    int64_t assessment, verdicts; /* numbers of the facts; verdicts -1: none were recorded with it */
    struct str repository, name, catalog, program;
    int64_t since;
    sqlite3_stmt *st; /* stands at its AssessmentRow */
};

static enum rc no_such(struct ctx *cx, struct api_call *call)
{
    return api_fail(cx, call, E_NOTFOUND, "there is no such assessment", "sellaista arviointia ei ole");
}

/* Verdicts are recorded with the assessment they are of, and come behind it. */
static enum rc find(struct ctx *cx, struct api_call *call, int64_t n, struct found *f)
{
    bool row;
    *f = (struct found){.assessment = n};
    if (!call->derived) {
        call->asked = true;
        return no_such(cx, call);
    }
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT " ASSESSMENT_COLUMNS ", r.name, r.project, x.catalog, x.program, x.since,"
            " (SELECT min(v.n) FROM fact_verdicts v WHERE v.subject = a.repository AND v.n > a.assessment)"
            " FROM derived.assessment a JOIN fact_assessment x ON x.n = a.assessment"
            " JOIN fact_repository r ON r.subject = a.repository WHERE a.assessment = ?1"),
        &f->st));
    store_bind_int(f->st, 1, n);
    TRY(store_step(cx, f->st, &row));
    if (!api_within(call, row ? store_column_str(f->st, 10) : STR("")) || !row) return no_such(cx, call);
    f->repository = arena_str(&cx->arena, store_column_str(f->st, 1));
    f->name = arena_str(&cx->arena, store_column_str(f->st, 9));
    f->catalog = arena_str(&cx->arena, store_column_str(f->st, 11));
    f->program = arena_str(&cx->arena, store_column_str(f->st, 12));
    f->since = sqlite3_column_int64(f->st, 13);
    f->verdicts = sqlite3_column_type(f->st, 14) == SQLITE_NULL ? -1 : sqlite3_column_int64(f->st, 14);
    return OK;
}

static enum rc put_one(struct ctx *cx, struct api_call *call, const struct found *f)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    json_begin(j, '{');
    json_key(j, "assessment");
    assessment_put_row(j, f->st);
    json_put_str(j, "repository_name", f->name);
    api_put_time(j, "since", f->since);
    json_put_str(j, "catalog", f->catalog);
    json_put_str(j, "program", f->program);
    json_key(j, "points");
    json_begin(j, '[');
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT obligation, verdict, assurance, scope, judged, failing FROM fact_verdicts_points"
                          " WHERE n = ?1 ORDER BY seq"),
                      &st));
    store_bind_int(st, 1, f->verdicts);
    TRY(assessment_put_points(cx, call, st));
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(assessments_get)
{
    struct found f;
    enum rc rc = find(cx, call, api_value_int(call, "assessment", -1), &f);
    if (rc == OK) rc = put_one(cx, call, &f);
    store_finalize(&f.st);
    return rc;
}

/* --- comparing */

static const char compare_sql[] =
    "SELECT coalesce(b.obligation, a.obligation), b.verdict, a.verdict, b.failing, a.failing"
    " FROM (SELECT * FROM fact_verdicts_points WHERE n = ?1) b"
    " FULL JOIN (SELECT * FROM fact_verdicts_points WHERE n = ?2) a ON a.obligation = b.obligation ORDER BY "
    "coalesce(a.seq, b.seq)";

static enum rc put_changes(struct ctx *cx, struct api_call *call, const struct found *before, const struct found *after,
                           int64_t *same)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger, STR(compare_sql), &st));
    store_bind_int(st, 1, before->verdicts);
    store_bind_int(st, 2, after->verdicts);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (str_eq(store_column_str(st, 1), store_column_str(st, 2)) &&
            sqlite3_column_int64(st, 3) == sqlite3_column_int64(st, 4)) {
            ++*same;
            continue;
        }
        json_begin(j, '{');
        put_names(call, store_column_str(st, 0));
        show_column_text(j, "before", st, 1);
        show_column_text(j, "after", st, 2);
        show_column_int(j, "failing_before", st, 3);
        show_column_int(j, "failing_after", st, 4);
        json_end(j, '}');
    }
}

/* Findings by the assessments between the two, each against the one before it, where all have their reports. */
static enum rc count_between(struct ctx *cx, struct api_call *call, const struct found *before,
                             const struct found *after, bool *known, int64_t *came, int64_t *went)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT count(*) = count(new) AND count(*) = count(gone), coalesce(sum(new), 0), coalesce(sum(gone), 0)"
            " FROM derived.assessment WHERE repository = ?1 AND assessment > ?2 AND assessment <= ?3"),
        &st));
    store_bind_str(st, 1, after->repository);
    store_bind_int(st, 2, before->assessment);
    store_bind_int(st, 3, after->assessment);
    TRY(store_step(cx, st, &row));
    *known = sqlite3_column_int(st, 0) != 0;
    *came = sqlite3_column_int64(st, 1);
    *went = sqlite3_column_int64(st, 2);
    return OK;
}

static enum rc put_comparison(struct ctx *cx, struct api_call *call, const struct found *before,
                              const struct found *after)
{
    struct json *j = &call->out;
    int64_t same = 0, came, went;
    bool known;
    TRY(count_between(cx, call, before, after, &known, &came, &went));
    json_begin(j, '{');
    json_key(j, "before");
    assessment_put_row(j, before->st);
    json_key(j, "after");
    assessment_put_row(j, after->st);
    json_key(j, "points");
    json_begin(j, '[');
    TRY(put_changes(cx, call, before, after, &same));
    json_end(j, ']');
    json_put_int(j, "same", same);
    json_put_int(j, "new", known ? came : 0);
    json_put_int(j, "gone", known ? went : 0);
    json_put_bool(j, "findings_known", known);
    json_end(j, '}');
    return OK;
}

API_OPERATION(assessments_compare)
{
    struct found one = {0}, two = {0};
    int64_t a = api_value_int(call, "assessment", -1), b = api_value_int(call, "other", -1);
    enum rc rc = find(cx, call, a < b ? a : b, &one);
    if (rc == OK) rc = find(cx, call, a < b ? b : a, &two);
    if (rc == OK && !str_eq(one.repository, two.repository))
        rc = api_fail(cx, call, E_CONFLICT, "the two are of different repositories",
                      "arvioinnit ovat eri tietovarastoista");
    if (rc == OK) rc = put_comparison(cx, call, &one, &two);
    store_finalize(&one.st);
    store_finalize(&two.st);
    return rc;
}
