/* One row: a draft of what the item is to be, compared with what it is. */
#include "exchange/import_int.h"
#include "ledger/canonical.h"
#include "store/store.h"

struct reading {
    struct ctx *cx;
    struct exchange *e;
    const struct csv_row *row;
    const struct was *was;
    struct records_draft draft;
    int64_t faults; /* before the row */
    enum rc rc;     /* of telling one */
};

static struct str cell_of(const struct reading *r, enum column_of of, size_t *column)
{
    for (size_t i = 0; i < r->e->n_columns; i++)
        if (r->e->columns[i].of == of) {
            *column = i + 1;
            return str_trim(csv_plain(r->row->cells[i]));
        }
    *column = 0;
    return STR_NONE;
}

static bool is_well(const struct reading *r)
{
    return r->e->counts.faults == r->faults;
}

/* --- its parts */

static enum rc read_owner(struct reading *r)
{
    size_t column;
    const char *wrong;
    struct str cell = cell_of(r, COLUMN_OWNER, &column);
    r->draft.owner = r->was->subject.n ? r->was->owner : r->e->o.owner;
    if (!column) return OK;
    r->draft.owner = STR("");
    if (!cell.n) return OK;
    TRY(names_person(r->cx, r->e->names, cell, true, &r->draft.owner, &wrong));
    return wrong ? exchange_fault(r->cx, r->e, r->row->line, column, STR("owner"), wrong) : OK;
}

static enum rc read_state(struct reading *r)
{
    size_t column;
    const struct record_kind *k = r->e->o.kind;
    struct str cell = cell_of(r, COLUMN_STATE, &column), now = r->was->subject.n ? r->was->state : k->states[0].key;
    int state = record_find_state(k, now);
    if (r->was->subject.n && records_edit_to(k, now) < 0)
        TRY(exchange_fault(r->cx, r->e, r->row->line, 0, STR("state"), "the item is not edited in its state any more"));
    if (!cell.n || str_eq(cell, now)) return OK;
    for (int l = 0; l < LANG_COUNT && state >= 0; l++)
        if (str_eq_nocase(cell, k->states[state].title[l])) return OK;
    return exchange_fault(r->cx, r->e, r->row->line, column, STR("state"),
                          "is not the item's state: items are moved, their state is not written");
}

static enum rc read_shows(struct reading *r)
{
    size_t column;
    struct str cell = cell_of(r, COLUMN_SHOWS, &column), part, rest = cell;
    r->draft.shows = r->was->points;
    r->draft.n_shows = r->was->n_points;
    if (!column) return OK;
    struct str *points = arena_array(&r->cx->arena, struct str, LIMIT_RECORD_SHOWS + 1);
    r->draft.shows = points;
    r->draft.n_shows = 0;
    while (r->draft.n_shows <= LIMIT_RECORD_SHOWS && cell_next(r->cx, &rest, &part))
        if (part.n) points[r->draft.n_shows++] = part;
    return OK;
}

static int column_of_field(const struct exchange *e, const struct record_field *f)
{
    for (size_t i = 0; i < e->n_columns; i++)
        if (e->columns[i].field == f) return (int)i;
    return -1;
}

static enum rc read_content(struct reading *r, struct buf *out)
{
    struct json j;
    const struct record_kind *k = r->e->o.kind;
    json_init(&j, out, false);
    json_begin(&j, '{');
    for (size_t i = 0; i < k->n_fields; i++) {
        const struct record_field *f = &k->fields[i];
        const char *key = arena_cstr(&r->cx->arena, f->key), *wrong = NULL;
        int column = column_of_field(r->e, f);
        struct str cell = column >= 0 ? csv_plain(r->row->cells[column]) : STR_NONE;
        struct str before = r->was->subject.n ? canonical_find(r->was->content, key) : STR_NONE;
        if (column < 0 && !before.p) continue;
        if (column >= 0 && !str_trim(cell).n) continue;
        json_key(&j, key);
        if (column < 0)
            json_raw(&j, before);
        else
            TRY(cell_read(r->cx, r->e->names, f, cell, &j, &wrong));
        if (wrong) TRY(exchange_fault(r->cx, r->e, r->row->line, (size_t)column + 1, f->key, wrong));
    }
    json_end(&j, '}');
    return buf_ok(out);
}

