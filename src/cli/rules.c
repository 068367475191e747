/* sinetti rules list · explain · try: what the rules are, why a verdict is as it is, and what a rule that is being
 * written would find. */
#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"
#include "catalog/views.h"
#include "cli/common.h"
#include "cli/data.h"
#include "cli/rules_gate.h"
#include "ledger/log_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti rules list [--task KEY]\n"
    "       sinetti rules explain TASK/POINT [SUBJECT]\n"
    "       sinetti rules try TASK/POINT|FILE.sql [SUBJECT]\n"
    "       sinetti rules try --gate push [--days N] --data DIR\n"
    "list: every rule, one a line. explain: what a point asks, what its rule takes as evidence and does not see,\n"
    "and what it finds in the repository. try: the rows of a rule, of the catalog or from a file. Rules over the\n"
    "organization (FILE.org.sql, and those that points have besides) are run over a data folder.\n"
    "try --gate push: what the gate would have stopped of all it has let in, had it blocked, by whom and by which "
    "rule.\n\n"
    "  --gate push            the rules bound to the gate, over the pushes of the past\n"
    "  --days N               how far back, 1 to 365 (90)\n"
    "  --format text|json     of what --gate tells\n"
    "  --repo DIR             the repository (here)\n"
    "  --data DIR             the data folder: registers that rules read, and rules over the organization\n"
    "  --rev REV              what to look at (HEAD)\n"
    "  --since WHEN           start of the audit period (1y)\n"
    "  --ok 0|1|null          only rows with this outcome\n"
    "  --limit N              rows shown (20)\n"
    "  --cache FILE           tables kept from an earlier run\n"
    "  --catalog DIR, --lang en|fi, --now TIME as in assess\n"
    "exit codes: 0 fine, 2 wrong usage, 3 the input cannot be read or the rule is wrong, 4 internal fault\n";

enum {
    OPTION_REPO = OPTION_OWN,
    OPTION_REV,
    OPTION_SINCE,
    OPTION_OK,
    OPTION_LIMIT,
    OPTION_CACHE,
    OPTION_DATA,
    OPTION_GATE,
    OPTION_DAYS
};

static const struct option table[] = {COMMON_OPTIONS,
                                      {"repo", required_argument, NULL, OPTION_REPO},
                                      {"rev", required_argument, NULL, OPTION_REV},
                                      {"since", required_argument, NULL, OPTION_SINCE},
                                      {"ok", required_argument, NULL, OPTION_OK},
                                      {"limit", required_argument, NULL, OPTION_LIMIT},
                                      {"cache", required_argument, NULL, OPTION_CACHE},
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"gate", required_argument, NULL, OPTION_GATE},
                                      {"days", required_argument, NULL, OPTION_DAYS},
                                      {"format", required_argument, NULL, OPTION_FORMAT},
                                      {0}};

enum { OK_ANY = 2 };

struct arguments {
    struct common c;
    struct data data;
    const char *repo, *rev, *since, *cache, *verb, *rule, *subject;
    int ok;
    int64_t limit, days;
    bool gate, json;
};

static enum rc take_ok(struct ctx *cx, struct arguments *a, const char *value)
{
    a->ok = !strcmp(value, "1") ? 1 : !strcmp(value, "0") ? 0 : !strcmp(value, "null") ? -1 : OK_ANY;
    return a->ok == OK_ANY ? fail(cx, E_INVALID, "--ok is 0, 1 or null") : OK;
}

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_REPO:
        a->repo = value;
        return OK;
    case OPTION_REV:
        a->rev = value;
        return OK;
    case OPTION_SINCE:
        a->since = value;
        return OK;
    case OPTION_CACHE:
        a->cache = value;
        return OK;
    case OPTION_DATA:
        a->data.dir = value;
        return OK;
    case OPTION_GATE:
        a->gate = true;
        return !strcmp(value, "push") ? OK : fail(cx, E_INVALID, "--gate: there is the gate `push`");
    case OPTION_DAYS:
        if (str_to_i64(str_from(value), 1, 365, &a->days)) return OK;
        return fail(cx, E_INVALID, "--days is a number from 1 to 365");
    case OPTION_FORMAT:
        return common_json(cx, value, &a->json);
    case OPTION_OK:
        return take_ok(cx, a, value);
    case OPTION_LIMIT:
        if (str_to_i64(str_from(value), 0, 1000000, &a->limit)) return OK;
        return fail(cx, E_INVALID, "--limit is a number up to 1000000");
    default:
        return common_option(cx, &a->c, code, value);
    }
}

