/* Items of registers, and libraries of others, from files; items into files. */
#include "exchange/imports.h"
#include "api/item.h"
#include "base/limits.h"
#include "base/texts_fi.h"
#include "exchange/export.h"
#include "jobs/jobs.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* --- an import */

/* The report is kept as it was made, in English; what is wrong with rows is told in the caller's language. */
static void put_words(struct ctx *cx, const struct api_call *call, json_t *lines)
{
    size_t i;
    json_t *fault;
    if (call->lang != LANG_FI) return;
    json_array_foreach(lines, i, fault)
    {
        const char *text = json_string_value(json_object_get(fault, "text"));
        if (text) (void)json_object_set_new(fault, "text", json_string(text_fi(cx, text)));
    }
}

static enum rc put_report(struct ctx *cx, struct api_call *call, const struct import *i)
{
    json_error_t error;
    json_key(&call->out, "report");
    if (!i->report.n) {
        json_nil(&call->out);
        return OK;
    }
    json_t *report = json_loadb(i->report.p, i->report.n, 0, &error);
    put_words(cx, call, json_object_get(report, "faults"));
    put_words(cx, call, json_object_get(report, "left"));
    char *text = report ? json_dumps(report, JSON_COMPACT) : NULL;
    json_decref(report);
    if (!text) return fail(cx, E_INTERNAL, "a report cannot be read");
    json_raw(&call->out, str_from(text));
    free(text);
    return OK;
}

/* A file that names no register is a library. */
static bool is_library(const struct import *i)
{
    return !i->register_key.n;
}

static bool is_under_way(const struct import *i)
{
    return str_eq(i->stage, STR("checking")) || str_eq(i->stage, STR("recording"));
}

/* Whether all of it is in the log, whatever became of who recorded it. */
static enum rc is_recorded(struct ctx *cx, const struct api_call *call, const struct import *i, bool *out)
{
    const struct records_by by = imports_by(i);
    *out = false;
    return str_eq(i->stage, STR("recording")) ? records_is_put(cx, call->ledger, &by, i->id, out) : OK;
}

/* Its job, and the import as it is when that has ended: before, what it says of itself is not the whole of it. One that
 * ended without a word of its own has failed, unless the log says that it was done. */
static enum rc look(struct ctx *cx, struct api_call *call, struct import *i, struct job *job)
{
    *job = (struct job){.state = JOB_QUEUED, .step = STR(""), .message = STR("")};
    if (i->job.n) TRY(jobs_get(cx, call->state, i->job, job));
    if (!job_has_ended(job->state)) {
        if (!is_under_way(i)) i->stage = str_eq(i->stage, STR("done")) ? STR("recording") : STR("checking");
        i->message = STR("");
        return OK;
    }
    TRY(imports_get(cx, call->state, i->id, i));
    if (!is_under_way(i)) return OK;
    bool recorded;
    TRY(is_recorded(cx, call, i, &recorded));
    i->stage = recorded ? STR("done") : STR("failed");
    if (recorded) return OK;
    i->message = job->message.n ? job->message : STR("its job was ended");
    return OK;
}

static enum rc put_import(struct ctx *cx, struct api_call *call, struct import *i)
{
    struct json *j = &call->out;
    struct job job;
    TRY(look(cx, call, i, &job));
    const char *message = arena_cstr(&cx->arena, i->message);
    json_begin(j, '{');
    json_put_str(j, "id", i->id);
    if (!is_library(i)) {
        json_put_str(j, "register", i->register_key);
        json_put_str(j, "match", i->match);
    }
    json_put_str(j, "name", i->name);
    json_put_int(j, "bytes", i->bytes);
    json_put_str(j, "stage", i->stage);
    json_put_str(j, "step", job.step);
    json_key(j, "percent");
    if (is_under_way(i) && job_percent(&job) >= 0)
        json_int(j, job_percent(&job));
    else
        json_nil(j);
    json_put_cstr(j, "message", call->lang == LANG_FI ? text_fi(cx, message) : message);
    api_put_time(j, "at", i->at);
    TRY(put_report(cx, call, i));
    json_end(j, '}');
    return OK;
}

/* Whose it is not, for them it is not there. */
static enum rc find(struct ctx *cx, struct api_call *call, bool library, struct import *out)
{
    enum rc rc = imports_get(cx, call->state, api_value(call, "import"), out);
    if (rc != OK && rc != E_NOTFOUND) return rc;
    if (rc == OK && str_eq(out->person, call->who.person) && is_library(out) == library) return OK;
    return api_fail(cx, call, E_NOTFOUND, "there is no such import: it is forgotten after a day",
                    "sellaista tuontia ei ole: se unohdetaan päivässä");
}

