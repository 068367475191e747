/* Comments on changes (gates/comment.h): threads as they stand, carried along to the patch set that is looked at. */
#include "api/code_change.h"
#include "api/code_critical.h"
#include "api/show.h"
#include "gates/carry.h"
#include "gates/comment.h"
#include "store/store.h"

#include <string.h>

/* --- saying something */

static void take_draft(const json_t *one, struct comment_draft *d)
{
    struct str side = api_field(one, "side"), path = api_field(one, "path");
    *d = (struct comment_draft){.thread = api_field_int(one, "thread", -1),
                                .patch_set = api_field_int(one, "patch_set", 0),
                                .path = path.p ? path : STR(""),
                                .old = str_eq(side, STR("old")),
                                .line = api_field_int(one, "line", 0),
                                .text = api_field(one, "text"),
                                .resolved = -1};
    if (json_is_boolean(json_object_get(one, "resolved"))) d->resolved = api_field_bool(one, "resolved", false);
    d->last = api_field_int(one, "last", d->line);
}

static enum rc say(struct ctx *cx, struct api_call *call, const struct review_word *word)
{
    struct code_change f;
    TRY(code_change_find(cx, call, &f));
    code_change_narrow(call, &f);
    const json_t *list = json_object_get(call->body, "comments");
    size_t n = json_array_size(list);
    struct comment_draft *drafts = arena_array(&cx->arena, struct comment_draft, n + 1);
    for (size_t i = 0; i < n; i++) take_draft(json_array_get(list, i), &drafts[i]);
    const struct saying s = {.number = f.change.number, .word = *word, .comments = drafts, .n = n};
    TRY(change_say(cx, call->facts, call->ledger, &f.place, &f.caller, &s));
    return code_change_done(call);
}

API_OPERATION(code_changes_comment)
{
    return say(cx, call, &(struct review_word){.vote = REVIEW_NONE});
}

API_OPERATION(code_changes_review)
{
    static const char *const votes[] = {"approve", "reject", "withdraw"};
    struct review_word w = {.patch_set = api_field_int(call->body, "patch_set", 0)};
    struct str *ticked;
    TRY(code_critical_ticked(cx, call, &ticked, &w.n_ticked));
    w.ticked = ticked;
    for (int i = 0; i < 3; i++)
        if (str_eq(api_field(call->body, "vote"), str_from(votes[i]))) w.vote = (enum review_vote)i;
    return say(cx, call, &w);
}

/* --- threads */

struct thread {
    int64_t n, patch_set, line, last; /* as it was begun */
    struct str path, side;
    struct carried now;
    bool resolved;
};
#define THREADS_MOST 1000
#define FOLLOWED 20 /* patch sets whose comments are followed, the newest first; older ones count as gone */

static const char threads_sql[] =
    "SELECT t.thread, t.resolved, b.patch_set, b.path, b.side, b.line, b.last FROM (SELECT max(n), thread, resolved "
    "FROM fact_comment WHERE subject = ?1 GROUP BY thread) t LEFT JOIN fact_comment b ON b.n = t.thread ORDER BY "
    "t.thread LIMIT 1001";

static enum rc read_threads(struct ctx *cx, struct api_call *call, struct str change, struct thread *list, size_t *n)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger, STR(threads_sql), &st));
    store_bind_str(st, 1, change);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (*n == THREADS_MOST) return fail(cx, E_LIMIT, "more than %d threads on one change", THREADS_MOST);
        struct thread *t = &list[(*n)++];
        *t = (struct thread){.n = sqlite3_column_int64(st, 0),
                             .resolved = sqlite3_column_int(st, 1),
                             .patch_set = sqlite3_column_int64(st, 2),
                             .path = arena_str(&cx->arena, store_column_str(st, 3)),
                             .side = arena_str(&cx->arena, store_column_str(st, 4)),
                             .line = sqlite3_column_int64(st, 5),
                             .last = sqlite3_column_int64(st, 6)};
        t->now = (struct carried){t->path, t->line, t->last, false};
    }
}

struct following {
    struct ctx *cx;
    struct api_call *call;
    const struct code_change *found;
    struct git *g;
    int64_t shown;
    struct str commit, base;
    struct thread *threads;
    size_t n;
};

