/* Registering and changing repositories; a repository's page. */
#include "api/repository.h"

#include "api/assessment.h"
#include "api/show.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "git/location.h"
#include "jobs/jobs.h"
#include "store/store.h"

/* --- as facts hold them */

enum rc repository_read(struct ctx *cx, sqlite3 *db, struct str subject, struct repository *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct repository){.subject = subject,
                               .name = STR(""),
                               .project = STR(""),
                               .main = STR("refs/heads/main"),
                               .state = STR("active"),
                               .location = STR(""),
                               .schedule = REPOSITORY_HOURS};
    TRY(store_prepare(cx, db,
                      STR("SELECT n, schedule, name, project, main, state, location, hosted, gate, accounts FROM "
                          "fact_repository WHERE subject = ?1"),
                      &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    out->is_there = true;
    out->fact = (uint64_t)sqlite3_column_int64(st, 0);
    out->schedule = sqlite3_column_int64(st, 1);
    struct str *texts[] = {&out->name, &out->project, &out->main, &out->state, &out->location};
    for (int i = 0; i < 5; i++) *texts[i] = arena_str(&cx->arena, store_column_str(st, i + 2));
    out->hosted = sqlite3_column_int(st, 7) != 0;
    out->gate = arena_str(&cx->arena, store_column_str(st, 8));
    out->accounts = arena_str(&cx->arena, store_column_str(st, 9));
    return OK;
}

void repository_apply(const json_t *object, struct repository *r)
{
    static const char *const names[] = {"name", "project", "main", "state", "location"};
    struct str *texts[] = {&r->name, &r->project, &r->main, &r->state, &r->location};
    for (int i = 0; i < 5; i++) {
        struct str s = api_field(object, names[i]);
        if (s.p) *texts[i] = s;
    }
    r->schedule = api_field_int(object, "schedule", r->schedule);
}

/* A host, and something behind it; nobody's name but git's, which is no secret. */
static bool is_address(struct ctx *cx, struct str s)
{
    struct location l;
    const char *mark = str_find(s, STR("://"));
    const char *path = mark ? memchr(mark + 3, '/', s.n - (size_t)(mark + 3 - s.p)) : NULL;
    return path && path + 1 < s.p + s.n && location_read(cx, s, &l) == OK &&
           (!l.user.n || (l.ssh && str_eq(l.user, STR("git"))));
}

void repository_check(struct ctx *cx, struct api_call *call, const struct repository *r)
{
    bool path = str_starts(r->location, STR("/")) && !str_has(r->location, STR("/../"));
    if (!str_trim(r->name).n) api_fault(call, "name", "is empty", "on tyhjä");
    if (r->location.n && !path && !is_address(cx, r->location))
        api_fault(
            call, "location",
            "is neither a path that begins with / nor https://host/path or ssh://git@host/path; user names and "
            "passwords do not belong there",
            "ei ole /-alkuinen polku eikä muotoa https://palvelin/polku tai ssh://git@palvelin/polku; tunnukset ja "
            "salasanat eivät kuulu siihen");
}

static enum rc check_others(struct append *a, struct api_call *call, const struct repository *r)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        a->cx, a->db,
        STR("SELECT (SELECT count(*) FROM fact_repository WHERE name = ?1 AND state = 'active' AND subject <> ?2),"
            " ?3 = '' OR EXISTS (SELECT 1 FROM fact_project WHERE subject = ?3 AND state = 'active')"),
        &st));
    store_bind_str(st, 1, r->name);
    store_bind_str(st, 2, r->subject);
    store_bind_str(st, 3, r->project);
    TRY(store_step(a->cx, st, &row));
    if (!sqlite3_column_int(st, 1)) api_fault(call, "project", "is not there", "ei ole olemassa");
    TRY(api_faults(a->cx, call));
    return sqlite3_column_int(st, 0) && str_eq(r->state, STR("active"))
               ? api_fail(a->cx, call, E_CONFLICT, "another repository has this name",
                          "toisella tietovarastolla on tämä nimi")
               : OK;
}

