#include "facts/schema.h"

#include "base/pattern.h"
#include "facts/subject.h"
#include "ledger/canonical.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct node { /* beside a struct catalog_schema */
    const struct catalog_schema *s;
    struct pattern *pattern;
    struct node *fields, *items;
};

struct schema {
    const struct catalog_kind *kind; /* NULL: of none */
    struct node top;
};

#define MOST_FOUND 100

/* One check. */
struct run {
    struct ctx *cx;
    schema_tell *tell; /* NULL: the first fault ends it */
    void *arg;
    size_t found;
};

/* The way to a value, from the inside out. */
struct at {
    const struct at *up;
    struct str name; /* p NULL: an item */
    size_t index;
};

static void release(struct node *n)
{
    pattern_free(n->pattern);
    for (size_t i = 0; n->fields && i < n->s->n_fields; i++) release(&n->fields[i]);
    if (n->items) release(n->items);
    free(n->fields);
    free(n->items);
}

static enum rc build(struct ctx *cx, const struct catalog_schema *s, struct node *n)
{
    *n = (struct node){.s = s};
    if (s->pattern.n && !(n->pattern = pattern_new(s->pattern)))
        return fail(cx, E_INVALID, "the catalog's pattern \"%s\" is none", str_visible(cx, s->pattern));
    if (s->n_fields && !(n->fields = calloc(s->n_fields, sizeof *n->fields))) return fail(cx, E_IO, "out of memory");
    for (size_t i = 0; i < s->n_fields; i++) n->fields[i].s = &s->fields[i].schema; /* so that release() may come */
    for (size_t i = 0; i < s->n_fields; i++) TRY(build(cx, &s->fields[i].schema, &n->fields[i]));
    if (!s->items) return OK;
    if (!(n->items = calloc(1, sizeof *n->items))) return fail(cx, E_IO, "out of memory");
    return build(cx, s->items, n->items);
}

enum rc schema_new_of(struct ctx *cx, const struct catalog_schema *of, struct schema **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out) return fail(cx, E_IO, "out of memory");
    enum rc rc = build(cx, of, &(*out)->top);
    if (rc == OK) return OK;
    schema_free(*out);
    *out = NULL;
    return rc;
}

enum rc schema_new(struct ctx *cx, const struct catalog_kind *kind, struct schema **out)
{
    TRY(schema_new_of(cx, &kind->payload, out));
    (*out)->kind = kind;
    return OK;
}

void schema_free(struct schema *s)
{
    if (!s) return;
    if (s->top.s) release(&s->top);
    free(s);
}

static void put_path(struct buf *out, const struct at *at)
{
    if (at->up) put_path(out, at->up);
    if (at->name.p)
        buf_printf(out, "%s" STR_FMT, out->n ? "." : "", STR_ARG(at->name));
    else
        buf_printf(out, "[%zu]", at->index);
}

/* Tells it, and then it is fine to go on; or ends the check with it. */
static enum rc __attribute__((format(printf, 6, 7)))
wrong(struct run *r, const struct at *at, enum schema_fault fault, const struct catalog_schema *s, int64_t number,
      const char *fmt, ...)
{
    char what[400];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    scoped_buf path;
    buf_init(&path, 400);
    put_path(&path, at);
    if (!r->tell) return fail(r->cx, E_INVALID, STR_FMT ": %s", STR_ARG(buf_view(&path)), what);
    if (++r->found > MOST_FOUND) return fail(r->cx, E_LIMIT, "over %d faults", MOST_FOUND);
    struct schema_found found = {fault, arena_cstr(&r->cx->arena, buf_view(&path)), s, number};
    r->tell(r->arg, &found);
    return OK;
}

static enum schema_type type_of(struct str value)
{
    switch (value.p[0]) {
    case '{':
        return SCHEMA_OBJECT;
    case '[':
        return SCHEMA_ARRAY;
    case '"':
        return SCHEMA_STRING;
    case 't':
    case 'f':
        return SCHEMA_BOOLEAN;
    case 'n':
        return SCHEMA_COUNT;
    default:
        return SCHEMA_INTEGER;
    }
}

/* Without quotes and escapes. */
static struct str text_of(struct ctx *cx, struct str value)
{
    struct str text = str_slice(value, 1, value.n - 1);
    if (memchr(text.p, '\\', text.n)) (void)canonical_str(&cx->arena, value, &text);
    return text;
}

static enum rc check_value(struct run *r, const struct catalog_schema *s, struct str text, const struct at *at)
{
    if (s->n_values == 0) return OK;
    scoped_buf words;
    buf_init(&words, 300);
    for (size_t i = 0; i < s->n_values; i++) {
        if (str_eq(s->values[i], text)) return OK;
        buf_printf(&words, "%s" STR_FMT, i ? ", " : "", STR_ARG(s->values[i]));
    }
    return wrong(r, at, SCHEMA_VALUE, s, 0, "\"%.60s\" is not among: " STR_FMT, str_visible(r->cx, text),
                 STR_ARG(buf_view(&words)));
}

static enum rc check_bounds(struct run *r, const struct catalog_schema *s, int64_t v, const char *unit,
                            const struct at *at)
{
    if (v < s->least)
        return wrong(r, at, SCHEMA_LEAST, s, v, "%lld%s, the least is %lld", (long long)v, unit, (long long)s->least);
    if (v > s->most)
        return wrong(r, at, SCHEMA_MOST, s, v, "%lld%s, the most is %lld", (long long)v, unit, (long long)s->most);
    return OK;
}

static enum rc check(struct run *r, const struct node *n, struct str value, const struct at *at);

static enum rc missing(struct run *r, const struct catalog_field *f, const struct at *at)
{
    return f->required ? wrong(r, &(struct at){at, f->name, 0}, SCHEMA_MISSING, &f->schema, 0, "is missing") : OK;
}

