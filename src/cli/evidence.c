/* sinetti evidence: hands in reports about a commit, for automation; on a data folder, or on a server with a token that
 * may do nothing else. */
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "cli/common.h"
#include "cli/identity.h"
#include "cli/remote.h"
#include "files/files.h"
#include "gates/evidence_in.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti evidence add FILE... --commit ID --repo NAME [OPTIONS]\n"
    "Hands in reports about a commit of a repository with a gate: JUnit XML, SARIF 2.1.0, CycloneDX, LCOV, Cobertura,\n"
    "in-toto statements in a DSSE envelope, Scorecard's JSON. What each is, is read from its content. They count for\n"
    "every commit of the same tree. A report that was handed in before is recorded once.\n\n"
    "  --commit ID        the commit that was tested or analysed ($CI_COMMIT_SHA, $GITHUB_SHA)\n"
    "  --repo NAME        its repository, by name or id ($SINETTI_REPOSITORY)\n"
    "  --name NAME        what tells the report from others on the same content; a later one of the same name takes "
    "its\n"
    "                     place (the job, $CI_JOB_NAME or $GITHUB_JOB, and the file's name)\n"
    "  --format text|json\n"
    "  --data DIR         the data folder ($SINETTI_DATA), or:\n" REMOTE_HELP
    "  --catalog DIR      another catalog than the built-in one (of a folder)\n"
    "exit codes: 0 all are recorded, 2 wrong usage, 3 one is refused or unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_COMMIT, OPTION_REPO, OPTION_NAME };

static const struct option table[] = {REMOTE_TABLE,
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"commit", required_argument, NULL, OPTION_COMMIT},
                                      {"repo", required_argument, NULL, OPTION_REPO},
                                      {"name", required_argument, NULL, OPTION_NAME},
                                      {"format", required_argument, NULL, OPTION_FORMAT},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    struct identity_data d;
    struct remote remote;
    const char *commit, *repo, *name;
    bool json, by_server;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_DATA:
        a->d.data.dir = value;
        return OK;
    case OPTION_CATALOG:
        a->d.data.catalog = value;
        return OK;
    case OPTION_COMMIT:
        a->commit = value;
        return OK;
    case OPTION_REPO:
        a->repo = value;
        return OK;
    case OPTION_NAME:
        a->name = value;
        return OK;
    case OPTION_FORMAT:
        return common_json(cx, value, &a->json);
    default:
        a->by_server = a->by_server || code == OPTION_SERVER;
        return remote_option(cx, &a->remote, code, value);
    }
}

static const char *first_of(const char *given, const char *one, const char *two)
{
    const char *v = given ? given : getenv(one);
    return v || !two ? v : getenv(two);
}

/* "unit/TEST-a.xml": two jobs that write a file of the same name do not take each other's place. */
static struct str name_of(struct ctx *cx, const struct arguments *a, const char *file)
{
    const char *job = first_of(NULL, "CI_JOB_NAME", "GITHUB_JOB"), *slash = strrchr(file, '/');
    if (a->name) return str_from(a->name);
    file = slash ? slash + 1 : file;
    struct str out = job && *job ? arena_printf(&cx->arena, "%s/%s", job, file) : str_from(file);
    return str_slice(out, 0, EVIDENCE_NAME);
}

static enum rc say(struct ctx *cx, const struct arguments *a, const char *file, const char *type, struct str name,
                   struct str commit, int64_t fact, bool repeated)
{
    scoped_buf out;
    struct json j;
    buf_init(&out, 0);
    if (!a->json) {
        buf_printf(&out, "%s: %s for " STR_FMT ", event %lld%s\n", str_visible(cx, str_from(file)), type,
                   STR_ARG(commit), (long long)fact, repeated ? " (recorded before)" : "");
        return common_print(cx, buf_view(&out));
    }
    json_init(&j, &out, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "file", file);
    json_put_cstr(&j, "type", type);
    json_put_str(&j, "name", name);
    json_put_str(&j, "commit", commit);
    json_put_int(&j, "event", fact);
    json_put_bool(&j, "repeated", repeated);
    json_end(&j, '}');
    buf_char(&out, '\n');
    return common_print(cx, buf_view(&out));
}

/* --- on a folder */

/* A copy in the data folder, since what is kept is moved there. */
static enum rc copy(struct ctx *cx, const char *from, const char *to, int *fd, struct evidence_wish *w)
{
    struct digest d;
    uint8_t sum[32];
    char hex[65], part[64 * KIB];
    ssize_t n = 0;
    struct stat s;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in >= 0 && fstat(in, &s) == 0 && s.st_size > (off_t)LIMIT_EVIDENCE)
        w->size = s.st_size; /* is not begun with; what grows meanwhile, or is no file, is counted as it comes */
    *fd = in < 0 || w->size ? -1 : open(to, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    digest_init(&d);
    while (*fd >= 0 && (n = read(in, part, sizeof part)) > 0) {
        const struct str bytes = {part, (size_t)n};
        digest_add(&d, bytes);
        w->size += n;
        if (w->size > (int64_t)LIMIT_EVIDENCE || !file_write_all(*fd, bytes)) break;
    }
    int fault = errno;
    if (in >= 0) (void)close(in);
    if (w->size > (int64_t)LIMIT_EVIDENCE) return fail(cx, E_LIMIT, "it is larger than %llu MiB", LIMIT_EVIDENCE / MIB);
    if (in < 0 || *fd < 0 || n != 0) return fail(cx, E_IO, "%s", strerror(fault));
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, hex);
    w->digest = arena_str(&cx->arena, str_from(hex));
    w->path = to;
    w->fd = *fd;
    return OK;
}

