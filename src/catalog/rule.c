/* The rules: one SELECT each over the views, with its evidence and blind spots said on top. */
#include "catalog/rule.h"

#include "catalog/source.h"
#include "catalog/views.h"

#include <stdio.h>

extern const char observe_schema_sql[];

#define ASKED                                                                                                          \
    "CREATE TEMP TABLE asked(type TEXT NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY(type, name)) " \
    "WITHOUT ROWID"

struct judge { /* what the authorizer sees */
    sqlite3 *db;
    bool of_organization;
    const struct str *views;
    size_t n_views;
    char refused[160]; /* the first thing a rule may not do; "" none */
};

struct str rule_header(struct source *s, struct str sql, struct str title, int *line)
{
    scoped_buf out;
    buf_init(&out, 0);
    struct str rest = sql, text;
    bool inside = false;
    *line = 0;
    for (int number = 1; str_cut(&rest, '\n', &text) && str_starts(text, STR("--")); number++) {
        text = str_trim(str_slice(text, 2, text.n));
        bool starts = str_starts(text, title);
        if (starts) *line = number;
        if (starts)
            text = str_trim(str_slice(text, title.n, text.n));
        else if (inside && (str_starts(text, STR("Evidence:")) || str_starts(text, STR("Blind spots:"))))
            break;
        inside = inside || starts;
        if (!inside || text.n == 0) continue;
        if (out.n) buf_char(&out, ' ');
        buf_str(&out, text);
    }
    return arena_str(&s->cx->arena, buf_view(&out));
}

static bool is_view(const struct judge *j, const char *name)
{
    for (size_t i = 0; name && i < j->n_views; i++)
        if (str_eq(j->views[i], str_from(name))) return true;
    return false;
}

static int refuse(struct judge *j, const char *what, const char *name)
{
    if (!j->refused[0]) (void)snprintf(j->refused, sizeof j->refused, "%s%.100s", what, name ? name : "");
    return SQLITE_DENY;
}

/* SQLite asks about a common table expression of which no column is used as if it were a table; any name that is no
 * table can only be one. */
static bool is_expression(const char *name, const char *column)
{
    return name && column && !*column && strncmp(name, "d_", 2) != 0 && strncmp(name, "sqlite_", 7) != 0 &&
           strncmp(name, "pragma_", 7) != 0;
}

/* Reading below a view is the view's own doing: SQLite then names it, or a table expression within it, as the last
 * argument. One of the rule's own would look the same, so rule_check_words() looks for derived tables in the text
 * itself. */
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
                                          "last_insert_rowid",
                                          "sqlite_version",
                                          "sqlite_source_id",
                                          "sqlite_compileoption_get",
                                          "sqlite_compileoption_used",
                                          "fts3_tokenizer"};
    struct judge *j = arg;
    (void)database;
    if (action == SQLITE_SELECT || action == SQLITE_RECURSIVE) return SQLITE_OK;
    if (action == SQLITE_READ) {
        if (a && ((!j->of_organization && !strcmp(a, "asked")) || is_view(j, a) || inner)) return SQLITE_OK;
        if (is_expression(a, b)) return SQLITE_OK;
        return refuse(j, "the rule reads the table ", a);
    }
    if (action != SQLITE_FUNCTION) return refuse(j, "the rule does more than read", NULL);
    for (size_t i = 0; b && i < sizeof refused / sizeof *refused; i++)
        if (sqlite3_stricmp(b, refused[i]) == 0) return refuse(j, "the rule calls ", b);
    return SQLITE_OK;
}

/* Kinds whose files are faulty have no tables; what reads those is then a fault too. */
static enum rc make_views(struct source *s, sqlite3 *db)
{
    struct catalog_kind *kinds = arena_array(&s->cx->arena, struct catalog_kind, s->n_kinds + 1);
    struct record_kind *records = arena_array(&s->cx->arena, struct record_kind, s->n_records + 1);
    for (size_t i = 0; i < s->n_kinds; i++) kinds[i] = s->kinds[i].k;
    for (size_t i = 0; i < s->n_records; i++) records[i] = s->records[i].k;
    TRY(views_make_facts(s->cx, db, kinds, s->n_kinds));
    return views_of_items(s->cx, db, records, s->n_records);
}

