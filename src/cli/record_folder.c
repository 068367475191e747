/* sinetti record on a data folder, as its operator. */
#include "base/csv.h"
#include "base/file.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli/record.h"
#include "exchange/cells.h"
#include "exchange/import.h"
#include "ledger/canonical.h"
#include "ledger/log_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- reading */

struct open {
    struct data data;
    struct catalog *catalog;
};

static enum rc open_reading(struct ctx *cx, const struct record_arguments *a, struct open *o)
{
    *o = (struct open){.data = {.dir = a->data, .catalog = a->catalog}};
    data_find(cx, &o->data);
    TRY(a->catalog ? catalog_load(cx, a->catalog, &o->catalog) : catalog_builtin(cx, &o->catalog));
    TRY(data_open_tables(cx, &o->data, o->catalog));
    return records_views(cx, log_reader_db(o->data.reader));
}

static void close_reading(struct open *o)
{
    data_close(&o->data);
    catalog_free(o->catalog);
}

static enum rc print_registers(struct ctx *cx, const struct record_arguments *a, struct open *o)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, log_reader_db(o->data.reader),
                      STR("SELECT count(*) FILTER (WHERE phase = 'open'), count(*) FILTER (WHERE phase = 'in_force') "
                          "FROM records WHERE kind = ?1"),
                      &st));
    for (size_t i = 0; i < o->catalog->n_records; i++) {
        const struct record_kind *k = &o->catalog->records[i];
        store_bind_str(st, 1, k->key);
        TRY(store_step(cx, st, &row));
        printf("%-5.*s %-24.*s %5lld open %5lld in force  " STR_FMT "\n", STR_ARG(k->prefix), STR_ARG(k->key),
               (long long)sqlite3_column_int64(st, 0), (long long)sqlite3_column_int64(st, 1),
               STR_ARG(k->plural[a->lang]));
        sqlite3_reset(st);
    }
    return OK;
}

#define ITEMS                                                                                                          \
    "SELECT r.number, r.state, r.title, coalesce(p.name, '') FROM records r LEFT JOIN fact_person p ON p.subject = "   \
    "r.owner WHERE r.kind = ?1 AND (?2 IS NULL OR r.state = ?2) AND (?3 IS NULL OR r.phase = ?3) AND (?4 IS NULL OR "  \
    "r.owner = ?4) AND (?5 IS NULL OR instr(lower(r.title), lower(?5)) > 0) AND (?6 = 0 OR r.review_due < ?7) ORDER "  \
    "BY r.number"

static enum rc print_items(struct ctx *cx, const struct record_arguments *a, struct open *o,
                           const struct record_kind *k)
{
    scoped_stmt *st = NULL;
    bool row;
    const struct export_filter *f = &a->filter;
    TRY(store_prepare(cx, log_reader_db(o->data.reader), STR(ITEMS), &st));
    store_bind_str(st, 1, k->key);
    store_bind_str(st, 2, f->state);
    store_bind_str(st, 3, f->phase);
    store_bind_str(st, 4, f->owner);
    store_bind_str(st, 5, f->q);
    store_bind_int(st, 6, f->overdue);
    store_bind_int(st, 7, time_now());
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        printf(STR_FMT "-%-5lld %-14.*s %s", STR_ARG(k->prefix), (long long)sqlite3_column_int64(st, 0),
               STR_ARG(store_column_str(st, 1)), str_visible(cx, store_column_str(st, 2)));
        if (store_column_str(st, 3).n) printf(" (%s)", str_visible(cx, store_column_str(st, 3)));
        putchar('\n');
    }
}

/* An owner by address or name. */
static enum rc find_owner(struct ctx *cx, struct open *o, struct str *owner)
{
    struct names *names;
    const char *wrong;
    struct str given = *owner;
    if (!given.p) return OK;
    TRY(names_open(cx, log_reader_db(o->data.reader), o->catalog, &names));
    enum rc rc = names_person(cx, names, given, false, owner, &wrong);
    names_close(names);
    if (rc == OK && wrong) rc = fail(cx, E_NOTFOUND, "--owner: %s %s", str_visible(cx, given), wrong);
    return rc;
}

