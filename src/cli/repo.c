/* sinetti repo: repositories the program keeps itself, for its operator. */
#include "base/json.h"
#include "base/limits.h"
#include "cli/common.h"
#include "cli/identity.h"
#include "facts/subject.h"
#include "gates/connect.h"
#include "gates/expunge.h"
#include "gates/host.h"
#include "gates/mirror.h"
#include "gates/place.h"
#include "gates/seal.h"
#include "git/refname.h"
#include "records/append.h"
#include "serve/elsewhere.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: sinetti repo list [OPTIONS]\n"
    "       sinetti repo create NAME [--main BRANCH] [--import PATH] [--project ID] [OPTIONS]\n"
    "       sinetti repo protect NAME PATTERN [--reviewers N] [--method M] [--publisher WHO]... [--signatures]\n"
    "                    [--resolved] [OPTIONS]\n"
    "       sinetti repo unprotect NAME PATTERN --reason TEXT [OPTIONS]\n"
    "       sinetti repo connect NAME PATH --host KIND [--accounts HOST] [--main BRANCH] [--project ID] [OPTIONS]\n"
    "       sinetti repo disconnect NAME [OPTIONS]\n"
    "       sinetti repo mirror NAME (URL | --end) [--reason TEXT] [OPTIONS]\n"
    "       sinetti repo expunge NAME [OPTIONS]\n"
    "       sinetti repo keys [--replace] [OPTIONS]\n"
    "Repositories with a gate: kept in the data folder (`create`), served over HTTPS (`sinetti serve`) and SSH\n"
    "(`sinetti authorized-keys --help`); or kept by another host (`connect`). The main branch is protected from the\n"
    "start: what gets there has been reviewed by one other person. `keys` prints the keys by which the server signs\n"
    "what it publishes, as lines of allowed_signers (ssh-keygen(1)), for git verify-commit. `mirror` has the server\n"
    "push branches and tags to an empty repository elsewhere (https or ssh; keys of DIR/keys) after each move; its\n"
    "state is on the repository's page. `expunge` takes out of the history what one person has asked for and another\n"
    "agreed to (page Push gate; a server does it by itself), and says whether git has forgotten it.\n\n"
    "  --main BRANCH    its main branch (the one that HEAD of what is imported or connected names, else main)\n"
    "  --import PATH    takes over branches, tags and history of a repository on this machine\n"
    "  --project ID     project:ID it belongs to\n"
    "  --reviewers N    how many must approve, 0 to 9 (1)\n"
    "  --method M       how changes are published: merge, rebase, fast_forward (merge)\n"
    "  --publisher WHO  person:ID, group:ID or an address; may be given many times. None: whoever has the right\n"
    "  --signatures     each commit must be signed by its committer's own key; tags too, when it is the main branch\n"
    "  --resolved       every thread of a change's comments must be resolved\n"
    "  --reason TEXT    why\n"
    "  --host KIND      who keeps the bare repository at PATH: bare (git alone), gitolite, gitea, gitlab; the gate's "
    "hooks "
    "are\n"
    "                   written there (docs/hooks.md)\n"
    "  --accounts HOST  under which host people have declared their accounts there (KIND)\n"
    "  --end            the mirror is pushed to no more; what is there stays\n"
    "  --replace        the server signs by a new key from now on; what was signed by the old one stays good\n"
    "  --data DIR       the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "  --catalog DIR    another catalog than the built-in one\n"
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum {
    OPTION_DATA = OPTION_OWN,
    OPTION_MAIN,
    OPTION_IMPORT,
    OPTION_PROJECT,
    OPTION_REVIEWERS,
    OPTION_METHOD,
    OPTION_PUBLISHER,
    OPTION_REASON,
    OPTION_HOST,
    OPTION_ACCOUNTS,
    OPTION_REPLACE,
    OPTION_SIGNATURES,
    OPTION_END,
    OPTION_RESOLVED
};

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"main", required_argument, NULL, OPTION_MAIN},
                                      {"import", required_argument, NULL, OPTION_IMPORT},
                                      {"project", required_argument, NULL, OPTION_PROJECT},
                                      {"reviewers", required_argument, NULL, OPTION_REVIEWERS},
                                      {"method", required_argument, NULL, OPTION_METHOD},
                                      {"publisher", required_argument, NULL, OPTION_PUBLISHER},
                                      {"reason", required_argument, NULL, OPTION_REASON},
                                      {"host", required_argument, NULL, OPTION_HOST},
                                      {"accounts", required_argument, NULL, OPTION_ACCOUNTS},
                                      {"signatures", no_argument, NULL, OPTION_SIGNATURES},
                                      {"end", no_argument, NULL, OPTION_END},
                                      {"replace", no_argument, NULL, OPTION_REPLACE},
                                      {"resolved", no_argument, NULL, OPTION_RESOLVED},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

