#include "exchange/shelf.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "catalog/image.h"
#include "catalog/library.h"

#include <jansson.h>
#include <stdlib.h>

#define SHELF_FORMAT "1" /* of what is made of a library: another one makes all shelves anew */

/* --- facts */

#define BOOK                                                                                                           \
    "SELECT library, urn, name, provider, licence, version, edition, framework, digest, bytes, parts, n, at, actor, "  \
    "state = 'active' FROM fact_library "

static void take_book(struct ctx *cx, sqlite3_stmt *st, struct shelf_book *b)
{
    struct library_head *h = &b->head;
    struct str *const texts[] = {&h->key, &h->urn, &h->name, &h->provider, &h->licence};
    for (int i = 0; i < 5; i++) *texts[i] = arena_str(&cx->arena, store_column_str(st, i));
    h->version = sqlite3_column_int(st, 5);
    h->edition = arena_str(&cx->arena, store_column_str(st, 6));
    h->framework = arena_str(&cx->arena, store_column_str(st, 7));
    b->digest = arena_str(&cx->arena, store_column_str(st, 8));
    b->bytes = sqlite3_column_int64(st, 9);
    b->parts = sqlite3_column_int64(st, 10);
    b->n = sqlite3_column_int64(st, 11);
    b->at = sqlite3_column_int64(st, 12);
    b->actor = arena_str(&cx->arena, store_column_str(st, 13));
}

enum rc shelf_books(struct ctx *cx, sqlite3 *db, struct shelf_book **out, size_t *n)
{
    scoped_stmt *st = NULL;
    *out = arena_array(&cx->arena, struct shelf_book, LIMIT_LIBRARIES);
    *n = 0;
    TRY(store_prepare(cx, db, STR(BOOK "WHERE state = 'active' ORDER BY library"), &st));
    for (bool row; *n < LIMIT_LIBRARIES;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        take_book(cx, st, &(*out)[(*n)++]);
    }
    return OK;
}

enum rc shelf_find(struct ctx *cx, sqlite3 *db, struct str key, struct shelf_book *out, bool *active)
{
    scoped_stmt *st = NULL;
    bool row;
    *active = false;
    TRY(store_prepare(cx, db, STR(BOOK "WHERE library = ?1"), &st));
    store_bind_str(st, 1, key);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such library");
    take_book(cx, st, out);
    *active = sqlite3_column_int(st, 14) != 0;
    return OK;
}

enum rc shelf_text(struct ctx *cx, sqlite3 *db, const struct shelf_book *b, struct str *out)
{
    scoped_stmt *st = NULL;
    struct digest d;
    uint8_t sum[32];
    char hex[65];
    if (b->bytes < 0 || b->bytes > (int64_t)LIMIT_YAML_LARGE) return fail(cx, E_CORRUPT, "a library's size is wrong");
    char *p = arena_alloc(&cx->arena, (size_t)b->bytes + 1);
    size_t n = 0;
    TRY(store_prepare(
        cx, db, STR("SELECT text FROM fact_imported_text WHERE library = ?1 AND digest = ?2 ORDER BY part"), &st));
    store_bind_str(st, 1, b->head.key);
    store_bind_str(st, 2, b->digest);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        struct str part = store_column_str(st, 0);
        if (part.n > (size_t)b->bytes - n) return fail(cx, E_CORRUPT, "a library's text is too long");
        if (part.n) memcpy(p + n, part.p, part.n);
        n += part.n;
    }
    *out = (struct str){p, n};
    digest_init(&d);
    digest_add(&d, *out);
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, hex);
    return str_eq(str_from(hex), b->digest) ? OK : fail(cx, E_NOTFOUND, "its text was erased");
}

#define MADE_OF                                                                                                        \
    "SELECT library, digest, (SELECT count(*) FROM fact_imported_text t WHERE t.library = l.library AND t.digest = "   \
    "l.digest) FROM fact_library l WHERE state = 'active' ORDER BY library"

