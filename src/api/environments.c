/* Access lists of environments: from a file, and two beside one another as a file. What a page shows of them is a list
 * (lists/environment_access.sql), and so is what is exported. */
#include "api/item.h"
#include "base/file.h"
#include "base/time.h"
#include "exchange/access_file.h"
#include "exchange/export.h"
#include "exchange/sheet.h"
#include "store/store.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static enum rc read_environment(struct ctx *cx, struct api_call *call, sqlite3 *db, struct records_item *out)
{
    struct str subject = arena_printf(&cx->arena, "record:environment/" STR_FMT, STR_ARG(api_value(call, "item")));
    return records_get(cx, db, call->catalog, subject, out);
}

/* --- from a file */

static enum rc open_body(struct ctx *cx, const struct api_call *call, int *fd)
{
    *fd = memfd_create("access", MFD_CLOEXEC);
    if (*fd >= 0 && file_write_all(*fd, call->request->body) && lseek(*fd, 0, SEEK_SET) == 0) return OK;
    return fail(cx, E_IO, "cannot keep the file: %s", strerror(errno));
}

/* The day the list was taken: none that is still to come. */
static enum rc day_of(struct ctx *cx, struct api_call *call, struct str *out)
{
    char today[32];
    int64_t at;
    struct str day = api_value(call, "day");
    *out = arena_str(&cx->arena, str_from(time_format_date(call->now, today)));
    if (!day.p) return OK;
    if (time_parse(day, &at) != OK || at > call->now + DAY_SECONDS)
        api_fault(call, "day", "is no day up to today", "ei ole päivä tähän päivään mennessä");
    *out = day;
    return api_faults(cx, call);
}

static void put_report(struct api_call *call, const struct access_file *f, const struct records_item *item, bool done)
{
    json_begin(&call->out, '{');
    json_put_bool(&call->out, "done", done);
    json_put_bool(&call->out, "falls", item->phase == PHASE_IN_FORCE);
    access_file_report(f, call->lang, &call->out);
    json_end(&call->out, '}');
}

static enum rc record(struct ctx *cx, struct api_call *call, const struct access_file *f,
                      const struct records_item *item)
{
    struct item_telling t = {cx, call};
    struct records_answer done;
    struct records_file *files = NULL;
    size_t n_files = 0;
    struct records_by by = item_by(call);
    struct records_draft d = {
        .kind = item->kind, .title = item->title, .owner = item->owner, .shows = item->shows, .n_shows = item->n_shows};
    TRY(access_file_content(cx, f, &d.content));
    TRY(records_files(cx, call->ledger, item->subject, &files, &n_files));
    d.files = files;
    d.n_files = n_files;
    enum rc rc =
        records_put(cx, call->facts, call->catalog, &by, &d, item->subject, item->digest, item_tell, &t, &done);
    return rc == E_INVALID && call->n_errors ? api_faults(cx, call) : rc;
}

static enum rc take(struct ctx *cx, struct api_call *call, int fd)
{
    struct access_file *f;
    struct records_item item;
    struct str day, outcome = api_value(call, "outcome");
    TRY(day_of(cx, call, &day));
    TRY(read_environment(cx, call, call->ledger, &item));
    if (records_edit_to(item.kind, item.state) < 0)
        return api_fail(cx, call, E_CONFLICT, "the environment is closed: its access list is not edited any more",
                        "ympäristö on päätetty: sen pääsyluetteloa ei enää muokata");
    TRY(access_file_read(cx, fd, &f));
    TRY(access_file_compare(cx, f, call->ledger, call->catalog, item.content, item.digest, day));
    bool doing = outcome.p && !access_file_faults(f) && access_file_changes(f);
    if (doing && !str_eq(outcome, str_from(access_file_outcome(f))))
        return api_fail(cx, call, E_CONFLICT,
                        "this is not what was told of the file: the environment was edited meanwhile, look at it again",
                        "tiedostosta kerrottiin muuta: ympäristöä on muokattu välillä, katso uudelleen");
    put_report(call, f, &item, doing);
    return doing ? record(cx, call, f, &item) : OK;
}

API_OPERATION(environment_access_import)
{
    int fd = -1;
    enum rc rc = open_body(cx, call, &fd);
    if (rc == OK) rc = take(cx, call, fd);
    if (fd >= 0) close(fd);
    return rc;
}

