/* What an item may hold, by its kind. Content is canonical JSON, so that it is compared and hashed as it is. */
#include "records/records.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/time.h"
#include "facts/subject.h"
#include "ledger/canonical.h"

struct check {
    struct ctx *cx;
    const struct catalog *c;
    const struct record_kind *kind;
    records_fault *tell;
    void *arg;
    size_t faults;
    const char *first_field, *first_text;
};

static void fault(struct check *k, const char *field, const char *text)
{
    if (k->faults++ == 0) {
        k->first_field = field;
        k->first_text = text;
    }
    if (k->tell && k->faults <= LIMIT_RECORD_FAULTS) k->tell(k->arg, field, text);
}

static enum rc outcome(struct check *k)
{
    return k->faults ? fail(k->cx, E_INVALID, "%s: %s", k->first_field, k->first_text) : OK;
}

static bool is_number(struct str s)
{
    size_t i = s.n && s.p[0] == '-', whole = 0, part = 0;
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) whole++;
    if (i < s.n && s.p[i] == '.') {
        for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) part++;
        if (part == 0) return false;
    }
    return i == s.n && whole > 0 && whole <= 15 && part <= 6;
}

static bool is_date(struct str s)
{
    int64_t at;
    return s.n == 10 && s.p[4] == '-' && s.p[7] == '-' && time_parse(s, &at) == OK;
}

static bool is_digest(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f')) return false;
    return s.n == 64;
}

static bool is_choice(const struct record_field *f, struct str s)
{
    for (size_t i = 0; i < f->n_choices; i++)
        if (str_eq(f->choices[i].key, s)) return true;
    return false;
}

static bool is_subject(struct ctx *cx, struct str s, enum subject_type *type)
{
    struct ctx own; /* what it says is not our caller's error */
    ctx_init(&own);
    bool fine = subject_check(&own, s, type) == OK;
    ctx_release(&own);
    (void)cx;
    return fine;
}

static bool is_link(struct check *k, const struct record_field *f, struct str s)
{
    enum subject_type type;
    if (!is_subject(k->cx, s, &type)) return false;
    for (size_t i = 0; i < f->n_to; i++) {
        struct str to = f->to[i];
        if (type == SUBJECT_RECORD) {
            struct str rest = str_slice(s, 7, s.n), kind;
            if (str_cut(&rest, '/', &kind) && str_eq(kind, to)) return true;
        } else if (str_eq(to, str_from(subject_type_name(type)))) {
            return true;
        }
    }
    return false;
}

static bool has_control(struct str s, bool lines)
{
    for (size_t i = 0, n; i < s.n; i += n) {
        uint32_t cp;
        n = str_char(s, i, &cp);
        if (n == 0) return true;
        if (char_is_deceptive(cp) && !(lines && (cp == '\n' || cp == '\t'))) return true;
    }
    return false;
}

/* NULL, or what is wrong with one text value. */
static const char *wrong_text(struct check *k, const struct record_field *f, struct str s)
{
    enum subject_type type;
    switch (f->type) {
    case FIELD_TEXT:
        if (s.n > LIMIT_RECORD_TEXT) return "is longer than 4,096 bytes";
        return has_control(s, false) ? "has line breaks or hidden characters: write one visible line" : NULL;
    case FIELD_MARKDOWN:
        if (s.n > LIMIT_RECORD_MARKDOWN) return "is longer than 65,536 bytes";
        return has_control(s, true) ? "has hidden characters: remove them" : NULL;
    case FIELD_NUMBER:
        return is_number(s) ? NULL : "is no decimal number like 12 or 12.5";
    case FIELD_DATE:
        return is_date(s) ? NULL : "is no date like 2026-06-30";
    case FIELD_CHOICE:
    case FIELD_CHECKLIST:
        return is_choice(f, s) ? NULL : "is none of the choices";
    case FIELD_PERSON:
        return is_subject(k->cx, s, &type) && type == SUBJECT_PERSON ? NULL : "is no person";
    case FIELD_GROUP:
        return is_subject(k->cx, s, &type) && type == SUBJECT_GROUP ? NULL : "is no group";
    case FIELD_LINK:
        return is_link(k, f, s) ? NULL : "does not lead to what this field may lead to";
    case FIELD_FILE:
        return is_digest(s) ? NULL : "is no attachment";
    case FIELD_DURATION:
    case FIELD_YES_NO:
    case FIELD_TABLE:
    case FIELD_COUNT:
    default:
        return "is not of the field's type";
    }
}

