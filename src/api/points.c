/* What is decided about requirement points and tasks. What excuses or loosens goes by four eyes; what binds, or says
 * what was done, does not. */
#include "api/act.h"
#include "api/task.h"
#include "base/limits.h"
#include "base/time.h"
#include "facts/subject.h"
#include "records/append.h"
#include "store/store.h"

#define WAIVER_DAYS 731 /* at most two years ahead */

/* "obligation:TASK/POINT" of the path, or "task:TASK" where it has no point. */
static enum rc subject_of(struct ctx *cx, struct api_call *call, struct str *subject)
{
    const struct catalog_task *t;
    struct str point = api_value(call, "point");
    TRY(task_find(cx, call, api_value(call, "task"), &t));
    *subject = arena_printf(&cx->arena, "task:" STR_FMT, STR_ARG(t->key));
    if (!point.p) return OK;
    *subject = arena_printf(&cx->arena, "obligation:" STR_FMT "/" STR_FMT, STR_ARG(t->key), STR_ARG(point));
    for (size_t i = 0; i < t->n_obligations; i++)
        if (str_eq(t->obligations[i].key, point)) return OK;
    return api_fail(cx, call, E_NOTFOUND, "the task has no such requirement point",
                    "tehtävässä ei ole sellaista vaatimuskohtaa");
}

static bool is_blank(struct str s)
{
    return str_trim(s).n == 0;
}

/* A reason is words. */
static void want_words(struct api_call *call, const char *field)
{
    if (is_blank(api_field(call->body, field))) api_fault(call, field, "is empty", "on tyhjä");
}

/* What a point's fact is about: * for all of it, or a subject. */
static void want_about(struct ctx *cx, struct api_call *call)
{
    enum subject_type type;
    struct str about = api_field(call->body, "about");
    if (!str_eq(about, STR("*")) && subject_check(cx, about, &type) != OK)
        api_fault(call, "about", "is neither * nor a subject such as file:ID/path",
                  "ei ole * eikä kohde, kuten file:ID/polku");
}

/* Whoever has a role in projects alone decides about what is of their repositories, and not about all of a point. */
static enum rc want_within(struct ctx *cx, struct api_call *call)
{
    static const char *const of_repositories[] = {"repo", "ref", "commit", "file"};
    struct str rest = api_field(call->body, "about"), type, id, project = STR("");
    scoped_stmt *st = NULL;
    bool row, is_of_one = false;
    if (api_within(call, STR(""))) return OK;
    if (str_cut(&rest, ':', &type) && rest.p && str_cut(&rest, '/', &id))
        for (size_t i = 0; i < sizeof of_repositories / sizeof *of_repositories; i++)
            is_of_one = is_of_one || str_eq(type, str_from(of_repositories[i]));
    if (is_of_one) {
        TRY(store_prepare(cx, call->ledger, STR("SELECT project FROM fact_repository WHERE subject = 'repo:' || ?1"),
                          &st));
        store_bind_str(st, 1, id);
        TRY(store_step(cx, st, &row));
        if (row) project = arena_str(&cx->arena, store_column_str(st, 0));
    }
    return api_within(call, project)
               ? OK
               : api_fail(cx, call, E_DENIED,
                          "your role is in a project: you decide about what is of its repositories, not about the rest",
                          "roolisi on projektissa: päätät siitä, mikä kuuluu sen repositorioihin, et muusta");
}

struct payload {
    struct buf text;
    struct json j;
};

static void payload_begin(struct payload *p)
{
    buf_init(&p->text, LIMIT_BODY);
    json_init(&p->j, &p->text, false);
    json_begin(&p->j, '{');
}

static struct str payload_end(struct ctx *cx, struct payload *p)
{
    json_end(&p->j, '}');
    struct str out = arena_str(&cx->arena, buf_view(&p->text));
    buf_release(&p->text);
    return out;
}

