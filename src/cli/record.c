/* sinetti record: items of registers, on a data folder or a server. */
#include "cli/record.h"

#include "cli/common.h"

#include <errno.h>
#include <stdio.h>

static const char help[] =
    "usage: sinetti record list [KIND]            the registers, or the items of one\n"
    "       sinetti record show ITEM              one item: GUI-3\n"
    "       sinetti record put KIND|ITEM NAME=VALUE...\n"
    "                                             a new item, or a new version of one\n"
    "       sinetti record import KIND FILE       items from a CSV file, all or none (- is standard input)\n"
    "       sinetti record export KIND            items as CSV that import reads, XLSX or JSON\n"
    "       sinetti record deploy OPTIONS         a deployment, as automation records it (`record deploy --help`)\n"
    "Works on a data folder as its operator. KIND is a register's key or prefix (guideline, GUI). NAME is a column as\n"
    "in the CSV: title, owner, shows or a field's key. docs/formats/csv.md tells how values are written.\n\n"
    "  --dry-run          import, put: only say what would come of it\n"
    "  --match FIELD      import: rows are matched with items by this field or title, not by number\n"
    "  --state STATE, --phase open|in_force|closed, --owner OWNER, --q TEXT, --overdue\n"
    "                     list, export: only such items\n"
    "  --format FORMAT    text or json; of export csv, xlsx or json\n"
    "  --output FILE      export: where to (standard output)\n"
    "  --plain            export: a CSV without its last line, which tells when and of what it was made\n"
    "  --lang en|fi       language of texts (en)\n"
    "  --data DIR         the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "  --catalog DIR      another catalog than the built-in one\n"
    "exit codes: 0 fine, 1 the file has faults, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum {
    OPTION_DATA = OPTION_OWN,
    OPTION_DRY,
    OPTION_MATCH,
    OPTION_STATE,
    OPTION_PHASE,
    OPTION_OWNER,
    OPTION_Q,
    OPTION_OVERDUE,
    OPTION_OUTPUT,
    OPTION_PLAIN
};

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"dry-run", no_argument, NULL, OPTION_DRY},
                                      {"match", required_argument, NULL, OPTION_MATCH},
                                      {"state", required_argument, NULL, OPTION_STATE},
                                      {"phase", required_argument, NULL, OPTION_PHASE},
                                      {"owner", required_argument, NULL, OPTION_OWNER},
                                      {"q", required_argument, NULL, OPTION_Q},
                                      {"overdue", no_argument, NULL, OPTION_OVERDUE},
                                      {"output", required_argument, NULL, OPTION_OUTPUT},
                                      {"plain", no_argument, NULL, OPTION_PLAIN},
                                      {"format", required_argument, NULL, OPTION_FORMAT},
                                      {"lang", required_argument, NULL, OPTION_LANG},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

static enum rc take_format(struct ctx *cx, struct record_arguments *a, const char *value)
{
    a->has_format = true;
    a->json = !strcmp(value, "json");
    if (!strcmp(value, "text")) {
        a->has_format = false;
        return OK;
    }
    return export_format_find(str_from(value), &a->format)
               ? OK
               : fail(cx, E_INVALID, "--format is text or json; of export csv, xlsx or json");
}

static enum rc take_filter(struct ctx *cx, struct record_arguments *a, int code, const char *value)
{
    struct str *places[] = {&a->filter.state, &a->filter.phase, &a->filter.owner, &a->filter.q};
    *places[code - OPTION_STATE] = str_from(value);
    if (code != OPTION_PHASE || !strcmp(value, "open") || !strcmp(value, "in_force") || !strcmp(value, "closed"))
        return OK;
    return fail(cx, E_INVALID, "--phase is open, in_force or closed");
}

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct record_arguments *a = arguments;
    switch (code) {
    case OPTION_DATA:
        a->data = value;
        return OK;
    case OPTION_CATALOG:
        a->catalog = value;
        return OK;
    case OPTION_MATCH:
        a->match = value;
        return OK;
    case OPTION_OUTPUT:
        a->output = value;
        return OK;
    case OPTION_DRY:
        a->dry = true;
        return OK;
    case OPTION_PLAIN:
        a->plain = true;
        return OK;
    case OPTION_OVERDUE:
        a->filter.overdue = true;
        return OK;
    case OPTION_FORMAT:
        return take_format(cx, a, value);
    case OPTION_LANG:
        return common_lang(cx, value, &a->lang);
    default:
        return take_filter(cx, a, code, value);
    }
}

typedef enum rc verb(struct ctx *cx, struct record_arguments *a);
static const struct {
    const char *name;
    verb *run;
    int least, most; /* operands */
    const char *takes;
} verbs[] = {
    {"list", record_list, 0, 1, "at most a register"},
    {"show", record_show, 1, 1, "an item, like GUI-3"},
    {"put", record_put, 2, 1000, "a register or an item, and NAME=VALUE for each field"},
    {"import", record_import, 2, 2, "a register and a file"},
    {"export", record_export, 1, 1, "a register"},
};

static enum rc find_verb(struct ctx *cx, struct record_arguments *a, int n, char **words, verb **out)
{
    if (n == 0) return fail(cx, E_INVALID, "say what to do: list, show, put, import or export");
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(words[0], verbs[i].name) != 0) continue;
        a->operands = words + 1;
        a->n = n - 1;
        *out = verbs[i].run;
        if (a->n < verbs[i].least || a->n > verbs[i].most)
            return fail(cx, E_INVALID, "record %s takes %s", words[0], verbs[i].takes);
        return OK;
    }
    return fail(cx, E_INVALID, "there is no `record %s`: list, show, put, import or export",
                str_visible(cx, str_from(words[0])));
}

enum rc record_find_kind(struct ctx *cx, const struct catalog *c, const char *name, const struct record_kind **kind,
                         int64_t *number)
{
    struct str whole = str_from(name), rest = whole, head;
    *number = 0;
    *kind = NULL;
    (void)str_cut(&rest, strchr(name, '/') ? '/' : '-', &head);
    if (rest.p && !str_to_i64(rest, 1, INT64_MAX, number))
        return fail(cx, E_INVALID, "%s: write an item like GUI-3", str_visible(cx, whole));
    for (size_t i = 0; i < c->n_records; i++)
        if (str_eq(c->records[i].key, head) || str_eq_nocase(c->records[i].prefix, head)) *kind = &c->records[i];
    return *kind ? OK
                 : fail(cx, E_NOTFOUND, "there is no register %s: `sinetti record list` names them",
                        str_visible(cx, head));
}

int cli_record(int argc, char **argv)
{
    struct record_arguments a = {0};
    verb *v = NULL;
    struct ctx cx;
    if (argc > 1 && !strcmp(argv[1], "deploy")) return cli_record_deploy(argc - 1, argv + 1);
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && find_verb(&cx, &a, argc - optind, argv + optind, &v) != OK) out = common_wrong(&cx, "record");
    if (out < 0 && v) {
        enum rc rc = v(&cx, &a);
        if (fflush(stdout) != 0 && rc == OK) rc = fail(&cx, E_IO, "standard output: cannot write: %s", strerror(errno));
        out = rc == OK ? EXIT_FINE : rc == E_INVALID && a.n > 1 ? EXIT_FAULTS : rc_exit(rc);
        if (rc != OK) fprintf(stderr, "sinetti: %s\n", cx.message);
    }
    ctx_release(&cx);
    return out;
}