/* "parts[2].name" is of the column "parts". */
static void tell(void *arg, const char *field, const char *text)
{
    struct reading *r = arg;
    struct str name = str_slice(str_from(field), 0, strcspn(field, ".["));
    size_t column = 0;
    for (size_t i = 0; i < r->e->n_columns && !column; i++)
        if (str_eq(r->e->columns[i].name, name)) column = i + 1;
    enum rc rc = exchange_fault(r->cx, r->e, r->row->line, column, str_from(field), text);
    if (r->rc == OK) r->rc = rc;
}

/* What the engine says of it all, by "field: text". */
static enum rc check_links(struct reading *r)
{
    struct ctx own;
    ctx_init(&own);
    enum rc rc = records_check_links(&own, r->e->o.ledger, &r->draft);
    char *colon = strstr(own.message, ": ");
    if (rc == E_INVALID && colon) {
        *colon = 0;
        tell(r, own.message, colon + 2);
        rc = r->rc;
    } else if (rc != OK) {
        (void)fail(r->cx, rc, "%s", own.message);
    }
    ctx_release(&own);
    return rc;
}

static enum rc read_draft(struct reading *r)
{
    size_t column;
    scoped_buf content;
    struct records_draft raw;
    struct str title = cell_of(r, COLUMN_TITLE, &column);
    buf_init(&content, LIMIT_BODY);
    r->draft = (struct records_draft){.kind = r->e->o.kind, .title = column ? title : r->was->title};
    if (!r->draft.title.p) r->draft.title = STR("");
    TRY(read_owner(r));
    TRY(read_state(r));
    TRY(read_shows(r));
    TRY(read_content(r, &content));
    if (!is_well(r)) return OK;
    r->draft.content = arena_str(&r->cx->arena, buf_view(&content));
    raw = r->draft;
    if (r->was->subject.n) {
        struct records_file *files;
        TRY(records_files(r->cx, r->e->o.ledger, r->was->subject, &files, &raw.n_files));
        raw.files = files;
    }
    enum rc rc = records_check(r->cx, r->e->o.catalog, &raw, tell, r, &r->draft);
    if (r->rc != OK) return r->rc;
    if (rc == E_INVALID && is_well(r)) /* of what no field can be named for */
        return exchange_fault(r->cx, r->e, r->row->line, 0, STR(""), r->cx->message);
    if (rc != OK && rc != E_INVALID) return rc;
    return rc == OK ? check_links(r) : OK;
}

/* --- what is new about it */

static enum rc note(struct reading *r, const char *field, struct str before, struct str after)
{
    struct exchange *e = r->e;
    if (str_eq(before, after)) return OK;
    if (!e->put_field)
        TRY(store_prepare(r->cx, e->stage, STR("INSERT INTO field VALUES (?1, ?2, ?3, ?4)"), &e->put_field));
    store_bind_int(e->put_field, 1, e->row);
    store_bind_str(e->put_field, 2, str_from(field));
    store_bind_str(e->put_field, 3, before);
    store_bind_str(e->put_field, 4, after);
    return store_run(r->cx, e->put_field);
}

static struct str cut(struct str s)
{
    size_t n = s.n < LIMIT_IMPORT_VALUE ? s.n : LIMIT_IMPORT_VALUE;
    while (n < s.n && n && (s.p[n] & 0xc0) == 0x80) n--; /* not within a character */
    return str_slice(s, 0, n);
}

static enum rc note_person(struct reading *r, struct str before, struct str after)
{
    struct str b, a;
    TRY(names_tell(r->cx, r->e->names, before, &b));
    TRY(names_tell(r->cx, r->e->names, after, &a));
    return str_eq(before, after) ? OK : note(r, "owner", b, a);
}

