/* Jobs: how far they are, and ending them. */
#include "jobs/jobs.h"
#include "api/page.h"
#include "base/texts_fi.h"

/* The project of the repository that a job is about; STR_NONE when there is none. */
static enum rc project_of(struct ctx *cx, struct api_call *call, struct str subject, struct str *project)
{
    scoped_stmt *st = NULL;
    bool row;
    *project = STR_NONE;
    TRY(store_prepare(cx, call->ledger, STR("SELECT project FROM fact_repository WHERE subject = ?1"), &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    if (row) *project = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

static enum rc may(struct ctx *cx, struct api_call *call, const char *permission, const struct job *j, bool *out)
{
    struct str project;
    TRY(project_of(cx, call, j->subject, &project));
    *out = api_may(call, permission, project);
    return OK;
}

static void put(struct ctx *cx, struct api_call *call, const struct job *j)
{
    struct json *o = &call->out;
    const char *message = arena_cstr(&cx->arena, j->message);
    json_begin(o, '{');
    json_put_str(o, "id", j->id);
    json_put_str(o, "what", j->what);
    json_put_str(o, "subject", j->subject);
    json_put_str(o, "by", j->person);
    json_put_cstr(o, "state", job_state_name(j->state));
    json_key(o, "percent");
    if (job_percent(j) < 0)
        json_nil(o);
    else
        json_int(o, job_percent(j));
    json_put_str(o, "step", j->step);
    json_put_cstr(o, "message", call->lang == LANG_FI ? text_fi(cx, message) : message);
    api_put_time(o, "created", j->created);
    api_put_time(o, "started", j->started);
    api_put_time(o, "ended", j->ended);
    json_put_int(o, "tries", j->tries);
    json_end(o, '}');
}

/* What somebody may not see is not there. */
static enum rc get(struct ctx *cx, struct api_call *call, const char *permission, struct job *out)
{
    bool may_it = false;
    enum rc rc = jobs_get(cx, call->state, api_value(call, "job"), out);
    if (rc == OK) TRY(may(cx, call, permission, out, &may_it));
    return may_it || (rc != OK && rc != E_NOTFOUND)
               ? rc
               : api_fail(cx, call, E_NOTFOUND, "there is no such job", "sellaista työtä ei ole");
}

API_OPERATION(jobs_get)
{
    struct job j;
    TRY(get(cx, call, "repositories.read", &j));
    put(cx, call, &j);
    return OK;
}

static enum job_state state_of(struct str name)
{
    for (int i = 0; name.p && i < JOB_STATES; i++)
        if (str_eq(name, str_from(job_state_name((enum job_state)i)))) return (enum job_state)i;
    return JOB_STATES;
}

API_OPERATION(jobs_list)
{
    int64_t before, total, limit = page_limit(call), next = -1;
    size_t found;
    struct str repository = api_value(call, "repository");
    if (repository.p) repository = arena_printf(&cx->arena, "repo:" STR_FMT, STR_ARG(repository));
    TRY(page_cursor(cx, call, INT64_MAX, &before));
    struct job *list = arena_array(&cx->arena, struct job, (size_t)limit + 1);
    TRY(jobs_list(cx, call->state, repository, state_of(api_value(call, "state")), before, (size_t)limit + 1, list,
                  &found, &total));
    page_begin(call);
    for (size_t i = 0; i < found && i < (size_t)limit; i++) {
        bool sees = call->everywhere;
        if (!sees) TRY(may(cx, call, "repositories.read", &list[i], &sees));
        if (sees) put(cx, call, &list[i]);
    }
    if (found > (size_t)limit) next = list[limit - 1].number;
    return page_end(cx, call, next, call->everywhere ? total : -1);
}

API_OPERATION(jobs_cancel)
{
    struct job j;
    TRY(get(cx, call, "repositories.assess", &j));
    enum rc rc = jobs_cancel(cx, call->state, j.id, call->now);
    if (rc == E_CONFLICT) return api_fail(cx, call, rc, "the job has ended already", "työ on jo päättynyt");
    TRY(rc);
    TRY(jobs_get(cx, call->state, j.id, &j));
    put(cx, call, &j);
    return api_job_changed(cx, call, j.id);
}

API_OPERATION(jobs_events)
{
    struct job j;
    TRY(get(cx, call, "repositories.read", &j));
    return api_watch_job(cx, call, j.id, &call->stream);
}
