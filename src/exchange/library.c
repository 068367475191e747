#include "exchange/library.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/yaml.h"

#include <jansson.h>
#include <stdlib.h>

#define MOST_CONTROLS 20000
#define MOST_TITLE 400

struct control {
    struct str id, title, group, urn, parent;
    bool heading;
};

struct library {
    struct ctx *cx;
    struct str key, name, edition, title, title_fi;
    struct control *controls;
    size_t n;
    struct library_told *told;
};

/* --- writing: strings in quotes, as JSON has them, which YAML reads the same */

static void put(struct buf *out, struct str s)
{
    struct json j;
    json_init(&j, out, false);
    json_str(&j, s);
}

/* One visible line of at most MOST_TITLE bytes. */
static struct str one_line(struct ctx *cx, struct str s)
{
    char *p = arena_alloc(&cx->arena, s.n + 4);
    size_t n = 0;
    for (size_t i = 0, step; i < s.n; i += step) {
        uint32_t cp;
        step = str_char(s, i, &cp);
        if (!step) break;
        bool space = cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r';
        if (n + step > MOST_TITLE) {
            memcpy(p + n, "…", 3);
            n += 3;
            break;
        }
        if (space && (!n || p[n - 1] == ' ')) continue;
        if (!space && char_is_deceptive(cp)) continue;
        if (space)
            p[n++] = ' ';
        else
            memcpy(p + n, s.p + i, step), n += step;
    }
    while (n && p[n - 1] == ' ') n--;
    return (struct str){p, n};
}

static void write_control(struct buf *out, const struct control *c)
{
    buf_cstr(out, "  - {id: ");
    put(out, c->id);
    if (c->title.n) {
        buf_cstr(out, ", title: ");
        put(out, c->title);
    }
    if (c->group.n) {
        buf_cstr(out, ", group: ");
        put(out, c->group);
    }
    buf_cstr(out, c->heading ? ", heading: true}\n" : "}\n");
}

static enum rc write_all(struct library *l, int order, struct buf *out)
{
    buf_printf(out, "key: " STR_FMT "\norder: %d\nname: ", STR_ARG(l->key), order);
    put(out, l->name);
    buf_cstr(out, "\nedition: ");
    put(out, l->edition);
    buf_cstr(out, "\ntitle: {en: ");
    put(out, l->title);
    buf_cstr(out, ", fi: ");
    put(out, l->title_fi.n ? l->title_fi : l->title);
    buf_cstr(out, "}\nlegacy: false\ncontrols:\n");
    for (size_t i = 0; i < l->n; i++) {
        write_control(out, &l->controls[i]);
        if (l->controls[i].heading)
            l->told->headings++;
        else
            l->told->controls++;
    }
    return buf_ok(out);
}

/* [a-z][a-z0-9.-]* of any name. */
static struct str key_of(struct ctx *cx, struct str name)
{
    char *p = arena_alloc(&cx->arena, 64);
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < 40; i++) {
        char c = name.p[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        bool letter = c >= 'a' && c <= 'z', other = (c >= '0' && c <= '9') || c == '.';
        if (letter || (other && n))
            p[n++] = c;
        else if (n && p[n - 1] != '-')
            p[n++] = '-';
    }
    while (n && (p[n - 1] == '-' || p[n - 1] == '.')) n--;
    return n ? (struct str){p, n} : STR("imported");
}

static enum rc add(struct library *l, struct control c, int line)
{
    if (!l->controls) l->controls = arena_array(&l->cx->arena, struct control, MOST_CONTROLS);
    if (l->n == MOST_CONTROLS) return fail(l->cx, E_LIMIT, "line %d: more than %d requirements", line, MOST_CONTROLS);
    l->controls[l->n++] = c;
    return OK;
}

/* --- CISO Assistant's libraries */

static size_t count(const struct yaml_node *list)
{
    return list && list->kind == YAML_SEQUENCE ? list->n : 0;
}

