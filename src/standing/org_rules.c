/* The rules over the organization: asked again when facts come that they read, or when time moves what they found. */
#include "base/limits.h"
#include "standing/keeper_int.h"

enum rc org_rules_prepare(struct ctx *cx, struct keeper *k)
{
    const struct catalog *c = k->o.catalog;
    size_t at = 0;
    k->n_points = rules_count_points(c);
    k->reads = arena_array(&k->arena, struct view_reads, k->n_points + 1);
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t p = 0; p < c->tasks[i].n_obligations; p++, at++) {
            if (!c->tasks[i].obligations[p].org.sql.n) continue;
            const struct view_reads r = view_reads_of(cx, c, c->tasks[i].obligations[p].org.sql);
            k->reads[at].facts = arena_array(&k->arena, bool, c->n_kinds + 1);
            k->reads[at].records = arena_array(&k->arena, bool, c->n_records + 1);
            memcpy(k->reads[at].facts, r.facts, c->n_kinds * sizeof *r.facts);
            memcpy(k->reads[at].records, r.records, c->n_records * sizeof *r.records);
        }
    return OK;
}

/* --- what each found */

static struct str name_of(struct pass *p, const struct catalog_obligation *def)
{
    return arena_printf(&p->cx->arena, STR_FMT "/" STR_FMT, STR_ARG(def->task), STR_ARG(def->key));
}

static enum rc clear(struct pass *p, const char *table, struct str point)
{
    scoped_stmt *st = NULL;
    struct str name;
    TRY(store_identifier(p->cx, str_from(table), &name));
    TRY(store_prepare(
        p->cx, p->db,
        arena_printf(&p->cx->arena, "DELETE FROM " STR_FMT " WHERE repository = 'org' AND point = ?1", STR_ARG(name)),
        &st));
    store_bind_str(st, 1, point);
    return store_run(p->cx, st);
}

static void bind_place(sqlite3_stmt *st, int i, struct str path, int64_t line, struct str commit)
{
    store_bind_str(st, i, path);
    if (line) store_bind_int(st, i + 1, line);
    store_bind_str(st, i + 2, commit);
}

static enum rc write_findings(struct pass *p, struct str point, const struct obligation_result *o)
{
    scoped_stmt *st = NULL;
    TRY(clear(p, "finding", point));
    TRY(store_prepare(p->cx, p->db,
                      STR("INSERT OR IGNORE INTO finding VALUES ('org', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
                          " ?12, ?13, NULL, ?13 = '', ?14, NULL)"),
                      &st));
    for (size_t i = 0; i < o->n_findings; i++) {
        const struct finding *f = &o->findings[i];
        store_bind_str(st, 1, f->id);
        store_bind_int(st, 2, (int64_t)i);
        store_bind_str(st, 3, o->def->task);
        store_bind_str(st, 4, point);
        store_bind_str(st, 5, f->subject);
        bind_place(st, 6, f->path, f->line, f->commit);
        store_bind_str(st, 9, f->texts[LANG_EN].message);
        store_bind_str(st, 10, f->texts[LANG_FI].message);
        store_bind_str(st, 11, f->texts[LANG_EN].fix);
        store_bind_str(st, 12, f->texts[LANG_FI].fix);
        store_bind_str(st, 13, str_from(exception_name(f->exception)));
        store_bind_int(st, 14, f->at);
        TRY(store_run(p->cx, st));
    }
    return OK;
}

static enum rc write_examples(struct pass *p, struct str point, const struct obligation_result *o)
{
    scoped_stmt *st = NULL;
    TRY(clear(p, "example", point));
    TRY(store_prepare(p->cx, p->db, STR("INSERT INTO example VALUES ('org', ?1, ?2, ?3, ?4, ?5, ?6, ?7)"), &st));
    for (size_t i = 0; i < o->n_shown; i++) {
        const struct shown *s = &o->shown[i];
        store_bind_str(st, 1, point);
        store_bind_int(st, 2, (int64_t)i);
        store_bind_str(st, 3, s->subject);
        bind_place(st, 4, s->path, s->line, s->commit);
        if (s->at) store_bind_int(st, 7, s->at);
        TRY(store_run(p->cx, st));
    }
    return OK;
}

