#include "exchange/export.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"
#include "exchange/cells.h"
#include "exchange/sheet.h"
#include "ledger/canonical.h"
#include "records/records.h"
#include "store/store.h"

#include <errno.h>

static const char *const formats[EXPORT_FORMATS] = {"csv", "xlsx", "json"};

bool export_format_find(struct str name, enum export_format *out)
{
    for (int i = 0; i < EXPORT_FORMATS; i++)
        if (str_eq(name, str_from(formats[i]))) {
            *out = (enum export_format)i;
            return true;
        }
    return false;
}

const char *export_media_type(enum export_format f)
{
    return f == EXPORT_JSON ? "application/json" : sheet_media_type(f == EXPORT_XLSX ? SHEET_XLSX : SHEET_CSV);
}

struct str exchange_export_name(struct ctx *cx, const struct export_options *o)
{
    char day[32];
    return arena_printf(&cx->arena, STR_FMT "-%s.%s", STR_ARG(o->kind->key), time_format_date(o->now, day),
                        formats[o->format]);
}

/* --- what it says of itself */

static void put_root(struct log_reader *r, char out[65])
{
    struct hash root;
    log_reader_root(r, &root);
    digest_hex(root.b, sizeof root.b, out);
}

void exchange_note(struct ctx *cx, struct log_reader *r, struct str what, struct str filters, int64_t now,
                   struct buf *out)
{
    char at[32], root[65];
    (void)cx;
    put_root(r, root);
    buf_printf(out, STR_FMT "\nexported %s\nfilters: " STR_FMT "\n", STR_ARG(what), time_format(now, at),
               STR_ARG(filters.n ? filters : STR("none")));
    buf_printf(out, "audit log " STR_FMT "\nevents %llu\nroot %s", STR_ARG(log_reader_origin(r)),
               (unsigned long long)log_reader_size(r), root);
}

static void put_filter(struct buf *out, const char *name, struct str value)
{
    if (value.p) buf_printf(out, "%s%s=" STR_FMT, out->n ? " " : "", name, STR_ARG(value));
}

static struct str filters_of(struct ctx *cx, const struct export_filter *f)
{
    scoped_buf b, shown;
    buf_init(&b, 0);
    buf_init(&shown, 0);
    put_filter(&b, "state", f->state);
    put_filter(&b, "phase", f->phase);
    put_filter(&b, "owner", f->owner);
    put_filter(&b, "shows", f->shows);
    put_filter(&b, "q", f->q);
    if (f->overdue) put_filter(&b, "overdue", STR("true"));
    buf_visible(&shown, buf_view(&b));
    return arena_str(&cx->arena, buf_view(&shown));
}

/* --- items */

#define ITEMS                                                                                                          \
    "SELECT r.subject, r.number, r.title, r.owner, r.state, r.phase, f.content, r.n, r.version, r.digest, r.at, "      \
    "coalesce(r.approved_at, 0), coalesce(r.review_due, 0) FROM records r JOIN fact_record f ON f.subject = "          \
    "r.subject WHERE r.kind = ?1 AND (?2 IS NULL OR r.state = ?2) AND (?3 IS NULL OR r.phase = ?3) AND (?4 IS NULL "   \
    "OR r.owner = ?4) AND (?5 IS NULL OR EXISTS (SELECT 1 FROM fact_record_shows s WHERE s.n = r.n AND s.value = "     \
    "?5)) AND (?6 IS NULL OR instr(lower(r.title), lower(?6)) > 0) AND (?7 = 0 OR r.review_due < ?8) ORDER BY "        \
    "r.number"

struct item {
    struct str subject, title, owner, state, phase, content, digest;
    int64_t number, n, version, at, approved, due;
};

struct exporting {
    const struct export_options *o;
    struct names *names;
    sqlite3_stmt *items, *points;
    struct sheet *sheet;
    struct buf text; /* JSON that is not written yet */
    struct json json;
    int fd;
};

static struct str text(struct ctx *cx, sqlite3_stmt *st, int i)
{
    return arena_str(&cx->arena, store_column_str(st, i));
}

static enum rc next(struct ctx *cx, struct exporting *x, struct item *out, bool *more)
{
    sqlite3_stmt *st = x->items;
    TRY(store_step(cx, st, more));
    if (!*more) return OK;
    *out = (struct item){.subject = text(cx, st, 0),
                         .number = sqlite3_column_int64(st, 1),
                         .title = text(cx, st, 2),
                         .owner = text(cx, st, 3),
                         .state = text(cx, st, 4),
                         .phase = text(cx, st, 5),
                         .content = text(cx, st, 6),
                         .n = sqlite3_column_int64(st, 7),
                         .version = sqlite3_column_int64(st, 8),
                         .digest = text(cx, st, 9),
                         .at = sqlite3_column_int64(st, 10),
                         .approved = sqlite3_column_int64(st, 11),
                         .due = sqlite3_column_int64(st, 12)};
    return OK;
}