static void check_one(struct check *k, const struct record_field *f, const char *at, struct str value)
{
    struct str text;
    int64_t days;
    if (f->type == FIELD_YES_NO) {
        if (!str_eq(value, STR("true")) && !str_eq(value, STR("false"))) fault(k, at, "is neither true nor false");
    } else if (f->type == FIELD_DURATION) {
        if (!canonical_int(value, &days) || days < 0 || days > 36500) fault(k, at, "is no number of days up to 36,500");
    } else if (!canonical_str(&k->cx->arena, value, &text)) {
        fault(k, at, "is not a text");
    } else {
        const char *wrong = wrong_text(k, f, text);
        if (wrong) fault(k, at, wrong);
    }
}

static const struct record_field *find(const struct record_field *fields, size_t n, struct str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(fields[i].key, key)) return &fields[i];
    return NULL;
}

static void check_row(struct check *k, const struct record_field *f, const char *at, struct str value)
{
    struct str rest = value, key, cell;
    if (!value.n || value.p[0] != '{') {
        fault(k, at, "is no row of the table");
        return;
    }
    while (canonical_next(&rest, &key, &cell)) {
        const struct record_field *column = find(f->columns, f->n_columns, key);
        const char *here = arena_printf(&k->cx->arena, "%s." STR_FMT, at, STR_ARG(key)).p;
        if (column)
            check_one(k, column, here, cell);
        else
            fault(k, here, "is no column of the table");
    }
}

static bool is_list(const struct record_field *f)
{
    return f->many || f->type == FIELD_CHECKLIST || f->type == FIELD_TABLE;
}

static void check_field(struct check *k, const struct record_field *f, struct str value)
{
    const char *at = arena_cstr(&k->cx->arena, f->key);
    if (!is_list(f)) {
        check_one(k, f, at, value);
        return;
    }
    struct str rest = value, item;
    if (!value.n || value.p[0] != '[') {
        fault(k, at, "is not a list");
        return;
    }
    size_t n = 0, most = f->type == FIELD_TABLE ? LIMIT_RECORD_ROWS : LIMIT_RECORD_VALUES;
    while (canonical_item(&rest, &item)) {
        const char *here = arena_printf(&k->cx->arena, "%s[%zu]", at, n).p;
        if (n++ == most) {
            fault(k, at, f->type == FIELD_TABLE ? "has more than 500 rows" : "has more than 100 entries");
            return;
        }
        if (f->type == FIELD_TABLE)
            check_row(k, f, here, item);
        else
            check_one(k, f, here, item);
    }
}

static bool is_point_for(const struct catalog *c, const struct record_kind *kind, struct str name)
{
    struct str rest = name, key;
    if (!str_cut(&rest, '/', &key) || !rest.p) return false;
    const struct catalog_task *t = catalog_find_task(c, key);
    for (size_t i = 0; t && i < t->n_obligations; i++) {
        const struct catalog_obligation *o = &t->obligations[i];
        for (size_t n = 0; str_eq(o->key, rest) && n < o->n_needs; n++)
            if (str_eq(o->needs[n], kind->key)) return true;
    }
    return false;
}

static void check_shows(struct check *k, const struct records_draft *d, struct records_draft *out)
{
    struct str *shows = arena_array(&k->cx->arena, struct str, d->n_shows);
    out->n_shows = 0;
    if (d->n_shows > LIMIT_RECORD_SHOWS) fault(k, "shows", "names more than 200 points");
    for (size_t i = 0; i < d->n_shows && i < LIMIT_RECORD_SHOWS; i++) {
        const char *at = arena_printf(&k->cx->arena, "shows[%zu]", i).p;
        shows[out->n_shows++] = arena_str(&k->cx->arena, d->shows[i]);
        if (!is_point_for(k->c, d->kind, d->shows[i]))
            fault(k, at, "is no requirement point that an item of this kind can show");
    }
    str_sort(shows, out->n_shows);
    for (size_t i = 1; i < out->n_shows; i++)
        if (str_eq(shows[i], shows[i - 1])) fault(k, "shows", "names a point twice");
    out->shows = shows;
}

