/* GitLab CI. Reference: docs.gitlab.com "CI/CD YAML syntax reference". `extends` is followed within the file. */
#include <ctype.h>

#include "base/yaml.h"
#include "observe/commands.h"
#include "observe/content_rows.h"
#include "observe/downloads.h"

#define EXTENDS_MAX 8   /* levels */
#define SCRIPT_DEPTH 10 /* nested lists of a script */

static const char not_jobs[] =
    "default|include|stages|variables|workflow|image|services|cache|before_script|after_script|spec|types";

/* GitLab's own templates and components: a part of their name → role. */
static const struct {
    const char *part, *role;
} templates[] = {
    {"secret-detection", "secret_scan"},
    {"dependency-scanning", "sca"},
    {"container-scanning", "container_scan"},
    {"dast", "dast"},
    {"coverage-fuzzing", "fuzz"},
    {"api-fuzzing", "fuzz"},
    {"sast-iac", "sast"},
    {"sast", "sast"},
    {"code-quality", "lint"},
    {"accessibility", "accessibility"},
    {"auto-devops", "test"},
    {"auto-devops", "deploy"},
    {"jobs/test", "test"},
    {"jobs/deploy", "deploy"},
};

bool workflow_gitlab_wants(const struct place *pl)
{
    if (!text_is(pl->ext, "yml|yaml") || pl->sample) return false;
    return (!pl->dir.n && str_eq(pl->stem, STR(".gitlab-ci"))) || str_starts(pl->dir, STR(".gitlab/ci/")) ||
           str_starts(pl->dir, STR(".gitlab-ci/")) || (str_ends(pl->stem, STR(".gitlab-ci")) && pl->depth < 4);
}

static bool is_commit(struct str ref)
{
    if (ref.n != 40 && ref.n != 64) return false;
    for (size_t i = 0; i < ref.n; i++)
        if (!isxdigit((unsigned char)ref.p[i])) return false;
    return true;
}

static void read_template(struct content *c, int64_t line, struct str name)
{
    struct job j = {.name = STR_NONE, .environment = STR_NONE};
    for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++)
        if (str_has_nocase(name, str_from(templates[i].part))) {
            rows_step(c, &j, line, templates[i].role);
            if (!str_starts(str_from(templates[i].part), STR("auto"))) return;
        }
}

static void read_include(struct content *c, const struct yaml_node *n, int depth)
{
    if (!n || depth > 2) return;
    if (n->kind == YAML_SCALAR) {
        if (str_starts(n->text, STR("http"))) rows_pin(c, n->line, "include", n->text, false, false);
        return;
    }
    if (n->kind == YAML_SEQUENCE) {
        for (size_t i = 0; i < n->n; i++) read_include(c, n->items[i], depth + 1);
        return;
    }
    const struct yaml_pair *p;
    if ((p = yaml_pair_of(n, STR("template")))) {
        read_template(c, p->line, yaml_text(p->value));
    } else if ((p = yaml_pair_of(n, STR("component")))) {
        struct str v = yaml_text(p->value);
        const char *at = v.n ? memrchr(v.p, '@', v.n) : NULL;
        struct str ref = at ? str_slice(v, (size_t)(at - v.p) + 1, v.n) : STR("");
        bool own = str_starts(v, STR("gitlab.com/components/")) || str_starts(v, STR("$CI_SERVER_FQDN/components/"));
        rows_pin(c, p->line, "include", v, is_commit(ref), own);
        read_template(c, p->line, v);
    } else if ((p = yaml_pair_of(n, STR("remote")))) {
        bool fixed = yaml_pair_of(n, STR("integrity")) != NULL;
        rows_pin(c, p->line, "include", yaml_text(p->value), fixed, false);
    } else if ((p = yaml_pair_of(n, STR("project")))) {
        struct str ref = yaml_text(yaml_get(n, STR("ref"))), project = yaml_text(p->value);
        if (!str_has(project, STR("$CI_PROJECT_PATH")))
            rows_pin(c, p->line, "include",
                     ref.n ? arena_printf(c->arena, STR_FMT "@" STR_FMT, STR_ARG(str_slice(project, 0, 300)),
                                          STR_ARG(str_slice(ref, 0, 100)))
                           : project,
                     is_commit(ref), false);
    }
}

static void read_image(struct content *c, const struct yaml_pair *p)
{
    if (!p) return;
    if (p->value->kind == YAML_SCALAR) rows_image(c, p->line, p->value->text);
    const struct yaml_pair *name = yaml_pair_of(p->value, STR("name"));
    if (name) rows_image(c, name->line, yaml_text(name->value));
}

static void read_images(struct content *c, const struct yaml_node *owner)
{
    read_image(c, yaml_pair_of(owner, STR("image")));
    const struct yaml_node *services = yaml_get(owner, STR("services"));
    for (size_t i = 0; services && services->kind == YAML_SEQUENCE && i < services->n; i++) {
        const struct yaml_node *s = services->items[i];
        if (s->kind == YAML_SCALAR)
            rows_image(c, s->line, s->text);
        else
            read_image(c, yaml_pair_of(s, STR("name")));
    }
}

static void read_script(struct content *c, const struct job *j, const struct yaml_node *n, int depth)
{
    if (!n || depth > SCRIPT_DEPTH) return;
    if (n->kind == YAML_SCALAR) {
        commands_read(c, j, n->line, n->text);
        downloads_read(c, n->line, n->text);
    }
    for (size_t i = 0; n->kind == YAML_SEQUENCE && i < n->n; i++) read_script(c, j, n->items[i], depth + 1);
}