static enum rc open_judge(struct source *s, bool of_organization, struct judge *j)
{
    *j = (struct judge){.of_organization = of_organization};
    struct ctx *cx = s->cx;
    TRY(store_open_memory(cx, of_organization ? NULL : observe_schema_sql, &j->db));
    enum rc rc = of_organization ? OK : store_exec(cx, j->db, ASKED);
    scoped_stmt *st = NULL;
    if (rc == OK) rc = make_views(s, j->db);
    if (rc == OK)
        rc = store_prepare(cx, j->db,
                           STR("SELECT name FROM sqlite_schema WHERE type = 'view'"
                               " UNION ALL SELECT name FROM temp.sqlite_schema WHERE type = 'view'"),
                           &st);
    struct str *views = NULL;
    size_t cap = 0;
    for (bool row; rc == OK && (rc = store_step(cx, st, &row)) == OK && row;) {
        if (!of_organization && str_starts(store_column_str(st, 0), STR("fact_"))) continue; /* only registers */
        source_grow(s, views, j->n_views, cap);
        views[j->n_views++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
    j->views = views;
    if (rc == OK) sqlite3_set_authorizer(j->db, authorize, j);
    return rc;
}

static void check_parameters(struct source *s, const struct source_file *file, sqlite3_stmt *st)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(st); i++) {
        const char *name = sqlite3_bind_parameter_name(st, i);
        if (!name || (strcmp(name, ":now") != 0 && strcmp(name, ":since") != 0))
            source_fault(s, file->path, 0, "use :now and :since only", "unknown parameter %s", name ? name : "?");
    }
}

static bool has_column(sqlite3_stmt *st, struct str name)
{
    for (int i = 0; i < sqlite3_column_count(st); i++)
        if (str_eq(name, str_from(sqlite3_column_name(st, i)))) return true;
    return false;
}

static void check_columns(struct source *s, const struct judge *j, const struct source_file *file, sqlite3_stmt *st)
{
    static const char *const first[] = {"subject", "ok", "at", "due"};
    if (j->of_organization && !has_column(st, STR("via")))
        source_fault(s, file->path, 0, "return how what each row rests on came in: the view's `via`, or 'probe'",
                     "no column \"via\"");
    int n = sqlite3_column_count(st);
    for (int i = 0; i < 4; i++)
        if (i >= n || strcmp(sqlite3_column_name(st, i), first[i]) != 0)
            source_fault(s, file->path, 0, "start with subject, ok, at, due", "column %d is not \"%s\"", i + 1,
                         first[i]);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            if (!strcmp(sqlite3_column_name(st, i), sqlite3_column_name(st, k)))
                source_fault(s, file->path, 0, "give each column its own name", "two columns are named \"%s\"",
                             sqlite3_column_name(st, i));
}

/* Every {hole} of a text is a column; st NULL: the text may have none. */
static void check_holes(struct source *s, struct str file, const struct source_text *t, const char *what,
                        sqlite3_stmt *st)
{
    for (int lang = 0; lang < LANG_COUNT; lang++) {
        struct str text = t->text[lang];
        for (size_t i = 0; i < text.n; i++) {
            if (text.p[i] != '{') continue;
            const char *end = memchr(text.p + i, '}', text.n - i);
            struct str hole = end ? str_slice(text, i + 1, (size_t)(end - text.p)) : STR_NONE;
            if (!end)
                source_fault(s, file, t->line[lang], "close it with }", "a { without } in \"%s\"", what);
            else if (!st)
                source_fault(s, file, t->line[lang], "only message and fix of a point with a rule have holes",
                             "the hole {%s} in \"%s\"", source_show(s, hole), what);
            else if (!has_column(st, hole))
                source_fault(s, file, t->line[lang], "name a column of the rule, or add it there",
                             "the hole {%s} in \"%s\" is no column of the rule", source_show(s, hole), what);
            if (!end) break;
        }
    }
}

struct rule_texts {
    const struct source_text *message, *fix;
    struct str *sql, *evidence, *blind_spots; /* out */
};

static void check_rule(struct source *s, struct judge *j, const struct source_task *t, const struct source_file *file,
                       const struct rule_texts *texts)
{
    int evidence = 0, blind = 0;
    *texts->sql = file->content;
    *texts->evidence = rule_header(s, file->content, STR("Evidence:"), &evidence);
    *texts->blind_spots = rule_header(s, file->content, STR("Blind spots:"), &blind);
    if (texts->evidence->n == 0)
        source_fault(s, file->path, evidence ? evidence : 1, "say on top what the rule takes as evidence",
                     "no comment \"-- Evidence:\"");
    if (texts->blind_spots->n == 0)
        source_fault(s, file->path, blind ? blind : 1, "say on top what the rule knowingly does not see",
                     "no comment \"-- Blind spots:\"");
    rule_check_words(s, file);
    j->refused[0] = 0;
    scoped_stmt *st = NULL;
    enum rc rc = store_prepare(s->cx, j->db, file->content, &st);
    if (rc != OK) {
        int at = sqlite3_error_offset(j->db), line = 0;
        for (int i = 0; at >= 0 && (size_t)i < file->content.n && i <= at; i++)
            line += i == 0 || file->content.p[i - 1] == '\n';
        source_fault(s, file->path, line,
                     j->refused[0] ? "read documented views only, see docs/formats/facts.md" : "mend the SQL", "%s",
                     j->refused[0] ? j->refused : s->cx->message);
        return;
    }
    if (sqlite3_column_count(st) == 0) source_fault(s, file->path, 0, "write one SELECT", "the rule returns nothing");
    check_parameters(s, file, st);
    check_columns(s, j, file, st);
    check_holes(s, t->file, texts->message, "message", st);
    check_holes(s, t->file, texts->fix, "fix", st);
}

