/* sinetti catalog check [DIR] · list · show TASK: what the catalog holds, and whether a folder of it is right. */
#include "catalog/catalog.h"
#include "cli/cli.h"
#include "metrics/metrics.h"
#include "rules/cases.h"
#include "scan/scan.h"

#include <stdio.h>
#include <sys/stat.h>

static const char usage[] = "usage: sinetti catalog check [DIR] [--against DIR] [--only NAME]\n"
                            "                                      every fault of a catalog folder, and its rules' "
                            "cases (default:\n"
                            "                                      ./catalog, else the built-in one); and what its "
                            "kinds of facts no\n"
                            "                                      longer admit that those of the other folder do;\n"
                            "                                      --only: the cases of that task or metric alone\n"
                            "       sinetti catalog list [OPTIONS]  its tasks\n"
                            "       sinetti catalog show TASK [OPTIONS]\n"
                            "       sinetti catalog import FILE --into DIR\n"
                            "                                      a library of others into a catalog folder "
                            "(`import --help`)\n"
                            "       sinetti catalog scanner         what the scanner of files looks for\n"
                            "options: --catalog DIR  another catalog than the built-in one\n"
                            "         --lang en|fi\n"
                            "exit codes: 0 fine, 1 faults, 2 wrong usage, 3 unreadable, 4 internal fault\n";

struct arguments {
    const char *verb, *operand, *dir, *against, *only;
    enum lang lang;
};

static bool parse_option(struct arguments *a, const char *option, const char *value)
{
    if (!value) return false;
    if (!strcmp(option, "--catalog")) {
        a->dir = value;
        return true;
    }
    if (!strcmp(option, "--against")) {
        a->against = value;
        return true;
    }
    if (!strcmp(option, "--only")) {
        a->only = value;
        return true;
    }
    if (strcmp(option, "--lang") != 0) return false;
    a->lang = lang_of(str_from(value), LANG_COUNT);
    return a->lang < LANG_COUNT;
}

static bool parse(int argc, char **argv, struct arguments *a)
{
    *a = (struct arguments){0};
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-') {
            if (!parse_option(a, argv[i], i + 1 < argc ? argv[i + 1] : NULL)) return false;
            i++;
        } else if (!a->verb) {
            a->verb = argv[i];
        } else if (!a->operand) {
            a->operand = argv[i];
        } else {
            return false;
        }
    }
    if (!a->verb) return false;
    if (!strcmp(a->verb, "check")) return !a->dir;
    if (a->against || a->only) return false;
    if (!strcmp(a->verb, "list") || !strcmp(a->verb, "scanner")) return !a->operand;
    return !strcmp(a->verb, "show") && a->operand;
}

static enum rc open_catalog(struct ctx *cx, const char *dir, struct catalog **c)
{
    return dir ? catalog_load(cx, dir, c) : catalog_builtin(cx, c);
}

static int failed(struct ctx *cx, enum rc rc)
{
    fprintf(stderr, "sinetti: %s\n", cx->message);
    return rc == E_INVALID ? EXIT_FAULTS : rc_exit(rc);
}

static void print_sum(const struct catalog *c)
{
    size_t controls = 0, obligations = 0, rules = 0, over_organization = 0;
    for (size_t i = 0; i < c->n_frameworks; i++) controls += c->frameworks[i].n_controls;
    for (size_t i = 0; i < c->n_tasks; i++) {
        obligations += c->tasks[i].n_obligations;
        for (size_t k = 0; k < c->tasks[i].n_obligations; k++) {
            rules += c->tasks[i].obligations[k].sql.n > 0;
            over_organization += c->tasks[i].obligations[k].org.sql.n > 0;
        }
    }
    printf("no faults: %zu tasks, %zu requirement points, %zu rules over repositories, %zu over the organization, "
           "%zu frameworks with %zu controls, %zu presets, %zu kinds of facts, %zu kinds of record, %zu ready "
           "records, %zu metrics\ndigest %s\n",
           c->n_tasks, obligations, rules, over_organization, c->n_frameworks, controls, c->n_presets, c->n_kinds,
           c->n_records, c->n_templates, c->n_metrics, c->digest);
}

struct place {
    struct ctx *cx;
    const char *dir;
};

