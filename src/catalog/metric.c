/* The queries of metrics: one SELECT each over views, prepared here against empty tables behind an authorizer.
 *
 * No metric is about people: what names them cannot be read, and rows that are people are refused when a case or a day
 * is measured (src/metrics). */
#include "catalog/metric.h"

#include "catalog/rule.h"
#include "catalog/views.h"
#include "store/store.h"

#include <stdio.h>

extern const char metrics_env_sql[], standing_derived_sql[];

struct judge {
    sqlite3 *db;
    char refused[160]; /* the first thing a query may not do; "" none */
};

static int refuse(struct judge *j, const char *what, const char *name)
{
    if (!j->refused[0]) (void)snprintf(j->refused, sizeof j->refused, "%s%.100s", what, name ? name : "");
    return SQLITE_DENY;
}

/* Who somebody is; that they are, and are active, may be counted. */
static bool names_people(const char *view, const char *column)
{
    if (!strcmp(view, "fact_key") || !strcmp(view, "fact_person_addresses") || !strcmp(view, "fact_person_accounts") ||
        !strcmp(view, "fact_credential"))
        return true;
    return !strcmp(view, "fact_person") && strcmp(column, "subject") != 0 && strcmp(column, "state") != 0 && *column;
}

static int authorize(void *arg, int action, const char *a, const char *b, const char *database, const char *inner)
{
    static const char *const refused[] = {"random",
                                          "randomblob",
                                          "current_timestamp",
                                          "current_date",
                                          "current_time",
                                          "load_extension",
                                          "changes",
                                          "total_changes",
                                          "sqlite_version",
                                          "sqlite_source_id",
                                          "last_insert_rowid",
                                          "fts3_tokenizer",
                                          "sqlite_compileoption_get",
                                          "sqlite_compileoption_used"};
    struct judge *j = arg;
    (void)database;
    if (action == SQLITE_SELECT || action == SQLITE_RECURSIVE) return SQLITE_OK;
    if (action == SQLITE_READ && a) {
        if (!inner && names_people(a, b ? b : "")) return refuse(j, "the query reads who people are: ", a);
        return SQLITE_OK; /* tables are looked for in its words */
    }
    if (action != SQLITE_FUNCTION) return refuse(j, "the query does more than read", NULL);
    for (size_t i = 0; b && i < sizeof refused / sizeof *refused; i++)
        if (sqlite3_stricmp(b, refused[i]) == 0) return refuse(j, "the query calls ", b);
    return SQLITE_OK;
}

/* Empty tables as a data folder has them: those of the folder's kinds of facts, and derived.db's. */
static enum rc open_judge(struct source *s, struct judge *j)
{
    *j = (struct judge){0};
    TRY(store_open_memory(s->cx, standing_derived_sql, &j->db));
    sqlite3_db_config(j->db, SQLITE_DBCONFIG_MAINDBNAME, "derived");
    for (size_t i = 0; i < s->n_kinds; i++)
        for (size_t k = 0; k < s->kinds[i].k.n_define; k++) {
            scoped_stmt *st = NULL;
            TRY(store_prepare(s->cx, j->db, s->kinds[i].k.define[k], &st));
            TRY(store_run(s->cx, st));
        }
    struct record_kind *records = arena_array(&s->cx->arena, struct record_kind, s->n_records + 1);
    for (size_t i = 0; i < s->n_records; i++) records[i] = s->records[i].k;
    TRY(views_of_items(s->cx, j->db, records, s->n_records));
    sqlite3_set_authorizer(j->db, authorize, j);
    return OK;
}

/* :standing is the views' own. */
static void check_parameters(struct source *s, const struct source_file *file, sqlite3_stmt *st)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(st); i++) {
        const char *name = sqlite3_bind_parameter_name(st, i);
        if (!name || (strcmp(name, ":day") != 0 && strcmp(name, ":since") != 0 && strcmp(name, ":standing") != 0))
            source_fault(s, file->path, 0, "use :day and :since only", "unknown parameter %s",
                         source_show(s, str_from(name ? name : "?")));
    }
}

static void check_columns(struct source *s, const struct source_file *file, sqlite3_stmt *st)
{
    static const char *const columns[] = {"subject", "name", "part", "whole", "at"};
    int n = sqlite3_column_count(st);
    for (int i = 0; i < 5; i++)
        if (i >= n || strcmp(sqlite3_column_name(st, i), columns[i]) != 0)
            source_fault(s, file->path, 0, "return subject, name, part, whole, at", "column %d is not \"%s\"", i + 1,
                         columns[i]);
    if (n > 5) source_fault(s, file->path, 0, "return subject, name, part, whole, at", "more than five columns");
}

static int line_at(struct str text, int offset)
{
    int line = 1;
    for (int i = 0; i < offset && (size_t)i < text.n; i++) line += text.p[i] == '\n';
    return line;
}

static void check_query(struct source *s, struct judge *j, struct source_metric *m, const struct source_file *file)
{
    int evidence, blind;
    m->m.sql = file->content;
    m->m.evidence = rule_header(s, file->content, STR("Evidence:"), &evidence);
    m->m.blind_spots = rule_header(s, file->content, STR("Blind spots:"), &blind);
    if (!m->m.evidence.n)
        source_fault(s, file->path, evidence ? evidence : 1, "say on top what it is counted from",
                     "no comment \"-- Evidence:\"");
    if (!m->m.blind_spots.n)
        source_fault(s, file->path, blind ? blind : 1, "say on top what the figure knowingly does not see",
                     "no comment \"-- Blind spots:\"");
    rule_check_metric_words(s, file);
    scoped_stmt *st = NULL;
    struct str whole =
        arena_printf(&s->cx->arena, "%sSELECT * FROM (\n" STR_FMT "\n)", metrics_env_sql, STR_ARG(file->content));
    size_t before = whole.n - file->content.n - 2;
    j->refused[0] = 0;
    if (store_prepare(s->cx, j->db, whole, &st) == OK) {
        check_parameters(s, file, st);
        check_columns(s, file, st);
        return;
    }
    int at = sqlite3_error_offset(j->db);
    source_fault(s, file->path, at < (int)before ? 0 : line_at(file->content, at - (int)before),
                 j->refused[0] ? "read views of docs/formats/metrics.md" : "mend the SQL", "%s",
                 j->refused[0] ? j->refused : s->cx->message);
}

static const struct source_file *find(const struct source *s, enum source_kind kind, struct str name)
{
    for (size_t i = 0; i < s->n_files; i++)
        if (s->files[i].kind == kind && str_eq(s->files[i].name, name)) return &s->files[i];
    return NULL;
}

enum rc source_read_queries(struct source *s)
{
    struct judge j;
    for (size_t i = 0; i < s->n_files; i++)
        if (s->files[i].kind == SOURCE_METRIC_SQL && !find(s, SOURCE_METRIC, s->files[i].name))
            source_fault(s, s->files[i].path, 0, "write <metric>.yaml beside it, or remove it", "a query of no metric");
    if (!s->n_metrics || s->n_faults) return OK; /* faulty kinds give faulty tables: one fault is enough */
    enum rc rc = open_judge(s, &j);
    for (size_t i = 0; rc == OK && i < s->n_metrics; i++) {
        const struct source_file *file = find(s, SOURCE_METRIC_SQL, s->metrics[i].m.key);
        if (file)
            check_query(s, &j, &s->metrics[i], file);
        else
            source_fault(s, s->metrics[i].file, s->metrics[i].line, "write <metric>.sql beside it",
                         "there is no query");
    }
    store_close(j.db);
    return rc;
}
