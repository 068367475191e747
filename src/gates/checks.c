#include "gates/checks.h"

#include <stdlib.h>

#include "base/json_read.h"
#include "evidence/evidence.h"
#include "gates/approved_items.h"
#include "gates/change.h"
#include "gates/check_ticks.h"
#include "gates/checks_int.h"
#include "git/oid.h"
#include "store/store.h"

#define DEFINITIONS 50 /* of one repository */

/* --- what is asked */

static struct str list_of(struct ctx *cx, const json_t *content, const char *key)
{
    const json_t *list = json_object_get(content, key);
    char *text = json_is_array(list) ? json_dumps(list, JSON_COMPACT) : NULL;
    struct str out = arena_str(&cx->arena, str_from(text ? text : "[]"));
    free(text);
    return out;
}

static int level_of(struct str word)
{
    for (int i = 0; i < LEVELS; i++)
        if (str_eq(word, str_from(evidence_level_name((enum evidence_level)i)))) return i;
    return -1;
}

struct reading {
    struct ctx *cx;
    struct str repository;
    struct definition *list;
    size_t n;
};

static enum rc take_definition(void *arg, const struct approved_item *i)
{
    struct reading *r = arg;
    if (!json_list_has(json_object_get(i->fields, "repositories"), r->repository)) return OK;
    if (r->n == DEFINITIONS)
        return fail(r->cx, E_LIMIT, "more than %d definitions of done name this repository", DEFINITIONS);
    struct definition *d = &r->list[r->n++];
    struct str percent = json_member(i->fields, "coverage"), whole = percent;
    (void)str_cut(&percent, '.', &whole);
    *d = (struct definition){.subject = i->subject,
                             .content = json_deep_copy(i->fields),
                             .senders = list_of(r->cx, i->fields, "evidence_from"),
                             .level = level_of(json_member(i->fields, "findings_level")),
                             .tests = json_is_true(json_object_get(i->fields, "tests_pass"))};
    if (!str_to_i64(whole, 0, 100, &d->coverage)) d->coverage = -1;
    return d->content ? OK : fail(r->cx, E_INTERNAL, "no memory");
}

/* --- what comes of it */

enum rc checks_add(struct checking *k, const struct push_check *c)
{
    if (k->n == PUSH_CHECKS) return fail(k->cx, E_LIMIT, "more than %d checks are asked of one push", PUSH_CHECKS);
    k->list[k->n] = *c;
    k->list[k->n++].ref = k->ref;
    return OK;
}

struct push_check checks_asked(const struct definition *d, const char *what, int64_t wanted)
{
    return (struct push_check){
        .what = what, .definition = d->subject, .wanted = wanted, .found = -1, .total = -1, .level = STR("")};
}

/* --- documentation */

struct touching {
    const json_t *when, *where;
    int64_t asked, given;
};

static bool matches_any(const json_t *patterns, struct str path)
{
    size_t i;
    const json_t *v;
    json_array_foreach(patterns, i, v)
    {
        if (json_is_string(v) && check_path_matches(json_text(v), path)) return true;
    }
    return false;
}

static enum rc take_path(void *arg, const struct git_change *change)
{
    struct touching *t = arg;
    if (change->refused) return OK;
    if (matches_any(t->where, change->path))
        t->given += change->status != 'D'; /* what was deleted tells nobody anything */
    else if (matches_any(t->when, change->path))
        t->asked++;
    return OK;
}

static enum rc check_documents(struct checking *k, const struct definition *d, const char *what, const char *when,
                               const char *where)
{
    struct touching t = {json_object_get(d->content, when), json_object_get(d->content, where), 0, 0};
    struct push_check c = checks_asked(d, what, 1);
    if (!json_array_size(t.when) || !json_array_size(t.where)) return OK; /* not asked */
    TRY(git_diff(k->cx, k->g, k->base, k->commit, take_path, &t));
    c.total = t.asked;
    c.found = t.given;
    return checks_add(k, &c);
}

/* --- what reviewers tick */

static enum rc check_ticks(struct checking *k, const struct definition *d)
{
    struct push_check c = checks_asked(d, CHECK_ASVS, 0);
    check_ticks_read(k->cx, d->content, &c.items, &c.n_items);
    if (!c.n_items) return OK;
    c.wanted = c.total = (int64_t)c.n_items;
    c.found = 0;
    return checks_add(k, &c);
}

/* --- each ref */

static enum rc tree_of(struct checking *k, struct str commit, struct str *tree)
{
    *tree = STR_NONE;
    return commit.p && !oid_is_zero(commit) ? hosted_tree(k->cx, k->g, commit, tree) : OK;
}