/* A key of a job, or of what it extends. */
static const struct yaml_node *inherited(const struct yaml_node *root, const struct yaml_node *job, struct str key,
                                         int depth)
{
    const struct yaml_node *v = yaml_find(job, key);
    if (v || depth > EXTENDS_MAX) return v;
    const struct yaml_node *e = yaml_find(job, STR("extends"));
    if (e && e->kind == YAML_SCALAR) return inherited(root, yaml_get(root, e->text), key, depth + 1);
    for (size_t i = e && e->kind == YAML_SEQUENCE ? e->n : 0; i > 0 && !v && e->n < 20; i--)
        v = inherited(root, yaml_get(root, yaml_text(e->items[i - 1])), key, depth + 4);
    return v;
}

static bool is_manual(const struct yaml_node *rules)
{
    for (size_t i = 0; rules && rules->kind == YAML_SEQUENCE && i < rules->n; i++)
        if (str_eq(yaml_text(yaml_find(rules->items[i], STR("when"))), STR("manual"))) return true;
    return false;
}

static bool speaks_of_changes(const struct yaml_node *n, int depth)
{
    if (!n || depth > 6) return false;
    if (n->kind == YAML_SCALAR)
        return str_has(n->text, STR("merge_request")) || str_has(n->text, STR("CI_MERGE_REQUEST"));
    for (size_t i = 0; i < n->n; i++)
        if (speaks_of_changes(n->kind == YAML_SEQUENCE ? n->items[i] : n->pairs[i].value, depth + 1)) return true;
    return false;
}

static void read_job(struct content *c, const struct yaml_node *root, const struct yaml_pair *pair)
{
    const struct yaml_node *job = pair->value;
    struct arena *a = c->arena;
    const struct yaml_node *environment = inherited(root, job, STR("environment"), 0);
    struct str env = environment && environment->kind == YAML_MAPPING ? yaml_text(yaml_find(environment, STR("name")))
                                                                      : yaml_text(environment);
    const struct yaml_node *allow = inherited(root, job, STR("allow_failure"), 0);
    struct job j = {.name = text_visible(a, pair->key, 100),
                    .environment = env.n ? text_visible(a, env, 100) : STR_NONE};
    j.manual = str_eq(yaml_text(inherited(root, job, STR("when"), 0)), STR("manual")) ||
               is_manual(inherited(root, job, STR("rules"), 0));
    j.allow_failure = allow && allow->kind == YAML_SCALAR && yaml_bool(allow, false);
    read_images(c, job);
    read_script(c, &j, inherited(root, job, STR("before_script"), 0), 0);
    read_script(c, &j, inherited(root, job, STR("script"), 0), 0);
    read_script(c, &j, inherited(root, job, STR("after_script"), 0), 0);
    if (yaml_find(job, STR("release")))
        rows_step(c, &j, yaml_pair_of(job, STR("release")) ? yaml_pair_of(job, STR("release"))->line : pair->line,
                  "release");
    bool stops = environment && str_eq(yaml_text(yaml_find(environment, STR("action"))), STR("stop"));
    if (j.environment.p && !stops)
        rows_step(c, &j, pair->line, str_has_nocase(j.name, STR("rollback")) ? "rollback" : "deploy");
    const struct yaml_node *extends = yaml_find(job, STR("extends"));
    if (yaml_find(job, STR("coverage"))) rows_step(c, &j, pair->line, "coverage");
    if (extends && extends->kind == YAML_SCALAR && !yaml_get(root, extends->text))
        read_template(c, pair->line, extends->text);
}

static const char *read_root(struct content *c, const struct yaml_node *root, bool *on_change)
{
    if (!root || root->kind != YAML_MAPPING) return "not a pipeline";
    read_include(c, yaml_get(root, STR("include")), 0);
    read_images(c, root);
    const struct yaml_node *standard = yaml_get(root, STR("default"));
    if (standard) read_images(c, standard);
    *on_change = speaks_of_changes(yaml_get(root, STR("workflow")), 0);
    for (size_t i = 0; i < root->n; i++) {
        const struct yaml_pair *p = &root->pairs[i];
        if (text_is(p->key, not_jobs) || p->value->kind != YAML_MAPPING) continue;
        if (!*on_change && (speaks_of_changes(yaml_find(p->value, STR("rules")), 0) ||
                            speaks_of_changes(yaml_find(p->value, STR("only")), 0)))
            *on_change = true;
        if (str_starts(p->key, STR(".")))
            read_images(c, p->value); /* a template: its steps count where it is extended */
        else
            read_job(c, root, p);
    }
    return NULL;
}

void workflow_gitlab_read(struct content *c, struct str text)
{
    struct ctx cx;
    ctx_init(&cx);
    struct yaml y;
    enum rc rc = yaml_read(&cx, text, YAML_LENIENT, &y);
    bool on_change = false;
    const char *error = rc != OK ? arena_cstr(c->arena, str_from(cx.message)) : NULL;
    /* a first document may only hold `spec:` */
    if (rc == OK) error = y.n ? read_root(c, y.documents[y.n - 1], &on_change) : "empty file";
    /* pipelines run for every push unless `workflow` narrows it; that is read as running */
    ROW(c, T_CI_FILE, CTEXT("gitlab"), INT(1), INT(on_change), CTEXT(error));
    ctx_release(&cx);
}
