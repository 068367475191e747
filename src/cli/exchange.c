/* sinetti import and export: tasks from and into files of other tools, the catalog and results as CISO Assistant has
 * them. */
#include "base/csv.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli/data.h"
#include "cli/identity.h"
#include "exchange/export.h"
#include "exchange/library_write.h"
#include "exchange/task_file.h"
#include "ledger/log_reader.h"
#include "records/care.h"
#include "rules/rules.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti import tasks FILE [--dry-run]   tasks from a CSV file of another tool, all or none (- is standard "
    "input)\n"
    "       sinetti export tasks                    tasks as CSV: who looks after each, and where it stands\n"
    "       sinetti export library                  tasks, points and mappings as a library of CISO Assistant (YAML)\n"
    "       sinetti export assessment               where each point stands, as its compliance assessment (CSV)\n"
    "A status in a file is kept as a claim: it is shown, and is never the task's status. docs/formats/tasks-csv.md "
    "tells the\n"
    "columns, docs/formats/libraries.md the library.\n\n"
    "  --dry-run      import: only say what would come of it\n"
    "  --output FILE  export: where to (standard output)\n"
    "  --plain        export: a CSV without its last line, which tells when and of what it was made\n"
    "  --lang en|fi   language of texts in CSV (en); a library has both\n"
    "  --now TIME     export: the evaluation's clock (RFC 3339; the machine's)\n"
    "  --data DIR     the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "  --catalog DIR  another catalog than the built-in one\n"
    "exit codes: 0 fine, 1 the file has faults, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_DRY, OPTION_OUTPUT, OPTION_PLAIN, OPTION_NOW_TIME };

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"dry-run", no_argument, NULL, OPTION_DRY},
                                      {"output", required_argument, NULL, OPTION_OUTPUT},
                                      {"plain", no_argument, NULL, OPTION_PLAIN},
                                      {"now", required_argument, NULL, OPTION_NOW_TIME},
                                      {"lang", required_argument, NULL, OPTION_LANG},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    const char *data, *catalog, *output, *what, *file;
    bool dry, plain;
    enum lang lang;
    int64_t now;
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
    case OPTION_OUTPUT:
        a->output = value;
        return OK;
    case OPTION_DRY:
        a->dry = true;
        return OK;
    case OPTION_PLAIN:
        a->plain = true;
        return OK;
    case OPTION_NOW_TIME:
        return time_parse(str_from(value), &a->now) == OK ? OK : fail(cx, E_INVALID, "--now is a time (RFC 3339)");
    case OPTION_LANG:
        return common_lang(cx, value, &a->lang);
    default:
        return fail(cx, E_INVALID, "no such option");
    }
}

/* --- in */

static void print_lines(const char *file, json_t *list, const char *what)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        const char *field = json_string_value(json_object_get(one, "field"));
        printf("%s:%lld: %s%s%s%s\n", file, (long long)json_integer_value(json_object_get(one, "line")), what, field,
               *field ? ": " : "", json_string_value(json_object_get(one, "text")));
    }
}

static void print_changes(struct ctx *cx, json_t *tasks)
{
    size_t i, k;
    json_t *task, *field;
    json_array_foreach(tasks, i, task) json_array_foreach(json_object_get(task, "fields"), k, field)
    {
        const char *before = json_string_value(json_object_get(field, "before"));
        const char *after = json_string_value(json_object_get(field, "after"));
        printf("%s %s: %s -> %s\n", json_string_value(json_object_get(task, "task")),
               json_string_value(json_object_get(field, "field")),
               *before ? str_visible(cx, str_from(before)) : "(none)",
               *after ? str_visible(cx, str_from(after)) : "(none)");
    }
}

static enum rc print_report(struct ctx *cx, const struct arguments *a, const struct task_file *f)
{
    scoped_buf text;
    struct json j;
    json_error_t error;
    buf_init(&text, 0);
    json_init(&j, &text, false);
    json_begin(&j, '{');
    task_file_report(f, a->lang, &j);
    json_end(&j, '}');
    TRY(buf_ok(&text));
    json_t *r = json_loadb(text.p, text.n, 0, &error);
    const char *file = str_visible(cx, str_from(a->file));
    print_lines(file, json_object_get(r, "faults"), "");
    print_lines(file, json_object_get(r, "left"), "left out: ");
    print_changes(cx, json_object_get(r, "tasks"));
    printf("%lld tasks %s, %lld unchanged; %lld statuses %s as claims\n",
           (long long)json_integer_value(json_object_get(r, "changed")), a->dry ? "would change" : "changed",
           (long long)json_integer_value(json_object_get(r, "unchanged")),
           (long long)json_integer_value(json_object_get(r, "claims")), a->dry ? "would be kept" : "kept");
    json_decref(r);
    return OK;
}

