/* Libraries of others: which there are, as they were handed in, and taken away. Imports are in imports.c. */
#include "api/page.h"
#include "api/shelf.h"
#include "api/show.h"
#include "base/file.h"
#include "base/limits.h"
#include "catalog/library.h"
#include "exchange/library_write.h"
#include "exchange/shelf_import.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static void put_frameworks_of(struct ctx *cx, struct api_call *call, const struct catalog_library *l)
{
    const struct catalog *c = call->catalog;
    bool *seen = arena_calloc(&cx->arena, c->n_frameworks + 1, sizeof *seen);
    for (size_t i = 0; l && i < l->n_pairs; i++)
        seen[l->pairs[i].from_framework - c->frameworks] = seen[l->pairs[i].to_framework - c->frameworks] = true;
    for (size_t i = 0; l && i < l->n_suggestions; i++) seen[l->suggestions[i].framework - c->frameworks] = true;
    json_key(&call->out, "frameworks");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < c->n_frameworks; i++)
        if (seen[i]) json_str(&call->out, c->frameworks[i].key);
    json_end(&call->out, ']');
}

static int64_t controls_of(const struct catalog *c, struct str key)
{
    const struct catalog_framework *f = catalog_find_framework(c, key);
    int64_t n = 0;
    for (size_t i = 0; f && i < f->n_controls; i++) n += !f->controls[i].heading;
    return n;
}

static void put_head(struct ctx *cx, struct api_call *call, const struct library_head *h,
                     const struct catalog_library *l)
{
    struct json *j = &call->out;
    json_put_str(j, "key", h->key);
    json_put_str(j, "name", h->name);
    show_text(j, "urn", h->urn);
    show_text(j, "provider", h->provider);
    show_text(j, "licence", h->licence);
    json_put_int(j, "version", h->version);
    show_text(j, "edition", h->edition);
    show_text(j, "framework", h->framework);
    json_put_int(j, "controls", controls_of(call->catalog, h->framework));
    json_put_int(j, "pairs", l ? (int64_t)l->n_pairs : 0);
    json_put_int(j, "references", l ? (int64_t)l->n_references : 0);
    put_frameworks_of(cx, call, l);
}

/* Of the catalog the program was started with. */
static void put_of_catalog(struct ctx *cx, struct api_call *call, const struct catalog_library *l)
{
    struct json *j = &call->out;
    const struct library_head h = {.key = l->key,
                                   .urn = l->urn,
                                   .name = l->name,
                                   .provider = l->provider,
                                   .licence = STR(""),
                                   .edition = STR(""),
                                   .framework = STR(""),
                                   .version = l->version};
    json_begin(j, '{');
    put_head(cx, call, &h, l);
    json_put_int(j, "left", 0);
    json_put_bool(j, "imported", false);
    show_text(j, "fault", STR_NONE);
    json_put_int(j, "bytes", 0);
    api_put_time(j, "at", 0);
    show_person(j, "by", STR_NONE, STR_NONE);
    show_text(j, "event", STR_NONE);
    json_end(j, '}');
}

static enum rc put_book(struct ctx *cx, struct api_call *call, const struct shelf_book *b,
                        const struct shelf_told *told)
{
    struct json *j = &call->out;
    struct str name;
    TRY(identity_name(cx, call->ledger, b->actor, &name));
    json_begin(j, '{');
    put_head(cx, call, &b->head, catalog_find_library(call->catalog, b->head.key));
    json_put_int(j, "left", told ? told->left : 0);
    json_put_bool(j, "imported", true);
    show_text(j, "fault", told ? told->fault : STR_NONE);
    json_put_int(j, "bytes", b->bytes);
    api_put_time(j, "at", b->at);
    show_person(j, "by", b->actor, name);
    json_put_int(j, "event", b->n);
    json_end(j, '}');
    return OK;
}

static bool is_imported(const struct shelf_book *books, size_t n, struct str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(books[i].head.key, key)) return true;
    return false;
}

