#include "exchange/cells.h"

#include "ledger/canonical.h"

#include <jansson.h>
#include <stdlib.h>

/* --- lists */

bool cell_next(struct ctx *cx, struct str *rest, struct str *part)
{
    scoped_buf b;
    size_t at = 0;
    if (!rest->p) return false;
    buf_init(&b, 0);
    for (; at < rest->n && rest->p[at] != ';'; at++) {
        if (rest->p[at] == '\\' && at + 1 < rest->n && (rest->p[at + 1] == ';' || rest->p[at + 1] == '\\')) at++;
        buf_char(&b, rest->p[at]);
    }
    *part = arena_str(&cx->arena, str_trim(buf_view(&b)));
    *rest = at < rest->n ? str_slice(*rest, at + 1, rest->n) : STR_NONE;
    return true;
}

void cell_put_part(struct buf *out, struct str part, bool first)
{
    if (!first) buf_cstr(out, "; ");
    for (size_t i = 0; i < part.n; i++) {
        if (part.p[i] == ';' || part.p[i] == '\\') buf_char(out, '\\');
        buf_char(out, part.p[i]);
    }
}

static bool is_list(const struct record_field *f)
{
    return f->many || f->type == FIELD_CHECKLIST;
}

/* --- writing */

static enum rc write_one(struct ctx *cx, struct names *n, const struct record_field *f, struct str value,
                         struct str *out)
{
    struct str text;
    *out = arena_str(&cx->arena, value); /* true, false, days, a table */
    if (f->type == FIELD_TABLE || !canonical_str(&cx->arena, value, &text)) return OK;
    *out = text;
    if (f->type == FIELD_PERSON || f->type == FIELD_GROUP || f->type == FIELD_LINK) return names_tell(cx, n, text, out);
    return OK;
}

enum rc cell_write(struct ctx *cx, struct names *n, const struct record_field *f, struct str value, struct buf *out)
{
    struct str text, rest = value, item;
    if (!value.p) return OK;
    if (!is_list(f)) {
        TRY(write_one(cx, n, f, value, &text));
        buf_str(out, text);
        return buf_ok(out);
    }
    for (bool first = true; canonical_item(&rest, &item); first = false) {
        TRY(write_one(cx, n, f, item, &text));
        cell_put_part(out, text, first);
    }
    return buf_ok(out);
}

/* --- reading */

static bool is_one_of(struct str s, const char *const *words)
{
    for (; *words; words++)
        if (str_eq_nocase(s, str_from(*words))) return true;
    return false;
}

static const char *read_yes_no(struct str s, struct json *out)
{
    static const char *const yes[] = {"true", "yes", "kyllä", "tosi", "x", "1", NULL};
    static const char *const no[] = {"false", "no", "ei", "epätosi", "0", NULL};
    if (is_one_of(s, yes))
        json_bool(out, true);
    else if (is_one_of(s, no))
        json_bool(out, false);
    else
        return "is neither yes nor no";
    return NULL;
}

/* A choice by its key, or by what it is called in either language. */
static const char *read_choice(const struct record_field *f, struct str s, struct json *out)
{
    const struct record_choice *found = NULL;
    for (size_t i = 0; i < f->n_choices; i++) {
        const struct record_choice *c = &f->choices[i];
        if (str_eq(c->key, s)) {
            json_str(out, s);
            return NULL;
        }
        bool called = false;
        for (int l = 0; l < LANG_COUNT; l++) called = called || str_eq_nocase(c->title[l], s);
        if (called && found) return "is what several choices are called: write the key";
        if (called) found = c;
    }
    if (!found) return "is none of the choices";
    json_str(out, found->key);
    return NULL;
}

static enum rc read_name(struct ctx *cx, struct names *n, const struct record_field *f, struct str s, struct json *out,
                         const char **wrong)
{
    struct str subject;
    if (f->type == FIELD_PERSON)
        TRY(names_person(cx, n, s, false, &subject, wrong));
    else if (f->type == FIELD_GROUP)
        TRY(names_group(cx, n, s, &subject, wrong));
    else
        TRY(names_link(cx, n, f, s, &subject, wrong));
    if (!*wrong) json_str(out, subject);
    return OK;
}

static const char *read_table(struct str s, struct json *out)
{
    json_error_t error;
    json_t *rows = json_loadb(s.p, s.n, JSON_REJECT_DUPLICATES, &error);
    bool fine = json_is_array(rows);
    json_decref(rows);
    if (!fine) return "is no table: write its rows as JSON, [{\"column\": \"value\"}]";
    json_raw(out, s);
    return NULL;
}

/* A decimal as people type it: 1,5 is 1.5. */
static void read_number(struct ctx *cx, struct str s, struct json *out)
{
    const char *comma = s.n ? memchr(s.p, ',', s.n) : NULL;
    if (!comma || memchr(s.p, '.', s.n)) {
        json_str(out, s);
        return;
    }
    char *p = arena_alloc(&cx->arena, s.n);
    memcpy(p, s.p, s.n);
    p[comma - s.p] = '.';
    json_str(out, (struct str){p, s.n});
}

static enum rc read_one(struct ctx *cx, struct names *n, const struct record_field *f, struct str s, struct json *out,
                        const char **wrong)
{
    int64_t days;
    *wrong = NULL;
    switch (f->type) {
    case FIELD_PERSON:
    case FIELD_GROUP:
    case FIELD_LINK:
        return read_name(cx, n, f, s, out, wrong);
    case FIELD_YES_NO:
        *wrong = read_yes_no(s, out);
        return OK;
    case FIELD_CHOICE:
    case FIELD_CHECKLIST:
        *wrong = read_choice(f, s, out);
        return OK;
    case FIELD_DURATION:
        if (str_to_i64(s, 0, 36500, &days))
            json_int(out, days);
        else
            *wrong = "is no number of days up to 36,500";
        return OK;
    case FIELD_NUMBER:
        read_number(cx, s, out);
        return OK;
    case FIELD_TABLE:
        *wrong = read_table(s, out);
        return OK;
    case FIELD_TEXT:
    case FIELD_MARKDOWN:
    case FIELD_DATE:
    case FIELD_FILE:
    case FIELD_COUNT:
    default:
        json_str(out, s);
        return OK;
    }
}

enum rc cell_read(struct ctx *cx, struct names *n, const struct record_field *f, struct str cell, struct json *out,
                  const char **wrong)
{
    struct str rest = cell, part;
    *wrong = NULL;
    bool text = f->type == FIELD_TEXT || f->type == FIELD_MARKDOWN;
    if (!is_list(f)) {
        TRY(read_one(cx, n, f, text ? cell : str_trim(cell), out, wrong));
        if (*wrong) json_nil(out);
        return OK;
    }
    json_begin(out, '[');
    while (!*wrong && cell_next(cx, &rest, &part))
        if (part.n) TRY(read_one(cx, n, f, part, out, wrong));
    json_end(out, ']');
    return OK;
}
