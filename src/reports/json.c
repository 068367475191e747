/* The assessment as JSON: everything, for programs. Schema: docs/formats/assessment.schema.json; later versions only
 * add. */
#include "base/json.h"
#include "base/time.h"
#include "reports/formats.h"

static void put_time(struct json *j, const char *key, int64_t t)
{
    char text[32];
    json_put_cstr(j, key, time_format(t, text));
}

static void put_optional(struct json *j, const char *key, struct str s)
{
    if (s.n) json_put_str(j, key, s);
}

static void put_strings(struct json *j, const char *key, const struct str *s, size_t n)
{
    json_key(j, key);
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) json_str(j, s[i]);
    json_end(j, ']');
}

static void put_head(struct json *j, const struct assessment *a)
{
    json_key(j, "tool");
    json_begin(j, '{');
    json_put_cstr(j, "name", "sinetti");
    json_put_cstr(j, "version", SINETTI_VERSION);
    json_end(j, '}');
    json_put_int(j, "schema_version", 1);

    json_key(j, "run");
    json_begin(j, '{');
    json_put_str(j, "path", a->run.path);
    put_time(j, "now", a->run.now);
    put_time(j, "since", a->run.since);
    json_put_cstr(j, "lang", lang_name(a->run.lang));
    put_optional(j, "preset", a->run.preset);
    json_put_cstr(j, "catalog", a->run.catalog_digest);
    if (a->run.facts >= 0) json_put_int(j, "facts", a->run.facts);
    json_end(j, '}');

    json_key(j, "repository");
    json_begin(j, '{');
    json_put_str(j, "head", a->repository.head);
    json_put_str(j, "rev", a->repository.rev);
    put_optional(j, "branch", a->repository.branch);
    json_put_str(j, "object_format", a->repository.object_format);
    json_put_int(j, "commits", a->repository.commits);
    json_put_int(j, "period_commits", a->repository.period_commits);
    json_put_int(j, "files", a->repository.files);
    json_put_int(j, "missing", a->repository.missing);
    json_put_bool(j, "shallow", a->repository.shallow);
    json_put_bool(j, "partial", a->repository.partial);
    json_end(j, '}');
    put_strings(j, "notices", a->notices, a->n_notices);

    json_key(j, "summary");
    json_begin(j, '{');
    for (int s = 0; s < STATUS_COUNT; s++) json_put_int(j, status_name((enum status)s), a->summary[s]);
    json_end(j, '}');
}

static void put_texts(struct json *j, const struct finding_text *texts)
{
    json_key(j, "texts");
    json_begin(j, '{');
    for (int l = 0; l < LANG_COUNT; l++) {
        json_key(j, lang_name((enum lang)l));
        json_begin(j, '{');
        json_put_str(j, "message", texts[l].message);
        json_put_str(j, "fix", texts[l].fix);
        json_end(j, '}');
    }
    json_end(j, '}');
}

static void put_finding(struct json *j, const struct finding *f)
{
    json_begin(j, '{');
    json_put_str(j, "id", f->id);
    json_put_str(j, "subject", f->subject);
    json_put_str(j, "message", f->message);
    json_put_str(j, "fix", f->fix);
    if (f->texts) put_texts(j, f->texts);
    put_optional(j, "path", f->path);
    if (f->line) json_put_int(j, "line", f->line);
    put_optional(j, "commit", f->commit);
    put_optional(j, "allow", f->allow);
    if (f->exception) json_put_cstr(j, "exception", exception_name(f->exception));
    if (f->baseline) {
        json_key(j, "baseline");
        json_begin(j, '{');
        json_put_str(j, "owner", f->baseline_owner);
        json_put_str(j, "until", f->baseline_until);
        json_end(j, '}');
    }
    json_end(j, '}');
}

static void put_shown(struct json *j, const struct shown *s)
{
    json_begin(j, '{');
    json_put_str(j, "subject", s->subject);
    put_optional(j, "path", s->path);
    if (s->line) json_put_int(j, "line", s->line);
    put_optional(j, "commit", s->commit);
    if (s->at) put_time(j, "at", s->at);
    json_end(j, '}');
}

