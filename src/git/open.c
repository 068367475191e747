#include "git/object_files.h"
#include "git/view.h"

#include <stdlib.h>
#include <unistd.h>

static enum rc build(struct ctx *cx, struct git *g, const char *path)
{
    TRY(place_find(cx, &g->arena, path, &g->place));
    TRY(object_files_check(cx, g->place.objects));
    TRY(view_make_dir(cx, g));
    TRY(view_read_config(cx, g));
    TRY(view_write_dir(cx, g));
    TRY(view_copy_refs(cx, g));
    g->index_path = view_path(g, g->place.git_dir, "index");
    return OK;
}

enum rc git_open(struct ctx *cx, const char *path, struct git **out)
{
    *out = NULL;
    struct git *g = calloc(1, sizeof *g);
    if (!g) return fail(cx, E_IO, "no memory");
    arena_init(&g->arena);
    g->confine_fd = -1;
    *out = g; /* before its folder is made */
    enum rc rc = build(cx, g, path);
    if (rc == OK) return OK;
    *out = NULL;
    git_close(g);
    return rc;
}

void git_close(struct git *g)
{
    if (!g) return;
    git_remove_private(g);
    if (g->confine_fd >= 0) (void)close(g->confine_fd);
    arena_release(&g->arena);
    free(g);
}

const struct git_facts *git_facts(const struct git *g)
{
    return &g->facts;
}
