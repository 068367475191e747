#include "exchange/shelf_import.h"

#include "base/digest.h"
#include "base/limits.h"
#include "records/append.h"

#include <string.h>

struct shelf_import {
    struct ctx *cx;
    const struct catalog *base;
    struct str text;
    char digest[65], shelf[65], outcome[65]; /* of the text; of what is on the shelf; of what is told */
    struct shelf_trial trial;
    struct shelf_book before; /* what is replaced, or was removed */
    bool active;              /* it is on the shelf */
    struct library_line faults[LIBRARY_FAULTS];
    size_t n_faults; /* all of them */
    struct library_change *changes;
    size_t n_changes;
    int64_t audits;   /* under way, that answer to the framework */
    struct buf after; /* the shelf with it */
    struct shelf_told *told;
    size_t n_told;
};

static void hash(struct str s, char out[65])
{
    struct digest d;
    uint8_t sum[32];
    digest_init(&d);
    digest_add(&d, s);
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, out);
}

/* --- what is wrong */

static void fault(struct shelf_import *i, int line, struct str text)
{
    if (i->n_faults < LIBRARY_FAULTS)
        i->faults[i->n_faults] = (struct library_line){line, arena_str(&i->cx->arena, text)};
    i->n_faults++;
}

/* "line 7: what is wrong": readers begin so. */
static void fault_of_message(struct shelf_import *i, struct str message)
{
    struct str rest = message, head;
    int64_t line = 0;
    if (str_starts(message, STR("line ")) && str_cut(&rest, ':', &head) &&
        str_to_i64(str_slice(head, 5, head.n), 1, 100000000, &line))
        fault(i, (int)line, str_trim(rest));
    else
        fault(i, 0, message);
}

/* Of the file: told. Of the machine: an error. */
static enum rc settle(struct shelf_import *i, enum rc rc)
{
    if (rc == OK || rc == E_IO || rc == E_INTERNAL || rc == E_CORRUPT || rc == E_BUSY) return rc;
    fault_of_message(i, arena_str(&i->cx->arena, str_from(i->cx->message)));
    return OK;
}

static void refuse(struct shelf_import *i, const char *text)
{
    fault(i, 0, str_from(text));
}

/* --- beside what is there */

static enum rc find_before(struct shelf_import *i, sqlite3 *db)
{
    const struct library_head *h = &i->trial.head;
    enum rc rc = shelf_find(i->cx, db, h->key, &i->before, &i->active);
    if (rc == E_NOTFOUND) return OK;
    TRY(rc);
    if (!i->active) return OK;
    if (!str_eq(i->before.head.urn, h->urn))
        refuse(i, arena_printf(&i->cx->arena, "the key " STR_FMT " is of another library, " STR_FMT ": remove it first",
                               STR_ARG(h->key), STR_ARG(i->before.head.urn))
                      .p);
    else if (i->before.head.version > h->version)
        refuse(i, arena_printf(&i->cx->arena, "version %d is older than the %d that is there: remove it first",
                               h->version, i->before.head.version)
                      .p);
    return OK;
}

#define AUDITS                                                                                                         \
    "SELECT count(DISTINCT a.subject) FROM fact_answer a JOIN items_now i ON i.subject = a.subject WHERE a.list = "    \
    "'framework:' || ?1 AND i.phase = 'open'"

static enum rc count_audits(struct ctx *cx, sqlite3 *db, struct str framework, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR(AUDITS), &st));
    store_bind_str(st, 1, framework);
    TRY(store_step(cx, st, &row));
    *out = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

static enum rc open_before(struct shelf_import *i, sqlite3 *db, sqlite3 *state, struct catalog **out)
{
    struct shelf_told *told;
    size_t n;
    scoped_buf image;
    if (state && i->shelf[0] && shelf_open(i->cx, state, i->base, i->shelf, out) == OK) return OK;
    buf_init(&image, LIMIT_CATALOG_IMAGE);
    TRY(shelf_make(i->cx, db, i->base, NULL, STR(""), &image, &told, &n));
    return catalog_open_beside(i->cx, i->base, buf_view(&image), out);
}