/* Whether the row is another than before. */
static enum rc write_point(struct pass *p, struct str point, int64_t seq, const struct obligation_result *o)
{
    scoped_stmt *st = NULL;
    const int64_t numbers[] = {o->population, o->judged, o->failing, o->waived, o->treated, o->stopped};
    const int64_t times[] = {o->at, o->due, o->next};
    TRY(store_prepare(
        p->cx, p->db,
        STR("INSERT INTO organization_point VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
            " ON CONFLICT DO UPDATE SET verdict = ?4, assurance = ?5, in_scope = ?6, judged = ?7, failing = ?8,"
            " waived = ?9, treated = ?10, stopped = ?11, at = ?12, due = ?13, next = ?14"
            " WHERE (verdict, assurance, in_scope, judged, failing, waived, treated, stopped, at, due, next)"
            " IS NOT (?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"),
        &st));
    store_bind_int(st, 1, seq);
    store_bind_str(st, 2, o->def->task);
    store_bind_str(st, 3, point);
    store_bind_str(st, 4, str_from(verdict_name(o->verdict)));
    store_bind_str(st, 5, str_from(assurance_name(o->assurance)));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) store_bind_int(st, (int)i + 6, numbers[i]);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (times[i]) store_bind_int(st, (int)i + 12, times[i]);
    const int64_t before = sqlite3_total_changes64(p->db);
    TRY(store_run(p->cx, st));
    p->moved = p->moved || sqlite3_total_changes64(p->db) != before;
    return OK;
}

static enum rc ask(struct pass *p, const bool *wanted)
{
    struct own *own;
    struct obligation_result *results = arena_array(&p->cx->arena, struct obligation_result, p->k->n_points + 1);
    TRY(rules_own_read(p->cx, p->facts, p->now, STR_NONE, &own));
    const struct organization_options o = {.at = p->now,
                                           .own = own,
                                           .preset = rules_preset(p->k->o.catalog, own, p->k->o.preset),
                                           .texts = true,
                                           .wanted = wanted};
    TRY(rules_organization(p->cx, p->facts, p->k->o.catalog, &o, results));
    for (size_t i = 0; i < p->k->n_points; i++) {
        if (!results[i].def) continue;
        const struct str point = name_of(p, results[i].def);
        TRY(write_point(p, point, (int64_t)i, &results[i]));
        TRY(write_findings(p, point, &results[i]));
        TRY(write_examples(p, point, &results[i]));
    }
    return words_index(p, STR("org"));
}

/* Those that what is new concerns; findings' memory is given back at once. */
static enum rc ask_touched(struct pass *p)
{
    bool any = false, *wanted = arena_array(&p->cx->arena, bool, p->k->n_points + 1);
    for (size_t i = 0; i < p->k->n_points; i++) {
        const struct view_reads *r = &p->k->reads[i];
        wanted[i] = r->facts && (p->whole || view_reads_meet(r, &p->touched, p->k->o.catalog));
        any = any || wanted[i];
    }
    if (!any) return OK;
    struct ctx own, *cx = p->cx;
    ctx_init(&own);
    p->cx = &own;
    enum rc rc = ask(p, wanted);
    p->cx = cx;
    if (rc != OK) rc = fail(cx, rc, "%s", own.message);
    ctx_release(&own);
    return rc;
}

/* --- what was found, those not asked now too */

static int word_of(struct str word, int count, const char *(*name)(int))
{
    for (int i = 0; i < count; i++)
        if (str_eq(word, str_from(name(i)))) return i;
    return 0;
}

static const char *verdict_word(int i)
{
    return verdict_name((enum verdict)i);
}

static const char *assurance_word(int i)
{
    return assurance_name((enum assurance)i);
}

static const struct catalog_obligation *point_at(const struct catalog *c, size_t at)
{
    for (size_t i = 0; i < c->n_tasks; at -= c->tasks[i++].n_obligations)
        if (at < c->tasks[i].n_obligations) return &c->tasks[i].obligations[at];
    return NULL;
}