/* --- into a file */

enum cell { CELL_TEXT, CELL_YES, CELL_SIDE, CELL_ALLOWS };
static const struct {
    const char *column;
    const char *title[LANG_COUNT];
    enum cell cell;
    int of; /* 1: of the environment itself, 2: of the one beside it, 0: of neither */
} cells[] = {
    {"name", {"Who", "Kuka"}, CELL_TEXT, 0},
    {"side", {"On which list", "Missä luettelossa"}, CELL_SIDE, 0},
    {"account_here", {"Account", "Tunnus"}, CELL_TEXT, 1},
    {"level_here", {"Level", "Taso"}, CELL_TEXT, 1},
    {"allows_here", {"Allows", "Saa"}, CELL_ALLOWS, 1},
    {"account_there", {"Account", "Tunnus"}, CELL_TEXT, 2},
    {"level_there", {"Level", "Taso"}, CELL_TEXT, 2},
    {"allows_there", {"Allows", "Saa"}, CELL_ALLOWS, 2},
    {"differs", {"Rights differ", "Oikeudet eroavat"}, CELL_YES, 0},
    {"shared", {"Shared account", "Yhteiskäyttötunnus"}, CELL_YES, 0},
    {"left", {"Has left", "On lähtenyt"}, CELL_YES, 0},
    {"matched", {"Person known", "Henkilö tunnistettu"}, CELL_YES, 0},
    {"developer", {"Developer", "Kehittäjä"}, CELL_YES, 0},
    {"beyond", {"More than developers may", "Enemmän kuin kehittäjälle sallitaan"}, CELL_YES, 0},
    {"generic", {"Perhaps shared", "Ehkä yhteiskäytössä"}, CELL_YES, 0},
};
#define CELLS (sizeof cells / sizeof *cells)

/* Both environments; the second has no title when none is asked for. */
struct sides {
    struct records_item here, there;
};

static enum rc put_head(struct ctx *cx, const struct api_call *call, struct sheet *s, const struct sides *e)
{
    struct str titles[CELLS];
    for (size_t i = 0; i < CELLS; i++) {
        const char *title = cells[i].title[call->lang];
        struct str of = cells[i].of == 2 ? e->there.title : cells[i].of ? e->here.title : STR("");
        titles[i] = of.n ? arena_printf(&cx->arena, "%s: " STR_FMT, title, STR_ARG(of)) : str_from(title);
    }
    return sheet_head(cx, s, titles, CELLS);
}

static struct str word(const struct api_call *call, const struct sides *e, enum cell cell, struct str value)
{
    static const struct {
        const char *key;
        struct str word[LANG_COUNT];
    } words[] = {{"read", {{"read", 4}, {"lukea", 5}}},
                 {"change", {{"change", 6}, {"muuttaa", 7}}},
                 {"admin", {{"administer", 10}, {"hallita", 7}}},
                 {"both", {{"both", 4}, {"molemmat", 8}}}};
    if (cell == CELL_SIDE && str_eq(value, STR("here"))) return e->here.title;
    if (cell == CELL_SIDE && str_eq(value, STR("there"))) return e->there.title;
    if (cell == CELL_YES) return str_eq(value, STR("1")) ? call->lang == LANG_FI ? STR("kyllä") : STR("yes") : STR("");
    for (size_t i = 0; cell != CELL_TEXT && i < sizeof words / sizeof *words; i++)
        if (str_eq(value, str_from(words[i].key))) return words[i].word[call->lang];
    return value;
}

static int column_of(sqlite3_stmt *st, const char *name)
{
    for (int i = 0; i < sqlite3_column_count(st); i++)
        if (!strcmp(sqlite3_column_name(st, i), name)) return i;
    return -1;
}

static enum rc put_rows(struct ctx *cx, const struct api_call *call, sqlite3_stmt *st, struct sheet *s,
                        const struct sides *e)
{
    int at[CELLS];
    for (size_t i = 0; i < CELLS; i++)
        if ((at[i] = column_of(st, cells[i].column)) < 0)
            return fail(cx, E_INTERNAL, "the list has no column %s", cells[i].column);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        for (size_t i = 0; i < CELLS; i++) sheet_text(s, word(call, e, cells[i].cell, store_column_str(st, at[i])));
        TRY(sheet_row(cx, s));
    }
}