static struct str text(const struct yaml_node *m, struct str key)
{
    const struct yaml_node *n = yaml_get(m, key);
    struct str s = yaml_is_null(n) ? STR("") : yaml_text(n);
    return s.p ? s : STR("");
}

static bool has_children(const struct yaml_node *nodes, struct str urn)
{
    for (size_t i = 0; i < nodes->n; i++)
        if (str_eq(text(nodes->items[i], STR("parent_urn")), urn)) return true;
    return false;
}

/* The nearest heading above; what is assessed itself is none. */
static struct str group_of(const struct library *l, struct str parent)
{
    for (size_t steps = 0; parent.n && steps < 64; steps++) {
        const struct control *c = NULL;
        for (size_t i = l->n; i > 0 && !c; i--)
            if (str_eq(l->controls[i - 1].urn, parent)) c = &l->controls[i - 1];
        if (!c) return STR("");
        if (c->heading) return c->id;
        parent = c->parent;
    }
    return STR("");
}

static struct str id_of(struct library *l, const struct yaml_node *node)
{
    struct str id = text(node, STR("ref_id")), rest = text(node, STR("urn")), part;
    if (!id.n)
        while (str_cut(&rest, ':', &part)) id = part;
    struct str wanted = id = one_line(l->cx, id);
    for (size_t again = 2;; again++) {
        bool taken = false;
        for (size_t i = 0; i < l->n; i++) taken = taken || str_eq(l->controls[i].id, wanted);
        if (!taken) return wanted;
        wanted = arena_printf(&l->cx->arena, STR_FMT " (%zu)", STR_ARG(id), again);
    }
}

static enum rc take_node(struct library *l, const struct yaml_node *nodes, const struct yaml_node *node)
{
    struct str urn = text(node, STR("urn")), name = text(node, STR("name"));
    bool assessable = yaml_bool(yaml_get(node, STR("assessable")), false);
    if (node->kind != YAML_MAPPING || !urn.n)
        return fail(l->cx, E_INVALID, "line %d: a requirement has no urn", node->line);
    if (!assessable && !has_children(nodes, urn)) {
        l->told->notes++;
        return OK;
    }
    struct control c = {.urn = urn, .parent = text(node, STR("parent_urn")), .heading = !assessable};
    c.id = id_of(l, node);
    c.title = one_line(l->cx, name.n ? name : text(node, STR("description")));
    c.group = group_of(l, c.parent);
    return add(l, c, node->line);
}

static size_t mapped(const struct yaml_node *objects)
{
    size_t n = 0;
    const struct yaml_node *sets = yaml_get(objects, STR("requirement_mapping_sets"));
    const struct yaml_node *one = yaml_get(objects, STR("requirement_mapping_set"));
    for (size_t i = 0; i < count(sets); i++) n += count(yaml_get(sets->items[i], STR("requirement_mappings")));
    return n + count(yaml_get(one, STR("requirement_mappings")));
}

static enum rc read_library(struct library *l, const struct yaml_node *top)
{
    const struct yaml_node *objects = yaml_get(top, STR("objects")), *fw = yaml_get(objects, STR("framework"));
    const struct yaml_node *all = yaml_get(objects, STR("frameworks"));
    if (!fw && count(all)) fw = all->items[0];
    l->told->references = count(yaml_get(objects, STR("reference_controls")));
    l->told->threats = count(yaml_get(objects, STR("threats")));
    l->told->matrices = count(yaml_get(objects, STR("risk_matrix")));
    l->told->mappings = mapped(objects);
    const struct yaml_node *nodes = yaml_get(fw, STR("requirement_nodes"));
    if (!count(nodes))
        return fail(l->cx, E_NOTFOUND, "the library holds no framework (%zu reference controls, %zu mapped pairs)",
                    l->told->references, l->told->mappings);
    if (count(all) > 1) return fail(l->cx, E_INVALID, "line %d: several frameworks in one library", all->line);
    l->key = key_of(l->cx, text(fw, STR("ref_id")));
    l->title = l->name = one_line(l->cx, text(fw, STR("name")));
    l->edition = one_line(l->cx, text(top, STR("version")));
    const struct yaml_node *fi = yaml_get(yaml_get(fw, STR("translations")), STR("fi"));
    l->title_fi = one_line(l->cx, text(fi, STR("name")));
    if (!l->name.n) return fail(l->cx, E_INVALID, "line %d: the framework has no name", fw->line);
    if (!l->edition.n) l->edition = STR("1");
    for (size_t i = 0; i < nodes->n; i++) TRY(take_node(l, nodes, nodes->items[i]));
    return OK;
}

