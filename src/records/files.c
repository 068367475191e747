/* Files that items name. */
#include "records/records.h"

#include "base/limits.h"
#include "ledger/canonical.h"

static void add(struct ctx *cx, struct str value, struct str *out, size_t *n)
{
    struct str digest;
    if (!canonical_str(&cx->arena, value, &digest) || !digest.n) return;
    for (size_t i = 0; i < *n; i++)
        if (str_eq(out[i], digest)) return;
    if (*n < LIMIT_RECORD_FILES + 1) out[(*n)++] = digest; /* one more tells of too many */
}

void records_files_of(struct ctx *cx, const struct record_kind *k, struct str content, struct str *out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < k->n_fields; i++) {
        const struct record_field *f = &k->fields[i];
        struct str value = canonical_find(content, arena_cstr(&cx->arena, f->key)), rest = value, item;
        if (f->type != FIELD_FILE || !value.p) continue;
        if (!f->many)
            add(cx, value, out, n);
        else
            while (canonical_item(&rest, &item)) add(cx, item, out, n);
    }
}

#define FILES                                                                                                          \
    "SELECT digest, name, type, size, received, by, max(n) FROM fact_record_files WHERE subject = ?1 "                 \
    "GROUP BY digest ORDER BY digest"

enum rc records_files(struct ctx *cx, sqlite3 *db, struct str subject, struct records_file **out, size_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    size_t room = LIMIT_RECORD_FILES;
    struct records_file *files = arena_array(&cx->arena, struct records_file, room);
    *n = 0;
    TRY(store_prepare(cx, db, STR(FILES), &st));
    store_bind_str(st, 1, subject);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        if (*n == room) { /* of many versions */
            struct records_file *more = arena_array(&cx->arena, struct records_file, room * 2);
            memcpy(more, files, room * sizeof *more);
            files = more;
            room *= 2;
        }
        files[(*n)++] = (struct records_file){.digest = arena_str(&cx->arena, store_column_str(st, 0)),
                                              .name = arena_str(&cx->arena, store_column_str(st, 1)),
                                              .type = arena_str(&cx->arena, store_column_str(st, 2)),
                                              .by = arena_str(&cx->arena, store_column_str(st, 5)),
                                              .size = sqlite3_column_int64(st, 3),
                                              .received = sqlite3_column_int64(st, 4)};
    }
    *out = files;
    return OK;
}
