/* catalog/templates/<kind>/<key>.yaml: a ready item, in every language. Its content is made into the JSON an item holds
 * when the kinds are known, so that starting from it can fail by nothing but what the organization's own catalog lacks.
 *
 * What only an organization can say (people, dates, links, what was ticked or looked at) has no place in one: a
 * template that came with it would claim what nobody has done. */
#include "base/json.h"
#include "base/limits.h"
#include "catalog/fields.h"

#include <stdlib.h>

void source_read_template(struct source *s, const struct source_file *file)
{
    const struct yaml_node *top = fields_document(s, file);
    if (!top) return;
    struct fields f = fields_of(s, file->path, top, "a template", "key title about hint shows content");
    struct source_template r = {.file = file->path, .line = top->line};
    struct source_text title = field_langs(&f, "title", true), about = field_langs(&f, "about", true);
    struct source_text hint = field_langs(&f, "hint", false);
    r.t.kind = file->task;
    r.t.key = field_key(&f, "key", NULL);
    for (int i = 0; i < LANG_COUNT; i++) {
        r.t.title[i] = title.text[i];
        r.t.about[i] = about.text[i];
        r.t.hint[i] = hint.text[i];
    }
    if (r.t.key.n && !str_eq(r.t.key, file->name))
        source_fault(s, file->path, fields_line(&f, "key"), "name the file <key>.yaml",
                     "the key \"%s\" is not the file's name", source_show(s, r.t.key));
    r.shows = field_list(&f, "shows", false);
    r.content = yaml_get(top, STR("content"));
    if (!r.content)
        source_fault(s, file->path, top->line, "add it: values of the kind's fields",
                     "\"content\" of a template is missing");
    source_grow(s, s->templates, s->n_templates, s->cap_templates);
    s->templates[s->n_templates++] = r;
}

/* --- values */

struct making {
    struct source *s;
    const struct source_template *of;
    struct json j[LANG_COUNT];
    struct buf text[LANG_COUNT];
};

static void put_key(struct making *m, const char *key)
{
    for (int i = 0; i < LANG_COUNT; i++) json_key(&m->j[i], key);
}

static void put_raw(struct making *m, struct str raw)
{
    for (int i = 0; i < LANG_COUNT; i++) json_raw(&m->j[i], raw);
}

static void begin(struct making *m, char bracket)
{
    for (int i = 0; i < LANG_COUNT; i++) json_begin(&m->j[i], bracket);
}

static void end(struct making *m, char bracket)
{
    for (int i = 0; i < LANG_COUNT; i++) json_end(&m->j[i], bracket);
}

static size_t count_open(struct str text)
{
    struct str open;
    size_t n = 0;
    for (size_t at = 0; record_next_open(text, &at, &open);) n++;
    return n;
}

/* What is left open in one language is left open in the other, else one of them says more than the other. */
static void check_open(struct making *m, int line, const struct str text[LANG_COUNT])
{
    static const char *const marks[LANG_COUNT] = {"[fill in:", "[täydennä:"};
    size_t n = count_open(text[LANG_EN]);
    if (n != count_open(text[LANG_FI]))
        source_fault(m->s, m->of->file, line, "leave the same places open in each language",
                     "the languages differ in what is to be filled in");
    for (int i = 0; i < LANG_COUNT; i++) {
        size_t marked = 0;
        for (size_t at = 0; at < text[i].n; at++)
            marked += str_starts(str_slice(text[i], at, text[i].n), str_from(marks[i])) ? 1 : 0;
        if (marked != count_open(text[i]))
            source_fault(m->s, m->of->file, line, i == LANG_EN ? "write [fill in: what]" : "write [täydennä: mikä]",
                         "a place to be filled in has no end, or is in the other language");
    }
}

static void put_text(struct making *m, const struct fields *f, const struct record_field *field, const char *key,
                     const struct yaml_node *n)
{
    struct str text[LANG_COUNT];
    if (n->kind == YAML_MAPPING) {
        struct fields langs = fields_of(m->s, f->file, n, "a text in each language", "en fi");
        for (int i = 0; i < LANG_COUNT; i++) text[i] = field_text(&langs, lang_name((enum lang)i), true);
        check_open(m, n->line, text);
    } else {
        text[LANG_EN] = text[LANG_FI] = field_text_in(f, key, n);
        if (count_open(text[LANG_EN]))
            source_fault(m->s, f->file, n->line, "write {en: …, fi: …}", "a place to be filled in has one language");
    }
    for (int i = 0; i < LANG_COUNT; i++) {
        bool one_line = field->type == FIELD_TEXT;
        if (text[i].n > (one_line ? LIMIT_RECORD_TEXT : LIMIT_RECORD_MARKDOWN))
            source_fault(m->s, f->file, n->line, "shorten it", "the text of \"%s\" is too long", key);
        if (one_line && memchr(text[i].p, '\n', text[i].n))
            source_fault(m->s, f->file, n->line, "write one line", "\"%s\" has line breaks", key);
        json_str(&m->j[i], text[i]);
    }
}

