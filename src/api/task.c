/* A task with everything its page shows. Each part is one statement over all points of the task; its rows are put
 * together by point. */
#include "api/task.h"

#include "api/finding.h"
#include "api/show.h"
#include "api/task_rows.h"
#include "base/limits.h"
#include "store/store.h"

enum part {
    REPOSITORIES,
    ORGANIZATION,
    FINDINGS,
    WAIVERS,
    TREATMENTS,
    CONCLUSIONS,
    REQUESTS,
    ADOPTION,
    NOT_APPLICABLE,
    PARTS
};

/* Of a point, or of the task itself. */
struct holder {
    const struct catalog_obligation *def; /* NULL: the task */
    struct buf text[PARTS];               /* JSON values, with commas between */
    struct str mode;
    int64_t tolerance, findings;
    bool counts, adopted;
    struct str verdict, assurance;
    int64_t scope, judged, failing, at, due;
};

struct reading {
    struct ctx *cx;
    struct api_call *call;
    const struct catalog_task *task;
    struct holder *holders; /* the task, then its points */
    size_t n;
};

/* "task:KEY", "obligation:KEY/POINT" or "KEY/POINT". */
static struct holder *holder_of(const struct reading *r, struct str name)
{
    struct str rest = name, head;
    (void)str_cut(&rest, '/', &head);
    if (!rest.p) return &r->holders[0];
    for (size_t i = 1; i < r->n; i++)
        if (str_eq(r->holders[i].def->key, rest)) return &r->holders[i];
    return NULL;
}

/* --- rows: the first column names whose they are */

typedef void put_row(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st);

/* ?1 the task's key, ?2 the language, ?3 the time, ?9 the scope. */
static enum rc collect(struct reading *r, sqlite3 *db, enum part part, const char *sql, put_row *put)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(r->cx, db, str_from(sql), &st));
    store_bind_str(st, 1, r->task->key);
    if (sqlite3_bind_parameter_count(st) > 1) store_bind_str(st, 2, str_from(lang_name(r->call->lang)));
    if (sqlite3_bind_parameter_count(st) > 2) store_bind_int(st, 3, r->call->now);
    api_bind_scope(r->call, st);
    for (bool row;;) {
        TRY(store_step(r->cx, st, &row));
        if (!row) return OK;
        struct holder *h = holder_of(r, store_column_str(st, 0));
        if (!h) continue; /* of a point that the catalog no longer has */
        struct json j;
        json_init(&j, &h->text[part], false);
        if (h->text[part].n) buf_char(&h->text[part], ',');
        put(r, h, &j, st);
    }
}

#define OF_TASK_OR_POINT                                                                                               \
    "(x.subject = 'task:' || ?1 OR (x.subject >= 'obligation:' || ?1 || '/' AND x.subject < 'obligation:' || ?1 || "   \
    "'0'))"
#define OF_POINT "(x.subject >= 'obligation:' || ?1 || '/' AND x.subject < 'obligation:' || ?1 || '0')"
/* Whoever sees a project alone sees what is of its repositories, and what holds for all. */
#define IN_SCOPE(alias)                                                                                                \
    "(?9 = 'org' OR " alias ".repository IN (SELECT repository FROM derived.repository WHERE project = ?9))"
#define ABOUT_IN_SCOPE                                                                                                 \
    " AND (?9 = 'org' OR x.about IN ('*', ?9) OR EXISTS (SELECT 1 FROM derived.repository s WHERE s.project = ?9 AND " \
    "instr(x.about, substr(s.repository, 6)) > 0))"
#define PEOPLE(table)                                                                                                  \
    "(SELECT json_group_array(json_object('id', b.value, 'name', q.name)) FROM " table                                 \
    " b LEFT JOIN fact_person q ON q.subject = b.value WHERE b.n = x.n)"

static void put_point(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)j;
    struct arena *a = &r->cx->arena;
    h->counts = sqlite3_column_int(st, 1) != 0;
    h->adopted = sqlite3_column_int(st, 2) != 0;
    h->verdict = arena_str(a, store_column_str(st, 3));
    h->assurance = arena_str(a, store_column_str(st, 4));
    h->scope = sqlite3_column_int64(st, 5);
    h->judged = sqlite3_column_int64(st, 6);
    h->failing = sqlite3_column_int64(st, 7);
    h->at = sqlite3_column_int64(st, 8);
    h->due = sqlite3_column_int64(st, 9);
    h->findings = sqlite3_column_int64(st, 10);
}

