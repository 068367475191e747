#include "catalog/fields.h"

static struct source_control read_control(struct source *s, const struct source_framework *fw,
                                          const struct yaml_node *n)
{
    struct fields f = fields_of(s, fw->file, n, "a control", "id title group heading outside node");
    struct source_control c = {.line = n->line};
    c.c.framework = fw->f.key;
    c.c.id = field_text(&f, "id", true);
    c.c.title = field_text(&f, "title", false);
    c.c.group = field_text(&f, "group", false);
    c.c.heading = field_bool(&f, "heading", false);
    c.c.outside = field_bool(&f, "outside", false);
    c.c.node = field_text(&f, "node", false);
    return c;
}

static const struct source_control *find(const struct source_framework *fw, size_t n, struct str id)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(fw->controls[i].c.id, id)) return &fw->controls[i];
    return NULL;
}

/* Each id once, and each group a heading that stands before what is under it. */
static void check_control(struct source *s, const struct source_framework *fw, size_t i)
{
    const struct source_control *c = &fw->controls[i];
    if (c->c.id.n == 0) return;
    if (find(fw, i, c->c.id))
        source_fault(s, fw->file, c->line, "keep one of them", "duplicate control \"%s\"", source_show(s, c->c.id));
    if (c->c.group.n == 0) return;
    const struct source_control *group = find(fw, i, c->c.group);
    if (!group)
        source_fault(s, fw->file, c->line, "list the heading above its controls", "no heading \"%s\" stands above",
                     source_show(s, c->c.group));
    else if (!group->c.heading)
        source_fault(s, fw->file, c->line, "mark the group with heading: true", "the group \"%s\" is no heading",
                     source_show(s, c->c.group));
}

void source_read_framework(struct source *s, const struct source_file *file)
{
    const struct yaml_node *top = fields_document(s, file);
    if (!top) return;
    struct fields f =
        fields_of(s, file->path, top, "a framework", "key order name edition title urn nodes legacy controls");
    struct source_framework fw = {.file = file->path, .line = fields_line(&f, "key")};
    fw.f.key = field_key(&f, "key", ".");
    if (fw.f.key.n && !str_eq(fw.f.key, file->name))
        source_fault(s, file->path, fw.line, "name the file <key>.yaml", "the key \"%s\" is not the file's name",
                     source_show(s, fw.f.key));
    fw.order = field_int(&f, "order", 1, 1000);
    fw.f.name = field_text(&f, "name", true);
    fw.f.edition = field_text(&f, "edition", true);
    struct source_text title = field_langs(&f, "title", true);
    for (int i = 0; i < LANG_COUNT; i++) fw.f.title[i] = title.text[i];
    fw.f.urn = field_text(&f, "urn", false);
    fw.f.nodes = field_text(&f, "nodes", false);
    fw.f.legacy = field_bool(&f, "legacy", true);
    const struct yaml_node *list = field_list(&f, "controls", true);
    size_t n = list ? list->n : 0;
    fw.controls = arena_array(&s->cx->arena, struct source_control, n);
    fw.f.n_controls = n;
    for (size_t i = 0; i < n; i++) {
        fw.controls[i] = read_control(s, &fw, list->items[i]);
        check_control(s, &fw, i);
    }
    source_grow(s, s->frameworks, s->n_frameworks, s->cap_frameworks);
    s->frameworks[s->n_frameworks++] = fw;
}
