#include "assess/assess.h"

#include "base/time.h"
#include "rules/baseline.h"

#include <time.h>

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct rules_options rules_of(const struct assess_options *o)
{
    return (struct rules_options){.now = o->now,
                                  .since = o->since,
                                  .lang = o->lang,
                                  .preset = rules_preset(o->catalog, o->own, o->preset),
                                  .own = o->own,
                                  .task = o->task,
                                  .keys = o->keys,
                                  .texts = o->texts};
}

static void fill_run(struct ctx *cx, const struct assess_options *o, struct assessment *a)
{
    a->run.path = str_from(str_visible(cx, o->path));
    a->run.now = o->now;
    a->run.since = o->since;
    a->run.lang = o->lang;
    const struct catalog_preset *preset = rules_preset(o->catalog, o->own, o->preset);
    a->run.preset = preset ? preset->key : STR_NONE;
    memcpy(a->run.catalog_digest, o->catalog->digest, sizeof a->run.catalog_digest);
}

static struct str kept(struct ctx *cx, sqlite3_stmt *st, int column)
{
    struct str s = store_column_str(st, column);
    return s.p ? arena_str(&cx->arena, s) : STR_NONE;
}

static enum rc fill_repository(struct ctx *cx, sqlite3 *db, struct assessment *a)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT head, rev, branch, object_format, commits, period_commits, files, missing, shallow,"
                          " partial FROM repository"),
                      &st));
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_INTERNAL, "the repository's facts are missing");
    a->repository.head = kept(cx, st, 0);
    a->repository.rev = kept(cx, st, 1);
    a->repository.branch = kept(cx, st, 2);
    a->repository.object_format = kept(cx, st, 3);
    a->repository.commits = sqlite3_column_int64(st, 4);
    a->repository.period_commits = sqlite3_column_int64(st, 5);
    a->repository.files = sqlite3_column_int64(st, 6);
    a->repository.missing = sqlite3_column_int64(st, 7);
    a->repository.shallow = sqlite3_column_int(st, 8) != 0;
    a->repository.partial = sqlite3_column_int(st, 9) != 0;
    return OK;
}

/* Entries that count no more are the reason why findings came back. */
static void fill_notices(struct ctx *cx, const struct assess_options *o, const struct observe_outcome *seen,
                         const struct baseline *b, struct assessment *a)
{
    static const char *const text[LANG_COUNT] = {
        "%zu of the baseline's entries have ended; their findings count again.",
        "Hyväksyttyjen havaintojen luettelosta %zu merkintää on vanhentunut, joten niiden havainnot lasketaan taas "
        "mukaan."};
    size_t ended = b ? baseline_ended(b) : 0;
    struct str *notices = arena_array(&cx->arena, struct str, seen->n_notices + 1);
    if (seen->n_notices) memcpy(notices, seen->notices, seen->n_notices * sizeof *notices);
    a->n_notices = seen->n_notices;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (ended) notices[a->n_notices++] = arena_printf(&cx->arena, text[o->lang], ended);
#pragma GCC diagnostic pop
    a->notices = notices;
}

static enum rc evaluate(struct ctx *cx, const struct assess_options *o, const struct rules_options *rules,
                        const struct observe_outcome *seen, struct assessment *out)
{
    struct baseline *b = NULL;
    if (o->baseline) TRY(baseline_read(cx, o->baseline, o->now, &b));
    fill_run(cx, o, out);
    out->run.cache = seen->cache;
    TRY(fill_repository(cx, seen->db, out));
    TRY(assess_registers(cx, seen->db, o, rules->only_check ? ASSESS_REGISTERS_OF_CHECK : ASSESS_REGISTERS,
                         &out->run.facts));
    TRY(rules_evaluate(cx, seen->db, o->catalog, rules, b, out));
    fill_notices(cx, o, seen, b, out);
    return OK;
}

static struct observe_options observe_of(struct ctx *cx, const struct assess_options *o, struct str head)
{
    return (struct observe_options){.head = head,
                                    .rev = str_from(str_visible(cx, o->rev)),
                                    .since = o->since,
                                    .now = o->now,
                                    .cache = o->cache,
                                    .threads = o->threads,
                                    .lang = o->lang == LANG_FI};
}

enum rc assess_repository(struct ctx *cx, struct git *g, const struct assess_options *o, struct assessment *out)
{
    int64_t start = milliseconds();
    struct str head;
    *out = (struct assessment){0};
    TRY(git_resolve(cx, g, o->rev, &head));
    struct observe_options look = observe_of(cx, o, head);
    struct observe_outcome seen;
    TRY(assess_known_people(cx, o, &look));
    TRY(observe_repository(cx, g, &look, &seen));
    struct rules_options rules = rules_of(o);
    enum rc rc = rules_ask_all(cx, seen.db);
    if (rc == OK) rc = evaluate(cx, o, &rules, &seen, out);
    store_close(seen.db);
    out->run.duration_ms = milliseconds() - start;
    return rc;
}

