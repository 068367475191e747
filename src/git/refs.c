/* Refs with what they point to. The list was made at git_open(); here the objects are read, all in one go. */
#include <stdlib.h>

#include "base/limits.h"
#include "git/batch.h"
#include "git/object.h"

#define PEEL_MAX 8 /* tags of tags; deeper ones are passed over */
#define CHUNK 1024 /* refs whose objects are read together */

struct peeled {
    struct git_ref ref;
    struct str at; /* object to look at next; STR_NONE when done */
    bool good;     /* it leads to a commit */
    bool seen;     /* its first object was read */
};

static void take_object(struct ctx *cx, const struct git *g, struct peeled *p, const struct batch_item *item)
{
    struct arena *a = &cx->arena;
    if (item->type == OBJECT_COMMIT) {
        struct commit_object c;
        p->good = commit_parse(item->content, g->hex, &c);
        if (p->good && !p->seen) p->ref.at = c.committer.at;
        p->ref.target = p->at;
        p->at = STR_NONE;
    } else if (item->type == OBJECT_TAG) {
        struct tag_object t;
        bool good = tag_parse(item->content, g->hex, &t);
        if (good && !p->seen) {
            p->ref.annotated = true;
            p->ref.at = t.tagger.at;
            p->ref.tagger_name = arena_str(a, t.tagger.name);
            p->ref.tagger_email = arena_str(a, t.tagger.email);
            p->ref.signature = t.signature;
        }
        p->at = good ? arena_str(a, t.object) : STR_NONE;
    } else {
        p->at = STR_NONE;
    }
    p->seen = true;
}

static enum rc peel(struct ctx *cx, const struct git *g, struct batch *b, struct peeled *list, size_t n)
{
    struct str names[CHUNK];
    size_t of[CHUNK];
    for (int round = 0; round < PEEL_MAX; round++) {
        size_t asked = 0;
        for (size_t i = 0; i < n; i++) {
            if (!list[i].at.p) continue;
            names[asked] = list[i].at;
            of[asked++] = i;
        }
        if (asked == 0) break;
        batch_begin(b, names, asked, BATCH_START, LIMIT_GIT_HEADER);
        for (size_t i = 0; i < asked; i++) {
            struct batch_item item;
            TRY(batch_next(cx, b, &item));
            take_object(cx, g, &list[of[i]], &item);
        }
    }
    return OK;
}

static enum rc read_refs(struct ctx *cx, struct git *g, struct batch *b, struct peeled *list,
                         enum rc (*each)(void *arg, const struct git_ref *r), void *arg)
{
    for (size_t from = 0; from < g->n_refs; from += CHUNK) {
        size_t n = g->n_refs - from < CHUNK ? g->n_refs - from : CHUNK;
        for (size_t i = 0; i < n; i++) {
            const struct view_ref *r = &g->refs[from + i];
            list[i] = (struct peeled){.ref = {.name = r->name, .oid = r->oid}, .at = r->oid};
        }
        TRY(peel(cx, g, b, list, n));
        for (size_t i = 0; i < n; i++)
            if (list[i].good) TRY(each(arg, &list[i].ref));
    }
    return OK;
}

enum rc git_refs(struct ctx *cx, struct git *g, enum rc (*each)(void *arg, const struct git_ref *r), void *arg)
{
    struct peeled *list = calloc(CHUNK, sizeof *list);
    if (!list) return fail(cx, E_IO, "no memory for the refs");
    struct batch b;
    batch_init(&b, g);
    enum rc rc = read_refs(cx, g, &b, list, each, arg);
    batch_release(&b);
    free(list);
    return rc;
}
