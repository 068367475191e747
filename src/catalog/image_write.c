#include "base/digest.h"
#include "base/limits.h"
#include "catalog/image.h"
#include "catalog/library.h"
#include "catalog/metric.h"
#include "catalog/record.h"

#include <stdlib.h>

/* Strings are put into the pool once: tasks repeat theirs a lot. */
struct writer {
    struct buf records, pool;
    struct seen *seen; /* open addressing; cap is a power of two */
    size_t n_seen, cap;
    struct arena *a;
};

struct seen {
    bool used;
    uint32_t offset, n;
};

static void put_u32(struct buf *b, uint64_t v)
{
    unsigned char bytes[4] = {v & 0xff, v >> 8 & 0xff, v >> 16 & 0xff, v >> 24 & 0xff};
    if (v > UINT32_MAX) b->failed = true;
    buf_add(b, bytes, sizeof bytes);
}

static struct seen *slot(struct writer *w, struct str s)
{
    uint64_t h = 14695981039346656037ULL;
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211ULL;
    for (size_t i = (h ^ h >> 29) & (w->cap - 1);; i = (i + 1) & (w->cap - 1)) {
        struct seen *e = &w->seen[i];
        if (!e->used || str_eq(s, (struct str){w->pool.p + e->offset, e->n})) return e;
    }
}

static void room(struct writer *w)
{
    if (w->n_seen * 2 < w->cap) return;
    struct seen *old = w->seen;
    size_t n = w->cap;
    w->cap = n ? n * 2 : 1024;
    w->seen = arena_array(w->a, struct seen, w->cap);
    for (size_t i = 0; i < n; i++)
        if (old[i].used) *slot(w, (struct str){w->pool.p + old[i].offset, old[i].n}) = old[i];
}

static void put_str(struct writer *w, struct str s)
{
    if (s.n == 0) {
        put_u32(&w->records, 0);
        put_u32(&w->records, 0);
        return;
    }
    room(w);
    struct seen *e = slot(w, s);
    if (!e->used) {
        *e = (struct seen){true, (uint32_t)w->pool.n, (uint32_t)s.n};
        buf_str(&w->pool, s);
        if (w->pool.failed) {
            e->used = false;
            return;
        }
        w->n_seen++;
    }
    put_u32(&w->records, e->offset);
    put_u32(&w->records, e->n);
}

static void put_langs(struct writer *w, const struct str text[LANG_COUNT])
{
    for (int i = 0; i < LANG_COUNT; i++) put_str(w, text[i]);
}

static void put_strs(struct writer *w, const struct str *p, size_t n)
{
    put_u32(&w->records, n);
    for (size_t i = 0; i < n; i++) put_str(w, p[i]);
}

static void put_framework(struct writer *w, const struct catalog_framework *f)
{
    put_str(w, f->key);
    put_str(w, f->name);
    put_str(w, f->edition);
    put_langs(w, f->title);
    put_str(w, f->urn);
    put_str(w, f->nodes);
    put_u32(&w->records, f->legacy);
    put_u32(&w->records, f->n_controls);
    for (size_t i = 0; i < f->n_controls; i++) {
        const struct catalog_control *c = &f->controls[i];
        put_str(w, c->id);
        put_str(w, c->title);
        put_str(w, c->group);
        put_str(w, c->node);
        put_u32(&w->records, (c->heading ? 1U : 0U) | (c->outside ? 2U : 0U));
    }
}

static void put_obligation(struct writer *w, const struct catalog_obligation *o)
{
    put_str(w, o->key);
    put_u32(&w->records, (uint64_t)o->point);
    put_u32(&w->records, o->strength);
    put_u32(&w->records, o->aspect);
    put_u32(&w->records, o->type);
    put_u32(&w->records, (o->check ? 1U : 0U) | (o->enabled ? 2U : 0U));
    put_langs(w, o->text);
    put_langs(w, o->message);
    put_langs(w, o->fix);
    put_langs(w, o->settles);
    put_str(w, o->sql);
    put_str(w, o->evidence);
    put_str(w, o->blind_spots);
    put_str(w, o->org.sql);
    put_str(w, o->org.evidence);
    put_str(w, o->org.blind_spots);
    put_langs(w, o->org.message);
    put_langs(w, o->org.fix);
    put_str(w, o->org.gate);
    put_strs(w, o->needs, o->n_needs);
}

static void put_task(struct writer *w, const struct catalog *c, const struct catalog_task *t)
{
    put_str(w, t->key);
    put_u32(&w->records, (uint64_t)t->order);
    put_str(w, t->theme);
    put_str(w, t->policy);
    put_langs(w, t->theme_title);
    put_langs(w, t->policy_title);
    put_u32(&w->records, t->priority);
    put_langs(w, t->title);
    put_langs(w, t->summary);
    put_u32(&w->records, t->n_controls);
    for (size_t i = 0; i < t->n_controls; i++) {
        const struct catalog_mapping *m = &t->controls[i];
        put_u32(&w->records, (uint64_t)(m->framework - c->frameworks));
        put_u32(&w->records, (uint64_t)(m->control - m->framework->controls));
        put_str(w, m->source);
    }
    put_u32(&w->records, t->n_obligations);
    for (size_t i = 0; i < t->n_obligations; i++) put_obligation(w, &t->obligations[i]);
}

