/* Any bytes as a compiled catalog. They are opened as they are, and again with sizes and digest made right, so that the
 * decoder behind them is reached. What opens is walked whole. */
#include "base/digest.h"
#include "catalog/image.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum; /* makes the walk read every byte */

static void touch(struct str s)
{
    for (size_t i = 0; i < s.n; i++) sum += (unsigned char)s.p[i];
}

static void touch_all(const struct str *p, size_t n)
{
    for (size_t i = 0; i < n; i++) touch(p[i]);
}

static void walk_task(const struct catalog_task *t)
{
    touch(t->key);
    touch_all(t->summary, LANG_COUNT);
    assert(*priority_name(t->priority));
    for (size_t i = 0; i < t->n_controls; i++) touch(t->controls[i].control->title);
    for (size_t i = 0; i < t->n_obligations; i++) {
        const struct catalog_obligation *o = &t->obligations[i];
        assert(*strength_name(o->strength) && *aspect_name(o->aspect) && *evidence_type_name(o->type));
        touch(o->sql);
        touch_all(o->text, LANG_COUNT);
        touch_all(o->needs, o->n_needs);
    }
}

static void walk_schema(const struct catalog_schema *s)
{
    assert(*schema_type_name(s->type));
    touch(s->pattern);
    touch_all(s->values, s->n_values);
    for (size_t i = 0; i < s->n_fields; i++) {
        touch(s->fields[i].name);
        walk_schema(&s->fields[i].schema);
    }
    if (s->type == SCHEMA_ARRAY) walk_schema(s->items);
}

static void open_image(struct str bytes)
{
    struct ctx cx;
    struct catalog *c;
    ctx_init(&cx);
    enum rc rc = image_open(&cx, bytes, false, &c);
    assert(rc == OK || rc == E_CORRUPT);
    for (size_t i = 0; rc == OK && i < c->n_frameworks; i++)
        for (size_t k = 0; k < c->frameworks[i].n_controls; k++) touch(c->frameworks[i].controls[k].id);
    for (size_t i = 0; rc == OK && i < c->n_tasks; i++) walk_task(&c->tasks[i]);
    for (size_t i = 0; rc == OK && i < c->n_presets; i++) touch_all(c->presets[i].adopts, c->presets[i].n_adopts);
    for (size_t i = 0; rc == OK && i < c->n_kinds; i++) {
        touch_all(c->kinds[i].define, c->kinds[i].n_define);
        touch_all(c->kinds[i].project, c->kinds[i].n_project);
        walk_schema(&c->kinds[i].payload);
    }
    catalog_free(c);
    ctx_release(&cx);
}

static void put_u32(char *p, size_t v)
{
    for (int i = 0; i < 4; i++) p[i] = (char)(v >> 8 * i & 0xff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    open_image((struct str){(const char *)data, size});
    if (size < IMAGE_HEADER + IMAGE_DIGEST) return 0;
    char *copy = malloc(size);
    if (!copy) return 0;
    memcpy(copy, data, size);
    size_t body = size - IMAGE_HEADER - IMAGE_DIGEST;
    size_t records = ((size_t)data[24] | (size_t)data[25] << 8) % (body + 1);
    memcpy(copy, IMAGE_MAGIC, 16);
    put_u32(copy + 16, IMAGE_VERSION);
    put_u32(copy + 20, size);
    put_u32(copy + 24, records);
    put_u32(copy + 28, body - records);
    struct digest d;
    digest_init(&d);
    digest_add(&d, (struct str){copy, size - IMAGE_DIGEST});
    digest_final(&d, (uint8_t *)copy + size - IMAGE_DIGEST);
    open_image((struct str){copy, size});
    free(copy);
    return 0;
}
