/* sinetti fact: events of the audit log, by hand and in batches. */
#include "cli/fact.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/common.h"
#include "facts/subject.h"
#include "ledger/canonical.h"
#include "store/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti fact add KIND SUBJECT [--payload FILE] [--key KEY]   records a fact, prints its number\n"
    "       sinetti fact add --batch FILE        a fact a line: {\"kind\": …, \"subject\": …, \"payload\": {…}},\n"
    "                                            \"key\" if it is to have one; each number is printed once the\n"
    "                                            fact is durable; stops at the first line that is refused\n"
    "       sinetti fact list [--kind K] [--subject S] [--after N] [--limit N] [--format text|json]\n"
    "       sinetti fact show N [--format text|json]\n"
    "What is added so came in by its operator. docs/formats/subjects.md tells kinds and subjects; the ID of a\n"
    "new person, group, project, repo, change or release is drawn when it is written as `new` (person:new).\n\n"
    "  --payload FILE     what happened, as JSON; - for standard input ({}, when not given)\n"
    "  --key KEY          asking again with the same key adds nothing and gives the same answer\n"
    "  --clock-is-right   the machine's clock is, though it says that more than a day has passed\n"
    "  --catalog DIR      another catalog than the built-in one\n"
    "  --data DIR         the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "fact list of a server, the newest first:\n" REMOTE_HELP
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum {
    OPTION_DATA = OPTION_OWN,
    OPTION_PAYLOAD,
    OPTION_KEY,
    OPTION_BATCH,
    OPTION_KIND,
    OPTION_SUBJECT,
    OPTION_AFTER,
    OPTION_LIMIT,
    OPTION_CLOCK
};

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"payload", required_argument, NULL, OPTION_PAYLOAD},
                                      {"key", required_argument, NULL, OPTION_KEY},
                                      {"batch", required_argument, NULL, OPTION_BATCH},
                                      {"kind", required_argument, NULL, OPTION_KIND},
                                      {"subject", required_argument, NULL, OPTION_SUBJECT},
                                      {"after", required_argument, NULL, OPTION_AFTER},
                                      {"limit", required_argument, NULL, OPTION_LIMIT},
                                      {"clock-is-right", no_argument, NULL, OPTION_CLOCK},
                                      {"format", required_argument, NULL, OPTION_FORMAT},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      REMOTE_TABLE,
                                      {0}};

/* --- what is to be recorded */

static enum rc open_input(struct ctx *cx, const char *name, int *fd)
{
    *fd = strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    return *fd >= 0 ? OK : fail(cx, E_IO, "%s: cannot read: %s", str_visible(cx, str_from(name)), strerror(errno));
}

static void close_input(int fd)
{
    if (fd > STDIN_FILENO) close(fd);
}

/* The whole file; of one that is too large no more than tells so. */
static enum rc read_payload(struct ctx *cx, const char *name, struct str *out)
{
    scoped_buf bytes;
    int fd;
    buf_init(&bytes, LIMIT_BODY);
    *out = STR("{}");
    if (!name) return OK;
    TRY(open_input(cx, name, &fd));
    bool fine = file_read_all(fd, &bytes);
    int failure = errno;
    close_input(fd);
    const char *shown = str_visible(cx, str_from(name));
    if (!fine) return fail(cx, E_IO, "%s: cannot read: %s", shown, strerror(failure));
    if (bytes.failed) return fail(cx, E_LIMIT, "%s: a payload has at most %llu bytes", shown, LIMIT_BODY);
    *out = arena_str(&cx->arena, buf_view(&bytes));
    return OK;
}

/* person:new becomes one with an ID that is drawn; true when it did. */
static bool draw_id(struct ctx *cx, struct str *subject)
{
    static const enum subject_type types[] = {SUBJECT_PERSON, SUBJECT_GROUP,  SUBJECT_PROJECT,
                                              SUBJECT_REPO,   SUBJECT_CHANGE, SUBJECT_RELEASE};
    char id[SUBJECT_ID + 1];
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const char *name = subject_type_name(types[i]);
        if (!str_eq(*subject, arena_printf(&cx->arena, "%s:new", name))) continue;
        subject_new_id(id);
        *subject = arena_printf(&cx->arena, "%s:%s", name, id);
        return true;
    }
    return false;
}

struct body fact_by_operator(struct str kind, struct str subject, struct str payload)
{
    return (struct body){.actor = STR("unknown"),
                         .credential = STR(""),
                         .kind = kind,
                         .subject = subject,
                         .via = STR("operator"),
                         .payload = payload};
}

void fact_tell_late(const struct facts_answer *a)
{
    if (a->late > 1000000)
        fprintf(stderr, "sinetti: the clock is %lld s behind the last fact, whose time was taken\n",
                (long long)(a->late / 1000000));
}

static enum rc add(struct ctx *cx, struct fact_arguments *a)
{
    struct facts_answer answer;
    struct str subject = str_from(a->operands[1]), payload;
    bool drawn = draw_id(cx, &subject);
    TRY(read_payload(cx, a->payload, &payload));
    struct body b = fact_by_operator(str_from(a->operands[0]), subject, payload);
    struct facts_request r = {.facts = &b, .n = 1, .key = a->key ? str_from(a->key) : STR("")};
    TRY(facts_append(cx, a->facts, &r, &answer));
    fact_tell_late(&answer);
    if (drawn)
        printf("%llu " STR_FMT "\n", (unsigned long long)answer.n, STR_ARG(subject));
    else
        printf("%llu\n", (unsigned long long)answer.n);
    return OK;
}