/* The field that names it, for who is told. */
static const char *field_with(const struct check *k, struct str content, struct str digest)
{
    for (size_t i = 0; i < k->kind->n_fields; i++) {
        const char *key = arena_cstr(&k->cx->arena, k->kind->fields[i].key);
        struct str value = canonical_find(content, key);
        if (k->kind->fields[i].type == FIELD_FILE && value.p && str_has(value, digest)) return key;
    }
    return "content";
}

static const struct records_file *file_of(const struct records_draft *d, struct str digest)
{
    for (size_t i = 0; i < d->n_files; i++)
        if (str_eq(d->files[i].digest, digest)) return &d->files[i];
    return NULL;
}

/* Of each file that is named something is known; what is not named goes. */
static void check_files(struct check *k, const struct records_draft *d, struct records_draft *out)
{
    struct str *digests = arena_array(&k->cx->arena, struct str, LIMIT_RECORD_FILES + 1);
    struct records_file *files = arena_array(&k->cx->arena, struct records_file, LIMIT_RECORD_FILES);
    size_t n;
    records_files_of(k->cx, d->kind, out->content, digests, &n);
    out->files = files;
    out->n_files = 0;
    if (n > LIMIT_RECORD_FILES) fault(k, "content", "names more than 200 files");
    for (size_t i = 0; i < n && i < LIMIT_RECORD_FILES; i++) {
        const struct records_file *f = file_of(d, digests[i]);
        if (f)
            files[out->n_files++] = *f;
        else if (is_digest(digests[i]))
            fault(k, field_with(k, out->content, digests[i]), "names a file that is not there: hand it in first");
    }
}

enum rc records_check(struct ctx *cx, const struct catalog *c, const struct records_draft *d, records_fault *tell,
                      void *arg, struct records_draft *out)
{
    struct check k = {.cx = cx, .c = c, .kind = d->kind, .tell = tell, .arg = arg};
    scoped_buf content;
    enum subject_type type;
    *out = *d;
    buf_init(&content, LIMIT_BODY);
    TRY(canonical_from(cx, d->content, 2, &content));
    out->title = arena_str(&cx->arena, str_trim(d->title));
    out->owner = arena_str(&cx->arena, d->owner);
    out->content = arena_str(&cx->arena, buf_view(&content));
    if (out->content.n > LIMIT_RECORD_CONTENT) fault(&k, "content", "is larger than 512 KiB in all");
    if (!out->title.n) fault(&k, "title", "is empty: write a title");
    if (out->title.n > LIMIT_RECORD_TITLE) fault(&k, "title", "is longer than 400 bytes");
    if (!str_is_utf8(out->title) || has_control(out->title, false))
        fault(&k, "title", "has line breaks or hidden characters: write one visible line");
    if (out->owner.n && (!is_subject(cx, out->owner, &type) || type != SUBJECT_PERSON))
        fault(&k, "owner", "is no person");
    struct str rest = out->content, key, value;
    while (canonical_next(&rest, &key, &value)) {
        const struct record_field *f = record_find_field(d->kind, key);
        if (f)
            check_field(&k, f, value);
        else
            fault(&k, arena_cstr(&cx->arena, key), "is no field of this kind");
    }
    check_shows(&k, d, out);
    check_files(&k, d, out);
    return outcome(&k);
}

/* --- what a move wants filled */

static bool is_filled(const struct record_field *f, struct str value)
{
    if (!value.p) return false;
    if (f->type == FIELD_CHECKLIST) { /* all of it ticked */
        size_t n = 0;
        struct str rest = value, item;
        while (canonical_item(&rest, &item)) n++;
        return n == f->n_choices;
    }
    return !str_eq(value, STR("\"\"")) && !str_eq(value, STR("[]"));
}

static bool is_asked(struct ctx *cx, const struct record_kind *k, const struct record_field *f, struct str content)
{
    struct str text;
    if (!f->when.n) return true;
    const struct record_field *of = record_find_field(k, f->when);
    struct str value = canonical_find(content, arena_cstr(&cx->arena, f->when));
    if (!of || !value.p) return false;
    if (of->type == FIELD_YES_NO) return str_eq(value, str_eq(f->is, STR("yes")) ? STR("true") : STR("false"));
    return canonical_str(&cx->arena, value, &text) && str_eq(text, f->is);
}