static enum rc take_operands(struct ctx *cx, struct arguments *a, char **operands, int n)
{
    static const char *const verbs[] = {"list", "explain", "try"};
    static const int most[] = {1, 3, 3}, least[] = {1, 2, 2};
    for (size_t i = 0; n > 0 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(operands[0], verbs[i]) != 0) continue;
        if (a->gate ? i != 2 || n != 1 : n < least[i] || n > most[i]) break;
        a->verb = verbs[i];
        a->rule = n > 1 ? operands[1] : NULL;
        a->subject = n > 2 ? operands[2] : NULL;
        return OK;
    }
    return fail(cx, E_INVALID, "say `rules list`, `rules explain TASK/POINT` or `rules try TASK/POINT`");
}

static const struct catalog_obligation *find(const struct catalog *c, struct str name, const struct catalog_task **task)
{
    struct str key;
    if (!str_cut(&name, '/', &key) || !name.p) return NULL;
    *task = catalog_find_task(c, key);
    for (size_t i = 0; *task && i < (*task)->n_obligations; i++)
        if (str_eq((*task)->obligations[i].key, name)) return &(*task)->obligations[i];
    return NULL;
}

static void list(const struct catalog *c, struct str task)
{
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_obligations; k++) {
            const struct catalog_obligation *o = &c->tasks[i].obligations[k];
            if ((!o->sql.n && !o->org.sql.n) || (task.n && !str_eq(task, o->task))) continue;
            printf("%2d  " STR_FMT "/" STR_FMT "  (%s, %s, %s%s%s%s)\n", c->tasks[i].order, STR_ARG(o->task),
                   STR_ARG(o->key), strength_name(o->strength), aspect_name(o->aspect), evidence_type_name(o->type),
                   o->check ? ", asked by check" : "", o->enabled ? "" : ", switched off",
                   !o->org.sql.n ? ""
                   : o->sql.n    ? ", also over the organization"
                                 : ", over the organization");
        }
}

static void explain(const struct catalog_task *t, const struct catalog_obligation *o, enum lang lang)
{
    printf("%d. " STR_FMT "\n" STR_FMT "/" STR_FMT ", point %d (%s, %s, %s)%s\n\n" STR_FMT "\n\n", t->order,
           STR_ARG(t->title[lang]), STR_ARG(o->task), STR_ARG(o->key), o->point, strength_name(o->strength),
           aspect_name(o->aspect), evidence_type_name(o->type), o->enabled ? "" : ", switched off",
           STR_ARG(o->text[lang]));
    if (o->sql.n)
        printf("Evidence: " STR_FMT "\nBlind spots: " STR_FMT "\n\n" STR_FMT "\n", STR_ARG(o->evidence),
               STR_ARG(o->blind_spots), STR_ARG(str_trim(o->sql)));
    if (o->org.sql.n)
        printf("%sOver the organization\nEvidence: " STR_FMT "\nBlind spots: " STR_FMT "\n\n" STR_FMT "\n",
               o->sql.n ? "\n" : "", STR_ARG(o->org.evidence), STR_ARG(o->org.blind_spots),
               STR_ARG(str_trim(o->org.sql)));
    if (o->settles[lang].n) printf("\nWhat would give evidence: " STR_FMT "\n", STR_ARG(o->settles[lang]));
    for (size_t i = 0; i < o->n_needs; i++)
        printf("%s" STR_FMT "%s", i ? ", " : "Records that can show it: ", STR_ARG(o->needs[i]),
               i + 1 == o->n_needs ? "\n" : "");
}

struct rows {
    const struct arguments *a;
    int64_t rows, good, bad, open, shown, left;
};