API_OPERATION(points_adopt)
{
    struct str subject;
    struct payload p;
    TRY(subject_of(cx, call, &subject));
    want_words(call, "reason");
    TRY(api_faults(cx, call));
    payload_begin(&p);
    json_put_bool(&p.j, "adopted", api_field_bool(call->body, "adopted", false));
    json_put_str(&p.j, "reason", api_field(call->body, "reason"));
    return act_append(cx, call, "adoption", subject, payload_end(cx, &p));
}

API_OPERATION(points_waive)
{
    struct str subject, reason = api_field(call->body, "reason");
    int64_t until = 0;
    struct payload p;
    TRY(subject_of(cx, call, &subject));
    TRY(want_within(cx, call));
    want_words(call, "reason");
    want_about(cx, call);
    if (api_field_time(call, "until", &until) && (until <= call->now || until > call->now + WAIVER_DAYS * DAY_SECONDS))
        api_fault(call, "until", "is not within two years from now: a waiver ends",
                  "ei ole kahden vuoden sisällä: poikkeuslupa päättyy aina");
    TRY(api_faults(cx, call));
    payload_begin(&p);
    json_put_str(&p.j, "about", api_field(call->body, "about"));
    json_put_int(&p.j, "until", until);
    json_put_str(&p.j, "reason", reason);
    const struct request_wish w = {"waiver", subject, payload_end(cx, &p), reason};
    return act_ask(cx, call, &w);
}

struct withdrawal {
    struct api_call *call;
    struct str subject;
    uint64_t event;
};

/* The same waiver again, withdrawn: what it excused counts at once, so one person is enough. */
static enum rc withdraw(struct append *a, void *arg)
{
    struct withdrawal *w = arg;
    struct payload p;
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT x.until, (SELECT json_group_array(value) FROM fact_waiver_approved_by WHERE n = x.n)"
                          " FROM fact_waiver x WHERE x.subject = ?1 AND x.about = ?2 AND coalesce(x.withdrawn, 0) = 0"
                          " AND x.until > ?3"),
                      &st));
    store_bind_str(st, 1, w->subject);
    store_bind_str(st, 2, api_field(w->call->body, "about"));
    store_bind_int(st, 3, a->now);
    TRY(store_step(a->cx, st, &row));
    if (!row)
        return api_fail(a->cx, w->call, E_NOTFOUND, "there is no waiver in force about that",
                        "siitä ei ole voimassa olevaa poikkeuslupaa");
    payload_begin(&p);
    json_put_str(&p.j, "about", api_field(w->call->body, "about"));
    json_put_int(&p.j, "until", sqlite3_column_int64(st, 0));
    json_put_str(&p.j, "reason", api_field(w->call->body, "reason"));
    json_put_bool(&p.j, "withdrawn", true);
    json_key(&p.j, "approved_by");
    json_raw(&p.j, store_column_str(st, 1));
    const struct body fact = append_body(&w->call->actor, "waiver", w->subject, payload_end(a->cx, &p));
    return append_add(a, &fact, &w->event);
}

API_OPERATION(points_waiver_withdraw)
{
    struct withdrawal w = {.call = call};
    TRY(subject_of(cx, call, &w.subject));
    TRY(want_within(cx, call));
    want_words(call, "reason");
    TRY(api_faults(cx, call));
    TRY(append_run(cx, call->facts, call->now, withdraw, &w));
    act_put_done(call, w.event);
    return OK;
}

API_OPERATION(points_treat)
{
    struct str subject;
    int64_t checked_at = 0;
    struct payload p;
    static const char *const words[] = {"cause", "correction", "check"};
    TRY(subject_of(cx, call, &subject));
    TRY(want_within(cx, call));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) want_words(call, words[i]);
    want_about(cx, call);
    if (api_field_time(call, "checked_at", &checked_at) && checked_at > call->now)
        api_fault(call, "checked_at", "lies in the future", "on tulevaisuudessa");
    TRY(api_faults(cx, call));
    payload_begin(&p);
    json_put_str(&p.j, "about", api_field(call->body, "about"));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        json_put_str(&p.j, words[i], api_field(call->body, words[i]));
    json_put_int(&p.j, "checked_at", checked_at);
    return act_append(cx, call, "treatment", subject, payload_end(cx, &p));
}

