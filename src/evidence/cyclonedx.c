/* CycloneDX 1.x: components, with those that stand within others, and vulnerabilities. */
#include "evidence/readers.h"

#include "base/time.h"

struct bom {
    struct reading *r;
    bool format, version;
};

enum { FORMAT, VERSION, TIMESTAMP, COMPONENT, VULNERABILITY };

static const struct json_path paths[] = {
    {"bomFormat", FORMAT},
    {"specVersion", VERSION},
    {"metadata/timestamp", TIMESTAMP},
    {"components/*", COMPONENT},
    {"components/*/components/*", COMPONENT},
    {"components/*/components/*/components/*", COMPONENT},
    {"vulnerabilities/*", VULNERABILITY},
};

static void take_time(struct bom *b, struct str text)
{
    if (time_parse(text, &b->r->out->effective_at) != OK) b->r->out->effective_at = 0;
}

static enum rc take(void *arg, int id, enum json_event e, struct str value)
{
    struct bom *b = arg;
    if (id == FORMAT) b->format = e == SAW_TEXT && str_eq(value, STR("CycloneDX"));
    if (id == VERSION) b->version = e == SAW_TEXT && str_starts(value, STR("1."));
    if (id == TIMESTAMP && e == SAW_TEXT) take_time(b, value);
    if (id == COMPONENT && e == SAW_OBJECT) b->r->out->components++;
    if (id == VULNERABILITY && e == SAW_OBJECT) b->r->out->vulnerabilities++;
    return OK;
}

enum rc read_cyclonedx_json(struct reading *r)
{
    struct bom b = {.r = r};
    struct json_walk w = {.paths = paths, .n_paths = sizeof paths / sizeof *paths, .take = take, .arg = &b};
    r->out->type = EVIDENCE_CYCLONEDX;
    TRY(json_walk(r->cx, &w, r->in));
    if (!b.format) return fail(r->cx, E_INVALID, "bomFormat is not CycloneDX");
    return b.version ? OK : fail(r->cx, E_INVALID, "specVersion is none of CycloneDX 1");
}

/* --- as XML */

static enum rc take_element(void *arg, const struct xml_element *e, bool at_end)
{
    struct bom *b = arg;
    if (at_end) return OK;
    if (e->depth == 0) b->format = str_starts(e->space, STR("http://cyclonedx.org/schema/bom/1."));
    if (e->depth >= 2 && str_eq(e->name, STR("component")) && xml_attribute(e, "type").p) b->r->out->components++;
    if (e->depth == 2 && str_eq(e->name, STR("vulnerability"))) b->r->out->vulnerabilities++;
    return OK;
}

enum rc read_cyclonedx_xml(struct reading *r)
{
    struct bom b = {.r = r};
    const struct xml_walk w = {take_element, &b};
    r->out->type = EVIDENCE_CYCLONEDX;
    TRY(xml_walk(r->cx, &w, r->in));
    return b.format ? OK : fail(r->cx, E_INVALID, "its namespace is none of CycloneDX 1");
}
