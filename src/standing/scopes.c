/* One scope on one day, as rows. Within a catalog the rows of a scope are always the same ones, so that only what is
 * another than before is written. */
#include "base/time.h"
#include "standing/keeper_int.h"

struct writing {
    struct pass *p;
    struct str scope, day;
    const struct standing *s;
};

struct totals {
    int64_t verdicts[VERDICT_COUNT], exceptions;
};

static bool is_met(enum verdict v)
{
    return v == VERDICT_MET || v == VERDICT_TREATED || v == VERDICT_WAIVED;
}

static void bind_place(const struct writing *w, sqlite3_stmt *st)
{
    store_bind_str(st, 1, w->scope);
    store_bind_str(st, 2, w->day);
}

static void bind_word(sqlite3_stmt *st, int i, const char *word)
{
    store_bind_str(st, i, str_from(word));
}

static void bind_time(sqlite3_stmt *st, int i, int64_t t)
{
    if (t) store_bind_int(st, i, t);
}

static enum rc write_points(const struct writing *w)
{
    scoped_stmt *st = NULL;
    int64_t seq = 0;
    TRY(store_prepare(
        w->p->cx, w->p->db,
        STR("INSERT INTO point VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
            " ON CONFLICT DO UPDATE SET must = ?6, adopted = ?7, verdict = ?8, assurance = ?9, in_scope = ?10,"
            " judged = ?11, failing = ?12, at = ?13, due = ?14"
            " WHERE (must, adopted, verdict, assurance, in_scope, judged, failing, at, due)"
            " IS NOT (?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"),
        &st));
    for (size_t i = 0; i < w->s->n_tasks; i++)
        for (size_t k = 0; k < w->s->tasks[i].n_obligations; k++) {
            const struct obligation_result *o = &w->s->tasks[i].obligations[k];
            scoped_buf name;
            buf_init(&name, 0);
            buf_printf(&name, STR_FMT "/" STR_FMT, STR_ARG(o->def->task), STR_ARG(o->def->key));
            bind_place(w, st);
            store_bind_int(st, 3, seq++);
            store_bind_str(st, 4, o->def->task);
            store_bind_str(st, 5, buf_view(&name));
            store_bind_int(st, 6, rules_is_must(o));
            store_bind_int(st, 7, o->adopted);
            bind_word(st, 8, verdict_name(o->verdict));
            bind_word(st, 9, assurance_name(o->assurance));
            store_bind_int(st, 10, o->population);
            store_bind_int(st, 11, o->judged);
            store_bind_int(st, 12, o->failing);
            bind_time(st, 13, o->at);
            bind_time(st, 14, o->due);
            TRY(store_run(w->p->cx, st));
        }
    return OK;
}

static enum rc write_tasks(const struct writing *w, struct totals *totals)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        w->p->cx, w->p->db,
        STR("INSERT INTO task VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
            " ON CONFLICT DO UPDATE SET priority = ?5, status = ?6, exceptions = ?7, designed = ?8, operating = ?9,"
            " assurance = ?10, musts = ?11, musts_met = ?12, failing = ?13"
            " WHERE (priority, status, exceptions, designed, operating, assurance, musts, musts_met, failing)"
            " IS NOT (?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"),
        &st));
    for (size_t i = 0; i < w->s->n_tasks; i++) {
        const struct task_result *t = &w->s->tasks[i];
        int64_t musts = 0, met = 0, failing = 0;
        for (size_t k = 0; k < t->n_obligations; k++) {
            const struct obligation_result *o = &t->obligations[k];
            failing += o->failing;
            if (!rules_is_must(o)) continue;
            totals->verdicts[o->verdict]++;
            musts += o->verdict != VERDICT_NOT_APPLICABLE;
            met += is_met(o->verdict);
        }
        totals->exceptions += t->status == STATUS_FULLY_DONE && t->exceptions;
        bind_place(w, st);
        store_bind_int(st, 3, (int64_t)i);
        store_bind_str(st, 4, t->def->key);
        bind_word(st, 5, priority_name(rules_priority(t)));
        bind_word(st, 6, status_name(t->status));
        store_bind_int(st, 7, t->exceptions);
        bind_word(st, 8, verdict_name(t->designed));
        bind_word(st, 9, verdict_name(t->operating));
        bind_word(st, 10, assurance_name(t->assurance));
        store_bind_int(st, 11, musts);
        store_bind_int(st, 12, met);
        store_bind_int(st, 13, failing);
        TRY(store_run(w->p->cx, st));
    }
    return OK;
}

static enum rc write_control(const struct writing *w, sqlite3_stmt *st, const struct framework_result *f, size_t i)
{
    const struct control_result *c = &f->controls[i];
    int64_t relevant = 0, done = 0;
    for (size_t k = 0; k < c->n_tasks; k++) {
        relevant += c->tasks[k]->status != STATUS_NOT_RELEVANT;
        done += c->tasks[k]->status == STATUS_FULLY_DONE;
    }
    bind_place(w, st);
    store_bind_str(st, 3, f->def->key);
    store_bind_int(st, 4, (int64_t)i);
    store_bind_str(st, 5, c->def->id);
    bind_word(st, 6, coverage_name(c->coverage));
    store_bind_int(st, 7, relevant);
    store_bind_int(st, 8, done);
    return store_run(w->p->cx, st);
}