/* The shelf as it is, and as it would be. */
static enum rc compare(struct shelf_import *i, sqlite3 *db, sqlite3 *state)
{
    struct ctx *cx = i->cx;
    struct catalog *was = NULL, *now = NULL;
    struct library_told both;
    TRY(settle(i, shelf_make(cx, db, i->base, &i->trial, STR(""), &i->after, &i->told, &i->n_told)));
    if (i->trial.told.faults)
        for (size_t k = 0; k < i->trial.told.faults && k < LIBRARY_FAULTS; k++)
            fault(i, i->trial.told.fault_lines[k].line, i->trial.told.fault_lines[k].text);
    else if (i->trial.rc != OK)
        fault_of_message(i, i->trial.fault);
    if (i->n_faults) return OK;
    TRY(open_before(i, db, state, &was));
    enum rc rc = catalog_open_beside(cx, i->base, buf_view(&i->after), &now);
    both = i->trial.told;
    both.key = i->trial.head.key;
    if (!both.framework.n) both.framework = i->before.head.framework;
    if (rc == OK) rc = library_changes(cx, was, now, &both, &i->changes, &i->n_changes);
    for (size_t k = 0; rc == OK && k < i->n_changes && k < LIMIT_LIBRARY_CHANGES; k++) { /* they outlive the catalogs */
        struct library_change *c = &i->changes[k];
        c->id = arena_str(&cx->arena, c->id);
        c->was = arena_str(&cx->arena, c->was);
        c->now = arena_str(&cx->arena, c->now);
    }
    catalog_free(was);
    catalog_free(now);
    return rc;
}

static bool is_same(const struct shelf_import *i)
{
    return i->active && str_eq(i->before.digest, str_from(i->digest));
}

static const char *change_of(const struct shelf_import *i)
{
    return is_same(i) ? "same" : i->active ? "replaced" : "new";
}

static void sum_up(struct shelf_import *i)
{
    struct digest d;
    uint8_t sum[32];
    digest_init(&d);
    digest_field(&d, str_from(i->digest));
    digest_field(&d, str_from(i->shelf));
    digest_field(&d, str_from(i->base->digest));
    digest_field(&d, str_from(i->n_faults ? "faults" : change_of(i)));
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, i->outcome);
}

static enum rc read_text(struct shelf_import *i)
{
    struct library *l;
    if (!str_is_utf8(i->text) || (i->text.n && memchr(i->text.p, 0, i->text.n))) {
        refuse(i, "the file is not UTF-8 text");
        return OK;
    }
    if (!i->text.n || i->text.n > LIMIT_YAML_LARGE) {
        refuse(i, i->text.n ? "the file is over 8 MiB" : "the file is empty");
        return OK;
    }
    enum rc rc = library_take(i->cx, i->text, &l);
    if (rc == OK) rc = library_head(i->cx, l, &i->trial.head);
    return settle(i, rc);
}

enum rc shelf_import_read(struct ctx *cx, sqlite3 *db, sqlite3 *state, const struct catalog *base, struct str text,
                          struct shelf_import **out)
{
    struct shelf_import *i = *out = arena_new(&cx->arena, struct shelf_import);
    *i = (struct shelf_import){.cx = cx, .base = base, .text = text, .trial = {.text = text}};
    i->before.head = (struct library_head){.urn = STR(""), .framework = STR("")};
    i->before.digest = STR("");
    buf_init(&i->after, LIMIT_CATALOG_IMAGE);
    hash(text, i->digest);
    ctx_progress(cx, "reading the file", 0, 0);
    TRY(read_text(i));
    TRY(shelf_key(cx, db, base, i->shelf));
    if (!i->n_faults) TRY(find_before(i, db));
    if (!i->n_faults) TRY(count_audits(cx, db, i->active ? i->before.head.framework : STR(""), &i->audits));
    if (!i->n_faults && !is_same(i)) TRY(compare(i, db, state));
    sum_up(i);
    return OK;
}

void shelf_import_close(struct shelf_import *i)
{
    if (i) buf_release(&i->after);
}

const char *shelf_import_outcome(const struct shelf_import *i)
{
    return i->outcome;
}

/* --- the report */

