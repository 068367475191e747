/* SARIF 2.1.0 (OASIS), for code hosts and editors: one result per finding of a violated point. The finding's id is the
 * partial fingerprint, so that a viewer follows it over lines; accepted and excused findings are suppressed, not left
 * out. */
#include "base/json.h"
#include "reports/formats.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static struct str rule_id(struct ctx *cx, const struct obligation_result *o)
{
    return arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(o->def->task), STR_ARG(o->def->key));
}

static const char *level(const struct task_result *t, const struct obligation_result *o)
{
    if (!rules_is_must(o)) return "note";
    return rules_priority(t) <= PRIORITY_HIGH ? "error" : "warning";
}

static void put_text(struct json *j, const char *key, struct str text)
{
    json_key(j, key);
    json_begin(j, '{');
    json_put_str(j, "text", text);
    json_end(j, '}');
}

static void put_rule(struct ctx *cx, struct json *j, const struct task_result *t, const struct obligation_result *o,
                     enum lang lang)
{
    json_begin(j, '{');
    json_put_str(j, "id", rule_id(cx, o));
    put_text(j, "shortDescription", o->def->text[lang]);
    put_text(j, "fullDescription", t->def->summary[lang]);
    json_key(j, "defaultConfiguration");
    json_begin(j, '{');
    json_put_cstr(j, "level", level(t, o));
    json_end(j, '}');
    json_key(j, "properties");
    json_begin(j, '{');
    json_put_str(j, "task", t->def->title[lang]);
    json_put_cstr(j, "priority", priority_name(rules_priority(t)));
    json_put_cstr(j, "strength", strength_name(o->def->strength));
    json_key(j, "tags");
    json_begin(j, '[');
    for (size_t i = 0; i < t->def->n_controls; i++) {
        const struct catalog_mapping *m = &t->def->controls[i];
        json_str(j, arena_printf(&cx->arena, STR_FMT ":" STR_FMT " " STR_FMT, STR_ARG(m->framework->name),
                                 STR_ARG(m->framework->edition), STR_ARG(m->control->id)));
    }
    json_end(j, ']');
    json_end(j, '}');
    json_end(j, '}');
}

/* RFC 3986: unreserved characters and slashes as they are. A leading "//" would name a host. */
static struct str uri_of(struct ctx *cx, struct str path)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(&cx->arena, 3 * path.n + 1), *p = out;
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~/", c))) {
            *p++ = (char)c;
        } else {
            *p++ = '%';
            *p++ = hex[c >> 4];
            *p++ = hex[c & 15];
        }
    }
    return (struct str){out, (size_t)(p - out)};
}

static void put_location(struct ctx *cx, struct json *j, const struct finding *f)
{
    json_key(j, "locations");
    json_begin(j, '[');
    json_begin(j, '{');
    if (f->path.n) {
        json_key(j, "physicalLocation");
        json_begin(j, '{');
        json_key(j, "artifactLocation");
        json_begin(j, '{');
        json_put_str(j, "uri", uri_of(cx, f->path));
        json_put_cstr(j, "uriBaseId", "%SRCROOT%");
        json_end(j, '}');
        if (f->line) {
            json_key(j, "region");
            json_begin(j, '{');
            json_put_int(j, "startLine", f->line);
            json_end(j, '}');
        }
        json_end(j, '}');
    }
    json_key(j, "logicalLocations");
    json_begin(j, '[');
    json_begin(j, '{');
    json_put_str(j, "fullyQualifiedName", f->subject);
    json_end(j, '}');
    json_end(j, ']');
    json_end(j, '}');
    json_end(j, ']');
}

static void put_suppression(struct json *j, struct str justification)
{
    json_begin(j, '{');
    json_put_cstr(j, "kind", "external");
    json_put_cstr(j, "status", "accepted");
    json_put_str(j, "justification", justification);
    json_end(j, '}');
}

/* What it is excused by: an exception of the organization, a baseline. */
static void put_suppressions(struct ctx *cx, struct json *j, const struct finding *f)
{
    if (!f->baseline && !f->exception) return;
    json_key(j, "suppressions");
    json_begin(j, '[');
    if (f->exception) put_suppression(j, str_from(exception_name(f->exception)));
    if (f->baseline)
        put_suppression(
            j, arena_printf(&cx->arena, STR_FMT ", " STR_FMT, STR_ARG(f->baseline_owner), STR_ARG(f->baseline_until)));
    json_end(j, ']');
}

static void put_result(struct ctx *cx, struct json *j, const struct task_result *t, const struct obligation_result *o,
                       int64_t rule, const struct finding *f)
{
    json_begin(j, '{');
    json_put_str(j, "ruleId", rule_id(cx, o));
    json_put_int(j, "ruleIndex", rule);
    json_put_cstr(j, "level", level(t, o));
    put_text(j, "message", arena_printf(&cx->arena, STR_FMT "\n\n" STR_FMT, STR_ARG(f->message), STR_ARG(f->fix)));
    put_location(cx, j, f);
    json_key(j, "partialFingerprints");
    json_begin(j, '{');
    json_put_str(j, "sinettiFindingId/v1", f->id);
    json_end(j, '}');
    put_suppressions(cx, j, f);
    json_end(j, '}');
}

static void put_rules(struct ctx *cx, struct json *j, const struct assessment *a)
{
    json_key(j, "rules");
    json_begin(j, '[');
    for (size_t i = 0; i < a->n_tasks; i++)
        for (size_t k = 0; k < a->tasks[i].n_obligations; k++)
            put_rule(cx, j, &a->tasks[i], &a->tasks[i].obligations[k], a->run.lang);
    json_end(j, ']');
}

static void put_results(struct ctx *cx, struct json *j, const struct assessment *a)
{
    int64_t rule = 0;
    json_key(j, "results");
    json_begin(j, '[');
    for (size_t i = 0; i < a->n_tasks; i++)
        for (size_t k = 0; k < a->tasks[i].n_obligations; k++, rule++) {
            const struct obligation_result *o = &a->tasks[i].obligations[k];
            for (size_t m = 0; o->verdict == VERDICT_VIOLATED && m < o->n_findings; m++)
                put_result(cx, j, &a->tasks[i], o, rule, &o->findings[m]);
        }
    json_end(j, ']');
}

void report_sarif(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out)
{
    struct json j;
    (void)s;
    json_init(&j, out, true);
    json_begin(&j, '{');
    json_put_cstr(&j, "$schema", SCHEMA);
    json_put_cstr(&j, "version", "2.1.0");
    json_key(&j, "runs");
    json_begin(&j, '[');
    json_begin(&j, '{');
    json_key(&j, "tool");
    json_begin(&j, '{');
    json_key(&j, "driver");
    json_begin(&j, '{');
    json_put_cstr(&j, "name", "sinetti");
    json_put_cstr(&j, "semanticVersion", SINETTI_VERSION);
    json_put_cstr(&j, "language", lang_name(a->run.lang));
    put_rules(cx, &j, a);
    json_end(&j, '}');
    json_end(&j, '}');
    json_put_cstr(&j, "columnKind", "unicodeCodePoints");
    put_results(cx, &j, a);
    json_key(&j, "properties");
    json_begin(&j, '{');
    json_put_str(&j, "head", a->repository.head);
    json_put_cstr(&j, "catalog", a->run.catalog_digest);
    json_end(&j, '}');
    json_end(&j, '}');
    json_end(&j, ']');
    json_end(&j, '}');
    buf_char(out, '\n');
}