static enum rc next_point(struct ctx *cx, struct exporting *x, struct str *out, bool *more)
{
    TRY(store_step(cx, x->points, more));
    if (*more)
        *out = text(cx, x->points, 0);
    else
        sqlite3_reset(x->points);
    return OK;
}

/* --- CSV: keys, and values by which they are found again */

static const struct str own[] = {{"number", 6}, {"title", 5}, {"owner", 5}, {"state", 5}, {"shows", 5}};
#define OWN (sizeof own / sizeof *own)

static enum rc csv_head(struct ctx *cx, struct exporting *x)
{
    const struct record_kind *k = x->o->kind;
    struct str *titles = arena_array(&cx->arena, struct str, OWN + k->n_fields);
    for (size_t i = 0; i < OWN; i++) titles[i] = own[i];
    for (size_t i = 0; i < k->n_fields; i++) titles[OWN + i] = k->fields[i].key;
    return sheet_head(cx, x->sheet, titles, OWN + k->n_fields);
}

static enum rc points_cell(struct ctx *cx, struct exporting *x, int64_t n, struct buf *out)
{
    struct str point;
    bool more;
    store_bind_int(x->points, 1, n);
    for (bool first = true;; first = false) {
        TRY(next_point(cx, x, &point, &more));
        if (!more) return OK;
        cell_put_part(out, point, first);
    }
}

static enum rc csv_row(struct ctx *cx, struct exporting *x, const struct item *item)
{
    const struct record_kind *k = x->o->kind;
    struct str owner;
    scoped_buf cell;
    buf_init(&cell, LIMIT_BODY);
    TRY(names_tell(cx, x->names, item->owner, &owner));
    TRY(points_cell(cx, x, item->n, &cell));
    sheet_number(x->sheet, arena_printf(&cx->arena, "%lld", (long long)item->number));
    sheet_text(x->sheet, item->title);
    sheet_text(x->sheet, owner);
    sheet_text(x->sheet, item->state);
    sheet_text(x->sheet, buf_view(&cell));
    for (size_t i = 0; i < k->n_fields; i++) {
        const struct record_field *f = &k->fields[i];
        buf_clear(&cell);
        TRY(cell_write(cx, x->names, f, canonical_find(item->content, arena_cstr(&cx->arena, f->key)), &cell));
        if (f->type == FIELD_NUMBER)
            sheet_number(x->sheet, buf_view(&cell));
        else
            sheet_text(x->sheet, buf_view(&cell));
    }
    return sheet_row(cx, x->sheet);
}

/* --- a workbook: as the pages show it */

static const struct str book_own[][LANG_COUNT] = {
    {{"Number", 6}, {"Numero", 6}},        {{"Title", 5}, {"Nimi", 4}},
    {{"Owner", 5}, {"Omistaja", 8}},       {{"State", 5}, {"Tila", 4}},
    {{"Approved", 8}, {"Hyväksytty", 11}}, {{"Review due", 10}, {"Katselmoitava", 13}},
    {{"Changed", 7}, {"Muutettu", 8}},
};
#define BOOK_OWN (sizeof book_own / sizeof *book_own)

static enum rc book_head(struct ctx *cx, struct exporting *x)
{
    const struct record_kind *k = x->o->kind;
    struct str *titles = arena_array(&cx->arena, struct str, BOOK_OWN + k->n_fields);
    for (size_t i = 0; i < BOOK_OWN; i++) titles[i] = book_own[i][x->o->lang];
    for (size_t i = 0; i < k->n_fields; i++) {
        const struct record_field *f = &k->fields[i];
        titles[BOOK_OWN + i] = f->unit[x->o->lang].n
                                   ? arena_printf(&cx->arena, STR_FMT " (" STR_FMT ")", STR_ARG(f->label[x->o->lang]),
                                                  STR_ARG(f->unit[x->o->lang]))
                                   : f->label[x->o->lang];
    }
    return sheet_head(cx, x->sheet, titles, BOOK_OWN + k->n_fields);
}

static struct str choice_title(const struct export_options *o, const struct record_field *f, struct str key)
{
    for (size_t i = 0; i < f->n_choices; i++)
        if (str_eq(f->choices[i].key, key)) return f->choices[i].title[o->lang];
    return key;
}

