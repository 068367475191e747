#include "assess/record.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/time.h"
#include "standing/keeper_int.h"

#include <stdlib.h>
#include <unistd.h>

#define WHOLE_SECONDS 3600   /* between two whole computations */
#define MOST_NEW_FACTS 10000 /* after more than so many everything is computed rather than sought */

extern const char standing_derived_sql[];

static const char *const tables[] = {
    "refreshed",        "day",     "task",    "point", "control",    "repository",
    "repository_point", "finding", "example", "seen",  "assessment", "organization_point",
    "item_shows"};

/* --- the file */

/* The tables' definition in 31 bits, kept in the file's header. */
static int64_t version(void)
{
    struct digest d;
    uint8_t hash[32];
    digest_init(&d);
    digest_add(&d, str_from(standing_derived_sql));
    digest_final(&d, hash);
    return (int64_t)(hash[0] & 0x7f) << 24 | hash[1] << 16 | hash[2] << 8 | hash[3];
}

static const char *path_of(struct ctx *cx, const char *dir)
{
    return arena_printf(&cx->arena, "%s/derived.db", dir).p;
}

/* Whatever the file holds, it is empty afterwards, for others who have it open too. */
static enum rc empty(struct ctx *cx, sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_RESET_DATABASE, 1, 0);
    int attached = sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1); /* how VACUUM does it */
    enum rc rc = store_exec(cx, db, "VACUUM");
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, attached);
    sqlite3_db_config(db, SQLITE_DBCONFIG_RESET_DATABASE, 0, 0);
    return rc;
}

static enum rc make_tables(struct ctx *cx, sqlite3 *db)
{
    int64_t is;
    TRY(store_get_int(cx, db, "PRAGMA user_version", &is));
    if (is == version()) return OK;
    TRY(empty(cx, db));
    TRY(store_begin_write(cx, db));
    enum rc rc = store_get_int(cx, db, "PRAGMA user_version", &is); /* another process may have been faster */
    if (rc == OK && is != version()) {
        rc = store_exec(cx, db, standing_derived_sql);
        if (rc == OK)
            rc = store_exec(cx, db, arena_printf(&cx->arena, "PRAGMA user_version=%lld", (long long)version()).p);
    }
    if (rc != OK) {
        store_rollback(db);
        return rc;
    }
    return store_commit(cx, db);
}

static enum rc open_file(struct ctx *cx, const char *path, sqlite3 **db)
{
    enum rc rc = store_open_file(cx, path, STORE_WRITE, db);
    if (rc != E_NOTFOUND) return rc;
    rc = store_open_file(cx, path, STORE_CREATE, db);
    return rc == E_CONFLICT ? store_open_file(cx, path, STORE_WRITE, db) : rc;
}

/* A file that is no database is put aside of the way: all that stood in it can be made again. */
static enum rc open_derived(struct ctx *cx, const char *dir, sqlite3 **db)
{
    const char *path = path_of(cx, dir);
    TRY(store_check_user(cx, dir));
    enum rc rc = open_file(cx, path, db);
    if (rc == OK) rc = make_tables(cx, *db);
    if (rc == E_CORRUPT) {
        store_close(*db);
        (void)unlink(path);
        (void)unlink(arena_printf(&cx->arena, "%s-wal", path).p);
        (void)unlink(arena_printf(&cx->arena, "%s-shm", path).p);
        rc = open_file(cx, path, db);
        if (rc == OK) rc = make_tables(cx, *db);
    }
    /* what a power cut takes away is made again; nothing here needs to be overwritten */
    if (rc == OK) rc = store_keep_statements(cx, *db);
    return rc == OK ? store_exec(cx, *db, "PRAGMA synchronous=NORMAL; PRAGMA secure_delete=0") : rc;
}

/* The same rules are asked again and again: their statements stay, and the views that they read, which would be gone
 * with the reader's state if they were made within one. */
static enum rc open_reader(struct ctx *cx, struct keeper *k)
{
    TRY(log_reader_open(cx, k->dir, &k->reader));
    log_reader_rest(k->reader);
    sqlite3 *db = log_reader_db(k->reader);
    TRY(store_keep_statements(cx, db));
    return views_of_items(cx, db, k->o.catalog->records, k->o.catalog->n_records);
}

enum rc keeper_open(struct ctx *cx, const char *dir, const struct keeper_options *o, struct keeper **out)
{
    struct keeper *k = calloc(1, sizeof *k);
    *out = NULL;
    if (k) k->dir = strdup(dir);
    if (!k || !k->dir) {
        free(k);
        return fail(cx, E_IO, "out of memory");
    }
    k->o = *o;
    arena_init(&k->arena);
    enum rc rc = open_reader(cx, k);
    if (rc == OK) rc = org_rules_prepare(cx, k);
    if (rc == OK) rc = open_derived(cx, dir, &k->db);
    if (rc == OK)
        *out = k;
    else
        keeper_close(k);
    return rc;
}

