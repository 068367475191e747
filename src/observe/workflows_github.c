/* GitHub Actions: workflows and the repository's own actions. Reference: docs.github.com "Workflow syntax". */
#include <ctype.h>

#include "base/yaml.h"
#include "observe/actions.h"
#include "observe/commands.h"
#include "observe/content_rows.h"
#include "observe/downloads.h"

#define ANSWERED_MAX 64 /* steps of a file whose answer is looked for: each looks through what comes after it */

struct reading {
    struct content *c;
    struct job job;
    int64_t line;
    bool dispatch_only; /* only a person starts it */
    int answered;       /* steps looked after so far */
};

bool workflow_github_wants(const struct place *pl)
{
    if (!text_is(pl->ext, "yml|yaml")) return false;
    return str_eq(pl->dir, STR(".github/workflows/")) ||
           (str_starts(pl->dir, STR(".github/actions/")) && str_eq(pl->stem, STR("action"))) ||
           (!pl->dir.n && str_eq(pl->stem, STR("action")));
}

static void leave_role(void *arg, const char *role)
{
    struct reading *r = arg;
    rows_step(r->c, &r->job, r->line, role);
}

static bool is_commit(struct str ref)
{
    if (ref.n != 40 && ref.n != 64) return false;
    for (size_t i = 0; i < ref.n; i++)
        if (!isxdigit((unsigned char)ref.p[i])) return false;
    return true;
}

static bool word_is(const struct yaml_node *m, struct str key, const char *value)
{
    return str_eq_nocase(yaml_text(yaml_find(m, key)), str_from(value));
}

/* What an action does can hang on its inputs. */
static void read_action_roles(struct reading *r, struct str action, const struct yaml_node *with)
{
    if (str_starts_nocase(action, STR("docker/build-push-action"))) {
        struct str push = yaml_text(yaml_find(with, STR("push")));
        leave_role(r, "build");
        if (push.n && !str_eq_nocase(push, STR("false"))) leave_role(r, "release");
        struct str provenance = yaml_text(yaml_find(with, STR("provenance"))),
                   sbom = yaml_text(yaml_find(with, STR("sbom")));
        if (provenance.n && !str_eq_nocase(provenance, STR("false"))) leave_role(r, "provenance");
        if (str_eq_nocase(sbom, STR("true"))) leave_role(r, "sbom");
        return;
    }
    if (str_starts_nocase(action, STR("aquasecurity/trivy-action"))) {
        struct str type = yaml_text(yaml_find(with, STR("scan-type")));
        leave_role(r, text_is(type, "fs|repo|rootfs") ? "sca"
                      : str_eq(type, STR("config"))   ? "sast"
                                                      : "container_scan");
        return;
    }
    if (str_starts_nocase(action, STR("snyk/actions/docker"))) {
        leave_role(r, "container_scan");
        return;
    }
    if (str_starts_nocase(action, STR("snyk/actions/iac")) || str_starts_nocase(action, STR("gradle/"))) {
        struct str arguments = yaml_text(yaml_find(with, STR("arguments")));
        if (str_starts_nocase(action, STR("gradle/")) && arguments.n && arguments.n < 1000)
            commands_read(r->c, &r->job, r->line, arena_printf(r->c->arena, "gradle " STR_FMT, STR_ARG(arguments)));
        return;
    }
    if (str_starts_nocase(action, STR("crazy-max/ghaction-import-gpg")) &&
        !word_is(with, STR("git_tag_gpgsign"), "true") && !word_is(with, STR("git_commit_gpgsign"), "true"))
        return; /* only brings the key: the step that signs says so itself */
    if (str_starts_nocase(action, STR("goreleaser/"))) {
        struct str args = yaml_text(yaml_find(with, STR("args")));
        if (!str_has(args, STR("release")) || str_has(args, STR("--snapshot"))) {
            leave_role(r, "build");
            return;
        }
    }
    const char *workflow = memmem(action.p, action.n, "/.github/workflows/", 19);
    if (workflow) {
        struct place pl = place_of(str_slice(action, (size_t)(workflow - action.p) + 1, action.n), NULL);
        const char *role = command_target_role(pl.stem);
        if (role) leave_role(r, role);
    }
    actions_roles(action, leave_role, r);
    if (str_starts_nocase(action, STR("pypa/gh-action-pypi-publish"))) {
        /* attests by itself since 1.11, unless told not to */
        if (word_is(with, STR("attestations"), "true")) leave_role(r, "provenance");
    }
}

static void read_uses(struct reading *r, const struct yaml_node *node, const struct yaml_node *with, int64_t line)
{
    struct str uses = str_trim(yaml_text(node));
    if (!uses.n) return;
    r->line = line;
    if (str_starts(uses, STR("docker://"))) {
        rows_image(r->c, line, uses);
        return;
    }
    if (str_starts(uses, STR("./")) || str_starts(uses, STR("../"))) return; /* a file of its own */
    const char *at = memchr(uses.p, '@', uses.n);
    struct str action = at ? str_slice(uses, 0, (size_t)(at - uses.p)) : uses,
               ref = at ? str_slice(uses, action.n + 1, uses.n) : STR("");
    bool own = str_starts_nocase(action, STR("actions/")) || str_starts_nocase(action, STR("github/"));
    if (!str_has(uses, STR("${{"))) rows_pin(r->c, line, "action", uses, is_commit(ref), own);
    read_action_roles(r, action, with);
}

