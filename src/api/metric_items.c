/* Items that are begun from metrics: of the register of metrics, and management reviews. They begin as drafts: what
 * nobody has thought about counts for nothing. */
#include "api/item.h"
#include "api/metric.h"
#include "base/time.h"
#include "store/store.h"

#define CYCLE 90 /* days between two presentations, to begin with */

static enum rc kind_of(struct ctx *cx, struct api_call *call, const char *key, const struct record_kind **out)
{
    *out = catalog_find_record(call->catalog, str_from(key));
    return *out ? OK
                : api_fail(cx, call, E_NOTFOUND, "this catalog has no register for it",
                           "luettelossa ei ole rekisteriä tälle");
}

/* --- adopting */

static struct str metric_content(struct ctx *cx, const struct catalog_metric *m, enum lang lang)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "measure", m->key);
    json_put_str(&j, "formula", m->summary[lang]);
    json_put_cstr(&j, "direction", m->higher ? "higher" : "lower");
    json_put_int(&j, "cycle", CYCLE);
    json_end(&j, '}');
    return arena_str(&cx->arena, buf_view(&b));
}

static bool is_followed(const struct metric_items *items, struct str key)
{
    for (size_t i = 0; i < items->n; i++)
        if (str_eq(items->p[i].measure, key) && !str_eq(items->p[i].phase, STR("closed"))) return true;
    return false;
}

struct choice {
    struct records_draft *drafts;
    const struct catalog_metric **there;
    size_t n, n_there;
};

static enum rc read_choice(struct ctx *cx, struct api_call *call, const struct record_kind *k, struct choice *c)
{
    json_t *keys = json_object_get(call->body, "metrics"), *key;
    size_t i;
    struct metric_items items;
    c->drafts = arena_array(&cx->arena, struct records_draft, json_array_size(keys) + 1);
    c->there = arena_array(&cx->arena, const struct catalog_metric *, json_array_size(keys) + 1);
    TRY(metric_items_read(cx, call, &items));
    json_array_foreach(keys, i, key)
    {
        const struct catalog_metric *m = catalog_find_metric(call->catalog, str_from(json_string_value(key)));
        bool twice = false;
        if (!m)
            return api_fail(cx, call, E_NOTFOUND, "there is no metric \"%s\"", "mittaria \"%s\" ei ole",
                            str_visible(cx, str_from(json_string_value(key))));
        for (size_t n = 0; n < i; n++) twice = twice || json_equal(json_array_get(keys, n), key);
        if (twice) continue;
        if (is_followed(&items, m->key)) {
            c->there[c->n_there++] = m;
            continue;
        }
        c->drafts[c->n++] = (struct records_draft){.kind = k,
                                                   .title = m->title[call->lang],
                                                   .owner = call->who.person,
                                                   .content = metric_content(cx, m, call->lang),
                                                   .origin = STR("")};
    }
    return OK;
}

API_OPERATION(metrics_adopt)
{
    struct json *j = &call->out;
    struct choice c = {0};
    const struct record_kind *k;
    struct records_by by = item_by(call);
    TRY(kind_of(cx, call, "metric", &k));
    TRY(read_choice(cx, call, k, &c));
    struct records_answer *done = arena_array(&cx->arena, struct records_answer, c.n + 1);
    if (c.n) TRY(records_start(cx, call->facts, call->catalog, &by, c.drafts, c.n, done));
    json_begin(j, '{');
    json_key(j, "begun");
    json_begin(j, '[');
    for (size_t i = 0; i < c.n; i++) json_str(j, done[i].subject);
    json_end(j, ']');
    json_key(j, "there");
    json_begin(j, '[');
    for (size_t i = 0; i < c.n_there; i++) json_str(j, c.there[i]->key);
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* --- a review */

/* "- Open findings: 3 (target 0, alarm 10)" */
static void put_line(struct ctx *cx, struct api_call *call, const struct metric_item *i, const struct metric_now *now,
                     struct buf *out)
{
    static const char *const words[LANG_COUNT][3] = {{"nothing to measure", "target", "alarm"},
                                                     {"ei mitattavaa", "tavoite", "hälytysraja"}};
    const char *const *w = words[call->lang];
    const struct catalog_metric *m = catalog_find_metric(call->catalog, i->measure);
    const struct metric_now *n = m ? &now[m - call->catalog->metrics] : NULL;
    buf_printf(out, "- " STR_FMT, STR_ARG(i->title));
    if (m) buf_printf(out, ": %s", n->measured ? metric_figure(cx, m, n->value, call->lang) : w[0]);
    if (i->target.n) buf_printf(out, " (%s " STR_FMT, w[1], STR_ARG(i->target));
    if (i->target.n && i->alarm.n) buf_printf(out, ", %s " STR_FMT, w[2], STR_ARG(i->alarm));
    buf_cstr(out, i->target.n ? ")\n" : "\n");
}

static struct str review_content(struct ctx *cx, struct api_call *call, const struct metric_items *items,
                                 const struct metric_now *now)
{
    scoped_buf b;
    scoped_buf lines;
    struct json j;
    char date[32];
    buf_init(&b, 0);
    buf_init(&lines, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "held", time_format_date(call->now, date));
    json_key(&j, "metrics");
    json_begin(&j, '[');
    for (size_t i = 0; i < items->n; i++) {
        if (!str_eq(items->p[i].phase, STR("in_force"))) continue;
        json_str(&j, items->p[i].subject);
        put_line(cx, call, &items->p[i], now, &lines);
    }
    json_end(&j, ']');
    json_put_str(&j, "observations", buf_view(&lines));
    json_end(&j, '}');
    return arena_str(&cx->arena, buf_view(&b));
}

API_OPERATION(metrics_review)
{
    struct metric_items items;
    struct metric_now *now;
    const struct record_kind *k;
    struct records_by by = item_by(call);
    struct records_answer done;
    int64_t at;
    bool any = false;
    char date[32];
    TRY(kind_of(cx, call, "management_review", &k));
    TRY(metric_items_read(cx, call, &items));
    TRY(metric_now_read(cx, call, &now, &at));
    for (size_t i = 0; i < items.n; i++) any = any || str_eq(items.p[i].phase, STR("in_force"));
    if (!any)
        return api_fail(cx, call, E_CONFLICT, "no metric is in force yet; adopt some and have them approved",
                        "yksikään mittari ei ole vielä voimassa; ota mittareita käyttöön ja hyväksytä ne");
    const struct records_draft draft = {
        .kind = k,
        .title = arena_printf(&cx->arena, call->lang == LANG_FI ? "Johdon katselmus %s" : "Management review %s",
                              time_format_date(call->now, date)),
        .owner = call->who.person,
        .content = review_content(cx, call, &items, now),
        .origin = STR("")};
    TRY(records_start(cx, call->facts, call->catalog, &by, &draft, 1, &done));
    json_begin(&call->out, '{');
    json_put_str(&call->out, "subject", done.subject);
    json_end(&call->out, '}');
    return OK;
}
