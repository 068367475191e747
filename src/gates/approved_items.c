#include "gates/approved_items.h"

#include "store/store.h"

/* Of each item that is not closed, the text and the owner of the newest version that a move has approved. A body that
 * was erased is not there any more: then what holds cannot be told. */
static const char items_sql[] =
    "SELECT r.subject, r.number, CASE WHEN v.n = r.n THEN r.owner ELSE (SELECT b.body ->> '$.payload.owner' FROM "
    "bodies b "
    "WHERE b.n = v.n) END, v.n, CASE WHEN v.n = r.n THEN r.content ELSE (SELECT b.body ->> "
    "'$.payload.content' FROM bodies b WHERE b.n = v.n) END "
    "FROM fact_record r LEFT JOIN fact_step_last s ON s.subject = r.subject JOIN fact_record_versions v ON "
    "v.subject = r.subject WHERE r.kind = ?1 AND CASE WHEN s.n > r.n THEN s.phase ELSE r.phase END <> 'closed' AND "
    "v.version = (SELECT a.version FROM fact_step a WHERE a.subject = r.subject AND a.approves ORDER BY a.n DESC LIMIT "
    "1) ORDER BY r.number LIMIT 1001";

enum rc approved_items_each(struct ctx *cx, sqlite3 *db, const char *kind,
                            enum rc (*each)(void *arg, const struct approved_item *i), void *arg)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR(items_sql), &st));
    store_bind_str(st, 1, str_from(kind));
    for (int n = 0;; n++) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (n == APPROVED_ITEMS_MOST)
            return fail(cx, E_LIMIT, "the register of %s has more items than a gate reads (%d)", kind,
                        APPROVED_ITEMS_MOST);
        struct str content = store_column_str(st, 4);
        json_t *fields = content.p ? json_loadb(content.p, content.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
        if (!json_is_object(fields)) {
            json_decref(fields);
            return fail(cx, E_CORRUPT, "the approved text of %s number %lld is not there any more: approve it anew",
                        kind, (long long)sqlite3_column_int64(st, 1));
        }
        const struct approved_item i = {.subject = arena_str(&cx->arena, store_column_str(st, 0)),
                                        .version = sqlite3_column_int64(st, 3),
                                        .number = sqlite3_column_int64(st, 1),
                                        .owner = arena_str(&cx->arena, store_column_str(st, 2)),
                                        .fields = fields};
        enum rc rc = each(arg, &i);
        json_decref(fields);
        TRY(rc);
    }
}