static enum rc open_output(struct ctx *cx, const char *name, int *fd)
{
    *fd = name ? open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : STDOUT_FILENO;
    return *fd >= 0 ? OK : fail(cx, E_IO, "%s: cannot write: %s", str_visible(cx, str_from(name)), strerror(errno));
}

static enum rc write_items(struct ctx *cx, const struct record_arguments *a, struct open *o,
                           const struct record_kind *k, enum export_format format)
{
    int fd;
    const struct export_options e = {o->data.reader, o->catalog, k, a->filter, format, a->lang, time_now(), a->plain};
    if (format == EXPORT_XLSX && !a->output && isatty(STDOUT_FILENO))
        return fail(cx, E_INVALID, "a workbook is no text for a terminal: --output FILE");
    TRY(open_output(cx, a->output, &fd));
    enum rc rc = exchange_export(cx, &e, fd);
    if (fd != STDOUT_FILENO && close(fd) != 0 && rc == OK)
        rc = fail(cx, E_IO, "%s: cannot write: %s", str_visible(cx, str_from(a->output)), strerror(errno));
    return rc;
}

static enum rc list(struct ctx *cx, struct record_arguments *a, struct open *o, bool exporting)
{
    const struct record_kind *k;
    int64_t number;
    if (!a->n) return print_registers(cx, a, o);
    TRY(record_find_kind(cx, o->catalog, a->operands[0], &k, &number));
    if (number) return fail(cx, E_INVALID, "a register is expected, not an item");
    TRY(find_owner(cx, o, &a->filter.owner));
    if (exporting) return write_items(cx, a, o, k, a->has_format ? a->format : EXPORT_CSV);
    if (!a->has_format) return print_items(cx, a, o, k);
    return a->json ? write_items(cx, a, o, k, EXPORT_JSON) : fail(cx, E_INVALID, "record list writes text or json");
}

enum rc record_list(struct ctx *cx, struct record_arguments *a)
{
    struct open o;
    enum rc rc = open_reading(cx, a, &o);
    if (rc == OK) rc = list(cx, a, &o, false);
    close_reading(&o);
    return rc;
}

enum rc record_export(struct ctx *cx, struct record_arguments *a)
{
    struct open o;
    enum rc rc = open_reading(cx, a, &o);
    if (rc == OK) rc = list(cx, a, &o, true);
    close_reading(&o);
    return rc;
}

/* --- one item */

static enum rc print_fields(struct ctx *cx, const struct record_arguments *a, struct open *o,
                            const struct records_item *item)
{
    struct names *names;
    enum rc rc = names_open(cx, log_reader_db(o->data.reader), o->catalog, &names);
    for (size_t i = 0; rc == OK && i < item->kind->n_fields; i++) {
        const struct record_field *f = &item->kind->fields[i];
        scoped_buf cell, shown;
        buf_init(&cell, LIMIT_BODY);
        buf_init(&shown, LIMIT_BODY);
        struct str value = canonical_find(item->content, arena_cstr(&cx->arena, f->key)), line;
        if (!value.p) continue;
        rc = cell_write(cx, names, f, value, &cell);
        printf("\n" STR_FMT " (" STR_FMT ")\n", STR_ARG(f->label[a->lang]), STR_ARG(f->key));
        for (struct str rest = buf_view(&cell); str_cut(&rest, '\n', &line); buf_clear(&shown)) {
            buf_visible(&shown, line);
            printf("  " STR_FMT "\n", STR_ARG(buf_view(&shown)));
        }
    }
    names_close(names);
    return rc;
}