enum rc shelf_key(struct ctx *cx, sqlite3 *db, const struct catalog *base, char out[65])
{
    scoped_stmt *st = NULL;
    struct digest d;
    uint8_t sum[32];
    bool any = false;
    out[0] = 0;
    digest_init(&d);
    digest_field(&d, STR(SHELF_FORMAT));
    digest_field(&d, arena_printf(&cx->arena, "%d", IMAGE_VERSION));
    digest_field(&d, str_from(base->digest));
    TRY(store_prepare(cx, db, STR(MADE_OF), &st));
    for (bool row;; any = true) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        for (int i = 0; i < 3; i++) digest_field(&d, store_column_str(st, i));
    }
    if (!any) return OK;
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, out);
    return OK;
}

/* --- making it */

struct making {
    struct ctx *cx;
    sqlite3 *db;
    const struct catalog *base;
    struct shelf_trial *trial;
    struct shelf_book *books;
    size_t n, own; /* own: index of the trial; n where there is none */
    struct shelf_told *told;
    struct buf *frameworks, *rests;
    bool *has_rest;
    struct catalog_file *files;
    size_t n_files;
};

static void note(struct making *m, size_t i, enum rc rc, struct str why)
{
    m->told[i].fault = arena_str(&m->cx->arena, why.n ? why : STR("it cannot be read"));
    if (i != m->own) return;
    m->trial->rc = rc;
    m->trial->fault = m->told[i].fault;
}

/* What only this book needs is forgotten after it; the trial's is told. */
static enum rc open_book(struct making *m, struct ctx *own, size_t i, struct library **out)
{
    struct str text;
    if (i == m->own) return library_take(own, m->trial->text, out);
    TRY(shelf_text(own, m->db, &m->books[i], &text));
    return library_take(own, text, out);
}

static enum rc make_framework(struct making *m, struct ctx *own, size_t i)
{
    struct library *l;
    struct library_told unused = {0};
    struct library_told *told = i == m->own ? &m->trial->told : &unused;
    TRY(open_book(m, own, i, &l));
    m->has_rest[i] = library_has_rest(l);
    if (!library_has_framework(l)) return OK;
    if (catalog_find_framework(m->base, m->books[i].head.framework))
        return fail(own, E_CONFLICT, "the program's own catalog has the framework " STR_FMT ": it is not replaced",
                    STR_ARG(m->books[i].head.framework));
    for (size_t k = 0; k < m->n; k++) { /* who was there first keeps it; the trial came last */
        bool before = k != i && k != m->own && (i == m->own || k < i);
        if (before && str_eq(m->books[k].head.framework, m->books[i].head.framework) && !m->told[k].fault.n)
            return fail(own, E_CONFLICT, "the library \"" STR_FMT "\" has the framework " STR_FMT " already",
                        STR_ARG(m->books[k].head.name), STR_ARG(m->books[i].head.framework));
    }
    return library_framework(own, l, 1, &m->frameworks[i], told);
}

static enum rc make_rest(struct making *m, struct ctx *own, size_t i, const struct catalog *shelf)
{
    struct library *l;
    struct library_told unused = {0};
    struct library_told *told = i == m->own ? &m->trial->told : &unused;
    if (catalog_find_library(m->base, m->books[i].head.key))
        return fail(own, E_CONFLICT, "the program's own catalog has the library " STR_FMT ": it is not replaced",
                    STR_ARG(m->books[i].head.key));
    TRY(open_book(m, own, i, &l));
    enum rc rc = library_rest(own, l, shelf, &m->rests[i], told);
    m->told[i].left = (int64_t)told->left;
    if (rc != E_NOTFOUND) return rc;
    buf_clear(&m->rests[i]); /* all of it waits */
    return OK;
}

/* Each with memory of its own: a hundred libraries are not held at once. The trial's words stay, for they are told. */
static enum rc each(struct making *m, const struct catalog *shelf)
{
    for (size_t i = 0; i < m->n; i++) {
        struct ctx own;
        if (m->told[i].fault.n || (shelf && !m->has_rest[i])) continue;
        bool trial = i == m->own;
        if (!trial) ctx_init(&own);
        struct ctx *cx = trial ? m->cx : &own;
        enum rc rc = shelf ? make_rest(m, cx, i, shelf) : make_framework(m, cx, i);
        if (rc != OK) note(m, i, rc, str_from(cx->message));
        if (!trial) ctx_release(&own);
        if (rc == E_IO || rc == E_INTERNAL) return fail(m->cx, rc, STR_FMT, STR_ARG(m->told[i].fault));
        ctx_progress(m->cx, "reading libraries", (int64_t)i + 1, (int64_t)m->n);
    }
    return OK;
}

