#include "catalog/catalog.h"

#include "base/limits.h"
#include "catalog/compile.h"
#include "catalog/image.h"
#include "catalog/metric.h"
#include "catalog/owned.h"
#include "catalog/record.h"
#include "catalog/source.h"

#include <stdlib.h>

static enum rc read_all(struct source *s)
{
    for (size_t i = 0; i < s->n_files; i++) switch (s->files[i].kind) {
        case SOURCE_FRAMEWORK:
            source_read_framework(s, &s->files[i]);
            break;
        case SOURCE_TASK:
            source_read_task(s, &s->files[i]);
            break;
        case SOURCE_PRESET:
            source_read_preset(s, &s->files[i]);
            break;
        case SOURCE_KIND:
            source_read_kind(s, &s->files[i]);
            break;
        case SOURCE_RECORD:
            source_read_record(s, &s->files[i]);
            break;
        case SOURCE_TEMPLATE:
            source_read_template(s, &s->files[i]);
            break;
        case SOURCE_METRIC:
            source_read_metric(s, &s->files[i]);
            break;
        case SOURCE_LIBRARY:
            source_read_library(s, &s->files[i]);
            break;
        case SOURCE_RULE: /* need their tasks or kinds first */
        case SOURCE_CASE:
        case SOURCE_PROJECT:
        case SOURCE_METRIC_SQL:
        case SOURCE_METRIC_CASE:
        default:
            break;
        }
    TRY(source_read_projects(s));
    TRY(source_read_rules(s));
    TRY(source_read_cases(s));
    TRY(source_read_queries(s));
    source_link(s);
    return OK;
}

struct overlay {
    const struct catalog_file *files;
    size_t n;
};

static enum rc compile(struct ctx *cx, const char *dir, struct overlay with,
                       void (*fault)(void *arg, const struct catalog_fault *f), void *arg, size_t *faults,
                       struct buf *image)
{
    struct source *s = arena_new(&cx->arena, struct source);
    *faults = 0;
    TRY(source_open(cx, dir, s));
    for (size_t i = 0; i < with.n; i++) source_add(s, with.files[i].path, with.files[i].content);
    TRY(read_all(s));
    source_sort_faults(s);
    for (size_t i = 0; i < s->n_faults; i++) fault(arg, &s->faults[i]);
    *faults = s->n_faults;
    if (s->n_faults || !image) return OK;
    struct catalog draft;
    source_draft(s, &draft);
    return image_write(cx, &draft, image);
}

enum rc catalog_compile(struct ctx *cx, const char *dir, void (*fault)(void *arg, const struct catalog_fault *f),
                        void *arg, size_t *faults, struct buf *image)
{
    return compile(cx, dir, (struct overlay){0}, fault, arg, faults, image);
}

enum rc catalog_check(struct ctx *cx, const char *dir, void (*fault)(void *arg, const struct catalog_fault *f),
                      void *arg, size_t *faults)
{
    return catalog_compile(cx, dir, fault, arg, faults, NULL);
}

static void keep_first(void *arg, const struct catalog_fault *f)
{
    struct catalog_fault *first = arg;
    if (!first->text.p) *first = *f;
}

enum rc catalog_load_with(struct ctx *cx, const char *dir, const struct catalog_file *files, size_t n,
                          struct catalog **out)
{
    struct catalog_fault first = {0};
    size_t faults;
    scoped_buf image;
    *out = NULL;
    buf_init(&image, LIMIT_CATALOG_IMAGE);
    TRY(compile(cx, dir, (struct overlay){files, n}, keep_first, &first, &faults, &image));
    if (faults)
        return fail(cx, E_INVALID, "%s/%s:%d: " STR_FMT ". " STR_FMT, str_visible(cx, str_from(dir)),
                    str_visible(cx, first.file), first.line, STR_ARG(first.text), STR_ARG(first.remedy));
    struct str bytes = buf_view(&image);
    image.p = NULL; /* handed over */
    return image_open(cx, bytes, true, out);
}

enum rc catalog_load(struct ctx *cx, const char *dir, struct catalog **out)
{
    return catalog_load_with(cx, dir, NULL, 0, out);
}

void catalog_free(struct catalog *c)
{
    if (!c) return;
    struct catalog_owned *o = (struct catalog_owned *)c;
    arena_release(&o->arena);
    free(o->bytes);
    free(o);
}

const struct catalog_task *catalog_find_task(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->n_tasks; i++)
        if (str_eq(c->tasks[i].key, key)) return &c->tasks[i];
    return NULL;
}

const struct catalog_preset *catalog_find_preset(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->n_presets; i++)
        if (str_eq(c->presets[i].key, key)) return &c->presets[i];
    return NULL;
}

const struct catalog_kind *catalog_find_kind(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->n_kinds; i++)
        if (str_eq(c->kinds[i].key, key)) return &c->kinds[i];
    return NULL;
}

const struct record_kind *catalog_find_record(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->n_records; i++)
        if (str_eq(c->records[i].key, key)) return &c->records[i];
    return NULL;
}

const struct record_template *catalog_find_template(const struct catalog *c, struct str kind, struct str key)
{
    for (size_t i = 0; i < c->n_templates; i++)
        if (str_eq(c->templates[i].kind, kind) && str_eq(c->templates[i].key, key)) return &c->templates[i];
    return NULL;
}

const struct catalog_metric *catalog_find_metric(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->n_metrics; i++)
        if (str_eq(c->metrics[i].key, key)) return &c->metrics[i];
    return NULL;
}

bool catalog_adopts(const struct catalog_preset *p, const struct catalog_obligation *o)
{
    for (size_t i = 0; p && i < p->n_adopts; i++) {
        struct str rest = p->adopts[i], task;
        if (str_cut(&rest, '/', &task) && str_eq(task, o->task) && str_eq(rest, o->key)) return true;
    }
    return false;
}