static const char points_sql[] =
    "SELECT p.point, p.must, p.adopted, p.verdict, p.assurance, p.in_scope, p.judged, p.failing, p.at, p.due,"
    " (SELECT count(*) FROM (SELECT 1 FROM derived.finding f WHERE f.point = p.point AND f.open AND " IN_SCOPE(
        "f") " LIMIT 1000)) FROM derived.point p WHERE p.scope = ?9 AND p.day = 'now' AND p.task = ?1";

static void put_repository(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)r, (void)h;
    json_begin(j, '{');
    show_column_text(j, "repository", st, 1);
    show_column_text(j, "name", st, 2);
    show_column_text(j, "verdict", st, 3);
    show_column_text(j, "assurance", st, 4);
    show_column_int(j, "scope", st, 5);
    show_column_int(j, "judged", st, 6);
    show_column_int(j, "failing", st, 7);
    show_column_time(j, "at", st, 8);
    json_end(j, '}');
}

static const char repositories_sql[] =
    "SELECT point, repository, name, verdict, assurance, in_scope, judged, failing, at FROM ("
    "SELECT x.point, x.repository, r.name, x.verdict, x.assurance, x.in_scope, x.judged, x.failing, r.at,"
    " row_number() OVER (PARTITION BY x.point ORDER BY x.verdict <> 'violated', x.failing DESC, r.name) AS place"
    " FROM derived.repository_point x JOIN derived.repository r ON r.repository = x.repository"
    " WHERE x.point >= ?1 || '/' AND x.point < ?1 || '0' AND " IN_SCOPE(
        "x") ") WHERE place <= 50 ORDER BY point, place";

/* What the check of registers and other facts found. */
static void put_organization(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)r;
    json_begin(j, '{');
    show_column_text(j, "verdict", st, 1);
    show_column_text(j, "assurance", st, 2);
    show_column_int(j, "scope", st, 3);
    show_column_int(j, "judged", st, 4);
    show_column_int(j, "failing", st, 5);
    show_column_time(j, "due", st, 6);
    json_put_str(j, "evidence", h->def->org.evidence);
    json_put_str(j, "blind_spots", h->def->org.blind_spots);
    json_end(j, '}');
}

static const char organization_sql[] =
    "SELECT x.point, x.verdict, x.assurance, x.in_scope, x.judged, x.failing, x.due FROM derived.organization_point x"
    " WHERE x.task = ?1 AND ?9 <> ''";

static void put_finding(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)r, (void)h;
    finding_put(j, st, 1);
}

static const char findings_sql[] =
    "SELECT p.point, " FINDING_COLUMNS " FROM derived.point p JOIN derived.finding f ON (f.repository, f.id) IN"
    " (SELECT repository, id FROM derived.finding g WHERE point = p.point AND open AND " IN_SCOPE(
        "g") " ORDER BY repository, seq LIMIT 5)"
             " LEFT JOIN derived.repository r ON r.repository = f.repository"
             " WHERE p.scope = ?9 AND p.day = 'now' AND p.task = ?1 ORDER BY p.seq, f.repository, f.seq";

static void put_waiver(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)r, (void)h;
    json_begin(j, '{');
    show_column_text(j, "about", st, 1);
    show_column_time(j, "until", st, 2);
    show_column_text(j, "reason", st, 3);
    show_column_time(j, "at", st, 4);
    show_column_person(j, "by", st, 5);
    json_key(j, "approved_by");
    json_raw(j, store_column_str(st, 7));
    show_column_bool(j, "in_force", st, 8);
    json_end(j, '}');
}

/* Which ones is settled before anything is looked up of them: there may be thousands. */
static const char waivers_sql[] = "SELECT x.subject, x.about, x.until, x.reason, x.at, x.actor, p.name, " PEOPLE(
    "fact_waiver_approved_by") ","
                               " x.until > ?3 AND coalesce(x.withdrawn, 0) = 0 AND ?2 <> ''"
                               " FROM fact_waiver x LEFT JOIN fact_person p ON p.subject = x.actor WHERE (x.subject, "
                               "x.about) IN"
                               " (SELECT x.subject, x.about FROM fact_waiver x WHERE " OF_POINT ABOUT_IN_SCOPE
                               " ORDER BY x.until > ?3 DESC, x.n DESC LIMIT 200) ORDER BY x.until > ?3 DESC, x.n DESC";