void keeper_close(struct keeper *k)
{
    if (!k) return;
    log_reader_close(k->reader);
    store_close(k->db);
    arena_release(&k->arena);
    free(k->dir);
    free(k);
}

/* --- what is to be done */

bool pass_touches(const struct pass *p, struct str repository)
{
    for (size_t i = 0; !p->whole && i < p->n_repositories; i++)
        if (str_eq(p->repositories[i], repository)) return true;
    return p->whole;
}

/* Of the last fact that was seen; "" of none. */
static enum rc digest_of_entry(struct pass *p, int64_t facts, char out[65])
{
    struct str entry;
    struct digest d;
    uint8_t hash[32];
    out[0] = 0;
    if (facts == 0) return OK;
    TRY(log_reader_entry(p->cx, p->k->reader, (uint64_t)facts - 1, &entry));
    digest_init(&d);
    digest_add(&d, entry);
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, out);
    return OK;
}

static struct str preset_key(const struct pass *p)
{
    return p->k->o.preset ? p->k->o.preset->key : STR("");
}

/* Where the tables are, and whether time alone has made them old. */
static enum rc compare_state(struct pass *p)
{
    scoped_stmt *st = NULL;
    bool row;
    char last[65];
    p->anew = true;
    TRY(store_prepare(p->cx, p->db, STR("SELECT facts, last_fact, catalog, preset, at, whole, next FROM refreshed"),
                      &st));
    TRY(store_step(p->cx, st, &row));
    if (!row) return OK;
    int64_t seen = sqlite3_column_int64(st, 0), at = sqlite3_column_int64(st, 4), whole = sqlite3_column_int64(st, 5);
    if (seen > p->to) return OK;
    TRY(digest_of_entry(p, seen, last));
    if (!str_eq(store_column_str(st, 1), str_from(last)) ||
        !str_eq(store_column_str(st, 2), str_from(p->k->o.catalog->digest)) ||
        !str_eq(store_column_str(st, 3), preset_key(p)))
        return OK;
    bool moment = sqlite3_column_type(st, 6) != SQLITE_NULL && sqlite3_column_int64(st, 6) <= p->now;
    p->anew = false;
    p->from = seen;
    p->whole = moment || p->now < at || p->now >= whole + WHOLE_SECONDS || p->to - p->from > MOST_NEW_FACTS;
    return OK;
}

static bool concerns_all(struct str kind)
{
    static const char *const kinds[] = {"adoption",   "applicability", "organization", "policy", "project",
                                        "repository", "task",          "treatment",    "waiver", "erasure"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(kind, str_from(kinds[i]))) return true;
    return false;
}

static struct str *more(struct pass *p, const struct str *list, size_t n, size_t *cap)
{
    struct str *grown = arena_array(&p->cx->arena, struct str, *cap = *cap ? 2 * *cap : 16);
    if (list && n) memcpy(grown, list, n * sizeof *grown);
    return grown;
}

/* Of the new facts: repositories that were judged, items, kinds; or that all is concerned. */
static enum rc find_touched(struct pass *p)
{
    scoped_stmt *st = NULL;
    size_t cap = 0, cap_items = 0;
    struct str *list = NULL, *items = NULL;
    p->touched = view_reads_none(p->cx, p->k->o.catalog);
    TRY(store_prepare(p->cx, p->facts, STR("SELECT kind, subject FROM facts WHERE n >= ?1 AND n < ?2"), &st));
    store_bind_int(st, 1, p->from);
    store_bind_int(st, 2, p->to);
    for (bool row; !p->whole;) {
        TRY(store_step(p->cx, st, &row));
        if (!row) break;
        struct str kind = store_column_str(st, 0), subject = store_column_str(st, 1);
        if (concerns_all(kind)) p->whole = true;
        view_reads_add(&p->touched, p->k->o.catalog, kind, subject);
        if (str_starts(subject, STR("record:")) && (str_eq(kind, STR("record")) || str_eq(kind, STR("step")))) {
            if (!items || p->n_items == cap_items) p->items = items = more(p, items, p->n_items, &cap_items);
            items[p->n_items++] = arena_str(&p->cx->arena, subject);
        }
        bool judged = str_eq(kind, STR("verdicts")) || str_eq(kind, STR("assessment"));
        if (!judged || !str_starts(subject, STR("repo:")) || pass_touches(p, subject)) continue;
        if (!list || p->n_repositories == cap) p->repositories = list = more(p, list, p->n_repositories, &cap);
        list[p->n_repositories++] = arena_str(&p->cx->arena, subject);
    }
    return OK;
}

