/* libraries/<key>.yaml. */
#include "catalog/fields.h"

#include <stdlib.h>

static const char *relation_word(int i)
{
    return relation_name((enum relation)i);
}

static void read_references(struct source *s, struct source_library *l, const struct yaml_node *list)
{
    l->references = arena_array(&s->cx->arena, struct catalog_reference, list->n);
    l->l.n_references = list->n;
    for (size_t i = 0; i < list->n; i++) {
        struct fields f = fields_of(s, l->file, list->items[i], "a reference control", "urn id name category function");
        l->references[i] = (struct catalog_reference){.urn = field_text(&f, "urn", true),
                                                      .id = field_text(&f, "id", true),
                                                      .name = field_text(&f, "name", false),
                                                      .category = field_text(&f, "category", false),
                                                      .function = field_text(&f, "function", false)};
    }
}

static void read_suggestions(struct source *s, struct source_library *l, const struct yaml_node *list)
{
    l->suggestions = arena_array(&s->cx->arena, struct source_suggestion, list->n);
    l->l.n_suggestions = list->n;
    for (size_t i = 0; i < list->n; i++) {
        struct fields f = fields_of(s, l->file, list->items[i], "a suggestion", "framework id reference");
        l->suggestions[i] = (struct source_suggestion){.framework = field_text(&f, "framework", true),
                                                       .id = field_text(&f, "id", true),
                                                       .reference = field_text(&f, "reference", true),
                                                       .line = list->items[i]->line};
    }
}

static void read_pair(struct source *s, struct source_library *l, const struct source_pair *set,
                      const struct yaml_node *n)
{
    struct fields f = fields_of(s, l->file, n, "a pair", "from to relation rationale strength");
    struct source_pair p = *set;
    p.from = field_text(&f, "from", true);
    p.to = field_text(&f, "to", true);
    p.p.relation = (enum relation)field_word(&f, "relation", relation_word, RELATION_COUNT);
    p.p.rationale = field_text(&f, "rationale", false);
    p.p.strength = fields_has(&f, "strength") ? field_int(&f, "strength", 0, 100) : -1;
    p.line = n->line;
    source_grow(s, l->pairs, l->l.n_pairs, l->cap_pairs);
    l->pairs[l->l.n_pairs++] = p;
}

static void read_set(struct source *s, struct source_library *l, const struct yaml_node *n)
{
    struct fields f = fields_of(s, l->file, n, "a set of mappings", "urn source target pairs");
    struct source_pair set = {.from_framework = field_text(&f, "source", true),
                              .to_framework = field_text(&f, "target", true),
                              .line = n->line};
    set.p.set = field_text(&f, "urn", true);
    const struct yaml_node *pairs = field_list(&f, "pairs", true);
    for (size_t i = 0; pairs && i < pairs->n; i++) read_pair(s, l, &set, pairs->items[i]);
}

void source_read_library(struct source *s, const struct source_file *file)
{
    const struct yaml_node *top = fields_document(s, file);
    if (!top) return;
    struct fields f =
        fields_of(s, file->path, top, "a library", "key urn name provider version references suggests mappings");
    struct source_library l = {.file = file->path, .line = fields_line(&f, "key")};
    l.l.key = field_key(&f, "key", "._");
    if (l.l.key.n && !str_eq(l.l.key, file->name))
        source_fault(s, file->path, l.line, "name the file <key>.yaml", "the key \"%s\" is not the file's name",
                     source_show(s, l.l.key));
    l.l.urn = field_text(&f, "urn", true);
    l.l.name = field_text(&f, "name", true);
    l.l.provider = field_text(&f, "provider", false);
    l.l.version = field_int(&f, "version", 0, 1000000);
    const struct yaml_node *list = field_list(&f, "references", false);
    if (list) read_references(s, &l, list);
    list = field_list(&f, "suggests", false);
    if (list) read_suggestions(s, &l, list);
    list = field_list(&f, "mappings", false);
    for (size_t i = 0; list && i < list->n; i++) read_set(s, &l, list->items[i]);
    source_grow(s, s->libraries, s->n_libraries, s->cap_libraries);
    s->libraries[s->n_libraries++] = l;
}

/* --- what must be there */