static void print_json(const struct records_item *item)
{
    scoped_buf out;
    struct json j;
    buf_init(&out, 0);
    json_init(&j, &out, false);
    json_begin(&j, '{');
    json_put_str(&j, "subject", item->subject);
    json_put_int(&j, "number", item->number);
    json_put_str(&j, "title", item->title);
    json_put_str(&j, "owner", item->owner);
    json_put_str(&j, "state", item->state);
    json_put_cstr(&j, "phase", record_phase_name(item->phase));
    json_put_int(&j, "version", item->version);
    json_put_str(&j, "digest", item->digest);
    json_put_bool(&j, "approved", item->approved);
    json_key(&j, "content");
    json_raw(&j, item->content);
    json_end(&j, '}');
    (void)fwrite(out.p, 1, out.n, stdout);
    putchar('\n');
}

static enum rc find_item(struct ctx *cx, struct open *o, const char *name, struct records_item *item)
{
    const struct record_kind *k;
    int64_t number;
    scoped_stmt *st = NULL;
    bool row;
    sqlite3 *db = log_reader_db(o->data.reader);
    TRY(record_find_kind(cx, o->catalog, name, &k, &number));
    if (!number) return fail(cx, E_INVALID, "an item is expected, like " STR_FMT "-1", STR_ARG(k->prefix));
    TRY(store_prepare(cx, db, STR("SELECT subject FROM fact_record WHERE kind = ?1 AND number = ?2"), &st));
    store_bind_str(st, 1, k->key);
    store_bind_int(st, 2, number);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no " STR_FMT "-%lld", STR_ARG(k->prefix), (long long)number);
    return records_get(cx, db, o->catalog, arena_str(&cx->arena, store_column_str(st, 0)), item);
}

static enum rc show(struct ctx *cx, struct record_arguments *a, struct open *o)
{
    struct records_item item;
    TRY(find_item(cx, o, a->operands[0], &item));
    if (a->json) {
        print_json(&item);
        return OK;
    }
    int state = record_find_state(item.kind, item.state);
    printf(STR_FMT "-%lld %s\n", STR_ARG(item.kind->prefix), (long long)item.number, str_visible(cx, item.title));
    printf(STR_FMT ", version %lld%s\n", STR_ARG(state < 0 ? item.state : item.kind->states[state].title[a->lang]),
           (long long)item.version, item.approved ? ", approved" : "");
    for (size_t i = 0; i < item.n_shows; i++) printf("shows " STR_FMT "\n", STR_ARG(item.shows[i]));
    return print_fields(cx, a, o, &item);
}

enum rc record_show(struct ctx *cx, struct record_arguments *a)
{
    struct open o;
    enum rc rc = open_reading(cx, a, &o);
    if (rc == OK) rc = show(cx, a, &o);
    close_reading(&o);
    return rc;
}

/* --- writing */

static enum rc print_outcome(struct ctx *cx, const struct record_arguments *a, struct exchange *e,
                             const struct record_kind *k, bool done)
{
    scoped_buf text;
    struct json j;
    json_error_t error;
    buf_init(&text, 0);
    json_init(&j, &text, false);
    TRY(exchange_report(cx, e, &j));
    if (a->json) {
        (void)fwrite(text.p, 1, text.n, stdout);
        putchar('\n');
        return OK;
    }
    json_t *report = json_loadb(text.p, text.n, 0, &error);
    record_print_report(cx, report, arena_cstr(&cx->arena, k->prefix), done);
    json_decref(report);
    return OK;
}

