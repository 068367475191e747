#include "gates/check_ticks.h"

#include <string.h>

#include "base/json_read.h"
#include "gates/checks.h"
#include "gates/critical.h"

void check_ticks_read(struct ctx *cx, const json_t *content, struct push_tick **items, size_t *n)
{
    const json_t *list = json_object_get(content, "asvs");
    struct push_tick *out = arena_array(&cx->arena, struct push_tick, json_array_size(list) + 1);
    *items = out;
    *n = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct push_tick item = {.text = str_trim(json_text(json_array_get(list, i)))};
        bool twice = !item.text.n;
        critical_item_key(item.text, item.key);
        for (size_t k = 0; k < *n; k++) twice |= strcmp(out[k].key, item.key) == 0;
        if (twice) continue;
        item.text = arena_str(&cx->arena, item.text);
        out[(*n)++] = item;
    }
}

static bool is_ticked(const struct push_tick *item, const struct approvals *given)
{
    for (int64_t i = 0; i < given->approvals; i++)
        if (str_has(given->ticked[i], str_from(item->key))) return true;
    return false;
}

void check_ticks_judge(struct push *p, size_t ref, const struct approvals *given)
{
    for (size_t i = 0; i < p->n_checks; i++) {
        struct push_check *c = &p->checks[i];
        if (c->ref != ref || strcmp(c->what, CHECK_ASVS) != 0) continue;
        c->found = 0; /* a unit may run again */
        for (size_t k = 0; k < c->n_items; k++) {
            c->items[k].ticked = is_ticked(&c->items[k], given);
            c->found += c->items[k].ticked;
        }
    }
}