enum rc repository_add(struct append *a, struct api_call *call, const struct repository *r)
{
    scoped_buf payload;
    struct json j;
    TRY(check_others(a, call, r));
    buf_init(&payload, LIMIT_BODY);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_str(&j, "name", r->name);
    json_put_str(&j, "project", r->project);
    json_put_str(&j, "main", r->main);
    json_put_str(&j, "state", r->state);
    json_put_str(&j, "location", r->location);
    json_put_int(&j, "schedule", r->schedule);
    if (r->hosted) json_put_bool(&j, "hosted", true);
    if (r->gate.n) json_put_str(&j, "gate", r->gate);
    if (r->accounts.n) json_put_str(&j, "accounts", r->accounts);
    json_end(&j, '}');
    const struct body fact = append_body(&call->actor, "repository", r->subject, buf_view(&payload));
    return append_add(a, &fact, NULL);
}

/* --- a page */

static struct str subject_of(struct ctx *cx, const struct api_call *call)
{
    return arena_printf(&cx->arena, "repo:" STR_FMT, STR_ARG(api_value(call, "repository")));
}

/* There, and within what the caller may see: else they are told the same. */
static enum rc find(struct ctx *cx, struct api_call *call, struct str subject, struct repository *r)
{
    TRY(repository_read(cx, call->ledger, subject, r));
    return r->is_there && api_within(call, r->project)
               ? OK
               : api_fail(cx, call, E_NOTFOUND, "there is no such repository", "sellaista tietovarastoa ei ole");
}

static uint64_t version_of(const struct repository *r)
{
    return r->is_there ? r->fact + 1 : 0;
}

static enum rc put_row(struct ctx *cx, struct api_call *call, const struct repository *r)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    bool row = false;
    if (call->derived) {
        TRY(store_prepare(
            cx, call->ledger,
            STR("SELECT assessment, at, stale, head, violated, met, no_evidence, findings FROM derived.repository"
                " WHERE repository = ?1"),
            &st));
        store_bind_str(st, 1, r->subject);
        TRY(store_step(cx, st, &row));
    }
    json_begin(j, '{');
    json_put_str(j, "id", r->subject);
    json_put_str(j, "name", r->name);
    show_text(j, "project", r->project);
    json_put_str(j, "state", r->state);
    json_put_str(j, "main", r->main);
    /* one with a secret in it is of before they were refused, or of the operator */
    show_text(j, "location", r->hosted ? STR_NONE : location_shown(cx, r->location));
    show_text(j, "host", r->hosted ? STR("hosted") : r->gate.n ? r->gate : STR_NONE);
    json_put_int(j, "schedule", r->schedule);
    if (row) {
        show_column_int(j, "assessment", st, 0);
        show_column_time(j, "at", st, 1);
        show_column_bool(j, "stale", st, 2);
        show_column_text(j, "head", st, 3);
        show_column_int(j, "violated", st, 4);
        show_column_int(j, "met", st, 5);
        show_column_int(j, "no_evidence", st, 6);
        show_column_int(j, "findings", st, 7);
    } else {
        static const char *const none[] = {"assessment", "at",  "stale",       "head",
                                           "violated",   "met", "no_evidence", "findings"};
        for (size_t i = 0; i < sizeof none / sizeof *none; i++) show_text(j, none[i], STR_NONE);
    }
    json_end(j, '}');
    return OK;
}

static enum rc put_points(struct ctx *cx, struct api_call *call, struct str subject)
{
    scoped_stmt *st = NULL;
    json_key(&call->out, "points");
    json_begin(&call->out, '[');
    if (call->derived) {
        TRY(store_prepare(
            cx, call->ledger,
            STR("SELECT point, verdict, assurance, in_scope, judged, failing FROM derived.repository_point"
                " WHERE repository = ?1 ORDER BY seq"),
            &st));
        store_bind_str(st, 1, subject);
        TRY(assessment_put_points(cx, call, st));
    }
    json_end(&call->out, ']');
    return OK;
}

