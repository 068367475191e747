/* The schema of a payload: the few words of JSON Schema that need no explaining. Any other is a fault, and so is one
 * that does not apply to its type: a schema that says less than it seems to is worse than none. */
#include "base/limits.h"
#include "base/pattern.h"
#include "catalog/kind.h"

#include <stdlib.h>

#define MOST_INTEGER ((int64_t)9007199254740991) /* 2^53 - 1, as in canonical JSON */

static const char *type_at(int i)
{
    return schema_type_name((enum schema_type)i);
}

static const char *const words_of[] = {
    [SCHEMA_OBJECT] = "type properties required additionalProperties",
    [SCHEMA_ARRAY] = "type items minItems maxItems",
    [SCHEMA_STRING] = "type enum const pattern minLength maxLength",
    [SCHEMA_INTEGER] = "type enum const minimum maximum",
    [SCHEMA_BOOLEAN] = "type const",
};

/* An integer, or `otherwise` when the key is absent. */
static int64_t bound(const struct fields *f, const char *key, int64_t min, int64_t max, int64_t otherwise)
{
    const struct yaml_node *n = yaml_get(f->map, str_from(key));
    int64_t v = otherwise;
    if (n && (n->kind != YAML_SCALAR || n->style != YAML_PLAIN || !str_to_i64(n->text, min, max, &v)))
        source_fault(
            f->s, f->file, fields_line(f, key),
            arena_printf(&f->s->cx->arena, "write a whole number from %lld to %lld", (long long)min, (long long)max).p,
            "\"%s\" of %s is not such a number", key, f->what);
    return v;
}

static void read_bounds(const struct fields *f, const char *least, const char *most, int64_t min, int64_t max,
                        struct catalog_schema *out)
{
    out->least = bound(f, least, min, max, min);
    out->most = bound(f, most, min, max, max);
    if (out->least > out->most)
        source_fault(f->s, f->file, fields_line(f, least), "make it the smaller one", "\"%s\" of %s is over \"%s\"",
                     least, f->what, most);
}

static bool is_value_of(enum schema_type type, const struct yaml_node *n)
{
    int64_t v;
    if (n->kind != YAML_SCALAR) return false;
    if (type == SCHEMA_STRING)
        return !yaml_is_null(n) && (n->style != YAML_PLAIN || !str_to_i64(n->text, INT64_MIN, INT64_MAX, &v));
    if (n->style != YAML_PLAIN) return false;
    if (type == SCHEMA_INTEGER) return str_to_i64(n->text, -MOST_INTEGER, MOST_INTEGER, &v);
    return str_eq(n->text, STR("true")) || str_eq(n->text, STR("false"));
}

static void read_values(const struct fields *f, struct catalog_schema *out)
{
    bool one = fields_has(f, "const");
    const struct yaml_node *list = one ? yaml_get(f->map, STR("const")) : NULL;
    if (!one && !fields_has(f, "enum")) return;
    if (one && fields_has(f, "enum"))
        source_fault(f->s, f->file, fields_line(f, "enum"), "keep one of them", "\"enum\" beside \"const\"");
    if (!one) list = field_list(f, "enum", true);
    if (!list) return;
    size_t n = one ? 1 : list->n;
    struct str *values = arena_array(&f->s->cx->arena, struct str, n);
    for (size_t i = 0; i < n; i++) {
        const struct yaml_node *v = one ? list : list->items[i];
        if (!is_value_of(out->type, v)) {
            source_fault(f->s, f->file, v->line, "write values of the type; quote strings that look like numbers",
                         "a value of %s is no %s", f->what, schema_type_name(out->type));
            continue;
        }
        for (size_t j = 0; j < out->n_values; j++)
            if (str_eq(values[j], v->text))
                source_fault(f->s, f->file, v->line, "keep one of them", "\"%s\" stands twice",
                             source_show(f->s, v->text));
        values[out->n_values++] = v->text;
    }
    out->values = values;
}

static void read_string(const struct fields *f, struct catalog_schema *out)
{
    read_bounds(f, "minLength", "maxLength", 0, LIMIT_BODY, out);
    if (fields_has(f, "pattern")) {
        out->pattern = field_text(f, "pattern", true);
        const char *why = pattern_fault(out->pattern);
        if (out->pattern.n && why)
            source_fault(f->s, f->file, fields_line(f, "pattern"),
                         "see docs/formats/catalog.md for what a pattern may have", "\"pattern\" of %s: %s", f->what,
                         why);
    }
    if (out->n_values == 0 && !fields_has(f, "maxLength"))
        source_fault(f->s, f->file, f->map->line, "add it, in bytes", "\"maxLength\" of %s is missing", f->what);
}