static void add_file(struct making *m, const char *folder, struct str key, const struct buf *b)
{
    if (!b->n) return;
    m->files[m->n_files++] =
        (struct catalog_file){arena_printf(&m->cx->arena, "%s/" STR_FMT ".yaml", folder, STR_ARG(key)), buf_view(b)};
}

static void list_files(struct making *m)
{
    m->n_files = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (m->told[i].fault.n) continue;
        add_file(m, "frameworks", m->books[i].head.framework, &m->frameworks[i]);
        add_file(m, "libraries", m->books[i].head.key, &m->rests[i]);
    }
}

/* When all of it does not compile, each is tried alone, so that one does not take the others with it. */
static enum rc compile(struct making *m, struct buf *image)
{
    list_files(m);
    enum rc rc = catalog_beside(m->cx, m->base, m->files, m->n_files, image);
    if (rc != E_INVALID) return rc;
    for (size_t i = 0; i < m->n; i++) {
        scoped_buf alone;
        struct catalog_file one;
        if (m->told[i].fault.n || !m->frameworks[i].n) continue;
        buf_init(&alone, LIMIT_CATALOG_IMAGE);
        one = (struct catalog_file){
            arena_printf(&m->cx->arena, "frameworks/" STR_FMT ".yaml", STR_ARG(m->books[i].head.framework)),
            buf_view(&m->frameworks[i])};
        rc = catalog_beside(m->cx, m->base, &one, 1, &alone);
        if (rc != OK) note(m, i, rc, str_from(m->cx->message));
    }
    list_files(m);
    buf_clear(image);
    return catalog_beside(m->cx, m->base, m->files, m->n_files, image);
}

static enum rc make_all(struct making *m, struct buf *image)
{
    struct catalog *frameworks = NULL;
    bool any = false;
    TRY(each(m, NULL));
    TRY(compile(m, image));
    for (size_t i = 0; i < m->n; i++) any = any || (m->has_rest[i] && !m->told[i].fault.n);
    if (!any) return OK;
    TRY(catalog_open_beside(m->cx, m->base, buf_view(image), &frameworks));
    enum rc rc = each(m, frameworks);
    catalog_free(frameworks);
    TRY(rc);
    buf_clear(image);
    return compile(m, image);
}

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct shelf_book *)a)->head.key, ((const struct shelf_book *)b)->head.key);
}

static enum rc list_books(struct making *m, struct str without)
{
    struct shelf_book *all;
    size_t n;
    TRY(shelf_books(m->cx, m->db, &all, &n));
    m->books = arena_array(&m->cx->arena, struct shelf_book, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!str_eq(all[i].head.key, without) && !(m->trial && str_eq(all[i].head.key, m->trial->head.key)))
            m->books[m->n++] = all[i];
    if (m->trial) m->books[m->n++] = (struct shelf_book){.head = m->trial->head};
    if (m->n > LIMIT_LIBRARIES)
        return fail(m->cx, E_LIMIT, "there are %d libraries already: remove one first", LIMIT_LIBRARIES);
    if (m->n) qsort(m->books, m->n, sizeof *m->books, by_key);
    m->own = m->n;
    for (size_t i = 0; m->trial && i < m->n; i++)
        if (str_eq(m->books[i].head.key, m->trial->head.key)) m->own = i;
    return OK;
}

enum rc shelf_make(struct ctx *cx, sqlite3 *db, const struct catalog *base, struct shelf_trial *trial,
                   struct str without, struct buf *image, struct shelf_told **told, size_t *n)
{
    struct making m = {.cx = cx, .db = db, .base = base, .trial = trial};
    TRY(list_books(&m, without));
    m.told = arena_array(&cx->arena, struct shelf_told, m.n + 1);
    m.frameworks = arena_array(&cx->arena, struct buf, m.n + 1);
    m.rests = arena_array(&cx->arena, struct buf, m.n + 1);
    m.has_rest = arena_array(&cx->arena, bool, m.n + 1);
    m.files = arena_array(&cx->arena, struct catalog_file, 2 * m.n + 1);
    for (size_t i = 0; i < m.n; i++) {
        m.told[i] = (struct shelf_told){m.books[i].head.key, STR(""), 0};
        buf_init(&m.frameworks[i], LIMIT_CATALOG_FILE);
        buf_init(&m.rests[i], LIMIT_CATALOG_FILE);
    }
    enum rc rc = make_all(&m, image);
    for (size_t i = 0; i < m.n; i++) {
        buf_release(&m.frameworks[i]);
        buf_release(&m.rests[i]);
    }
    *told = m.told;
    *n = m.n;
    return rc;
}