static void print_fault(void *arg, const struct catalog_fault *f)
{
    const struct place *at = arg;
    printf("%s/%s:%d: " STR_FMT ". " STR_FMT "\n", at->dir, str_visible(at->cx, f->file), f->line, STR_ARG(f->text),
           STR_ARG(f->remedy));
}

static void print_line(void *arg, const char *text)
{
    (void)arg;
    puts(text);
}

/* Of a folder that has no faults. */
static int try_metrics(struct ctx *cx, const char *dir, const struct catalog *c, struct str only)
{
    struct metrics_tally t;
    enum rc rc = metrics_cases_run(cx, dir, c, only, print_line, NULL, &t);
    if (rc != OK) return failed(cx, rc);
    if (t.metrics || t.cases)
        printf("%zu cases of %zu metrics: %zu failed, %zu metrics lack a kind of case\n", t.cases, t.metrics, t.failed,
               t.thin);
    return t.failed || t.thin ? EXIT_FAULTS : EXIT_FINE;
}

static int try_cases(struct ctx *cx, const char *dir, const struct catalog *c, struct str only)
{
    struct cases_options o = {.task = only, .line = print_line, .catalog = c};
    struct cases_tally t;
    enum rc rc = cases_run(cx, dir, &o, &t);
    if (rc != OK) return failed(cx, rc);
    printf("%zu cases of %zu rules: %zu failed, %zu rules lack a kind of case\n", t.cases, t.rules, t.failed, t.thin);
    return t.failed || t.thin ? EXIT_FAULTS : EXIT_FINE;
}

/* How many things the kinds of facts no longer admit. */
static enum rc check_growth(struct ctx *cx, const char *against, const struct catalog *c, struct place *at,
                            size_t *faults)
{
    struct catalog *before;
    *faults = 0;
    if (!against) return OK;
    TRY(catalog_load(cx, against, &before));
    catalog_check_growth(cx, before, c, print_fault, at, faults);
    catalog_free(before);
    if (*faults) printf("%zu fault%s\n", *faults, *faults == 1 ? "" : "s");
    return OK;
}

static bool is_metric(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->n_metrics; i++)
        if (str_eq(c->metrics[i].key, key)) return true;
    return false;
}

/* Of one task or metric, or of all. */
static int try_all(struct ctx *cx, const char *dir, const struct catalog *c, const char *only)
{
    struct str key = only ? str_from(only) : STR_NONE;
    bool task = !only || catalog_find_task(c, key), metric = !only || is_metric(c, key);
    if (!task && !metric) {
        fprintf(stderr, "sinetti: no task and no metric is called \"%s\"\n", str_visible(cx, key));
        return EXIT_USAGE;
    }
    int code = metric ? try_metrics(cx, dir, c, key) : EXIT_FINE;
    return code == EXIT_FINE && task ? try_cases(cx, dir, c, key) : code;
}

static int check(struct ctx *cx, const char *dir, const char *against, const char *only)
{
    struct stat st;
    struct catalog *c = NULL;
    if (!dir && stat("catalog", &st) == 0 && S_ISDIR(st.st_mode)) dir = "catalog";
    struct place at = {cx, dir ? str_visible(cx, str_from(dir)) : "built-in"};
    size_t faults = 0;
    if (dir) {
        enum rc rc = catalog_check(cx, dir, print_fault, &at, &faults);
        if (rc != OK) return failed(cx, rc);
        if (faults) {
            printf("%zu fault%s\n", faults, faults == 1 ? "" : "s");
            return EXIT_FAULTS;
        }
    }
    enum rc rc = open_catalog(cx, dir, &c);
    if (rc != OK) return failed(cx, rc);
    rc = check_growth(cx, against, c, &at, &faults);
    if (rc != OK || faults) {
        catalog_free(c);
        return rc != OK ? failed(cx, rc) : EXIT_FAULTS;
    }
    if (!dir) puts("the catalog built into this program");
    print_sum(c);
    int code = dir ? try_all(cx, dir, c, only) : EXIT_FINE;
    catalog_free(c);
    return code;
}