/* The statement of the list, with the same filters. */
static enum rc prepare(struct ctx *cx, struct api_call *call, sqlite3 *db, sqlite3_stmt **st)
{
    const struct api_operation *o = api_operations;
    while (strcmp(o->id, "environment_access_list") != 0) o++;
    TRY(store_prepare(cx, db, str_from(o->list->orders[0].first), st));
    for (int i = 1; i <= sqlite3_bind_parameter_count(*st); i++) {
        const char *name = sqlite3_bind_parameter_name(*st, i);
        if (!strcmp(name, ":now"))
            store_bind_int(*st, i, call->now);
        else if (!strcmp(name, ":limit"))
            store_bind_int(*st, i, 3 * LIMIT_RECORD_ROWS);
        else if (api_value(call, name + 1).p)
            store_bind_str(*st, i, api_value(call, name + 1));
        else
            store_bind_null(*st, i);
    }
    return OK;
}

static struct str filters_of(struct ctx *cx, const struct api_call *call)
{
    static const char *const names[] = {"side", "mark", "q"};
    scoped_buf b;
    buf_init(&b, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str v = api_value(call, names[i]);
        if (v.p) buf_printf(&b, "%s%s=%s", b.n ? " " : "", names[i], str_visible(cx, v));
    }
    return arena_str(&cx->arena, buf_view(&b));
}

static enum rc write_sheet(struct ctx *cx, struct api_call *call, struct log_reader *reader, enum sheet_format format,
                           const struct sides *e, int fd)
{
    scoped_stmt *st = NULL;
    scoped_buf note;
    struct sheet *s;
    struct str what = e->there.title.n ? arena_printf(&cx->arena, STR_FMT " / " STR_FMT, STR_ARG(e->here.title),
                                                      STR_ARG(e->there.title))
                                       : e->here.title;
    buf_init(&note, 0);
    TRY(prepare(cx, call, log_reader_db(reader), &st));
    TRY(sheet_open(cx, fd, format, e->here.title, &s));
    enum rc rc = put_head(cx, call, s, e);
    if (rc == OK) rc = put_rows(cx, call, st, s, e);
    exchange_note(cx, reader, str_from(str_visible(cx, what)), filters_of(cx, call), call->now, &note);
    if (rc == OK) rc = sheet_end(cx, s, buf_view(&note));
    sheet_free(s);
    return rc;
}

static enum rc read_sides(struct ctx *cx, struct api_call *call, sqlite3 *db, struct sides *e)
{
    struct str beside = api_value(call, "beside");
    *e = (struct sides){0};
    TRY(read_environment(cx, call, db, &e->here));
    e->there.title = STR("");
    if (!beside.p || str_eq(beside, api_value(call, "item"))) return OK;
    return records_get(cx, db, call->catalog, arena_printf(&cx->arena, "record:environment/" STR_FMT, STR_ARG(beside)),
                       &e->there);
}

API_OPERATION(environment_access_export)
{
    struct log_reader *reader;
    struct sides e;
    char day[32];
    enum sheet_format format = str_eq(api_value(call, "as"), STR("xlsx")) ? SHEET_XLSX : SHEET_CSV;
    int fd = memfd_create("export", MFD_CLOEXEC);
    if (fd < 0) return fail(cx, E_IO, "a file for the export cannot be made: %s", strerror(errno));
    enum rc rc = log_reader_open(cx, call->dir, &reader);
    if (rc == OK) {
        rc = records_views(cx, log_reader_db(reader));
        if (rc == OK) rc = read_sides(cx, call, log_reader_db(reader), &e);
        if (rc == OK) rc = write_sheet(cx, call, reader, format, &e, fd);
        log_reader_close(reader);
    }
    if (rc != OK) {
        close(fd);
        return rc;
    }
    api_answer_file(cx, call, fd,
                    arena_printf(&cx->arena, "access-" STR_FMT "-%lld-%s.%s", STR_ARG(e.here.kind->prefix),
                                 (long long)e.here.number, time_format_date(call->now, day),
                                 format == SHEET_XLSX ? "xlsx" : "csv"),
                    str_from(sheet_media_type(format)), STR(""));
    return OK;
}