API_OPERATION(libraries_list)
{
    struct shelf_book *books;
    struct shelf_told *told;
    size_t n, n_told;
    int64_t all = 0;
    TRY(api_with_libraries(cx, call));
    TRY(shelf_books(cx, call->ledger, &books, &n));
    TRY(shelf_tell(cx, call->state, &told, &n_told));
    page_begin(call);
    for (size_t i = 0; i < n; i++, all++) {
        const struct shelf_told *t = NULL;
        for (size_t k = 0; k < n_told && !t; k++)
            if (str_eq(told[k].key, books[i].head.key)) t = &told[k];
        TRY(put_book(cx, call, &books[i], t));
    }
    for (size_t i = 0; i < call->catalog->n_libraries; i++)
        if (!is_imported(books, n, call->catalog->libraries[i].key)) {
            put_of_catalog(cx, call, &call->catalog->libraries[i]);
            all++;
        }
    return page_end(cx, call, -1, all);
}

/* --- as it was handed in */

static enum rc find(struct ctx *cx, struct api_call *call, struct shelf_book *out)
{
    bool active;
    enum rc rc = shelf_find(cx, call->ledger, api_value(call, "library"), out, &active);
    if (rc != OK && rc != E_NOTFOUND) return rc;
    if (rc == OK && active) return OK;
    return api_fail(cx, call, E_NOTFOUND, "there is no such imported library", "sellaista tuotua kirjastoa ei ole");
}

/* A file without a name: it is whole before its first byte is sent. */
static enum rc make_file(struct ctx *cx, const struct api_call *call, struct str text, int *fd)
{
    char *path = arena_cstr(&cx->arena, arena_printf(&cx->arena, "%s/incoming/library-XXXXXX", call->dir));
    *fd = mkstemp(path);
    if (*fd < 0) return fail(cx, E_IO, "a file for the export cannot be made: %s", strerror(errno));
    unlink(path);
    if (file_write_all(*fd, text) && lseek(*fd, 0, SEEK_SET) == 0) return OK;
    close(*fd);
    return fail(cx, E_IO, "a file for the export cannot be written: %s", strerror(errno));
}

static const char *ending_of(struct str text)
{
    struct str start = str_trim(text);
    if (start.n && start.p[0] == '{') return "json";
    return str_has(str_slice(text, 0, text.n < 100 ? text.n : 100), STR("chapter_id,")) ? "csv" : "yaml";
}

API_OPERATION(libraries_export)
{
    struct shelf_book b;
    struct str text;
    int fd;
    TRY(find(cx, call, &b));
    enum rc rc = shelf_text(cx, call->ledger, &b, &text);
    if (rc == E_NOTFOUND) return api_fail(cx, call, rc, "its text was erased", "sen teksti on hävitetty");
    TRY(rc);
    TRY(make_file(cx, call, text, &fd));
    struct str name = arena_printf(&cx->arena, STR_FMT "-%d.%s", STR_ARG(b.head.key), b.head.version, ending_of(text));
    if (!b.head.version) name = arena_printf(&cx->arena, STR_FMT ".%s", STR_ARG(b.head.key), ending_of(text));
    api_answer_file(cx, call, fd, name, STR("application/octet-stream"), b.digest);
    return OK;
}

API_OPERATION(library_export)
{
    int fd;
    scoped_buf text;
    buf_init(&text, 64 * MIB);
    TRY(library_write(cx, call->catalog, &text));
    TRY(make_file(cx, call, buf_view(&text), &fd));
    api_answer_file(cx, call, fd, STR("sinetti-secure-development.yaml"), STR("application/octet-stream"), STR(""));
    return OK;
}

/* --- taken away */

API_OPERATION(libraries_remove)
{
    struct shelf_book b;
    TRY(find(cx, call, &b));
    enum rc rc = shelf_remove(cx, call->facts, &call->actor, b.head.key, api_field(call->body, "reason"));
    if (rc == E_CONFLICT)
        return api_fail(
            cx, call, rc,
            "an audit that is under way answers to its framework: conclude the audit, or take it back, first",
            "käynnissä oleva auditointi vastaa sen vaatimuskehikkoon: päätä tai peru auditointi ensin");
    TRY(rc);
    /* what is left is put on its shelf before anybody asks */
    return shelf_refresh(cx, call->ledger, call->state, call->catalog);
}