static int by_name(const void *a, const void *b)
{
    const struct catalog_field *x = a, *y = b;
    return str_cmp(x->name, y->name);
}

static void read_required(const struct fields *f, struct catalog_field *fields, size_t n)
{
    const struct yaml_node *list = fields_has(f, "required") ? field_list(f, "required", false) : NULL;
    for (size_t i = 0; list && i < list->n; i++) {
        struct str name = yaml_text(list->items[i]);
        struct catalog_field *found = NULL;
        for (size_t k = 0; name.p && k < n; k++)
            if (str_eq(fields[k].name, name)) found = &fields[k];
        if (!found || found->required)
            source_fault(f->s, f->file, list->items[i]->line, "name each field that must be there once",
                         found ? "a field is required twice" : "a field is required that is none of the properties");
        else
            found->required = true;
    }
}

static void read_object(const struct fields *f, struct str what, unsigned depth, struct catalog_schema *out)
{
    struct source *s = f->s;
    if (!fields_has(f, "additionalProperties") || field_bool(f, "additionalProperties", true))
        source_fault(s, f->file, fields_line(f, "additionalProperties"), "write additionalProperties: false",
                     "%s would take unknown fields", f->what);
    const struct yaml_node *map = yaml_get(f->map, STR("properties"));
    if (map && map->kind != YAML_MAPPING)
        source_fault(s, f->file, map->line, "write {name: schema}", "\"properties\" of %s are no properties", f->what);
    size_t n = map && map->kind == YAML_MAPPING ? map->n : 0;
    struct catalog_field *fields = arena_array(&s->cx->arena, struct catalog_field, n);
    for (size_t i = 0; i < n; i++) {
        fields[i].name = map->pairs[i].key;
        if (!source_is_kind(fields[i].name))
            source_fault(s, f->file, map->pairs[i].line, "use lower-case letters, digits and underscores, at most 40",
                         "\"%s\" cannot be a field's name", source_show(s, fields[i].name));
        read_schema(s, f->file, map->pairs[i].value,
                    arena_printf(&s->cx->arena, STR_FMT ".%s", STR_ARG(what), source_show(s, fields[i].name)),
                    depth + 1, &fields[i].schema);
    }
    read_required(f, fields, n);
    if (n) qsort(fields, n, sizeof *fields, by_name);
    out->fields = fields;
    out->n_fields = n;
}

static void read_array(const struct fields *f, struct str what, unsigned depth, struct catalog_schema *out)
{
    struct source *s = f->s;
    read_bounds(f, "minItems", "maxItems", 0, LIMIT_BODY, out);
    struct catalog_schema *items = arena_new(&s->cx->arena, struct catalog_schema);
    const struct yaml_node *n = yaml_get(f->map, STR("items"));
    out->items = items;
    if (n)
        read_schema(s, f->file, n, arena_printf(&s->cx->arena, STR_FMT "[]", STR_ARG(what)), depth + 1, items);
    else
        source_fault(s, f->file, f->map->line, "say what its items are", "\"items\" of %s is missing", f->what);
}

void read_schema(struct source *s, struct str file, const struct yaml_node *map, struct str what, unsigned depth,
                 struct catalog_schema *out)
{
    *out = (struct catalog_schema){.type = SCHEMA_OBJECT, .pattern = STR("")};
    if (depth > LIMIT_SCHEMA_DEPTH) {
        source_fault(s, file, map->line, "make it flatter", "more than %d levels", LIMIT_SCHEMA_DEPTH);
        return;
    }
    if (map->kind != YAML_MAPPING) {
        source_fault(s, file, map->line, "write {type: …}", "%s is no schema", source_show(s, what));
        return;
    }
    struct fields head = {s, file, map, what.p};
    if (!fields_has(&head, "type")) {
        source_fault(s, file, map->line, "add it", "\"type\" of %s is missing", what.p);
        return;
    }
    out->type = (enum schema_type)field_word(&head, "type", type_at, SCHEMA_COUNT);
    struct fields f = fields_of(s, file, map, what.p, words_of[out->type]);
    read_values(&f, out);
    switch (out->type) {
    case SCHEMA_OBJECT:
        read_object(&f, what, depth, out);
        return;
    case SCHEMA_ARRAY:
        read_array(&f, what, depth, out);
        return;
    case SCHEMA_STRING:
        read_string(&f, out);
        return;
    case SCHEMA_INTEGER:
        read_bounds(&f, "minimum", "maximum", -MOST_INTEGER, MOST_INTEGER, out);
        return;
    case SCHEMA_BOOLEAN:
    case SCHEMA_COUNT:
    default:
        return;
    }
}