static enum rc import_tasks(struct ctx *cx, const struct arguments *a, int fd, struct identity_data *d)
{
    struct task_file *f;
    struct log_reader *r = NULL;
    const char *slash = strrchr(a->file, '/');
    struct str source = fd == STDIN_FILENO ? STR("CSV") : str_from(slash ? slash + 1 : a->file);
    TRY(task_file_read(cx, d->catalog, fd, str_from(str_visible(cx, source)), &f));
    TRY(log_reader_open(cx, d->data.dir, &r));
    enum rc rc = task_file_compare(cx, f, log_reader_db(r));
    log_reader_close(r);
    TRY(rc);
    TRY(print_report(cx, a, f));
    if (task_file_faults(f)) return fail(cx, E_INVALID, "nothing was imported");
    if (a->dry) return OK;
    return task_file_apply(cx, f, d->facts, &identity_operator, time_now(),
                           arena_str(&cx->arena, str_from(task_file_outcome(f))));
}

static enum rc run_import(struct ctx *cx, struct arguments *a, int argc, char **argv)
{
    struct identity_data d = {.data = {.dir = a->data, .catalog = a->catalog}};
    if (argc != 2 || strcmp(argv[0], "tasks") != 0) return fail(cx, E_INVALID, "import: tasks FILE is expected");
    a->file = argv[1];
    int fd = strcmp(a->file, "-") ? open(a->file, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (fd < 0) return fail(cx, E_IO, "%s: cannot read: %s", str_visible(cx, str_from(a->file)), strerror(errno));
    enum rc rc = identity_data_open(cx, &d);
    if (rc == OK) rc = import_tasks(cx, a, fd, &d);
    if (fd > STDIN_FILENO) close(fd);
    identity_data_close(&d);
    return rc;
}

/* --- out */

struct exporting {
    const struct arguments *a;
    struct catalog *catalog;
    struct data data;
    struct standing standing;
    struct buf *out;
};

static void put_cells(struct buf *out, const struct str *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i) buf_char(out, ',');
        csv_put_cell(out, cells[i]);
    }
    buf_cstr(out, "\r\n");
}

static void put_note(struct ctx *cx, struct exporting *x, const char *what)
{
    scoped_buf note;
    buf_init(&note, 0);
    if (x->a->plain) return;
    exchange_note(cx, x->data.reader, str_from(what), STR(""), x->a->now, &note);
    buf_cstr(x->out, "# ");
    for (size_t i = 0; i < note.n; i++) buf_char(x->out, note.p[i] == '\n' ? ' ' : note.p[i]);
    buf_cstr(x->out, "\r\n");
}

static struct str day_of(struct ctx *cx, int64_t at)
{
    char day[32];
    return at ? arena_str(&cx->arena, str_from(time_format_date(at, day))) : STR("");
}

