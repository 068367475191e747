/* Which lines ran: LCOV's tracefile (geninfo(1)), and Cobertura's XML. */
#include "evidence/readers.h"

#include "base/limits.h"

static enum rc give(struct reading *r, struct str path, int64_t line, bool ran)
{
    r->out->lines++;
    r->out->covered += ran;
    return r->sink->line ? r->sink->line(r->sink->arg, path, line, ran) : OK;
}

/* --- LCOV */

struct lcov {
    struct reading *r;
    char path[LIMIT_PATH];
    size_t n_path; /* of the section that is open */
    bool open, any;
};

static bool is_record(struct str key)
{
    static const char *const keys[] = {"TN",   "VER", "FN",  "FNL", "FNA", "FNDA", "FNF", "FNH",
                                       "BRDA", "BRF", "BRH", "LF",  "LH",  "MCDC", "MCF", "MCH"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_eq(key, str_from(keys[i]))) return true;
    return false;
}

/* "DA:line,times[,checksum]" */
static enum rc take_line(struct lcov *l, struct str rest)
{
    struct str number, times;
    int64_t line, n;
    bool good = str_cut(&rest, ',', &number) && str_cut(&rest, ',', &times) &&
                str_to_i64(number, 0, INT32_MAX, &line) && str_to_i64(times, INT64_MIN / 2, INT64_MAX / 2, &n);
    if (!good) return input_wrong(l->r->cx, l->r->in, "DA: wants a line and how often it ran");
    return give(l->r, (struct str){l->path, l->n_path}, line, n > 0);
}

static enum rc take_text(struct lcov *l, struct str text)
{
    struct input *in = l->r->in;
    struct ctx *cx = l->r->cx;
    struct str rest = text, key;
    if (str_ends(text, STR("\r"))) text.n = rest.n = text.n - 1;
    if (!text.n || text.p[0] == '#') return OK;
    if (str_eq(text, STR("end_of_record"))) {
        l->open = false;
        return OK;
    }
    if (!str_cut(&rest, ':', &key)) return input_wrong(cx, in, "no record of LCOV");
    if (str_eq(key, STR("SF"))) {
        if (!rest.n || rest.n >= sizeof l->path || !str_is_utf8(rest))
            return input_wrong(cx, in, "SF: wants a path in UTF-8");
        memcpy(l->path, rest.p, rest.n);
        l->n_path = rest.n;
        l->open = l->any = true;
        return OK;
    }
    if (str_eq(key, STR("DA"))) {
        if (!l->open) return input_wrong(cx, in, "a line outside a file's section");
        return take_line(l, rest);
    }
    return is_record(key) ? OK : input_wrong(cx, in, "no record of LCOV");
}

/* Lines of up to LIMIT_LINE_SCAN; one lies in two pieces. */
enum rc read_lcov(struct reading *r)
{
    struct lcov *l = arena_new(&r->cx->arena, struct lcov);
    struct input *in = r->in;
    scoped_buf over;
    bool more = true;
    r->out->type = EVIDENCE_LCOV;
    l->r = r;
    buf_init(&over, LIMIT_LINE_SCAN);
    for (;;) {
        TRY(input_more(r->cx, in, &more));
        if (!more) break;
        const char *from = (const char *)in->piece + in->at;
        const char *end = memchr(from, '\n', in->n - in->at);
        size_t n = end ? (size_t)(end - from) : in->n - in->at;
        struct str text = {from, n};
        if (over.n || !end) {
            buf_add(&over, from, n);
            if (over.failed) return input_wrong(r->cx, in, "a line that is too long");
            text = buf_view(&over);
        }
        if (end) {
            TRY(take_text(l, text));
            buf_clear(&over);
            in->line++;
        }
        in->at += n + (end != NULL);
    }
    if (over.n) TRY(take_text(l, buf_view(&over)));
    if (l->open) return input_wrong(r->cx, in, "it ends in the middle: end_of_record is missing");
    return l->any ? OK : input_wrong(r->cx, in, "it names no file");
}

/* --- Cobertura */

struct cobertura {
    struct reading *r;
    char path[LIMIT_PATH];
    size_t n_path;
    int class_at, lines_at; /* depths of what is open; -1: nothing is. Lines of methods stand in the class's too */
};

static enum rc begin_class(struct cobertura *c, const struct xml_element *e)
{
    struct str path = xml_attribute(e, "filename");
    if (!path.n || path.n >= sizeof c->path) return fail(c->r->cx, E_INVALID, "a class without a filename");
    memcpy(c->path, path.p, path.n);
    c->n_path = path.n;
    c->class_at = e->depth;
    return OK;
}

static enum rc take(void *arg, const struct xml_element *e, bool at_end)
{
    struct cobertura *c = arg;
    if (at_end) {
        if (e->depth == c->class_at) c->class_at = -1;
        if (e->depth == c->lines_at) c->lines_at = -1;
        return OK;
    }
    if (str_eq(e->name, STR("class")) && c->class_at < 0) return begin_class(c, e);
    if (c->class_at < 0) return OK;
    if (str_eq(e->name, STR("lines")) && e->depth == c->class_at + 1) c->lines_at = e->depth;
    if (!str_eq(e->name, STR("line")) || c->lines_at < 0 || e->depth != c->lines_at + 1) return OK;
    int64_t number, times;
    if (!str_to_i64(xml_attribute(e, "number"), 0, INT32_MAX, &number) ||
        !str_to_i64(xml_attribute(e, "hits"), INT64_MIN / 2, INT64_MAX / 2, &times))
        return fail(c->r->cx, E_INVALID, "a line of %s without number or hits",
                    str_visible(c->r->cx, (struct str){c->path, c->n_path}));
    return give(c->r, (struct str){c->path, c->n_path}, number, times > 0);
}

enum rc read_cobertura(struct reading *r)
{
    struct cobertura *c = arena_new(&r->cx->arena, struct cobertura);
    const struct xml_walk w = {take, c};
    c->r = r;
    c->class_at = c->lines_at = -1;
    r->out->type = EVIDENCE_COBERTURA;
    return xml_walk(r->cx, &w, r->in);
}