/* --- OWASP ASVS, as its project publishes it in JSON: chapters, sections, requirements */

static struct str json_text(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR("");
}

static enum rc take_items(struct library *l, const json_t *items, struct str group, int depth)
{
    size_t i;
    const json_t *item;
    json_array_foreach(items, i, item)
    {
        const json_t *below = json_object_get(item, "Items");
        struct str name = json_text(item, "Name"), what = json_text(item, "Description");
        struct control c = {.id = one_line(l->cx, json_text(item, "Shortcode")), .group = group};
        c.title = one_line(l->cx, json_array_size(below) && name.n ? name : what.n ? what : name);
        c.heading = json_array_size(below) > 0;
        if (!c.id.n) return fail(l->cx, E_INVALID, "a requirement has no Shortcode");
        TRY(add(l, c, 0));
        if (c.heading && depth < 4) TRY(take_items(l, below, c.id, depth + 1));
    }
    return OK;
}

static enum rc read_asvs(struct library *l, const json_t *top)
{
    const json_t *items = json_object_get(top, "Requirements");
    struct str version = json_text(top, "Version"), name = json_text(top, "ShortName");
    if (!json_is_array(items) || !version.n || !name.n)
        return fail(l->cx, E_INVALID, "this JSON is no ASVS: ShortName, Version and Requirements are expected");
    l->name = one_line(l->cx, arena_printf(&l->cx->arena, "OWASP " STR_FMT, STR_ARG(name)));
    l->edition = one_line(l->cx, version);
    l->title = one_line(l->cx, json_text(top, "Name"));
    if (!l->title.n) l->title = l->name;
    l->key = key_of(l->cx, arena_printf(&l->cx->arena, "owasp-" STR_FMT "-" STR_FMT, STR_ARG(name), STR_ARG(version)));
    return take_items(l, items, STR(""), 0);
}

enum rc library_read(struct ctx *cx, struct str given, int order, struct buf *out, struct library_told *told)
{
    struct library l = {.cx = cx, .told = told, .title_fi = STR("")};
    struct str start = str_trim(given);
    *told = (struct library_told){0};
    if (start.n && start.p[0] == '{') {
        json_error_t error;
        if (given.n > LIMIT_YAML_LARGE) return fail(cx, E_LIMIT, "the file is over 8 MiB");
        json_t *top = json_loadb(given.p, given.n, JSON_REJECT_DUPLICATES, &error);
        if (!top) return fail(cx, E_INVALID, "line %d: %s", error.line, str_visible(cx, str_from(error.text)));
        enum rc rc = read_asvs(&l, top);
        if (rc == OK) rc = write_all(&l, order, out);
        json_decref(top);
        TRY(rc);
    } else {
        struct yaml y;
        TRY(yaml_read_large(cx, given, &y));
        if (!y.n || y.documents[0]->kind != YAML_MAPPING || !yaml_get(y.documents[0], STR("objects")))
            return fail(cx, E_INVALID, "the file is no library: urn, name and objects are expected");
        TRY(read_library(&l, y.documents[0]));
        TRY(write_all(&l, order, out));
    }
    told->key = arena_str(&cx->arena, l.key);
    told->name = arena_str(&cx->arena, l.name);
    return OK;
}