/* The rule over a repository, the one over the organization. */
static void check_rules(struct source *s, struct judge *over_repository, struct judge *over_organization,
                        const struct source_task *t, struct source_obligation *o)
{
    const struct rule_texts of_repository = {&o->message, &o->fix, &o->o.sql, &o->o.evidence, &o->o.blind_spots};
    const struct rule_texts of_organization = {&o->org_message, &o->org_fix, &o->o.org.sql, &o->o.org.evidence,
                                               &o->o.org.blind_spots};
    if (o->rule) check_rule(s, over_repository, t, o->rule, &of_repository);
    if (o->org_rule) check_rule(s, over_organization, t, o->org_rule, &of_organization);
}

/* What a point must and must not have, by whether it has a rule. */
static void check_pairing(struct source *s, const struct source_task *t, const struct source_obligation *o)
{
    const char *key = source_show(s, o->o.key);
    if (o->org_rule && !o->has_org)
        source_fault(s, t->file, o->line, "add organization: {message, fix}", "what %s.org.sql says is missing", key);
    if (o->has_org && !o->org_rule)
        source_fault(s, t->file, o->org_line, arena_printf(&s->cx->arena, "write %s.org.sql, or leave it out", key).p,
                     "\"organization\" where there is no such rule");
    if (o->rule) {
        if (!o->message.given)
            source_fault(s, t->file, o->line, "add it: what a finding says", "\"message\" of %s is missing", key);
        if (!o->fix.given) source_fault(s, t->file, o->line, "add it: how to fix", "\"fix\" of %s is missing", key);
        return;
    }
    const char *remedy = arena_printf(&s->cx->arena, "write %s.sql, or leave it out", key).p;
    if (o->message.given) source_fault(s, t->file, o->message_line, remedy, "\"message\" where there is no rule");
    if (o->fix.given) source_fault(s, t->file, o->fix_line, remedy, "\"fix\" where there is no rule");
    if (o->o.check) source_fault(s, t->file, o->check_line, remedy, "\"check\" where there is no rule");
    if (!o->o.enabled) source_fault(s, t->file, o->off_line, remedy, "\"off\" where there is no rule");
    if (o->o.n_needs == 0)
        source_fault(s, t->file, o->line, "name the kinds of record that can show it, or write a rule",
                     "\"needs\" of %s is missing", key);
}

static struct source_task *task_of(struct source *s, const struct source_file *file)
{
    for (size_t i = 0; i < s->n_tasks; i++)
        if (str_eq(s->tasks[i].folder, file->task)) return &s->tasks[i];
    return NULL;
}

static void attach(struct source *s, const struct source_file *file)
{
    struct source_task *t = task_of(s, file);
    if (!t) return; /* its task.yaml could not be read, which is a fault already */
    const bool of_organization = str_ends(file->name, STR(".org"));
    const struct str key = str_slice(file->name, 0, file->name.n - (of_organization ? sizeof ".org" - 1 : 0));
    for (size_t i = 0; i < t->n_obligations; i++)
        if (str_eq(t->obligations[i].o.key, key)) {
            if (of_organization)
                t->obligations[i].org_rule = file;
            else
                t->obligations[i].rule = file;
            return;
        }
    source_fault(s, file->path, 0, "name it by the obligation's key, or remove it", "a rule of no obligation");
}

enum rc source_read_rules(struct source *s)
{
    struct judge repository = {0}, organization = {0};
    enum rc rc = open_judge(s, false, &repository);
    if (rc == OK) rc = open_judge(s, true, &organization);
    for (size_t i = 0; rc == OK && i < s->n_files; i++)
        if (s->files[i].kind == SOURCE_RULE) attach(s, &s->files[i]);
    for (size_t i = 0; rc == OK && i < s->n_tasks; i++)
        for (size_t k = 0; k < s->tasks[i].n_obligations; k++) {
            struct source_obligation *o = &s->tasks[i].obligations[k];
            check_pairing(s, &s->tasks[i], o);
            check_holes(s, s->tasks[i].file, &o->text, "text", NULL);
            check_holes(s, s->tasks[i].file, &o->settles, "settles", NULL);
            check_rules(s, &repository, &organization, &s->tasks[i], o);
        }
    store_close(repository.db);
    store_close(organization.db);
    return rc;
}