static void put_not_applicable(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)r, (void)h;
    json_begin(j, '{');
    show_column_text(j, "subject", st, 0);
    show_column_text(j, "reason", st, 1);
    show_column_time(j, "until", st, 2);
    show_column_time(j, "at", st, 3);
    show_column_person(j, "by", st, 4);
    json_key(j, "approved_by");
    json_raw(j, store_column_str(st, 6));
    json_end(j, '}');
}

static const char not_applicable_sql[] = "SELECT x.subject, x.reason, x.until, x.at, x.actor, p.name, " PEOPLE(
    "fact_applicability_approved_by") " FROM fact_applicability x LEFT JOIN fact_person p ON p.subject = x.actor"
                                      " WHERE x.project IS NULL AND coalesce(x.withdrawn, 0) = 0"
                                      " AND coalesce(x.until, ?3 + 1) > ?3 AND ?2 <> '' AND " OF_TASK_OR_POINT;

static void put_treatment(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)r, (void)h;
    json_begin(j, '{');
    show_column_text(j, "about", st, 1);
    show_column_text(j, "cause", st, 2);
    show_column_text(j, "correction", st, 3);
    show_column_text(j, "check", st, 4);
    show_column_time(j, "checked_at", st, 5);
    show_column_time(j, "at", st, 6);
    show_column_person(j, "by", st, 7);
    json_end(j, '}');
}

static const char treatments_sql[] =
    "SELECT x.subject, x.about, x.cause, x.correction, x.\"check\", x.checked_at, x.at, x.actor, p.name"
    " FROM fact_treatment x LEFT JOIN fact_person p ON p.subject = x.actor WHERE x.n IN"
    " (SELECT x.n FROM fact_treatment x WHERE " OF_POINT ABOUT_IN_SCOPE
    " ORDER BY x.n DESC LIMIT 200) ORDER BY x.n DESC";

static void put_conclusion(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)r, (void)h;
    json_begin(j, '{');
    show_column_text(j, "subject", st, 0);
    show_column_text(j, "conclusion", st, 1);
    show_column_text(j, "text", st, 2);
    show_column_time(j, "at", st, 3);
    show_column_person(j, "by", st, 4);
    json_end(j, '}');
}

static const char conclusions_sql[] = "SELECT x.subject, x.conclusion, x.text, x.at, x.actor, p.name"
                                      " FROM fact_conclusion x LEFT JOIN fact_person p ON p.subject = x.actor"
                                      " WHERE " OF_TASK_OR_POINT " ORDER BY x.n DESC LIMIT 200";

static void put_request(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)r, (void)h;
    json_int(j, sqlite3_column_int64(st, 1));
}

static const char requests_sql[] =
    "SELECT x.subject, x.n FROM fact_request x LEFT JOIN fact_approval d ON d.request = x.n"
    " WHERE " OF_TASK_OR_POINT
    " AND ?2 <> '' AND (d.decision = 'solo' OR (d.n IS NULL AND x.until > ?3)) ORDER BY x.n LIMIT 200";

static void put_adoption(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)r, (void)h;
    json_begin(j, '{');
    show_column_text(j, "reason", st, 1);
    show_column_time(j, "at", st, 2);
    show_column_person(j, "by", st, 3);
    json_end(j, '}');
}

static const char adoption_sql[] = "SELECT x.subject, x.reason, x.at, x.actor, p.name FROM fact_adoption x"
                                   " LEFT JOIN fact_person p ON p.subject = x.actor"
                                   " WHERE x.project IS NULL AND " OF_POINT;

static void take_policy(struct reading *r, struct holder *h, struct json *j, sqlite3_stmt *st)
{
    (void)j;
    h->mode = arena_str(&r->cx->arena, store_column_str(st, 1));
    h->tolerance = sqlite3_column_int64(st, 2);
}

static const char policy_sql[] = "SELECT x.subject, x.mode, x.tolerance FROM fact_policy x"
                                 " WHERE x.project IS NULL AND x.effective_at <= ?3 AND ?2 <> '' AND " OF_POINT;