static bool mentions(const struct yaml_node *n, struct str what)
{
    if (!n) return false;
    if (n->kind == YAML_SCALAR) return str_has_nocase(n->text, what);
    for (size_t i = 0; i < n->n; i++)
        if (mentions(n->kind == YAML_MAPPING ? n->pairs[i].value : n->items[i], what)) return true;
    return false;
}

/* A step may go on after an error because a later one looks at how it ended, or hands its findings to the host, which
 * can stop the change for them. */
static bool is_answered(struct reading *r, const struct yaml_node *steps, size_t at)
{
    const struct yaml_node *step = steps->items[at];
    struct str id = str_trim(yaml_text(yaml_find(step, STR("id"))));
    struct str outcome = id.n ? arena_printf(r->c->arena, "steps." STR_FMT ".", STR_ARG(id)) : STR_NONE;
    bool sarif = mentions(step, STR("sarif"));
    if ((!id.n && !sarif) || ++r->answered > ANSWERED_MAX) return r->answered > ANSWERED_MAX;
    for (size_t i = at + 1; i < steps->n; i++) {
        const struct yaml_node *later = steps->items[i];
        if (outcome.n && mentions(later, outcome)) return true;
        if (sarif && str_starts_nocase(str_trim(yaml_text(yaml_find(later, STR("uses")))),
                                       STR("github/codeql-action/upload-sarif")))
            return true;
    }
    return false;
}

static void read_steps(struct reading *r, const struct yaml_node *steps)
{
    if (!steps || steps->kind != YAML_SEQUENCE) return;
    bool job_allows = r->job.allow_failure;
    for (size_t i = 0; i < steps->n; i++) {
        const struct yaml_node *step = steps->items[i];
        if (word_is(step, STR("if"), "false") ||
            str_eq(str_trim(yaml_text(yaml_find(step, STR("if")))), STR("${{ false }}")))
            continue;
        r->job.allow_failure =
            job_allows || (yaml_bool(yaml_find(step, STR("continue-on-error")), false) && !is_answered(r, steps, i));
        const struct yaml_pair *uses = yaml_pair_of(step, STR("uses"));
        const struct yaml_node *run = yaml_find(step, STR("run"));
        if (uses) read_uses(r, uses->value, yaml_find(step, STR("with")), uses->line);
        struct str shell = yaml_text(yaml_find(step, STR("shell")));
        if (run && run->kind == YAML_SCALAR && !str_starts(shell, STR("python")) && !str_starts(shell, STR("perl"))) {
            commands_read(r->c, &r->job, run->line, run->text);
            downloads_read(r->c, run->line, run->text);
        }
    }
    r->job.allow_failure = job_allows;
}

static const char *level_of(struct str s)
{
    return str_eq(s, STR("write")) || str_eq(s, STR("write-all")) ? "write"
           : str_eq(s, STR("read")) || str_eq(s, STR("read-all")) ? "read"
           : str_eq(s, STR("none"))                               ? "none"
                                                                  : NULL;
}

/* `permissions:` of a workflow or job; false when it says nothing. */
static bool read_permissions(struct content *c, const struct yaml_node *owner, struct str job)
{
    const struct yaml_pair *pair = yaml_pair_of(owner, STR("permissions"));
    if (!pair) return false;
    const struct yaml_node *p = pair->value;
    if (p->kind == YAML_SCALAR) {
        const char *level = level_of(p->text);
        if (level)
            ROW(c, T_CI_PERMISSION, INT(pair->line), TEXT(job), CTEXT("all"), CTEXT(level));
        else if (!p->text.n)
            ROW(c, T_CI_PERMISSION, INT(pair->line), TEXT(job), CTEXT("all"), CTEXT("none"));
        return true;
    }
    if (p->kind != YAML_MAPPING) return true;
    if (!p->n) ROW(c, T_CI_PERMISSION, INT(pair->line), TEXT(job), CTEXT("all"), CTEXT("none"));
    for (size_t i = 0; i < p->n; i++) {
        const char *level = level_of(yaml_text(p->pairs[i].value));
        if (level)
            ROW(c, T_CI_PERMISSION, INT(p->pairs[i].line), TEXT(job), TEXT(text_visible(c->arena, p->pairs[i].key, 60)),
                CTEXT(level));
    }
    return true;
}

static struct str environment_of(struct arena *a, const struct yaml_node *job)
{
    const struct yaml_node *e = yaml_find(job, STR("environment"));
    struct str name = e && e->kind == YAML_MAPPING ? yaml_text(yaml_find(e, STR("name"))) : yaml_text(e);
    return name.n ? text_visible(a, name, 100) : STR_NONE;
}

