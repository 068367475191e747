/* sinetti record deploy: what version was put where, for automation; on a data folder, or on a server with a token that
 * may do nothing else. */
#include "base/digest.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli/record.h"
#include "exchange/deploy.h"
#include "ledger/log_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: sinetti record deploy --service SERVICE --environment ENVIRONMENT --version VERSION --decision TEXT\n"
    "                             [OPTIONS]\n"
    "Records a deployment in the release log, once however often it is run, and prints what stands there. SERVICE and\n"
    "ENVIRONMENT are items: SER-1 or their titles. People are addresses or names.\n\n"
    "  --decision TEXT    where or why it was decided\n"
    "  --decided-by WHO   who decided\n"
    "  --rollback         it was taken back to this version\n"
    "  --failed           it failed, and the version before runs on\n"
    "  --at TIME          when (RFC 3339; now)\n"
    "  --who WHO          who did it, when it was a person\n"
    "  --automation URL   the run that did it ($CI_JOB_URL, or that of GitHub Actions)\n"
    "  --commit OID       ($CI_COMMIT_SHA, $GITHUB_SHA)\n"
    "  --repository NAME, --release ITEM, --changes ITEMS, --notes TEXT\n"
    "  --key KEY          what it is known by (service, environment, version, outcome and run)\n"
    "  --format text|json\n"
    "  --data DIR         the data folder ($SINETTI_DATA), or:\n" REMOTE_HELP
    "  --catalog DIR      another catalog than the built-in one (of a folder)\n"
    "exit codes: 0 recorded, or there already; 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum {
    OPTION_DATA = OPTION_OWN,
    OPTION_KEY,
    OPTION_AT,
    OPTION_ROLLBACK,
    OPTION_FAILED,
    OPTION_FIRST /* and the fields */
};

static const struct option table[] = {REMOTE_TABLE,
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"key", required_argument, NULL, OPTION_KEY},
                                      {"at", required_argument, NULL, OPTION_AT},
                                      {"rollback", no_argument, NULL, OPTION_ROLLBACK},
                                      {"failed", no_argument, NULL, OPTION_FAILED},
                                      {"service", required_argument, NULL, OPTION_FIRST + DEPLOY_SERVICE},
                                      {"environment", required_argument, NULL, OPTION_FIRST + DEPLOY_ENVIRONMENT},
                                      {"version", required_argument, NULL, OPTION_FIRST + DEPLOY_VERSION},
                                      {"who", required_argument, NULL, OPTION_FIRST + DEPLOY_WHO},
                                      {"automation", required_argument, NULL, OPTION_FIRST + DEPLOY_AUTOMATION},
                                      {"decided-by", required_argument, NULL, OPTION_FIRST + DEPLOY_DECIDED_BY},
                                      {"decision", required_argument, NULL, OPTION_FIRST + DEPLOY_DECISION},
                                      {"release", required_argument, NULL, OPTION_FIRST + DEPLOY_RELEASE},
                                      {"changes", required_argument, NULL, OPTION_FIRST + DEPLOY_CHANGES},
                                      {"repository", required_argument, NULL, OPTION_FIRST + DEPLOY_REPOSITORY},
                                      {"commit", required_argument, NULL, OPTION_FIRST + DEPLOY_COMMIT},
                                      {"notes", required_argument, NULL, OPTION_FIRST + DEPLOY_NOTES},
                                      {"format", required_argument, NULL, OPTION_FORMAT},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    struct deploy deploy;
    struct remote remote;
    const char *data, *catalog;
    bool json, by_server;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_DATA:
        a->data = value;
        return OK;
    case OPTION_CATALOG:
        a->catalog = value;
        return OK;
    case OPTION_KEY:
        a->deploy.key = str_from(value);
        return *value ? OK : fail(cx, E_INVALID, "--key: it is empty");
    case OPTION_AT:
        return time_parse(str_from(value), &a->deploy.at) == OK
                   ? OK
                   : fail(cx, E_INVALID, "--at: a time like 2026-11-25T14:05:00Z");
    case OPTION_ROLLBACK:
        a->deploy.values[DEPLOY_TYPE] = STR("rollback");
        return OK;
    case OPTION_FAILED:
        a->deploy.values[DEPLOY_OUTCOME] = STR("failed");
        return OK;
    case OPTION_FORMAT:
        return common_json(cx, value, &a->json);
    default:
        if (code < OPTION_FIRST || code >= OPTION_FIRST + DEPLOY_FIELDS) {
            a->by_server = a->by_server || code == OPTION_SERVER;
            return remote_option(cx, &a->remote, code, value);
        }
        a->deploy.values[code - OPTION_FIRST] = str_from(value);
        return OK;
    }
}

/* --- what the automation says of itself */

static void from_environment(struct ctx *cx, struct deploy *d)
{
    const char *server = getenv("GITHUB_SERVER_URL"), *repo = getenv("GITHUB_REPOSITORY"),
               *run = getenv("GITHUB_RUN_ID");
    const char *url = getenv("CI_JOB_URL"), *commit = getenv("CI_COMMIT_SHA");
    if (!commit) commit = getenv("GITHUB_SHA");
    if (!d->values[DEPLOY_AUTOMATION].p && url) d->values[DEPLOY_AUTOMATION] = str_from(url);
    if (!d->values[DEPLOY_AUTOMATION].p && server && repo && run)
        d->values[DEPLOY_AUTOMATION] = arena_printf(&cx->arena, "%s/%s/actions/runs/%s", server, repo, run);
    if (!d->values[DEPLOY_COMMIT].p && commit) d->values[DEPLOY_COMMIT] = str_from(commit);
}

