/* What was found in a patch set when it was pushed, for who publishes it. */
#include "gates/push_scan.h"
#include "store/store.h"

struct finding {
    struct ctx *cx;
    sqlite3 *db;
    struct push *p;
    int64_t n; /* of its push's fact */
};

static struct str text(struct finding *f, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_str(&f->cx->arena, s) : STR_NONE;
}

static const char *word(struct finding *f, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_cstr(&f->cx->arena, s) : NULL;
}

static enum rc each(struct finding *f, const char *sql, void (*take)(struct finding *f, sqlite3_stmt *st))
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(f->cx, f->db, str_from(sql), &st));
    store_bind_int(st, 1, f->n);
    for (bool row;;) {
        TRY(store_step(f->cx, st, &row));
        if (!row) return OK;
        take(f, st);
    }
}

static void take_hit(struct finding *f, sqlite3_stmt *st)
{
    if (f->p->n_hits == PUSH_HITS) return;
    f->p->hits[f->p->n_hits++] = (struct push_hit){.path = text(f, st, 0),
                                                   .line = sqlite3_column_int64(st, 1),
                                                   .rule = word(f, st, 2),
                                                   .spot = {word(f, st, 3), text(f, st, 4)}};
}

static void take_personal(struct finding *f, sqlite3_stmt *st)
{
    if (f->p->n_personal == PUSH_HITS) return;
    f->p->personal[f->p->n_personal++] = (struct push_personal){.path = text(f, st, 0),
                                                                .line = sqlite3_column_int64(st, 1),
                                                                .rule = word(f, st, 2),
                                                                .items = sqlite3_column_int64(st, 5),
                                                                .spot = {word(f, st, 3), text(f, st, 4)}};
}

static void take_unread(struct finding *f, sqlite3_stmt *st)
{
    if (f->p->n_unread < PUSH_HITS)
        f->p->unread[f->p->n_unread++] = (struct push_unread){text(f, st, 0), word(f, st, 1)};
}

enum rc push_found(struct ctx *cx, sqlite3 *db, struct str change, int64_t patch_set, struct push *p)
{
    struct finding f = {cx, db, p, 0};
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT n, secrets FROM fact_push_refs WHERE change = ?1 AND patch_set = ?2 AND kind = "
                          "'change' ORDER BY n DESC LIMIT 1"),
                      &st));
    store_bind_str(st, 1, change);
    store_bind_int(st, 2, patch_set);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    f.n = sqlite3_column_int64(st, 0);
    p->secrets = p->refs[0].secrets = sqlite3_column_int64(st, 1);
    TRY(each(&f, "SELECT path, line, rule, found_in, object FROM fact_push_hits WHERE n = ?1 ORDER BY seq", take_hit));
    TRY(each(&f, "SELECT path, line, rule, found_in, object, items FROM fact_push_personal WHERE n = ?1 ORDER BY seq",
             take_personal));
    return each(&f, "SELECT path, why FROM fact_push_unread WHERE n = ?1 ORDER BY seq", take_unread);
}