static enum rc write_controls(const struct writing *w)
{
    scoped_stmt *st = NULL;
    const struct framework_result *frameworks;
    size_t n;
    rules_coverage(w->p->cx, w->p->k->o.catalog, w->s->tasks, w->s->n_tasks, &frameworks, &n);
    TRY(store_prepare(w->p->cx, w->p->db,
                      STR("INSERT INTO control VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET"
                          " coverage = ?6, tasks = ?7, tasks_done = ?8"
                          " WHERE (coverage, tasks, tasks_done) IS NOT (?6, ?7, ?8)"),
                      &st));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < frameworks[i].n_controls; k++) TRY(write_control(w, st, &frameworks[i], k));
    return OK;
}

/* What only the present has: repositories and findings. */
static enum rc count_present(const struct writing *w, sqlite3_stmt *day)
{
    scoped_stmt *st = NULL;
    bool row;
    if (!str_eq(w->day, STR("now"))) return OK;
    int64_t assessed = 0, stale = 0;
    for (size_t i = 0; i < w->s->n_repositories; i++) {
        assessed += w->s->repositories[i].verdicts >= 0;
        stale += w->s->repositories[i].stale;
    }
    TRY(store_prepare(w->p->cx, w->p->db,
                      STR("SELECT coalesce(sum(findings), 0) + iif(?1 = 'org', (SELECT count(*) FROM finding"
                          " WHERE repository = 'org' AND open), 0) FROM repository WHERE ?1 = 'org' OR project = ?1"),
                      &st));
    store_bind_str(st, 1, w->scope);
    TRY(store_step(w->p->cx, st, &row));
    store_bind_int(day, 6, (int64_t)w->s->n_repositories);
    store_bind_int(day, 7, assessed);
    store_bind_int(day, 8, stale);
    store_bind_int(day, 9, sqlite3_column_int64(st, 0));
    return OK;
}

static enum rc write_day(const struct writing *w, const struct totals *t, int64_t fact, int64_t at, struct str catalog)
{
    scoped_stmt *st = NULL;
    static const enum verdict order[] = {
        VERDICT_NOT_APPLICABLE, VERDICT_WAIVED,     VERDICT_VIOLATED, VERDICT_TREATED,
        VERDICT_AT_RISK,        VERDICT_PARTLY_MET, VERDICT_MET,      VERDICT_NO_EVIDENCE};
    static const enum status statuses[] = {STATUS_FULLY_DONE, STATUS_MOSTLY_DONE, STATUS_PARTLY_DONE, STATUS_NOT_DONE,
                                           STATUS_NOT_RELEVANT};
    TRY(store_prepare(w->p->cx, w->p->db,
                      STR("INSERT OR REPLACE INTO day VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
                          " ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"),
                      &st));
    bind_place(w, st);
    if (fact >= 0) {
        store_bind_int(st, 3, fact);
        store_bind_int(st, 4, at);
    }
    store_bind_str(st, 5, catalog);
    TRY(count_present(w, st));
    int i = 10;
    for (size_t k = 0; k < sizeof statuses / sizeof *statuses; k++) store_bind_int(st, i++, w->s->summary[statuses[k]]);
    store_bind_int(st, i++, t->exceptions);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) store_bind_int(st, i++, t->verdicts[order[k]]);
    return store_run(w->p->cx, st);
}

enum rc scope_write(struct pass *p, struct str scope, struct str day, const struct standing *s, int64_t fact,
                    int64_t at, struct str catalog)
{
    const struct writing w = {p, scope, day, s};
    struct totals totals = {0};
    TRY(write_points(&w));
    TRY(write_tasks(&w, &totals));
    TRY(write_controls(&w));
    return write_day(&w, &totals, fact, at, catalog);
}

/* --- past days */

/* The row of the last fact of a day is the one that stays. */
static enum rc write_past(struct pass *p, int64_t n, int64_t at, struct str scope, struct str catalog)
{
    struct standing s;
    char date[32];
    TRY(rules_recorded(p->cx, p->facts, p->k->o.catalog, n, at, &s));
    return scope_write(p, scope, str_from(time_format_date(at, date)), &s, n, at, catalog);
}

enum rc days_write(struct pass *p)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(p->cx, p->facts,
                      STR("SELECT n, at, subject, catalog FROM fact_verdicts WHERE n >= ?1 AND n < ?2"
                          " AND via = 'probe' AND (subject = 'org' OR subject GLOB 'project:*') ORDER BY n"),
                      &st));
    store_bind_int(st, 1, p->from);
    store_bind_int(st, 2, p->to);
    for (bool row;;) {
        TRY(store_step(p->cx, st, &row));
        if (!row) return OK;
        struct ctx own, *cx = p->cx; /* one day's memory after the other */
        ctx_init(&own);
        p->cx = &own;
        enum rc rc = write_past(p, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), store_column_str(st, 2),
                                store_column_str(st, 3));
        p->cx = cx;
        if (rc != OK) rc = fail(cx, rc, "%s", own.message);
        ctx_release(&own);
        TRY(rc);
    }
}