static void put_obligation(struct json *j, const struct obligation_result *o, enum lang lang)
{
    const struct catalog_obligation *def = o->def;
    json_begin(j, '{');
    json_put_str(j, "key", def->key);
    json_put_int(j, "point", def->point);
    json_put_cstr(j, "strength", strength_name(def->strength));
    json_put_bool(j, "adopted", o->adopted);
    json_put_cstr(j, "aspect", aspect_name(def->aspect));
    json_put_cstr(j, "type", evidence_type_name(def->type));
    json_put_str(j, "text", def->text[lang]);
    json_put_cstr(j, "verdict", verdict_name(o->verdict));
    json_put_cstr(j, "assurance", assurance_name(o->assurance));
    json_put_int(j, "population", o->population);
    json_put_int(j, "judged", o->judged);
    json_put_int(j, "failing", o->failing);
    if (o->baselined) json_put_int(j, "baselined", o->baselined);
    if (o->waived) json_put_int(j, "waived", o->waived);
    if (o->treated) json_put_int(j, "treated", o->treated);
    if (o->stopped) json_put_bool(j, "stopped", true);
    if (o->at) put_time(j, "observed_at", o->at);
    put_optional(j, "settles", o->settles);
    put_strings(j, "needs", def->needs, def->n_needs);
    json_key(j, "shown_by");
    json_begin(j, '[');
    for (size_t i = 0; i < o->n_shown; i++) put_shown(j, &o->shown[i]);
    json_end(j, ']');
    json_put_int(j, "findings_total", o->places);
    json_key(j, "findings");
    json_begin(j, '[');
    for (size_t i = 0; i < o->n_findings; i++) put_finding(j, &o->findings[i]);
    json_end(j, ']');
    json_end(j, '}');
}

static void put_mapping(struct json *j, const struct catalog_mapping *m)
{
    json_begin(j, '{');
    json_put_str(j, "framework", m->framework->name);
    json_put_str(j, "edition", m->framework->edition);
    json_put_str(j, "id", m->control->id);
    json_put_str(j, "title", m->control->title);
    json_put_str(j, "source", m->source);
    json_end(j, '}');
}

static void put_task(struct json *j, const struct task_result *t, enum lang lang)
{
    const struct catalog_task *def = t->def;
    json_begin(j, '{');
    json_put_str(j, "key", def->key);
    json_put_int(j, "order", def->order);
    json_put_str(j, "title", def->title[lang]);
    json_put_str(j, "theme", def->theme);
    json_put_str(j, "policy", def->policy);
    json_put_cstr(j, "priority", priority_name(rules_priority(t)));
    json_put_cstr(j, "status", status_name(t->status));
    json_put_bool(j, "exceptions", t->exceptions);
    json_put_cstr(j, "designed", verdict_name(t->designed));
    json_put_cstr(j, "operating", verdict_name(t->operating));
    json_put_cstr(j, "assurance", assurance_name(t->assurance));
    json_key(j, "controls");
    json_begin(j, '[');
    for (size_t i = 0; i < def->n_controls; i++) put_mapping(j, &def->controls[i]);
    json_end(j, ']');
    json_key(j, "obligations");
    json_begin(j, '[');
    for (size_t i = 0; i < t->n_obligations; i++) put_obligation(j, &t->obligations[i], lang);
    json_end(j, ']');
    json_end(j, '}');
}

/* Headings are left out: nothing is said about them. */
static void put_framework(struct json *j, const struct framework_result *f)
{
    json_begin(j, '{');
    json_put_str(j, "framework", f->def->name);
    json_put_str(j, "edition", f->def->edition);
    json_put_bool(j, "legacy", f->def->legacy);
    json_key(j, "controls");
    json_begin(j, '[');
    for (size_t i = 0; i < f->n_controls; i++) {
        const struct control_result *c = &f->controls[i];
        if (c->def->heading && !c->n_tasks) continue;
        json_begin(j, '{');
        json_put_str(j, "id", c->def->id);
        json_put_str(j, "title", c->def->title);
        json_put_cstr(j, "coverage", coverage_name(c->coverage));
        json_key(j, "tasks");
        json_begin(j, '[');
        for (size_t k = 0; k < c->n_tasks; k++) json_str(j, c->tasks[k]->def->key);
        json_end(j, ']');
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

void report_json(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out)
{
    struct json j;
    (void)cx, (void)s;
    json_init(&j, out, true);
    json_begin(&j, '{');
    put_head(&j, a);
    json_key(&j, "first");
    json_begin(&j, '[');
    for (size_t i = 0; i < a->n_first; i++) {
        json_begin(&j, '{');
        json_put_str(&j, "task", a->first_of[i]->def->task);
        json_put_str(&j, "obligation", a->first_of[i]->def->key);
        json_put_str(&j, "id", a->first[i]->id);
        json_put_str(&j, "message", a->first[i]->message);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_key(&j, "tasks");
    json_begin(&j, '[');
    for (size_t i = 0; i < a->n_tasks; i++) put_task(&j, &a->tasks[i], a->run.lang);
    json_end(&j, ']');
    json_key(&j, "coverage");
    json_begin(&j, '[');
    for (size_t i = 0; i < a->n_frameworks; i++) put_framework(&j, &a->frameworks[i]);
    json_end(&j, ']');
    json_end(&j, '}');
    buf_char(out, '\n');
}
