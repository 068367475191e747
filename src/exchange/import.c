#include "exchange/import_int.h"

#include "store/store.h"

#include <stdlib.h>

extern const char exchange_stage_sql[];

#define TELL_EACH 200 /* rows */

enum rc exchange_fault(struct ctx *cx, struct exchange *e, int64_t line, size_t column, struct str field,
                       const char *text)
{
    if (e->counts.faults++ >= LIMIT_IMPORT_FAULTS) return OK;
    if (!e->put_fault)
        TRY(store_prepare(cx, e->stage, STR("INSERT INTO fault VALUES (?1, ?2, ?3, ?4)"), &e->put_fault));
    store_bind_int(e->put_fault, 1, line);
    store_bind_int(e->put_fault, 2, (int64_t)column);
    store_bind_str(e->put_fault, 3, str_from(str_visible(cx, field)));
    store_bind_str(e->put_fault, 4, str_from(text));
    return store_run(cx, e->put_fault);
}

/* --- reading */

/* What an export says of itself in its last line. */
static bool is_note(const struct csv_row *row)
{
    if (!str_starts(row->cells[0], STR("# "))) return false;
    for (size_t i = 1; i < row->n; i++)
        if (row->cells[i].n) return false;
    return true;
}

static enum rc take(struct ctx *cx, struct exchange *e, const struct csv_row *row)
{
    struct ctx own; /* what a row takes is given back before the next */
    ctx_init(&own);
    e->row++;
    e->counts.rows++;
    enum rc rc = exchange_row(&own, e, row);
    if (rc != OK) (void)fail(cx, rc, "%s", own.message);
    ctx_release(&own);
    return rc;
}

/* A fault of the file itself ends the reading; it is told as others are. */
static enum rc next(struct ctx *cx, struct exchange *e, struct csv *csv, struct csv_row *row)
{
    enum rc rc = csv_next(cx, csv, row);
    if (rc != E_INVALID && rc != E_LIMIT) return rc;
    return exchange_fault(cx, e, row->line, 0, STR(""), cx->message);
}

static enum rc read_rows(struct ctx *cx, struct exchange *e, struct csv *csv)
{
    struct csv_row row;
    TRY(next(cx, e, csv, &row));
    if (!row.n) return e->counts.faults ? OK : exchange_fault(cx, e, 1, 0, STR(""), "the file is empty");
    TRY(exchange_head(cx, e, &row));
    if (e->counts.faults) return OK; /* what stands below cannot be understood */
    TRY(exchange_index(cx, e));
    for (;;) {
        TRY(next(cx, e, csv, &row));
        if (!row.n) return OK;
        if (is_note(&row)) continue;
        if (e->counts.rows == LIMIT_IMPORT_ROWS)
            return exchange_fault(cx, e, row.line, 0, STR(""), "the file has more than 200,000 rows: divide it");
        TRY(take(cx, e, &row));
        if (e->counts.rows % TELL_EACH == 0) ctx_progress(cx, "checking", csv_bytes(csv), e->o.bytes);
    }
}

static enum rc read_file(struct ctx *cx, struct exchange *e, int fd)
{
    struct csv *csv;
    uint8_t sum[32];
    TRY(records_views(cx, e->o.ledger));
    TRY(names_open(cx, e->o.ledger, e->o.catalog, &e->names));
    TRY(csv_open(cx, fd, &csv));
    digest_init(&e->digest);
    digest_field(&e->digest, e->o.kind->key);
    enum rc rc = store_exec(cx, e->stage, "BEGIN");
    if (rc == OK) rc = read_rows(cx, e, csv);
    if (rc == OK) rc = store_exec(cx, e->stage, "COMMIT");
    csv_close(csv);
    digest_final(&e->digest, sum);
    digest_hex(sum, sizeof sum, e->outcome);
    return rc;
}

enum rc exchange_read(struct ctx *cx, const struct exchange_options *o, int fd, struct exchange **out)
{
    struct exchange *e = *out = calloc(1, sizeof *e);
    if (!e) return fail(cx, E_IO, "out of memory");
    e->o = *o;
    enum rc rc = store_open_temporary(cx, exchange_stage_sql, &e->stage);
    if (rc == OK) rc = read_file(cx, e, fd);
    if (rc == OK) return OK;
    exchange_close(e);
    *out = NULL;
    return rc;
}

void exchange_close(struct exchange *e)
{
    if (!e) return;
    sqlite3_stmt **all[] = {&e->put_row, &e->put_fault, &e->put_field, &e->take, &e->by_number,
                            &e->by_key,  &e->item,      &e->shows,     &e->walk};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) store_finalize(all[i]);
    names_close(e->names);
    if (e->stage) store_close(e->stage);
    free(e);
}

const struct exchange_counts *exchange_counts(const struct exchange *e)
{
    return &e->counts;
}

const char *exchange_outcome(const struct exchange *e)
{
    return e->outcome;
}

/* --- doing it */

#define WALK                                                                                                           \
    "SELECT line, subject, seen, title, owner, content, shows FROM row WHERE change <> 'unchanged' ORDER BY row"

static enum rc rewind_rows(struct ctx *cx, void *arg)
{
    struct exchange *e = arg;
    if (!e->walk) return store_prepare(cx, e->stage, STR(WALK), &e->walk);
    sqlite3_reset(e->walk);
    return OK;
}

static void split(struct ctx *cx, struct str lines, struct records_draft *d)
{
    struct str *points = arena_array(&cx->arena, struct str, LIMIT_RECORD_SHOWS), rest = lines;
    while (d->n_shows < LIMIT_RECORD_SHOWS && rest.n && str_cut(&rest, '\n', &points[d->n_shows])) d->n_shows++;
    d->shows = points;
}

static enum rc next_row(struct ctx *cx, void *arg, struct records_wish *out, bool *more)
{
    struct exchange *e = arg;
    TRY(store_step(cx, e->walk, more));
    if (!*more) return OK;
    e->line = sqlite3_column_int64(e->walk, 0);
    out->subject = store_column_str(e->walk, 1);
    out->seen = store_column_str(e->walk, 2);
    out->draft = (struct records_draft){.kind = e->o.kind,
                                        .title = store_column_str(e->walk, 3),
                                        .owner = store_column_str(e->walk, 4),
                                        .content = store_column_str(e->walk, 5)};
    split(cx, store_column_str(e->walk, 6), &out->draft);
    return OK;
}

enum rc exchange_apply(struct ctx *cx, struct exchange *e, struct facts *f, const struct records_by *by, struct str key)
{
    const struct records_source s = {rewind_rows, next_row, e, "recording", e->counts.fresh + e->counts.changed, key};
    if (e->counts.faults) return fail(cx, E_INVALID, "%lld faults: nothing was imported", (long long)e->counts.faults);
    if (!s.total) return OK;
    e->line = 0;
    enum rc rc = records_put_all(cx, f, e->o.catalog, by, &s, NULL);
    if (rc == OK || !e->line || rc == E_IO) return rc;
    return fail(cx, rc, "line %lld: %s; nothing was imported", (long long)e->line,
                arena_cstr(&cx->arena, str_from(cx->message)));
}