/* Both the value's keys and the schema's fields are sorted. */
static enum rc check_object(struct run *r, const struct node *n, struct str value, const struct at *at)
{
    const struct catalog_schema *s = n->s;
    struct str rest = value, key, item;
    size_t i = 0;
    if (s->open) return OK;
    while (canonical_next(&rest, &key, &item)) {
        for (; i < s->n_fields && str_cmp(s->fields[i].name, key) < 0; i++) TRY(missing(r, &s->fields[i], at));
        struct at here = {at, key, 0};
        if (i == s->n_fields || !str_eq(s->fields[i].name, key))
            TRY(wrong(r, &here, SCHEMA_UNKNOWN, NULL, 0, "there is no such field"));
        else
            TRY(check(r, &n->fields[i++], item, &here));
    }
    for (; i < s->n_fields; i++) TRY(missing(r, &s->fields[i], at));
    return OK;
}

static enum rc check_array(struct run *r, const struct node *n, struct str value, const struct at *at)
{
    struct str rest = value, item;
    struct at here = {at, STR_NONE, 0};
    for (; canonical_item(&rest, &item); here.index++)
        if ((int64_t)here.index < n->s->most) TRY(check(r, n->items, item, &here));
    return check_bounds(r, n->s, (int64_t)here.index, " items", at);
}

static enum rc check_string(struct run *r, const struct node *n, struct str value, const struct at *at)
{
    struct str text = text_of(r->cx, value);
    if ((int64_t)text.n < n->s->least || (int64_t)text.n > n->s->most)
        return check_bounds(r, n->s, (int64_t)text.n, " bytes", at);
    if (n->pattern && !pattern_matches(n->pattern, text))
        return wrong(r, at, SCHEMA_PATTERN, n->s, 0, "\"%.60s\" is not like %s", str_visible(r->cx, text),
                     str_visible(r->cx, n->s->pattern));
    return check_value(r, n->s, text, at);
}

static enum rc check(struct run *r, const struct node *n, struct str value, const struct at *at)
{
    const struct catalog_schema *s = n->s;
    enum schema_type type = type_of(value);
    int64_t v = 0;
    if (type == SCHEMA_COUNT && s->nullable) return OK;
    if (type != s->type)
        return wrong(r, at, SCHEMA_TYPE, s, 0, "%s, it is to be %s",
                     type == SCHEMA_COUNT ? "null" : schema_type_name(type), schema_type_name(s->type));
    switch (type) {
    case SCHEMA_OBJECT:
        return check_object(r, n, value, at);
    case SCHEMA_ARRAY:
        return check_array(r, n, value, at);
    case SCHEMA_STRING:
        return check_string(r, n, value, at);
    case SCHEMA_INTEGER:
        if (!canonical_int(value, &v)) return wrong(r, at, SCHEMA_TYPE, s, 0, "no integer");
        if (v < s->least || v > s->most) return check_bounds(r, s, v, "", at);
        return check_value(r, s, value, at);
    case SCHEMA_BOOLEAN:
        return check_value(r, s, value, at);
    case SCHEMA_COUNT:
    default:
        return fail(r->cx, E_INTERNAL, "a value of no type");
    }
}

static enum rc check_subject(struct run *r, struct str value, const struct at *at)
{
    enum subject_type type;
    struct str text = text_of(r->cx, value);
    if (str_eq(text, STR("*")) || subject_check(r->cx, text, &type) == OK) return OK;
    return wrong(r, at, SCHEMA_PATTERN, NULL, 0, "%s", arena_cstr(&r->cx->arena, str_from(r->cx->message)));
}

static enum rc check_different(struct run *r, struct str list, const struct at *at)
{
    struct str rest = list, item;
    size_t n = 0;
    while (canonical_item(&rest, &item)) n++;
    if (n < 2) return OK;
    struct str *items = arena_array(&r->cx->arena, struct str, n);
    rest = list;
    for (size_t i = 0; canonical_item(&rest, &item); i++) items[i] = item;
    str_sort(items, n);
    for (size_t i = 1; i < n; i++)
        if (str_eq(items[i], items[i - 1]))
            return wrong(r, at, SCHEMA_VALUE, NULL, 0, "%s stands twice", str_visible(r->cx, items[i]));
    return OK;
}

enum rc schema_check(struct ctx *cx, const struct schema *s, struct str payload)
{
    const struct catalog_kind *k = s->kind;
    struct at top = {NULL, STR("payload"), 0};
    struct run run = {cx, NULL, NULL, 0};
    TRY(check(&run, &s->top, payload, &top));
    for (size_t i = 0; i < k->n_subject_fields; i++) {
        struct str value = canonical_find(payload, arena_cstr(&cx->arena, k->subject_fields[i])), item;
        struct at at = {&top, k->subject_fields[i], 0}, here = {&at, STR_NONE, 0};
        if (value.p && value.p[0] == '"') TRY(check_subject(&run, value, &at));
        if (!value.p || value.p[0] != '[') continue;
        for (; canonical_item(&value, &item); here.index++) TRY(check_subject(&run, item, &here));
    }
    for (size_t i = 0; i < k->n_different; i++) {
        struct str value = canonical_find(payload, arena_cstr(&cx->arena, k->different[i]));
        if (value.p) TRY(check_different(&run, value, &(struct at){&top, k->different[i], 0}));
    }
    return OK;
}

enum rc schema_check_all(struct ctx *cx, const struct schema *s, struct str value, schema_tell *tell, void *arg)
{
    struct run run = {cx, tell, arg, 0};
    return check(&run, &s->top, value, &(struct at){NULL, STR(""), 0});
}
