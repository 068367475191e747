/* What shall be taken out of history: found, told by path, and refused where it stands at a tip. */
#include "gates/expunge.h"

#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "git/oid.h"
#include "git/refname.h"
#include "store/store.h"

#define SAID_MOST (64U << 20)
#define PATH_SHOWN 4096

struct found {
    struct str oid, path;
};
struct finding {
    struct ctx *cx;
    const struct git *g;
    struct found *list; /* of EXPUNGE_OBJECTS */
    size_t n;
};

static enum rc ask(struct finding *f, const char *const *argv, struct str *said, int *code)
{
    scoped_buf out;
    buf_init(&out, SAID_MOST);
    TRY(hosted_run(f->cx, f->g, argv, STR_NONE, &out, code, NULL));
    *said = arena_str(&f->cx->arena, buf_view(&out));
    return OK;
}

static enum rc add(struct finding *f, struct str oid, struct str path)
{
    if (oid_is_zero(oid)) return OK;
    for (size_t i = 0; i < f->n; i++)
        if (str_eq(f->list[i].oid, oid)) return OK;
    if (f->n == EXPUNGE_OBJECTS)
        return fail(f->cx, E_LIMIT, "more than %d contents at once: name fewer", EXPUNGE_OBJECTS);
    f->list[f->n++] = (struct found){oid, path};
    return OK;
}

/* --- what is named */

/* All that has ever stood at a path: `:MODE MODE ID ID STATUS` of each commit that touched it. */
static enum rc find_path(struct finding *f, struct str path)
{
    const char *const argv[] = {"log",
                                "--format=",
                                "--raw",
                                "-z",
                                "-m",
                                "--no-abbrev",
                                "--no-renames",
                                "--full-history",
                                "--branches",
                                "--tags",
                                "--glob=refs/changes",
                                "--",
                                arena_printf(&f->cx->arena, ":(top,literal)" STR_FMT, STR_ARG(path)).p,
                                NULL};
    struct str said, meta, name, word;
    size_t before = f->n;
    int code;
    TRY(ask(f, argv, &said, &code));
    while (str_cut(&said, '\0', &meta)) {
        struct str mode, id = STR("");
        if (meta.n && meta.p[0] == '\n') meta = str_slice(meta, 1, meta.n);
        if (!meta.n || meta.p[0] != ':') continue;
        if (!str_cut(&said, '\0', &name)) break;
        (void)str_cut(&meta, ' ', &word);
        (void)str_cut(&meta, ' ', &mode);
        (void)str_cut(&meta, ' ', &word);
        (void)str_cut(&meta, ' ', &id);
        if (str_eq(mode, STR("160000")) || !oid_is(id, f->g->hex)) continue;
        TRY(add(f, id, name));
    }
    return f->n > before ? OK
                         : fail(f->cx, E_NOTFOUND, "nothing has ever stood at \"%s\" here", str_visible(f->cx, path));
}

static enum rc find_one(struct finding *f, struct str name, struct str path)
{
    const char *const read[] = {"rev-parse", "--verify", "--quiet", "--end-of-options", arena_cstr(&f->cx->arena, name),
                                NULL};
    struct str oid;
    int code;
    TRY(ask(f, read, &oid, &code));
    oid = str_trim(oid);
    if (code != 0 || !oid_is(oid, f->g->hex))
        return fail(f->cx, E_NOTFOUND, "there is no \"%s\" here", str_visible(f->cx, name));
    return add(f, oid, path);
}

static bool is_revision(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-", s.p[i])) return false;
    return s.n > 0 && s.p[0] != '-' && s.n < 256;
}

static enum rc find(struct finding *f, struct str what)
{
    struct str path = what, revision;
    if (!what.n || what.n > PATH_SHOWN || memchr(what.p, '\0', what.n) || memchr(what.p, '\n', what.n))
        return fail(f->cx, E_INVALID, "a path, REVISION:path or a content's id is expected");
    if (oid_is(what, f->g->hex)) return find_one(f, what, STR(""));
    if (memchr(what.p, ':', what.n) && str_cut(&path, ':', &revision) && is_revision(revision))
        return find_one(f, what, path);
    return find_path(f, what);
}

