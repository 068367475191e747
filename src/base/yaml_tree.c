/* Looking into a tree that yaml_read() gave. */
#include "base/yaml.h"

const struct yaml_pair *yaml_pair_of(const struct yaml_node *m, struct str key)
{
    if (!m || m->kind != YAML_MAPPING) return NULL;
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(m->pairs[i].key, key)) return &m->pairs[i];
    return NULL;
}

const struct yaml_node *yaml_get(const struct yaml_node *m, struct str key)
{
    const struct yaml_pair *p = yaml_pair_of(m, key);
    return p ? p->value : NULL;
}

/* Recursion is bounded by the tree's height. */
const struct yaml_node *yaml_find(const struct yaml_node *m, struct str key)
{
    const struct yaml_node *own = yaml_get(m, key);
    if (own) return own;
    const struct yaml_node *merge = yaml_get(m, STR("<<"));
    if (!merge || merge->kind == YAML_SCALAR) return NULL;
    if (merge->kind == YAML_MAPPING) return yaml_find(merge, key);
    for (size_t i = 0; i < merge->n; i++) {
        const struct yaml_node *found = merge->items[i]->kind == YAML_MAPPING ? yaml_find(merge->items[i], key) : NULL;
        if (found) return found;
    }
    return NULL;
}

struct str yaml_text(const struct yaml_node *n)
{
    return n && n->kind == YAML_SCALAR ? n->text : STR_NONE;
}

static bool is_word(const struct yaml_node *n, const char *const *words, size_t n_words)
{
    if (!n || n->kind != YAML_SCALAR || n->style != YAML_PLAIN) return false;
    for (size_t i = 0; i < n_words; i++)
        if (str_eq(n->text, str_from(words[i]))) return true;
    return false;
}

bool yaml_bool(const struct yaml_node *n, bool fallback)
{
    static const char *const yes[] = {"true", "True", "TRUE"}, *const no[] = {"false", "False", "FALSE"};
    if (is_word(n, yes, 3)) return true;
    return is_word(n, no, 3) ? false : fallback;
}

bool yaml_is_null(const struct yaml_node *n)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    return !n || is_word(n, words, sizeof words / sizeof *words);
}