/* Integers go as two halves. */
static void put_i64(struct writer *w, int64_t v)
{
    put_u32(&w->records, (uint64_t)v & UINT32_MAX);
    put_u32(&w->records, (uint64_t)v >> 32);
}

static void put_schema(struct writer *w, const struct catalog_schema *s)
{
    put_u32(&w->records, s->type);
    put_i64(w, s->least);
    put_i64(w, s->most);
    put_str(w, s->pattern);
    put_strs(w, s->values, s->n_values);
    put_u32(&w->records, s->n_fields);
    for (size_t i = 0; i < s->n_fields; i++) {
        put_str(w, s->fields[i].name);
        put_u32(&w->records, s->fields[i].required);
        put_schema(w, &s->fields[i].schema);
    }
    if (s->type == SCHEMA_ARRAY) put_schema(w, s->items);
}

static void put_kind(struct writer *w, const struct catalog_kind *k)
{
    put_str(w, k->key);
    put_langs(w, k->title);
    put_u32(&w->records,
            (k->kept ? 1U : 0U) | (k->reserved ? 2U : 0U) | (k->replaces ? 4U : 0U) | (k->by_request ? 8U : 0U));
    put_u32(&w->records, k->subjects);
    put_schema(w, &k->payload);
    put_strs(w, k->subject_fields, k->n_subject_fields);
    put_strs(w, k->different, k->n_different);
    put_strs(w, k->define, k->n_define);
    put_strs(w, k->project, k->n_project);
    put_strs(w, k->tables, k->n_tables);
    put_strs(w, k->views, k->n_views);
}

static void put_choices(struct writer *w, const struct record_choice *p, size_t n)
{
    put_u32(&w->records, n);
    for (size_t i = 0; i < n; i++) {
        put_str(w, p[i].key);
        put_langs(w, p[i].title);
    }
}

static void put_fields(struct writer *w, const struct record_field *f, size_t n)
{
    put_u32(&w->records, n);
    for (size_t i = 0; i < n; i++, f++) {
        put_str(w, f->key);
        put_u32(&w->records, f->type);
        put_langs(w, f->label);
        put_langs(w, f->help);
        put_u32(&w->records, (f->required ? 1U : 0U) | (f->many ? 2U : 0U));
        put_str(w, f->when);
        put_str(w, f->is);
        put_langs(w, f->unit);
        put_choices(w, f->choices, f->n_choices);
        put_strs(w, f->to, f->n_to);
        put_strs(w, f->due, f->n_due);
        put_fields(w, f->columns, f->n_columns);
    }
}

static void put_move(struct writer *w, const struct record_move *m)
{
    put_str(w, m->key);
    put_langs(w, m->title);
    put_u32(&w->records, m->from);
    put_u32(&w->records, (uint64_t)m->to);
    put_u32(&w->records, (uint64_t)m->people);
    put_u32(&w->records, (m->approves ? 1U : 0U) | (m->reason ? 2U : 0U));
    put_strs(w, m->who, m->n_who);
    put_strs(w, m->other_than, m->n_other_than);
    put_strs(w, m->needs, m->n_needs);
}

static void put_record(struct writer *w, const struct record_kind *k)
{
    put_str(w, k->key);
    put_str(w, k->prefix);
    put_langs(w, k->title);
    put_langs(w, k->plural);
    put_langs(w, k->summary);
    put_strs(w, k->tasks, k->n_tasks);
    put_fields(w, k->fields, k->n_fields);
    put_u32(&w->records, k->n_states);
    for (size_t i = 0; i < k->n_states; i++) {
        put_str(w, k->states[i].key);
        put_langs(w, k->states[i].title);
        put_u32(&w->records, k->states[i].phase);
        put_u32(&w->records, (uint64_t)(k->states[i].edit + 1));
    }
    put_u32(&w->records, k->n_moves);
    for (size_t i = 0; i < k->n_moves; i++) put_move(w, &k->moves[i]);
    put_u32(&w->records, (uint64_t)k->review_days);
    put_strs(w, k->accept, k->n_accept);
}

static void put_template(struct writer *w, const struct record_template *t)
{
    put_str(w, t->kind);
    put_str(w, t->key);
    put_langs(w, t->title);
    put_langs(w, t->about);
    put_langs(w, t->hint);
    put_strs(w, t->shows, t->n_shows);
    put_langs(w, t->content);
}

