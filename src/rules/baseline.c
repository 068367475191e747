#include "rules/baseline.h"

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_DIGITS 32
#define MOST_TEXT 1000 /* bytes of an owner, a reason */

struct entry {
    struct str id, obligation, subject, owner, until, reason; /* reason STR_NONE when it has none */
    bool ended;
};

struct baseline {
    struct entry *entries; /* by id */
    size_t n, ended;
};

struct reading {
    struct ctx *cx;
    const char *file; /* safe to show */
    int64_t now;
};

static enum rc read_file(struct reading *r, const char *file, struct buf *out)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(r->cx, errno == ENOENT ? E_NOTFOUND : E_IO, "%s: cannot read: %s", r->file, strerror(errno));
    bool fine = file_is_ordinary(fd) && file_read_all(fd, out);
    close(fd);
    if (!fine) return fail(r->cx, E_IO, "%s: cannot read: no ordinary file", r->file);
    if (buf_ok(out) != OK)
        return fail(r->cx, E_LIMIT, "%s: larger than a baseline may be (%llu MiB)", r->file, LIMIT_BASELINE / MIB);
    return OK;
}

static enum rc bad(struct reading *r, size_t index, const char *field, const char *problem)
{
    return fail(r->cx, E_INVALID, "%s: entry %zu: \"%s\" %s", r->file, index + 1, field, problem);
}

static enum rc read_text(struct reading *r, size_t index, json_t *object, const char *field, bool required,
                         struct str *out)
{
    json_t *v = json_object_get(object, field);
    *out = STR_NONE;
    if (!v) return required ? bad(r, index, field, "is missing") : OK;
    if (!json_is_string(v)) return bad(r, index, field, "is no text");
    struct str s = {json_string_value(v), json_string_length(v)};
    if (required && str_trim(s).n == 0) return bad(r, index, field, "is empty");
    if (s.n > 3 * LIMIT_PATH + MOST_TEXT) return bad(r, index, field, "is too long"); /* 3: U+FFFD for a byte */
    *out = arena_str(&r->cx->arena, s);
    return OK;
}

static bool can_be_shown(struct str s)
{
    scoped_buf visible;
    buf_init(&visible, 0);
    buf_visible(&visible, s);
    return str_eq(s, buf_view(&visible));
}

/* What reports print. */
static enum rc check_shown(struct reading *r, size_t index, const char *field, struct str s)
{
    if (s.n > MOST_TEXT) return bad(r, index, field, "is too long");
    return can_be_shown(s) ? OK : bad(r, index, field, "has characters that cannot be shown");
}

static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
    return s.n == ID_DIGITS;
}

static enum rc check_fields(struct reading *r, size_t index, json_t *object)
{
    static const char *const known[] = {"id", "obligation", "subject", "owner", "until", "reason"};
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        bool fine = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) fine = fine || strcmp(key, known[i]) == 0;
        if (!fine) return bad(r, index, str_visible(r->cx, str_from(key)), "is no field of an entry");
    }
    return OK;
}

/* "2026-12-31" counts to the end of that day. */
static enum rc read_until(struct reading *r, size_t index, struct entry *e)
{
    int64_t t;
    if (time_parse(e->until, &t) != OK) return bad(r, index, "until", "is no date like 2026-12-31");
    if (e->until.n == sizeof "2026-12-31" - 1) t += DAY_SECONDS - 1;
    e->ended = t < r->now;
    return OK;
}

static enum rc read_entry(struct reading *r, size_t index, json_t *object, struct entry *e)
{
    *e = (struct entry){0};
    if (!json_is_object(object)) return fail(r->cx, E_INVALID, "%s: entry %zu: no object", r->file, index + 1);
    TRY(check_fields(r, index, object));
    TRY(read_text(r, index, object, "id", true, &e->id));
    TRY(read_text(r, index, object, "obligation", true, &e->obligation));
    TRY(read_text(r, index, object, "subject", true, &e->subject));
    TRY(read_text(r, index, object, "owner", true, &e->owner));
    TRY(read_text(r, index, object, "until", true, &e->until));
    TRY(read_text(r, index, object, "reason", false, &e->reason));
    if (!is_id(e->id)) return bad(r, index, "id", "is not 32 hexadecimal digits in lower case");
    TRY(check_shown(r, index, "owner", e->owner));
    TRY(check_shown(r, index, "reason", e->reason));
    return read_until(r, index, e);
}