static bool is_needed(const struct record_move *m, struct str key)
{
    for (size_t i = 0; i < m->n_needs; i++)
        if (str_eq(m->needs[i], key)) return true;
    return false;
}

static void check_cells(struct check *k, const struct record_field *f, struct str value)
{
    struct str rest = value, row;
    for (size_t n = 0; value.p && canonical_item(&rest, &row); n++)
        for (size_t i = 0; i < f->n_columns; i++) {
            const char *key = arena_cstr(&k->cx->arena, f->columns[i].key);
            if (f->columns[i].required && !is_filled(&f->columns[i], canonical_find(row, key)))
                fault(k, arena_printf(&k->cx->arena, STR_FMT "[%zu].%s", STR_ARG(f->key), n, key).p, "is missing");
        }
}

enum rc records_complete(struct ctx *cx, const struct record_kind *kind, const struct record_move *m,
                         struct str content, records_fault *tell, void *arg)
{
    struct check k = {.cx = cx, .kind = kind, .tell = tell, .arg = arg};
    for (size_t i = 0; i < kind->n_fields; i++) {
        const struct record_field *f = &kind->fields[i];
        struct str value = canonical_find(content, arena_cstr(&cx->arena, f->key));
        if (!is_asked(cx, kind, f, content)) continue;
        /* what is given up needs no more work */
        bool wanted = is_needed(m, f->key) || (f->required && kind->states[m->to].phase != PHASE_CLOSED);
        if (wanted && !is_filled(f, value))
            fault(&k, arena_cstr(&cx->arena, f->key),
                  f->type == FIELD_CHECKLIST ? "is not ticked wholly" : "is missing");
        if (f->type == FIELD_TABLE && kind->states[m->to].phase != PHASE_CLOSED) check_cells(&k, f, value);
    }
    return outcome(&k);
}

/* --- what is left open */

struct opening {
    struct ctx *cx;
    records_fault *tell;
    void *arg;
    size_t n;
};

static void open_in(struct opening *o, const char *field, struct str text)
{
    struct str place;
    for (size_t at = 0; record_next_open(text, &at, &place); o->n++)
        if (o->tell) o->tell(o->arg, field, arena_cstr(&o->cx->arena, place));
}

static void open_value(struct opening *o, const char *field, struct str value)
{
    struct str rest = value, item, key, text;
    size_t n = 0;
    if (value.n && value.p[0] == '[') {
        while (canonical_item(&rest, &item)) open_value(o, arena_printf(&o->cx->arena, "%s[%zu]", field, n++).p, item);
    } else if (value.n && value.p[0] == '{') {
        while (canonical_next(&rest, &key, &item))
            open_value(o, arena_printf(&o->cx->arena, "%s." STR_FMT, field, STR_ARG(key)).p, item);
    } else if (value.n && value.p[0] == '"' && canonical_str(&o->cx->arena, value, &text)) {
        open_in(o, field, text);
    }
}

size_t records_open(struct ctx *cx, const struct record_kind *k, struct str title, struct str content,
                    records_fault *tell, void *arg)
{
    struct opening o = {.cx = cx, .tell = tell, .arg = arg};
    open_in(&o, "title", title);
    for (size_t i = 0; i < k->n_fields; i++) {
        const char *key = arena_cstr(&cx->arena, k->fields[i].key);
        struct str value = canonical_find(content, key);
        if (value.p) open_value(&o, key, value);
    }
    return o.n;
}

void records_digest(const struct records_draft *d, char out[65])
{
    struct digest h;
    uint8_t sum[32];
    scoped_buf shows;
    buf_init(&shows, 0);
    for (size_t i = 0; i < d->n_shows; i++) {
        buf_str(&shows, d->shows[i]);
        buf_char(&shows, '\n');
    }
    digest_init(&h);
    digest_field(&h, d->kind->key);
    digest_field(&h, d->title);
    digest_field(&h, d->owner);
    digest_field(&h, d->content);
    digest_field(&h, buf_view(&shows));
    digest_final(&h, sum);
    digest_hex(sum, sizeof sum, out);
}
