#include "catalog/fields.h"

/* adopts: [task/key, …] */
static void read_names(struct source *s, struct source_preset *p, const struct yaml_node *list)
{
    p->names = arena_array(&s->cx->arena, struct str, list->n);
    p->lines = arena_array(&s->cx->arena, int, list->n);
    for (size_t i = 0; i < list->n; i++) {
        struct str name = yaml_text(list->items[i]);
        if (!name.p || name.n == 0) {
            source_fault(s, p->file, list->items[i]->line, "write task/obligation", "not a full name of an obligation");
            continue;
        }
        p->names[p->n_names] = name;
        p->lines[p->n_names++] = list->items[i]->line;
    }
}

/* adopts: {strengths: [recommended, example]} */
static void read_strengths(struct source *s, struct source_preset *p, const struct yaml_node *map)
{
    struct fields f = fields_of(s, p->file, map, "\"adopts\"", "strengths");
    const struct yaml_node *list = field_list(&f, "strengths", true);
    for (size_t i = 0; list && i < list->n; i++) {
        int found = STRENGTH_COUNT;
        for (int k = 0; k < STRENGTH_COUNT; k++)
            if (str_eq(yaml_text(list->items[i]), str_from(strength_name((enum strength)k)))) found = k;
        if (found == STRENGTH_COUNT || found == STRENGTH_MUST || p->strengths[found])
            source_fault(s, p->file, list->items[i]->line, "name recommended, example or both, each once",
                         "not a strength that can be adopted");
        else
            p->strengths[found] = true;
    }
}

void source_read_preset(struct source *s, const struct source_file *file)
{
    const struct yaml_node *top = fields_document(s, file);
    if (!top) return;
    struct fields f = fields_of(s, file->path, top, "a preset", "key title adopts");
    struct source_preset p = {.file = file->path};
    p.p.key = field_key(&f, "key", NULL);
    if (p.p.key.n && !str_eq(p.p.key, file->name))
        source_fault(s, file->path, fields_line(&f, "key"), "name the file <key>.yaml",
                     "the key \"%s\" is not the file's name", source_show(s, p.p.key));
    struct source_text title = field_langs(&f, "title", true);
    for (int i = 0; i < LANG_COUNT; i++) p.p.title[i] = title.text[i];
    const struct yaml_node *adopts = yaml_get(top, STR("adopts"));
    if (adopts && adopts->kind == YAML_MAPPING) {
        read_strengths(s, &p, adopts);
    } else {
        const struct yaml_node *list = field_list(&f, "adopts", true);
        if (list) read_names(s, &p, list);
    }
    source_grow(s, s->presets, s->n_presets, s->cap_presets);
    s->presets[s->n_presets++] = p;
}
