/* Where an organization stands, from verdicts that were recorded: the newest of each repository put together. */
#include "base/time.h"
#include "rules/items.h"
#include "rules/own.h"
#include "rules/present.h"
#include "rules/verdicts.h"

/* A verdict is recorded with each assessment, and they recur at least monthly. */
#define STALE_AFTER (35 * DAY_SECONDS)

struct tally {
    int64_t n[VERDICT_COUNT], repositories;
    int64_t scope, judged, failing, at, due;
    enum assurance weakest;
};

struct of_project {
    struct str project;
    struct own *own;
};

struct reading {
    struct ctx *cx;
    sqlite3 *db;
    const struct catalog *catalog;
    const struct standing_options *o;
    const struct own *own; /* of the scope */
    struct of_project *projects;
    size_t n_projects, cap_projects;
    struct standing *out;
    struct standing_point *points; /* of one repository after the other, in the catalog's order */
    struct tally *tallies;
    const struct obligation_result *organization;
    size_t n_points;
    sqlite3_stmt *recorded, *exceptions;
};

static bool parse(struct str word, int count, const char *(*name)(int), int *out)
{
    for (int i = 0; i < count; i++)
        if (str_eq(word, str_from(name(i)))) {
            *out = i;
            return true;
        }
    return false;
}

static const char *verdict_word(int i)
{
    return verdict_name((enum verdict)i);
}

static const char *assurance_word(int i)
{
    return assurance_name((enum assurance)i);
}

static const char *priority_word(int i)
{
    return priority_name((enum priority)i);
}

static void will_change(struct standing *s, int64_t at)
{
    if (at > s->at && at < s->next) s->next = at;
}

/* --- repositories */

static struct standing_repository repository_of(struct reading *r, sqlite3_stmt *st)
{
    struct arena *a = &r->cx->arena;
    struct standing_repository out = {.subject = arena_str(a, store_column_str(st, 0)),
                                      .raw_name = arena_str(a, store_column_str(st, 1)),
                                      .name = str_from(str_visible(r->cx, store_column_str(st, 1))),
                                      .project = arena_str(a, store_column_str(st, 2)),
                                      .verdicts = -1};
    if (sqlite3_column_type(st, 3) == SQLITE_NULL) return out;
    out.verdicts = sqlite3_column_int64(st, 3);
    out.at = sqlite3_column_int64(st, 4);
    out.catalog = arena_str(a, store_column_str(st, 5));
    out.seen = assurance_via(store_column_str(st, 6));
    out.stale = out.at + STALE_AFTER < r->o->at;
    will_change(r->out, out.at + STALE_AFTER + 1);
    return out;
}

static enum rc read_repositories(struct reading *r)
{
    scoped_stmt *st = NULL;
    size_t n = 0, cap = 0;
    struct standing_repository *list = NULL;
    TRY(store_prepare(r->cx, r->db,
                      STR("SELECT r.subject, r.name, coalesce(r.project, ''), v.n, v.at, v.catalog, v.via"
                          " FROM fact_repository r LEFT JOIN fact_verdicts v"
                          " ON v.n = (SELECT max(x.n) FROM fact_verdicts x WHERE x.subject = r.subject)"
                          " WHERE r.state = 'active' AND (?1 IS NULL OR r.project = ?1) ORDER BY r.name, r.subject"),
                      &st));
    store_bind_str(st, 1, r->o->project);
    for (bool row;;) {
        TRY(store_step(r->cx, st, &row));
        if (!row) break;
        if (n == cap) {
            struct standing_repository *more =
                arena_array(&r->cx->arena, struct standing_repository, cap = cap ? 2 * cap : 16);
            if (list) memcpy(more, list, n * sizeof *list);
            list = more;
        }
        list[n++] = repository_of(r, st);
    }
    r->out->repositories = list;
    r->out->n_repositories = n;
    return OK;
}