#define PUBLISHERS 200
struct arguments {
    struct identity_data d;
    const char *main, *import, *project, *method, *reason, *accounts, *publishers[PUBLISHERS];
    size_t n_publishers;
    int64_t reviewers;
    enum gate_host host; /* GATE_HOSTED: not said */
    bool replace, end, signatures, resolved;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    if (code == OPTION_DATA) a->d.data.dir = value;
    if (code == OPTION_MAIN) a->main = value;
    if (code == OPTION_IMPORT) a->import = value;
    if (code == OPTION_PROJECT) a->project = value;
    if (code == OPTION_METHOD) a->method = value;
    if (code == OPTION_REASON) a->reason = value;
    if (code == OPTION_ACCOUNTS) a->accounts = value;
    if (code == OPTION_HOST && !gate_host_find(str_from(value), &a->host))
        return fail(cx, E_INVALID, "--host: bare, gitolite, gitea or gitlab is expected");
    if (code == OPTION_REPLACE) a->replace = true;
    if (code == OPTION_SIGNATURES) a->signatures = true;
    if (code == OPTION_END) a->end = true;
    if (code == OPTION_RESOLVED) a->resolved = true;
    if (code == OPTION_CATALOG) a->d.data.catalog = value;
    if (code == OPTION_REVIEWERS && !str_to_i64(str_from(value), 0, 9, &a->reviewers))
        return fail(cx, E_INVALID, "--reviewers: a number from 0 to 9 is expected");
    if (code == OPTION_PUBLISHER) {
        if (a->n_publishers == PUBLISHERS) return fail(cx, E_LIMIT, "at most %d publishers", PUBLISHERS);
        a->publishers[a->n_publishers++] = value;
    }
    return OK;
}

static enum rc list(struct ctx *cx, struct arguments *a)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, a->d.ledger,
        STR("SELECT r.name, r.subject, r.main, (SELECT count(*) FROM fact_change c WHERE c.repository = "
            "r.subject AND c.state = 'open'), coalesce(r.gate, 'hosted') FROM fact_repository r WHERE (r.hosted "
            "OR r.gate IS NOT NULL) AND r.state = 'active' ORDER BY r.name"),
        &st));
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        for (int i = 0; i < 3; i++) printf("%s\t", str_visible(cx, store_column_str(st, i)));
        printf("%lld open\t%s\n", (long long)sqlite3_column_int64(st, 3), str_visible(cx, store_column_str(st, 4)));
    }
}

/* Empty: none was said. */
static struct str branch_of(struct ctx *cx, const struct arguments *a)
{
    return a->main ? refname_full(&cx->arena, str_from(a->main)) : STR("");
}

static enum rc create(struct ctx *cx, struct arguments *a, const char *name)
{
    struct str subject, main = branch_of(cx, a);
    const struct host_wish w = {.name = str_from(name),
                                .main = main,
                                .project = a->project ? str_from(a->project) : STR(""),
                                .import = a->import};
    TRY(host_create(cx, a->d.facts, a->d.data.dir, &identity_operator, &w, &subject));
    printf(STR_FMT "\n", STR_ARG(subject));
    return OK;
}

static enum rc connect_to(struct ctx *cx, struct arguments *a, const char *name, const char *path)
{
    struct str subject, main = branch_of(cx, a);
    const struct connect_wish w = {.name = str_from(name),
                                   .main = main,
                                   .project = a->project ? str_from(a->project) : STR(""),
                                   .host = a->host,
                                   .accounts = a->accounts ? str_from(a->accounts) : STR(""),
                                   .path = path};
    TRY(connect_repository(cx, a->d.facts, a->d.ledger, a->d.data.dir, &identity_operator, &w, &subject));
    printf(STR_FMT "\n", STR_ARG(subject));
    return OK;
}

static enum rc disconnect(struct ctx *cx, struct arguments *a, const char *name)
{
    return connect_end(cx, a->d.facts, a->d.ledger, a->d.data.dir, &identity_operator, str_from(name));
}

static enum rc publishers(struct ctx *cx, struct arguments *a, struct str **out)
{
    *out = arena_array(&cx->arena, struct str, PUBLISHERS);
    for (size_t i = 0; i < a->n_publishers; i++) {
        struct str who = str_from(a->publishers[i]);
        (*out)[i] = who;
        if (str_starts(who, STR("person:")) || str_starts(who, STR("group:"))) continue;
        TRY(identity_of_address(cx, a->d.ledger, who, &(*out)[i]));
        if (!(*out)[i].p) return fail(cx, E_NOTFOUND, "nobody here has the address \"%s\"", str_visible(cx, who));
    }
    return OK;
}

static enum rc protect(struct ctx *cx, struct arguments *a, const char *name, const char *pattern, bool active)
{
    struct gate_place place;
    struct str *list;
    TRY(gate_place_find(cx, a->d.ledger, a->d.data.dir, str_from(name), &place));
    TRY(publishers(cx, a, &list));
    const struct host_protection p = {.pattern = refname_full(&cx->arena, str_from(pattern)),
                                      .reviewers = a->reviewers,
                                      .method = str_from(a->method ? a->method : "merge"),
                                      .publishers = list,
                                      .n_publishers = a->n_publishers,
                                      .signatures = a->signatures,
                                      .resolved = a->resolved,
                                      .active = active,
                                      .reason = str_from(a->reason ? a->reason : "")};
    return host_protect(cx, a->d.facts, &identity_operator, &place, &p);
}