static void put_metric(struct writer *w, const struct catalog_metric *m)
{
    put_str(w, m->key);
    put_u32(&w->records, (uint64_t)m->order);
    put_langs(w, m->title);
    put_langs(w, m->summary);
    put_u32(&w->records, m->type);
    put_langs(w, m->unit);
    put_u32(&w->records, m->higher);
    put_u32(&w->records, (uint64_t)m->window);
    put_strs(w, m->shows, m->n_shows);
    put_str(w, m->sql);
    put_str(w, m->evidence);
    put_str(w, m->blind_spots);
}

static void put_control_at(struct writer *w, const struct catalog *c, const struct catalog_framework *f,
                           const struct catalog_control *control)
{
    put_u32(&w->records, (uint64_t)(f - c->frameworks));
    put_u32(&w->records, (uint64_t)(control - f->controls));
}

static void put_library(struct writer *w, const struct catalog *c, const struct catalog_library *l)
{
    put_str(w, l->key);
    put_str(w, l->urn);
    put_str(w, l->name);
    put_str(w, l->provider);
    put_u32(&w->records, (uint64_t)l->version);
    put_u32(&w->records, l->n_references);
    for (size_t i = 0; i < l->n_references; i++) {
        const struct catalog_reference *r = &l->references[i];
        put_str(w, r->urn);
        put_str(w, r->id);
        put_str(w, r->name);
        put_str(w, r->category);
        put_str(w, r->function);
    }
    put_u32(&w->records, l->n_suggestions);
    for (size_t i = 0; i < l->n_suggestions; i++) {
        put_control_at(w, c, l->suggestions[i].framework, l->suggestions[i].control);
        put_u32(&w->records, (uint64_t)(l->suggestions[i].reference - l->references));
    }
    put_u32(&w->records, l->n_pairs);
    for (size_t i = 0; i < l->n_pairs; i++) {
        const struct catalog_pair *p = &l->pairs[i];
        put_control_at(w, c, p->from_framework, p->from);
        put_control_at(w, c, p->to_framework, p->to);
        put_u32(&w->records, p->relation);
        put_str(w, p->set);
        put_str(w, p->rationale);
        put_u32(&w->records, (uint64_t)(p->strength + 1));
    }
}

static void put_all(struct writer *w, const struct catalog *c)
{
    put_u32(&w->records, c->n_frameworks);
    for (size_t i = 0; i < c->n_frameworks; i++) put_framework(w, &c->frameworks[i]);
    put_u32(&w->records, c->n_tasks);
    for (size_t i = 0; i < c->n_tasks; i++) put_task(w, c, &c->tasks[i]);
    put_u32(&w->records, c->n_presets);
    for (size_t i = 0; i < c->n_presets; i++) {
        put_str(w, c->presets[i].key);
        put_langs(w, c->presets[i].title);
        put_strs(w, c->presets[i].adopts, c->presets[i].n_adopts);
    }
    put_u32(&w->records, c->n_kinds);
    for (size_t i = 0; i < c->n_kinds; i++) put_kind(w, &c->kinds[i]);
    put_u32(&w->records, c->n_records);
    for (size_t i = 0; i < c->n_records; i++) put_record(w, &c->records[i]);
    put_u32(&w->records, c->n_templates);
    for (size_t i = 0; i < c->n_templates; i++) put_template(w, &c->templates[i]);
    put_u32(&w->records, c->n_metrics);
    for (size_t i = 0; i < c->n_metrics; i++) put_metric(w, &c->metrics[i]);
    put_u32(&w->records, c->n_libraries);
    for (size_t i = 0; i < c->n_libraries; i++) put_library(w, c, &c->libraries[i]);
}

enum rc image_write(struct ctx *cx, const struct catalog *c, struct buf *out)
{
    struct writer w = {.a = &cx->arena};
    buf_init(&w.records, LIMIT_CATALOG_IMAGE);
    buf_init(&w.pool, LIMIT_CATALOG_IMAGE);
    put_all(&w, c);
    if (!w.records.failed && !w.pool.failed) {
        buf_cstr(out, IMAGE_MAGIC);
        put_u32(out, IMAGE_VERSION);
        put_u32(out, IMAGE_HEADER + w.records.n + w.pool.n + IMAGE_DIGEST);
        put_u32(out, w.records.n);
        put_u32(out, w.pool.n);
        buf_str(out, buf_view(&w.records));
        buf_str(out, buf_view(&w.pool));
        struct digest d;
        uint8_t sum[IMAGE_DIGEST];
        digest_init(&d);
        digest_add(&d, buf_view(out));
        digest_final(&d, sum);
        buf_add(out, sum, sizeof sum);
    }
    bool failed = w.records.failed || w.pool.failed || out->failed || out->n > LIMIT_CATALOG_IMAGE;
    buf_release(&w.records);
    buf_release(&w.pool);
    return failed ? fail(cx, E_LIMIT, "the compiled catalog would be over %llu bytes", LIMIT_CATALOG_IMAGE) : OK;
}