static void resolve(struct source *s, const struct source_library *l, int line, struct str framework, struct str id,
                    const struct catalog_framework **f, const struct catalog_control **c)
{
    for (size_t i = 0; i < s->n_frameworks && !*f; i++)
        if (str_eq(s->frameworks[i].f.key, framework)) *f = &s->frameworks[i].f;
    if (!*f) {
        if (framework.n)
            source_fault(s, l->file, line, "name a file of frameworks/, without .yaml", "unknown framework \"%s\"",
                         source_show(s, framework));
        return;
    }
    *c = catalog_find_control(*f, id);
    if (!*c && id.n)
        source_fault(s, l->file, line, "use an id of the framework's file", "no control \"%s\" in \"%s\"",
                     source_show(s, id), source_show(s, framework));
}

static int by_ends(const void *a, const void *b)
{
    const struct source_pair *x = a, *y = b;
    if (x->p.from != y->p.from) return x->p.from < y->p.from ? -1 : 1;
    if (x->p.to != y->p.to) return x->p.to < y->p.to ? -1 : 1;
    int set = str_cmp(x->p.set, y->p.set);
    return set ? set : x->line - y->line;
}

static void link_library(struct source *s, struct source_library *l)
{
    for (size_t i = 0; i < l->l.n_suggestions; i++) {
        struct source_suggestion *g = &l->suggestions[i];
        resolve(s, l, g->line, g->framework, g->id, &g->s.framework, &g->s.control);
        for (size_t k = 0; k < l->l.n_references && !g->s.reference; k++)
            if (str_eq(l->references[k].urn, g->reference)) g->s.reference = &l->references[k];
        if (!g->s.reference && g->reference.n)
            source_fault(s, l->file, g->line, "name the urn of one under references",
                         "unknown reference control \"%s\"", source_show(s, g->reference));
    }
    for (size_t i = 0; i < l->l.n_pairs; i++) {
        struct source_pair *p = &l->pairs[i];
        resolve(s, l, p->line, p->from_framework, p->from, &p->p.from_framework, &p->p.from);
        resolve(s, l, p->line, p->to_framework, p->to, &p->p.to_framework, &p->p.to);
    }
    if (l->l.n_pairs) qsort(l->pairs, l->l.n_pairs, sizeof *l->pairs, by_ends);
    for (size_t i = 1; i < l->l.n_pairs; i++) {
        const struct source_pair *p = &l->pairs[i], *before = p - 1;
        if (p->p.from && p->p.to && p->p.from == before->p.from && p->p.to == before->p.to &&
            str_eq(p->p.set, before->p.set))
            source_fault(s, l->file, p->line, "keep one of them", "the pair stands in line %d too", before->line);
    }
}

static int by_key(const void *a, const void *b)
{
    const struct source_library *x = a, *y = b;
    return str_cmp(x->l.key, y->l.key);
}

void source_link_libraries(struct source *s)
{
    if (s->n_libraries) qsort(s->libraries, s->n_libraries, sizeof *s->libraries, by_key);
    for (size_t i = 0; i < s->n_libraries; i++) link_library(s, &s->libraries[i]);
}

/* The draft's frameworks stand elsewhere than the source's. */
static const struct catalog_framework *moved(const struct source *s, const struct catalog *c,
                                             const struct catalog_framework *f)
{
    for (size_t i = 0; i < s->n_frameworks; i++)
        if (f == &s->frameworks[i].f) return &c->frameworks[i];
    return NULL;
}

void source_draft_libraries(struct source *s, struct catalog *out)
{
    struct arena *a = &s->cx->arena;
    struct catalog_library *libraries = arena_array(a, struct catalog_library, s->n_libraries);
    for (size_t i = 0; i < s->n_libraries; i++) {
        const struct source_library *l = &s->libraries[i];
        struct catalog_suggestion *suggestions = arena_array(a, struct catalog_suggestion, l->l.n_suggestions);
        struct catalog_pair *pairs = arena_array(a, struct catalog_pair, l->l.n_pairs);
        for (size_t k = 0; k < l->l.n_suggestions; k++) {
            suggestions[k] = l->suggestions[k].s;
            suggestions[k].framework = moved(s, out, suggestions[k].framework);
        }
        for (size_t k = 0; k < l->l.n_pairs; k++) {
            pairs[k] = l->pairs[k].p;
            pairs[k].from_framework = moved(s, out, pairs[k].from_framework);
            pairs[k].to_framework = moved(s, out, pairs[k].to_framework);
        }
        libraries[i] = l->l;
        libraries[i].references = l->references;
        libraries[i].suggestions = suggestions;
        libraries[i].pairs = pairs;
    }
    out->libraries = libraries;
    out->n_libraries = s->n_libraries;
}