static enum rc batch(struct ctx *cx, struct fact_arguments *a)
{
    int fd;
    TRY(open_input(cx, a->batch, &fd));
    enum rc rc = fact_batch(cx, a->facts, fd);
    close_input(fd);
    return rc;
}

/* --- the command */

static enum rc take_number(struct ctx *cx, const char *option, const char *value, int64_t *out)
{
    if (str_to_i64(str_from(value), 0, CANONICAL_MAX, out)) return OK;
    return fail(cx, E_INVALID, "%s: \"%s\" is no number", option, str_visible(cx, str_from(value)));
}

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct fact_arguments *a = arguments;
    switch (code) {
    case OPTION_DATA:
        a->data = value;
        return OK;
    case OPTION_PAYLOAD:
        a->payload = value;
        return OK;
    case OPTION_KEY:
        a->key = value;
        return *value ? OK : fail(cx, E_INVALID, "--key: it is empty");
    case OPTION_BATCH:
        a->batch = value;
        return OK;
    case OPTION_KIND:
        a->kind = value;
        return OK;
    case OPTION_SUBJECT:
        a->subject = value;
        return OK;
    case OPTION_AFTER:
        return take_number(cx, "--after", value, &a->after);
    case OPTION_LIMIT:
        return take_number(cx, "--limit", value, &a->limit);
    case OPTION_CLOCK:
        a->clock_is_right = true;
        return OK;
    case OPTION_CATALOG:
        a->catalog = value;
        return OK;
    case OPTION_FORMAT:
        return common_json(cx, value, &a->json);
    default:
        a->by_server = true;
        return remote_option(cx, &a->remote, code, value);
    }
}

typedef enum rc verb(struct ctx *cx, struct fact_arguments *a);

static enum rc find_verb(struct ctx *cx, struct fact_arguments *a, int n, char **words, verb **out)
{
    *out = n == 0                      ? NULL
           : !strcmp(words[0], "add")  ? (a->batch ? batch : add)
           : !strcmp(words[0], "list") ? fact_list
           : !strcmp(words[0], "show") ? fact_show
                                       : NULL;
    if (!*out) return fail(cx, E_INVALID, "say what to do: add, list or show");
    int wanted = *out == add ? 2 : *out == fact_show ? 1 : 0;
    if (n - 1 != wanted)
        return fail(cx, E_INVALID,
                    *out == add ? "fact add takes a kind and a subject, or --batch"
                    : wanted    ? "fact show takes a number"
                                : "fact %s takes options only",
                    words[0]);
    for (int i = 0; i < wanted; i++) a->operands[i] = words[i + 1];
    if (*out == fact_show) TRY(take_number(cx, "fact show", words[1], &a->number));
    if ((a->payload || a->key) && *out != add)
        return fail(cx, E_INVALID, "--payload and --key are of `fact add KIND SUBJECT`");
    if ((a->batch || a->clock_is_right || a->catalog) && *out != add && *out != batch)
        return fail(cx, E_INVALID, "--batch, --clock-is-right and --catalog are of `fact add`");
    if ((a->kind || a->subject || a->after >= 0 || a->limit >= 0) && *out != fact_list)
        return fail(cx, E_INVALID, "--kind, --subject, --after and --limit are of `fact list`");
    if (a->json && *out != fact_list && *out != fact_show)
        return fail(cx, E_INVALID, "--format is of `fact list` and `fact show`");
    if (a->by_server && *out != fact_list) return fail(cx, E_INVALID, "--server is of `fact list`");
    if (a->by_server && (a->data || a->after >= 0))
        return fail(cx, E_INVALID, "--data and --after do not go with --server");
    a->writes = *out == add || *out == batch;
    return OK;
}

static enum rc run(struct ctx *cx, struct fact_arguments *a, verb *v)
{
    struct config c;
    if (a->by_server) return fact_list_server(cx, a);
    a->data = config_folder(a->data);
    TRY(config_read(cx, a->data, &c));
    if (!a->writes) return v(cx, a);
    struct catalog *catalog;
    struct facts_options o = {.clock_is_right = a->clock_is_right};
    TRY(a->catalog ? catalog_load(cx, a->catalog, &catalog) : catalog_builtin(cx, &catalog));
    common_progress(cx);
    enum rc rc = facts_open(cx, a->data, catalog, &o, &a->facts);
    common_progress_end();
    if (rc == OK) rc = v(cx, a);
    facts_close(a->facts);
    catalog_free(catalog);
    return rc;
}

int cli_fact(int argc, char **argv)
{
    struct fact_arguments a = {.after = -1, .limit = -1};
    verb *v = NULL;
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && find_verb(&cx, &a, argc - optind, argv + optind, &v) != OK) out = common_wrong(&cx, "fact");
    if (out < 0 && v) {
        enum rc rc = run(&cx, &a, v);
        if (fflush(stdout) != 0 && rc == OK) rc = fail(&cx, E_IO, "standard output: cannot write: %s", strerror(errno));
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
    }
    ctx_release(&cx);
    return out;
}
