#include "catalog/fields.h"

const struct yaml_node *fields_document(struct source *s, const struct source_file *file)
{
    struct yaml y;
    enum rc rc = yaml_read(s->cx, file->content, YAML_STRICT, &y);
    for (size_t i = 0; i < y.n_faults; i++)
        source_fault(s, file->path, y.faults[i].line, arena_cstr(&s->cx->arena, y.faults[i].remedy), STR_FMT,
                     STR_ARG(y.faults[i].text));
    if (rc != OK && y.n_faults == 0) source_fault(s, file->path, 0, "try again", "%s", s->cx->message);
    if (rc != OK) return NULL;
    if (y.n == 1 && y.documents[0]->kind == YAML_MAPPING) return y.documents[0];
    source_fault(s, file->path, y.n ? y.documents[0]->line : 0, "see docs/formats/catalog.md",
                 "there are no keys in it");
    return NULL;
}

/* Whether word is one of the words of a list. */
static bool listed(const char *words, struct str word)
{
    struct str rest = str_from(words), part;
    while (str_cut(&rest, ' ', &part))
        if (str_eq(part, word)) return true;
    return false;
}

struct fields fields_of(struct source *s, struct str file, const struct yaml_node *map, const char *what,
                        const char *known)
{
    struct fields f = {s, file, map, what};
    if (map && map->kind != YAML_MAPPING) {
        source_fault(s, file, map->line, "write it as keys with values", "%s is expected here", what);
        f.map = NULL;
    }
    for (size_t i = 0; f.map && i < f.map->n; i++)
        if (!listed(known, f.map->pairs[i].key))
            source_fault(s, file, f.map->pairs[i].line, arena_printf(&s->cx->arena, "known here: %s", known).p,
                         "unknown key \"%s\" of %s", source_show(s, f.map->pairs[i].key), what);
    return f;
}

static const struct yaml_node *get(const struct fields *f, const char *key)
{
    return yaml_get(f->map, str_from(key));
}

bool fields_has(const struct fields *f, const char *key)
{
    return get(f, key) != NULL;
}

int fields_line(const struct fields *f, const char *key)
{
    const struct yaml_pair *p = yaml_pair_of(f->map, str_from(key));
    return p ? p->line : f->map ? f->map->line : 0;
}

static void bad(const struct fields *f, const char *key, const char *remedy, const char *problem)
{
    source_fault(f->s, f->file, fields_line(f, key), remedy, "\"%s\" of %s %s", key, f->what, problem);
}

/* The value, or NULL with a fault when it is required. */
static const struct yaml_node *want(const struct fields *f, const char *key, bool required)
{
    const struct yaml_node *n = get(f, key);
    if (!n && required && f->map) bad(f, key, "add it", "is missing");
    return n;
}

/* Hidden characters could make a text read otherwise than it is. Line breaks are fine. */
static bool is_visible(struct str text)
{
    scoped_buf shown, spaced;
    buf_init(&shown, 0);
    buf_init(&spaced, 0);
    buf_visible(&shown, text);
    for (size_t i = 0; i < text.n; i++) buf_char(&spaced, text.p[i] == '\n' ? ' ' : text.p[i]);
    return str_eq(buf_view(&shown), buf_view(&spaced));
}

static bool looks_like_number(struct str s)
{
    bool digit = false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9')
            digit = true;
        else if (!strchr("+-._eExXoO", s.p[i]))
            return false;
    }
    return digit && (s.p[0] != 'e' && s.p[0] != 'x');
}

struct str field_text_in(const struct fields *f, const char *key, const struct yaml_node *n)
{
    struct str text = n->kind == YAML_SCALAR ? str_trim(n->text) : STR_NONE;
    if (n->kind != YAML_SCALAR)
        bad(f, key, "write a text", "is not a text");
    else if (text.n == 0 || yaml_is_null(n))
        bad(f, key, "write it, or leave the key out if it may be absent", "is empty");
    else if (n->style == YAML_PLAIN && looks_like_number(text))
        bad(f, key, "put it in quotes", "looks like a number");
    else if (!is_visible(text))
        bad(f, key, "remove control, bidirectional and zero-width characters and tabs", "has hidden characters");
    else
        return text;
    return STR("");
}

struct str field_text(const struct fields *f, const char *key, bool required)
{
    const struct yaml_node *n = want(f, key, required);
    return n ? field_text_in(f, key, n) : STR("");
}

struct str field_key(const struct fields *f, const char *key, const char *also)
{
    struct str text = field_text(f, key, true);
    if (text.n == 0 || source_is_key(text, also)) return text;
    bad(f, key, "use lower-case letters, digits and hyphens, a letter first, at most 64", "is not a key");
    return STR("");
}

int field_int(const struct fields *f, const char *key, int min, int max)
{
    const struct yaml_node *n = want(f, key, true);
    int64_t v = min;
    if (n && (n->kind != YAML_SCALAR || n->style != YAML_PLAIN || !str_to_i64(n->text, min, max, &v)))
        bad(f, key, arena_printf(&f->s->cx->arena, "write a whole number from %d to %d", min, max).p,
            "is not such a number");
    return (int)v;
}

bool field_bool(const struct fields *f, const char *key, bool required)
{
    const struct yaml_node *n = want(f, key, required);
    if (!n) return false;
    if (yaml_bool(n, false) != yaml_bool(n, true)) bad(f, key, "write true or false", "is neither true nor false");
    return yaml_bool(n, false);
}

int field_word(const struct fields *f, const char *key, const char *(*name)(int i), int count)
{
    struct str text = field_text(f, key, true);
    if (text.n == 0) return 0;
    scoped_buf words;
    buf_init(&words, 0);
    for (int i = 0; i < count; i++) {
        if (str_eq(text, str_from(name(i)))) return i;
        buf_printf(&words, "%s%s", i ? ", " : "one of: ", name(i));
    }
    source_fault(f->s, f->file, fields_line(f, key), arena_cstr(&f->s->cx->arena, buf_view(&words)),
                 "\"%s\" is no %s of %s", source_show(f->s, text), key, f->what);
    return 0;
}

struct source_text field_langs(const struct fields *f, const char *key, bool required)
{
    struct source_text t = {{STR(""), STR("")}, {fields_line(f, key), fields_line(f, key)}, false};
    const struct yaml_node *n = want(f, key, required);
    if (!n) return t;
    t.given = true;
    if (n->kind != YAML_MAPPING) {
        bad(f, key, "write {en: …, fi: …}", "is not a text in each language");
        return t;
    }
    struct fields langs = fields_of(f->s, f->file, n, arena_printf(&f->s->cx->arena, "\"%s\"", key).p, "en fi");
    for (int i = 0; i < LANG_COUNT; i++) {
        const char *lang = lang_name((enum lang)i);
        t.text[i] = field_text(&langs, lang, true);
        t.line[i] = fields_line(&langs, lang);
    }
    return t;
}

const struct yaml_node *field_list(const struct fields *f, const char *key, bool required)
{
    const struct yaml_node *n = want(f, key, required);
    if (!n) return NULL;
    if (n->kind == YAML_SEQUENCE && n->n) return n;
    bad(f, key, "write a list with at least one entry",
        n->kind == YAML_SEQUENCE ? "is an empty list" : "is not a list");
    return NULL;
}