/* Where nothing was signed yet, the key comes to be by being asked for. */
static enum rc keys(struct ctx *cx, struct arguments *a)
{
    struct seal seal;
    scoped_buf lines;
    buf_init(&lines, 1 << 20);
    TRY(seal_open(cx, a->d.facts, a->d.ledger, a->d.data.dir, &seal));
    enum rc rc = a->replace ? seal_replace(cx, a->d.facts, &seal) : OK;
    if (rc == OK) rc = seal_lines(cx, a->d.ledger, &lines);
    if (rc == OK) printf("%.*s", (int)lines.n, lines.p);
    return rc;
}

static enum rc mirror(struct ctx *cx, struct arguments *a, const char *name, const char *url)
{
    struct gate_place place;
    struct elsewhere there;
    struct str reason = str_from(a->reason ? a->reason : "");
    TRY(gate_place_find(cx, a->d.ledger, a->d.data.dir, str_from(name), &place));
    if (!url) return mirror_set(cx, a->d.facts, &identity_operator, &place, STR(""), reason);
    TRY(elsewhere_open(cx, a->d.data.dir, place.id, str_from(url), &there));
    TRY(mirror_set(cx, a->d.facts, &identity_operator, &place, str_from(url), reason));
    struct str key = elsewhere_public_key(cx, &there);
    if (key.n) printf("it is to be let in there, and to write: " STR_FMT "\n", STR_ARG(key));
    return OK;
}

static enum rc expunge(struct ctx *cx, struct arguments *a, const char *name)
{
    const struct gate_caller by = {.person = STR("unknown"), .credential = STR("")};
    struct gate_place place;
    struct expunged done;
    TRY(gate_place_find(cx, a->d.ledger, a->d.data.dir, str_from(name), &place));
    TRY(expunge_run(cx, a->d.facts, a->d.data.dir, &place, &by, &done));
    if (!done.acts)
        printf("nothing waits; of what was taken out nothing is left\n");
    else
        printf(
            "%zu commits made again, %zu branches and tags moved, %zu patch sets taken away; the contents are gone\n",
            done.commits, done.refs, done.patch_sets);
    return OK;
}

enum verb {
    VERB_NONE,
    VERB_LIST,
    VERB_CREATE,
    VERB_PROTECT,
    VERB_UNPROTECT,
    VERB_CONNECT,
    VERB_DISCONNECT,
    VERB_KEYS,
    VERB_MIRROR,
    VERB_EXPUNGE
};

static enum verb find_verb(char **w, int n, const struct arguments *a)
{
    if (n == 1 && !strcmp(w[0], "list")) return VERB_LIST;
    if (n == 1 && !strcmp(w[0], "keys")) return VERB_KEYS;
    if (n == 2 && !strcmp(w[0], "create")) return VERB_CREATE;
    if (n == 3 && !strcmp(w[0], "protect")) return VERB_PROTECT;
    if (n == 3 && !strcmp(w[0], "connect") && a->host != GATE_HOSTED) return VERB_CONNECT;
    if (n == 2 && !strcmp(w[0], "disconnect")) return VERB_DISCONNECT;
    if (n == 2 && !strcmp(w[0], "expunge")) return VERB_EXPUNGE;
    if (n == (a->end ? 2 : 3) && !strcmp(w[0], "mirror")) return VERB_MIRROR;
    return n == 3 && !strcmp(w[0], "unprotect") && a->reason ? VERB_UNPROTECT : VERB_NONE;
}

static enum rc run(struct ctx *cx, struct arguments *a, enum verb v, char **w)
{
    TRY(identity_data_open(cx, &a->d));
    if (v == VERB_LIST) return list(cx, a);
    if (v == VERB_KEYS) return keys(cx, a);
    if (v == VERB_CREATE) return create(cx, a, w[1]);
    if (v == VERB_CONNECT) return connect_to(cx, a, w[1], w[2]);
    if (v == VERB_DISCONNECT) return disconnect(cx, a, w[1]);
    if (v == VERB_EXPUNGE) return expunge(cx, a, w[1]);
    if (v == VERB_MIRROR) return mirror(cx, a, w[1], a->end ? NULL : w[2]);
    return protect(cx, a, w[1], w[2], v == VERB_PROTECT);
}

int cli_repo(int argc, char **argv)
{
    struct arguments a = {.reviewers = PROTECTION_REVIEWERS};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    enum verb v = out < 0 ? find_verb(argv + optind, argc - optind, &a) : VERB_NONE;
    if (out < 0 && v == VERB_NONE) {
        (void)fail(
            &cx, E_INVALID,
            "list, keys, create NAME, protect NAME PATTERN, unprotect NAME PATTERN --reason TEXT, connect NAME PATH "
            "--host KIND, disconnect NAME, expunge NAME, or mirror NAME and URL or --end is expected");
        out = common_wrong(&cx, "repo");
    }
    if (out < 0) {
        enum rc rc = run(&cx, &a, v, argv + optind);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
        identity_data_close(&a.d);
    }
    ctx_release(&cx);
    return out;
}
