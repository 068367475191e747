#include "cli/rules_gate.h"

#include <stdio.h>

#include "base/json.h"
#include "base/time.h"
#include "cli/common.h"

struct gathered {
    struct ctx *cx;
    struct replay_row *rows;
    size_t n, cap;
};

static enum rc gather(void *arg, const struct replay_row *row)
{
    struct gathered *g = arg;
    if (g->n == g->cap) {
        size_t cap = g->cap ? 2 * g->cap : 256;
        struct replay_row *more = arena_array(&g->cx->arena, struct replay_row, cap);
        for (size_t i = 0; i < g->n; i++) more[i] = g->rows[i];
        g->rows = more;
        g->cap = cap;
    }
    g->rows[g->n++] = *row;
    return OK;
}

static const char *who(struct ctx *cx, const struct replay_row *r)
{
    return r->person_name.n ? str_visible(cx, r->person_name) : r->person.n ? str_visible(cx, r->person) : "–";
}

static void print_text(struct ctx *cx, const struct rules_gate *r, const struct replay_point *p,
                       const struct gathered *g)
{
    int64_t shown = 0;
    printf(STR_FMT "/" STR_FMT " (%s): %lld of %lld would have been stopped", STR_ARG(p->obligation->task),
           STR_ARG(p->obligation->key), gate_mode_name(p->mode), (long long)p->would, (long long)p->judged);
    if (p->refused) printf(", %lld were refused", (long long)p->refused);
    putchar('\n');
    for (size_t i = g->n; i-- > 0 && shown < r->limit;) {
        const struct replay_row *row = &g->rows[i];
        char at[32];
        if (row->point != p) continue;
        shown++;
        printf("  %s  %s  ", time_format(row->at, at), who(cx, row));
        printf("%s ", str_visible(cx, row->name));
        printf("%s: ", str_visible(cx, row->ref));
        printf(STR_FMT "\n", STR_ARG(row->message));
    }
    if (p->would > shown) printf("  … %lld more; --limit shows more of them\n", (long long)(p->would - shown));
}

static void put_row(struct json *j, const struct replay_row *row)
{
    char at[32];
    json_begin(j, '{');
    json_put_cstr(j, "at", row->at ? time_format(row->at, at) : NULL);
    if (row->push >= 0) json_put_int(j, "event", row->push);
    json_put_str(j, "repository", row->repository);
    json_put_str(j, "repository_name", row->name);
    json_put_str(j, "ref", row->ref);
    json_put_str(j, "person", row->person);
    json_put_str(j, "person_name", row->person_name);
    json_put_str(j, "message", row->message);
    json_put_str(j, "fix", row->fix);
    json_end(j, '}');
}

static enum rc print_json(struct ctx *cx, const struct rules_gate *r, const struct replay_point *points, size_t n,
                          const struct gathered *g)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, 0);
    json_init(&j, &b, true);
    json_begin(&j, '{');
    json_put_cstr(&j, "gate", "push");
    json_put_int(&j, "days", r->days);
    json_key(&j, "points");
    json_begin(&j, '[');
    for (size_t i = 0; i < n; i++) {
        json_begin(&j, '{');
        json_put_str(&j, "point",
                     arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(points[i].obligation->task),
                                  STR_ARG(points[i].obligation->key)));
        json_put_cstr(&j, "mode", gate_mode_name(points[i].mode));
        json_put_int(&j, "judged", points[i].judged);
        json_put_int(&j, "would", points[i].would);
        json_put_int(&j, "refused", points[i].refused);
        json_key(&j, "rows");
        json_begin(&j, '[');
        for (size_t k = g->n; k-- > 0;)
            if (g->rows[k].point == &points[i]) put_row(&j, &g->rows[k]);
        json_end(&j, ']');
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_end(&j, '}');
    buf_char(&b, '\n');
    return common_print(cx, buf_view(&b));
}

enum rc rules_gate_print(struct ctx *cx, const struct rules_gate *r)
{
    struct gathered g = {.cx = cx};
    const struct replay_point *points;
    size_t n;
    const struct replay_wish w = {
        .now = r->now, .since = r->now - r->days * DAY_SECONDS, .repository = STR(""), .lang = r->lang};
    TRY(gate_replay(cx, r->facts, r->catalog, &w, gather, &g, &points, &n));
    if (r->json) return print_json(cx, r, points, n, &g);
    printf("What pushes of the last %lld days the gate would have stopped, had it blocked:\n", (long long)r->days);
    for (size_t i = 0; i < n; i++) print_text(cx, r, &points[i], &g);
    return OK;
}
