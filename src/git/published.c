/* Where the commits begin that no remote has, as far as its branches were fetched. */
#include <unistd.h>

#include "base/limits.h"
#include "git/child.h"
#include "git/oid.h"

#define BOUNDARIES_MAX 64 /* of one history: each time a published branch was merged into it; more change nothing */

bool git_has_remotes(const struct git *g)
{
    for (size_t i = 0; i < g->n_refs; i++)
        if (str_starts(g->refs[i].name, STR("refs/remotes/"))) return true;
    return false;
}

/* "HEAD\n^REMOTE\n…" for rev-list, each remote's branch once. A descriptor, or -1. */
static int list_ends(struct ctx *cx, const struct git *g, struct str head)
{
    struct str *oids = arena_array(&cx->arena, struct str, g->n_refs + 1);
    size_t n = 0;
    for (size_t i = 0; i < g->n_refs; i++)
        if (str_starts(g->refs[i].name, STR("refs/remotes/"))) oids[n++] = g->refs[i].oid;
    str_sort(oids, n);
    scoped_buf b;
    buf_init(&b, LIMIT_GIT_REFS * 66ULL + 66);
    buf_str(&b, head);
    buf_char(&b, '\n');
    for (size_t i = 0; i < n; i++) {
        if (i && str_eq(oids[i], oids[i - 1])) continue;
        buf_char(&b, '^');
        buf_str(&b, oids[i]);
        buf_char(&b, '\n');
    }
    return b.failed ? -1 : child_input(buf_view(&b));
}

struct found {
    struct str boundaries[BOUNDARIES_MAX]; /* published parents of unpublished commits */
    size_t n;
    bool any; /* unpublished commits */
};

static enum rc find_boundaries(struct ctx *cx, const struct git *g, struct str head, struct found *f)
{
    static const char *const argv[] = {"rev-list", "--boundary", "--ignore-missing", "--stdin", NULL};
    struct child c;
    struct reader r = {0};
    struct str line;
    bool cut;
    int code, input = list_ends(cx, g, head);
    if (input < 0) return fail(cx, E_IO, "no memory for a list of commits");
    enum rc rc = child_start(cx, g, argv, input, &c);
    (void)close(input);
    if (rc != OK) return rc;
    reader_init(&r, c.out);
    while (reader_until(&r, '\n', &line, &cut)) {
        if (!str_starts(line, STR("-")))
            f->any = true;
        else if (f->n < BOUNDARIES_MAX && oid_is(str_slice(line, 1, line.n), g->hex))
            f->boundaries[f->n++] = arena_str(&cx->arena, str_slice(line, 1, line.n));
    }
    reader_release(&r);
    if (!child_finish(&c, &code))
        rc = fail(cx, code == 127 ? E_IO : E_CORRUPT, "what the remotes have cannot be told: %s",
                  code == 127 ? "git did not start" : child_complaint(cx, &c));
    child_close_errors(&c);
    return rc;
}

enum rc git_published(struct ctx *cx, struct git *g, struct str head, struct str *oid)
{
    struct found f = {0};
    *oid = STR_NONE;
    if (!oid_is(head, g->hex)) return fail(cx, E_INVALID, "what is published is asked for by a whole object id");
    if (!git_has_remotes(g)) return OK;
    TRY(find_boundaries(cx, g, head, &f));
    if (!f.any) *oid = head;
    if (!f.any || f.n == 0) return OK;
    *oid = f.boundaries[0];
    return f.n == 1 ? OK : git_merge_bases(cx, g, head, f.boundaries, f.n, oid);
}
