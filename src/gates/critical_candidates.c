/* New files that look critical, as an assessment would say (observe/classify.h), and what became of them. */
#include "base/json.h"
#include "base/limits.h"
#include "gates/critical_int.h"
#include "git/oid.h"
#include "observe/classify.h"
#include "store/store.h"

#define FILES_MOST 500 /* looked into */
#define OPEN_MOST 1000
#define HEAD 65536

struct file {
    struct str path, oid;
    uint32_t mode;
};

/* Who names a path: of one tree. */
struct naming {
    struct ctx *cx;
    struct owners_file owners;
    struct owners_index *exact, *folded, *defined;
    bool named;
};

static enum rc read_naming(struct ctx *cx, const struct git *g, const struct definition *d, size_t n, struct str tree,
                           struct naming *out)
{
    *out = (struct naming){.cx = cx};
    TRY(owners_file_find(cx, g, tree, &out->owners));
    if (out->owners.oid.p) TRY(owners_file_read(cx, g, &out->owners));
    TRY(owners_file_index(cx, &out->owners, &out->exact, &out->folded));
    if (n) out->defined = owners_index_new(&cx->arena, OWNERS_GITHUB, LIMIT_CODEOWNERS_WORK);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d[i].n_patterns + d[i].n_cleared; k++) {
            struct str folded, pattern = k < d[i].n_patterns ? d[i].patterns[k] : d[i].cleared[k - d[i].n_patterns];
            TRY(path_folded(cx, pattern, &folded));
            owners_index_add(out->defined, folded, (int32_t)k, (int32_t)i + 1, false);
        }
    return OK;
}

static void take_line(void *arg, int32_t rule, int32_t section)
{
    struct naming *n = arg;
    const struct owners_line *line = &n->owners.lines[rule];
    (void)section;
    n->named |= line->n && !pattern_is_general(line->pattern);
}

static void take_definition(void *arg, int32_t rule, int32_t section)
{
    struct naming *n = arg;
    (void)rule;
    (void)section;
    n->named = true;
}

/* What cannot be told in time is asked nobody about. */
static enum rc is_named(struct naming *n, struct str path, bool *out)
{
    struct str folded;
    n->named = false;
    TRY(path_folded(n->cx, path, &folded));
    bool told = (!n->exact || (owners_index_find(n->exact, path, take_line, n) &&
                               owners_index_find(n->folded, folded, take_line, n))) &&
                (!n->defined || owners_index_find(n->defined, folded, take_definition, n));
    *out = n->named || !told;
    return OK;
}

/* --- one pair of commits */

struct candidates {
    struct ctx *cx;
    struct naming naming;
    struct file *files;
    size_t n_files;
    const struct str *open; /* paths of earlier ones, sorted … */
    size_t n_open;
    struct str *gone; /* … of which these are there no more */
    size_t n_gone;
    struct critical_candidate *out;
    size_t n;
};

static enum rc take_change(void *arg, const struct git_change *change)
{
    struct candidates *c = arg;
    bool named;
    if (change->status == 'D' && c->n_gone < c->n_open && str_among(c->open, c->n_open, change->path))
        c->gone[c->n_gone++] = arena_str(&c->cx->arena, change->path);
    if (!oid_is_zero(change->old_oid) || (change->new_mode & 0170000) != 0100000 || change->refused ||
        c->n_files == FILES_MOST)
        return OK;
    if (strcmp(classify(change->path, change->new_mode, STR_NONE).class, "code") != 0) return OK;
    TRY(is_named(&c->naming, change->path, &named));
    if (!named)
        c->files[c->n_files++] = (struct file){arena_str(&c->cx->arena, change->path),
                                               arena_str(&c->cx->arena, change->new_oid), change->new_mode};
    return OK;
}

static enum rc look_into(void *arg, size_t i, struct str content, bool missing)
{
    struct candidates *c = arg;
    const struct file *f = &c->files[i];
    if (missing || !content.p || c->n == CRITICAL_CANDIDATES) return OK;
    const struct classification is = classify(f->path, f->mode, str_slice(content, 0, HEAD));
    if (is.critical_hint) c->out[c->n++] = (struct critical_candidate){f->path, is.critical_hint};
    return OK;
}

static enum rc look(struct candidates *c, struct git *g, struct str from, struct str to)
{
    struct str *oids = arena_array(&c->cx->arena, struct str, FILES_MOST);
    struct git_blobs *blobs = NULL;
    c->files = arena_array(&c->cx->arena, struct file, FILES_MOST);
    TRY(git_diff(c->cx, g, from, to, take_change, c));
    if (!c->n_files) return OK;
    for (size_t i = 0; i < c->n_files; i++) oids[i] = c->files[i].oid;
    enum rc rc = git_blobs_open(c->cx, g, &blobs);
    if (rc == OK) rc = git_blobs_read(c->cx, blobs, oids, c->n_files, LIMIT_BLOB_SCAN, look_into, c);
    git_blobs_close(blobs);
    return rc;
}