/* --- as it is kept */

enum rc shelf_open(struct ctx *cx, sqlite3 *state, const struct catalog *base, const char *key, struct catalog **out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = NULL;
    TRY(store_prepare(cx, state, STR("SELECT image FROM shelf WHERE key = ?1"), &st));
    store_bind_str(st, 1, str_from(key));
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "the libraries are being put on their shelf");
    return catalog_open_beside(cx, base, store_column_blob(st, 0), out);
}

enum rc shelf_tell(struct ctx *cx, sqlite3 *state, struct shelf_told **told, size_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    size_t i;
    json_t *o;
    *told = NULL;
    *n = 0;
    TRY(store_prepare(cx, state, STR("SELECT told FROM shelf"), &st));
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    struct str text = store_column_str(st, 0);
    json_t *all = json_loadb(text.p, text.n, 0, NULL);
    *told = arena_array(&cx->arena, struct shelf_told, json_array_size(all) + 1);
    json_array_foreach(all, i, o)
    {
        (*told)[(*n)++] = (struct shelf_told){arena_str(&cx->arena, json_member(o, "library")),
                                              arena_str(&cx->arena, json_member(o, "fault")),
                                              json_integer_value(json_object_get(o, "left"))};
    }
    json_decref(all);
    return OK;
}

static void put_told(struct buf *out, const struct shelf_told *told, size_t n)
{
    struct json j;
    json_init(&j, out, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < n; i++) {
        json_begin(&j, '{');
        json_put_str(&j, "library", told[i].key);
        json_put_str(&j, "fault", told[i].fault);
        json_put_int(&j, "left", told[i].left);
        json_end(&j, '}');
    }
    json_end(&j, ']');
}

static enum rc is_kept(struct ctx *cx, sqlite3 *state, const char *key, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, state, STR("SELECT 1 FROM shelf WHERE key = ?1"), &st));
    store_bind_str(st, 1, str_from(key));
    return store_step(cx, st, out);
}

static enum rc keep(struct ctx *cx, sqlite3 *state, const char *key, struct str image, struct str told)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, state, STR("INSERT OR REPLACE INTO shelf VALUES (1, ?1, ?2, ?3)"), &st));
    store_bind_str(st, 1, str_from(key));
    store_bind_blob(st, 2, image.p, image.n);
    store_bind_str(st, 3, told);
    TRY(store_begin_write(cx, state));
    enum rc rc = store_run(cx, st);
    if (rc == OK) return store_commit(cx, state);
    store_rollback(state);
    return rc;
}

static enum rc keep_told(struct ctx *cx, sqlite3 *state, const char *key, struct str image,
                         const struct shelf_told *told, size_t n)
{
    scoped_buf words;
    buf_init(&words, 0);
    put_told(&words, told, n);
    TRY(buf_ok(&words));
    return keep(cx, state, key, image, buf_view(&words));
}

enum rc shelf_keep(struct ctx *cx, sqlite3 *db, sqlite3 *state, const struct catalog *base, struct str image,
                   const struct shelf_told *told, size_t n)
{
    char key[65];
    TRY(shelf_key(cx, db, base, key));
    return key[0] ? keep_told(cx, state, key, image, told, n) : OK;
}

enum rc shelf_refresh(struct ctx *cx, sqlite3 *db, sqlite3 *state, const struct catalog *base)
{
    char key[65];
    bool kept;
    struct shelf_told *told;
    size_t n;
    scoped_buf image;
    buf_init(&image, LIMIT_CATALOG_IMAGE);
    TRY(shelf_key(cx, db, base, key));
    TRY(is_kept(cx, state, key, &kept));
    if (kept || !key[0]) return OK;
    TRY(shelf_make(cx, db, base, NULL, STR(""), &image, &told, &n));
    return keep_told(cx, state, key, buf_view(&image), told, n);
}