/* One value as people read it. */
static enum rc put_shown(struct ctx *cx, struct exporting *x, const struct record_field *f, struct str value,
                         struct buf *out)
{
    static const struct str yes_no[LANG_COUNT][2] = {{{"no", 2}, {"yes", 3}}, {{"ei", 2}, {"kyllä", 6}}};
    struct str s;
    if (f->type == FIELD_YES_NO) {
        buf_str(out, yes_no[x->o->lang][str_eq(value, STR("true"))]);
    } else if (!canonical_str(&cx->arena, value, &s)) {
        buf_str(out, value);
    } else if (f->type == FIELD_CHOICE || f->type == FIELD_CHECKLIST) {
        buf_str(out, choice_title(x->o, f, s));
    } else if (f->type == FIELD_PERSON || f->type == FIELD_GROUP || f->type == FIELD_LINK) {
        TRY(names_tell(cx, x->names, s, &s));
        buf_str(out, s);
    } else {
        buf_str(out, s);
    }
    return OK;
}

/* The rows of a table a line each, `label: value` apart by commas. */
static enum rc put_table(struct ctx *cx, struct exporting *x, const struct record_field *f, struct str value,
                         struct buf *out)
{
    struct str rest = value, row;
    while (canonical_item(&rest, &row)) {
        bool first = true;
        if (out->n) buf_char(out, '\n');
        for (size_t i = 0; i < f->n_columns; i++) {
            struct str cell = canonical_find(row, arena_cstr(&cx->arena, f->columns[i].key));
            if (!cell.p) continue;
            buf_printf(out, "%s" STR_FMT ": ", first ? "" : ", ", STR_ARG(f->columns[i].label[x->o->lang]));
            TRY(put_shown(cx, x, &f->columns[i], cell, out));
            first = false;
        }
    }
    return OK;
}

static enum rc book_cell(struct ctx *cx, struct exporting *x, const struct record_field *f, struct str value)
{
    scoped_buf cell;
    struct str rest = value, item;
    buf_init(&cell, LIMIT_BODY);
    if (!value.p) {
        sheet_text(x->sheet, STR(""));
        return OK;
    }
    if (f->type == FIELD_TABLE) {
        TRY(put_table(cx, x, f, value, &cell));
    } else if (!f->many && f->type != FIELD_CHECKLIST) {
        TRY(put_shown(cx, x, f, value, &cell));
    } else {
        for (bool first = true; canonical_item(&rest, &item); first = false) {
            if (!first) buf_cstr(&cell, "; ");
            TRY(put_shown(cx, x, f, item, &cell));
        }
    }
    if (f->many || f->type == FIELD_CHECKLIST || f->type == FIELD_TABLE)
        sheet_text(x->sheet, buf_view(&cell));
    else if (f->type == FIELD_DATE)
        sheet_date(x->sheet, buf_view(&cell));
    else if (f->type == FIELD_NUMBER || f->type == FIELD_DURATION)
        sheet_number(x->sheet, buf_view(&cell));
    else
        sheet_text(x->sheet, buf_view(&cell));
    return OK;
}

static enum rc book_row(struct ctx *cx, struct exporting *x, const struct item *item)
{
    const struct record_kind *k = x->o->kind;
    struct str owner;
    int state = record_find_state(k, item->state);
    TRY(names_tell(cx, x->names, item->owner, &owner));
    sheet_text(x->sheet, arena_printf(&cx->arena, STR_FMT "-%lld", STR_ARG(k->prefix), (long long)item->number));
    sheet_text(x->sheet, item->title);
    sheet_text(x->sheet, owner);
    sheet_text(x->sheet, state < 0 ? item->state : k->states[state].title[x->o->lang]);
    sheet_time(x->sheet, item->approved);
    sheet_time(x->sheet, item->due);
    sheet_time(x->sheet, item->at);
    for (size_t i = 0; i < k->n_fields; i++)
        TRY(book_cell(cx, x, &k->fields[i], canonical_find(item->content, arena_cstr(&cx->arena, k->fields[i].key))));
    return sheet_row(cx, x->sheet);
}

/* --- JSON */

static enum rc json_flush(struct ctx *cx, struct exporting *x, size_t from)
{
    TRY(buf_ok(&x->text));
    if (x->text.n < from) return OK;
    bool fine = file_write_all(x->fd, buf_view(&x->text));
    buf_clear(&x->text);
    return fine ? OK : fail(cx, E_IO, "cannot write: %s", strerror(errno));
}

static void put_time(struct json *j, const char *key, int64_t at)
{
    char s[32];
    json_key(j, key);
    if (at)
        json_cstr(j, time_format(at, s));
    else
        json_nil(j);
}