static void put_choice(struct making *m, const struct fields *f, const struct record_field *field, const char *key,
                       const struct yaml_node *n)
{
    struct str word = field_text_in(f, key, n);
    bool known = word.n == 0;
    for (size_t i = 0; i < field->n_choices; i++) known = known || str_eq(field->choices[i].key, word);
    if (!known)
        source_fault(m->s, f->file, n->line, "name a choice of the kind's file", "\"%s\" is no choice of \"%s\"",
                     source_show(m->s, word), key);
    for (int i = 0; i < LANG_COUNT; i++) json_str(&m->j[i], word);
}

static bool is_decimal(struct str s)
{
    size_t digits = 0, dots = 0;
    for (size_t i = 0; i < s.n; i++) {
        digits += s.p[i] >= '0' && s.p[i] <= '9' ? 1 : 0;
        dots += s.p[i] == '.' && i && i + 1 < s.n ? 1 : 0;
    }
    return digits > 0 && dots <= 1 && digits + dots == s.n && s.n <= 15;
}

static void put_one(struct making *m, const struct fields *f, const struct record_field *field, const char *key,
                    const struct yaml_node *n)
{
    if (field->type == FIELD_TEXT || field->type == FIELD_MARKDOWN) {
        put_text(m, f, field, key, n);
    } else if (field->type == FIELD_CHOICE) {
        put_choice(m, f, field, key, n);
    } else if (field->type == FIELD_NUMBER) {
        struct str number = field_text_in(f, key, n);
        if (number.n && !is_decimal(number))
            source_fault(m->s, f->file, n->line, "write it as \"12\" or \"12.5\"", "\"%s\" is no number", key);
        for (int i = 0; i < LANG_COUNT; i++) json_str(&m->j[i], number);
    } else if (field->type == FIELD_YES_NO) {
        put_raw(m, field_bool(f, key, true) ? STR("true") : STR("false"));
    } else if (field->type == FIELD_DURATION) {
        put_raw(m, arena_printf(&m->s->cx->arena, "%d", field_int(f, key, 0, 36500)));
    } else {
        source_fault(m->s, f->file, n->line, "leave it out: who starts from it says it",
                     "a template cannot hold \"%s\", which is of the type %s", key, field_type_name(field->type));
        put_raw(m, STR("null"));
    }
}

static void put_fields(struct making *m, const struct yaml_node *map, const struct record_field *fields, size_t n);

static void put_field(struct making *m, const struct fields *f, const struct record_field *field, const char *key)
{
    const struct yaml_node *n = yaml_get(f->map, field->key);
    bool table = field->type == FIELD_TABLE, list = table || field->many;
    put_key(m, key);
    if (!list || field->type == FIELD_CHECKLIST) {
        put_one(m, f, field, key, n);
        return;
    }
    const struct yaml_node *items = field_list(f, key, true);
    if (items && items->n > (table ? LIMIT_RECORD_ROWS : LIMIT_RECORD_VALUES))
        source_fault(m->s, f->file, n->line, "shorten it", "\"%s\" has too many entries", key);
    begin(m, '[');
    for (size_t i = 0; items && i < items->n; i++)
        if (table)
            put_fields(m, items->items[i], field->columns, field->n_columns);
        else
            put_one(m, f, field, key, items->items[i]);
    end(m, ']');
}

static void put_fields(struct making *m, const struct yaml_node *map, const struct record_field *fields, size_t n)
{
    scoped_buf known;
    struct arena *a = &m->s->cx->arena;
    buf_init(&known, 0);
    for (size_t i = 0; i < n; i++) buf_printf(&known, "%s" STR_FMT, i ? " " : "", STR_ARG(fields[i].key));
    struct fields f = fields_of(m->s, m->of->file, map, "the content", arena_cstr(a, buf_view(&known)));
    begin(m, '{');
    for (size_t i = 0; f.map && i < n; i++)
        if (yaml_get(f.map, fields[i].key)) put_field(m, &f, &fields[i], arena_cstr(a, fields[i].key));
    end(m, '}');
}

