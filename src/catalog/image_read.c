#include "base/digest.h"
#include "base/limits.h"
#include "catalog/image.h"
#include "catalog/library.h"
#include "catalog/metric.h"
#include "catalog/owned.h"
#include "catalog/record.h"

#include <stdio.h>
#include <stdlib.h>

/* Reads u32 values one after the other; after the first bad one everything reads as zero and `bad` stays set. */
struct reader {
    struct arena *a;
    const unsigned char *p, *end;
    struct str pool;
    bool bad;
};

static uint32_t u32_at(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t get(struct reader *r, uint32_t max)
{
    if (r->bad || r->end - r->p < 4) {
        r->bad = true;
        return 0;
    }
    uint32_t v = u32_at(r->p);
    r->p += 4;
    if (v <= max) return v;
    r->bad = true;
    return 0;
}

/* How many things follow of which each takes at least `least` bytes: never more than there can be. */
static size_t get_count(struct reader *r, size_t least)
{
    size_t n = get(r, UINT32_MAX);
    if (n <= (size_t)(r->end - r->p) / least) return n;
    r->bad = true;
    return 0;
}

static struct str get_str(struct reader *r)
{
    size_t offset = get(r, UINT32_MAX), n = get(r, UINT32_MAX);
    if (r->bad || offset > r->pool.n || n > r->pool.n - offset) {
        r->bad = true;
        return STR("");
    }
    return (struct str){r->pool.p + offset, n};
}

static void get_langs(struct reader *r, struct str out[LANG_COUNT])
{
    for (int i = 0; i < LANG_COUNT; i++) out[i] = get_str(r);
}

static const struct str *get_strs(struct reader *r, size_t *n)
{
    *n = get_count(r, 8);
    struct str *p = arena_array(r->a, struct str, *n);
    for (size_t i = 0; i < *n; i++) p[i] = get_str(r);
    return p;
}

static void get_framework(struct reader *r, struct catalog_framework *f)
{
    f->key = get_str(r);
    f->name = get_str(r);
    f->edition = get_str(r);
    get_langs(r, f->title);
    f->urn = get_str(r);
    f->nodes = get_str(r);
    f->legacy = get(r, 1);
    f->n_controls = get_count(r, 36);
    struct catalog_control *c = arena_array(r->a, struct catalog_control, f->n_controls);
    f->controls = c;
    for (size_t i = 0; i < f->n_controls; i++, c++) {
        c->framework = f->key;
        c->id = get_str(r);
        c->title = get_str(r);
        c->group = get_str(r);
        c->node = get_str(r);
        uint32_t flags = get(r, 3);
        c->heading = flags & 1;
        c->outside = flags & 2;
    }
}

static void get_obligation(struct reader *r, struct str task, struct catalog_obligation *o)
{
    o->task = task;
    o->key = get_str(r);
    o->point = (int)get(r, 1000000);
    o->strength = (enum strength)get(r, STRENGTH_COUNT - 1);
    o->aspect = (enum aspect)get(r, ASPECT_COUNT - 1);
    o->type = (enum evidence_type)get(r, EVIDENCE_COUNT - 1);
    uint32_t flags = get(r, 3);
    o->check = flags & 1;
    o->enabled = flags & 2;
    get_langs(r, o->text);
    get_langs(r, o->message);
    get_langs(r, o->fix);
    get_langs(r, o->settles);
    o->sql = get_str(r);
    o->evidence = get_str(r);
    o->blind_spots = get_str(r);
    o->org.sql = get_str(r);
    o->org.evidence = get_str(r);
    o->org.blind_spots = get_str(r);
    get_langs(r, o->org.message);
    get_langs(r, o->org.fix);
    o->org.gate = get_str(r);
    o->needs = get_strs(r, &o->n_needs);
}

static void get_mapping(struct reader *r, const struct catalog *c, struct catalog_mapping *m)
{
    size_t framework = get(r, UINT32_MAX), control = get(r, UINT32_MAX);
    m->source = get_str(r);
    if (r->bad || framework >= c->n_frameworks || control >= c->frameworks[framework].n_controls) {
        r->bad = true;
        return;
    }
    m->framework = &c->frameworks[framework];
    m->control = &m->framework->controls[control];
}

static void get_task(struct reader *r, const struct catalog *c, struct catalog_task *t)
{
    t->key = get_str(r);
    t->order = (int)get(r, 1000000);
    t->theme = get_str(r);
    t->policy = get_str(r);
    get_langs(r, t->theme_title);
    get_langs(r, t->policy_title);
    t->priority = (enum priority)get(r, PRIORITY_COUNT - 1);
    get_langs(r, t->title);
    get_langs(r, t->summary);
    t->n_controls = get_count(r, 16);
    struct catalog_mapping *m = arena_array(r->a, struct catalog_mapping, t->n_controls);
    t->controls = m;
    for (size_t i = 0; i < t->n_controls; i++) get_mapping(r, c, &m[i]);
    t->n_obligations = get_count(r, 100);
    struct catalog_obligation *o = arena_array(r->a, struct catalog_obligation, t->n_obligations);
    t->obligations = o;
    for (size_t i = 0; i < t->n_obligations; i++) get_obligation(r, t->key, &o[i]);
}

static int64_t get_i64(struct reader *r)
{
    uint64_t low = get(r, UINT32_MAX), high = get(r, UINT32_MAX);
    return (int64_t)(high << 32 | low);
}

static void get_schema(struct reader *r, unsigned depth, struct catalog_schema *s)
{
    s->type = (enum schema_type)get(r, SCHEMA_COUNT - 1);
    s->least = get_i64(r);
    s->most = get_i64(r);
    s->pattern = get_str(r);
    s->values = get_strs(r, &s->n_values);
    s->n_fields = get_count(r, 48);
    if (depth > LIMIT_SCHEMA_DEPTH || (s->n_fields && s->type != SCHEMA_OBJECT)) r->bad = true;
    if (r->bad) {
        s->n_fields = 0;
        return;
    }
    struct catalog_field *f = arena_array(r->a, struct catalog_field, s->n_fields);
    s->fields = f;
    for (size_t i = 0; i < s->n_fields; i++) {
        f[i].name = get_str(r);
        f[i].required = get(r, 1);
        get_schema(r, depth + 1, &f[i].schema);
    }
    if (s->type != SCHEMA_ARRAY) return;
    struct catalog_schema *items = arena_new(r->a, struct catalog_schema);
    s->items = items;
    get_schema(r, depth + 1, items);
}

static void get_kind(struct reader *r, struct catalog_kind *k)
{
    k->key = get_str(r);
    get_langs(r, k->title);
    uint32_t flags = get(r, 15);
    k->kept = flags & 1;
    k->reserved = flags & 2;
    k->replaces = flags & 4;
    k->by_request = flags & 8;
    k->subjects = get(r, (1U << SUBJECT_COUNT) - 1);
    get_schema(r, 0, &k->payload);
    k->subject_fields = get_strs(r, &k->n_subject_fields);
    k->different = get_strs(r, &k->n_different);
    k->define = get_strs(r, &k->n_define);
    k->project = get_strs(r, &k->n_project);
    k->tables = get_strs(r, &k->n_tables);
    k->views = get_strs(r, &k->n_views);
}

static const struct record_choice *get_choices(struct reader *r, size_t *n)
{
    *n = get_count(r, 24);
    struct record_choice *p = arena_array(r->a, struct record_choice, *n);
    for (size_t i = 0; i < *n; i++) {
        p[i].key = get_str(r);
        get_langs(r, p[i].title);
    }
    return p;
}

static const struct record_field *get_fields(struct reader *r, bool columns, size_t *n)
{
    *n = get_count(r, 92);
    if (columns && *n) r->bad = true;
    if (r->bad) *n = 0;
    struct record_field *f = arena_array(r->a, struct record_field, *n);
    for (size_t i = 0; i < *n; i++) {
        f[i].key = get_str(r);
        f[i].type = (enum field_type)get(r, FIELD_COUNT - 1);
        get_langs(r, f[i].label);
        get_langs(r, f[i].help);
        uint32_t flags = get(r, 3);
        f[i].required = flags & 1;
        f[i].many = flags & 2;
        f[i].when = get_str(r);
        f[i].is = get_str(r);
        get_langs(r, f[i].unit);
        f[i].choices = get_choices(r, &f[i].n_choices);
        f[i].to = get_strs(r, &f[i].n_to);
        f[i].due = get_strs(r, &f[i].n_due);
        f[i].columns = get_fields(r, columns || f[i].type != FIELD_TABLE, &f[i].n_columns);
    }
    return f;
}

static void get_move(struct reader *r, size_t n_states, struct record_move *m)
{
    m->key = get_str(r);
    get_langs(r, m->title);
    m->from = get(r, (1U << n_states) - 1);
    m->to = (int)get(r, (uint32_t)n_states - 1);
    m->people = (int)get(r, 9);
    uint32_t flags = get(r, 3);
    m->approves = flags & 1;
    m->reason = flags & 2;
    m->who = get_strs(r, &m->n_who);
    m->other_than = get_strs(r, &m->n_other_than);
    m->needs = get_strs(r, &m->n_needs);
}

static void get_states(struct reader *r, struct record_kind *k)
{
    k->n_states = get_count(r, 32);
    if (k->n_states == 0 || k->n_states > 16) r->bad = true;
    if (r->bad) k->n_states = 0;
    struct record_state *states = arena_array(r->a, struct record_state, k->n_states);
    k->states = states;
    for (size_t i = 0; i < k->n_states; i++) {
        states[i].key = get_str(r);
        get_langs(r, states[i].title);
        states[i].phase = (enum record_phase)get(r, PHASE_COUNT - 1);
        states[i].edit = (int)get(r, (uint32_t)k->n_states) - 1;
    }
}

static void get_record(struct reader *r, struct record_kind *k)
{
    k->key = get_str(r);
    k->prefix = get_str(r);
    get_langs(r, k->title);
    get_langs(r, k->plural);
    get_langs(r, k->summary);
    k->tasks = get_strs(r, &k->n_tasks);
    k->fields = get_fields(r, false, &k->n_fields);
    get_states(r, k);
    k->n_moves = get_count(r, 60);
    if (r->bad) k->n_moves = 0;
    struct record_move *m = arena_array(r->a, struct record_move, k->n_moves);
    k->moves = m;
    for (size_t i = 0; i < k->n_moves; i++) get_move(r, k->n_states, &m[i]);
    k->review_days = (int)get(r, 1000000);
    k->accept = get_strs(r, &k->n_accept);
}

static void get_template(struct reader *r, struct record_template *t)
{
    t->kind = get_str(r);
    t->key = get_str(r);
    get_langs(r, t->title);
    get_langs(r, t->about);
    get_langs(r, t->hint);
    t->shows = get_strs(r, &t->n_shows);
    get_langs(r, t->content);
}

static void get_metric(struct reader *r, struct catalog_metric *m)
{
    m->key = get_str(r);
    m->order = (int)get(r, 1000000);
    get_langs(r, m->title);
    get_langs(r, m->summary);
    m->type = (enum metric_value_type)get(r, METRIC_TYPES - 1);
    get_langs(r, m->unit);
    m->higher = get(r, 1);
    m->window = (int)get(r, 1000000);
    m->shows = get_strs(r, &m->n_shows);
    m->sql = get_str(r);
    m->evidence = get_str(r);
    m->blind_spots = get_str(r);
}

static void get_control_at(struct reader *r, const struct catalog *c, const struct catalog_framework **f,
                           const struct catalog_control **control)
{
    size_t framework = get(r, UINT32_MAX), at = get(r, UINT32_MAX);
    if (r->bad || framework >= c->n_frameworks || at >= c->frameworks[framework].n_controls) {
        r->bad = true;
        return;
    }
    *f = &c->frameworks[framework];
    *control = &(*f)->controls[at];
}

static void get_references(struct reader *r, struct catalog_library *l)
{
    l->n_references = get_count(r, 40);
    struct catalog_reference *p = arena_array(r->a, struct catalog_reference, l->n_references);
    l->references = p;
    for (size_t i = 0; i < l->n_references; i++, p++) {
        p->urn = get_str(r);
        p->id = get_str(r);
        p->name = get_str(r);
        p->category = get_str(r);
        p->function = get_str(r);
    }
}

static void get_library(struct reader *r, const struct catalog *c, struct catalog_library *l)
{
    l->key = get_str(r);
    l->urn = get_str(r);
    l->name = get_str(r);
    l->provider = get_str(r);
    l->version = (int)get(r, 1000000);
    get_references(r, l);
    l->n_suggestions = get_count(r, 12);
    struct catalog_suggestion *s = arena_array(r->a, struct catalog_suggestion, l->n_suggestions);
    l->suggestions = s;
    for (size_t i = 0; i < l->n_suggestions; i++) {
        get_control_at(r, c, &s[i].framework, &s[i].control);
        size_t at = get(r, UINT32_MAX);
        if (at >= l->n_references) r->bad = true;
        s[i].reference = r->bad ? NULL : &l->references[at];
    }
    l->n_pairs = get_count(r, 40);
    struct catalog_pair *p = arena_array(r->a, struct catalog_pair, l->n_pairs);
    l->pairs = p;
    for (size_t i = 0; i < l->n_pairs; i++, p++) {
        get_control_at(r, c, &p->from_framework, &p->from);
        get_control_at(r, c, &p->to_framework, &p->to);
        p->relation = (enum relation)get(r, RELATION_COUNT - 1);
        p->set = get_str(r);
        p->rationale = get_str(r);
        p->strength = (int)get(r, 101) - 1;
    }
}

static void get_all(struct reader *r, struct catalog *c)
{
    c->n_frameworks = get_count(r, 48);
    struct catalog_framework *f = arena_array(r->a, struct catalog_framework, c->n_frameworks);
    c->frameworks = f;
    for (size_t i = 0; i < c->n_frameworks; i++) get_framework(r, &f[i]);
    c->n_tasks = get_count(r, 88);
    struct catalog_task *t = arena_array(r->a, struct catalog_task, c->n_tasks);
    c->tasks = t;
    for (size_t i = 0; i < c->n_tasks; i++) get_task(r, c, &t[i]);
    c->n_presets = get_count(r, 28);
    struct catalog_preset *p = arena_array(r->a, struct catalog_preset, c->n_presets);
    c->presets = p;
    for (size_t i = 0; i < c->n_presets; i++) {
        p[i].key = get_str(r);
        get_langs(r, p[i].title);
        p[i].adopts = get_strs(r, &p[i].n_adopts);
    }
    c->n_kinds = get_count(r, 96);
    struct catalog_kind *k = arena_array(r->a, struct catalog_kind, c->n_kinds);
    c->kinds = k;
    for (size_t i = 0; i < c->n_kinds; i++) get_kind(r, &k[i]);
    c->n_records = get_count(r, 88);
    struct record_kind *records = arena_array(r->a, struct record_kind, c->n_records);
    c->records = records;
    for (size_t i = 0; i < c->n_records; i++) get_record(r, &records[i]);
    c->n_templates = get_count(r, 84);
    struct record_template *templates = arena_array(r->a, struct record_template, c->n_templates);
    c->templates = templates;
    for (size_t i = 0; i < c->n_templates; i++) get_template(r, &templates[i]);
    c->n_metrics = get_count(r, 88);
    struct catalog_metric *metrics = arena_array(r->a, struct catalog_metric, c->n_metrics);
    c->metrics = metrics;
    for (size_t i = 0; i < c->n_metrics; i++) get_metric(r, &metrics[i]);
    c->n_libraries = get_count(r, 48);
    struct catalog_library *libraries = arena_array(r->a, struct catalog_library, c->n_libraries);
    c->libraries = libraries;
    for (size_t i = 0; i < c->n_libraries; i++) get_library(r, c, &libraries[i]);
    if (r->p != r->end) r->bad = true;
}

/* Header, sizes and digest; the digest in hex goes to `hex`. `own`: the digest is believed. */
static bool is_whole(struct str bytes, bool own, char hex[65], size_t *records, size_t *pool)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    if (bytes.n < IMAGE_HEADER + IMAGE_DIGEST || bytes.n > LIMIT_CATALOG_IMAGE || memcmp(p, IMAGE_MAGIC, 16) != 0)
        return false;
    *records = u32_at(p + 24);
    *pool = u32_at(p + 28);
    if (u32_at(p + 16) != IMAGE_VERSION || u32_at(p + 20) != bytes.n || *records > bytes.n || *pool > bytes.n ||
        IMAGE_HEADER + *records + *pool + IMAGE_DIGEST != bytes.n)
        return false;
    digest_hex(p + bytes.n - IMAGE_DIGEST, IMAGE_DIGEST, hex);
    if (own) return true;
    struct digest d;
    uint8_t sum[IMAGE_DIGEST];
    digest_init(&d);
    digest_add(&d, str_slice(bytes, 0, bytes.n - IMAGE_DIGEST));
    digest_final(&d, sum);
    return memcmp(sum, p + bytes.n - IMAGE_DIGEST, IMAGE_DIGEST) == 0;
}

