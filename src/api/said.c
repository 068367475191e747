#include "api/said.h"

#include "api/show.h"

/* Whether the two are one, asked of very many: only editions of one framework are compared by their urns. */
static bool is_one(struct ctx *cx, const struct catalog_framework *f, const struct catalog_control *c,
                   const struct control *d)
{
    if (f == d->framework) return c == d->control;
    return f->urn.n && str_eq(f->urn, d->framework->urn) && catalog_same_control(cx, f, c, d->framework, d->control);
}

static void add(struct ctx *cx, struct said *s, size_t *room, struct said_pair p)
{
    if (s->n == *room) {
        size_t more = *room ? 2 * *room : 32;
        struct said_pair *bigger = arena_array(&cx->arena, struct said_pair, more);
        if (s->n) memcpy(bigger, s->pairs, s->n * sizeof *bigger);
        s->pairs = bigger;
        *room = more;
    }
    s->pairs[s->n++] = p;
}

struct said said_of(struct ctx *cx, const struct catalog *catalog, const struct control *c)
{
    struct said s = {0};
    size_t room = 0;
    for (size_t i = 0; i < catalog->n_libraries; i++) {
        const struct catalog_library *l = &catalog->libraries[i];
        for (size_t k = 0; k < l->n_pairs; k++) {
            const struct catalog_pair *p = &l->pairs[k];
            if (is_one(cx, p->from_framework, p->from, c))
                add(cx, &s, &room, (struct said_pair){l, p, {p->to_framework, p->to}, p->relation});
            else if (is_one(cx, p->to_framework, p->to, c))
                add(cx, &s, &room,
                    (struct said_pair){l, p, {p->from_framework, p->from}, relation_turned(p->relation)});
        }
    }
    return s;
}

bool **said_marks(struct ctx *cx, const struct catalog *catalog, const struct said *said)
{
    bool **marks = arena_array(&cx->arena, bool *, catalog->n_frameworks + 1);
    for (size_t i = 0; i < catalog->n_frameworks; i++)
        marks[i] = arena_calloc(&cx->arena, catalog->frameworks[i].n_controls + 1, sizeof **marks);
    for (size_t i = 0; i < said->n; i++) {
        const struct control *o = &said->pairs[i].other;
        marks[o->framework - catalog->frameworks][o->control - o->framework->controls] = true;
    }
    return marks;
}

static void put_library(struct api_call *call, const struct catalog_library *l)
{
    json_put_str(&call->out, "library", l->name);
    json_put_str(&call->out, "library_urn", l->urn);
    json_put_int(&call->out, "version", l->version);
}

/* Libraries often say the same from both ends: once is enough. */
static bool said_before(struct ctx *cx, const struct said *said, size_t n, const struct control *other)
{
    for (size_t i = 0; i < n; i++)
        if (said->pairs[i].library == said->pairs[n].library && said->pairs[i].relation == said->pairs[n].relation &&
            is_one(cx, said->pairs[i].other.framework, said->pairs[i].other.control, other))
            return true;
    return false;
}

void said_put_mappings(struct ctx *cx, struct api_call *call, const struct said *said, const struct control *other)
{
    struct json *j = &call->out;
    json_key(j, "mappings");
    json_begin(j, '[');
    for (size_t i = 0; i < said->n; i++) {
        const struct said_pair *s = &said->pairs[i];
        if (!is_one(cx, s->other.framework, s->other.control, other) || said_before(cx, said, i, other)) continue;
        json_begin(j, '{');
        put_library(call, s->library);
        json_put_str(j, "set", s->pair->set);
        json_put_cstr(j, "relation", relation_name(s->relation));
        show_text(j, "rationale", s->pair->rationale);
        json_key(j, "strength");
        if (s->pair->strength < 0)
            json_nil(j);
        else
            json_int(j, s->pair->strength);
        json_end(j, '}');
    }
    json_end(j, ']');
}

void said_put_references(struct ctx *cx, struct api_call *call, const struct control *c)
{
    struct json *j = &call->out;
    json_key(j, "references");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_libraries; i++) {
        const struct catalog_library *l = &call->catalog->libraries[i];
        for (size_t k = 0; k < l->n_suggestions; k++) {
            const struct catalog_suggestion *s = &l->suggestions[k];
            if (!is_one(cx, s->framework, s->control, c)) continue;
            json_begin(j, '{');
            json_put_str(j, "id", s->reference->id);
            show_text(j, "name", s->reference->name);
            show_text(j, "category", s->reference->category);
            show_text(j, "function", s->reference->function);
            json_put_str(j, "urn", s->reference->urn);
            put_library(call, l);
            json_end(j, '}');
        }
    }
    json_end(j, ']');
}
