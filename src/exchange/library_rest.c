/* What a library says beside its framework: reference controls, which requirements they are suggested for, and which
 * requirement of one framework answers to which of another. */
#include "exchange/library_int.h"

#include "base/json.h"
#include "catalog/library.h"

#include <stdlib.h>

/* A requirement by its urn: of the library's own framework, or of one in the catalog. */
struct place {
    struct str urn, framework, id;
    size_t rank; /* of several that know a requirement by one urn the first counts: the library's own, then in order */
};

struct pair {
    struct place from, to;
    enum relation relation;
    struct str set, rationale;
    int64_t strength;
    int line;
};

struct suggestion {
    struct place at;
    struct str reference;
};

struct rest {
    struct ctx *cx;
    struct library *l;
    const struct catalog *c;
    struct library_told *told;
    struct place *places;
    size_t n_places;
    struct pair *pairs;
    size_t n_pairs;
    struct suggestion *suggestions;
    size_t n_suggestions;
    const struct yaml_node *references;
};

static const struct yaml_node *objects_of(const struct library *l)
{
    return yaml_get(l->top, STR("objects"));
}

static const struct yaml_node *set_at(const struct library *l, size_t i)
{
    const struct yaml_node *sets = yaml_get(objects_of(l), STR("requirement_mapping_sets"));
    const struct yaml_node *one = yaml_get(objects_of(l), STR("requirement_mapping_set"));
    size_t n = library_count(sets);
    if (i < n) return sets->items[i];
    if (one && one->kind == YAML_SEQUENCE) return i - n < one->n ? one->items[i - n] : NULL;
    return i == n ? one : NULL;
}

bool library_has_rest(const struct library *l)
{
    return l->top && (library_count(yaml_get(objects_of(l), STR("reference_controls"))) || set_at(l, 0));
}

static void wrong(struct rest *r, int line, const char *text)
{
    size_t i = r->told->faults++;
    if (i < LIBRARY_FAULTS)
        r->told->fault_lines[i] = (struct library_line){line, arena_str(&r->cx->arena, str_from(text))};
}

static void left_out(struct rest *r, int line, const char *text)
{
    size_t i = r->told->left++;
    if (i < LIBRARY_LEFT)
        r->told->left_lines[i] = (struct library_line){line, arena_str(&r->cx->arena, str_from(text))};
}

/* --- requirements by urn */

