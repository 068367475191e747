#include "gates/checks.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json_read.h"
#include "base/limits.h"
#include "evidence/evidence.h"
#include "files/files.h"
#include "gates/approved_items.h"
#include "gates/change.h"
#include "gates/check_files.h"
#include "gates/check_ticks.h"
#include "git/oid.h"
#include "store/store.h"

#define DEFINITIONS 50 /* of one repository */

/* --- what is asked */

struct definition {
    struct str subject;
    json_t *content;    /* fields of the item */
    struct str senders; /* whose evidence counts, as a list in JSON; "[]": anybody's */
    int level;          /* of findings; -1: not asked */
    int64_t coverage;   /* per cent; -1: not asked */
    bool tests;
};

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

/* --- what there is */

struct checking {
    struct ctx *cx;
    sqlite3 *db;
    struct git *g;
    struct push *p;
    struct push_check *list;
    size_t n;
    /* of the ref that is looked at */
    size_t ref;
    struct str base, commit; /* what changes lies between; base STR_NONE: all is new */
    struct str tree, tip_tree, base_tree;
    struct changed_lines *lines; /* read once they are needed */
    bool lines_read, lines_known;
};

static enum rc add(struct checking *k, const struct push_check *c)
{
    if (k->n == PUSH_CHECKS) return fail(k->cx, E_LIMIT, "more than %d checks are asked of one push", PUSH_CHECKS);
    k->list[k->n] = *c;
    k->list[k->n++].ref = k->ref;
    return OK;
}

static struct push_check asked(const struct definition *d, const char *what, int64_t wanted)
{
    return (struct push_check){
        .what = what, .definition = d->subject, .wanted = wanted, .found = -1, .total = -1, .level = STR("")};
}

/* Of each report (type, name, sender) on a tree the newest. */
#define COUNTING                                                                                                       \
    " FROM fact_evidence e WHERE e.n IN (SELECT max(x.n) FROM fact_evidence x WHERE x.repository = ?1 AND x.tree_oid " \
    "= ?2 AND (?3 = '[]' OR x.actor IN (SELECT value FROM json_each(?3))) GROUP BY x.type, x.name, x.actor)"

static enum rc ask_evidence(struct checking *k, const char *sql, struct str tree, const struct definition *d,
                            sqlite3_stmt **st)
{
    TRY(store_prepare(k->cx, k->db, str_from(sql), st));
    store_bind_str(*st, 1, k->p->place->subject);
    store_bind_str(*st, 2, tree);
    store_bind_str(*st, 3, d->senders);
    return OK;
}

/* A statement counts when it names this commit or tree itself. */
static enum rc check_tests(struct checking *k, const struct definition *d)
{
    scoped_stmt *st = NULL;
    bool row;
    struct push_check c = asked(d, "tests", 1);
    TRY(ask_evidence(k,
                     "SELECT count(*), sum(e.tests - e.skipped), sum(e.failures + e.errors)" COUNTING
                     " AND e.tests IS NOT NULL AND (e.type <> 'in_toto' OR e.bound)",
                     k->tree, d, &st));
    TRY(store_step(k->cx, st, &row));
    if (row && sqlite3_column_int64(st, 0) > 0) {
        c.total = sqlite3_column_int64(st, 1);
        c.found = sqlite3_column_int64(st, 2);
        if (c.total < 0) c.total = 0;
    } else {
        c.why = "no_evidence";
    }
    return add(k, &c);
}

/* --- reports read again */

struct prints {
    struct ctx *cx;
    int level;
    uint8_t (*list)[EVIDENCE_PRINT];
    size_t n;
    size_t from; /* where the report begins that is being read */
};

static int by_print(const void *a, const void *b)
{
    return memcmp(a, b, EVIDENCE_PRINT);
}

/* A finding that two reports tell is one: what counts is how often one report has it, so each is numbered. */
static void end_report(struct prints *p)
{
    uint8_t last[EVIDENCE_PRINT];
    uint32_t nth = 0;
    qsort(p->list + p->from, p->n - p->from, EVIDENCE_PRINT, by_print);
    for (size_t i = p->from; i < p->n; i++) {
        nth = i > p->from && memcmp(last, p->list[i], EVIDENCE_PRINT) == 0 ? nth + 1 : 0;
        memcpy(last, p->list[i], EVIDENCE_PRINT);
        for (int k = 0; k < 4; k++) p->list[i][k] ^= (uint8_t)(nth >> 8 * k);
    }
    p->from = p->n;
}

/* Calls evidence_read() for each that counts. *why: a word when one cannot be read. */
static enum rc read_reports(struct checking *k, const char *types, struct str tree, const struct definition *d,
                            const struct evidence_sink *sink, size_t *n, const char **why)
{
    scoped_stmt *st = NULL;
    const char *sql = arena_printf(&k->cx->arena, "SELECT e.digest, e.size" COUNTING " AND e.type IN (%s)", types).p;
    *n = 0;
    TRY(ask_evidence(k, sql, tree, d, &st));
    for (bool row;;) {
        struct ctx own; /* what reading takes is given back with each */
        struct evidence said;
        int fd = -1;
        TRY(store_step(k->cx, st, &row));
        if (!row) return OK;
        ++*n;
        if (sqlite3_column_int64(st, 1) > (int64_t)LIMIT_EVIDENCE_READ) {
            *why = "too_large";
            continue;
        }
        ctx_init(&own);
        enum rc rc = files_open(&own, k->p->place->dir, store_column_str(st, 0), &fd);
        if (rc == OK) rc = evidence_read(&own, NULL, fd, sink, &said);
        if (rc == OK && sink->finding) end_report(sink->arg);
        if (fd >= 0) (void)close(fd);
        ctx_release(&own);
        if (rc == E_LIMIT)
            *why = "too_many";
        else if (rc != OK)
            *why = "not_here"; /* of another server, or damaged: it was read when it came */
    }
}

