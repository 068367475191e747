#include "api/code_critical.h"

#include "api/show.h"
#include "base/json_read.h"
#include "gates/critical.h"
#include "store/store.h"

static enum rc put_people(struct ctx *cx, struct api_call *call, const struct critical_need *n)
{
    struct json *j = &call->out;
    json_key(j, "owners");
    json_begin(j, '[');
    for (size_t i = 0; i < n->n_owners; i++) {
        struct str name;
        TRY(identity_name(cx, call->ledger, n->owners[i], &name));
        show_person_item(j, n->owners[i], name);
    }
    json_end(j, ']');
    return OK;
}

/* "CRI-4 Sign-in"; of CODEOWNERS its path. */
static enum rc put_title(struct ctx *cx, struct api_call *call, const struct critical_need *n)
{
    scoped_stmt *st = NULL;
    bool row = false;
    if (n->number) {
        TRY(store_prepare(cx, call->ledger, STR("SELECT title FROM fact_record WHERE subject = ?1"), &st));
        store_bind_str(st, 1, n->source);
        TRY(store_step(cx, st, &row));
    }
    json_put_str(
        &call->out, "title",
        row ? arena_printf(&cx->arena, "CRI-%lld " STR_FMT, (long long)n->number, STR_ARG(store_column_str(st, 0)))
            : n->source);
    return OK;
}

static enum rc put_need(struct ctx *cx, struct api_call *call, const struct critical_need *n)
{
    struct json *j = &call->out;
    bool mine = false;
    json_begin(j, '{');
    json_put_str(j, "source", n->number ? n->source : STR_NONE);
    TRY(put_title(cx, call, n));
    if (n->line)
        json_put_int(j, "line", n->line);
    else
        json_put_cstr(j, "line", NULL);
    json_put_int(j, "files", n->files);
    json_key(j, "paths");
    json_begin(j, '[');
    for (size_t i = 0; i < n->n_paths; i++) json_str(j, str_from(str_visible(cx, n->paths[i])));
    json_end(j, ']');
    json_put_bool(j, "met", critical_is_met(n));
    json_put_int(j, "wanted", n->wanted);
    json_put_int(j, "approvals", n->approvals);
    json_put_int(j, "unticked", n->unticked);
    json_put_bool(j, "known", n->known > 0);
    TRY(put_people(cx, call, n));
    for (size_t i = 0; i < n->n_owners; i++) mine |= str_eq(n->owners[i], call->who.person);
    json_put_bool(j, "mine", mine);
    json_key(j, "checklist");
    json_begin(j, '[');
    for (size_t i = 0; i < n->n_items; i++) {
        json_begin(j, '{');
        json_put_cstr(j, "key", n->items[i].key);
        json_put_str(j, "text", n->items[i].text);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

static enum rc put_candidates(struct ctx *cx, struct api_call *call, const struct gate_place *place,
                              const struct push *push)
{
    struct json *j = &call->out;
    struct critical_candidate *found = arena_array(&cx->arena, struct critical_candidate, CRITICAL_CANDIDATES);
    struct git *g = NULL;
    size_t n = 0;
    TRY(hosted_open(cx, place->path, NULL, &g));
    const struct push_ref *r = &push->refs[0];
    enum rc rc = critical_candidates(cx, call->ledger, g, place->subject, r->before, r->after, found, &n);
    git_close(g);
    TRY(rc);
    for (size_t i = 0; i < n; i++) {
        json_begin(j, '{');
        json_put_str(j, "path", str_from(str_visible(cx, found[i].path)));
        json_put_cstr(j, "hint", found[i].hint);
        json_end(j, '}');
    }
    return OK;
}

enum rc code_critical_put(struct ctx *cx, struct api_call *call, const struct gate_place *place,
                          const struct push *push)
{
    struct json *j = &call->out;
    json_key(j, "critical");
    json_begin(j, '[');
    for (size_t i = 0; push && i < push->n_needs; i++) TRY(put_need(cx, call, &push->needs[i]));
    json_end(j, ']');
    json_key(j, "candidates");
    json_begin(j, '[');
    if (push && push->n) TRY(put_candidates(cx, call, place, push));
    json_end(j, ']');
    return OK;
}

enum rc code_critical_ticked(struct ctx *cx, struct api_call *call, struct str **out, size_t *n)
{
    const json_t *list = json_object_get(call->body, "ticked");
    *out = arena_array(&cx->arena, struct str, json_array_size(list) + 1);
    *n = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct str key = json_text(json_array_get(list, i));
        bool twice = false;
        for (size_t k = 0; k < *n; k++) twice |= str_eq((*out)[k], key);
        if (!twice) (*out)[(*n)++] = key;
    }
    return OK;
}