static enum rc read_parts(struct reading *r)
{
    sqlite3 *ledger = r->call->ledger;
    /* who may see tasks alone sees how they stand, not which repositories there are and what is in them */
    bool inside = api_may(r->call, "repositories.read", r->call->scope);
    TRY(collect(r, ledger, PARTS - 1, points_sql, put_point));
    if (inside) TRY(collect(r, ledger, REPOSITORIES, repositories_sql, put_repository));
    TRY(collect(r, ledger, ORGANIZATION, organization_sql, put_organization));
    if (inside) TRY(collect(r, ledger, FINDINGS, findings_sql, put_finding));
    TRY(collect(r, ledger, WAIVERS, waivers_sql, put_waiver));
    TRY(collect(r, ledger, TREATMENTS, treatments_sql, put_treatment));
    TRY(collect(r, ledger, CONCLUSIONS, conclusions_sql, put_conclusion));
    TRY(collect(r, ledger, REQUESTS, requests_sql, put_request));
    TRY(collect(r, ledger, ADOPTION, adoption_sql, put_adoption));
    TRY(collect(r, ledger, NOT_APPLICABLE, not_applicable_sql, put_not_applicable));
    return collect(r, ledger, PARTS - 1, policy_sql, take_policy);
}

/* --- writing */

static void put_list(struct json *j, const char *key, const struct holder *h, enum part part)
{
    json_key(j, key);
    json_begin(j, '[');
    if (h->text[part].n) json_raw(j, buf_view(&h->text[part]));
    json_end(j, ']');
}

static void put_one(struct json *j, const char *key, const struct holder *h, enum part part)
{
    json_key(j, key);
    if (h->text[part].n)
        json_raw(j, buf_view(&h->text[part]));
    else
        json_nil(j);
}

static void put_judged(struct json *j, const struct holder *h, enum lang lang)
{
    bool lacks = str_eq(h->verdict, STR("no_evidence")) || str_eq(h->verdict, STR("partly_met"));
    json_put_str(j, "verdict", h->verdict.n ? h->verdict : STR("no_evidence"));
    json_put_str(j, "assurance", h->assurance.n ? h->assurance : STR("none"));
    json_put_int(j, "scope", h->scope);
    json_put_int(j, "judged", h->judged);
    json_put_int(j, "failing", h->failing);
    api_put_time(j, "at", h->at);
    api_put_time(j, "due", h->due);
    show_text(j, "settles", lacks ? h->def->settles[lang] : STR_NONE);
}

static void put_holder(struct json *j, const struct holder *h, enum lang lang)
{
    const struct catalog_obligation *o = h->def;
    json_begin(j, '{');
    json_put_str(j, "key", o->key);
    json_put_int(j, "point", o->point);
    json_put_str(j, "text", o->text[lang]);
    json_put_cstr(j, "strength", strength_name(o->strength));
    json_put_cstr(j, "aspect", aspect_name(o->aspect));
    json_put_cstr(j, "type", evidence_type_name(o->type));
    json_put_bool(j, "counts", h->counts);
    json_put_bool(j, "adopted", h->adopted);
    put_one(j, "adoption", h, ADOPTION);
    put_judged(j, h, lang);
    json_put_str(j, "evidence", o->evidence);
    json_put_str(j, "blind_spots", o->blind_spots);
    json_put_str(j, "mode", h->mode.n ? h->mode : STR("observe"));
    json_put_int(j, "tolerance", h->tolerance);
    put_list(j, "repositories", h, REPOSITORIES);
    put_one(j, "organization", h, ORGANIZATION);
    put_list(j, "findings", h, FINDINGS);
    json_put_int(j, "findings_total", h->findings);
    put_list(j, "waivers", h, WAIVERS);
    put_list(j, "treatments", h, TREATMENTS);
    put_one(j, "not_applicable", h, NOT_APPLICABLE);
    put_list(j, "conclusions", h, CONCLUSIONS);
    put_list(j, "requests", h, REQUESTS);
    json_end(j, '}');
}

static enum rc put_participants(struct reading *r, const struct task_row *care)
{
    struct json *j = &r->call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        r->cx, r->call->ledger,
        STR("SELECT v.value, p.name FROM fact_task_participants v LEFT JOIN fact_person p ON p.subject = v.value"
            " WHERE v.n = ?1 ORDER BY v.seq"),
        &st));
    store_bind_int(st, 1, care->has_fact ? (int64_t)care->fact : -1);
    json_key(j, "participants");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(r->cx, st, &row));
        if (!row) break;
        show_person_item(j, store_column_str(st, 0), store_column_str(st, 1));
    }
    json_end(j, ']');
    return OK;
}

