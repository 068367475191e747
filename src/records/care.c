#include "records/care.h"

#include "base/json.h"
#include "store/store.h"

enum rc care_read(struct ctx *cx, sqlite3 *db, struct str subject, struct str scope, struct care *c)
{
    scoped_stmt *st = NULL;
    bool row;
    *c = (struct care){.owner = STR(""), .process = STR("")};
    TRY(store_prepare(
        cx, db,
        STR("SELECT t.n, t.owner, t.priority, t.process, t.due, t.review_days, t.reviewed_at, p.value"
            " FROM (SELECT n, owner, priority, process, due, review_days, reviewed_at, 1 AS place"
            " FROM fact_task WHERE subject = ?1 UNION ALL SELECT n, owner, NULL, process, due, review_days,"
            " reviewed_at, 0 FROM fact_task_project WHERE subject = ?1 AND project = ?2"
            " ORDER BY place LIMIT 1) t"
            " LEFT JOIN fact_task_participants p ON p.n = t.n ORDER BY p.seq"),
        &st));
    store_bind_str(st, 1, subject);
    store_bind_str(st, 2, scope);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (!c->has) {
            c->has = true;
            c->n = (uint64_t)sqlite3_column_int64(st, 0);
            c->owner = arena_str(&cx->arena, store_column_str(st, 1));
            c->priority = arena_str(&cx->arena, store_column_str(st, 2));
            c->process = arena_str(&cx->arena, store_column_str(st, 3));
            c->due = sqlite3_column_int64(st, 4);
            c->review_days = sqlite3_column_int64(st, 5);
            c->reviewed_at = sqlite3_column_int64(st, 6);
        }
        struct str one = store_column_str(st, 7);
        if (one.n && c->n_participants < LIMIT_PARTICIPANTS)
            c->participants[c->n_participants++] = arena_str(&cx->arena, one);
    }
}

void care_put(struct buf *out, const struct care *c, struct str scope)
{
    struct json j;
    json_init(&j, out, false);
    json_begin(&j, '{');
    json_put_str(&j, "owner", c->owner);
    json_key(&j, "participants");
    json_begin(&j, '[');
    for (size_t i = 0; i < c->n_participants; i++) json_str(&j, c->participants[i]);
    json_end(&j, ']');
    json_put_int(&j, "due", c->due);
    if (!str_eq(scope, STR("org")))
        json_put_str(&j, "project", scope);
    else if (c->priority.n)
        json_put_str(&j, "priority", c->priority);
    json_put_str(&j, "process", c->process);
    json_put_int(&j, "review_days", c->review_days);
    if (c->reviewed_at) json_put_int(&j, "reviewed_at", c->reviewed_at);
    json_end(&j, '}');
}

bool care_same(const struct care *a, const struct care *b)
{
    bool parts = a->n_participants == b->n_participants;
    for (size_t i = 0; parts && i < a->n_participants; i++) parts = str_eq(a->participants[i], b->participants[i]);
    return parts && a->has == b->has && str_eq(a->owner, b->owner) && str_eq(a->priority, b->priority) &&
           str_eq(a->process, b->process) && a->due == b->due && a->review_days == b->review_days &&
           a->reviewed_at == b->reviewed_at;
}
