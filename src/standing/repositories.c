/* The present standing of the organization and of projects, and of each repository. */
#include "base/json.h"
#include "standing/keeper_int.h"

struct each {
    struct pass *p;
    sqlite3_stmt *point;
};

static enum rc write_points(struct each *e, const struct standing_repository *r, const struct standing_point *points,
                            size_t n)
{
    struct ctx *cx = e->p->cx;
    sqlite3_stmt *st = e->point;
    for (size_t i = 0; i < n; i++) {
        const struct standing_point *p = &points[i];
        scoped_buf name;
        buf_init(&name, 0);
        buf_printf(&name, STR_FMT "/" STR_FMT, STR_ARG(p->def->task), STR_ARG(p->def->key));
        store_bind_str(st, 1, r->subject);
        store_bind_int(st, 2, (int64_t)i);
        store_bind_str(st, 3, p->def->task);
        store_bind_str(st, 4, buf_view(&name));
        store_bind_str(st, 5, str_from(verdict_name(p->recorded ? p->verdict : VERDICT_NO_EVIDENCE)));
        store_bind_str(st, 6, str_from(assurance_name(p->assurance)));
        store_bind_int(st, 7, p->scope);
        store_bind_int(st, 8, p->judged);
        store_bind_int(st, 9, p->failing);
        if (p->due) store_bind_int(st, 10, p->due);
        TRY(store_run(cx, st));
    }
    return OK;
}

static enum rc each(void *arg, const struct standing_repository *r, const struct standing_point *points, size_t n)
{
    struct each *e = arg;
    return pass_touches(e->p, r->subject) ? write_points(e, r, points, n) : OK;
}

static enum rc prepare_point(struct each *e)
{
    return store_prepare(e->p->cx, e->p->db,
                         STR("INSERT INTO repository_point VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                             " ON CONFLICT DO UPDATE SET verdict = ?5, assurance = ?6, in_scope = ?7, judged = ?8,"
                             " failing = ?9, due = ?10 WHERE (verdict, assurance, in_scope, judged, failing, due)"
                             " IS NOT (?5, ?6, ?7, ?8, ?9, ?10)"),
                         &e->point);
}

/* After its points and findings. */
static enum rc write_repository(struct pass *p, const struct standing_repository *r)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(p->cx, p->db,
                      STR("INSERT OR REPLACE INTO repository SELECT ?1, ?2, nullif(?3, ''), ?4, ?5, ?6, ?7,"
                          " a.assessment, a.head, a.report, a.has_report,"
                          " iif(?4 IS NULL, NULL, (SELECT count(*) FROM repository_point WHERE repository = ?1"
                          "  AND verdict = 'violated')),"
                          " iif(?4 IS NULL, NULL, (SELECT count(*) FROM repository_point WHERE repository = ?1"
                          "  AND verdict IN ('met', 'treated', 'waived'))),"
                          " iif(?4 IS NULL, NULL, (SELECT count(*) FROM repository_point WHERE repository = ?1"
                          "  AND verdict = 'no_evidence')),"
                          " iif(a.has_report, (SELECT count(*) FROM finding WHERE repository = ?1 AND open), NULL)"
                          " FROM (SELECT 1) LEFT JOIN assessment a ON a.assessment ="
                          " (SELECT max(assessment) FROM assessment WHERE repository = ?1)"),
                      &st));
    store_bind_str(st, 1, r->subject);
    store_bind_str(st, 2, r->raw_name);
    store_bind_str(st, 3, r->project);
    if (r->verdicts >= 0) {
        store_bind_int(st, 4, r->verdicts);
        store_bind_int(st, 5, r->at);
        store_bind_int(st, 6, r->stale);
        store_bind_str(st, 7, r->catalog);
    }
    return store_run(p->cx, st);
}

/* Repositories that are closed, or are no more. */
static enum rc drop_others(struct pass *p, const struct standing *s)
{
    static const char *const statements[] = {
        "DELETE FROM repository WHERE repository NOT IN (SELECT value FROM json_each(?1))",
        "DELETE FROM repository_point WHERE repository NOT IN (SELECT value FROM json_each(?1))",
        "DELETE FROM finding WHERE repository <> 'org' AND repository NOT IN (SELECT value FROM json_each(?1))",
        "DELETE FROM example WHERE repository <> 'org' AND repository NOT IN (SELECT value FROM json_each(?1))"};
    scoped_buf names;
    struct json j;
    buf_init(&names, 0);
    json_init(&j, &names, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < s->n_repositories; i++) json_str(&j, s->repositories[i].subject);
    json_end(&j, ']');
    TRY(words_drop_others(p, buf_view(&names)));
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        scoped_stmt *st = NULL;
        TRY(store_prepare(p->cx, p->db, str_from(statements[i]), &st));
        store_bind_str(st, 1, buf_view(&names));
        TRY(store_run(p->cx, st));
    }
    return OK;
}

static enum rc stand(struct pass *p, struct str project, struct each *e, struct standing *s)
{
    const struct standing_options o = {.at = p->now,
                                       .preset = p->k->o.preset,
                                       .project = project,
                                       .organization = p->organization,
                                       .each = e ? each : NULL,
                                       .arg = e};
    p->scopes++;
    return rules_standing(p->cx, p->facts, p->k->o.catalog, &o, s);
}

enum rc organization_write(struct pass *p)
{
    struct standing s;
    struct each e = {.p = p};
    TRY(prepare_point(&e));
    enum rc rc = stand(p, STR_NONE, &e, &s);
    store_finalize(&e.point);
    TRY(rc);
    p->next = s.next;
    if (p->whole) TRY(drop_others(p, &s));
    for (size_t i = 0; i < s.n_repositories; i++) {
        if (!pass_touches(p, s.repositories[i].subject)) continue;
        TRY(findings_write(p, s.repositories[i].subject));
        TRY(write_repository(p, &s.repositories[i]));
    }
    return scope_write(p, STR("org"), STR("now"), &s, -1, 0, str_from(p->k->o.catalog->digest));
}

enum rc project_write(struct pass *p, struct str project)
{
    struct standing s;
    TRY(stand(p, project, NULL, &s));
    return scope_write(p, project, STR("now"), &s, -1, 0, str_from(p->k->o.catalog->digest));
}
