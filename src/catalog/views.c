#include "catalog/views.h"

#include "base/limits.h"
#include "catalog/kind_sql.h"

extern const char catalog_records_sql[];

/* A field's value as the rules have it: a date is its first second (UTC), what is empty is NULL. `%s` is where it
 * stands in the JSON at hand. */
static void put_value(struct buf *out, const struct record_field *f, const char *json)
{
    const char *before = "CAST(nullif(", *after = ", '') AS TEXT)"; /* texts, so that joins on them have an index */
    if (f->type == FIELD_DATE) {
        before = "unixepoch(";
        after = ")";
    } else if (f->type == FIELD_NUMBER || f->type == FIELD_DURATION || f->type == FIELD_YES_NO) {
        before = "CAST(";
        after = " AS NUMERIC)";
    }
    buf_printf(out, "%s%s ->> '$." STR_FMT "'%s", before, json, STR_ARG(f->key), after);
}

bool view_is_own_column(struct str name)
{
    static const char *const names[] = {"subject",     "n",          "at",       "actor",      "via",
                                        "number",      "name",       "title",    "owner",      "revision",
                                        "state",       "phase",      "state_at", "created_at", "approved",
                                        "approved_at", "review_due", "seq",      "value"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, str_from(names[i]))) return true;
    return false;
}

/* Names of fields are [a-z][a-z0-9_]*, some of them words of SQL. */
static void put_name(struct buf *out, struct str key)
{
    buf_printf(out, " AS \"%s" STR_FMT "\"", view_is_own_column(key) ? "field_" : "", STR_ARG(key));
}

static bool holds_many(const struct record_field *f)
{
    return f->many || f->type == FIELD_CHECKLIST || f->type == FIELD_TABLE;
}

static enum rc make(struct ctx *cx, sqlite3 *db, const struct buf *sql)
{
    TRY(buf_ok(sql) == OK ? OK : fail(cx, E_LIMIT, "a kind of record has too many fields"));
    return store_exec(cx, db, arena_cstr(&cx->arena, buf_view(sql)));
}

static enum rc make_items(struct ctx *cx, sqlite3 *db, const struct record_kind *k)
{
    scoped_buf sql;
    buf_init(&sql, LIMIT_CATALOG_FILE);
    buf_printf(&sql,
               "CREATE TEMP VIEW IF NOT EXISTS \"item_" STR_FMT
               "\" AS SELECT r.subject, r.n, r.at, r.actor, r.via, r.number,"
               " '" STR_FMT
               "-' || r.number AS name, r.title, CAST(nullif(r.owner, '') AS TEXT) AS owner, r.version AS revision, "
               "r.state, r.phase, r.state_at,"
               " (SELECT v.at FROM fact_record_versions v WHERE v.subject = r.subject AND v.version = 1) AS created_at,"
               " r.approved_at IS NOT NULL AS approved, r.approved_at, r.review_due",
               STR_ARG(k->key), STR_ARG(k->prefix));
    for (size_t i = 0; i < k->n_fields; i++) {
        if (holds_many(&k->fields[i])) continue;
        buf_cstr(&sql, ", ");
        put_value(&sql, &k->fields[i], "r.content");
        put_name(&sql, k->fields[i].key);
    }
    buf_printf(&sql, " FROM records r WHERE r.kind = '" STR_FMT "'", STR_ARG(k->key));
    return make(cx, db, &sql);
}

static enum rc make_list(struct ctx *cx, sqlite3 *db, const struct record_kind *k, const struct record_field *f)
{
    scoped_buf sql;
    buf_init(&sql, LIMIT_CATALOG_FILE);
    buf_printf(&sql,
               "CREATE TEMP VIEW IF NOT EXISTS \"item_" STR_FMT "__" STR_FMT "\" AS SELECT r.subject, e.key AS seq",
               STR_ARG(k->key), STR_ARG(f->key));
    for (size_t i = 0; i < f->n_columns; i++) {
        buf_cstr(&sql, ", ");
        put_value(&sql, &f->columns[i], "e.value");
        put_name(&sql, f->columns[i].key);
    }
    if (f->type != FIELD_TABLE) buf_cstr(&sql, ", CAST(e.value AS TEXT) AS value");
    buf_printf(&sql, " FROM fact_record r JOIN json_each(r.content, '$." STR_FMT "') e WHERE r.kind = '" STR_FMT "'",
               STR_ARG(f->key), STR_ARG(k->key));
    return make(cx, db, &sql);
}