/* What the organization and the repository's project have made their own. */
static enum rc own_of(struct reading *r, struct str project, struct own **out)
{
    for (size_t i = 0; i < r->n_projects; i++)
        if (str_eq(r->projects[i].project, project)) {
            *out = r->projects[i].own;
            return OK;
        }
    if (r->n_projects == r->cap_projects) {
        r->cap_projects = r->cap_projects ? 2 * r->cap_projects : 8;
        struct of_project *more = arena_array(&r->cx->arena, struct of_project, r->cap_projects);
        if (r->n_projects) memcpy(more, r->projects, r->n_projects * sizeof *more);
        r->projects = more;
    }
    TRY(rules_own_read(r->cx, r->db, r->o->at, project, out));
    r->projects[r->n_projects++] = (struct of_project){project, *out};
    return OK;
}

/* --- recorded points */

static bool is_named(const struct catalog_obligation *def, struct str name)
{
    return name.n == def->task.n + 1 + def->key.n && str_starts(name, def->task) && name.p[def->task.n] == '/' &&
           str_ends(name, def->key);
}

/* They were recorded in the order of their catalog, which is mostly ours. */
static struct standing_point *find_point(struct reading *r, struct str name, size_t *next)
{
    for (size_t i = 0; i < r->n_points; i++) {
        size_t at = (*next + i) % r->n_points;
        if (!is_named(r->points[at].def, name)) continue;
        *next = at + 1;
        return &r->points[at];
    }
    return NULL;
}

static void take_point(struct standing_point *p, sqlite3_stmt *st)
{
    int verdict, assurance;
    if (!parse(store_column_str(st, 1), VERDICT_COUNT, verdict_word, &verdict) ||
        !parse(store_column_str(st, 2), ASSURANCE_COUNT, assurance_word, &assurance))
        return; /* words of a later program show nothing */
    p->recorded = true;
    p->verdict = (enum verdict)verdict;
    p->assurance = (enum assurance)assurance;
    p->scope = sqlite3_column_int64(st, 3);
    p->judged = sqlite3_column_int64(st, 4);
    p->failing = sqlite3_column_int64(st, 5);
    p->adopted = sqlite3_column_int(st, 6) != 0;
    p->due = sqlite3_column_int64(st, 7);
}

static enum rc read_points(struct reading *r, int64_t n)
{
    size_t next = 0;
    for (size_t i = 0; i < r->n_points; i++) r->points[i] = (struct standing_point){.def = r->points[i].def};
    if (!r->recorded)
        TRY(store_prepare(r->cx, r->db,
                          STR("SELECT obligation, verdict, assurance, scope, judged, failing, adopted, due"
                              " FROM fact_verdicts_points WHERE n = ?1"),
                          &r->recorded));
    store_bind_int(r->recorded, 1, n);
    for (bool row;;) {
        TRY(store_step(r->cx, r->recorded, &row));
        if (!row) break;
        struct standing_point *p = find_point(r, store_column_str(r->recorded, 0), &next);
        if (p) take_point(p, r->recorded);
    }
    sqlite3_reset(r->recorded);
    return OK;
}

static enum rc read_exceptions(struct reading *r, const struct standing_repository *repository,
                               const struct standing_point *p, struct exceptions_left *left)
{
    bool row;
    struct str subject =
        arena_printf(&r->cx->arena, "obligation:" STR_FMT "/" STR_FMT, STR_ARG(p->def->task), STR_ARG(p->def->key));
    if (!r->exceptions)
        TRY(store_prepare(r->cx, r->db,
                          STR("SELECT count(*), coalesce(sum(until > ?1 AND withdrawn IS NULL), 0) FROM fact_waiver"
                              " WHERE subject = ?2 AND (until > ?3 OR withdrawn = 1)"
                              " AND substr(about, instr(about, ':') + 1, 20) = ?4"),
                          &r->exceptions));
    store_bind_int(r->exceptions, 1, r->o->at);
    store_bind_str(r->exceptions, 2, subject);
    store_bind_int(r->exceptions, 3, repository->at);
    store_bind_str(r->exceptions, 4, str_slice(repository->subject, sizeof "repo:" - 1, repository->subject.n));
    TRY(store_step(r->cx, r->exceptions, &row));
    *left = (struct exceptions_left){sqlite3_column_int64(r->exceptions, 0), sqlite3_column_int64(r->exceptions, 1)};
    sqlite3_reset(r->exceptions);
    return OK;
}

/* --- put together */