static enum rc clear(struct pass *p)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct str table;
        TRY(store_identifier(p->cx, str_from(tables[i]), &table));
        TRY(store_exec(p->cx, p->db, arena_printf(&p->cx->arena, "DELETE FROM " STR_FMT, STR_ARG(table)).p));
    }
    return OK;
}

/* --- doing it */

/* Scopes that are no longer, of the present only: what was recorded of their past stays. */
static enum rc drop_closed(struct pass *p, struct str active)
{
    static const char *const statements[] = {
        "DELETE FROM day WHERE day = 'now' AND scope <> 'org' AND scope NOT IN (SELECT value FROM json_each(?1))",
        "DELETE FROM task WHERE day = 'now' AND scope <> 'org' AND scope NOT IN (SELECT value FROM json_each(?1))",
        "DELETE FROM point WHERE day = 'now' AND scope <> 'org' AND scope NOT IN (SELECT value FROM json_each(?1))",
        "DELETE FROM control WHERE day = 'now' AND scope <> 'org' AND scope NOT IN (SELECT value FROM json_each(?1))"};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        scoped_stmt *st = NULL;
        TRY(store_prepare(p->cx, p->db, str_from(statements[i]), &st));
        store_bind_str(st, 1, active);
        TRY(store_run(p->cx, st));
    }
    return OK;
}

static enum rc write_projects(struct pass *p)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(p->cx, p->facts, STR("SELECT subject FROM fact_project WHERE state = 'active' ORDER BY subject"),
                      &st));
    for (bool row;;) {
        TRY(store_step(p->cx, st, &row));
        if (!row) return OK;
        TRY(project_write(p, arena_str(&p->cx->arena, store_column_str(st, 0))));
    }
}

static enum rc write_touched_projects(struct pass *p)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        p->cx, p->facts,
        STR("SELECT DISTINCT r.project FROM fact_repository r JOIN fact_project j ON j.subject = r.project"
            " WHERE r.state = 'active' AND j.state = 'active'"
            " AND r.subject IN (SELECT value FROM json_each(?1)) ORDER BY 1"),
        &st));
    scoped_buf names;
    struct json j;
    buf_init(&names, 0);
    json_init(&j, &names, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < p->n_repositories; i++) json_str(&j, p->repositories[i]);
    json_end(&j, ']');
    store_bind_str(st, 1, buf_view(&names));
    for (bool row;;) {
        TRY(store_step(p->cx, st, &row));
        if (!row) return OK;
        TRY(project_write(p, arena_str(&p->cx->arena, store_column_str(st, 0))));
    }
}

static enum rc write_scopes(struct pass *p)
{
    if (!p->whole && !p->n_repositories && !p->moved) return OK;
    TRY(organization_write(p));
    if (!p->whole) return p->moved ? write_projects(p) : write_touched_projects(p);
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(p->cx, p->facts, STR("SELECT json_group_array(subject) FROM fact_project WHERE state = 'active'"),
                      &st));
    TRY(store_step(p->cx, st, &row));
    TRY(drop_closed(p, store_column_str(st, 0)));
    return write_projects(p);
}

static enum rc remember(struct pass *p)
{
    scoped_stmt *st = NULL;
    char last[65];
    TRY(digest_of_entry(p, p->to, last));
    bool computed = p->whole || p->n_repositories || p->moved;
    TRY(store_prepare(p->cx, p->db,
                      STR("INSERT INTO refreshed VALUES (1, ?1, ?2, ?3, ?4, ?5, ?5, ?6) ON CONFLICT DO UPDATE SET"
                          " facts = ?1, last_fact = ?2, catalog = ?3, preset = ?4, at = ?5,"
                          " whole = iif(?7, ?5, whole), next = iif(?8, ?6, next)"),
                      &st));
    store_bind_int(st, 1, p->to);
    store_bind_str(st, 2, str_from(last));
    store_bind_str(st, 3, str_from(p->k->o.catalog->digest));
    store_bind_str(st, 4, preset_key(p));
    store_bind_int(st, 5, p->now);
    if (p->next != INT64_MAX) store_bind_int(st, 6, p->next);
    store_bind_int(st, 7, p->whole);
    store_bind_int(st, 8, computed);
    return store_run(p->cx, st);
}

static enum rc refresh_within(struct pass *p, bool from_nothing)
{
    bool arrived = false;
    TRY(compare_state(p));
    p->anew = p->anew || from_nothing;
    if (!p->anew && !p->whole) TRY(find_touched(p));
    if (!p->anew && p->whole) TRY(reports_arrived(p, &arrived));
    p->anew = p->anew || arrived;
    if (p->anew) {
        p->from = 0;
        p->whole = true;
        TRY(clear(p));
    }
    TRY(reports_read(p));
    TRY(days_write(p));
    TRY(org_rules_write(p));
    TRY(write_scopes(p));
    return remember(p);
}