/* Threads of one patch set and side, at most `cap` at once. */
static enum rc follow_side(const struct following *f, int64_t patch_set, bool old, struct str from, struct str to)
{
    enum { AT_ONCE = 200 };
    struct carried list[AT_ONCE];
    size_t which[AT_ONCE], n = 0;
    for (size_t i = 0; i <= f->n; i++) {
        const struct thread *t = &f->threads[i];
        if (i < f->n && t->patch_set == patch_set && t->path.n && str_eq(t->side, STR("old")) == old) {
            which[n] = i;
            list[n++] = t->now;
        }
        if (n < AT_ONCE && i < f->n) continue;
        TRY(carry_lines(f->cx, f->g, from, to, list, n));
        for (size_t k = 0; k < n; k++) f->threads[which[k]].now = list[k];
        n = 0;
    }
    return OK;
}

static enum rc follow(const struct following *f)
{
    int64_t done[FOLLOWED + 1];
    size_t n = 0;
    for (size_t i = f->n; i-- > 0;) {
        struct thread *t = &f->threads[i];
        struct str commit, base;
        bool seen = t->patch_set == f->shown || t->patch_set == 0;
        for (size_t k = 0; k < n; k++) seen |= done[k] == t->patch_set;
        if (seen) continue;
        if (n == FOLLOWED || t->patch_set > f->found->change.patch_set) {
            t->now.gone = t->path.n > 0;
            continue;
        }
        done[n++] = t->patch_set;
        TRY(code_change_commits(f->cx, f->call, f->found->change.subject, t->patch_set, &commit, &base));
        TRY(follow_side(f, t->patch_set, false, commit, f->commit));
        TRY(follow_side(f, t->patch_set, true, base, f->base));
    }
    return OK;
}

static const char comments_sql[] =
    "SELECT c.n, c.at, c.actor, p.name, c.text, c.resolved, c.patch_set, (SELECT json_group_array(json_object('id', "
    "m.value, 'name', q.name)) FROM fact_comment_mentions m LEFT JOIN fact_person q ON q.subject = m.value WHERE m.n = "
    "c.n) FROM fact_comment c LEFT JOIN fact_person p ON p.subject = c.actor WHERE c.subject = ?1 AND c.thread = ?2 "
    "ORDER BY c.n LIMIT 1000";

static enum rc put_comments(struct ctx *cx, struct api_call *call, struct str change, int64_t thread)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger, STR(comments_sql), &st));
    store_bind_str(st, 1, change);
    store_bind_int(st, 2, thread);
    json_key(j, "comments");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        show_column_int(j, "n", st, 0);
        show_column_time(j, "at", st, 1);
        show_column_person(j, "by", st, 2);
        show_column_text(j, "text", st, 4);
        show_column_bool(j, "resolved", st, 5);
        show_column_int(j, "patch_set", st, 6);
        json_key(j, "mentions");
        json_raw(j, store_column_str(st, 7));
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static void put_line(struct json *j, const char *key, int64_t n)
{
    if (n)
        json_put_int(j, key, n);
    else
        json_put_cstr(j, key, NULL);
}

static enum rc put_threads(struct ctx *cx, const struct following *f)
{
    struct json *j = &f->call->out;
    json_begin(j, '{');
    json_put_int(j, "patch_set", f->shown);
    json_key(j, "threads");
    json_begin(j, '[');
    for (size_t i = 0; i < f->n; i++) {
        const struct thread *t = &f->threads[i];
        json_begin(j, '{');
        json_put_int(j, "thread", t->n);
        json_put_bool(j, "resolved", t->resolved);
        json_put_int(j, "patch_set", t->patch_set);
        show_text(j, "path", t->path);
        show_text(j, "side", t->side);
        put_line(j, "line", t->now.gone ? 0 : t->now.line);
        put_line(j, "last", t->now.gone ? 0 : t->now.last);
        put_line(j, "began_line", t->line);
        put_line(j, "began_last", t->last);
        json_put_bool(j, "outdated", t->now.gone);
        TRY(put_comments(cx, f->call, f->found->change.subject, t->n));
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(code_changes_threads)
{
    struct code_change found;
    TRY(code_change_find(cx, call, &found));
    struct following f = {.cx = cx,
                          .call = call,
                          .found = &found,
                          .shown = api_value_int(call, "patch_set", found.change.patch_set),
                          .threads = arena_array(&cx->arena, struct thread, THREADS_MOST)};
    TRY(code_change_commits(cx, call, found.change.subject, f.shown, &f.commit, &f.base));
    TRY(read_threads(cx, call, found.change.subject, f.threads, &f.n));
    TRY(hosted_open(cx, found.place.path, NULL, &f.g));
    enum rc rc = follow(&f);
    if (rc == OK) rc = put_threads(cx, &f);
    git_close(f.g);
    return rc;
}