/* --- findings */

static enum rc take_finding(void *arg, enum evidence_level level, const uint8_t print[EVIDENCE_PRINT], struct str rule,
                            struct str path, int64_t line)
{
    struct prints *p = arg;
    (void)rule;
    (void)path;
    (void)line;
    if ((int)level < p->level) return OK;
    if (p->n == LIMIT_EVIDENCE_FINDINGS) return E_LIMIT;
    memcpy(p->list[p->n++], print, EVIDENCE_PRINT);
    return OK;
}

/* How many of `now` are not in `before`: a second one of the same print is new when there was one. */
static int64_t count_new(struct prints *now, struct prints *before)
{
    int64_t out = 0;
    qsort(now->list, now->n, EVIDENCE_PRINT, by_print);
    qsort(before->list, before->n, EVIDENCE_PRINT, by_print);
    for (size_t i = 0, k = 0; i < now->n; i++) {
        if (i && by_print(now->list[i - 1], now->list[i]) == 0) continue; /* another report has it too */
        while (k < before->n && by_print(before->list[k], now->list[i]) < 0) k++;
        out += k == before->n || by_print(before->list[k], now->list[i]) != 0;
    }
    return out;
}

/* Findings at the level and over it, by the sums of the reports. */
static enum rc count_findings(struct checking *k, const struct definition *d, int64_t *reports, int64_t *findings)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(ask_evidence(k,
                     "SELECT count(*), sum(e.level_error), sum(e.level_warning), sum(e.level_note)" COUNTING
                     " AND e.type = 'sarif'",
                     k->tree, d, &st));
    TRY(store_step(k->cx, st, &row));
    *reports = row ? sqlite3_column_int64(st, 0) : 0;
    *findings = 0;
    for (int i = d->level; i < LEVELS; i++) *findings += sqlite3_column_int64(st, 1 + LEVEL_ERROR - i);
    return OK;
}

/* Against the branch as it is, else where the change leaves it; with neither all of them are new. */
static enum rc compare(struct checking *k, const struct definition *d, struct push_check *c)
{
    struct prints now = {k->cx, d->level, malloc(LIMIT_EVIDENCE_FINDINGS * EVIDENCE_PRINT), 0, 0},
                  before = {k->cx, d->level, malloc(LIMIT_EVIDENCE_FINDINGS * EVIDENCE_PRINT), 0, 0};
    const struct evidence_sink of_now = {&now, take_finding, NULL}, of_before = {&before, take_finding, NULL};
    size_t n = 0;
    enum rc rc = now.list && before.list ? OK : fail(k->cx, E_INTERNAL, "no memory");
    if (rc == OK) rc = read_reports(k, "'sarif'", k->tree, d, &of_now, &n, &c->why);
    if (rc == OK && k->tip_tree.p) rc = read_reports(k, "'sarif'", k->tip_tree, d, &of_before, &n, &c->why);
    if (rc == OK && !n && k->base_tree.p) rc = read_reports(k, "'sarif'", k->base_tree, d, &of_before, &n, &c->why);
    if (rc == OK && !c->why) {
        c->found = count_new(&now, &before);
        if (!n) c->why = "not_compared"; /* which is said beside the figures */
    }
    free(now.list);
    free(before.list);
    return rc;
}

static enum rc check_findings(struct checking *k, const struct definition *d)
{
    struct push_check c = asked(d, "findings", 0);
    int64_t reports;
    c.level = str_from(evidence_level_name((enum evidence_level)d->level));
    TRY(count_findings(k, d, &reports, &c.total));
    if (!reports) {
        c.total = -1;
        c.why = "no_evidence";
    } else if (!c.total) {
        c.found = 0;
    } else {
        TRY(compare(k, d, &c));
    }
    return add(k, &c);
}

/* --- coverage of what changed */

static enum rc take_line(void *arg, struct str path, int64_t line, bool ran)
{
    changed_lines_take(arg, path, line, ran);
    return OK;
}

static enum rc read_lines(struct checking *k)
{
    if (k->lines_read) return OK;
    k->lines_read = true;
    if (!k->base.p) return OK;
    enum rc rc = changed_lines_read(k->cx, k->g, k->base, k->commit, &k->lines);
    k->lines_known = rc == OK;
    return rc == E_LIMIT ? OK : rc;
}

static enum rc check_coverage(struct checking *k, const struct definition *d)
{
    struct push_check c = asked(d, "coverage", d->coverage);
    size_t n = 0;
    TRY(read_lines(k));
    const struct evidence_sink sink = {k->lines, NULL, take_line};
    if (!k->lines_known)
        c.why = k->base.p ? "too_many" : "no_base";
    else
        TRY(read_reports(k, "'lcov', 'cobertura'", k->tree, d, &sink, &n, &c.why));
    if (!c.why && !n) c.why = "no_evidence";
    if (!c.why) changed_lines_count(k->lines, &c.total, &c.found);
    return add(k, &c);
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
    struct push_check c = asked(d, what, 1);
    if (!json_array_size(t.when) || !json_array_size(t.where)) return OK; /* not asked */
    TRY(git_diff(k->cx, k->g, k->base, k->commit, take_path, &t));
    c.total = t.asked;
    c.found = t.given;
    return add(k, &c);
}

/* --- what reviewers tick */

static enum rc check_ticks(struct checking *k, const struct definition *d)
{
    struct push_check c = asked(d, CHECK_ASVS, 0);
    check_ticks_read(k->cx, d->content, &c.items, &c.n_items);
    if (!c.n_items) return OK;
    c.wanted = c.total = (int64_t)c.n_items;
    c.found = 0;
    return add(k, &c);
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