static void list(const struct catalog *c, enum lang lang)
{
    for (size_t i = 0; i < c->n_tasks; i++) {
        const struct catalog_task *t = &c->tasks[i];
        printf("%3d  %-8s  %-32.*s  " STR_FMT "\n", t->order, priority_name(t->priority), STR_ARG(t->key),
               STR_ARG(t->title[lang]));
    }
}

static void show_obligation(const struct catalog_obligation *o, enum lang lang)
{
    printf("\n%d. " STR_FMT " (%s, %s, %s)\n   " STR_FMT "\n", o->point, STR_ARG(o->key), strength_name(o->strength),
           aspect_name(o->aspect), evidence_type_name(o->type), STR_ARG(o->text[lang]));
    if (o->sql.n) {
        printf("   rule%s%s\n   evidence: " STR_FMT "\n   blind spots: " STR_FMT "\n",
               o->enabled ? "" : ", switched off", o->check ? ", asked by check" : "", STR_ARG(o->evidence),
               STR_ARG(o->blind_spots));
    }
    if (o->org.sql.n)
        printf("   rule over the organization\n   evidence: " STR_FMT "\n   blind spots: " STR_FMT "\n",
               STR_ARG(o->org.evidence), STR_ARG(o->org.blind_spots));
    for (size_t i = 0; i < o->n_needs; i++)
        printf("%s" STR_FMT "%s", i ? ", " : "   records: ", STR_ARG(o->needs[i]), i + 1 == o->n_needs ? "\n" : "");
}

static int show(struct ctx *cx, const struct catalog *c, const char *key, enum lang lang)
{
    const struct catalog_task *t = catalog_find_task(c, str_from(key));
    if (!t) {
        fprintf(stderr, "sinetti: no task \"%s\"; `sinetti catalog list` names them\n", str_visible(cx, str_from(key)));
        return EXIT_USAGE;
    }
    printf("%d. " STR_FMT " (" STR_FMT ", %s)\n" STR_FMT " / " STR_FMT "\n\n" STR_FMT "\n\n", t->order,
           STR_ARG(t->title[lang]), STR_ARG(t->key), priority_name(t->priority), STR_ARG(t->theme_title[lang]),
           STR_ARG(t->policy_title[lang]), STR_ARG(t->summary[lang]));
    for (size_t i = 0; i < t->n_controls; i++) {
        const struct catalog_mapping *m = &t->controls[i];
        printf(STR_FMT " " STR_FMT " " STR_FMT "  " STR_FMT " (" STR_FMT ")\n", STR_ARG(m->framework->name),
               STR_ARG(m->framework->edition), STR_ARG(m->control->id), STR_ARG(m->control->title), STR_ARG(m->source));
    }
    for (size_t i = 0; i < t->n_obligations; i++) show_obligation(&t->obligations[i], lang);
    return EXIT_FINE;
}

static int show_scanner(void)
{
    size_t n;
    const struct scan_rule_info *rules = scan_rules(&n);
    for (size_t i = 0; i < n; i++)
        printf("%-34s %-22s %-10s %s\n", rules[i].id, scan_category_name(rules[i].category),
               scan_confidence_name(rules[i].confidence), rules[i].what);
    return EXIT_FINE;
}

static int run(struct ctx *cx, const struct arguments *a)
{
    if (!strcmp(a->verb, "scanner")) return show_scanner();
    if (!strcmp(a->verb, "check")) return check(cx, a->operand, a->against, a->only);
    struct catalog *c;
    enum rc rc = open_catalog(cx, a->dir, &c);
    if (rc != OK) return failed(cx, rc);
    int code = EXIT_FINE;
    if (!strcmp(a->verb, "list"))
        list(c, a->lang);
    else
        code = show(cx, c, a->operand, a->lang);
    catalog_free(c);
    return code;
}

int cli_catalog(int argc, char **argv)
{
    struct arguments a;
    if (argc > 1 && !strcmp(argv[1], "import")) return cli_catalog_import(argc - 1, argv + 1);
    if (argc > 1 && !strcmp(argv[argc - 1], "--help")) {
        fputs(usage, stdout);
        return EXIT_FINE;
    }
    if (!parse(argc, argv, &a)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    struct ctx cx;
    ctx_init(&cx);
    int code = run(&cx, &a);
    ctx_release(&cx);
    return code;
}