static void put_lines(struct json *j, const char *key, const struct library_line *lines, size_t n)
{
    json_key(j, key);
    json_begin(j, '[');
    for (size_t k = 0; k < n; k++) {
        json_begin(j, '{');
        json_put_int(j, "line", lines[k].line);
        json_put_str(j, "text", lines[k].text);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_head(struct json *j, const char *key, const struct library_head *h, bool there)
{
    json_key(j, key);
    if (!there) {
        json_nil(j);
        return;
    }
    json_begin(j, '{');
    json_put_str(j, "key", h->key);
    json_put_str(j, "name", h->name);
    json_put_str(j, "urn", h->urn);
    json_put_str(j, "provider", h->provider);
    json_put_str(j, "licence", h->licence);
    json_put_int(j, "version", h->version);
    json_put_str(j, "edition", h->edition);
    json_put_str(j, "framework", h->framework);
    json_end(j, '}');
}

static void put_counts(const struct shelf_import *i, struct json *j)
{
    const struct library_told *t = &i->trial.told;
    int64_t fresh = 0, changed = 0, gone = 0;
    for (size_t k = 0; k < i->n_changes; k++) {
        fresh += i->changes[k].sign == '+';
        gone += i->changes[k].sign == '-';
        changed += i->changes[k].sign == '~';
    }
    json_key(j, "counts");
    json_begin(j, '{');
    json_put_int(j, "controls", (int64_t)t->controls);
    json_put_int(j, "headings", (int64_t)t->headings);
    json_put_int(j, "notes", (int64_t)t->notes);
    json_put_int(j, "threats", (int64_t)t->threats);
    json_put_int(j, "matrices", (int64_t)t->matrices);
    json_put_int(j, "references", (int64_t)t->references);
    json_put_int(j, "suggestions", (int64_t)t->suggestions);
    json_put_int(j, "pairs", (int64_t)t->pairs);
    json_put_int(j, "repeated", (int64_t)t->repeated);
    json_put_int(j, "left", (int64_t)t->left);
    json_put_int(j, "unknown", (int64_t)t->unknown);
    json_put_int(j, "new", fresh);
    json_put_int(j, "changed", changed);
    json_put_int(j, "gone", gone);
    json_put_int(j, "faults", (int64_t)i->n_faults);
    json_put_int(j, "audits", i->audits);
    json_end(j, '}');
}

void shelf_import_report(const struct shelf_import *i, struct json *j)
{
    static const char *const things[] = {"control", "reference", "suggestion", "pair"};
    const struct library_told *t = &i->trial.told;
    json_begin(j, '{');
    json_put_cstr(j, "outcome", i->outcome);
    json_put_cstr(j, "change", change_of(i));
    put_head(j, "library", &i->trial.head, i->trial.head.key.n > 0);
    put_head(j, "before", &i->before.head, i->active);
    put_counts(i, j);
    put_lines(j, "faults", i->faults, i->n_faults < LIBRARY_FAULTS ? i->n_faults : LIBRARY_FAULTS);
    put_lines(j, "left", t->left_lines, t->left < LIBRARY_LEFT ? t->left : LIBRARY_LEFT);
    json_key(j, "changes");
    json_begin(j, '[');
    for (size_t k = 0; k < i->n_changes && k < LIMIT_LIBRARY_CHANGES; k++) {
        const struct library_change *c = &i->changes[k];
        json_begin(j, '{');
        json_put_cstr(j, "what", things[c->what]);
        json_put_cstr(j, "change", c->sign == '+' ? "new" : c->sign == '-' ? "gone" : "changed");
        json_put_str(j, "id", c->id);
        json_put_str(j, "before", c->was);
        json_put_str(j, "after", c->now);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

/* --- putting it on the shelf */

static void put_library(struct buf *out, const struct library_head *h, const char *state, struct str digest,
                        int64_t bytes, int64_t parts, struct str reason)
{
    struct json j;
    json_init(&j, out, false);
    json_begin(&j, '{');
    json_put_str(&j, "library", h->key);
    json_put_cstr(&j, "state", state);
    json_put_str(&j, "urn", h->urn);
    json_put_str(&j, "name", h->name);
    json_put_str(&j, "provider", h->provider);
    json_put_str(&j, "licence", h->licence);
    json_put_int(&j, "version", h->version);
    json_put_str(&j, "edition", h->edition);
    json_put_str(&j, "framework", h->framework);
    json_put_str(&j, "digest", digest);
    json_put_int(&j, "bytes", bytes);
    json_put_int(&j, "parts", parts);
    json_put_str(&j, "reason", reason);
    json_end(&j, '}');
}

static enum rc add(struct append *a, const struct identity_actor *by, const char *kind, const struct buf *payload)
{
    struct facts_ready ready;
    struct leaf leaf;
    TRY(buf_ok(payload));
    const struct body fact = append_body(by, kind, STR("org"), buf_view(payload));
    TRY(facts_make(a->cx, a->facts, &fact, true, &ready));
    TRY(facts_put(a->cx, a->facts, a->tx, &ready, &leaf));
    a->next = leaf.n + 1;
    return OK;
}

static enum rc add_part(struct append *a, const struct shelf_import *i, const struct identity_actor *by, int64_t part,
                        struct str text)
{
    struct json j;
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_str(&j, "library", i->trial.head.key);
    json_put_cstr(&j, "digest", i->digest);
    json_put_int(&j, "part", part);
    json_put_str(&j, "text", text);
    json_end(&j, '}');
    return add(a, by, "imported_text", &payload);
}

/* The longest run of whole characters that fits. */
static size_t part_end(struct str text, size_t from)
{
    size_t end = text.n - from > LIMIT_LIBRARY_PART ? from + LIMIT_LIBRARY_PART : text.n;
    while (end < text.n && end > from && ((unsigned char)text.p[end] & 0xC0) == 0x80) end--;
    return end;
}

struct applying {
    struct shelf_import *i;
    const struct records_by *by;
    struct str key;
};

static enum rc apply(struct append *a, void *arg)
{
    const struct applying *g = arg;
    const struct shelf_import *i = g->i;
    const struct identity_actor *by = &g->by->actor;
    uint8_t id[32];
    char shelf[65];
    uint64_t n, facts, first = a->next;
    bool found;
    int64_t parts = 0;
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    records_request_id(g->by, g->key, id);
    TRY(log_find_request(a->cx, a->tx, id, &found, &n, &facts));
    if (found) return OK;
    TRY(shelf_key(a->cx, a->db, i->base, shelf));
    if (strcmp(shelf, i->shelf) != 0)
        return fail(a->cx, E_CONFLICT, "the libraries have changed since: look again at what the file would do");
    for (size_t from = 0, end; from < i->text.n; from = end, parts++) {
        end = part_end(i->text, from);
        TRY(add_part(a, i, by, parts, str_slice(i->text, from, end)));
    }
    put_library(&payload, &i->trial.head, "active", str_from(i->digest), (int64_t)i->text.n, parts, STR(""));
    TRY(add(a, by, "library", &payload));
    return log_put_request(a->cx, a->tx, id, first, a->next - first);
}

enum rc shelf_import_apply(struct ctx *cx, struct shelf_import *i, struct facts *f, const struct records_by *by,
                           struct str key)
{
    struct applying g = {i, by, key};
    if (i->n_faults) return fail(cx, E_INVALID, "%zu faults: nothing was imported", i->n_faults);
    if (is_same(i)) return fail(cx, E_CONFLICT, "the library is there already, exactly so");
    return append_run(cx, f, 0, apply, &g);
}

enum rc shelf_import_keep(struct ctx *cx, const struct shelf_import *i, sqlite3 *db, sqlite3 *state)
{
    scoped_stmt *st = NULL;
    bool row; /* nothing has come after it: else the shelf is another by now, and is made anew */
    TRY(store_prepare(cx, db,
                      STR("SELECT 1 FROM fact_library WHERE library = ?1 AND digest = ?2 AND state = 'active' AND n = "
                          "(SELECT max(n) FROM fact_library)"),
                      &st));
    store_bind_str(st, 1, i->trial.head.key);
    store_bind_str(st, 2, str_from(i->digest));
    TRY(store_step(cx, st, &row));
    return row ? shelf_keep(cx, db, state, i->base, buf_view(&i->after), i->told, i->n_told) : OK;
}

/* --- taking it off */

struct removing {
    const struct identity_actor *by;
    struct str library, reason;
};

static enum rc take_off(struct append *a, void *arg)
{
    const struct removing *r = arg;
    struct shelf_book b;
    bool active;
    int64_t audits = 0;
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    TRY(shelf_find(a->cx, a->db, r->library, &b, &active));
    if (!active) return fail(a->cx, E_NOTFOUND, "there is no such library");
    if (b.head.framework.n) TRY(count_audits(a->cx, a->db, b.head.framework, &audits));
    if (audits)
        return fail(a->cx, E_CONFLICT, "an audit that is under way answers to its framework: conclude it first");
    put_library(&payload, &b.head, "removed", b.digest, b.bytes, b.parts, r->reason);
    return add(a, r->by, "library", &payload);
}

enum rc shelf_remove(struct ctx *cx, struct facts *f, const struct identity_actor *by, struct str library,
                     struct str reason)
{
    struct removing r = {by, library, reason};
    return append_run(cx, f, 0, take_off, &r);
}
