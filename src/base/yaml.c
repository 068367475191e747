#include "base/yaml.h"

#include "base/limits.h"

#include <libfyaml.h>

#include <stdlib.h>

/* The parser's events are folded into nodes on a stack of open collections, so our own code never recurses on input.
 * An anchor is registered when its node is complete: an alias within its own node finds nothing and is a fault, so no
 * cycle can arise. Sizes and heights are counted with aliases written out, which is what bounds a walk. */

struct frame { /* an open sequence or mapping */
    struct yaml_node *node;
    struct yaml_pair *pairs;
    const struct yaml_node **items;
    size_t cap;
    struct str anchor;
    struct str key; /* of the pair under way */
    int key_line;
    bool has_key, skip; /* skip: the pair under way is dropped (a duplicate, or its key is no scalar) */
};

/* One table of names for all: a mapping's keys (owner: the mapping) and a document's anchors (owner: none). Open
 * addressing; files of strangers may have mappings of a hundred thousand keys. */
struct name {
    const void *owner;
    struct str name;
    const struct yaml_node *node; /* of an anchor */
    unsigned document;
    bool used;
};

struct reader {
    struct ctx *cx;
    struct arena *a;
    enum yaml_mode mode;
    unsigned most; /* nodes */
    struct frame stack[LIMIT_YAML_DEPTH];
    int depth;
    size_t events;
    struct name *names; /* cap_names is a power of two */
    size_t n_names, cap_names;
    struct yaml_fault *faults;
    size_t n_faults;
    const struct yaml_node **documents;
    size_t n_documents, cap_documents;
    const struct yaml_node *root; /* of the document under way */
    struct fy_token_iter *iter;
    struct buf scratch;
    enum rc rc;
};

static void *grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) return old;
    size_t more = *cap ? *cap * 2 : 8;
    void *p = arena_calloc(a, more, size);
    if (n) memcpy(p, old, n * size);
    *cap = more;
    return p;
}

static void fault(struct reader *r, int line, struct str text, const char *remedy)
{
    if (r->n_faults >= YAML_FAULTS_MAX) return;
    r->faults[r->n_faults++] = (struct yaml_fault){line, text, str_from(remedy)};
}

/* A fault after which nothing more is read. */
static void stop(struct reader *r, enum rc rc, int line, struct str text, const char *remedy)
{
    if (r->rc != OK) return;
    if (r->n_faults == YAML_FAULTS_MAX) r->n_faults--;
    fault(r, line, text, remedy);
    r->rc = fail(r->cx, rc, "line %d: " STR_FMT, line, STR_ARG(text));
}

static int token_line(struct fy_token *t, int otherwise)
{
    const struct fy_mark *mark = t ? fy_token_start_mark(t) : NULL;
    return mark ? mark->line + 1 : otherwise;
}

/* Read piece by piece: asked for the text as a whole, libfyaml 0.7.12 gives back memory it never wrote for some block
 * scalars at the top of a document, because it counts their length in another way than it writes them. */
static struct str token_text(struct reader *r, struct fy_token *t)
{
    buf_clear(&r->scratch);
    if (t) {
        const struct fy_iter_chunk *piece = NULL;
        int error = 0;
        fy_token_iter_start(t, r->iter);
        while ((piece = fy_token_iter_chunk_next(r->iter, piece, &error)) != NULL)
            buf_add(&r->scratch, piece->str, piece->len);
        fy_token_iter_finish(r->iter);
        if (error || r->scratch.failed)
            stop(r, E_LIMIT, token_line(t, 0), STR("a text that cannot be read"), "shorten it");
    }
    return arena_str(r->a, buf_view(&r->scratch));
}

static int event_line(struct fy_event *e)
{
    const struct fy_mark *mark = fy_event_start_mark(e);
    return mark ? mark->line + 1 : 0;
}

static struct str shown(struct reader *r, const char *what, struct str name)
{
    return arena_printf(r->a, "%s \"%s\"", what, str_visible(r->cx, name));
}

static struct frame *top(struct reader *r)
{
    return r->depth ? &r->stack[r->depth - 1] : NULL;
}

/* The slot of a name: used, or the free one where it belongs. */
static struct name *slot(struct name *names, size_t cap, const void *owner, unsigned document, struct str name)
{
    uint64_t h = 14695981039346656037ULL ^ (uintptr_t)owner ^ document;
    for (size_t i = 0; i < name.n; i++) h = (h ^ (unsigned char)name.p[i]) * 1099511628211ULL;
    h ^= h >> 29;
    for (size_t i = h & (cap - 1);; i = (i + 1) & (cap - 1)) {
        struct name *s = &names[i];
        if (!s->used || (s->owner == owner && s->document == document && str_eq(s->name, name))) return s;
    }
}