/* What the change touches: files that are there on this side of it, and its commits. */
static enum rc ask_change(struct ctx *cx, sqlite3 *db, struct assess_change *change)
{
    TRY(rules_ask_none(cx, db));
    TRY(store_exec(cx, db,
                   "INSERT INTO temp.asked SELECT 'file', f.path, 'file:self/' || f.path"
                   " FROM temp.changed c JOIN main.d_file f ON f.path = c.path WHERE c.moved = 0;"
                   "INSERT INTO temp.asked SELECT 'commit', oid, 'commit:self/' || oid FROM main.d_commit"));
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT (SELECT count(*) FROM temp.changed), (SELECT count(*) FROM main.d_commit)"),
                      &st));
    TRY(store_step(cx, st, &row));
    change->files = sqlite3_column_int64(st, 0);
    change->commits = sqlite3_column_int64(st, 1);
    return OK;
}

static enum rc judge_side(struct ctx *cx, struct git *g, const struct assess_options *o,
                          const struct observe_options *look, enum change_side side, struct rules_options *rules,
                          struct assess_change *change, struct assessment *out)
{
    struct observe_outcome seen;
    *out = (struct assessment){0};
    rules->only_check = true;
    TRY(observe_change(cx, g, look, change->base_oid, change->staged, side, &seen));
    enum rc rc = ask_change(cx, seen.db, change);
    if (rc == OK) rc = evaluate(cx, o, rules, &seen, out);
    store_close(seen.db);
    return rc;
}

/* The ids of all findings, as known ones for the other side. */
static void take_known(struct ctx *cx, const struct assessment *a, struct rules_options *rules)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_tasks; i++)
        for (size_t k = 0; k < a->tasks[i].n_obligations; k++) n += a->tasks[i].obligations[k].n_keys;
    struct str *known = arena_array(&cx->arena, struct str, n + 1);
    for (size_t i = 0; i < a->n_tasks; i++)
        for (size_t k = 0; k < a->tasks[i].n_obligations; k++) {
            const struct obligation_result *o = &a->tasks[i].obligations[k];
            for (size_t m = 0; m < o->n_keys; m++) known[rules->n_known++] = o->keys[m].id;
        }
    rules_sort_known(known, rules->n_known);
    rules->known = known;
}

static enum rc find_ends(struct ctx *cx, struct git *g, const struct assess_options *o, struct assess_change *change,
                         struct str *head)
{
    *head = change->base_oid = STR_NONE;
    if (change->staged) {
        enum rc rc = git_resolve(cx, g, STR("HEAD"), head);
        if (rc == E_NOTFOUND) return OK; /* the first commit */
        change->base_oid = *head;
        return rc;
    }
    TRY(git_resolve(cx, g, o->rev, head));
    if (change->unpublished) return git_published(cx, g, *head, &change->base_oid);
    struct str from;
    enum rc rc = change->base.p ? git_resolve(cx, g, change->base, &from) : git_upstream(cx, g, &from);
    /* A branch of a repository that knows of no other: all of it is the change. */
    if (rc == E_NOTFOUND && !change->base.p && git_facts(g)->head_ref.p && !git_has_remotes(g)) return OK;
    TRY(rc);
    rc = git_merge_base(cx, g, from, *head, &change->base_oid);
    if (rc != E_NOTFOUND) return rc;
    if (git_facts(g)->shallow)
        return fail(cx, rc, "where the commits part is not in this shallow clone: `git fetch --unshallow` gets it");
    return OK; /* a history of its own */
}

enum rc assess_change(struct ctx *cx, struct git *g, const struct assess_options *o, struct assess_change *change,
                      struct assessment *out)
{
    int64_t start = milliseconds();
    struct str head;
    *out = (struct assessment){0};
    TRY(find_ends(cx, g, o, change, &head));
    struct observe_options look = observe_of(cx, o, head);
    look.cache = NULL;
    struct rules_options rules = rules_of(o);
    if (change->base_oid.p) {
        struct assessment before;
        struct rules_options old = rules;
        old.keys = true;
        TRY(judge_side(cx, g, o, &look, CHANGE_BEFORE, &old, change, &before));
        take_known(cx, &before, &rules);
    }
    TRY(judge_side(cx, g, o, &look, CHANGE_AFTER, &rules, change, out));
    out->run.duration_ms = milliseconds() - start;
    return OK;
}

bool assess_fails(const struct assessment *a, enum priority priority)
{
    for (size_t i = 0; i < a->n_tasks; i++) {
        const struct task_result *t = &a->tasks[i];
        for (size_t k = 0; k < t->n_obligations && rules_priority(t) <= priority; k++) {
            const struct obligation_result *o = &t->obligations[k];
            if (o->verdict == VERDICT_VIOLATED && rules_is_must(o) && o->baselined < o->failing) return true;
        }
    }
    return false;
}