/* What the policy in force holds besides the mode. */
static enum rc put_policy(struct ctx *cx, struct api_call *call, struct str subject, struct json *j)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT x.tolerance, (SELECT json_group_array(json_object('name', name, 'value', value))"
                          " FROM fact_policy_parameters WHERE n = x.n)"
                          " FROM fact_policy x WHERE x.subject = ?1 AND x.project IS NULL"),
                      &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    json_put_int(j, "tolerance", api_field_int(call->body, "tolerance", row ? sqlite3_column_int64(st, 0) : 0));
    json_key(j, "parameters");
    json_raw(j, row ? store_column_str(st, 1) : STR("[]"));
    return OK;
}

API_OPERATION(points_policy)
{
    struct str subject, reason = api_field(call->body, "reason");
    struct payload p;
    TRY(subject_of(cx, call, &subject));
    want_words(call, "reason");
    TRY(api_faults(cx, call));
    payload_begin(&p);
    json_put_str(&p.j, "mode", api_field(call->body, "mode"));
    enum rc rc = put_policy(cx, call, subject, &p.j);
    json_put_int(&p.j, "effective_at", call->now);
    json_put_str(&p.j, "reason", reason);
    const struct request_wish w = {"policy", subject, payload_end(cx, &p), reason};
    return rc == OK ? act_ask(cx, call, &w) : rc;
}

/* That it does not apply excuses and takes two; that it applies again binds, and takes one. */
static enum rc ask_applicability(struct ctx *cx, struct api_call *call)
{
    struct str subject, reason = api_field(call->body, "reason");
    bool applies = api_field_bool(call->body, "applicable", true);
    int64_t until = 0;
    struct payload p;
    TRY(subject_of(cx, call, &subject));
    want_words(call, "reason");
    bool ends = api_field_time(call, "until", &until);
    if (ends && until <= call->now) api_fault(call, "until", "is past", "on mennyt");
    if (ends && applies)
        api_fault(call, "until", "goes with what is not applicable", "kuuluu siihen, mikä ei ole sovellettavissa");
    TRY(api_faults(cx, call));
    payload_begin(&p);
    json_put_str(&p.j, "reason", reason);
    if (ends) json_put_int(&p.j, "until", until);
    if (applies) {
        json_put_bool(&p.j, "withdrawn", true);
        json_key(&p.j, "approved_by");
        json_begin(&p.j, '[');
        json_str(&p.j, call->actor.person);
        json_end(&p.j, ']');
        return act_append(cx, call, "applicability", subject, payload_end(cx, &p));
    }
    const struct request_wish w = {"applicability", subject, payload_end(cx, &p), reason};
    return act_ask(cx, call, &w);
}

API_OPERATION(points_not_applicable)
{
    return ask_applicability(cx, call);
}

API_OPERATION(tasks_not_applicable)
{
    return ask_applicability(cx, call);
}

static enum rc conclude(struct ctx *cx, struct api_call *call)
{
    struct str subject;
    struct payload p;
    TRY(subject_of(cx, call, &subject));
    want_words(call, "text");
    TRY(api_faults(cx, call));
    payload_begin(&p);
    json_put_str(&p.j, "conclusion", api_field(call->body, "conclusion"));
    json_put_str(&p.j, "assessor", call->actor.person); /* kept for ever: no name */
    json_put_str(&p.j, "text", api_field(call->body, "text"));
    return act_append(cx, call, "conclusion", subject, payload_end(cx, &p));
}

API_OPERATION(points_conclude)
{
    return conclude(cx, call);
}

API_OPERATION(tasks_conclude)
{
    return conclude(cx, call);
}