static enum rc make_kind(struct ctx *cx, sqlite3 *db, const struct record_kind *k)
{
    TRY(make_items(cx, db, k));
    for (size_t f = 0; f < k->n_fields; f++)
        if (holds_many(&k->fields[f])) TRY(make_list(cx, db, k, &k->fields[f]));
    return OK;
}

/* Views of the connection's own are forbidden too where it only reads. */
static enum rc unlocked(struct ctx *cx, sqlite3 *db, enum rc (*make_them)(struct ctx *cx, sqlite3 *db, const void *arg),
                        const void *arg)
{
    int64_t only_reads;
    TRY(store_get_int(cx, db, "PRAGMA query_only", &only_reads));
    if (only_reads) TRY(store_exec(cx, db, "PRAGMA query_only=0"));
    enum rc rc = make_them(cx, db, arg);
    if (only_reads) TRY(store_exec(cx, db, "PRAGMA query_only=1"));
    return rc;
}

static enum rc make_records(struct ctx *cx, sqlite3 *db, const void *arg)
{
    (void)arg;
    return store_exec(cx, db, catalog_records_sql);
}

/* The last of its kind that is made tells that all are there. */
static enum rc is_made(struct ctx *cx, sqlite3 *db, const char *last, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM temp.sqlite_schema WHERE name = ?1"), &st));
    store_bind_str(st, 1, str_from(last));
    return store_step(cx, st, out);
}

enum rc views_of_records(struct ctx *cx, sqlite3 *db)
{
    bool made;
    TRY(is_made(cx, db, "push_stayed", &made));
    return made ? OK : unlocked(cx, db, make_records, NULL);
}

struct kinds {
    const struct record_kind *p;
    size_t n;
    const bool *only; /* NULL: all */
};

/* Together or not at all. */
static enum rc make_views(struct ctx *cx, sqlite3 *db, const void *arg)
{
    const struct kinds *kinds = arg;
    enum rc rc = OK;
    TRY(store_exec(cx, db, KIND_SQL_PREPARE)); /* declared once, outside any rule */
    TRY(make_records(cx, db, NULL));
    TRY(store_exec(cx, db, "SAVEPOINT items"));
    for (size_t i = 0; i < kinds->n && rc == OK; i++)
        if (!kinds->only || kinds->only[i]) rc = make_kind(cx, db, &kinds->p[i]);
    if (rc == OK && !kinds->only) rc = store_exec(cx, db, "CREATE TEMP VIEW item_kinds_made AS SELECT 1 AS made");
    if (rc != OK) (void)sqlite3_exec(db, "ROLLBACK TO items", NULL, NULL, NULL);
    (void)sqlite3_exec(db, "RELEASE items", NULL, NULL, NULL);
    return rc;
}

static enum rc make_missing(struct ctx *cx, sqlite3 *db, const struct kinds *kinds)
{
    bool made;
    TRY(is_made(cx, db, "item_kinds_made", &made));
    return made ? OK : unlocked(cx, db, make_views, kinds);
}

enum rc views_of_items(struct ctx *cx, sqlite3 *db, const struct record_kind *kinds, size_t n)
{
    return make_missing(cx, db, &(struct kinds){kinds, n, NULL});
}

enum rc views_named_in(struct ctx *cx, sqlite3 *db, const struct catalog *c, struct str sql)
{
    return make_missing(cx, db, &(struct kinds){c->records, c->n_records, view_reads_of(cx, c, sql).records});
}

enum rc views_make_facts(struct ctx *cx, sqlite3 *db, const struct catalog_kind *kinds, size_t n)
{
    TRY(store_exec(cx, db, KIND_SQL_PREPARE));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; kinds[i].define && k < kinds[i].n_define; k++) /* NULL: its file is faulty */
            TRY(store_exec(cx, db, arena_cstr(&cx->arena, kinds[i].define[k])));
    return OK;
}

/* --- what a rule reads */