static void tally(struct tally *t, const struct standing_point *p, const struct standing_repository *repository)
{
    t->n[p->verdict]++;
    t->repositories++;
    t->scope += p->scope;
    t->judged += p->judged;
    t->failing += p->failing;
    if (repository->at > t->at) t->at = repository->at;
    if (p->due && (!t->due || p->due < t->due)) t->due = p->due;
    bool shown = p->verdict != VERDICT_NO_EVIDENCE && p->verdict != VERDICT_NOT_APPLICABLE;
    if (shown && p->assurance < t->weakest) t->weakest = p->assurance;
}

static enum rc add_repository(struct reading *r, const struct standing_repository *repository)
{
    struct own *own;
    TRY(own_of(r, repository->project, &own));
    TRY(read_points(r, repository->verdicts));
    for (size_t i = 0; i < r->n_points; i++) {
        struct standing_point *p = &r->points[i];
        struct exceptions_left left = {0};
        if (!p->recorded) continue;
        if (p->due) {
            will_change(r->out, p->due);
            will_change(r->out, p->due - WARNING_WINDOW);
        }
        if (p->verdict == VERDICT_WAIVED) TRY(read_exceptions(r, repository, p, &left));
        present_point(p, own, &left, r->o->at);
        if (p->assurance > repository->seen) p->assurance = repository->seen;
        if (repository->stale) p->assurance = assurance_decayed(p->assurance);
        if (p->verdict == VERDICT_NOT_APPLICABLE) p->assurance = ASSURANCE_NONE;
        if (p->due && p->due <= r->o->at) p->due = 0;
        tally(&r->tallies[i], p, repository);
    }
    return r->o->each ? r->o->each(r->o->arg, repository, r->points, r->n_points) : OK;
}

/* What the organization has written, approved and keeps reviewed: evidence of its own beside the repositories'. Nobody
 * has observed it, so it is worth what an approved document is. */
static enum rc add_items(struct reading *r)
{
    struct items_point *items = arena_array(&r->cx->arena, struct items_point, r->n_points + 1);
    TRY(items_read(r->cx, r->db, r->catalog, r->o->at, items));
    for (size_t i = 0; i < r->n_points; i++) {
        const struct items_point *p = &items[i];
        if (!p->in_force) continue;
        if (p->due) {
            will_change(r->out, p->due);
            will_change(r->out, p->due - WARNING_WINDOW);
        }
        const struct standing_point as = {.verdict = items_verdict(p, r->o->at),
                                          .assurance = ASSURANCE_FAIR,
                                          .scope = p->in_force,
                                          .judged = p->in_force,
                                          .failing = p->overdue,
                                          .due = p->due};
        tally(&r->tallies[i], &as, &(const struct standing_repository){.at = p->at});
    }
    return OK;
}

/* What rules over the organization find: beside the repositories, as one more of them. Where they have nothing in
 * scope they say nothing. */
static enum rc add_organization(struct reading *r)
{
    if (!r->o->organization) {
        struct own *own;
        struct obligation_result *results = arena_array(&r->cx->arena, struct obligation_result, r->n_points + 1);
        TRY(own_of(r, STR(""), &own));
        const struct organization_options o = {
            .at = r->o->at, .lang = r->o->lang, .own = own, .preset = r->o->preset, .texts = true};
        TRY(rules_organization(r->cx, r->db, r->catalog, &o, results));
        r->organization = results;
    } else {
        r->organization = r->o->organization;
    }
    bool any = false;
    for (size_t i = 0; i < r->n_points; i++) {
        const struct obligation_result *p = &r->organization[i];
        any = any || p->def;
        if (!p->def || !p->population) continue;
        if (p->next) will_change(r->out, p->next);
        const struct standing_point as = {.verdict = p->verdict,
                                          .assurance = p->assurance,
                                          .scope = p->population,
                                          .judged = p->judged,
                                          .failing = p->failing,
                                          .due = p->due > r->o->at ? p->due : 0};
        tally(&r->tallies[i], &as, &(const struct standing_repository){.at = p->at});
    }
    if (any) will_change(r->out, r->o->at - r->o->at % DAY_SECONDS + DAY_SECONDS); /* their period moves by days */
    return OK;
}

