#include "exchange/library_int.h"

#include "base/json.h"

#define MOST_CONTROLS 20000
#define MOST_TITLE 400

/* --- writing */

void library_put(struct buf *out, struct str s)
{
    struct json j;
    json_init(&j, out, false);
    json_str(&j, s);
}

struct str library_line_of(struct ctx *cx, struct str s)
{
    char *p = arena_alloc(&cx->arena, s.n + 4);
    size_t n = 0;
    for (size_t i = 0, step; i < s.n; i += step) {
        uint32_t cp;
        step = str_char(s, i, &cp);
        if (!step) break;
        bool space = cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r';
        if (n + step > MOST_TITLE - 3) { /* the ellipsis fits too */
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

/* How its urn ends, where that is not its id. */
static struct str node_of(struct ctx *cx, const struct library *l, const struct library_control *c)
{
    if (!c->urn.n || !l->nodes.n) return STR("");
    if (!str_starts(c->urn, l->nodes)) return c->urn;
    struct str end = str_slice(c->urn, l->nodes.n, c->urn.n);
    return str_eq(end, library_lower(cx, c->id)) ? STR("") : end;
}

static void write_control(struct buf *out, const struct library *l, const struct library_control *c)
{
    struct str node = node_of(l->cx, l, c);
    buf_cstr(out, "  - {id: ");
    library_put(out, c->id);
    if (c->title.n) {
        buf_cstr(out, ", title: ");
        library_put(out, c->title);
    }
    if (c->group.n) {
        buf_cstr(out, ", group: ");
        library_put(out, c->group);
    }
    if (node.n) {
        buf_cstr(out, ", node: ");
        library_put(out, node);
    }
    buf_cstr(out, c->heading ? ", heading: true}\n" : "}\n");
}

enum rc library_framework(struct ctx *cx, struct library *l, int order, struct buf *out, struct library_told *told)
{
    if (!l->framework) return fail(cx, E_NOTFOUND, "the library holds no framework");
    buf_printf(out, "key: " STR_FMT "\norder: %d\nname: ", STR_ARG(l->key), order);
    library_put(out, l->name);
    buf_cstr(out, "\nedition: ");
    library_put(out, l->edition);
    buf_cstr(out, "\ntitle: {en: ");
    library_put(out, l->title);
    buf_cstr(out, ", fi: ");
    library_put(out, l->title_fi.n ? l->title_fi : l->title);
    buf_cstr(out, "}\n");
    if (l->urn.n && l->nodes.n) {
        buf_cstr(out, "urn: ");
        library_put(out, l->urn);
        buf_cstr(out, "\nnodes: ");
        library_put(out, l->nodes);
        buf_cstr(out, "\n");
    }
    buf_cstr(out, "legacy: false\ncontrols:\n");
    for (size_t i = 0; i < l->n; i++) {
        write_control(out, l, &l->controls[i]);
        if (l->controls[i].heading)
            told->headings++;
        else
            told->controls++;
    }
    told->framework = l->key;
    told->framework_name = l->name;
    told->notes = l->notes;
    if (l->top) {
        const struct yaml_node *objects = yaml_get(l->top, STR("objects"));
        told->threats = library_count(yaml_get(objects, STR("threats")));
        told->matrices = library_count(yaml_get(objects, STR("risk_matrix")));
    }
    return buf_ok(out);
}

struct str library_key_of(struct ctx *cx, struct str name, size_t most)
{
    char *p = arena_alloc(&cx->arena, 64);
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < most; i++) {
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

struct str library_lower(struct ctx *cx, struct str s)
{
    char *p = arena_alloc(&cx->arena, s.n + 1);
    for (size_t i = 0; i < s.n; i++) p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
    return (struct str){p, s.n};
}

/* --- what was seen */

struct library_words {
    struct str *words;
    size_t *numbers, room; /* a power of two, at most half full */
};

struct library_words *library_words_new(struct ctx *cx, size_t most)
{
    struct library_words *w = arena_new(&cx->arena, struct library_words);
    size_t room = 16;
    while (room < 2 * most) room *= 2;
    *w = (struct library_words){arena_calloc(&cx->arena, room, sizeof *w->words),
                                arena_calloc(&cx->arena, room, sizeof *w->numbers), room};
    return w;
}

size_t *library_word(struct library_words *w, struct str word, bool add)
{
    uint64_t h = 14695981039346656037ULL; /* FNV-1a */
    for (size_t i = 0; i < word.n; i++) h = (h ^ (unsigned char)word.p[i]) * 1099511628211ULL;
    size_t i = (h ^ (h >> 32)) & (w->room - 1);
    while (w->words[i].p && !str_eq(w->words[i], word)) i = (i + 1) & (w->room - 1);
    if (!w->words[i].p && !add) return NULL;
    if (!w->words[i].p) w->words[i] = word.p ? word : STR("");
    return &w->numbers[i];
}

enum rc library_add(struct library *l, struct library_control c, int line)
{
    if (!l->controls) {
        l->controls = arena_array(&l->cx->arena, struct library_control, MOST_CONTROLS);
        l->ids = library_words_new(l->cx, MOST_CONTROLS);
        l->urns = library_words_new(l->cx, MOST_CONTROLS);
    }
    if (l->n == MOST_CONTROLS) return fail(l->cx, E_LIMIT, "line %d: more than %d requirements", line, MOST_CONTROLS);
    *library_word(l->ids, c.id, true) += 1;
    *library_word(l->urns, c.urn, true) = l->n + 1;
    l->controls[l->n++] = c;
    return OK;
}

/* --- CISO Assistant's libraries */

size_t library_count(const struct yaml_node *list)
{
    return list && list->kind == YAML_SEQUENCE ? list->n : 0;
}

struct str library_text(const struct yaml_node *m, struct str key)
{
    const struct yaml_node *n = yaml_get(m, key);
    struct str s = yaml_is_null(n) ? STR("") : yaml_text(n);
    return s.p ? s : STR("");
}

/* The nearest heading above; what is assessed itself is none. */
static struct str group_of(const struct library *l, struct str parent)
{
    for (size_t steps = 0; parent.n && steps < 64; steps++) {
        const size_t *at = l->urns ? library_word(l->urns, parent, false) : NULL;
        if (!at) return STR("");
        const struct library_control *c = &l->controls[*at - 1];
        if (c->heading) return c->id;
        parent = c->parent;
    }
    return STR("");
}

static struct str id_of(struct library *l, const struct yaml_node *node)
{
    struct str id = library_text(node, STR("ref_id")), rest = library_text(node, STR("urn")), part;
    if (!id.n)
        while (str_cut(&rest, ':', &part)) id = part;
    struct str wanted = id = library_line_of(l->cx, id);
    size_t *times = l->ids ? library_word(l->ids, id, false) : NULL;
    if (!times) return id;
    for (size_t again = *times + 1; library_word(l->ids, wanted, false); again++) {
        wanted = arena_printf(&l->cx->arena, STR_FMT " (%zu)", STR_ARG(id), again);
        *times = again;
    }
    return wanted;
}

static enum rc take_node(struct library *l, const struct yaml_node *node)
{
    struct str urn = library_text(node, STR("urn")), name = library_text(node, STR("name"));
    bool assessable = yaml_bool(yaml_get(node, STR("assessable")), false);
    if (node->kind != YAML_MAPPING || !urn.n)
        return fail(l->cx, E_INVALID, "line %d: a requirement has no urn", node->line);
    if (!assessable && !library_word(l->parents, urn, false)) {
        l->notes++;
        return OK;
    }
    struct library_control c = {.urn = library_lower(l->cx, urn),
                                .parent = library_lower(l->cx, library_text(node, STR("parent_urn"))),
                                .heading = !assessable};
    c.id = id_of(l, node);
    c.title = library_line_of(l->cx, name.n ? name : library_text(node, STR("description")));
    c.group = group_of(l, c.parent);
    return library_add(l, c, node->line);
}

static enum rc read_library(struct library *l, const struct yaml_node *top)
{
    const struct yaml_node *objects = yaml_get(top, STR("objects")), *fw = yaml_get(objects, STR("framework"));
    const struct yaml_node *all = yaml_get(objects, STR("frameworks"));
    l->top = top;
    if (!fw && library_count(all)) fw = all->items[0];
    const struct yaml_node *nodes = yaml_get(fw, STR("requirement_nodes"));
    if (!fw || !library_count(nodes)) return OK;
    if (library_count(all) > 1) return fail(l->cx, E_INVALID, "line %d: several frameworks in one library", all->line);
    l->framework = true;
    l->urn = library_line_of(l->cx, library_lower(l->cx, library_text(fw, STR("urn"))));
    l->key = library_key_of(l->cx, library_text(fw, STR("ref_id")), 40);
    l->title = l->name = library_line_of(l->cx, library_text(fw, STR("name")));
    l->edition = library_line_of(l->cx, library_text(top, STR("version")));
    const struct yaml_node *fi = yaml_get(yaml_get(fw, STR("translations")), STR("fi"));
    l->title_fi = library_line_of(l->cx, library_text(fi, STR("name")));
    if (!l->name.n) return fail(l->cx, E_INVALID, "line %d: the framework has no name", fw->line);
    if (!l->edition.n) l->edition = STR("1");
    l->parents = library_words_new(l->cx, nodes->n);
    for (size_t i = 0; i < nodes->n; i++)
        (void)library_word(l->parents, library_text(nodes->items[i], STR("parent_urn")), true);
    for (size_t i = 0; i < nodes->n; i++) TRY(take_node(l, nodes->items[i]));
    struct str first = l->n ? l->controls[0].urn : STR("");
    while (first.n && first.p[first.n - 1] != ':') first.n--;
    l->nodes = first;
    return OK;
}

enum rc library_take(struct ctx *cx, struct str given, struct library **out)
{
    struct library *l = *out = arena_new(&cx->arena, struct library);
    *l = (struct library){.cx = cx};
    struct str start = str_trim(given);
    if (start.n && start.p[0] == '{') return library_read_asvs_json(l, given);
    if (library_is_asvs_csv(given)) return library_read_asvs_csv(l, given);
    struct yaml y;
    TRY(yaml_read_large(cx, given, &y));
    if (y.n_faults) /* a key that stands twice: which of the two is meant? */
        return fail(cx, E_INVALID, "line %d: " STR_FMT, y.faults[0].line, STR_ARG(y.faults[0].text));
    if (!y.n || y.documents[0]->kind != YAML_MAPPING || !yaml_get(y.documents[0], STR("objects")))
        return fail(cx, E_INVALID, "the file is no library: urn, name and objects are expected");
    TRY(read_library(l, y.documents[0]));
    if (!l->framework && !library_has_rest(l))
        return fail(cx, E_NOTFOUND, "the library holds no framework, no reference controls and no mapped pairs");
    return OK;
}

bool library_has_framework(const struct library *l)
{
    return l->framework;
}

/* Letters, digits and what RFC 8141 admits besides; others' libraries have letters of every language. */
static bool is_urn(struct str s)
{
    if (!str_starts(s, STR("urn:")) || s.n < 7) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || strchr("<>\"`\\^{}|", s.p[i])) return false;
    return true;
}

enum rc library_head(struct ctx *cx, const struct library *l, struct library_head *out)
{
    *out = (struct library_head){.key = l->key,
                                 .urn = STR(""),
                                 .name = l->name,
                                 .provider = STR(""),
                                 .licence = STR(""),
                                 .edition = l->framework ? l->edition : STR(""),
                                 .framework = l->framework ? l->key : STR("")};
    if (!l->top) {
        out->provider = STR("OWASP");
        return OK;
    }
    int64_t version = 0;
    struct str id = library_text(l->top, STR("ref_id"));
    out->urn = library_line_of(cx, library_lower(cx, library_text(l->top, STR("urn"))));
    out->name = library_line_of(cx, library_text(l->top, STR("name")));
    out->provider = library_line_of(cx, library_text(l->top, STR("provider")));
    out->licence = library_line_of(cx, library_text(l->top, STR("copyright")));
    if (!out->urn.n || !out->name.n)
        return fail(cx, E_INVALID, "line %d: the library has no %s", l->top->line, out->urn.n ? "name" : "urn");
    if (!is_urn(out->urn) || (l->framework && l->urn.n && !is_urn(l->urn)))
        return fail(cx, E_INVALID, "line %d: this is no urn: %s", l->top->line,
                    str_visible(cx, is_urn(out->urn) ? l->urn : out->urn));
    if (!str_to_i64(library_text(l->top, STR("version")), 0, 1000000, &version))
        return fail(cx, E_INVALID, "line %d: the library's version is no whole number", l->top->line);
    out->version = (int)version;
    out->key = library_key_of(cx, id.n ? id : out->name, 64);
    return OK;
}
