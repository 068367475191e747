#include "serve/fetch.h"

#include "serve/elsewhere.h"

#include <unistd.h>

enum rc fetch_mirror(struct ctx *cx, const char *dir, struct str id, struct str location, const char **path)
{
    struct elsewhere r;
    const char *repos = arena_printf(&cx->arena, "%s/repos", dir).p;
    TRY(elsewhere_open(cx, dir, id, location, &r));
    TRY(elsewhere_make_folder(cx, repos));
    *path = arena_printf(&cx->arena, "%s/" STR_FMT ".git", repos, STR_ARG(id)).p;
    const char *const init[] = {"init", "--quiet", "--bare", "--template=", *path, NULL};
    if (access(*path, F_OK) != 0) TRY(elsewhere_git(cx, &r, ".", init, NULL, "mirrored"));
    const char *const fetch[] = {"fetch",
                                 "--quiet",
                                 "--prune",
                                 "--force",
                                 "--no-tags",
                                 "--no-recurse-submodules",
                                 "--no-write-fetch-head",
                                 "--end-of-options",
                                 arena_cstr(&cx->arena, location),
                                 "+refs/heads/*:refs/heads/*",
                                 "+refs/tags/*:refs/tags/*",
                                 NULL};
    return elsewhere_git(cx, &r, *path, fetch, NULL, "fetched");
}
