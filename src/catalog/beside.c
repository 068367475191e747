/* A catalog with frameworks and libraries of others beside its own. */
#include "base/limits.h"
#include "catalog/image.h"
#include "catalog/source.h"

#include <stdlib.h>

/* The base's frameworks as if they had been read, so that libraries can name their controls. */
static void take_base(struct source *s, const struct catalog *base)
{
    for (size_t i = 0; i < base->n_frameworks; i++) {
        source_grow(s, s->frameworks, s->n_frameworks, s->cap_frameworks);
        s->frameworks[s->n_frameworks++] = (struct source_framework){.f = base->frameworks[i], .order = (int)i + 1};
    }
}

static bool is_of(const struct catalog *base, const struct source *s, struct str key)
{
    for (size_t i = 0; i < base->n_libraries; i++)
        if (str_eq(base->libraries[i].key, key)) return true;
    for (size_t i = 0; i < s->n_libraries; i++)
        if (str_eq(s->libraries[i].l.key, key)) return true;
    return false;
}

static void check_framework(struct source *s, size_t i)
{
    const struct source_framework *f = &s->frameworks[i];
    for (size_t k = 0; k < i; k++)
        if (str_eq(s->frameworks[k].f.key, f->f.key))
            source_fault(s, f->file, f->line, "leave one of them out", "there is a framework \"%s\" already",
                         source_show(s, f->f.key));
}

/* No task is mapped to what came later: it is honest to say that nothing here shows anything of it. */
static void finish_framework(struct source *s, struct source_framework *f)
{
    struct catalog_control *controls = arena_array(&s->cx->arena, struct catalog_control, f->f.n_controls);
    for (size_t k = 0; k < f->f.n_controls; k++) {
        controls[k] = f->controls[k].c;
        controls[k].outside = true;
    }
    f->f.controls = controls;
}

static void read_files(struct source *s, const struct catalog *base, const struct catalog_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++) source_add(s, files[i].path, files[i].content);
    for (size_t i = 0; i < s->n_files; i++)
        if (s->files[i].kind == SOURCE_FRAMEWORK) {
            size_t before = s->n_frameworks;
            source_read_framework(s, &s->files[i]);
            if (s->n_frameworks == before) continue;
            check_framework(s, before);
            finish_framework(s, &s->frameworks[before]);
        }
    for (size_t i = 0; i < s->n_files; i++) {
        const struct source_file *f = &s->files[i];
        if (f->kind != SOURCE_LIBRARY) continue;
        if (is_of(base, s, f->name))
            source_fault(s, f->path, 0, "leave one of them out", "there is a library \"%s\" already",
                         source_show(s, f->name));
        else
            source_read_library(s, f);
    }
    source_link_libraries(s);
}

/* --- the draft: what led to a framework of the base leads to the same one of the draft */

static const struct catalog_framework *moved(const struct catalog *base, const struct catalog *draft,
                                             const struct catalog_framework *f)
{
    return &draft->frameworks[f - base->frameworks];
}

static void draft_tasks(struct ctx *cx, const struct catalog *base, struct catalog *draft)
{
    struct catalog_task *tasks = arena_array(&cx->arena, struct catalog_task, base->n_tasks + 1);
    for (size_t i = 0; i < base->n_tasks; i++) {
        struct catalog_mapping *m = arena_array(&cx->arena, struct catalog_mapping, base->tasks[i].n_controls + 1);
        for (size_t k = 0; k < base->tasks[i].n_controls; k++) {
            m[k] = base->tasks[i].controls[k];
            m[k].framework = moved(base, draft, m[k].framework);
        }
        tasks[i] = base->tasks[i];
        tasks[i].controls = m;
    }
    draft->tasks = tasks;
}

static struct catalog_library moved_library(struct ctx *cx, const struct catalog *base, const struct catalog *draft,
                                            const struct catalog_library *l)
{
    struct catalog_library out = *l;
    struct catalog_suggestion *s = arena_array(&cx->arena, struct catalog_suggestion, l->n_suggestions + 1);
    struct catalog_pair *p = arena_array(&cx->arena, struct catalog_pair, l->n_pairs + 1);
    for (size_t i = 0; i < l->n_suggestions; i++) {
        s[i] = l->suggestions[i];
        s[i].framework = moved(base, draft, s[i].framework);
    }
    for (size_t i = 0; i < l->n_pairs; i++) {
        p[i] = l->pairs[i];
        p[i].from_framework = moved(base, draft, p[i].from_framework);
        p[i].to_framework = moved(base, draft, p[i].to_framework);
    }
    out.suggestions = s;
    out.pairs = p;
    return out;
}

static void draft_all(struct source *s, const struct catalog *base, struct catalog *draft)
{
    struct ctx *cx = s->cx;
    struct catalog_framework *frameworks = arena_array(&cx->arena, struct catalog_framework, s->n_frameworks + 1);
    for (size_t i = 0; i < s->n_frameworks; i++) frameworks[i] = s->frameworks[i].f;
    *draft = *base;
    draft->frameworks = frameworks;
    draft->n_frameworks = s->n_frameworks;
    draft_tasks(cx, base, draft);
    source_draft_libraries(s, draft);
    size_t n = base->n_libraries + draft->n_libraries;
    struct catalog_library *all = arena_array(&cx->arena, struct catalog_library, n + 1);
    for (size_t i = 0; i < base->n_libraries; i++) all[i] = moved_library(cx, base, draft, &base->libraries[i]);
    for (size_t i = 0; i < draft->n_libraries; i++) all[base->n_libraries + i] = draft->libraries[i];
    draft->libraries = all;
    draft->n_libraries = n;
}

/* What is judged by is the base, and so the digest is the base's. */
enum rc catalog_open_beside(struct ctx *cx, const struct catalog *base, struct str image, struct catalog **out)
{
    char *bytes = malloc(image.n + 1);
    *out = NULL;
    if (!bytes) return fail(cx, E_IO, "out of memory");
    memcpy(bytes, image.p, image.n);
    TRY(image_open(cx, (struct str){bytes, image.n}, true, out));
    memcpy((*out)->digest, base->digest, sizeof base->digest);
    return OK;
}

enum rc catalog_beside(struct ctx *cx, const struct catalog *base, const struct catalog_file *files, size_t n,
                       struct buf *image)
{
    struct source *s = arena_new(&cx->arena, struct source);
    struct catalog draft;
    *s = (struct source){.cx = cx};
    take_base(s, base);
    read_files(s, base, files, n);
    source_sort_faults(s);
    if (s->n_faults)
        return fail(cx, E_INVALID, "%s:%d: " STR_FMT ". " STR_FMT, str_visible(cx, s->faults[0].file),
                    s->faults[0].line, STR_ARG(s->faults[0].text), STR_ARG(s->faults[0].remedy));
    draft_all(s, base, &draft);
    return image_write(cx, &draft, image);
}