static void read_image(struct reading *r, const struct yaml_node *owner, struct str key)
{
    const struct yaml_pair *pair = yaml_pair_of(owner, key);
    if (!pair) return;
    const struct yaml_pair *image = yaml_pair_of(pair->value, STR("image"));
    if (pair->value->kind == YAML_SCALAR)
        rows_image(r->c, pair->line, pair->value->text);
    else if (image)
        rows_image(r->c, image->line, yaml_text(image->value));
}

/* true when the job says what its token may do */
static bool read_job(struct reading *r, const struct yaml_pair *pair)
{
    const struct yaml_node *job = pair->value;
    struct arena *a = r->c->arena;
    r->job = (struct job){.name = text_visible(a, pair->key, 100), .environment = environment_of(a, job)};
    r->job.manual = r->job.environment.p || r->dispatch_only;
    r->job.allow_failure = yaml_bool(yaml_find(job, STR("continue-on-error")), false);
    bool says = read_permissions(r->c, job, r->job.name);
    if (word_is(job, STR("if"), "false") || str_eq(str_trim(yaml_text(yaml_find(job, STR("if")))), STR("${{ false }}")))
        return says;
    read_image(r, job, STR("container"));
    const struct yaml_node *services = yaml_find(job, STR("services"));
    if (services && services->kind == YAML_MAPPING)
        for (size_t i = 0; i < services->n; i++) read_image(r, services, services->pairs[i].key);
    const struct yaml_pair *uses = yaml_pair_of(job, STR("uses"));
    if (uses) read_uses(r, uses->value, yaml_find(job, STR("with")), uses->line);
    read_steps(r, yaml_find(job, STR("steps")));
    return says;
}

/* `on:` as a word, a list or a mapping */
static bool has_trigger(const struct yaml_node *on, const char *name)
{
    if (!on) return false;
    if (on->kind == YAML_SCALAR) return str_eq(on->text, str_from(name));
    for (size_t i = 0; on->kind == YAML_SEQUENCE && i < on->n; i++)
        if (str_eq(yaml_text(on->items[i]), str_from(name))) return true;
    return on->kind == YAML_MAPPING && yaml_pair_of(on, str_from(name)) != NULL;
}

static const char *read_workflow(struct content *c, const struct yaml_node *root, bool *on_push, bool *on_change)
{
    struct reading r = {.c = c};
    const struct yaml_node *on = yaml_get(root, STR("on")), *jobs = yaml_get(root, STR("jobs"));
    if (!root || root->kind != YAML_MAPPING) return "not a workflow";
    *on_push = has_trigger(on, "push");
    *on_change =
        has_trigger(on, "pull_request") || has_trigger(on, "pull_request_target") || has_trigger(on, "merge_group");
    r.dispatch_only = has_trigger(on, "workflow_dispatch") && on->kind != YAML_MAPPING
                          ? on->n < 2
                          : on && on->kind == YAML_MAPPING && on->n == 1 && has_trigger(on, "workflow_dispatch");
    if (!jobs || jobs->kind != YAML_MAPPING) return "no jobs";
    bool says = read_permissions(c, root, STR_NONE), all = jobs->n > 0;
    for (size_t i = 0; i < jobs->n; i++)
        if (!read_job(&r, &jobs->pairs[i])) all = false;
    if (!says && !all) ROW(c, T_CI_PERMISSION, INT(1), NOTHING, CTEXT("all"), CTEXT("unset"));
    return NULL;
}

static void read_action(struct content *c, const struct yaml_node *root)
{
    struct reading r = {.c = c, .job = {.name = STR_NONE, .environment = STR_NONE}};
    const struct yaml_node *runs = yaml_get(root, STR("runs"));
    read_steps(&r, yaml_find(runs, STR("steps")));
    const struct yaml_pair *image = yaml_pair_of(runs, STR("image"));
    if (image && str_starts(yaml_text(image->value), STR("docker://")))
        rows_image(c, image->line, yaml_text(image->value));
}

void workflow_github_read(struct content *c, struct str text)
{
    struct ctx cx;
    ctx_init(&cx);
    struct yaml y;
    enum rc rc = yaml_read(&cx, text, YAML_LENIENT, &y);
    const struct yaml_node *root = y.n ? y.documents[0] : NULL;
    bool on_push = false, on_change = false, workflow = str_eq(c->place.dir, STR(".github/workflows/"));
    const char *error = NULL;
    if (rc != OK || !root)
        error = arena_cstr(c->arena, rc != OK ? str_from(cx.message) : STR("empty file"));
    else if (workflow)
        error = read_workflow(c, root, &on_push, &on_change);
    else
        read_action(c, root);
    if (workflow || !error || c->place.depth)
        ROW(c, T_CI_FILE, CTEXT("github"), INT(on_push), INT(on_change), CTEXT(error));
    ctx_release(&cx);
}