/* --- what takes the kinds */

/* What rests on a file that is faulty itself is not judged: one fault is enough. */
static bool is_faulty(const struct source *s, const char *folder, struct str name)
{
    for (size_t i = 0; i < s->n_faults; i++) {
        struct str file = s->faults[i].file;
        size_t n = strlen(folder);
        if (str_starts(file, str_from(folder)) && str_starts(str_slice(file, n, file.n), name)) return true;
    }
    return false;
}

static bool is_shown(const struct source *s, struct str kind, struct str point)
{
    struct str rest = point, task;
    if (!point.p || !str_cut(&rest, '/', &task) || !rest.p) return false;
    for (size_t i = 0; i < s->n_tasks; i++)
        for (size_t k = 0; str_eq(s->tasks[i].t.key, task) && k < s->tasks[i].n_obligations; k++) {
            const struct catalog_obligation *o = &s->tasks[i].obligations[k].o;
            for (size_t w = 0; str_eq(o->key, rest) && w < o->n_needs; w++)
                if (str_eq(o->needs[w], kind)) return true;
        }
    return false;
}

static void link_shows(struct source *s, struct source_template *r)
{
    if (!r->shows) return;
    struct str *shows = arena_array(&s->cx->arena, struct str, r->shows->n);
    for (size_t i = 0; i < r->shows->n; i++) {
        struct str point = yaml_text(r->shows->items[i]), rest = point, task = STR("");
        if (point.p) (void)str_cut(&rest, '/', &task);
        if (task.n && is_faulty(s, "tasks/", task)) continue;
        if (is_shown(s, r->t.kind, point))
            shows[r->t.n_shows++] = point;
        else
            source_fault(s, r->file, r->shows->items[i]->line, "name a point whose needs name the kind",
                         "\"%s\" is no point that an item of this kind can show", source_show(s, point));
    }
    str_sort(shows, r->t.n_shows);
    for (size_t i = 1; i < r->t.n_shows; i++)
        if (str_eq(shows[i], shows[i - 1]))
            source_fault(s, r->file, r->shows->line, "keep one of them", "\"%s\" stands twice",
                         source_show(s, shows[i]));
    r->t.shows = shows;
}

static void link_content(struct source *s, struct source_template *r, const struct record_kind *k)
{
    struct making m = {.s = s, .of = r};
    for (int i = 0; i < LANG_COUNT; i++) {
        buf_init(&m.text[i], LIMIT_RECORD_CONTENT);
        json_init(&m.j[i], &m.text[i], false);
    }
    put_fields(&m, r->content, k->fields, k->n_fields);
    for (int i = 0; i < LANG_COUNT; i++) {
        if (m.text[i].failed)
            source_fault(s, r->file, r->line, "shorten it", "the content is larger than %llu bytes",
                         (unsigned long long)LIMIT_RECORD_CONTENT);
        r->t.content[i] = arena_str(&s->cx->arena, buf_view(&m.text[i]));
        buf_release(&m.text[i]);
        if (r->t.title[i].n > LIMIT_RECORD_TITLE || (r->t.title[i].n && memchr(r->t.title[i].p, '\n', r->t.title[i].n)))
            source_fault(s, r->file, r->line, "write one short line", "\"title\" is too long or has line breaks");
    }
    check_open(&m, r->line, r->t.title);
}

static int by_kind_and_key(const void *a, const void *b)
{
    const struct source_template *x = a, *y = b;
    int c = str_cmp(x->t.kind, y->t.kind);
    return c ? c : str_cmp(x->t.key, y->t.key);
}

void source_link_templates(struct source *s)
{
    if (s->n_templates) qsort(s->templates, s->n_templates, sizeof *s->templates, by_kind_and_key);
    for (size_t i = 0; i < s->n_templates; i++) {
        struct source_template *r = &s->templates[i];
        const struct record_kind *k = NULL;
        for (size_t n = 0; n < s->n_records; n++)
            if (str_eq(s->records[n].k.key, r->t.kind)) k = &s->records[n].k;
        if (is_faulty(s, "kinds/", r->t.kind)) continue;
        if (!k) {
            source_fault(s, r->file, 0, "name the folder by a file of kinds/", "there is no kind of record \"%s\"",
                         source_show(s, r->t.kind));
            continue;
        }
        link_shows(s, r);
        if (r->content) link_content(s, r, k);
    }
}
