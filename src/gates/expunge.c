#include "gates/expunge.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/limits.h"
#include "gates/decide.h"
#include "gates/receive.h"
#include "git/oid.h"
#include "git/rewrite.h"
#include "ledger/log_reader.h"
#include "store/store.h"

#define REFS_SAID_MOST (256U << 20)
#define ACTS_MOST 100 /* at once; others follow */
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* Two people, always: what one did alone counts once another has looked at it. */
#define AGREED "EXISTS (SELECT 1 FROM fact_approval a WHERE a.act = e.n AND a.decision IN ('approved', 'reviewed'))"
/* … and it is done when who did it has seen that the contents are gone: an outcome that was found out later, after a
 * crash, tells of refs alone, so then it is done once more. */
#define WAITS                                                                                                          \
    AGREED " AND NOT EXISTS (SELECT 1 FROM fact_expunged x JOIN fact_outcome o ON o.decision = x.n WHERE x.act = e.n " \
           "AND o.outcome = 'done' AND o.settled IS NULL)"

/* --- what was decided */

static enum rc read_texts(struct ctx *cx, sqlite3_stmt *st, struct str **ids, size_t *n)
{
    size_t cap = 64;
    *ids = arena_array(&cx->arena, struct str, cap);
    *n = 0;
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (*n == cap) {
            struct str *more = arena_array(&cx->arena, struct str, 2 * cap);
            memcpy(more, *ids, cap * sizeof *more);
            *ids = more;
            cap *= 2;
        }
        (*ids)[(*n)++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
}

enum rc expunge_ids(struct ctx *cx, sqlite3 *db, struct str repository, struct str **ids, size_t *n)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("SELECT DISTINCT o.oid FROM fact_expunge e JOIN fact_expunge_objects o ON o.n = e.n WHERE "
                          "e.subject = ?1 AND " AGREED " ORDER BY o.oid"),
                      &st));
    store_bind_str(st, 1, repository);
    return read_texts(cx, st, ids, n);
}

/* The oldest that waits, after one; *n 0: none. */
static enum rc next_act(struct ctx *cx, sqlite3 *db, struct str repository, int64_t after, int64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT min(e.n) FROM fact_expunge e WHERE e.subject = ?1 AND e.n > ?2 AND " WAITS),
                      &st));
    store_bind_str(st, 1, repository);
    store_bind_int(st, 2, after);
    TRY(store_step(cx, st, &row));
    *n = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

enum rc expunge_due(struct ctx *cx, sqlite3 *db, struct str **repositories, size_t *n)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("SELECT DISTINCT e.subject FROM fact_expunge e JOIN fact_repository r ON r.subject = "
                          "e.subject WHERE r.state = 'active' AND r.hosted AND " WAITS " ORDER BY e.subject"),
                      &st));
    return read_texts(cx, st, repositories, n);
}

static enum rc ids_of(struct ctx *cx, sqlite3 *db, int64_t act, struct str **ids, size_t *n)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("SELECT oid FROM fact_expunge_objects WHERE n = ?1 ORDER BY oid"), &st));
    store_bind_int(st, 1, act);
    return read_texts(cx, st, ids, n);
}

/* --- refs */

struct doing {
    struct facts *facts;
    struct log_reader *reader;
    struct git *git;
    const struct gate_place *place;
    const struct gate_caller *by;
    int64_t act;
    uint64_t *done; /* numbers of `expunged` facts whose refs have moved */
    size_t n_done;
    struct rewrite *history;
    struct ref_update *moves; /* branches and tags first */
    size_t n, told, cap;
};

static void add_move(struct ctx *cx, struct doing *d, struct str name, struct str before, struct str after)
{
    if (d->n == d->cap) {
        size_t cap = d->cap ? 2 * d->cap : 64;
        struct ref_update *more = arena_array(&cx->arena, struct ref_update, cap);
        if (d->n) memcpy(more, d->moves, d->n * sizeof *more);
        d->moves = more;
        d->cap = cap;
    }
    d->moves[d->n++] = (struct ref_update){name, before, arena_str(&cx->arena, after)};
}