static void show(const struct rule_row *row)
{
    static const char *const words[] = {"null", "0", "1"};
    printf("ok %-5s", words[row->ok + 1]);
    for (size_t i = 0; i < row->n; i++)
        if (!str_eq(row->names[i], STR("ok")) && !str_eq(row->values[i], STR("–")))
            printf(" " STR_FMT "=" STR_FMT, STR_ARG(row->names[i]), STR_ARG(row->values[i]));
    putchar('\n');
}

static enum rc each_row(void *arg, const struct rule_row *row)
{
    struct rows *r = arg;
    if (r->a->subject && !str_eq(row->subject, str_from(r->a->subject))) return OK;
    r->rows++;
    r->good += row->ok == 1;
    r->bad += row->ok == 0;
    r->open += row->ok == -1;
    if (r->a->ok != OK_ANY && row->ok != r->a->ok) return OK;
    if (r->shown == r->a->limit) {
        r->left++;
        return OK;
    }
    r->shown++;
    show(row);
    return OK;
}

static long long milliseconds(const struct timespec *start, const struct timespec *end)
{
    return ((long long)end->tv_sec - start->tv_sec) * 1000 + (end->tv_nsec - start->tv_nsec) / 1000000;
}

static enum rc run_on(struct ctx *cx, struct arguments *a, sqlite3 *db, struct str sql)
{
    struct rules_options rules = {.now = a->c.o.now, .since = a->c.o.since};
    struct rows rows = {.a = a};
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    TRY(rules_rows(cx, db, sql, &rules, each_row, &rows));
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (rows.left) printf("… %lld more; --limit shows more of them\n", (long long)rows.left);
    printf("%lld rows: %lld with ok 1, %lld with ok 0, %lld with NULL (%lld ms)\n", (long long)rows.rows,
           (long long)rows.good, (long long)rows.bad, (long long)rows.open, milliseconds(&start, &end));
    return OK;
}

/* Registers and other facts, as they stand now. */
static enum rc run_over_organization(struct ctx *cx, struct arguments *a, struct str sql)
{
    sqlite3 *db = log_reader_db(a->data.reader);
    TRY(views_of_items(cx, db, a->c.held_catalog->records, a->c.held_catalog->n_records));
    return run_on(cx, a, db, sql);
}

static enum rc run_over_repository(struct ctx *cx, struct arguments *a, struct str sql)
{
    struct assess_options *o = &a->c.o;
    struct observe_options look = {
        .rev = str_from(str_visible(cx, str_from(a->rev ? a->rev : "HEAD"))), .now = o->now, .cache = a->cache};
    struct observe_outcome seen;
    TRY(git_resolve(cx, a->c.git, str_from(a->rev ? a->rev : "HEAD"), &look.head));
    look.since = o->since;
    int64_t facts;
    o->facts = a->data.reader ? log_reader_db(a->data.reader) : NULL;
    TRY(assess_known_people(cx, o, &look));
    TRY(observe_repository(cx, a->c.git, &look, &seen));
    common_progress_end();
    enum rc rc = rules_ask_all(cx, seen.db);
    if (rc == OK) rc = assess_registers(cx, seen.db, o, ASSESS_EVERY_REGISTER, &facts);
    if (rc == OK) rc = run_on(cx, a, seen.db, sql);
    store_close(seen.db);
    return rc;
}

static enum rc read_sql(struct ctx *cx, const char *file, struct str *out)
{
    scoped_buf b;
    buf_init(&b, LIMIT_CATALOG_FILE);
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return fail(cx, E_NOTFOUND, "%s: %s", str_visible(cx, str_from(file)), strerror(errno));
    bool fine = file_is_ordinary(fd) && file_read_all(fd, &b);
    close(fd);
    if (!fine) return fail(cx, E_IO, "%s: no file that can be read", str_visible(cx, str_from(file)));
    if (buf_ok(&b) != OK) return fail(cx, E_LIMIT, "%s: too large", str_visible(cx, str_from(file)));
    *out = arena_str(&cx->arena, buf_view(&b));
    return OK;
}

/* What is run: text and over what; empty: nothing. */
struct chosen {
    struct str over_repository, over_organization;
};