static enum rc put_trend(struct ctx *cx, struct api_call *call, struct str subject)
{
    scoped_stmt *st = NULL;
    json_key(&call->out, "trend");
    json_begin(&call->out, '[');
    if (call->derived) {
        TRY(store_prepare(cx, call->ledger,
                          STR("SELECT * FROM (SELECT " ASSESSMENT_COLUMNS
                              " FROM derived.assessment a WHERE a.repository = ?1"
                              " ORDER BY a.assessment DESC LIMIT 100) ORDER BY 1"),
                          &st));
        store_bind_str(st, 1, subject);
        for (bool row;;) {
            TRY(store_step(cx, st, &row));
            if (!row) break;
            assessment_put_row(&call->out, st);
        }
    }
    json_end(&call->out, ']');
    return OK;
}

static enum rc put_page(struct ctx *cx, struct api_call *call, struct str subject)
{
    struct repository r;
    TRY(find(cx, call, subject, &r));
    api_tag(call, version_of(&r));
    json_begin(&call->out, '{');
    json_key(&call->out, "repository");
    TRY(put_row(cx, call, &r));
    TRY(put_points(cx, call, subject));
    TRY(put_trend(cx, call, subject));
    json_end(&call->out, '}');
    return OK;
}

API_OPERATION(repositories_get)
{
    return put_page(cx, call, subject_of(cx, call));
}

/* --- writing */

struct writing {
    struct api_call *call;
    struct str subject;
    bool is_new;
};

/* Its place is where its gate is, and its main branch is protected whatever else was said: neither is one person's to
 * move. */
static void check_gate(struct api_call *call, const struct repository *was, const struct repository *is)
{
    if (!str_eq(was->location, is->location))
        api_fault(call, "location", "a repository with a gate stays where it is",
                  "repositorio, jolla on portti, pysyy paikallaan");
    if (!str_eq(was->main, is->main))
        api_fault(call, "main", "the main branch of a repository with a gate stays as it is",
                  "sen repositorion päähaara, jolla on portti, pysyy samana");
}

static enum rc write(struct append *a, void *arg)
{
    const struct writing *w = arg;
    struct repository r;
    TRY(repository_read(a->cx, a->db, w->subject, &r));
    if (!w->is_new) TRY(api_match(a->cx, w->call, version_of(&r)));
    const struct repository before = r;
    repository_apply(w->call->body, &r);
    repository_check(a->cx, w->call, &r);
    if (r.hosted || r.gate.n) check_gate(w->call, &before, &r);
    TRY(api_faults(a->cx, w->call));
    return repository_add(a, w->call, &r);
}

API_OPERATION(repositories_create)
{
    char id[SUBJECT_ID + 1];
    subject_new_id(id);
    struct str subject = arena_printf(&cx->arena, "repo:%s", id);
    struct writing w = {call, subject, true};
    TRY(append_run(cx, call->facts, call->now, write, &w));
    api_created(cx, call, arena_printf(&cx->arena, "/api/v1/repositories/%s", id));
    return put_page(cx, call, subject);
}

API_OPERATION(repositories_patch)
{
    struct repository r;
    struct writing w = {call, subject_of(cx, call), false};
    TRY(find(cx, call, w.subject, &r));
    TRY(append_run(cx, call->facts, call->now, write, &w));
    return put_page(cx, call, w.subject);
}

enum rc repository_assess(struct ctx *cx, struct api_call *call, struct str subject, struct str *job)
{
    TRY(jobs_add(cx, call->state, "assess", subject, call->actor.person, call->now, job));
    return api_job_changed(cx, call, *job);
}

API_OPERATION(assessments_create)
{
    struct repository r;
    struct str job;
    TRY(find(cx, call, subject_of(cx, call), &r));
    if (!str_eq(r.state, STR("active")))
        return api_fail(cx, call, E_CONFLICT, "the repository is closed", "tietovarasto on suljettu");
    if (!r.location.n)
        return api_fail(cx, call, E_CONFLICT, "it is not known where the repository is: give its location",
                        "ei tiedetä, missä tietovarasto on: anna sen sijainti");
    TRY(repository_assess(cx, call, r.subject, &job));
    json_begin(&call->out, '{');
    json_put_str(&call->out, "job", job);
    json_end(&call->out, '}');
    return OK;
}
