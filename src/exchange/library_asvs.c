/* OWASP ASVS, as its project publishes it. */
#include "exchange/library_int.h"

#include "base/csv.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/limits.h"

#include <errno.h>
#include <jansson.h>
#include <sys/mman.h>
#include <unistd.h>

/* --- as JSON: chapters, sections, requirements */

static enum rc take_items(struct library *l, const json_t *items, struct str group, int depth)
{
    size_t i;
    const json_t *item;
    json_array_foreach(items, i, item)
    {
        const json_t *below = json_object_get(item, "Items");
        struct str name = json_member(item, "Name"), what = json_member(item, "Description");
        struct library_control c = {.id = library_line_of(l->cx, json_member(item, "Shortcode")), .group = group};
        c.title = library_line_of(l->cx, json_array_size(below) && name.n ? name : what.n ? what : name);
        c.heading = json_array_size(below) > 0;
        if (!c.id.n) return fail(l->cx, E_INVALID, "a requirement has no Shortcode");
        TRY(library_add(l, c, 0));
        if (c.heading && depth < 4) TRY(take_items(l, below, c.id, depth + 1));
    }
    return OK;
}

static enum rc read_top(struct library *l, const json_t *top)
{
    const json_t *items = json_object_get(top, "Requirements");
    struct str version = json_member(top, "Version"), name = json_member(top, "ShortName");
    if (!json_is_array(items) || !version.n || !name.n)
        return fail(l->cx, E_INVALID, "this JSON is no ASVS: ShortName, Version and Requirements are expected");
    l->name = library_line_of(l->cx, arena_printf(&l->cx->arena, "OWASP " STR_FMT, STR_ARG(name)));
    l->edition = library_line_of(l->cx, version);
    l->title = library_line_of(l->cx, json_member(top, "Name"));
    if (!l->title.n) l->title = l->name;
    l->key = library_key_of(
        l->cx, arena_printf(&l->cx->arena, "owasp-" STR_FMT "-" STR_FMT, STR_ARG(name), STR_ARG(version)), 40);
    l->framework = true;
    return take_items(l, items, STR(""), 0);
}

enum rc library_read_asvs_json(struct library *l, struct str given)
{
    json_error_t error;
    if (given.n > LIMIT_YAML_LARGE) return fail(l->cx, E_LIMIT, "the file is over 8 MiB");
    json_t *top = json_loadb(given.p, given.n, JSON_REJECT_DUPLICATES, &error);
    if (!top) return fail(l->cx, E_INVALID, "line %d: %s", error.line, str_visible(l->cx, str_from(error.text)));
    enum rc rc = read_top(l, top);
    json_decref(top);
    return rc;
}

/* --- as CSV: a row for each requirement, with its chapter and section */

#define HEAD "chapter_id,chapter_name,section_id,section_name,req_id,req_description,"

static struct str without_mark(struct str s)
{
    return str_starts(s, STR("\xEF\xBB\xBF")) ? str_slice(s, 3, s.n) : s;
}

bool library_is_asvs_csv(struct str given)
{
    return str_starts(without_mark(given), STR(HEAD));
}

static enum rc heading(struct library *l, struct str id, struct str title, struct str group, int line)
{
    if (l->ids && library_word(l->ids, id, false)) return OK;
    return library_add(l, (struct library_control){.id = id, .title = title, .group = group, .heading = true}, line);
}

static enum rc take_row(struct library *l, const struct csv_row *r)
{
    struct str cells[6];
    for (size_t i = 0; i < 6; i++) cells[i] = i < r->n ? library_line_of(l->cx, csv_plain(r->cells[i])) : STR("");
    if (!cells[0].n || !cells[2].n || !cells[4].n)
        return fail(l->cx, E_INVALID, "line %lld: chapter_id, section_id and req_id are expected", (long long)r->line);
    if (l->ids && library_word(l->ids, cells[4], false))
        return fail(l->cx, E_INVALID, "line %lld: %s stands here twice", (long long)r->line,
                    str_visible(l->cx, cells[4]));
    TRY(heading(l, cells[0], cells[1], STR(""), (int)r->line));
    TRY(heading(l, cells[2], cells[3], cells[0], (int)r->line));
    return library_add(l, (struct library_control){.id = cells[4], .title = cells[5], .group = cells[2]}, (int)r->line);
}

static enum rc read_rows(struct library *l, struct csv *csv)
{
    struct csv_row row = {0};
    enum rc rc = csv_next(l->cx, csv, &row); /* which edition it is, the names of the levels' columns tell */
    if (rc == OK) l->edition = row.n > 6 && str_eq(row.cells[6], STR("L")) ? STR("5") : STR("4");
    while (rc == OK && (rc = csv_next(l->cx, csv, &row)) == OK && row.n) TRY(take_row(l, &row));
    if (rc == E_INVALID || rc == E_LIMIT) {
        struct str why = arena_str(&l->cx->arena, str_from(l->cx->message));
        return fail(l->cx, rc, "line %lld: " STR_FMT, (long long)row.line, STR_ARG(why));
    }
    return rc;
}

enum rc library_read_asvs_csv(struct library *l, struct str given)
{
    struct csv *csv = NULL;
    if (given.n > LIMIT_YAML_LARGE) return fail(l->cx, E_LIMIT, "the file is over 8 MiB");
    int fd = memfd_create("library", MFD_CLOEXEC);
    if (fd < 0) return fail(l->cx, E_IO, "cannot keep the file: %s", strerror(errno));
    enum rc rc = file_write_all(fd, given) && lseek(fd, 0, SEEK_SET) == 0
                     ? csv_open(l->cx, fd, &csv)
                     : fail(l->cx, E_IO, "cannot keep the file: %s", strerror(errno));
    if (rc == OK) rc = read_rows(l, csv);
    if (csv) csv_close(csv);
    close(fd);
    TRY(rc);
    if (!l->n) return fail(l->cx, E_INVALID, "the file holds no requirement");
    l->name = STR("OWASP ASVS");
    l->title = STR("Application Security Verification Standard");
    l->key = library_key_of(l->cx, arena_printf(&l->cx->arena, "owasp-asvs-" STR_FMT, STR_ARG(l->edition)), 40);
    l->framework = true;
    return OK;
}
