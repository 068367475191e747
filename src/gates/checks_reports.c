/* What reports of tests and analyses show of a tree: by their sums, and where sums do not tell, read again. */
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "evidence/evidence.h"
#include "files/files.h"
#include "gates/checks_int.h"
#include "store/store.h"

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
enum rc check_tests(struct checking *k, const struct definition *d)
{
    scoped_stmt *st = NULL;
    bool row;
    struct push_check c = checks_asked(d, "tests", 1);
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
    return checks_add(k, &c);
}

/* --- reports read again */

struct prints {
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
    struct prints now = {d->level, malloc(LIMIT_EVIDENCE_FINDINGS * EVIDENCE_PRINT), 0, 0},
                  before = {d->level, malloc(LIMIT_EVIDENCE_FINDINGS * EVIDENCE_PRINT), 0, 0};
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

enum rc check_findings(struct checking *k, const struct definition *d)
{
    struct push_check c = checks_asked(d, "findings", 0);
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
    return checks_add(k, &c);
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

enum rc check_coverage(struct checking *k, const struct definition *d)
{
    struct push_check c = checks_asked(d, "coverage", d->coverage);
    size_t n = 0;
    TRY(read_lines(k));
    const struct evidence_sink sink = {k->lines, NULL, take_line};
    if (!k->lines_known)
        c.why = k->base.p ? "too_many" : "no_base";
    else
        TRY(read_reports(k, "'lcov', 'cobertura'", k->tree, d, &sink, &n, &c.why));
    if (!c.why && !n) c.why = "no_evidence";
    if (!c.why) changed_lines_count(k->lines, &c.total, &c.found);
    return checks_add(k, &c);
}
