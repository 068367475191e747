#include "gates/replay.h"

#include "base/limits.h"
#include "base/time.h"
#include "catalog/views.h"
#include "facts/subject.h"
#include "gates/gate_rules.h"
#include "gates/tell.h"
#include "rules/rules.h"
#include "store/store.h"

struct replaying {
    struct ctx *cx;
    sqlite3 *db;
    const struct replay_wish *wish;
    struct replay_point *point;
    sqlite3_stmt *who;
    enum rc (*each)(void *arg, const struct replay_row *row);
    void *arg;
};

static struct str value_of(const struct rule_row *row, const char *name)
{
    for (size_t i = 0; i < row->n; i++)
        if (str_eq(row->names[i], str_from(name))) return row->values[i];
    return STR_NONE;
}

/* "ref:ID/NAME" into both; false for what is no ref. */
static bool split(struct ctx *cx, struct str subject, struct replay_row *out)
{
    const size_t before = sizeof "ref:" - 1 + SUBJECT_ID;
    scoped_buf name;
    buf_init(&name, LIMIT_PATH);
    if (!str_starts(subject, STR("ref:")) || subject.n < before + 2 ||
        !subject_unspell(&name, str_slice(subject, before + 1, subject.n)))
        return false;
    out->repository = arena_printf(&cx->arena, "repo:" STR_FMT, STR_ARG(str_slice(subject, 4, before)));
    out->ref = arena_str(&cx->arena, buf_view(&name));
    return true;
}

/* tip: how the commit begins, where the rule tells it: two pushes of one second are told apart by that. */
static enum rc find_who(struct replaying *r, struct str subject, struct str tip, struct replay_row *out)
{
    bool row;
    store_bind_str(r->who, 1, subject);
    store_bind_int(r->who, 2, out->at);
    store_bind_str(r->who, 3, out->repository);
    store_bind_str(r->who, 4, tip.p ? tip : STR(""));
    enum rc rc = store_step(r->cx, r->who, &row);
    out->push = -1;
    if (rc == OK && row) {
        out->name = arena_str(&r->cx->arena, store_column_str(r->who, 3));
        if (sqlite3_column_type(r->who, 0) != SQLITE_NULL) out->push = sqlite3_column_int64(r->who, 0);
        out->person = arena_str(&r->cx->arena, store_column_str(r->who, 1));
        out->person_name = arena_str(&r->cx->arena, store_column_str(r->who, 2));
    }
    sqlite3_reset(r->who);
    return rc;
}

static enum rc take_row(void *arg, const struct rule_row *row)
{
    struct replaying *r = arg;
    struct replay_row out = {.point = r->point, .name = STR(""), .person = STR(""), .person_name = STR("")};
    if (row->ok < 0 || !split(r->cx, row->subject, &out)) return OK;
    if (r->wish->repository.n && !str_eq(r->wish->repository, out.repository)) return OK;
    r->point->judged++;
    if (row->ok) return OK;
    r->point->would++;
    struct str at = value_of(row, "at");
    if (!at.p || time_parse(at, &out.at) != OK) out.at = 0;
    TRY(find_who(r, row->subject, value_of(row, "tip"), &out));
    out.message =
        tell_fill(&r->cx->arena, r->point->obligation->org.message[r->wish->lang], row->names, row->values, row->n);
    out.fix = tell_fill(&r->cx->arena, r->point->obligation->org.fix[r->wish->lang], row->names, row->values, row->n);
    return r->each(r->arg, &out);
}

/* What was refused in the period by this point, as the decisions tell. */
static enum rc count_refused(struct replaying *r)
{
    scoped_stmt *st = NULL;
    bool row;
    const struct catalog_obligation *o = r->point->obligation;
    TRY(store_prepare(r->cx, r->db,
                      STR("SELECT count(*) FROM fact_decision d JOIN fact_decision_verdicts v ON v.n = d.n WHERE "
                          "d.decision = 'refused' AND d.at >= ?1 AND d.at <= ?2 AND v.obligation = ?3 AND NOT v.ok AND "
                          "v.mode = 'block' AND (?4 = '' OR d.subject = ?4)"),
                      &st));
    store_bind_int(st, 1, r->wish->since);
    store_bind_int(st, 2, r->wish->now);
    store_bind_str(st, 3, arena_printf(&r->cx->arena, STR_FMT "/" STR_FMT, STR_ARG(o->task), STR_ARG(o->key)));
    store_bind_str(st, 4, r->wish->repository.p ? r->wish->repository : STR(""));
    TRY(store_step(r->cx, st, &row));
    r->point->refused = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

static enum rc replay_one(struct replaying *r)
{
    const struct rules_options o = {.now = r->wish->now, .since = r->wish->since};
    TRY(gate_mode_of(r->cx, r->db, r->point->obligation, STR(""), r->wish->now, &r->point->mode));
    TRY(rules_rows(r->cx, r->db, r->point->obligation->org.sql, &o, take_row, r));
    return count_refused(r);
}

enum rc gate_replay(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct replay_wish *w,
                    enum rc (*each)(void *arg, const struct replay_row *row), void *arg,
                    const struct replay_point **points, size_t *n)
{
    scoped_stmt *who = NULL;
    struct replay_point *list = arena_array(&cx->arena, struct replay_point, REPLAY_POINTS);
    struct replaying r = {.cx = cx, .db = db, .wish = w, .each = each, .arg = arg};
    *points = list;
    *n = 0;
    TRY(views_of_items(cx, db, c->records, c->n_records));
    TRY(store_prepare(cx, db,
                      STR("SELECT p.n, p.actor, h.name, r.name FROM fact_repository r LEFT JOIN (SELECT p.n, p.actor "
                          "FROM fact_push_refs f JOIN fact_push p ON p.n = f.n WHERE f.ref = ?1 AND p.at = ?2 AND "
                          "substr(f.after, 1, length(?4)) = ?4 ORDER BY "
                          "p.n LIMIT 1) p LEFT JOIN fact_person h ON h.subject = p.actor WHERE r.subject = ?3"),
                      &who));
    r.who = who;
    for (size_t t = 0; t < c->n_tasks; t++)
        for (size_t i = 0; i < c->tasks[t].n_obligations; i++) {
            const struct catalog_obligation *o = &c->tasks[t].obligations[i];
            if (!str_eq(o->org.gate, STR("push")) || *n == REPLAY_POINTS) continue;
            r.point = &list[(*n)++];
            *r.point = (struct replay_point){.task = &c->tasks[t], .obligation = o};
            TRY(replay_one(&r));
        }
    return OK;
}