static struct name *name_slot(struct reader *r, const void *owner, struct str name)
{
    if (r->n_names * 2 >= r->cap_names) {
        size_t cap = r->cap_names ? r->cap_names * 2 : 64;
        struct name *names = arena_array(r->a, struct name, cap);
        for (size_t i = 0; i < r->cap_names; i++) {
            struct name *old = &r->names[i];
            if (old->used) *slot(names, cap, old->owner, old->document, old->name) = *old;
        }
        r->names = names;
        r->cap_names = cap;
    }
    return slot(r->names, r->cap_names, owner, (unsigned)r->n_documents, name);
}

static void name_put(struct reader *r, const void *owner, struct str name, const struct yaml_node *node)
{
    struct name *s = name_slot(r, owner, name);
    if (!s->used) r->n_names++;
    *s = (struct name){owner, name, node, (unsigned)r->n_documents, true};
}

/* A mapping's next child is a key. */
static bool wants_key(const struct frame *f)
{
    return f && f->node->kind == YAML_MAPPING && !f->has_key;
}

static void take_key(struct reader *r, struct frame *f, const struct yaml_node *n)
{
    f->has_key = true;
    f->skip = false;
    f->key = n->text;
    f->key_line = n->line;
    if (n->kind != YAML_SCALAR) {
        fault(r, n->line, STR("a key that is a list or mapping"), "use a plain word as the key");
        f->skip = true;
    } else if (name_slot(r, f->node, n->text)->used) {
        fault(r, n->line, shown(r, "duplicate key", n->text), "keep one of them");
        f->skip = true;
    } else if (r->mode == YAML_STRICT && str_eq(n->text, STR("<<")) && n->style == YAML_PLAIN) {
        fault(r, n->line, STR("a merge key (<<)"), "write the keys out");
        f->skip = true;
    } else {
        name_put(r, f->node, n->text, NULL);
    }
}

static void count(struct reader *r, struct yaml_node *into, const struct yaml_node *child)
{
    into->size = child->size > r->most - into->size ? r->most + 1 : into->size + child->size;
    if (child->height + 1 > into->height) into->height = child->height + 1;
    if (into->size > r->most)
        stop(r, E_LIMIT, child->line, STR("too many nodes once aliases are written out"), "split the file");
}

/* Puts a complete node where it belongs. */
static void put(struct reader *r, const struct yaml_node *n)
{
    struct frame *f = top(r);
    if (!f) {
        r->root = n;
        return;
    }
    if (r->depth + n->height > LIMIT_YAML_DEPTH) {
        stop(r, E_LIMIT, n->line, STR("nested too deep once aliases are written out"), "nest less");
        return;
    }
    if (wants_key(f)) {
        take_key(r, f, n);
        return;
    }
    if (f->node->kind == YAML_MAPPING) {
        f->has_key = false;
        if (f->skip) return;
        f->pairs = grow(r->a, f->pairs, f->node->n, &f->cap, sizeof *f->pairs);
        f->pairs[f->node->n++] = (struct yaml_pair){f->key, f->key_line, n};
    } else {
        f->items = grow(r->a, f->items, f->node->n, &f->cap, sizeof *f->items);
        f->items[f->node->n++] = n;
    }
    count(r, f->node, n);
}

/* The anchor's name; STR_NONE when the node has none. Anchors and tags are faults of strict files. */
static struct str properties(struct reader *r, struct fy_event *e, struct yaml_node *n)
{
    struct fy_token *anchor = fy_event_get_anchor_token(e), *tag = fy_event_get_tag_token(e);
    if (tag) {
        n->tag = token_text(r, tag);
        if (r->mode == YAML_STRICT)
            fault(r, token_line(tag, n->line), shown(r, "a tag", n->tag), "leave it out: values are read as text");
    }
    if (!anchor) return STR_NONE;
    struct str name = token_text(r, anchor);
    if (r->mode == YAML_STRICT)
        fault(r, token_line(anchor, n->line), shown(r, "an anchor", name), "write the value where it is needed");
    return name;
}

static struct yaml_node *node_new(struct reader *r, enum yaml_kind kind, int line)
{
    struct yaml_node *n = arena_new(r->a, struct yaml_node);
    *n = (struct yaml_node){.kind = kind, .line = line, .text = STR(""), .size = 1, .height = 1};
    return n;
}

static enum yaml_style style_of(struct fy_token *t)
{
    switch (t ? fy_token_scalar_style(t) : FYSS_PLAIN) {
    case FYSS_SINGLE_QUOTED:
    case FYSS_DOUBLE_QUOTED:
        return YAML_QUOTED;
    case FYSS_LITERAL:
    case FYSS_FOLDED:
        return YAML_BLOCK;
    case FYSS_ANY:
    case FYSS_PLAIN:
    case FYSS_MAX:
    default:
        return YAML_PLAIN;
    }
}