static enum rc open_image(struct ctx *cx, struct str bytes, bool owned, bool own, struct catalog **out)
{
    *out = NULL;
    struct catalog_owned *o = calloc(1, sizeof *o);
    if (!o) {
        if (owned) free((void *)(uintptr_t)bytes.p);
        return fail(cx, E_IO, "out of memory");
    }
    arena_init(&o->arena);
    o->bytes = owned ? (void *)(uintptr_t)bytes.p : NULL;
    size_t records = 0, pool = 0;
    bool whole = is_whole(bytes, own, o->c.digest, &records, &pool);
    if (whole) {
        struct reader r = {.a = &o->arena, .p = (const unsigned char *)bytes.p + IMAGE_HEADER};
        r.end = r.p + records;
        r.pool = (struct str){bytes.p + IMAGE_HEADER + records, pool};
        get_all(&r, &o->c);
        whole = !r.bad;
    }
    if (!whole) {
        catalog_free(&o->c);
        return fail(cx, E_CORRUPT, "the compiled catalog is damaged or of another version");
    }
    *out = &o->c;
    return OK;
}

enum rc image_open(struct ctx *cx, struct str bytes, bool owned, struct catalog **out)
{
    return open_image(cx, bytes, owned, false, out);
}

enum rc image_open_own(struct ctx *cx, struct str bytes, struct catalog **out)
{
    return open_image(cx, bytes, false, true, out);
}
