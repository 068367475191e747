/* Definitions of critical code in the register, as they were approved last. */
#include "base/digest.h"
#include "base/json_read.h"
#include "gates/approved_items.h"
#include "gates/critical_int.h"

#define DEFINITIONS_MOST 200 /* of one repository */

void critical_item_key(struct str text, char out[65])
{
    struct digest d;
    uint8_t bytes[32];
    digest_init(&d);
    digest_add(&d, text);
    digest_final(&d, bytes);
    digest_hex(bytes, 32, out);
}

struct reading {
    struct ctx *cx;
    struct str repository;
    struct definition *list;
    size_t n;
};

static void take_names(struct reading *r, const json_t *list, const char *kind, struct critical_name *names, size_t *n)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct str who = json_text(json_array_get(list, i));
        if (who.p) names[(*n)++] = (struct critical_name){kind, arena_str(&r->cx->arena, who)};
    }
}

static void take_owners(struct reading *r, const struct approved_item *i, struct definition *d)
{
    const json_t *people = json_object_get(i->fields, "owners"), *groups = json_object_get(i->fields, "groups");
    size_t most = json_array_size(people) + json_array_size(groups) + 1;
    struct critical_name *names = arena_array(&r->cx->arena, struct critical_name, most);
    take_names(r, people, "person", names, &d->n_names);
    take_names(r, groups, "group", names, &d->n_names);
    if (!d->n_names && i->owner.n) names[d->n_names++] = (struct critical_name){"person", i->owner};
    d->names = names;
}

static const struct str *take_patterns(struct reading *r, const json_t *rows, size_t *n)
{
    struct str *patterns = arena_array(&r->cx->arena, struct str, json_array_size(rows) + 1);
    for (size_t k = 0; k < json_array_size(rows); k++) {
        struct str pattern = str_trim(json_member(json_array_get(rows, k), "pattern"));
        if (pattern.n) patterns[(*n)++] = arena_str(&r->cx->arena, pattern);
    }
    return patterns;
}

static void take_items(struct reading *r, const json_t *list, struct definition *d)
{
    struct critical_item *items = arena_array(&r->cx->arena, struct critical_item, json_array_size(list) + 1);
    for (size_t k = 0; k < json_array_size(list); k++) {
        struct critical_item *item = &items[d->n_items];
        item->text = arena_str(&r->cx->arena, json_text(json_array_get(list, k)));
        if (!item->text.n) continue;
        critical_item_key(item->text, item->key);
        d->n_items++;
    }
    d->items = items;
}

static enum rc take(void *arg, const struct approved_item *i)
{
    struct reading *r = arg;
    const char *repository = json_string_value(json_object_get(i->fields, "repository"));
    if (!repository || !str_eq(str_from(repository), r->repository)) return OK;
    if (r->n == DEFINITIONS_MOST)
        return fail(r->cx, E_LIMIT, "a repository has at most %d definitions of critical code", DEFINITIONS_MOST);
    struct definition *d = &r->list[r->n++];
    *d = (struct definition){.subject = i->subject, .version = i->version, .number = i->number};
    d->patterns = take_patterns(r, json_object_get(i->fields, "paths"), &d->n_patterns);
    d->cleared = take_patterns(r, json_object_get(i->fields, "cleared"), &d->n_cleared);
    take_owners(r, i, d);
    take_items(r, json_object_get(i->fields, "checklist"), d);
    return OK;
}

enum rc definitions_read(struct ctx *cx, sqlite3 *db, struct str repository, const struct definition **out, size_t *n)
{
    struct reading r = {cx, repository, arena_array(&cx->arena, struct definition, DEFINITIONS_MOST), 0};
    TRY(approved_items_each(cx, db, "critical_code", take, &r));
    *out = r.list;
    *n = r.n;
    return OK;
}

uint64_t definitions_state(const struct definition *list, size_t n)
{
    uint64_t state = n;
    for (size_t i = 0; i < n; i++) state = state * 1099511628211U + (uint64_t)list[i].version;
    return state;
}