static void on_scalar(struct reader *r, struct fy_event *e)
{
    struct frame *f = top(r);
    int line = event_line(e);
    if (!line) line = f ? (f->has_key ? f->key_line : f->node->line) : 1; /* an empty value has no place of its own */
    struct yaml_node *n = node_new(r, YAML_SCALAR, line);
    struct fy_token *t = fy_event_get_token(e);
    n->text = token_text(r, t);
    n->style = style_of(t);
    struct str anchor = properties(r, e, n);
    if (anchor.p) name_put(r, NULL, anchor, n);
    put(r, n);
}

static void on_alias(struct reader *r, struct fy_event *e)
{
    struct str name = token_text(r, fy_event_get_token(e));
    int line = event_line(e);
    struct name *s = name_slot(r, NULL, name);
    const struct yaml_node *found = s->used ? s->node : NULL;
    if (r->mode == YAML_STRICT) {
        fault(r, line, shown(r, "an alias", name), "write the value out");
        found = found ? found : node_new(r, YAML_SCALAR, line);
    }
    if (!found)
        stop(r, E_INVALID, line, shown(r, "no complete anchor stands before the alias", name),
             "define the anchor first");
    else
        put(r, found);
}

static void on_open(struct reader *r, struct fy_event *e, enum yaml_kind kind)
{
    int line = event_line(e);
    if (r->depth == LIMIT_YAML_DEPTH) {
        stop(r, E_LIMIT, line, STR("nested too deep"), "nest less");
        return;
    }
    struct yaml_node *n = node_new(r, kind, line);
    struct str anchor = properties(r, e, n);
    r->stack[r->depth++] = (struct frame){.node = n, .anchor = anchor};
}

static void on_close(struct reader *r)
{
    struct frame *f = top(r);
    if (!f) return;
    if (f->node->kind == YAML_MAPPING)
        f->node->pairs = f->pairs;
    else
        f->node->items = f->items;
    r->depth--;
    if (f->anchor.p) name_put(r, NULL, f->anchor, f->node); /* the last one of a name counts */
    put(r, f->node);
}

static void on_document_end(struct reader *r, int line)
{
    if (!r->root) return;
    if (r->mode == YAML_STRICT && r->n_documents) {
        stop(r, E_INVALID, line, STR("a second document"), "keep one document per file");
        return;
    }
    r->documents = grow(r->a, r->documents, r->n_documents, &r->cap_documents, sizeof(void *));
    r->documents[r->n_documents++] = r->root;
    r->root = NULL;
}

static void on_event(struct reader *r, struct fy_event *e)
{
    if (++r->events > r->most) {
        stop(r, E_LIMIT, event_line(e), STR("too many nodes"), "split the file");
        return;
    }
    switch (e->type) {
    case FYET_SCALAR:
        on_scalar(r, e);
        break;
    case FYET_ALIAS:
        on_alias(r, e);
        break;
    case FYET_SEQUENCE_START:
        on_open(r, e, YAML_SEQUENCE);
        break;
    case FYET_MAPPING_START:
        on_open(r, e, YAML_MAPPING);
        break;
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        on_close(r);
        break;
    case FYET_DOCUMENT_END:
        on_document_end(r, event_line(e));
        break;
    case FYET_NONE:
    case FYET_STREAM_START:
    case FYET_STREAM_END:
    case FYET_DOCUMENT_START:
    default:
        break;
    }
}

/* The parser's own words for what it could not read. */
static void syntax_fault(struct reader *r, struct fy_diag *diag)
{
    void *at = NULL;
    struct fy_diag_error *e = fy_diag_errors_iterate(diag, &at);
    struct str text = e && e->msg ? str_trim(str_from(e->msg)) : STR("this is not YAML");
    stop(r, E_INVALID, e && e->line >= 0 ? e->line + (e->line == 0) : 0, str_from(str_visible(r->cx, text)),
         "check indentation, quotes and brackets near it");
}

static void parse(struct reader *r, struct str text)
{
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.level = FYET_ERROR;
    struct fy_diag *diag = fy_diag_create(&quiet);
    struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE, .diag = diag};
    struct fy_parser *parser = diag ? fy_parser_create(&cfg) : NULL;
    r->iter = fy_token_iter_create(NULL);
    buf_init(&r->scratch, 2 * text.n + KIB);
    if (!parser || !r->iter || fy_parser_set_string(parser, text.p, text.n) != 0) {
        r->rc = fail(r->cx, E_IO, "out of memory while reading YAML");
    } else {
        fy_diag_set_collect_errors(diag, true);
        struct fy_event *e = NULL;
        while (r->rc == OK && (e = fy_parser_parse(parser)) != NULL) {
            on_event(r, e);
            fy_parser_event_free(parser, e);
        }
        if (r->rc == OK && fy_parser_get_stream_error(parser)) syntax_fault(r, diag);
    }
    fy_token_iter_destroy(r->iter);
    buf_release(&r->scratch);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
}