static enum rc address_of(struct ctx *cx, sqlite3 *db, struct str person, struct str *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = STR("");
    if (!person.n) return OK;
    TRY(store_prepare(
        cx, db,
        STR("SELECT coalesce((SELECT a.value FROM fact_person_addresses a WHERE a.n = p.n ORDER BY a.seq LIMIT 1),"
            " p.name) FROM fact_person p WHERE p.subject = ?1"),
        &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    *out = row ? arena_str(&cx->arena, store_column_str(st, 0)) : person;
    return OK;
}

static enum rc export_tasks(struct ctx *cx, struct exporting *x)
{
    static const char *const heads[] = {"key",      "name", "computed status", "assurance",  "owner",
                                        "priority", "due",  "description",     "review_days"};
    struct str cells[9];
    sqlite3 *db = log_reader_db(x->data.reader);
    for (size_t i = 0; i < 9; i++) cells[i] = str_from(heads[i]);
    put_cells(x->out, cells, 9);
    for (size_t i = 0; i < x->standing.n_tasks; i++) {
        const struct task_result *t = &x->standing.tasks[i];
        struct care *care = arena_new(&cx->arena, struct care);
        struct str owner;
        TRY(care_read(cx, db, arena_printf(&cx->arena, "task:" STR_FMT, STR_ARG(t->def->key)), STR("org"), care));
        TRY(address_of(cx, db, care->owner, &owner));
        const struct str row[] = {t->def->key,
                                  t->def->title[x->a->lang],
                                  str_from(status_name(t->status)),
                                  str_from(assurance_name(t->assurance)),
                                  owner,
                                  str_from(priority_name(t->has_priority ? t->priority : t->def->priority)),
                                  day_of(cx, care->due),
                                  care->process,
                                  care->review_days ? arena_printf(&cx->arena, "%lld", (long long)care->review_days)
                                                    : STR("")};
        put_cells(x->out, row, 9);
    }
    put_note(cx, x, "tasks");
    return buf_ok(x->out);
}

/* Of CISO Assistant's words for a requirement's result. */
static const char *result_of(enum verdict v)
{
    switch (v) {
    case VERDICT_NOT_APPLICABLE:
        return "not_applicable";
    case VERDICT_MET:
    case VERDICT_TREATED:
        return "compliant";
    case VERDICT_WAIVED:
    case VERDICT_PARTLY_MET:
    case VERDICT_AT_RISK:
        return "partially_compliant";
    case VERDICT_VIOLATED:
        return "non_compliant";
    case VERDICT_NO_EVIDENCE:
    case VERDICT_COUNT:
    default:
        return "not_assessed";
    }
}

/* The columns are those its import reads; verdict and in_scope are ours, and are passed over there. */
static enum rc export_assessment(struct ctx *cx, struct exporting *x)
{
    static const char *const heads[] = {"urn",     "assessable",        "ref_id",
                                        "name",    "compliance_result", "requirement_progress",
                                        "verdict", "observations",      "in_scope"};
    struct str cells[9];
    for (size_t i = 0; i < 9; i++) cells[i] = str_from(heads[i]);
    put_cells(x->out, cells, 9);
    for (size_t i = 0; i < x->standing.n_tasks; i++) {
        const struct task_result *t = &x->standing.tasks[i];
        const struct str head[] = {library_urn_of_task(cx, t->def),  STR("false"), library_ref_of_task(cx, t->def),
                                   t->def->title[x->a->lang],        STR(""),      STR(""),
                                   str_from(status_name(t->status)), STR(""),      STR("")};
        put_cells(x->out, head, 9);
        for (size_t k = 0; k < t->n_obligations; k++) {
            const struct obligation_result *o = &t->obligations[k];
            const struct str row[] = {library_urn_of_point(cx, o->def),
                                      STR("true"),
                                      library_ref_of_point(cx, t->def, o->def),
                                      o->def->text[x->a->lang],
                                      str_from(result_of(o->verdict)),
                                      o->verdict == VERDICT_NO_EVIDENCE ? STR("to_do") : STR("done"),
                                      str_from(verdict_name(o->verdict)),
                                      arena_printf(&cx->arena, "assurance %s; %lld judged, %lld failing",
                                                   assurance_name(o->assurance), (long long)o->judged,
                                                   (long long)o->failing),
                                      arena_printf(&cx->arena, "%lld", (long long)o->population)};
            put_cells(x->out, row, 9);
        }
    }
    put_note(cx, x, "assessment");
    return buf_ok(x->out);
}

static enum rc write_out(struct ctx *cx, const struct exporting *x)
{
    if (x->a->output) return file_replace(cx, x->a->output, buf_view(x->out));
    return file_write_all(STDOUT_FILENO, buf_view(x->out)) ? OK
                                                           : fail(cx, E_IO, "standard output: %s", strerror(errno));
}

static enum rc fill(struct ctx *cx, struct exporting *x, const char *what)
{
    const struct standing_options o = {.at = x->a->now, .lang = x->a->lang};
    if (!strcmp(what, "library")) return library_write(cx, x->catalog, x->out);
    data_find(cx, &x->data);
    TRY(data_open_tables(cx, &x->data, x->catalog));
    TRY(rules_standing(cx, log_reader_db(x->data.reader), x->catalog, &o, &x->standing));
    return !strcmp(what, "tasks") ? export_tasks(cx, x) : export_assessment(cx, x);
}

static enum rc run_export(struct ctx *cx, struct arguments *a, int argc, char **argv)
{
    scoped_buf out;
    struct exporting x = {.a = a, .data = {.dir = a->data, .catalog = a->catalog}, .out = &out};
    buf_init(&out, 64 * MIB);
    if (argc != 1 ||
        (strcmp(argv[0], "tasks") != 0 && strcmp(argv[0], "library") != 0 && strcmp(argv[0], "assessment") != 0))
        return fail(cx, E_INVALID, "export: tasks, library or assessment is expected");
    if (!a->now) a->now = time_now();
    TRY(a->catalog ? catalog_load(cx, a->catalog, &x.catalog) : catalog_builtin(cx, &x.catalog));
    enum rc rc = fill(cx, &x, argv[0]);
    if (rc == OK) rc = write_out(cx, &x);
    data_close(&x.data);
    catalog_free(x.catalog);
    return rc;
}

static int run(int argc, char **argv, bool in)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int code = common_parse(&cx, argc, argv, table, help, take, &a);
    if (code < 0) {
        enum rc rc =
            in ? run_import(&cx, &a, argc - optind, argv + optind) : run_export(&cx, &a, argc - optind, argv + optind);
        code = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
        if (rc == E_INVALID) code = in && a.file ? EXIT_FAULTS : EXIT_USAGE;
    }
    ctx_release(&cx);
    return code;
}

int cli_import(int argc, char **argv)
{
    return run(argc, argv, true);
}

int cli_export(int argc, char **argv)
{
    return run(argc, argv, false);
}
