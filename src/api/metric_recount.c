/* Past days of metrics computed again: asked for here, done by a job, told with what differs. */
#include "api/metric.h"
#include "api/person.h"
#include "base/limits.h"
#include "base/texts_fi.h"
#include "base/time.h"
#include "jobs/jobs.h"
#include "metrics/recount.h"

#include <stdlib.h>

static enum rc job_of(struct ctx *cx, struct api_call *call, const struct recount *r, struct job *job)
{
    int64_t failed;
    bool found;
    struct str subject = arena_printf(&cx->arena, RECOUNT_SUBJECT STR_FMT, STR_ARG(r->id));
    TRY(jobs_newest(cx, call->state, RECOUNT_JOB, subject, job, &found, &failed));
    if (!found) *job = (struct job){.state = r->report.n ? JOB_DONE : JOB_FAILED, .step = STR(""), .message = STR("")};
    return OK;
}

/* --- what came of it */

/* A metric's titles and units are of today's catalog, in the caller's language; a row whose metric it has no more goes
 * by its key. */
static void name_rows(const struct api_call *call, json_t *report)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(report, "rows"), i, row)
    {
        struct str key = api_field(row, "metric");
        const struct catalog_metric *m = catalog_find_metric(call->catalog, key);
        struct str title = m ? m->title[call->lang] : key, unit = m ? metric_unit(m, call->lang) : STR("");
        (void)json_object_set_new(row, "title", json_stringn(title.p, title.n));
        (void)json_object_set_new(row, "unit", json_stringn(unit.p, unit.n));
        (void)json_object_set_new(row, "value", json_string(metric_type_name(m ? m->type : METRIC_COUNT)));
    }
}

static enum rc put_report(struct ctx *cx, struct api_call *call, const struct recount *r)
{
    json_key(&call->out, "report");
    if (!r->report.n) {
        json_nil(&call->out);
        return OK;
    }
    json_t *report = json_loadb(r->report.p, r->report.n, 0, NULL);
    if (report) name_rows(call, report);
    char *text = report ? json_dumps(report, JSON_COMPACT) : NULL;
    json_decref(report);
    if (!text) return fail(cx, E_INTERNAL, "what was computed again cannot be read");
    json_raw(&call->out, str_from(text));
    free(text);
    return OK;
}

static enum rc put(struct ctx *cx, struct api_call *call, const struct recount *r, const struct job *job)
{
    struct json *j = &call->out;
    char date[32];
    const char *message = arena_cstr(&cx->arena, job->message);
    json_begin(j, '{');
    json_key(j, "recount");
    json_begin(j, '{');
    TRY(person_put(cx, call, "by", r->person));
    api_put_time(j, "at", r->at);
    json_put_cstr(j, "since", time_format_date(r->since, date));
    json_put_cstr(j, "until", time_format_date(r->until, date));
    json_put_cstr(j, "state", job_state_name(job->state));
    json_put_str(j, "step", job->step);
    json_key(j, "percent");
    if (!job_has_ended(job->state) && job_percent(job) >= 0)
        json_int(j, job_percent(job));
    else
        json_nil(j);
    json_put_cstr(j, "message", call->lang == LANG_FI ? text_fi(cx, message) : message);
    TRY(put_report(cx, call, r));
    json_end(j, '}');
    json_end(j, '}');
    return OK;
}

API_OPERATION(metrics_recount_get)
{
    struct recount r;
    struct job job;
    enum rc rc = recounts_get(cx, call->state, &r);
    if (rc == E_NOTFOUND) {
        json_begin(&call->out, '{');
        json_key(&call->out, "recount");
        json_nil(&call->out);
        json_end(&call->out, '}');
        return OK;
    }
    TRY(rc);
    TRY(job_of(cx, call, &r, &job));
    if (job_has_ended(job.state)) TRY(recounts_get(cx, call->state, &r)); /* what came of it stands there by now */
    return put(cx, call, &r, &job);
}

/* --- asking for it */

static enum rc read_days(struct ctx *cx, struct api_call *call, struct recount *r)
{
    bool both = api_field_time(call, "since", &r->since) && api_field_time(call, "until", &r->until);
    TRY(api_faults(cx, call));
    if (!both) return fail(cx, E_INTERNAL, "days are missing that the schema asks for");
    if (r->since > r->until) api_fault(call, "since", "comes after the last day", "on viimeisen päivän jälkeen");
    if (r->until > call->now) api_fault(call, "until", "is not over yet", "ei ole vielä tullut");
    if (r->since < 0 || (r->until - r->since) / DAY_SECONDS >= LIMIT_RECOUNT_DAYS)
        api_fault(call, "since", "is more than ten years before the last day",
                  "on yli kymmenen vuotta ennen viimeistä päivää");
    return api_faults(cx, call);
}

API_OPERATION(metrics_recount)
{
    struct recount r = {.person = call->who.person, .at = call->now, .report = STR("")}, last;
    struct job job = {.state = JOB_DONE};
    struct str id;
    TRY(read_days(cx, call, &r));
    enum rc rc = recounts_get(cx, call->state, &last);
    if (rc == OK) rc = job_of(cx, call, &last, &job);
    if (rc != OK && rc != E_NOTFOUND) return rc;
    if (!job_has_ended(job.state))
        return api_fail(cx, call, E_CONFLICT, "days are being computed again already: wait until that is done",
                        "päiviä lasketaan jo uudelleen: odota, kunnes se on valmis");
    TRY(recounts_put(cx, call->state, &r));
    struct str subject = arena_printf(&cx->arena, RECOUNT_SUBJECT STR_FMT, STR_ARG(r.id));
    TRY(jobs_add(cx, call->state, RECOUNT_JOB, subject, call->who.person, call->now, &id));
    TRY(jobs_get(cx, call->state, id, &job));
    TRY(api_job_changed(cx, call, id));
    return put(cx, call, &r, &job);
}