/* `ID TYPE NAME` of each ref below. Patch sets go: what was approved is what they were. */
static enum rc find_moves(struct ctx *cx, struct doing *d, bool patch_sets)
{
    const char *const argv[] = {"for-each-ref", "--format=%(objectname) %(objecttype) %(refname)",
                                patch_sets ? "refs/changes" : "refs/heads", patch_sets ? NULL : "refs/tags", NULL};
    scoped_buf out;
    struct str rest, line, oid, type;
    int code;
    buf_init(&out, REFS_SAID_MOST);
    TRY(hosted_run(cx, d->git, argv, STR_NONE, &out, &code, NULL));
    if (code != 0) return fail(cx, E_CORRUPT, "the repository's refs cannot be read");
    rest = arena_str(&cx->arena, buf_view(&out));
    while (str_cut(&rest, '\n', &line)) {
        struct str after = STR_NONE;
        if (!str_cut(&line, ' ', &oid) || !str_cut(&line, ' ', &type)) continue;
        if (str_eq(type, STR("tag")))
            TRY(rewrite_tag(cx, d->git, d->history, oid, &after));
        else if (!rewrite_of(d->history, oid, &after))
            continue;
        if (!after.p) continue;
        add_move(cx, d, line, oid, patch_sets ? (struct str){ZEROS, d->git->hex} : after);
    }
    return OK;
}

/* --- what was done */

