/* Registers beside a repository's derived tables: the moment's items of the kinds that rules name, copied, so that an
 * assessment reads one state of them and the rules nothing else of the data folder. */
#include "assess/assess.h"
#include "catalog/views.h"

static bool is_asked(const struct assess_options *o, const struct catalog_obligation *def, enum assess_registers which)
{
    if (which == ASSESS_REGISTERS_OF_CHECK && !def->check) return false;
    return def->enabled && def->sql.n && (!o->task.p || str_eq(o->task, def->task));
}

/* Of all rules that may be asked. */
static struct view_reads reads_of(struct ctx *cx, const struct assess_options *o, enum assess_registers which)
{
    const struct catalog *c = o->catalog;
    struct view_reads all = view_reads_none(cx, c);
    all.any = which == ASSESS_EVERY_REGISTER;
    for (size_t r = 0; all.any && r < c->n_records; r++) all.records[r] = true;
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_obligations; k++) {
            if (!is_asked(o, &c->tasks[i].obligations[k], which)) continue;
            const struct view_reads one = view_reads_of(cx, c, c->tasks[i].obligations[k].sql);
            all.any = all.any || one.any;
            for (size_t r = 0; r < c->n_records; r++) all.records[r] = all.records[r] || one.records[r];
        }
    return all;
}

struct copying {
    struct ctx *cx;
    sqlite3 *from, *to;
    struct str least, most; /* subjects of one kind of record */
};

static enum rc copy_rows(const struct copying *c, sqlite3_stmt *from, sqlite3_stmt *to)
{
    store_bind_str(from, 1, c->least);
    store_bind_str(from, 2, c->most);
    for (bool row;;) {
        TRY(store_step(c->cx, from, &row));
        if (!row) return OK;
        for (int i = 0; i < sqlite3_column_count(from); i++)
            sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
        TRY(store_run(c->cx, to));
    }
}

/* All columns of the table as the catalog defines it, so that both sides have them in one order. */
static enum rc copy_table(const struct copying *c, struct str table)
{
    scoped_stmt *columns = NULL, *from = NULL, *to = NULL;
    struct str name;
    scoped_buf select, insert;
    bool has_subject = false, row;
    buf_init(&select, 0);
    buf_init(&insert, 0);
    TRY(store_identifier(c->cx, table, &name));
    TRY(store_prepare(c->cx, c->to, STR("SELECT name FROM pragma_table_info(?1)"), &columns));
    store_bind_str(columns, 1, table);
    buf_cstr(&select, "SELECT ");
    buf_printf(&insert, "INSERT INTO main." STR_FMT " VALUES (", STR_ARG(name));
    for (int n = 0;; n++) {
        struct str column;
        TRY(store_step(c->cx, columns, &row));
        if (!row) break;
        has_subject = has_subject || str_eq(store_column_str(columns, 0), STR("subject"));
        TRY(store_identifier(c->cx, store_column_str(columns, 0), &column));
        buf_printf(&select, "%s" STR_FMT, n ? ", " : "", STR_ARG(column));
        buf_cstr(&insert, n ? ",?" : "?");
    }
    if (!has_subject) return OK;
    buf_printf(&select, " FROM " STR_FMT " WHERE subject >= ?1 AND subject < ?2", STR_ARG(name));
    buf_char(&insert, ')');
    TRY(store_prepare(c->cx, c->from, buf_view(&select), &from));
    TRY(store_prepare(c->cx, c->to, buf_view(&insert), &to));
    return copy_rows(c, from, to);
}

static enum rc copy_kind(struct copying *c, const struct catalog *catalog, struct str kind)
{
    static const char *const of[] = {"record", "step"};
    c->least = arena_printf(&c->cx->arena, "record:" STR_FMT "/", STR_ARG(kind));
    c->most = arena_printf(&c->cx->arena, "record:" STR_FMT "0", STR_ARG(kind)); /* '0' follows '/' */
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        const struct catalog_kind *k = catalog_find_kind(catalog, str_from(of[i]));
        for (size_t t = 0; k && t < k->n_tables; t++) TRY(copy_table(c, k->tables[t]));
    }
    return OK;
}

static enum rc note_repository(struct ctx *cx, sqlite3 *db, const struct assess_options *o, int64_t facts)
{
    scoped_stmt *find = NULL, *add = NULL;
    bool row = false;
    TRY(store_prepare(cx, o->facts, STR("SELECT project FROM fact_repository WHERE subject = ?1"), &find));
    store_bind_str(find, 1, o->repository);
    if (o->repository.p) TRY(store_step(cx, find, &row));
    TRY(store_prepare(cx, db, STR("INSERT OR REPLACE INTO main.d_recorded VALUES (?1, ?2, coalesce(?3, ''))"), &add));
    store_bind_int(add, 1, facts);
    store_bind_str(add, 2, o->repository.p ? o->repository : STR(""));
    if (row) store_bind_str(add, 3, store_column_str(find, 0));
    return store_run(cx, add);
}

static enum rc copy_all(struct ctx *cx, sqlite3 *db, const struct assess_options *o, const struct view_reads *reads,
                        int64_t *facts)
{
    struct copying c = {.cx = cx, .from = o->facts, .to = db};
    TRY(store_get_int(cx, o->facts, "SELECT coalesce(max(n) + 1, 0) FROM facts", facts));
    TRY(note_repository(cx, db, o, *facts));
    for (size_t i = 0; i < o->catalog->n_records; i++)
        if (reads->records[i]) TRY(copy_kind(&c, o->catalog, o->catalog->records[i].key));
    return OK;
}

bool assess_reads_registers(struct ctx *cx, const struct assess_options *o)
{
    return reads_of(cx, o, ASSESS_REGISTERS).any;
}

enum rc assess_registers(struct ctx *cx, sqlite3 *db, const struct assess_options *o, enum assess_registers which,
                         int64_t *facts)
{
    const struct view_reads reads = reads_of(cx, o, which);
    *facts = -1;
    if (!reads.any && !o->facts) return OK;
    TRY(views_make_facts(cx, db, o->catalog->kinds, o->catalog->n_kinds));
    TRY(views_of_items(cx, db, o->catalog->records, o->catalog->n_records));
    if (!o->facts) return OK;
    TRY(store_exec(cx, db, "BEGIN"));
    const bool within = store_in_transaction(o->facts); /* one state of the registers */
    enum rc rc = within ? OK : store_begin_read(cx, o->facts);
    if (rc == OK) rc = copy_all(cx, db, o, &reads, facts);
    if (!within) store_rollback(o->facts);
    if (rc == OK) return store_commit(cx, db);
    store_rollback(db);
    return rc;
}

enum rc assess_known_people(struct ctx *cx, const struct assess_options *o, struct observe_options *look)
{
    scoped_stmt *st = NULL;
    size_t cap = 0;
    struct observe_known *known = NULL;
    look->n_known = 0;
    if (!o->facts) return OK;
    TRY(store_prepare(cx, o->facts,
                      STR("SELECT p.subject, a.value FROM fact_person p JOIN fact_person_addresses a ON a.n = p.n"
                          " ORDER BY p.subject, a.seq"),
                      &st));
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        if (look->n_known == cap) {
            struct observe_known *more = arena_array(&cx->arena, struct observe_known, cap = cap ? 2 * cap : 64);
            if (known) memcpy(more, known, look->n_known * sizeof *more);
            known = more;
        }
        known[look->n_known++] = (struct observe_known){arena_str(&cx->arena, store_column_str(st, 0)),
                                                        arena_str(&cx->arena, store_column_str(st, 1))};
    }
    look->known = known;
    return OK;
}
