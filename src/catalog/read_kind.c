/* catalog/facts/<kind>/schema.yaml: what a kind of fact is about and what it carries. */
#include "catalog/kind.h"

static const char *way_at(int i)
{
    return i ? "replaces" : "adds";
}

static void read_subjects(struct source *s, struct source_kind_of_fact *k, const struct fields *f)
{
    const struct yaml_node *list = field_list(f, "subjects", true);
    for (size_t i = 0; list && i < list->n; i++) {
        struct str word = yaml_text(list->items[i]);
        uint32_t bits = str_eq(word, STR("any")) ? (1U << SUBJECT_COUNT) - 1 : 0;
        for (int t = 0; t < SUBJECT_COUNT; t++)
            if (str_eq(word, str_from(subject_type_name((enum subject_type)t)))) bits = 1U << t;
        if (!bits)
            source_fault(s, k->file, list->items[i]->line, "name a type of docs/formats/subjects.md, or any",
                         "no type of subject");
        else if (k->k.subjects & bits)
            source_fault(s, k->file, list->items[i]->line, "keep one of them", "the type \"%s\" stands twice",
                         source_show(s, word));
        k->k.subjects |= bits;
    }
}

static const struct catalog_schema *field_schema(const struct catalog_schema *payload, struct str name)
{
    for (size_t i = 0; i < payload->n_fields; i++)
        if (str_eq(payload->fields[i].name, name)) return &payload->fields[i].schema;
    return NULL;
}

/* A list of names of the payload's own fields, each of the type wanted, or a list of such. */
static const struct str *read_names(struct source *s, const struct source_kind_of_fact *k, const struct fields *f,
                                    const char *key, enum schema_type type, size_t *n)
{
    const struct yaml_node *list = field_list(f, key, false);
    *n = 0;
    if (!list) return NULL;
    struct str *names = arena_array(&s->cx->arena, struct str, list->n);
    for (size_t i = 0; i < list->n; i++) {
        struct str name = yaml_text(list->items[i]);
        const struct catalog_schema *of = field_schema(&k->k.payload, name);
        if (!of || (of->type != type && !(of->type == SCHEMA_ARRAY && of->items && of->items->type == type)))
            source_fault(s, k->file, list->items[i]->line, "name a field of the payload", "\"%s\" names no %s", key,
                         type == SCHEMA_STRING ? "string of the payload" : "list of the payload");
        else
            names[(*n)++] = name;
    }
    return names;
}

void source_read_kind(struct source *s, const struct source_file *file)
{
    const struct yaml_node *top = fields_document(s, file);
    if (!top) return;
    struct fields f = fields_of(s, file->path, top, "a kind",
                                "key title kept reserved by_request subjects project payload subject_fields different");
    struct source_kind_of_fact k = {.file = file->path, .line = top->line};
    k.k.key = field_text(&f, "key", true);
    if (k.k.key.n && !source_is_kind(k.k.key))
        source_fault(s, file->path, fields_line(&f, "key"),
                     "use lower-case letters, digits and underscores, at most 40", "\"key\" of a kind is not a key");
    else if (k.k.key.n && !str_eq(k.k.key, file->task))
        source_fault(s, file->path, fields_line(&f, "key"), "name the folder by the key",
                     "the key \"%s\" is not the folder's name", source_show(s, k.k.key));
    else if (str_eq(k.k.key, STR("facts")))
        source_fault(s, file->path, fields_line(&f, "key"), "give it another name",
                     "\"facts\" is the table of all facts");
    struct source_text title = field_langs(&f, "title", true);
    for (int i = 0; i < LANG_COUNT; i++) k.k.title[i] = title.text[i];
    k.k.kept = field_bool(&f, "kept", true);
    k.k.reserved = field_bool(&f, "reserved", false);
    k.k.by_request = field_bool(&f, "by_request", false);
    k.k.replaces = field_word(&f, "project", way_at, 2) == 1;
    read_subjects(s, &k, &f);
    const struct yaml_node *payload = yaml_get(top, STR("payload"));
    if (payload)
        read_schema(s, file->path, payload, STR("payload"), 0, &k.k.payload);
    else
        source_fault(s, file->path, top->line, "add it: the schema of what the fact carries",
                     "\"payload\" of a kind is missing");
    if (payload && k.k.payload.type != SCHEMA_OBJECT)
        source_fault(s, file->path, fields_line(&f, "payload"), "write type: object", "a payload is an object");
    k.k.subject_fields = read_names(s, &k, &f, "subject_fields", SCHEMA_STRING, &k.k.n_subject_fields);
    k.k.different = read_names(s, &k, &f, "different", SCHEMA_ARRAY, &k.k.n_different);
    source_grow(s, s->kinds, s->n_kinds, s->cap_kinds);
    s->kinds[s->n_kinds++] = k;
}