static enum rc put_controls(struct reading *r)
{
    struct json *j = &r->call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(r->cx, r->call->ledger,
                      STR("SELECT coverage FROM derived.control WHERE scope = ?9 AND framework = ?1 AND control = "
                          "?2 AND day = 'now'"),
                      &st));
    json_key(j, "controls");
    json_begin(j, '[');
    for (size_t i = 0; i < r->task->n_controls; i++) {
        const struct catalog_mapping *m = &r->task->controls[i];
        bool row;
        api_bind_scope(r->call, st);
        store_bind_str(st, 1, m->framework->key);
        store_bind_str(st, 2, m->control->id);
        TRY(store_step(r->cx, st, &row));
        json_begin(j, '{');
        json_put_str(j, "framework", m->framework->key);
        json_put_str(j, "framework_name", m->framework->name);
        json_put_str(j, "edition", m->framework->edition);
        json_put_bool(j, "legacy", m->framework->legacy);
        json_put_str(j, "id", m->control->id);
        json_put_str(j, "title", m->control->title);
        json_put_str(j, "source", m->source);
        json_put_str(j, "coverage", row ? store_column_str(st, 0) : STR("inactive"));
        json_end(j, '}');
        sqlite3_reset(st);
    }
    json_end(j, ']');
    return OK;
}

static enum rc count_comments(struct reading *r, int64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        r->cx, r->call->ledger,
        STR("SELECT count(*) FROM fact_note WHERE subject = 'task:' || ?1 AND (?9 = 'org' OR project = ?9)"), &st));
    api_bind_scope(r->call, st);
    store_bind_str(st, 1, r->task->key);
    TRY(store_step(r->cx, st, &row));
    *n = sqlite3_column_int64(st, 0);
    return OK;
}

static enum rc put_task(struct reading *r)
{
    struct api_call *call = r->call;
    struct json *j = &call->out;
    struct task_row *rows;
    size_t n;
    int64_t comments;
    TRY(task_rows_read(r->cx, call, &rows, &n));
    const struct task_row *row = task_rows_find(rows, n, r->task->key);
    TRY(read_parts(r));
    TRY(count_comments(r, &comments));
    api_tag(call, task_version(row->has_fact, row->fact));
    json_begin(j, '{');
    json_key(j, "task");
    task_row_put(call, row);
    json_put_str(j, "summary", r->task->summary[call->lang]);
    json_put_str(j, "process", row->process.p ? row->process : STR(""));
    TRY(put_participants(r, row));
    json_put_int(j, "review_days", row->review_days);
    api_put_time(j, "reviewed_at", row->reviewed_at);
    api_put_time(j, "changed_at", row->changed_at);
    TRY(put_controls(r));
    json_key(j, "points");
    json_begin(j, '[');
    for (size_t i = 1; i < r->n; i++) put_holder(j, &r->holders[i], call->lang);
    json_end(j, ']');
    put_one(j, "not_applicable", &r->holders[0], NOT_APPLICABLE);
    put_list(j, "conclusions", &r->holders[0], CONCLUSIONS);
    put_list(j, "requests", &r->holders[0], REQUESTS);
    json_put_int(j, "comments", comments);
    TRY(task_put_claim(r->cx, call, r->task->key));
    json_end(j, '}');
    return OK;
}

uint64_t task_version(bool has_fact, uint64_t fact)
{
    return has_fact ? fact + 1 : 0;
}

enum rc task_find(struct ctx *cx, struct api_call *call, struct str key, const struct catalog_task **out)
{
    const struct catalog_task *t = catalog_find_task(call->catalog, key);
    if (out) *out = t;
    return t ? OK : api_fail(cx, call, E_NOTFOUND, "there is no such task", "sellaista tehtävää ei ole");
}

enum rc task_put(struct ctx *cx, struct api_call *call, struct str key)
{
    struct reading r = {.cx = cx, .call = call};
    TRY(task_find(cx, call, key, &r.task));
    if (!call->derived)
        return api_fail(cx, call, E_BUSY, "where the organization stands is being computed",
                        "organisaation tilannetta lasketaan parhaillaan");
    r.n = r.task->n_obligations + 1;
    r.holders = arena_array(&cx->arena, struct holder, r.n);
    for (size_t i = 0; i < r.n; i++) {
        r.holders[i].def = i ? &r.task->obligations[i - 1] : NULL;
        for (int k = 0; k < PARTS; k++) buf_init(&r.holders[i].text[k], LIMIT_TASK_PART);
    }
    enum rc rc = put_task(&r);
    for (size_t i = 0; i < r.n; i++)
        for (int k = 0; k < PARTS; k++) buf_release(&r.holders[i].text[k]);
    return rc;
}

API_OPERATION(tasks_get)
{
    TRY(api_scope(cx, call));
    return task_put(cx, call, api_value(call, "task"));
}