struct view_reads view_reads_none(struct ctx *cx, const struct catalog *c)
{
    return (struct view_reads){.facts = arena_array(&cx->arena, bool, c->n_kinds + 1),
                               .records = arena_array(&cx->arena, bool, c->n_records + 1)};
}

static void add_all(struct view_reads *r, const struct catalog *c, bool facts)
{
    for (size_t i = 0; facts && i < c->n_kinds; i++) r->facts[i] = true;
    for (size_t i = 0; i < c->n_records; i++) r->records[i] = true;
    r->any = true;
}

static bool is_record_fact(struct str kind)
{
    return str_eq(kind, STR("record")) || str_eq(kind, STR("step"));
}

static void add_fact_kind(struct view_reads *r, const struct catalog *c, struct str kind)
{
    for (size_t i = 0; i < c->n_kinds; i++)
        if (str_eq(c->kinds[i].key, kind)) r->any = r->facts[i] = true;
}

static void add_record_kind(struct view_reads *r, const struct catalog *c, struct str kind)
{
    for (size_t i = 0; i < c->n_records; i++)
        if (str_eq(c->records[i].key, kind)) r->any = r->records[i] = true;
}

/* item_KIND, item_KIND__FIELD, fact_KIND, fact_KIND_FIELD: of kinds that begin alike, each. */
static void add_name(struct view_reads *r, const struct catalog *c, struct str name)
{
    if (str_eq(name, STR("records")) || str_eq(name, STR("record_steps"))) {
        add_all(r, c, false);
    } else if (str_eq(name, STR("role_holders"))) {
        add_fact_kind(r, c, STR("role"));
        add_fact_kind(r, c, STR("group"));
        add_fact_kind(r, c, STR("person"));
    } else if (str_eq(name, STR("push_stayed"))) {
        add_fact_kind(r, c, STR("push"));
        add_fact_kind(r, c, STR("decision"));
        add_fact_kind(r, c, STR("outcome"));
    } else if (str_starts(name, STR("item_"))) {
        struct str rest = str_slice(name, 5, name.n);
        const char *list = str_find(rest, STR("__"));
        add_record_kind(r, c, list ? str_slice(rest, 0, (size_t)(list - rest.p)) : rest);
    } else if (str_starts(name, STR("fact_"))) {
        struct str rest = str_slice(name, 5, name.n);
        for (size_t n = rest.n; n; n--)
            if (n == rest.n || rest.p[n] == '_') {
                struct str kind = str_slice(rest, 0, n);
                if (is_record_fact(kind))
                    add_all(r, c, false);
                else
                    add_fact_kind(r, c, kind);
            }
    }
}

static bool in_name(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' || (ch >= 'A' && ch <= 'Z');
}

struct view_reads view_reads_of(struct ctx *cx, const struct catalog *c, struct str sql)
{
    struct view_reads r = view_reads_none(cx, c);
    char name[128];
    for (size_t i = 0, n; i < sql.n; i += n ? n : 1) {
        for (n = 0; i + n < sql.n && in_name(sql.p[i + n]); n++)
            if (n < sizeof name)
                name[n] = sql.p[i + n] >= 'A' && sql.p[i + n] <= 'Z' ? (char)(sql.p[i + n] + 32) : sql.p[i + n];
        if (n && n < sizeof name) add_name(&r, c, (struct str){name, n});
    }
    return r;
}

void view_reads_add(struct view_reads *r, const struct catalog *c, struct str kind, struct str subject)
{
    struct str rest = subject, type;
    if (str_eq(kind, STR("erasure"))) {
        add_all(r, c, true); /* what was said in any kind may be gone */
    } else if (is_record_fact(kind)) {
        if (str_cut(&rest, ':', &type) && str_cut(&rest, '/', &type)) add_record_kind(r, c, type);
    } else {
        add_fact_kind(r, c, kind);
    }
}

bool view_reads_meet(const struct view_reads *a, const struct view_reads *b, const struct catalog *c)
{
    for (size_t i = 0; i < c->n_kinds; i++)
        if (a->facts[i] && b->facts[i]) return true;
    for (size_t i = 0; i < c->n_records; i++)
        if (a->records[i] && b->records[i]) return true;
    return false;
}