/* What is judged is the patch set, as it was built and tested; without one, what was pushed. */
static enum rc find_content(struct checking *k, const struct push_ref *r)
{
    struct str change = r->change;
    int64_t number = r->patch_set;
    scoped_stmt *st = NULL;
    bool row = false;
    if (!number) TRY(change_of_commit(k->cx, k->db, k->p->place->subject, r->after, r->name, &change, &number));
    if (number) {
        TRY(store_prepare(k->cx, k->db,
                          STR("SELECT commit_oid, base_oid FROM fact_patch_set WHERE subject = ?1 AND number = ?2"),
                          &st));
        store_bind_str(st, 1, change);
        store_bind_int(st, 2, number);
        TRY(store_step(k->cx, st, &row));
    }
    k->commit = row ? arena_str(&k->cx->arena, store_column_str(st, 0)) : r->after;
    k->base = row ? arena_str(&k->cx->arena, store_column_str(st, 1)) : oid_is_zero(r->before) ? STR_NONE : r->before;
    if (row && !oid_is_zero(r->before)) { /* the branch may hold some of it by now */
        struct str base;
        enum rc rc = git_merge_base(k->cx, k->g, r->before, k->commit, &base);
        if (rc != OK && rc != E_NOTFOUND) return rc;
        if (rc == OK) k->base = base;
    }
    TRY(tree_of(k, k->commit, &k->tree));
    TRY(tree_of(k, r->before, &k->tip_tree));
    return tree_of(k, k->base, &k->base_tree);
}

static enum rc check_ref(struct checking *k, const struct definition *list, size_t n, size_t ref)
{
    const struct push_ref *r = &k->p->refs[ref];
    bool is_asked = r->kind == PUSH_BRANCH && r->protection && !r->shape && r->act != PUSH_DELETE &&
                    (r->commits > 0 || r->patch_set);
    if (!is_asked) return OK;
    k->ref = ref;
    k->lines = NULL;
    k->lines_read = k->lines_known = false;
    TRY(find_content(k, r));
    for (size_t i = 0; i < n; i++) {
        const struct definition *d = &list[i];
        if (d->tests) TRY(check_tests(k, d));
        if (d->level >= 0) TRY(check_findings(k, d));
        if (d->coverage >= 0) TRY(check_coverage(k, d));
        TRY(check_documents(k, d, "documentation", "docs_when", "docs_in"));
        TRY(check_documents(k, d, "instructions", "instructions_when", "instructions_in"));
        TRY(check_ticks(k, d));
    }
    return OK;
}

static enum rc newest(struct ctx *cx, sqlite3 *db, struct str repository, int64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT max((SELECT coalesce(max(n), 0) FROM fact_evidence WHERE repository = ?1), coalesce(("
                          "SELECT max(max(r.n, coalesce(s.n, 0))) FROM fact_record r LEFT JOIN fact_step_last s ON "
                          "s.subject = r.subject WHERE r.kind = 'definition_of_done'), 0))"),
                      &st));
    store_bind_str(st, 1, repository);
    TRY(store_step(cx, st, &row));
    *n = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

enum rc checks_read(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p)
{
    struct reading r = {cx, p->place->subject, arena_array(&cx->arena, struct definition, DEFINITIONS), 0};
    struct checking k = {.cx = cx, .db = db, .g = g, .p = p};
    p->n_checks = 0;
    TRY(newest(cx, db, p->place->subject, &p->checks_seen));
    enum rc rc = approved_items_each(cx, db, "definition_of_done", take_definition, &r);
    if (rc == OK && r.n) k.list = arena_array(&cx->arena, struct push_check, PUSH_CHECKS);
    for (size_t i = 0; rc == OK && r.n && i < p->n; i++) rc = check_ref(&k, r.list, r.n, i);
    for (size_t i = 0; i < r.n; i++) json_decref(r.list[i].content);
    p->checks = k.list;
    p->n_checks = k.n;
    return rc;
}

enum rc checks_still(struct append *a, const struct push *p)
{
    int64_t n;
    TRY(newest(a->cx, a->db, p->place->subject, &n));
    return n == p->checks_seen ? OK
                               : fail(a->cx, E_CONFLICT, "evidence or a definition of done has just come; try again");
}

void checks_put(struct ctx *cx, struct json *j, const struct push *p)
{
    if (!p->n_checks) return;
    json_key(j, "checks");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_checks; i++) {
        const struct push_check *c = &p->checks[i];
        json_begin(j, '{');
        json_put_str(j, "ref", push_subject(cx, p->place, p->refs[c->ref].name));
        json_put_cstr(j, "what", c->what);
        json_put_str(j, "definition", c->definition);
        json_put_int(j, "wanted", c->wanted);
        if (c->found >= 0) json_put_int(j, "found", c->found);
        if (c->total >= 0) json_put_int(j, "total", c->total);
        if (c->why) json_put_cstr(j, "why", c->why);
        if (c->level.n) json_put_str(j, "level", c->level);
        json_end(j, '}');
    }
    json_end(j, ']');
}

bool check_holds(const struct push_check *c)
{
    if (c->found < 0) return false;
    if (!strcmp(c->what, "tests")) return c->total >= c->wanted && c->found == 0;
    if (!strcmp(c->what, "findings")) return c->found <= c->wanted;
    if (!strcmp(c->what, "coverage")) return c->total == 0 || c->found * 100 >= c->wanted * c->total;
    return c->total == 0 || c->found >= c->wanted;
}