static enum rc choose(struct ctx *cx, struct arguments *a, const struct catalog_obligation *o, struct chosen *out)
{
    struct str name = str_from(a->rule);
    *out = (struct chosen){0};
    if (o) {
        out->over_repository = o->sql;
        if (a->data.dir) out->over_organization = o->org.sql;
        return OK;
    }
    const bool org = str_ends(name, STR(".org.sql"));
    if (org && !a->data.dir)
        return fail(cx, E_INVALID, "a rule over the organization is tried on a data folder: --data DIR");
    struct str *sql = org ? &out->over_organization : &out->over_repository;
    TRY(read_sql(cx, a->rule, sql));
    return sql->n ? OK : fail(cx, E_INVALID, "%s: there is nothing in it", str_visible(cx, name));
}

/* Only what is run is opened: a rule over the organization needs no repository. */
static enum rc run_chosen(struct ctx *cx, struct arguments *a, const struct chosen *c)
{
    if (a->data.dir) TRY(data_open_tables(cx, &a->data, a->c.held_catalog));
    if (c->over_organization.n) {
        if (c->over_repository.n) puts("Over the organization:");
        TRY(run_over_organization(cx, a, c->over_organization));
        if (c->over_repository.n) puts("\nOver the repository:");
    }
    if (!c->over_repository.n) return OK;
    TRY(common_open_git(cx, &a->c, a->repo ? a->repo : "."));
    return run_over_repository(cx, a, c->over_repository);
}

static enum rc replay(struct ctx *cx, struct arguments *a)
{
    TRY(data_open_tables(cx, &a->data, a->c.held_catalog));
    const struct rules_gate r = {.catalog = a->c.held_catalog,
                                 .facts = log_reader_db(a->data.reader),
                                 .now = a->c.o.now,
                                 .days = a->days,
                                 .limit = a->limit,
                                 .lang = a->c.lang,
                                 .json = a->json};
    return rules_gate_print(cx, &r);
}

static enum rc answer(struct ctx *cx, struct arguments *a)
{
    if (a->gate) return replay(cx, a);
    const struct catalog_task *task;
    struct chosen chosen;
    struct str name = str_from(a->rule);
    const struct catalog_obligation *o = find(a->c.held_catalog, name, &task);
    struct str since = str_from(a->since ? a->since : "1y");
    if (time_parse_when(since, a->c.o.now, &a->c.o.since) != OK)
        return fail(cx, E_INVALID, "--since: \"%s\" is none of 30d, 12w, 6mo, 1y or a date", str_visible(cx, since));
    bool tries = strcmp(a->verb, "try") == 0;
    if (!o && (!tries || !str_ends(name, STR(".sql"))))
        return fail(cx, E_NOTFOUND, "there is no point \"%s\"; `sinetti rules list` names those with a rule",
                    str_visible(cx, name));
    TRY(choose(cx, a, o, &chosen));
    if (!tries) explain(task, o, a->c.lang);
    if (!tries && o->org.sql.n && !a->data.dir) puts("\nWhat it finds over the organization: --data DIR");
    if (!tries && (chosen.over_repository.n || chosen.over_organization.n)) putchar('\n');
    return run_chosen(cx, a, &chosen);
}

static int list_rules(struct ctx *cx, struct arguments *a)
{
    struct catalog *c;
    enum rc rc = a->c.catalog ? catalog_load(cx, a->c.catalog, &c) : catalog_builtin(cx, &c);
    if (rc != OK) return common_failed(cx, rc);
    list(c, str_from(a->c.task));
    catalog_free(c);
    return EXIT_FINE;
}

static int rules(struct ctx *cx, struct arguments *a)
{
    if (!strcmp(a->verb, "list")) return list_rules(cx, a);
    common_progress(cx);
    enum rc rc = common_prepare(cx, &a->c, PRIORITY_COUNT);
    if (rc == OK) rc = answer(cx, a);
    common_progress_end();
    int code = rc == OK ? EXIT_FINE : common_failed(cx, rc);
    data_close(&a->data);
    common_close(&a->c);
    return code;
}

int cli_rules(int argc, char **argv)
{
    struct arguments a = {.ok = OK_ANY, .limit = 20, .days = 90};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && take_operands(&cx, &a, argv + optind, argc - optind) != OK) out = common_wrong(&cx, "rules");
    if (out < 0) out = rules(&cx, &a);
    ctx_release(&cx);
    return out;
}
