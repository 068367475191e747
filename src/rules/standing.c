/* Where an organization stands, from verdicts that were recorded: the newest of each repository put together. */
#include "base/time.h"
#include "rules/own.h"
#include "rules/verdicts.h"

/* A verdict is recorded with each assessment, and they recur at least monthly. */
#define STALE_AFTER (35 * DAY_SECONDS)

struct tally {
    int64_t n[VERDICT_COUNT], repositories;
    int64_t scope, judged, failing, at;
    enum assurance weakest;
};

struct reading {
    struct ctx *cx;
    sqlite3 *db;
    const struct catalog *catalog;
    const struct standing_options *o;
    const struct own *own;
    struct standing *out;
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

static enum rc read_repositories(struct reading *r)
{
    scoped_stmt *st = NULL;
    size_t n = 0, cap = 0;
    struct standing_repository *list = NULL;
    TRY(store_prepare(r->cx, r->db,
                      STR("SELECT r.subject, r.name, max(v.n), v.at, v.catalog FROM fact_repository r"
                          " LEFT JOIN fact_verdicts v ON v.subject = r.subject"
                          " WHERE r.state = 'active' GROUP BY r.subject ORDER BY r.name, r.subject"),
                      &st));
    for (bool row;;) {
        TRY(store_step(r->cx, st, &row));
        if (!row) break;
        if (n == cap) {
            struct standing_repository *more =
                arena_array(&r->cx->arena, struct standing_repository, cap = cap ? 2 * cap : 16);
            if (list) memcpy(more, list, n * sizeof *list);
            list = more;
        }
        int64_t at = sqlite3_column_int64(st, 3);
        bool seen = sqlite3_column_type(st, 2) != SQLITE_NULL;
        list[n++] =
            (struct standing_repository){.subject = arena_str(&r->cx->arena, store_column_str(st, 0)),
                                         .name = str_from(str_visible(r->cx, store_column_str(st, 1))),
                                         .verdicts = seen ? sqlite3_column_int64(st, 2) : -1,
                                         .at = at,
                                         .catalog = seen ? arena_str(&r->cx->arena, store_column_str(st, 4)) : STR_NONE,
                                         .stale = seen && at + STALE_AFTER < r->o->at};
    }
    r->out->repositories = list;
    r->out->n_repositories = n;
    return OK;
}

static enum rc tally_points(struct reading *r, const struct catalog_obligation *def, struct tally *t)
{
    scoped_stmt *st = NULL;
    struct str name = arena_printf(&r->cx->arena, STR_FMT "/" STR_FMT, STR_ARG(def->task), STR_ARG(def->key));
    *t = (struct tally){.weakest = ASSURANCE_COUNT};
    TRY(store_prepare(r->cx, r->db,
                      STR("SELECT verdict, assurance, scope, judged, failing FROM fact_verdicts_points"
                          " WHERE n = ?1 AND obligation = ?2"),
                      &st));
    for (size_t i = 0; i < r->out->n_repositories; i++) {
        const struct standing_repository *repository = &r->out->repositories[i];
        int verdict, assurance;
        bool row;
        if (repository->verdicts < 0) continue;
        store_bind_int(st, 1, repository->verdicts);
        store_bind_str(st, 2, name);
        TRY(store_step(r->cx, st, &row));
        if (row && parse(store_column_str(st, 0), VERDICT_COUNT, verdict_word, &verdict) &&
            parse(store_column_str(st, 1), ASSURANCE_COUNT, assurance_word, &assurance)) {
            if (repository->stale && assurance > ASSURANCE_NONE) assurance--;
            t->n[verdict]++;
            t->repositories++;
            t->scope += sqlite3_column_int64(st, 2);
            t->judged += sqlite3_column_int64(st, 3);
            t->failing += sqlite3_column_int64(st, 4);
            if (repository->at > t->at) t->at = repository->at;
            bool shown = verdict != VERDICT_NO_EVIDENCE && verdict != VERDICT_NOT_APPLICABLE;
            if (shown && (enum assurance)assurance < t->weakest) t->weakest = (enum assurance)assurance;
        }
        sqlite3_reset(st);
    }
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
    bool serves_all = def->type == EVIDENCE_DOCUMENT || def->type == EVIDENCE_RECORD;
    if (n[VERDICT_PARTLY_MET] || (n[VERDICT_NO_EVIDENCE] && !serves_all)) return VERDICT_PARTLY_MET;
    return n[VERDICT_TREATED] ? VERDICT_TREATED : n[VERDICT_WAIVED] ? VERDICT_WAIVED : VERDICT_MET;
}

static enum rc judge(struct reading *r, const struct catalog_obligation *def, struct obligation_result *out)
{
    struct tally t;
    TRY(tally_points(r, def, &t));
    *out = (struct obligation_result){.def = def,
                                      .adopted = own_adopts(r->own, r->o->preset, def),
                                      .verdict = own_waives(r->own, def) ? VERDICT_WAIVED : together(def, &t),
                                      .population = t.scope,
                                      .judged = t.judged,
                                      .failing = t.failing,
                                      .at = t.at,
                                      .assurance = t.weakest == ASSURANCE_COUNT ? ASSURANCE_NONE : t.weakest};
    if (out->verdict == VERDICT_NO_EVIDENCE || out->verdict == VERDICT_PARTLY_MET)
        out->settles = def->settles[r->o->lang];
    return OK;
}

static enum rc judge_all(struct reading *r)
{
    const struct catalog *c = r->catalog;
    struct task_result *tasks = arena_array(&r->cx->arena, struct task_result, c->n_tasks + 1);
    for (size_t i = 0; i < c->n_tasks; i++) {
        const struct catalog_task *def = &c->tasks[i];
        struct obligation_result *points = arena_array(&r->cx->arena, struct obligation_result, def->n_obligations + 1);
        for (size_t k = 0; k < def->n_obligations; k++) TRY(judge(r, &def->obligations[k], &points[k]));
        tasks[i] = (struct task_result){.def = def, .obligations = points, .n_obligations = def->n_obligations};
        verdict_task(&tasks[i]);
        r->out->summary[tasks[i].status]++;
    }
    r->out->tasks = tasks;
    r->out->n_tasks = c->n_tasks;
    return OK;
}

enum rc rules_standing(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct standing_options *o,
                       struct standing *out)
{
    struct own *own;
    *out = (struct standing){.at = o->at};
    TRY(rules_own_read(cx, db, o->at, STR_NONE, &own));
    struct reading r = {.cx = cx, .db = db, .catalog = c, .o = o, .own = own, .out = out};
    TRY(read_repositories(&r));
    return judge_all(&r);
}