/* A document serves all repositories; a practice has to hold in each. */
static enum verdict together(const struct catalog_obligation *def, const struct tally *t)
{
    const int64_t *n = t->n;
    int64_t relevant = t->repositories - n[VERDICT_NOT_APPLICABLE];
    if (!t->repositories) return VERDICT_NO_EVIDENCE;
    if (!relevant) return VERDICT_NOT_APPLICABLE;
    if (n[VERDICT_VIOLATED]) return VERDICT_VIOLATED;
    if (n[VERDICT_WAIVED] == relevant) return VERDICT_WAIVED;
    if (n[VERDICT_NO_EVIDENCE] == relevant) return VERDICT_NO_EVIDENCE;
    if (n[VERDICT_AT_RISK]) return VERDICT_AT_RISK;
    /* where only items of registers can show a point, that repositories show nothing says nothing */
    bool serves_all = def->type == EVIDENCE_DOCUMENT || def->type == EVIDENCE_RECORD || !def->sql.n;
    if (n[VERDICT_PARTLY_MET] || (n[VERDICT_NO_EVIDENCE] && !serves_all)) return VERDICT_PARTLY_MET;
    return n[VERDICT_TREATED] ? VERDICT_TREATED : n[VERDICT_WAIVED] ? VERDICT_WAIVED : VERDICT_MET;
}

static void take_findings(struct obligation_result *out, const struct obligation_result *of_organization)
{
    out->findings = of_organization->findings;
    out->n_findings = of_organization->n_findings;
    out->shown = of_organization->shown;
    out->n_shown = of_organization->n_shown;
    out->places = of_organization->places;
}

static void judge(struct reading *r, const struct catalog_obligation *def, const struct tally *t,
                  const struct obligation_result *of_organization, struct obligation_result *out)
{
    *out = (struct obligation_result){.def = def,
                                      .adopted = own_adopts(r->own, r->o->preset, def),
                                      .verdict = !own_applies(r->own, def) ? VERDICT_NOT_APPLICABLE
                                                 : own_waives(r->own, def) ? VERDICT_WAIVED
                                                                           : together(def, t),
                                      .population = t->scope,
                                      .judged = t->judged,
                                      .failing = t->failing,
                                      .at = t->at,
                                      .due = t->due,
                                      .assurance = t->weakest == ASSURANCE_COUNT ? ASSURANCE_NONE : t->weakest};
    take_findings(out, of_organization);
    if (out->verdict == VERDICT_NOT_APPLICABLE) out->assurance = ASSURANCE_NONE;
    if (out->verdict == VERDICT_NO_EVIDENCE || out->verdict == VERDICT_PARTLY_MET)
        out->settles = def->settles[r->o->lang];
}

/* Fills tasks and summary; `results`: of all points, in the catalog's order. */
static struct task_result *conclude(struct reading *r, struct obligation_result *results)
{
    const struct catalog *c = r->catalog;
    struct task_result *tasks = arena_array(&r->cx->arena, struct task_result, c->n_tasks + 1);
    for (size_t i = 0; i < c->n_tasks; i++) {
        const struct catalog_task *def = &c->tasks[i];
        tasks[i] = (struct task_result){.def = def,
                                        .has_priority = true,
                                        .priority = own_priority(r->own, def),
                                        .obligations = results,
                                        .n_obligations = def->n_obligations};
        results += def->n_obligations;
        verdict_task(&tasks[i]);
        r->out->summary[tasks[i].status]++;
    }
    r->out->tasks = tasks;
    r->out->n_tasks = c->n_tasks;
    return tasks;
}

/* --- the two questions */

static void make_room(struct reading *r)
{
    const struct catalog *c = r->catalog;
    for (size_t i = 0; i < c->n_tasks; i++) r->n_points += c->tasks[i].n_obligations;
    r->points = arena_array(&r->cx->arena, struct standing_point, r->n_points + 1);
    r->tallies = arena_array(&r->cx->arena, struct tally, r->n_points + 1);
    size_t at = 0;
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_obligations; k++) {
            r->tallies[at].weakest = ASSURANCE_COUNT;
            r->points[at++].def = &c->tasks[i].obligations[k];
        }
}

static enum rc begin(struct reading *r)
{
    struct own *own;
    *r->out = (struct standing){.at = r->o->at, .next = INT64_MAX};
    TRY(own_of(r, r->o->project.p ? r->o->project : STR(""), &own));
    r->own = own;
    make_room(r);
    return OK;
}