/* What the parser need not see: bytes that are no text. */
static int bad_line(struct str text)
{
    int line = 1;
    for (struct str rest = text, part; str_cut(&rest, '\n', &part); line++) {
        if (!str_is_utf8(part)) return line;
        for (size_t i = 0; i < part.n; i++) {
            unsigned char c = (unsigned char)part.p[i];
            if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f) return line;
        }
    }
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The character at i; behind the end a line break, as the parser sees it. */
static char at(struct str s, size_t i)
{
    return i < s.n ? s.p[i] : '\n';
}

/* libfyaml 0.7.12 frees an object twice when, under an explicit key (`? `), a value is set off by a tab and then starts
 * a block (`? r:<tab>|`). Nobody writes that; a text that might be so is not given to it. Returns the line, 0 none. */
static int tab_line(struct str s)
{
    bool explicit_key = false;
    int line = 1, found = 0;
    for (size_t i = 0; i < s.n; i++) {
        line += s.p[i] == '\n';
        if (s.p[i] == '?' && is_blank(at(s, i + 1)) && (i == 0 || is_blank(s.p[i - 1]) || strchr("[{,", s.p[i - 1])))
            explicit_key = true;
        if (s.p[i] != ':' || found) continue;
        size_t next = i + 1;
        bool tab = false;
        for (; next < s.n && (s.p[next] == ' ' || s.p[next] == '\t'); next++) tab = tab || s.p[next] == '\t';
        char c = at(s, next);
        if (tab && (next >= s.n || strchr("?:|>", c) || (c == '-' && is_blank(at(s, next + 1))))) found = line;
    }
    return explicit_key ? found : 0;
}

/* The parser looks ahead from the start again for each character of white space, of a tag with escapes, and of a
 * directive, so long ones take it minutes. The line on which one is too long; 0 none. */
static int run_line(struct str s)
{
    int line = 1;
    size_t blanks = 0, word = 0, start = 0; /* start: of the line */
    bool tag = false;
    for (size_t i = 0; i < s.n; i++) {
        bool blank = is_blank(s.p[i]);
        if (i && (s.p[i - 1] == '\n' || s.p[i - 1] == '\r')) start = i;
        bool directive = s.p[start] == '%' && i - start > LIMIT_YAML_RUN;
        blanks = blank ? blanks + 1 : 0;
        word = blank ? 0 : word + 1;
        tag = !blank && (tag || s.p[i] == '!');
        if (blanks > LIMIT_YAML_RUN || (word > LIMIT_YAML_RUN && tag) || directive) return line;
        line += s.p[i] == '\n';
    }
    return 0;
}

static enum rc read_text(struct ctx *cx, struct str text, enum yaml_mode mode, size_t bytes, unsigned nodes,
                         struct yaml *out)
{
    struct reader *r = arena_new(&cx->arena, struct reader);
    *r = (struct reader){.cx = cx, .a = &cx->arena, .mode = mode, .most = nodes};
    r->faults = arena_array(r->a, struct yaml_fault, YAML_FAULTS_MAX);
    int bad = bad_line(text);
    if (text.n > bytes)
        stop(r, E_LIMIT, 0, bytes == LIMIT_YAML_FILE ? STR("the text is over 512 KiB") : STR("the text is too long"),
             "split the file");
    else if (bad)
        stop(r, E_INVALID, bad, STR("bytes that are not UTF-8 text"),
             "save the file as UTF-8 without control characters");
    else if (run_line(text))
        stop(r, E_LIMIT, run_line(text), STR("white space, a tag or a directive of over 1000 characters"),
             "shorten it");
    else if (tab_line(text))
        stop(r, E_INVALID, tab_line(text), STR("a tab between : and a block, in a text with explicit keys (?)"),
             "use a space");
    else if (text.n)
        parse(r, text);
    *out = (struct yaml){r->documents, r->n_documents, r->faults, r->n_faults};
    return r->rc;
}

enum rc yaml_read(struct ctx *cx, struct str text, enum yaml_mode mode, struct yaml *out)
{
    return read_text(cx, text, mode, LIMIT_YAML_FILE, LIMIT_YAML_NODES, out);
}

enum rc yaml_read_large(struct ctx *cx, struct str text, struct yaml *out)
{
    return read_text(cx, text, YAML_LENIENT, LIMIT_YAML_LARGE, LIMIT_YAML_LARGE_NODES, out);
}
