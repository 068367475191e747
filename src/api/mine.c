/* What waits for the one who asks: their tasks, reviews, requests to decide, mentions. Only their own. */
#include "api/approval.h"
#include "api/show.h"
#include "api/task_rows.h"
#include "base/time.h"
#include "store/store.h"

#define SHOWN 50
#define REVIEW_SOON (30 * DAY_SECONDS)

/* Nobody's tasks for who may not see tasks, or while the standing is still computed. */
static enum rc read_rows(struct ctx *cx, struct api_call *call, struct task_row **rows, size_t *n)
{
    struct str project = api_value(call, "project");
    *n = 0;
    if (project.p) project = arena_printf(&cx->arena, "project:" STR_FMT, STR_ARG(project));
    bool all = api_may(call, "tasks.read", STR_NONE);
    for (size_t i = 0; !all && !project.p && i < call->who.n_grants; i++) /* of who has projects alone, the first */
        if (api_may(call, "tasks.read", call->who.grants[i].scope)) project = call->who.grants[i].scope;
    if (!all && !(project.p && api_may(call, "tasks.read", project))) return OK;
    call->scope = project.p ? project : STR("org");
    enum rc rc = task_rows_read(cx, call, rows, n);
    return rc == E_BUSY ? OK : rc;
}

static bool is_own(const struct api_call *call, const struct task_row *r)
{
    return r->owner.n && str_eq(r->owner, call->who.person);
}

static bool review_is_due(const struct task_row *r, int64_t by)
{
    return r->review_due && r->review_due < by;
}

/* --- tasks */

static void put_owned(struct api_call *call, const struct task_row *rows, size_t n)
{
    int64_t status[STATUS_COUNT] = {0};
    json_key(&call->out, "owned");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < n; i++) {
        if (!is_own(call, &rows[i])) continue;
        status[rows[i].status]++;
        task_row_put(call, &rows[i]);
    }
    json_end(&call->out, ']');
    task_rows_put_counts(call, "status", status);
    json_key(&call->out, "reviews");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < n; i++)
        if (is_own(call, &rows[i]) && review_is_due(&rows[i], call->now + REVIEW_SOON)) task_row_put(call, &rows[i]);
    json_end(&call->out, ']');
}

static enum rc put_participating(struct ctx *cx, struct api_call *call, const struct task_row *rows, size_t n)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT substr(t.subject, 6) FROM fact_task_participants p JOIN (SELECT n, subject, owner, 'org' AS "
            "scope FROM fact_task UNION ALL SELECT n, subject, owner, project FROM fact_task_project) t"
            " ON t.n = p.n AND t.scope = ?9 WHERE p.value = ?1 AND t.owner <> ?1 ORDER BY t.subject"),
        &st));
    api_bind_scope(call, st);
    store_bind_str(st, 1, call->who.person);
    json_key(&call->out, "participating");
    json_begin(&call->out, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        const struct task_row *r = task_rows_find(rows, n, store_column_str(st, 0));
        if (r) task_row_put(call, r);
    }
    json_end(&call->out, ']');
    return OK;
}

/* --- requests */

#define IS_OPEN "r.n IN (" APPROVALS_OPEN("?2") ")"

static enum rc put_requests(struct ctx *cx, struct api_call *call, const char *key, const char *sql, bool may_decide)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger, str_from(sql), &st));
    store_bind_str(st, 1, call->who.person);
    store_bind_int(st, 2, call->now);
    store_bind_int(st, 3, SHOWN);
    json_key(&call->out, key);
    json_begin(&call->out, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        TRY(approval_put(cx, call, st, may_decide));
    }
    json_end(&call->out, ']');
    return OK;
}

static const char others_sql[] =
    "SELECT " APPROVAL_COLUMNS " WHERE r.actor <> ?1 AND " IS_OPEN " ORDER BY r.n LIMIT ?3";
static const char own_sql[] = "SELECT " APPROVAL_COLUMNS " WHERE r.actor = ?1 AND " IS_OPEN " ORDER BY r.n LIMIT ?3";
static const char nobodys_sql[] = "SELECT " APPROVAL_COLUMNS " WHERE ?1 IS NULL AND ?2 IS NULL LIMIT ?3";

/* --- mentions */

static enum rc put_mentions(struct ctx *cx, struct api_call *call)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT c.n, c.at, c.actor, p.name, c.subject, c.text FROM fact_note_mentions m JOIN fact_note c ON c.n = "
            "m.n"
            " LEFT JOIN fact_person p ON p.subject = c.actor WHERE m.value = ?1 ORDER BY m.n DESC LIMIT ?2"),
        &st));
    store_bind_str(st, 1, call->who.person);
    store_bind_int(st, 2, SHOWN);
    json_key(j, "mentions");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        struct str subject = store_column_str(st, 4);
        json_begin(j, '{');
        show_column_int(j, "n", st, 0);
        show_column_time(j, "at", st, 1);
        show_column_person(j, "by", st, 2);
        json_put_str(j, "subject", subject);
        show_text(j, "subject_title", show_subject(call->catalog, call->lang, subject));
        show_column_text(j, "text", st, 5);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

API_OPERATION(my_tasks_get)
{
    struct task_row *rows = NULL;
    size_t n;
    bool may_decide = api_may(call, "approvals.decide", STR_NONE);
    TRY(read_rows(cx, call, &rows, &n));
    json_begin(&call->out, '{');
    put_owned(call, rows, n);
    TRY(put_participating(cx, call, rows, n));
    TRY(put_requests(cx, call, "approvals", may_decide ? others_sql : nobodys_sql, may_decide));
    TRY(put_requests(cx, call, "requests", own_sql, false));
    TRY(put_mentions(cx, call));
    json_end(&call->out, '}');
    return OK;
}