/* The same run, the same deployment. Without a run, the same time is. */
static void make_key(struct ctx *cx, struct deploy *d, bool has_time)
{
    static const enum deploy_field parts[] = {DEPLOY_SERVICE, DEPLOY_ENVIRONMENT, DEPLOY_VERSION,
                                              DEPLOY_TYPE,    DEPLOY_OUTCOME,     DEPLOY_AUTOMATION};
    struct digest h;
    uint8_t sum[32];
    char hex[65], at[32];
    if (d->key.n || (!d->values[DEPLOY_AUTOMATION].n && !has_time)) return;
    digest_init(&h);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        digest_field(&h, d->values[parts[i]].p ? d->values[parts[i]] : STR(""));
    if (has_time) digest_field(&h, str_from(time_format(d->at, at)));
    digest_final(&h, sum);
    digest_hex(sum, sizeof sum, hex);
    d->key = arena_printf(&cx->arena, "deploy-%s", hex);
}

/* --- doing it */

static enum rc print(struct ctx *cx, const struct arguments *a, struct str subject, struct str label, struct str title,
                     bool repeated)
{
    scoped_buf out;
    struct json j;
    buf_init(&out, 0);
    if (!a->json) {
        buf_printf(&out, STR_FMT " %s%s\n", STR_ARG(label), str_visible(cx, title),
                   repeated ? " (recorded before)" : "");
        return common_print(cx, buf_view(&out));
    }
    json_init(&j, &out, false);
    json_begin(&j, '{');
    json_put_str(&j, "subject", subject);
    json_put_str(&j, "label", label);
    json_put_str(&j, "title", title);
    json_put_bool(&j, "repeated", repeated);
    json_end(&j, '}');
    buf_char(&out, '\n');
    return common_print(cx, buf_view(&out));
}

static void complain(void *arg, const char *field, const char *text)
{
    fprintf(stderr, "sinetti: %s: %s\n", str_visible(arg, str_from(field)), text);
}

static enum rc on_folder(struct ctx *cx, struct arguments *a)
{
    struct identity_data d = {.data = {.dir = a->data, .catalog = a->catalog}};
    struct deploy_answer done;
    const struct records_by by = {.actor = identity_operator};
    enum rc rc = identity_data_open(cx, &d);
    if (rc == OK) rc = deploy_record(cx, d.facts, d.ledger, d.catalog, &by, &a->deploy, complain, cx, &done);
    if (rc == OK) {
        const struct record_kind *k = catalog_find_record(d.catalog, STR("deployment"));
        struct str label = arena_printf(&cx->arena, STR_FMT "-%lld", STR_ARG(k->prefix), (long long)done.number);
        rc = print(cx, a, done.subject, label, done.title, done.repeated);
    }
    identity_data_close(&d);
    return rc;
}

static const struct api_operation *operation(void)
{
    for (size_t i = 0; i < api_operations_n; i++)
        if (!strcmp(api_operations[i].id, "deployments_record")) return &api_operations[i];
    return NULL;
}

static struct str body_of(struct ctx *cx, const struct deploy *d)
{
    scoped_buf out;
    struct json j;
    char at[32];
    buf_init(&out, LIMIT_BODY);
    json_init(&j, &out, false);
    json_begin(&j, '{');
    for (int i = 0; i < DEPLOY_FIELDS; i++)
        if (d->values[i].n) json_put_str(&j, deploy_fields[i], d->values[i]);
    json_put_cstr(&j, "at", time_format(d->at, at));
    if (d->key.n) json_put_str(&j, "key", d->key);
    json_end(&j, '}');
    return arena_str(&cx->arena, buf_view(&out));
}

static enum rc on_server(struct ctx *cx, struct arguments *a)
{
    struct remote_call call = {.op = operation(), .body = body_of(cx, &a->deploy)};
    scoped_buf out;
    json_error_t error;
    buf_init(&out, LIMIT_BODY);
    enum rc rc = remote_open(cx, &a->remote);
    if (rc == OK) rc = remote_do(cx, &a->remote, &call, &out);
    remote_close(&a->remote);
    if (rc != OK) return rc;
    json_t *answer = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, &error);
    rc = answer ? print(cx, a, json_member(answer, "subject"), json_member(answer, "label"),
                        json_member(answer, "title"), json_is_true(json_object_get(answer, "repeated")))
                : fail(cx, E_IO, "the server's answer is no JSON");
    json_decref(answer);
    return rc;
}

int cli_record_deploy(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && argc != optind) {
        (void)fail(&cx, E_INVALID, "record deploy takes options only");
        out = common_wrong(&cx, "record deploy");
    }
    static const enum deploy_field must[] = {DEPLOY_SERVICE, DEPLOY_ENVIRONMENT, DEPLOY_VERSION, DEPLOY_DECISION};
    for (size_t i = 0; out < 0 && i < sizeof must / sizeof *must; i++)
        if (!a.deploy.values[must[i]].n) {
            (void)fail(&cx, E_INVALID, "--%s is missing", deploy_fields[must[i]]);
            out = common_wrong(&cx, "record deploy");
        }
    if (out < 0) {
        bool has_time = a.deploy.at != 0;
        from_environment(&cx, &a.deploy);
        make_key(&cx, &a.deploy, has_time);
        if (!has_time) a.deploy.at = time_now();
        enum rc rc = a.by_server || (!a.data && getenv("SINETTI_SERVER")) ? on_server(&cx, &a) : on_folder(&cx, &a);
        out = rc == OK ? EXIT_FINE : rc == E_INTERNAL ? EXIT_INTERNAL : EXIT_UNREADABLE;
        if (rc != OK) fprintf(stderr, "sinetti: %s\n", cx.message);
    }
    ctx_release(&cx);
    return out;
}