static enum rc put_done(struct append *a, void *arg)
{
    struct doing *d = arg;
    scoped_buf b;
    struct json j;
    int64_t next;
    TRY(next_act(a->cx, a->db, d->place->subject, d->act - 1, &next));
    if (next != d->act) return fail(a->cx, E_CONFLICT, "it has been done, or is not agreed to any more");
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_int(&j, "act", d->act);
    json_put_int(&j, "commits", (int64_t)rewrite_count(d->history));
    json_put_int(&j, "patch_sets", (int64_t)(d->n - d->told));
    json_key(&j, "moved");
    json_begin(&j, '[');
    for (size_t i = 0; i < d->told; i++) {
        json_begin(&j, '{');
        json_put_str(&j, "ref", push_subject(a->cx, d->place, d->moves[i].name));
        json_put_str(&j, "before", d->moves[i].before);
        json_put_str(&j, "after", d->moves[i].after);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_end(&j, '}');
    return gate_put(a, d->by, "expunged", d->place->subject, &b, &d->done[d->n_done]);
}

static enum rc put_gone(struct append *a, void *arg)
{
    const struct doing *d = arg;
    for (size_t i = 0; i < d->n_done; i++) TRY(decide_put_done(a, d->by, d->done[i]));
    return OK;
}

/* What stands in the log of it already, from before a crash; 0: nothing. */
static enum rc told_of(struct ctx *cx, sqlite3 *db, int64_t act, uint64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT coalesce(max(n), 0) FROM fact_expunged WHERE act = ?1"), &st));
    store_bind_int(st, 1, act);
    TRY(store_step(cx, st, &row));
    *n = (uint64_t)sqlite3_column_int64(st, 0);
    return OK;
}

/* Refs are locked, then it is written down, then they move: as a push's. */
static enum rc move(struct ctx *cx, struct doing *d)
{
    struct ref_moves m = REF_MOVES_NONE;
    TRY(told_of(cx, log_reader_db(d->reader), d->act, &d->done[d->n_done]));
    if (d->done[d->n_done] && d->n == 0) { /* nothing is left to move: it is only to be forgotten */
        d->n_done++;
        return OK;
    }
    if (d->told > PUSH_REFS) return fail(cx, E_LIMIT, "it would move more than %d branches and tags", PUSH_REFS);
    TRY(ref_moves_prepare(cx, d->git, d->moves, d->n, true, &m));
    enum rc rc = append_run(cx, d->facts, facts_now(d->facts), put_done, d);
    if (rc != OK) {
        ref_moves_abort(&m);
        return rc;
    }
    TRY(ref_moves_commit(cx, &m));
    d->n_done++;
    return OK;
}

static enum rc do_one(struct ctx *cx, struct doing *d, struct expunged *out)
{
    struct str *ids;
    size_t n;
    struct str note =
        arena_printf(&cx->arena, "Taken out of the history: event %lld of the audit log.\n", (long long)d->act);
    sqlite3 *db = log_reader_db(d->reader);
    d->n = d->told = 0;
    TRY(ids_of(cx, db, d->act, &ids, &n));
    TRY(expunge_check_tips(cx, db, d->git, d->place, ids, n));
    TRY(rewrite_history(cx, d->git, ids, n, note, &d->history));
    enum rc rc = find_moves(cx, d, false);
    d->told = d->n;
    if (rc == OK) rc = find_moves(cx, d, true);
    if (rc == OK) rc = move(cx, d);
    if (rc == OK) {
        out->acts++;
        out->commits += rewrite_count(d->history);
        out->refs += d->told;
        out->patch_sets += d->n - d->told;
    }
    rewrite_free(d->history);
    enum rc ended = rewrite_end(cx, d->git);
    return rc == OK ? ended : rc;
}

/* --- forgetting */

static enum rc count_left(struct ctx *cx, const struct git *g, const struct str *ids, size_t n, size_t *left)
{
    static const char *const argv[] = {"cat-file", "--batch-check=%(objectname)", NULL};
    scoped_buf input, out;
    struct str rest, line;
    int code;
    *left = 0;
    if (!n) return OK;
    buf_init(&input, REFS_SAID_MOST);
    buf_init(&out, REFS_SAID_MOST);
    for (size_t i = 0; i < n; i++) buf_printf(&input, STR_FMT "\n", STR_ARG(ids[i]));
    TRY(hosted_run(cx, g, argv, buf_view(&input), &out, &code, NULL));
    rest = buf_view(&out);
    while (str_cut(&rest, '\n', &line)) *left += oid_is(line, g->hex);
    return OK;
}

enum rc expunge_explain(struct ctx *cx, const struct git *g, const struct str *commits, size_t n, enum rc rc)
{
    struct str why = arena_str(&cx->arena, str_from(cx->message));
    size_t left;
    if (count_left(cx, g, commits, n, &left) == OK && left < n)
        return fail(
            cx, E_CONFLICT,
            "the patch set is not here any more, as contents were taken out of the history: set the change upon "
            "the branch as it is now and push it again");
    return fail(cx, rc, "%s", why.p);
}

static enum rc forget(struct ctx *cx, struct doing *d)
{
    static const char *const argv[] = {"-c", "gc.reflogExpire=now", "-c",      "gc.reflogExpireUnreachable=now",
                                       "gc", "--prune=now",         "--quiet", NULL};
    struct str *ids;
    size_t n, left;
    scoped_buf out;
    int code;
    const char *why;
    TRY(expunge_ids(cx, log_reader_db(d->reader), d->place->subject, &ids, &n));
    TRY(count_left(cx, d->git, ids, n, &left));
    if (!left) return OK;
    ctx_progress(cx, "forgetting what was there", 0, 0);
    buf_init(&out, 1 << 20);
    TRY(hosted_run(cx, d->git, argv, STR_NONE, &out, &code, &why));
    if (code != 0) return fail(cx, E_IO, "git does not forget what was there: %s", why);
    TRY(count_left(cx, d->git, ids, n, &left));
    if (left && d->n_done)
        return fail(cx, E_CONFLICT,
                    "%zu of the contents are still there: a ref came meanwhile that holds them. It is done again",
                    left);
    return left ? fail(cx, E_CONFLICT,
                       "%zu of the contents are still there: a ref came meanwhile that holds them. Ask for it again",
                       left)
                : OK;
}

static enum rc run(struct ctx *cx, struct doing *d, struct expunged *out)
{
    size_t settled;
    TRY(log_reader_refresh(cx, d->reader));
    TRY(decide_settle(cx, d->facts, log_reader_db(d->reader), d->git, d->place, d->by, &settled));
    TRY(log_reader_refresh(cx, d->reader));
    while (d->n_done < ACTS_MOST) {
        TRY(next_act(cx, log_reader_db(d->reader), d->place->subject, d->act, &d->act));
        if (!d->act) break;
        TRY(do_one(cx, d, out));
    }
    TRY(forget(cx, d));
    return d->n_done ? append_run(cx, d->facts, facts_now(d->facts), put_gone, d) : OK;
}

enum rc expunge_run(struct ctx *cx, struct facts *f, const char *dir, const struct gate_place *place,
                    const struct gate_caller *by, struct expunged *out)
{
    struct doing d = {.facts = f, .place = place, .by = by, .done = arena_array(&cx->arena, uint64_t, ACTS_MOST + 1)};
    *out = (struct expunged){0};
    if (place->host != GATE_HOSTED)
        return fail(cx, E_INVALID, "another host keeps this repository, and takes out of it what has to be");
    int lock = receive_lock(cx, place->path);
    if (lock < 0) return fail(cx, E_IO, "the repository cannot be locked: %s", strerror(errno));
    enum rc rc = log_reader_open(cx, dir, &d.reader);
    if (rc == OK) rc = hosted_open(cx, place->path, NULL, &d.git);
    if (rc == OK) rc = run(cx, &d, out);
    git_close(d.git);
    log_reader_close(d.reader);
    (void)close(lock);
    return rc;
}