/* Ends and beginnings that somebody has set, of any project. */
static enum rc find_next(struct reading *r)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(r->cx, r->db,
                      STR("SELECT min(at) FROM (SELECT min(until) AS at FROM fact_waiver"
                          " WHERE until > ?1 AND withdrawn IS NULL"
                          " UNION ALL SELECT min(until) FROM fact_applicability WHERE until > ?1 AND withdrawn IS NULL"
                          " UNION ALL SELECT min(effective_at) FROM fact_policy WHERE effective_at > ?1)"),
                      &st));
    store_bind_int(st, 1, r->o->at);
    TRY(store_step(r->cx, st, &row));
    if (row && sqlite3_column_type(st, 0) != SQLITE_NULL) will_change(r->out, sqlite3_column_int64(st, 0));
    return OK;
}

static enum rc stand(struct reading *r)
{
    TRY(begin(r));
    TRY(find_next(r));
    TRY(read_repositories(r));
    for (size_t i = 0; i < r->out->n_repositories; i++)
        if (r->out->repositories[i].verdicts >= 0) TRY(add_repository(r, &r->out->repositories[i]));
    TRY(add_items(r));
    TRY(add_organization(r));
    struct obligation_result *results = arena_array(&r->cx->arena, struct obligation_result, r->n_points + 1);
    for (size_t i = 0; i < r->n_points; i++)
        judge(r, r->points[i].def, &r->tallies[i], &r->organization[i], &results[i]);
    conclude(r, results);
    return OK;
}

static enum rc read_priorities(struct reading *r, int64_t n, struct task_result *tasks)
{
    scoped_stmt *st = NULL;
    int priority;
    TRY(store_prepare(r->cx, r->db, STR("SELECT task, priority FROM fact_verdicts_priorities WHERE n = ?1"), &st));
    store_bind_int(st, 1, n);
    for (bool row;;) {
        TRY(store_step(r->cx, st, &row));
        if (!row) return OK;
        if (!parse(store_column_str(st, 1), PRIORITY_COUNT, priority_word, &priority)) continue;
        for (size_t i = 0; i < r->catalog->n_tasks; i++)
            if (str_eq(tasks[i].def->key, store_column_str(st, 0))) tasks[i].priority = (enum priority)priority;
    }
}

/* Nothing of the present has a say in it. */
static enum rc stood(struct reading *r, int64_t n)
{
    *r->out = (struct standing){.at = r->o->at, .next = INT64_MAX};
    make_room(r);
    TRY(read_points(r, n));
    struct obligation_result *results = arena_array(&r->cx->arena, struct obligation_result, r->n_points + 1);
    for (size_t i = 0; i < r->n_points; i++) {
        const struct standing_point *p = &r->points[i];
        results[i] = (struct obligation_result){.def = p->def,
                                                .adopted = p->adopted,
                                                .verdict = p->recorded ? p->verdict : VERDICT_NO_EVIDENCE,
                                                .assurance = p->assurance,
                                                .population = p->scope,
                                                .judged = p->judged,
                                                .failing = p->failing,
                                                .due = p->due};
    }
    struct task_result *tasks = conclude(r, results);
    return read_priorities(r, n, tasks);
}

static void end(struct reading *r)
{
    store_finalize(&r->recorded);
    store_finalize(&r->exceptions);
}

enum rc rules_standing(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct standing_options *options,
                       struct standing *out)
{
    struct standing_options o = *options;
    struct reading r = {.cx = cx, .db = db, .catalog = c, .o = &o, .out = out};
    struct own *own;
    TRY(rules_own_read(cx, db, o.at, STR_NONE, &own));
    o.preset = rules_preset(c, own, o.preset);
    enum rc rc = stand(&r);
    end(&r);
    return rc;
}

enum rc rules_recorded(struct ctx *cx, sqlite3 *db, const struct catalog *c, int64_t n, int64_t at,
                       struct standing *out)
{
    const struct standing_options o = {.at = at};
    struct reading r = {.cx = cx, .db = db, .catalog = c, .o = &o, .out = out};
    enum rc rc = stood(&r, n);
    end(&r);
    return rc;
}
