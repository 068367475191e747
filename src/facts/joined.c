#include "facts/joined.h"

#include "base/digest.h"
#include "store/store.h"

extern const char facts_joined_sql[];

#define FILL                                                                                                           \
    "INSERT OR REPLACE INTO j_item (subject, kind, number, title, low, owner, version, n, at, state, phase, "          \
    "state_at, "                                                                                                       \
    "approved_at, review_due) SELECT r.subject, r.kind, r.number, r.title, lower(r.title), r.owner, r.version, r.n, "  \
    "r.at, "                                                                                                           \
    "CASE WHEN s.n > r.n THEN s.state ELSE r.state END, CASE WHEN s.n > r.n THEN s.phase ELSE r.phase END, "           \
    "CASE WHEN s.n > r.n THEN s.at ELSE r.at END, "                                                                    \
    "CASE WHEN s.n > r.n AND s.digest = r.digest THEN (SELECT max(a.at) FROM p_step a WHERE a.subject = r.subject "    \
    "AND a.n > r.n AND a.digest = r.digest AND a.approves) END, "                                                      \
    "CASE WHEN s.n > r.n AND s.phase = 'in_force' THEN s.review_due END "                                              \
    "FROM p_record r LEFT JOIN p_step_last s ON s.subject = r.subject"

static bool is_joined(struct str kind)
{
    return str_eq(kind, STR("record")) || str_eq(kind, STR("step"));
}

static bool has_both(const struct catalog *c)
{
    return facts_kind_index(c, STR("record")) < c->n_kinds && facts_kind_index(c, STR("step")) < c->n_kinds;
}

void joined_digest(char out[65])
{
    struct digest d;
    uint8_t sum[32];
    digest_init(&d);
    digest_field(&d, str_from(facts_joined_sql));
    digest_field(&d, STR(FILL));
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, out);
}

static enum rc make(struct ctx *cx, sqlite3 *db, const char *digest)
{
    scoped_stmt *st = NULL;
    TRY(store_exec(cx, db, "DROP VIEW IF EXISTS items_now"));
    TRY(store_exec(cx, db, "DROP TABLE IF EXISTS j_item"));
    TRY(store_exec(cx, db, facts_joined_sql));
    TRY(store_exec(cx, db, "CREATE VIEW items_now AS SELECT * FROM j_item"));
    TRY(store_exec(cx, db, FILL));
    TRY(store_prepare(cx, db, STR("UPDATE joined SET digest = ?1"), &st));
    store_bind_str(st, 1, str_from(digest));
    return store_run(cx, st);
}

enum rc joined_tables(struct ctx *cx, sqlite3 *db, const struct catalog *c, bool anew)
{
    char digest[65];
    bool row;
    scoped_stmt *st = NULL;
    if (!has_both(c)) return OK;
    joined_digest(digest);
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM joined WHERE digest = ?1"), &st));
    store_bind_str(st, 1, str_from(digest));
    TRY(store_step(cx, st, &row));
    store_finalize(&st);
    st = NULL;
    return row && !anew ? OK : make(cx, db, digest);
}

enum rc joined_put(struct ctx *cx, struct facts *f, struct str kind, struct str subject)
{
    if (!is_joined(kind) || !has_both(f->catalog)) return OK;
    if (!f->join) TRY(store_prepare(cx, f->db, STR(FILL " WHERE r.subject = ?1"), &f->join));
    store_bind_str(f->join, 1, subject);
    return store_run(cx, f->join);
}

enum rc joined_forget(struct ctx *cx, struct facts *f, struct str kind)
{
    if (!is_joined(kind) || !has_both(f->catalog)) return OK;
    TRY(store_exec(cx, f->db, "DELETE FROM j_item"));
    return store_exec(cx, f->db, FILL);
}