static int by_id(const void *a, const void *b)
{
    return str_cmp(((const struct entry *)a)->id, ((const struct entry *)b)->id);
}

static enum rc read_entries(struct reading *r, json_t *list, struct baseline *b)
{
    size_t i;
    json_t *object;
    if (!json_is_array(list)) return fail(r->cx, E_INVALID, "%s: \"entries\" is no list", r->file);
    if (json_array_size(list) > LIMIT_BASELINE_ENTRIES)
        return fail(r->cx, E_LIMIT, "%s: more than %d entries", r->file, LIMIT_BASELINE_ENTRIES);
    b->entries = arena_array(&r->cx->arena, struct entry, json_array_size(list) + 1);
    json_array_foreach(list, i, object)
    {
        TRY(read_entry(r, i, object, &b->entries[b->n]));
        b->ended += b->entries[b->n].ended;
        b->n++;
    }
    if (b->n) qsort(b->entries, b->n, sizeof *b->entries, by_id);
    for (i = 1; i < b->n; i++)
        if (by_id(&b->entries[i - 1], &b->entries[i]) == 0)
            return fail(r->cx, E_INVALID, "%s: two entries have the id " STR_FMT, r->file, STR_ARG(b->entries[i].id));
    return OK;
}

static enum rc read_top(struct reading *r, json_t *top, struct baseline *b)
{
    const char *key;
    json_t *value, *version = json_object_get(top, "sinetti_baseline");
    if (!json_is_object(top)) return fail(r->cx, E_INVALID, "%s: no baseline: not an object", r->file);
    if (!json_is_integer(version) || json_integer_value(version) != 1)
        return fail(r->cx, E_INVALID, "%s: no baseline of this version: \"sinetti_baseline\" is not 1", r->file);
    json_object_foreach(top, key, value)
    {
        if (strcmp(key, "sinetti_baseline") != 0 && strcmp(key, "entries") != 0)
            return fail(r->cx, E_INVALID, "%s: \"%s\" is no field of a baseline", r->file,
                        str_visible(r->cx, str_from(key)));
    }
    return read_entries(r, json_object_get(top, "entries"), b);
}

enum rc baseline_read(struct ctx *cx, const char *file, int64_t now, struct baseline **out)
{
    struct reading r = {.cx = cx, .file = str_visible(cx, str_from(file)), .now = now};
    scoped_buf text;
    json_error_t error;
    *out = NULL;
    buf_init(&text, LIMIT_BASELINE);
    TRY(read_file(&r, file, &text));
    json_t *top = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &error);
    if (!top) return fail(cx, E_INVALID, "%s: line %d: %s", r.file, error.line, str_visible(cx, str_from(error.text)));
    struct baseline *b = arena_new(&cx->arena, struct baseline);
    enum rc rc = read_top(&r, top, b);
    json_decref(top);
    if (rc == OK) *out = b;
    return rc;
}

size_t baseline_ended(const struct baseline *b)
{
    return b->ended;
}

static const struct entry *find(const struct baseline *b, struct str id)
{
    struct entry wanted = {.id = id};
    return b && b->n ? bsearch(&wanted, b->entries, b->n, sizeof *b->entries, by_id) : NULL;
}

bool baseline_find(const struct baseline *b, struct str id, struct str *owner, struct str *until)
{
    const struct entry *e = find(b, id);
    if (!e || e->ended) return false;
    if (owner) *owner = e->owner;
    if (until) *until = e->until;
    return true;
}

static int by_obligation(const void *x, const void *y)
{
    const struct entry *a = x, *b = y;
    int d = str_cmp(a->obligation, b->obligation);
    return d ? d : str_cmp(a->id, b->id);
}