/* Each must be a file's content, and one that nobody else has by chance. */
static enum rc check(struct finding *f)
{
    static const char *const argv[] = {"cat-file", "--batch-check=%(objecttype) %(objectsize)", NULL};
    scoped_buf ids, out;
    struct str rest, line;
    int code;
    buf_init(&ids, 1 << 20);
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < f->n; i++) buf_printf(&ids, STR_FMT "\n", STR_ARG(f->list[i].oid));
    TRY(hosted_run(f->cx, f->g, argv, buf_view(&ids), &out, &code, NULL));
    rest = buf_view(&out);
    for (size_t i = 0; i < f->n; i++) {
        const char *name = str_visible(f->cx, f->list[i].path.n ? f->list[i].path : f->list[i].oid);
        if (!str_cut(&rest, '\n', &line)) return fail(f->cx, E_IO, "git does not say what is here");
        if (str_ends(line, STR(" missing"))) return fail(f->cx, E_NOTFOUND, "%s is not here", name);
        if (!str_starts(line, STR("blob "))) return fail(f->cx, E_INVALID, "%s is no file", name);
        if (str_eq(line, STR("blob 0"))) return fail(f->cx, E_INVALID, "%s is an empty file", name);
    }
    return OK;
}

/* --- tips */

struct looking {
    struct ctx *cx;
    const struct str *ids;
    size_t n;
    struct str branch;
};

static enum rc look(void *arg, const struct git_entry *e)
{
    const struct looking *l = arg;
    if (!str_among(l->ids, l->n, e->oid)) return OK;
    return fail(l->cx, E_CONFLICT, "%s still stands at the tip of %s: take it out there by a reviewed change first",
                str_visible(l->cx, e->path), str_visible(l->cx, refname_short(l->branch)));
}

enum rc expunge_check_tips(struct ctx *cx, sqlite3 *db, const struct git *g, const struct gate_place *place,
                           const struct str *ids, size_t n)
{
    static const char *const argv[] = {"for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", NULL};
    const struct protection *rules;
    size_t n_rules;
    scoped_buf out;
    struct str rest, line, oid;
    struct looking l = {.cx = cx, .n = n};
    int code;
    struct str *sorted = arena_array(&cx->arena, struct str, n + 1);
    if (n) memcpy(sorted, ids, n * sizeof *sorted);
    str_sort(sorted, n);
    l.ids = sorted;
    TRY(protections_read(cx, db, place, &rules, &n_rules));
    buf_init(&out, SAID_MOST);
    TRY(hosted_run(cx, g, argv, STR_NONE, &out, &code, NULL));
    if (code != 0) return fail(cx, E_CORRUPT, "the repository's refs cannot be read");
    rest = buf_view(&out);
    while (str_cut(&rest, '\n', &line)) {
        if (!str_cut(&line, ' ', &oid) || !protection_of(rules, n_rules, line)) continue;
        l.branch = line;
        TRY(git_tree_below(cx, g, oid, NULL, 0, look, &l));
    }
    return OK;
}

/* --- the payload */

static struct str payload_of(struct finding *f, struct str reason)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_key(&j, "objects");
    json_begin(&j, '[');
    for (size_t i = 0; i < f->n; i++) {
        json_begin(&j, '{');
        json_put_str(&j, "oid", f->list[i].oid);
        json_put_cstr(&j, "path", str_visible(f->cx, f->list[i].path));
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_put_str(&j, "reason", reason);
    json_end(&j, '}');
    return b.failed ? STR_NONE : arena_str(&f->cx->arena, buf_view(&b));
}

enum rc expunge_payload(struct ctx *cx, sqlite3 *db, const struct gate_place *place, const struct str *what, size_t n,
                        struct str reason, struct str *out)
{
    struct git *g;
    struct finding f = {.cx = cx, .list = arena_array(&cx->arena, struct found, EXPUNGE_OBJECTS)};
    if (place->host != GATE_HOSTED)
        return fail(cx, E_INVALID, "another host keeps this repository, and takes out of it what has to be");
    TRY(hosted_open(cx, place->path, NULL, &g));
    f.g = g;
    enum rc rc = OK;
    for (size_t i = 0; rc == OK && i < n; i++) rc = find(&f, what[i]);
    if (rc == OK && !f.n) rc = fail(cx, E_INVALID, "no content is named");
    if (rc == OK) rc = check(&f);
    struct str *ids = arena_array(&cx->arena, struct str, EXPUNGE_OBJECTS);
    for (size_t i = 0; i < f.n; i++) ids[i] = f.list[i].oid;
    if (rc == OK) rc = expunge_check_tips(cx, db, g, place, ids, f.n);
    git_close(g);
    if (rc != OK) return rc;
    *out = payload_of(&f, reason);
    return out->p ? OK : fail(cx, E_LIMIT, "that is more than fits into one request: name fewer");
}