enum rc critical_candidates(struct ctx *cx, sqlite3 *db, struct git *g, struct str repository, struct str from,
                            struct str to, struct critical_candidate *out, size_t *n)
{
    const struct definition *definitions;
    size_t n_definitions;
    struct candidates c = {.cx = cx, .out = out};
    *n = 0;
    TRY(definitions_read(cx, db, repository, &definitions, &n_definitions));
    TRY(read_naming(cx, g, definitions, n_definitions, to, &c.naming));
    TRY(look(&c, g, from, to));
    *n = c.n;
    return OK;
}

/* --- a push */

/* Paths of this repository that were asked about and are not settled. */
static enum rc read_open(struct ctx *cx, sqlite3 *db, struct str repository, struct str **out, size_t *n)
{
    scoped_stmt *st = NULL;
    *out = arena_array(&cx->arena, struct str, OPEN_MOST);
    *n = 0;
    TRY(store_prepare(
        cx, db,
        STR("SELECT c.path FROM fact_push p JOIN fact_push_candidates c ON c.n = p.n WHERE p.subject = ?1 AND NOT "
            "EXISTS (SELECT 1 FROM fact_push_settled s JOIN fact_push o ON o.n = s.n WHERE s.path = c.path AND "
            "o.subject = ?1 AND s.n > c.n) GROUP BY c.path ORDER BY max(c.n) DESC LIMIT ?2"),
        &st));
    store_bind_str(st, 1, repository);
    store_bind_int(st, 2, OPEN_MOST);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        (*out)[(*n)++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
    str_sort(*out, *n);
    return OK;
}

static bool is_asked(const struct push_ref *r)
{
    if (r->shape || oid_is_zero(r->after)) return false;
    return r->kind == PUSH_CHANGE || (r->kind == PUSH_BRANCH && r->protection && r->act == PUSH_UPDATE && r->commits);
}

static void settle(struct push *p, struct str path)
{
    for (size_t i = 0; i < p->n_settled; i++)
        if (str_eq(p->settled[i], path)) return;
    if (p->n_settled < OPEN_MOST) p->settled[p->n_settled++] = path;
}

static enum rc find_of_ref(struct candidates *c, struct git *g, struct push *p, size_t ref)
{
    const struct push_ref *r = &p->refs[ref];
    bool change = r->kind == PUSH_CHANGE, named;
    c->n = c->n_files = c->n_gone = 0;
    TRY(look(c, g, change ? r->base : r->before, r->after));
    for (size_t i = 0; i < c->n && p->n_candidates < CRITICAL_CANDIDATES; i++)
        p->candidates[p->n_candidates++] = (struct push_candidate){ref, c->out[i].path, c->out[i].hint};
    for (size_t i = 0; !change && i < c->n_gone; i++) settle(p, c->gone[i]);
    for (size_t i = 0; !change && i < c->n_open; i++) {
        TRY(is_named(&c->naming, c->open[i], &named));
        if (named) settle(p, c->open[i]);
    }
    return OK;
}

enum rc critical_find(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p)
{
    const struct definition *definitions;
    struct candidates c = {.cx = cx, .out = arena_array(&cx->arena, struct critical_candidate, CRITICAL_CANDIDATES)};
    size_t n_definitions, asked = 0;
    struct str *open;
    for (size_t i = 0; i < p->n; i++) asked += is_asked(&p->refs[i]);
    if (!asked) return OK;
    TRY(definitions_read(cx, db, p->place->subject, &definitions, &n_definitions));
    TRY(read_open(cx, db, p->place->subject, &open, &c.n_open));
    c.open = open;
    c.gone = arena_array(&cx->arena, struct str, c.n_open + 1);
    p->candidates = arena_array(&cx->arena, struct push_candidate, CRITICAL_CANDIDATES);
    p->settled = arena_array(&cx->arena, struct str, OPEN_MOST);
    for (size_t i = 0; i < p->n; i++) {
        if (!is_asked(&p->refs[i])) continue;
        TRY(read_naming(cx, g, definitions, n_definitions, p->refs[i].after, &c.naming));
        TRY(find_of_ref(&c, g, p, i));
    }
    return OK;
}

void critical_put_candidates(struct ctx *cx, struct json *j, const struct push *p)
{
    if (p->n_candidates) {
        json_key(j, "candidates");
        json_begin(j, '[');
    }
    for (size_t i = 0; i < p->n_candidates; i++) {
        const struct push_candidate *c = &p->candidates[i];
        json_begin(j, '{');
        json_put_str(j, "ref", push_subject(cx, p->place, p->refs[c->ref].name));
        json_put_str(j, "path", c->path);
        json_put_cstr(j, "hint", c->hint);
        json_end(j, '}');
    }
    if (p->n_candidates) json_end(j, ']');
    if (!p->n_settled) return;
    json_key(j, "settled");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_settled; i++) json_str(j, p->settled[i]);
    json_end(j, ']');
}