static enum rc note_field(struct reading *r, const struct record_field *f)
{
    const char *key = arena_cstr(&r->cx->arena, f->key);
    struct str before = r->was->subject.n ? canonical_find(r->was->content, key) : STR_NONE;
    struct str after = canonical_find(r->draft.content, key);
    scoped_buf b, a;
    if (str_eq(before, after)) return OK;
    buf_init(&b, 0);
    buf_init(&a, 0);
    TRY(cell_write(r->cx, r->e->names, f, before, &b));
    TRY(cell_write(r->cx, r->e->names, f, after, &a));
    return note(r, key, cut(buf_view(&b)), cut(buf_view(&a)));
}

static struct str join(struct ctx *cx, const struct str *points, size_t n)
{
    scoped_buf b;
    buf_init(&b, 0);
    for (size_t i = 0; i < n; i++) buf_printf(&b, "%s" STR_FMT, i ? "; " : "", STR_ARG(points[i]));
    return arena_str(&cx->arena, buf_view(&b));
}

static enum rc note_all(struct reading *r)
{
    const struct record_kind *k = r->e->o.kind;
    if (r->e->shown++ >= LIMIT_IMPORT_SHOWN) return OK;
    TRY(note(r, "title", r->was->title.p ? r->was->title : STR(""), r->draft.title));
    TRY(note_person(r, r->was->owner.p ? r->was->owner : STR(""), r->draft.owner));
    TRY(note(r, "shows", join(r->cx, r->was->points, r->was->n_points), join(r->cx, r->draft.shows, r->draft.n_shows)));
    for (size_t i = 0; i < k->n_fields; i++) TRY(note_field(r, &k->fields[i]));
    return OK;
}

static enum rc put(struct reading *r, const char *change)
{
    struct exchange *e = r->e;
    scoped_buf shows;
    buf_init(&shows, 0);
    for (size_t i = 0; i < r->draft.n_shows; i++) buf_printf(&shows, STR_FMT "\n", STR_ARG(r->draft.shows[i]));
    const struct str texts[] = {r->draft.title, r->draft.owner, r->draft.content, buf_view(&shows)};
    if (!e->put_row)
        TRY(store_prepare(r->cx, e->stage, STR("INSERT INTO row VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
                          &e->put_row));
    store_bind_int(e->put_row, 1, e->row);
    store_bind_int(e->put_row, 2, r->row->line);
    store_bind_str(e->put_row, 3, str_from(change));
    store_bind_str(e->put_row, 4, r->was->subject);
    store_bind_int(e->put_row, 5, r->was->number);
    store_bind_str(e->put_row, 6, r->was->digest.p ? r->was->digest : STR(""));
    for (int i = 0; i < 4; i++) store_bind_str(e->put_row, 7 + i, texts[i].p ? texts[i] : STR(""));
    return store_run(r->cx, e->put_row);
}

static enum rc compare(struct reading *r)
{
    struct exchange *e = r->e;
    char digest[65];
    const char *change = "new";
    records_digest(&r->draft, digest);
    if (!r->was->subject.n) {
        e->counts.fresh++;
    } else if (str_eq(r->was->digest, str_from(digest))) {
        change = "unchanged";
        e->counts.unchanged++;
    } else {
        change = "changed";
        e->counts.changed++;
        e->counts.falls += r->was->in_force;
    }
    digest_field(&e->digest, r->was->subject);
    digest_field(&e->digest, r->was->digest.p ? r->was->digest : STR(""));
    digest_field(&e->digest, str_from(digest));
    if (strcmp(change, "unchanged") != 0) TRY(note_all(r));
    return put(r, change);
}

enum rc exchange_row(struct ctx *cx, struct exchange *e, const struct csv_row *row)
{
    struct was was;
    struct reading r = {.cx = cx, .e = e, .row = row, .was = &was, .faults = e->counts.faults};
    bool fine = true;
    if (row->n != e->n_columns) {
        const char *text =
            arena_printf(&cx->arena, "the row has %zu cells, the first line %zu", row->n, e->n_columns).p;
        return exchange_fault(cx, e, row->line, 0, STR(""), text);
    }
    TRY(exchange_match(cx, e, row, &was, &fine));
    if (!fine) return OK;
    TRY(read_draft(&r));
    return is_well(&r) ? compare(&r) : OK;
}
