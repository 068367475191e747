/* What was found in a push, as its fact has it. */
#include "gates/push_scan.h"

void push_put_spot(struct json *j, const struct push_spot *s)
{
    if (s->found_in) json_put_cstr(j, "found_in", s->found_in);
    if (s->object.n) json_put_str(j, "object", s->object);
}

void push_put_hits(struct ctx *cx, struct json *j, const struct push *p)
{
    json_key(j, "hits");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_hits; i++) {
        const struct push_hit *h = &p->hits[i];
        json_begin(j, '{');
        json_put_str(j, "ref", push_subject(cx, p->place, p->refs[h->ref].name));
        json_put_str(j, "path", h->path);
        json_put_int(j, "line", h->line);
        json_put_cstr(j, "rule", h->rule);
        push_put_spot(j, &h->spot);
        json_end(j, '}');
    }
    json_end(j, ']');
}

void push_put_personal(struct json *j, const struct push *p)
{
    json_key(j, "personal");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_personal; i++) {
        json_begin(j, '{');
        json_put_str(j, "path", p->personal[i].path);
        json_put_int(j, "line", p->personal[i].line);
        json_put_cstr(j, "rule", p->personal[i].rule);
        json_put_int(j, "items", p->personal[i].items);
        push_put_spot(j, &p->personal[i].spot);
        json_end(j, '}');
    }
    json_end(j, ']');
}

void push_put_unread(struct json *j, const struct push *p)
{
    json_key(j, "unread");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_unread; i++) {
        json_begin(j, '{');
        json_put_str(j, "path", p->unread[i].path);
        json_put_cstr(j, "why", p->unread[i].why);
        json_end(j, '}');
    }
    json_end(j, ']');
}