static void add_entry(const struct baseline *old, struct entry *e, struct str obligation, struct str id,
                      struct str subject)
{
    const struct entry *was = find(old, id);
    e->obligation = obligation;
    e->id = id;
    e->subject = subject;
    if (!was) return;
    e->reason = was->reason;
    if (was->ended) return;
    e->owner = was->owner;
    e->until = was->until;
}

/* The entries of one point, written to `out` unless it is NULL; their number. */
static size_t collect_point(struct ctx *cx, const struct obligation_result *o, const struct baseline *old,
                            const struct entry *fresh, struct entry *out)
{
    size_t n = 0, all = o->n_keys ? o->n_keys : o->n_findings;
    struct str name = arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(o->def->task), STR_ARG(o->def->key));
    for (size_t i = 0; i < all; i++) {
        bool excused = !o->n_keys && o->findings[i].exception;
        if (out && !excused) {
            out[n] = *fresh;
            add_entry(old, &out[n], name, o->n_keys ? o->keys[i].id : o->findings[i].id,
                      o->n_keys ? o->keys[i].subject : o->findings[i].subject);
        }
        n += !excused;
    }
    return n;
}

/* Entries of all findings; owner and until are those given unless an old entry has its own. */
static size_t collect(struct ctx *cx, const struct assessment *a, const struct baseline *old, const struct entry *fresh,
                      struct entry *out)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_tasks; i++)
        for (size_t k = 0; k < a->tasks[i].n_obligations; k++)
            n += collect_point(cx, &a->tasks[i].obligations[k], old, fresh, out ? out + n : NULL);
    return n;
}

static void print(struct buf *out, const struct entry *entries, size_t n)
{
    struct json j;
    json_init(&j, out, true);
    json_begin(&j, '{');
    json_put_int(&j, "sinetti_baseline", 1);
    json_key(&j, "entries");
    json_begin(&j, '[');
    for (size_t i = 0; i < n; i++) {
        const struct entry *e = &entries[i];
        if (i && str_eq(e[-1].id, e->id)) continue;
        json_begin(&j, '{');
        json_put_str(&j, "id", e->id);
        json_put_str(&j, "obligation", e->obligation);
        json_put_str(&j, "subject", e->subject);
        json_put_str(&j, "owner", e->owner);
        json_put_str(&j, "until", e->until);
        if (e->reason.p) json_put_str(&j, "reason", e->reason);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_end(&j, '}');
    buf_char(out, '\n');
}

enum rc baseline_write(struct ctx *cx, const struct assessment *a, const struct baseline *old, struct str owner,
                       int64_t until, const char *file)
{
    char date[32];
    struct entry fresh = {.owner = owner, .until = arena_str(&cx->arena, str_from(time_format_date(until, date)))};
    if (str_trim(owner).n == 0 || owner.n > MOST_TEXT)
        return fail(cx, E_INVALID, "a baseline needs an owner of its entries, at most %d bytes", MOST_TEXT);
    if (!can_be_shown(owner))
        return fail(cx, E_INVALID, "the owner of a baseline has characters that cannot be shown: %s",
                    str_visible(cx, owner));
    size_t n = collect(cx, a, old, &fresh, NULL);
    if (n > LIMIT_BASELINE_ENTRIES)
        return fail(cx, E_LIMIT,
                    "%zu findings are more than a baseline may hold (%d): mend the rules' worst points first", n,
                    LIMIT_BASELINE_ENTRIES);
    struct entry *entries = arena_array(&cx->arena, struct entry, n + 1);
    collect(cx, a, old, &fresh, entries);
    if (n) qsort(entries, n, sizeof *entries, by_obligation);
    scoped_buf text;
    buf_init(&text, LIMIT_BASELINE);
    print(&text, entries, n);
    if (buf_ok(&text) != OK)
        return fail(cx, E_LIMIT, "the baseline would be larger than %llu MiB", LIMIT_BASELINE / MIB);
    return file_replace(cx, file, buf_view(&text));
}