static int by_urn(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int c = str_cmp(x->urn, y->urn);
    return c ? c : x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void list_places(struct rest *r)
{
    size_t n = r->l->n;
    for (size_t i = 0; i < r->c->n_frameworks; i++) n += r->c->frameworks[i].n_controls;
    r->places = arena_array(&r->cx->arena, struct place, n + 1);
    for (size_t i = 0; i < r->l->n; i++)
        r->places[r->n_places++] = (struct place){r->l->controls[i].urn, r->l->key, r->l->controls[i].id, 0};
    for (size_t i = 0; i < r->c->n_frameworks; i++) {
        const struct catalog_framework *f = &r->c->frameworks[i];
        if (!f->nodes.n || (r->l->framework && str_eq(f->key, r->l->key))) continue;
        for (size_t k = 0; k < f->n_controls; k++)
            r->places[r->n_places++] =
                (struct place){catalog_control_urn(r->cx, f, &f->controls[k]), f->key, f->controls[k].id, i + 1};
    }
    if (r->n_places) qsort(r->places, r->n_places, sizeof *r->places, by_urn);
}

static const struct place *find_place(const struct rest *r, struct str urn)
{
    size_t low = 0, high = r->n_places;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(r->places[middle].urn, urn) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->n_places && str_eq(r->places[low].urn, urn) ? &r->places[low] : NULL;
}

static bool holds_framework(const struct rest *r, struct str urn)
{
    if (r->l->framework && str_eq(r->l->urn, urn)) return true;
    for (size_t i = 0; i < r->c->n_frameworks; i++)
        if (urn.n && str_eq(r->c->frameworks[i].urn, urn)) return true;
    return false;
}

/* --- mapped pairs */

static struct str show(struct rest *r, struct str s)
{
    return str_from(str_visible(r->cx, str_slice(s, 0, s.n > 200 ? 200 : s.n)));
}

static bool read_relation(struct rest *r, const struct yaml_node *n, enum relation *out)
{
    struct str word = library_text(n, STR("relationship"));
    for (int i = 0; i < RELATION_COUNT; i++)
        if (str_eq(word, str_from(relation_name((enum relation)i)))) {
            *out = (enum relation)i;
            return true;
        }
    if (!word.n)
        wrong(r, n->line, "a mapping has no relationship");
    else
        wrong(r, n->line,
              arena_printf(&r->cx->arena,
                           "the relationship \"" STR_FMT
                           "\" is not known: equal, subset, superset, intersect, not_related",
                           STR_ARG(show(r, word)))
                  .p);
    return false;
}

static void read_pair(struct rest *r, struct str set, const struct yaml_node *n)
{
    if (n->kind != YAML_MAPPING) {
        wrong(r, n->line, "a mapping with source_requirement_urn, target_requirement_urn and relationship is expected");
        return;
    }
    struct pair p = {.set = set, .strength = -1, .line = n->line};
    struct str ends[2] = {library_lower(r->cx, library_text(n, STR("source_requirement_urn"))),
                          library_lower(r->cx, library_text(n, STR("target_requirement_urn")))};
    struct str strength = library_text(n, STR("strength_of_relationship"));
    bool fine = read_relation(r, n, &p.relation);
    if (!ends[0].n || !ends[1].n) {
        wrong(r, n->line,
              ends[0].n ? "a mapping has no target_requirement_urn" : "a mapping has no source_requirement_urn");
        fine = false;
    }
    if (strength.n && !str_to_i64(strength, 0, 100, &p.strength)) {
        wrong(r, n->line, "strength_of_relationship is no whole number from 0 to 100");
        fine = false;
    }
    if (!fine) return;
    const struct place *from = find_place(r, ends[0]), *to = find_place(r, ends[1]);
    if (!from || !to) {
        left_out(r, n->line,
                 arena_printf(&r->cx->arena, STR_FMT " is no requirement of the catalog",
                              STR_ARG(show(r, from ? ends[1] : ends[0])))
                     .p);
        return;
    }
    p.from = *from;
    p.to = *to;
    p.rationale = library_line_of(r->cx, library_text(n, STR("rationale")));
    r->pairs[r->n_pairs++] = p;
}

static void read_set(struct rest *r, const struct yaml_node *n)
{
    const struct yaml_node *list = yaml_get(n, STR("requirement_mappings"));
    struct str urn = library_line_of(r->cx, library_lower(r->cx, library_text(n, STR("urn"))));
    if (!urn.n) {
        wrong(r, n->line, "a set of mappings has no urn");
        return;
    }
    static const char *const ends[] = {"source_framework_urn", "target_framework_urn"};
    for (size_t i = 0; i < 2; i++) {
        struct str framework = library_lower(r->cx, library_text(n, str_from(ends[i])));
        if (!framework.n) {
            wrong(r, n->line, arena_printf(&r->cx->arena, "a set of mappings has no %s", ends[i]).p);
            return;
        }
        if (holds_framework(r, framework)) continue;
        left_out(r, n->line,
                 arena_printf(&r->cx->arena, "%zu pairs: the framework " STR_FMT " is not in the catalog",
                              library_count(list), STR_ARG(show(r, framework)))
                     .p);
        r->told->left += library_count(list) ? library_count(list) - 1 : 0;
        return;
    }
    for (size_t i = 0; i < library_count(list); i++) read_pair(r, urn, list->items[i]);
}

static int compare_ends(const struct pair *x, const struct pair *y)
{
    int c = str_cmp(x->set, y->set);
    if (!c) c = str_cmp(x->from.urn, y->from.urn);
    return c ? c : str_cmp(x->to.urn, y->to.urn);
}

static int by_ends(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int c = compare_ends(x, y);
    return c ? c : x->line - y->line;
}

/* The same pair twice counts once; said otherwise the second time it is a fault. */
static void fold_pairs(struct rest *r)
{
    size_t n = 0;
    if (r->n_pairs) qsort(r->pairs, r->n_pairs, sizeof *r->pairs, by_ends);
    for (size_t i = 0; i < r->n_pairs; i++) {
        const struct pair *p = &r->pairs[i], *before = n ? &r->pairs[n - 1] : NULL;
        if (!before || compare_ends(before, p) != 0) {
            r->pairs[n++] = *p;
            continue;
        }
        r->told->repeated++;
        if (before->relation != p->relation)
            wrong(r, p->line,
                  arena_printf(&r->cx->arena, "the pair stands in line %d too, as %s", before->line,
                               relation_name(before->relation))
                      .p);
    }
    r->n_pairs = n;
}

/* --- reference controls */

static bool is_reference(const struct rest *r, struct str urn)
{
    for (size_t i = 0; i < library_count(r->references); i++)
        if (str_eq(library_lower(r->cx, library_text(r->references->items[i], STR("urn"))), urn)) return true;
    return false;
}

static void check_references(struct rest *r)
{
    for (size_t i = 0; i < library_count(r->references); i++)
        if (!library_text(r->references->items[i], STR("urn")).n)
            wrong(r, r->references->items[i]->line, "a reference control has no urn");
}

static void read_suggestions(struct rest *r, const struct yaml_node *nodes)
{
    size_t most = 0;
    for (size_t i = 0; i < library_count(nodes); i++)
        most += library_count(yaml_get(nodes->items[i], STR("reference_controls")));
    r->suggestions = arena_array(&r->cx->arena, struct suggestion, most + 1);
    for (size_t i = 0; most && i < nodes->n; i++) {
        const struct yaml_node *list = yaml_get(nodes->items[i], STR("reference_controls"));
        const struct place *at = find_place(r, library_lower(r->cx, library_text(nodes->items[i], STR("urn"))));
        for (size_t k = 0; k < library_count(list); k++) {
            struct str urn = yaml_text(list->items[k]);
            urn = library_lower(r->cx, urn.p ? urn : STR(""));
            if (at && is_reference(r, urn))
                r->suggestions[r->n_suggestions++] = (struct suggestion){*at, urn};
            else
                r->told->unknown++;
        }
    }
}

/* --- writing */

static void put_member(struct buf *out, const char *key, struct str value)
{
    if (!value.n) return;
    buf_printf(out, ", %s: ", key);
    library_put(out, value);
}

static void write_references(struct rest *r, struct buf *out)
{
    if (library_count(r->references)) buf_cstr(out, "references:\n");
    for (size_t i = 0; i < library_count(r->references); i++) {
        const struct yaml_node *n = r->references->items[i];
        struct str urn = library_lower(r->cx, library_text(n, STR("urn"))), id = library_text(n, STR("ref_id")), part;
        struct str rest = urn;
        if (!id.n)
            while (str_cut(&rest, ':', &part)) id = part;
        buf_cstr(out, "  - {urn: ");
        library_put(out, library_line_of(r->cx, urn));
        put_member(out, "id", library_line_of(r->cx, id));
        put_member(out, "name", library_line_of(r->cx, library_text(n, STR("name"))));
        put_member(out, "category", library_line_of(r->cx, library_text(n, STR("category"))));
        put_member(out, "function", library_line_of(r->cx, library_text(n, STR("csf_function"))));
        buf_cstr(out, "}\n");
        r->told->references++;
    }
}

static void write_suggestions(struct rest *r, struct buf *out)
{
    if (r->n_suggestions) buf_cstr(out, "suggests:\n");
    for (size_t i = 0; i < r->n_suggestions; i++) {
        buf_cstr(out, "  - {framework: ");
        library_put(out, r->suggestions[i].at.framework);
        put_member(out, "id", r->suggestions[i].at.id);
        put_member(out, "reference", library_line_of(r->cx, r->suggestions[i].reference));
        buf_cstr(out, "}\n");
        r->told->suggestions++;
    }
}

static void write_pairs(struct rest *r, struct buf *out)
{
    if (r->n_pairs) buf_cstr(out, "mappings:\n");
    for (size_t i = 0; i < r->n_pairs; i++) {
        const struct pair *p = &r->pairs[i], *before = i ? p - 1 : NULL;
        if (!before || !str_eq(p->set, before->set) || !str_eq(p->from.framework, before->from.framework) ||
            !str_eq(p->to.framework, before->to.framework)) {
            buf_cstr(out, "  - urn: ");
            library_put(out, p->set);
            buf_cstr(out, "\n    source: ");
            library_put(out, p->from.framework);
            buf_cstr(out, "\n    target: ");
            library_put(out, p->to.framework);
            buf_cstr(out, "\n    pairs:\n");
        }
        buf_cstr(out, "      - {from: ");
        library_put(out, p->from.id);
        put_member(out, "to", p->to.id);
        buf_printf(out, ", relation: %s", relation_name(p->relation));
        put_member(out, "rationale", p->rationale);
        if (p->strength >= 0) buf_printf(out, ", strength: %d", (int)p->strength);
        buf_cstr(out, "}\n");
        r->told->pairs++;
    }
}

static enum rc write_all(struct rest *r, struct buf *out)
{
    const struct yaml_node *top = r->l->top;
    struct library_told *t = r->told;
    buf_cstr(out, "key: ");
    library_put(out, t->key);
    buf_cstr(out, "\nurn: ");
    library_put(out, t->urn);
    buf_cstr(out, "\nname: ");
    library_put(out, t->name);
    struct str provider = library_line_of(r->cx, library_text(top, STR("provider")));
    if (provider.n) {
        buf_cstr(out, "\nprovider: ");
        library_put(out, provider);
    }
    buf_printf(out, "\nversion: %d\n", t->version);
    write_references(r, out);
    write_suggestions(r, out);
    write_pairs(r, out);
    return buf_ok(out);
}

static enum rc read_head(struct rest *r)
{
    const struct yaml_node *top = r->l->top;
    int64_t version = 0;
    struct str id = library_text(top, STR("ref_id"));
    r->told->urn = library_line_of(r->cx, library_lower(r->cx, library_text(top, STR("urn"))));
    r->told->name = library_line_of(r->cx, library_text(top, STR("name")));
    if (!r->told->urn.n || !r->told->name.n)
        return fail(r->cx, E_INVALID, "line %d: the library has no %s", top->line, r->told->urn.n ? "name" : "urn");
    if (!str_to_i64(library_text(top, STR("version")), 0, 1000000, &version))
        return fail(r->cx, E_INVALID, "line %d: the library's version is no whole number", top->line);
    r->told->version = (int)version;
    r->told->key = library_key_of(r->cx, id.n ? id : r->told->name, 64);
    return OK;
}

enum rc library_rest(struct ctx *cx, struct library *l, const struct catalog *c, struct buf *out,
                     struct library_told *told)
{
    struct rest r = {.cx = cx, .l = l, .c = c, .told = told};
    if (!library_has_rest(l))
        return fail(cx, E_NOTFOUND, "the library holds no reference controls and no mapped pairs");
    TRY(read_head(&r));
    list_places(&r);
    r.references = yaml_get(objects_of(l), STR("reference_controls"));
    size_t most = 1;
    for (size_t i = 0; set_at(l, i); i++) most += library_count(yaml_get(set_at(l, i), STR("requirement_mappings")));
    r.pairs = arena_array(&cx->arena, struct pair, most);
    for (size_t i = 0; set_at(l, i); i++) read_set(&r, set_at(l, i));
    fold_pairs(&r);
    check_references(&r);
    const struct yaml_node *fw = yaml_get(objects_of(l), STR("framework"));
    const struct yaml_node *all = yaml_get(objects_of(l), STR("frameworks"));
    if (!fw && library_count(all)) fw = all->items[0];
    read_suggestions(&r, yaml_get(fw, STR("requirement_nodes")));
    if (told->faults)
        return fail(cx, E_INVALID, "%zu fault%s, the first in line %d: " STR_FMT, told->faults,
                    told->faults == 1 ? "" : "s", told->fault_lines[0].line, STR_ARG(told->fault_lines[0].text));
    if (!r.n_pairs && !library_count(r.references))
        return fail(cx, E_NOTFOUND, "nothing of the library's %zu pairs is between requirements of the catalog%s%s",
                    told->left, told->left ? "; the first: " : "",
                    told->left ? arena_cstr(&cx->arena, told->left_lines[0].text) : "");
    return write_all(&r, out);
}