static enum rc start(struct ctx *cx, struct api_call *call, struct import *i)
{
    struct str job, subject = arena_printf(&cx->arena, "import:" STR_FMT, STR_ARG(i->id));
    TRY(jobs_add(cx, call->state, "import", subject, call->who.person, call->now, &job));
    TRY(imports_set_job(cx, call->state, i->id, job));
    i->job = job;
    return api_job_changed(cx, call, job);
}

static enum rc create(struct ctx *cx, struct api_call *call, struct str register_key, struct str match,
                      const char *path)
{
    struct str name = api_value(call, "name");
    struct import i = {.person = call->who.person,
                       .credential = call->actor.credential,
                       .register_key = register_key,
                       .match = match,
                       .name = name.p ? str_from(str_visible(cx, name)) : STR(""),
                       .bytes = (int64_t)call->file->size,
                       .at = call->now,
                       .stage = STR("checking")};
    TRY(imports_add(cx, call->state, call->dir, call->file->path, &i));
    TRY(start(cx, call, &i));
    api_created(cx, call, arena_printf(&cx->arena, "%s/" STR_FMT, path, STR_ARG(i.id)));
    TRY(imports_get(cx, call->state, i.id, &i));
    return put_import(cx, call, &i);
}

static enum rc get(struct ctx *cx, struct api_call *call, bool library)
{
    struct import i;
    TRY(find(cx, call, library, &i));
    return put_import(cx, call, &i);
}

static enum rc confirm(struct ctx *cx, struct api_call *call, bool library)
{
    struct import i;
    struct job job;
    TRY(find(cx, call, library, &i));
    TRY(look(cx, call, &i, &job));
    if (!job_has_ended(job.state))
        return api_fail(cx, call, E_CONFLICT, "the file is still being looked at, or recorded",
                        "tiedostoa tarkistetaan tai kirjataan vielä");
    enum rc rc = imports_confirm(cx, call->state, i.id, api_field(call->body, "outcome"));
    if (rc == E_CONFLICT)
        return api_fail(cx, call, rc, "this is not what was told of the file, or it is being recorded already",
                        "tiedostosta kerrottiin muuta, tai sitä jo kirjataan");
    TRY(rc);
    TRY(start(cx, call, &i));
    TRY(imports_get(cx, call->state, i.id, &i));
    return put_import(cx, call, &i);
}

API_OPERATION(imports_create)
{
    const struct record_kind *k;
    struct str match = api_value(call, "match");
    TRY(item_kind(cx, call, &k));
    return create(cx, call, k->key, match.p && !str_eq(match, STR("number")) ? match : STR(""), "/api/v1/imports");
}

API_OPERATION(imports_get)
{
    return get(cx, call, false);
}

API_OPERATION(imports_confirm)
{
    return confirm(cx, call, false);
}

API_OPERATION(library_imports_create)
{
    return create(cx, call, STR(""), STR(""), "/api/v1/library-imports");
}

API_OPERATION(library_imports_get)
{
    return get(cx, call, true);
}

API_OPERATION(library_imports_confirm)
{
    return confirm(cx, call, true);
}

/* --- an export */

/* A file without a name: it is whole before its first byte is sent. */
static enum rc make_file(struct ctx *cx, const struct api_call *call, int *fd)
{
    char *path = arena_cstr(&cx->arena, arena_printf(&cx->arena, "%s/incoming/export-XXXXXX", call->dir));
    *fd = mkstemp(path);
    if (*fd < 0) return fail(cx, E_IO, "a file for the export cannot be made: %s", strerror(errno));
    unlink(path);
    return OK;
}

API_OPERATION(items_export)
{
    const struct record_kind *k;
    struct log_reader *reader;
    struct str as = api_value(call, "as");
    int fd = -1;
    TRY(item_kind(cx, call, &k));
    TRY(log_reader_open(cx, call->dir, &reader));
    struct export_options o = {.reader = reader,
                               .catalog = call->catalog,
                               .kind = k,
                               .filter = {api_value(call, "state"), api_value(call, "phase"), api_value(call, "owner"),
                                          api_value(call, "shows"), api_value(call, "q"),
                                          api_value_bool(call, "overdue", false)},
                               .lang = call->lang,
                               .now = call->now};
    if (as.p) (void)export_format_find(as, &o.format);
    enum rc rc = make_file(cx, call, &fd);
    if (rc == OK) rc = exchange_export(cx, &o, fd);
    log_reader_close(reader);
    if (rc != OK) {
        if (fd >= 0) close(fd);
        return rc;
    }
    api_answer_file(cx, call, fd, exchange_export_name(cx, &o), str_from(export_media_type(o.format)), STR(""));
    return OK;
}