/* Facts that stand in no table yet are the next refresh's. */
static enum rc begin(struct pass *p)
{
    int64_t done;
    TRY(log_reader_refresh(p->cx, p->k->reader));
    TRY(store_get_int(p->cx, p->facts, "SELECT coalesce(max(n) + 1, 0) FROM facts", &done));
    int64_t size = (int64_t)log_reader_size(p->k->reader);
    p->to = done < size ? done : size;
    return store_begin_write(p->cx, p->db);
}

static enum rc answer(struct pass *p, struct refreshed *out)
{
    int64_t next, whole;
    TRY(store_get_int(p->cx, p->db, "SELECT coalesce(next, 9223372036854775807) FROM refreshed", &next));
    TRY(store_get_int(p->cx, p->db, "SELECT whole FROM refreshed", &whole));
    *out = (struct refreshed){.facts = (uint64_t)p->to,
                              .anew = p->anew,
                              .whole = p->whole,
                              .scopes = p->scopes,
                              .next = next < whole + WHOLE_SECONDS ? next : whole + WHOLE_SECONDS};
    return OK;
}

static enum rc refresh_once(struct ctx *cx, struct keeper *k, int64_t now, bool from_nothing, struct refreshed *out)
{
    struct pass p = {.cx = cx, .k = k, .facts = log_reader_db(k->reader), .db = k->db, .now = now, .next = INT64_MAX};
    enum rc rc = begin(&p);
    if (rc == OK) {
        rc = refresh_within(&p, from_nothing);
        if (rc == OK) rc = answer(&p, out);
        if (rc == OK)
            rc = store_commit(cx, k->db);
        else
            store_rollback(k->db);
    }
    log_reader_rest(k->reader);
    return rc;
}

/* A damage that shows while the tables are read or written is mended by making them anew. */
static enum rc refresh(struct ctx *cx, struct keeper *k, int64_t now, bool from_nothing, struct refreshed *out)
{
    *out = (struct refreshed){0};
    if (!k->db) TRY(open_derived(cx, k->dir, &k->db)); /* it could not be made anew the last time */
    enum rc rc = refresh_once(cx, k, now, from_nothing, out);
    int64_t sound;
    if (rc != E_CORRUPT || store_get_int(cx, k->db,
                                         "SELECT count(*) FROM pragma_quick_check(1)"
                                         " WHERE quick_check = 'ok'",
                                         &sound) == OK)
        if (rc != E_CORRUPT || sound) return rc;
    store_close(k->db);
    k->db = NULL;
    TRY(open_derived(cx, k->dir, &k->db));
    TRY(empty(cx, k->db));
    TRY(make_tables(cx, k->db));
    return refresh_once(cx, k, now, true, out);
}

enum rc keeper_refresh(struct ctx *cx, struct keeper *k, int64_t now, struct refreshed *out)
{
    return refresh(cx, k, now, false, out);
}

enum rc keeper_rebuild(struct ctx *cx, struct keeper *k, int64_t now, struct refreshed *out)
{
    return refresh(cx, k, now, true, out);
}

/* --- the day */

static enum rc is_recorded(struct ctx *cx, struct keeper *k, int64_t day, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, log_reader_db(k->reader),
                      STR("SELECT 1 FROM fact_verdicts WHERE subject = 'org' AND via = 'probe' AND at >= ?1"
                          " AND at < ?1 + 86400"),
                      &st));
    store_bind_int(st, 1, day);
    return store_step(cx, st, out);
}

static enum rc record(struct ctx *cx, struct keeper *k, struct facts *facts, int64_t now, bool *recorded)
{
    bool there;
    char date[32];
    uint64_t n;
    struct standing s;
    const struct standing_options o = {.at = now, .preset = k->o.preset};
    sqlite3 *db = log_reader_db(k->reader);
    TRY(is_recorded(cx, k, now - now % DAY_SECONDS, &there));
    if (there) return OK;
    TRY(rules_standing(cx, db, k->o.catalog, &o, &s));
    const struct recorder r = {facts, db, STR("system"), STR(""), STR("probe"), k->dir};
    struct str key = arena_printf(&cx->arena, "verdicts of %s", time_format_date(now, date));
    enum rc rc = record_standing(cx, &r, k->o.catalog, &s, key, &n);
    *recorded = rc == OK;
    return rc == E_CONFLICT ? OK : rc; /* another server was faster, and saw something else */
}

enum rc keeper_record_day(struct ctx *cx, struct keeper *k, struct facts *facts, int64_t now, bool *recorded)
{
    *recorded = false;
    TRY(log_reader_refresh(cx, k->reader));
    enum rc rc = record(cx, k, facts, now, recorded);
    log_reader_rest(k->reader);
    return rc;
}