static enum rc add_here(struct ctx *cx, struct arguments *a, const struct gate_place *place, const char *file)
{
    struct evidence_wish w = {.commit = str_from(a->commit), .name = name_of(cx, a, file)};
    struct evidence_done done;
    const char *beside = arena_printf(&cx->arena, "%s/.evidence-%ld", a->d.data.dir, (long)getpid()).p;
    int fd;
    enum rc rc = copy(cx, file, beside, &fd, &w);
    if (rc == OK)
        rc =
            evidence_take(cx, a->d.facts, a->d.ledger, a->d.state, a->d.data.dir, place, &identity_operator, &w, &done);
    if (fd >= 0) (void)close(fd);
    (void)unlink(beside); /* where it was not kept */
    TRY(rc);
    return say(cx, a, file, evidence_format_name(done.said.type), w.name, done.commit, (int64_t)done.fact,
               done.repeated);
}

/* --- on a server */

static const struct api_operation *operation(void)
{
    for (size_t i = 0; i < api_operations_n; i++)
        if (!strcmp(api_operations[i].id, "evidence_add")) return &api_operations[i];
    return NULL;
}

static enum rc add_there(struct ctx *cx, struct arguments *a, const char *file)
{
    struct remote_call call = {.op = operation(), .file = fopen(file, "re")};
    struct str name = name_of(cx, a, file);
    scoped_buf out;
    json_error_t error;
    buf_init(&out, LIMIT_BODY);
    if (!call.file) return fail(cx, E_IO, "%s", strerror(errno));
    for (size_t i = 0; call.op && i < call.op->n_parameters; i++) {
        const char *p = call.op->parameters[i].name;
        call.values[i] = !strcmp(p, "repository") ? str_from(a->repo)
                         : !strcmp(p, "commit")   ? str_from(a->commit)
                                                  : name;
    }
    enum rc rc = remote_do(cx, &a->remote, &call, &out);
    (void)fclose(call.file);
    TRY(rc);
    json_t *answer = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, &error);
    rc = answer ? say(cx, a, file, arena_cstr(&cx->arena, json_member(answer, "type")), name,
                      json_member(answer, "commit"), json_integer_value(json_object_get(answer, "id")),
                      json_is_true(json_object_get(answer, "repeated")))
                : fail(cx, E_IO, "the server's answer is no JSON");
    json_decref(answer);
    return rc;
}

/* Each by itself: what is wrong with one holds no other back. */
static int add_all(struct ctx *cx, struct arguments *a, char **files, int n)
{
    bool there = a->by_server || (!a->d.data.dir && getenv("SINETTI_SERVER"));
    struct gate_place place;
    int out = EXIT_FINE;
    enum rc rc = there ? remote_open(cx, &a->remote) : identity_data_open(cx, &a->d);
    if (rc == OK && !there) rc = state_migrate(cx, a->d.state, &files_state); /* where no server has run yet */
    if (rc == OK && !there) rc = gate_place_find(cx, a->d.ledger, a->d.data.dir, str_from(a->repo), &place);
    if (rc != OK) out = common_failed(cx, rc);
    for (int i = 0; rc == OK && i < n; i++) {
        struct ctx own;
        ctx_init(&own);
        enum rc one = there ? add_there(&own, a, files[i]) : add_here(&own, a, &place, files[i]);
        if (one != OK) {
            fprintf(stderr, "sinetti: %s: %s\n", str_visible(&own, str_from(files[i])), own.message);
            if (out != EXIT_INTERNAL) out = one == E_INTERNAL ? EXIT_INTERNAL : EXIT_UNREADABLE;
        }
        ctx_release(&own);
    }
    if (there)
        remote_close(&a->remote);
    else
        identity_data_close(&a->d);
    return out;
}

int cli_evidence(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    int files = argc - optind - 1;
    a.commit = first_of(a.commit, "CI_COMMIT_SHA", "GITHUB_SHA");
    a.repo = first_of(a.repo, "SINETTI_REPOSITORY", NULL);
    const char *wrong = out >= 0                                        ? NULL
                        : files < 1 || strcmp(argv[optind], "add") != 0 ? "add FILE... is expected"
                        : !a.commit                                     ? "--commit is missing"
                        : !a.repo                                       ? "--repo is missing"
                        : a.name && files > 1                           ? "--name is for one file"
                                                                        : NULL;
    if (wrong) {
        (void)fail(&cx, E_INVALID, "%s", wrong);
        out = common_wrong(&cx, "evidence");
    }
    if (out < 0) out = add_all(&cx, &a, argv + optind + 1, files);
    ctx_release(&cx);
    return out;
}