static enum rc json_item(struct ctx *cx, struct exporting *x, const struct item *item)
{
    struct json *j = &x->json;
    struct str owner, point;
    bool more;
    TRY(names_tell(cx, x->names, item->owner, &owner));
    json_begin(j, '{');
    json_put_str(j, "subject", item->subject);
    json_put_int(j, "number", item->number);
    json_put_str(j, "title", item->title);
    json_put_str(j, "owner", item->owner);
    json_put_str(j, "owner_called", owner);
    json_put_str(j, "state", item->state);
    json_put_str(j, "phase", item->phase);
    json_put_int(j, "version", item->version);
    json_put_str(j, "digest", item->digest);
    put_time(j, "changed", item->at);
    put_time(j, "approved", item->approved);
    put_time(j, "review_due", item->due);
    json_key(j, "shows");
    json_begin(j, '[');
    store_bind_int(x->points, 1, item->n);
    for (;;) {
        TRY(next_point(cx, x, &point, &more));
        if (!more) break;
        json_str(j, point);
    }
    json_end(j, ']');
    json_key(j, "content");
    json_raw(j, item->content);
    json_end(j, '}');
    return json_flush(cx, x, 64 * KIB);
}

static void json_head(struct ctx *cx, struct exporting *x)
{
    char root[65];
    struct json *j = &x->json;
    json_init(j, &x->text, false);
    json_begin(j, '{');
    json_put_str(j, "register", x->o->kind->key);
    put_time(j, "exported", x->o->now);
    json_put_str(j, "filters", filters_of(cx, &x->o->filter));
    put_root(x->o->reader, root);
    json_key(j, "checkpoint");
    json_begin(j, '{');
    json_put_str(j, "origin", log_reader_origin(x->o->reader));
    json_put_int(j, "events", (int64_t)log_reader_size(x->o->reader));
    json_put_cstr(j, "root", root);
    json_end(j, '}');
    json_key(j, "items");
    json_begin(j, '[');
}

/* --- all of it */

static enum rc open_items(struct ctx *cx, struct exporting *x)
{
    const struct export_filter *f = &x->o->filter;
    sqlite3 *db = log_reader_db(x->o->reader);
    TRY(records_views(cx, db));
    TRY(names_open(cx, db, x->o->catalog, &x->names));
    TRY(store_prepare(cx, db, STR("SELECT value FROM fact_record_shows WHERE n = ?1 ORDER BY seq"), &x->points));
    TRY(store_prepare(cx, db, STR(ITEMS), &x->items));
    store_bind_str(x->items, 1, x->o->kind->key);
    store_bind_str(x->items, 2, f->state);
    store_bind_str(x->items, 3, f->phase);
    store_bind_str(x->items, 4, f->owner);
    store_bind_str(x->items, 5, f->shows);
    store_bind_str(x->items, 6, f->q);
    store_bind_int(x->items, 7, f->overdue);
    store_bind_int(x->items, 8, x->o->now);
    return OK;
}

static enum rc begin(struct ctx *cx, struct exporting *x)
{
    TRY(open_items(cx, x));
    if (x->o->format == EXPORT_JSON) {
        json_head(cx, x);
        return OK;
    }
    bool book = x->o->format == EXPORT_XLSX;
    TRY(sheet_open(cx, x->fd, book ? SHEET_XLSX : SHEET_CSV, x->o->kind->plural[x->o->lang], &x->sheet));
    return book ? book_head(cx, x) : csv_head(cx, x);
}

static enum rc each(struct ctx *cx, struct exporting *x, bool *more)
{
    struct item item;
    TRY(next(cx, x, &item, more));
    if (!*more) return OK;
    return x->o->format == EXPORT_JSON  ? json_item(cx, x, &item)
           : x->o->format == EXPORT_CSV ? csv_row(cx, x, &item)
                                        : book_row(cx, x, &item);
}

static enum rc end(struct ctx *cx, struct exporting *x)
{
    scoped_buf note;
    buf_init(&note, 0);
    if (x->o->format == EXPORT_JSON) {
        json_end(&x->json, ']');
        json_end(&x->json, '}');
        buf_char(&x->text, '\n');
        return json_flush(cx, x, 0);
    }
    if (!x->o->plain)
        exchange_note(cx, x->o->reader, x->o->kind->plural[x->o->lang], filters_of(cx, &x->o->filter), x->o->now,
                      &note);
    return sheet_end(cx, x->sheet, buf_view(&note));
}

static enum rc run(struct ctx *cx, struct exporting *x)
{
    TRY(begin(cx, x));
    for (bool more = true; more;) {
        struct ctx one; /* what an item takes is given back before the next */
        ctx_init(&one);
        enum rc rc = each(&one, x, &more);
        if (rc != OK) (void)fail(cx, rc, "%s", one.message);
        ctx_release(&one);
        if (rc != OK) return rc;
    }
    return end(cx, x);
}

enum rc exchange_export(struct ctx *cx, const struct export_options *o, int fd)
{
    struct exporting x = {.o = o, .fd = fd};
    buf_init(&x.text, 0);
    enum rc rc = run(cx, &x);
    buf_release(&x.text);
    sheet_free(x.sheet);
    store_finalize(&x.items);
    store_finalize(&x.points);
    names_close(x.names);
    return rc;
}