static enum rc read_points(struct pass *p)
{
    scoped_stmt *st = NULL;
    struct obligation_result *results = arena_array(&p->cx->arena, struct obligation_result, p->k->n_points + 1);
    TRY(store_prepare(p->cx, p->db,
                      STR("SELECT seq, verdict, assurance, in_scope, judged, failing, at, due, next"
                          " FROM organization_point"),
                      &st));
    p->organization = results;
    for (bool row;;) {
        TRY(store_step(p->cx, st, &row));
        if (!row) return OK;
        const int64_t seq = sqlite3_column_int64(st, 0);
        if (seq < 0 || seq >= (int64_t)p->k->n_points) continue;
        results[seq] = (struct obligation_result){
            .def = point_at(p->k->o.catalog, (size_t)seq),
            .verdict = (enum verdict)word_of(store_column_str(st, 1), VERDICT_COUNT, verdict_word),
            .assurance = (enum assurance)word_of(store_column_str(st, 2), ASSURANCE_COUNT, assurance_word),
            .population = sqlite3_column_int64(st, 3),
            .judged = sqlite3_column_int64(st, 4),
            .failing = sqlite3_column_int64(st, 5),
            .at = sqlite3_column_int64(st, 6),
            .due = sqlite3_column_int64(st, 7),
            .next = sqlite3_column_int64(st, 8)};
    }
}

/* --- what items show */

/* ?1 NULL: all items. */
static const char showing[] = "SELECT r.subject, s.value, l.n, l.review_due FROM fact_record_shows s"
                              " JOIN fact_record r ON r.subject = s.subject AND r.n = s.n"
                              " JOIN fact_step_last l ON l.subject = r.subject AND l.n > r.n AND l.phase = 'in_force'"
                              " WHERE ?1 IS NULL OR r.subject = ?1 ORDER BY r.subject, s.value";

static enum rc write_shows(struct pass *p, struct str item)
{
    scoped_stmt *from = NULL, *to = NULL, *old = NULL;
    int64_t kept = 0, before = 0;
    TRY(store_prepare(p->cx, p->db, STR("SELECT count(*) FROM item_shows WHERE ?1 IS NULL OR subject = ?1"), &old));
    store_bind_str(old, 1, item);
    bool row;
    TRY(store_step(p->cx, old, &row));
    before = sqlite3_column_int64(old, 0);
    TRY(store_prepare(p->cx, p->facts, STR(showing), &from));
    TRY(store_prepare(p->cx, p->db,
                      STR("INSERT INTO item_shows VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET since = ?3,"
                          " review_due = ?4 WHERE (since, review_due) IS NOT (?3, ?4)"),
                      &to));
    store_bind_str(from, 1, item);
    const int64_t changes = sqlite3_total_changes64(p->db);
    for (;; kept++) {
        TRY(store_step(p->cx, from, &row));
        if (!row) break;
        store_bind_str(to, 1, store_column_str(from, 0));
        store_bind_str(to, 2, store_column_str(from, 1));
        store_bind_int(to, 3, sqlite3_column_int64(from, 2));
        if (sqlite3_column_type(from, 3) != SQLITE_NULL) store_bind_int(to, 4, sqlite3_column_int64(from, 3));
        TRY(store_run(p->cx, to));
    }
    p->moved = p->moved || kept != before || sqlite3_total_changes64(p->db) != changes;
    return OK;
}

static enum rc drop_shows(struct pass *p, struct str item)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(p->cx, p->db, STR("DELETE FROM item_shows WHERE ?1 IS NULL OR subject = ?1"), &st));
    store_bind_str(st, 1, item);
    return store_run(p->cx, st);
}

/* Whole: from nothing, which moves everything anyway. */
static enum rc keep_shows(struct pass *p)
{
    if (p->whole) {
        TRY(drop_shows(p, STR_NONE));
        return write_shows(p, STR_NONE);
    }
    for (size_t i = 0; i < p->n_items; i++) {
        bool moved = p->moved;
        p->moved = false;
        TRY(write_shows(p, p->items[i]));
        if (p->moved) {
            TRY(drop_shows(p, p->items[i]));
            TRY(write_shows(p, p->items[i]));
        }
        p->moved = p->moved || moved;
    }
    return OK;
}

enum rc org_rules_write(struct pass *p)
{
    TRY(ask_touched(p));
    TRY(keep_shows(p));
    return read_points(p);
}