/* Reads, tells, and does it unless it is to be dry or has faults. */
static enum rc run_import(struct ctx *cx, struct record_arguments *a, struct identity_data *d, struct log_reader *r,
                          const struct record_kind *k, int fd)
{
    struct exchange *e;
    struct stat st;
    const struct records_by by = {.actor = identity_operator};
    const struct exchange_options o = {.ledger = log_reader_db(r),
                                       .catalog = d->catalog,
                                       .kind = k,
                                       .match = a->match ? str_from(a->match) : STR(""),
                                       .owner = STR(""),
                                       .bytes = fstat(fd, &st) == 0 ? st.st_size : 0};
    common_progress(cx);
    enum rc rc = exchange_read(cx, &o, fd, &e);
    if (rc == OK && !exchange_counts(e)->faults && !a->dry) {
        log_reader_rest(r); /* it is read no more, and what is written need not be kept from it */
        rc = exchange_apply(cx, e, d->facts, &by, STR(""));
    }
    common_progress_end();
    if (rc == OK) {
        rc = print_outcome(cx, a, e, k, !a->dry);
        if (rc == OK && exchange_counts(e)->faults) rc = fail(cx, E_INVALID, "nothing was imported");
    }
    exchange_close(e);
    return rc;
}

static enum rc write_from(struct ctx *cx, struct record_arguments *a, int fd,
                          enum rc (*find)(struct ctx *cx, struct record_arguments *a, const struct catalog *c,
                                          const struct record_kind **k, int *fd))
{
    struct identity_data d = {.data = {.dir = a->data, .catalog = a->catalog}};
    struct log_reader *r = NULL;
    const struct record_kind *k;
    enum rc rc = identity_data_open(cx, &d);
    if (rc == OK) rc = log_reader_open(cx, d.data.dir, &r);
    if (rc == OK) rc = find(cx, a, d.catalog, &k, &fd);
    if (rc == OK) rc = run_import(cx, a, &d, r, k, fd);
    if (fd > STDIN_FILENO) close(fd);
    log_reader_close(r);
    identity_data_close(&d);
    return rc;
}

static enum rc find_file(struct ctx *cx, struct record_arguments *a, const struct catalog *c,
                         const struct record_kind **k, int *fd)
{
    int64_t number;
    const char *name = a->operands[1];
    TRY(record_find_kind(cx, c, a->operands[0], k, &number));
    if (number) return fail(cx, E_INVALID, "a register is expected, not an item");
    *fd = strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    return *fd >= 0 ? OK : fail(cx, E_IO, "%s: cannot read: %s", str_visible(cx, str_from(name)), strerror(errno));
}

enum rc record_import(struct ctx *cx, struct record_arguments *a)
{
    return write_from(cx, a, -1, find_file);
}

/* One item is a file of one row: NAME=VALUE are its columns. */
static enum rc make_row(struct ctx *cx, struct record_arguments *a, const struct catalog *c,
                        const struct record_kind **k, int *fd)
{
    int64_t number;
    scoped_buf head, row;
    buf_init(&head, LIMIT_CSV_ROW);
    buf_init(&row, LIMIT_CSV_ROW);
    TRY(record_find_kind(cx, c, a->operands[0], k, &number));
    if (a->match) return fail(cx, E_INVALID, "--match is of `record import`");
    buf_cstr(&head, "number");
    if (number) buf_printf(&row, "%lld", (long long)number);
    for (int i = 1; i < a->n; i++) {
        struct str value = str_from(a->operands[i]), name;
        if (!strchr(a->operands[i], '=')) return fail(cx, E_INVALID, "%s: write NAME=VALUE", str_visible(cx, value));
        (void)str_cut(&value, '=', &name);
        buf_char(&head, ',');
        buf_char(&row, ',');
        csv_put_cell(&head, name);
        csv_put_cell(&row, value.p ? value : STR(""));
    }
    buf_char(&head, '\n');
    buf_str(&head, buf_view(&row));
    buf_char(&head, '\n');
    TRY(buf_ok(&head));
    *fd = memfd_create("row", MFD_CLOEXEC);
    if (*fd < 0 || !file_write_all(*fd, buf_view(&head)) || lseek(*fd, 0, SEEK_SET) != 0)
        return fail(cx, E_IO, "cannot put the row together: %s", strerror(errno));
    return OK;
}

enum rc record_put(struct ctx *cx, struct record_arguments *a)
{
    return write_from(cx, a, -1, make_row);
}
