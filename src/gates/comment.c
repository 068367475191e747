#include "gates/comment.h"

#include "base/json.h"
#include "base/limits.h"
#include "records/mention.h"
#include "store/store.h"

enum rc comment_open_threads(struct ctx *cx, sqlite3 *db, struct str change, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT count(*) FROM (SELECT max(n), resolved FROM fact_comment WHERE subject = ?1 GROUP BY "
                          "thread) WHERE NOT resolved"),
                      &st));
    store_bind_str(st, 1, change);
    TRY(store_step(cx, st, &row));
    *out = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

/* --- what a comment is about */

/* Whether the lines are there. */
static enum rc look_up(struct ctx *cx, const struct git *g, struct str commit, struct str path, int64_t line,
                       int64_t last)
{
    const char *const argv[] = {"cat-file", "blob",
                                arena_printf(&cx->arena, STR_FMT ":" STR_FMT, STR_ARG(commit), STR_ARG(path)).p, NULL};
    scoped_buf b;
    int code;
    buf_init(&b, LIMIT_COMMENTED_FILE);
    enum rc rc = hosted_run(cx, g, argv, STR_NONE, &b, &code, NULL);
    if (rc == E_LIMIT) return fail(cx, E_INVALID, "the file is too large to comment on its lines");
    TRY(rc);
    if (code) return fail(cx, E_INVALID, "there is no file \"%s\" on this side", str_visible(cx, path));
    if (!line) return OK;
    struct str rest = buf_view(&b), one;
    int64_t at = 0;
    while (at < last && str_cut(&rest, '\n', &one)) {
        if (!rest.p && !one.n) break; /* behind the last line feed */
        at++;
    }
    return at == last
               ? OK
               : fail(cx, E_INVALID, "\"%s\" has no line %lld on this side", str_visible(cx, path), (long long)last);
}

struct said {
    const struct gate_place *place;
    const struct gate_caller *by;
    const struct saying *s;
};

static enum rc commits_of(struct ctx *cx, sqlite3 *db, struct str change, int64_t patch_set, struct str *commit,
                          struct str *base)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT commit_oid, base_oid FROM fact_patch_set WHERE subject = ?1 AND number = ?2"),
                      &st));
    store_bind_str(st, 1, change);
    store_bind_int(st, 2, patch_set);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no patch set %lld", (long long)patch_set);
    *commit = arena_str(&cx->arena, store_column_str(st, 0));
    *base = arena_str(&cx->arena, store_column_str(st, 1));
    return OK;
}

static enum rc check_place(struct ctx *cx, sqlite3 *db, const struct git *g, const struct change *c,
                           const struct comment_draft *d)
{
    struct str commit, base;
    if (d->thread >= 0) return OK;
    if (d->patch_set) TRY(commits_of(cx, db, c->subject, d->patch_set, &commit, &base));
    if (!d->path.n) return OK;
    if ((d->line == 0) != (d->last == 0) || d->last < d->line)
        return fail(cx, E_INVALID, "a comment is on lines from one to another");
    TRY(commits_of(cx, db, c->subject, d->patch_set ? d->patch_set : c->patch_set, &commit, &base));
    return look_up(cx, g, d->old ? base : commit, d->path, d->line, d->last);
}

/* --- the facts */

struct thread {
    struct str beginner; /* STR_NONE: erased */
    bool resolved;
};

static enum rc thread_get(struct append *a, struct str change, int64_t n, struct thread *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT (SELECT actor FROM fact_comment WHERE n = ?2), resolved FROM fact_comment WHERE "
                          "subject = ?1 AND thread = ?2 ORDER BY n DESC LIMIT 1"),
                      &st));
    store_bind_str(st, 1, change);
    store_bind_int(st, 2, n);
    TRY(store_step(a->cx, st, &row));
    if (!row) return fail(a->cx, E_NOTFOUND, "there is no thread %lld in this change", (long long)n);
    out->beginner = arena_str(&a->cx->arena, store_column_str(st, 0));
    out->resolved = sqlite3_column_int(st, 1);
    return OK;
}

static enum rc judge(struct append *a, const struct said *s, const struct identity_who *who, const struct change *c,
                     const struct comment_draft *d, bool *resolved)
{
    struct thread t = {0};
    bool part;
    if (d->thread >= 0) TRY(thread_get(a, c->subject, d->thread, &t));
    *resolved = d->resolved < 0 ? t.resolved : d->resolved != 0;
    if (!str_trim(d->text).n && (d->thread < 0 || t.resolved == *resolved))
        return fail(a->cx, E_INVALID, "a comment says something");
    if (d->thread < 0 || t.resolved || !*resolved || str_eq(t.beginner, s->by->person)) return OK;
    TRY(change_had_part(a->cx, a->db, c->subject, s->by->person, &part));
    if (!part && identity_may(who, "code.review", s->place->project)) return OK;
    return fail(a->cx, E_DENIED,
                "a thread is resolved by who began it, or by a reviewer who had no part in the change; answer it "
                "instead");
}

static enum rc put(struct append *a, const struct said *s, const struct change *c, const struct comment_draft *d,
                   bool resolved)
{
    struct mentions m;
    scoped_buf b;
    struct json j;
    bool good;
    mentions_find(d->text, &m);
    TRY(mentions_check(a->cx, a->db, &m, &good));
    if (!good) return fail(a->cx, E_INVALID, "a comment calls somebody who is not there");
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "repository", s->place->subject);
    json_put_int(&j, "patch_set", d->thread < 0 && d->patch_set ? d->patch_set : c->patch_set);
    if (d->thread >= 0) json_put_int(&j, "thread", d->thread);
    if (d->thread < 0 && d->path.n) {
        json_put_str(&j, "path", d->path);
        json_put_cstr(&j, "side", d->old ? "old" : "new");
        if (d->line) json_put_int(&j, "line", d->line);
        if (d->line) json_put_int(&j, "last", d->last);
    }
    json_put_str(&j, "text", d->text);
    json_put_bool(&j, "resolved", resolved);
    mentions_put(&j, &m);
    json_end(&j, '}');
    return gate_put(a, s->by, "comment", c->subject, &b, NULL);
}

static enum rc build(struct append *a, void *arg)
{
    const struct said *s = arg;
    struct change c;
    struct identity_who who;
    TRY(change_get(a->cx, a->db, s->place->subject, s->s->number, &c));
    TRY(identity_of(a->cx, a->db, a->now, s->by->person, &who));
    who.only = s->by->only;
    who.n_only = s->by->n_only;
    if (who.credential == CREDENTIAL_NONE ||
        !(identity_may(&who, "code.write", s->place->project) || identity_may(&who, "code.review", s->place->project)))
        return fail(a->cx, E_DENIED, "you may read changes here, not comment on them");
    for (size_t i = 0; i < s->s->n; i++) {
        bool resolved;
        TRY(judge(a, s, &who, &c, &s->s->comments[i], &resolved));
        TRY(put(a, s, &c, &s->s->comments[i], resolved));
    }
    return s->s->word.vote == REVIEW_NONE ? OK : change_put_review(a, s->place, s->by, &c, &s->s->word);
}

/* Places are looked at before the unit: git is slow, and commits do not change. */
static enum rc check_places(struct ctx *cx, const struct said *s, sqlite3 *db)
{
    struct change c;
    struct git *g = NULL;
    enum rc rc = OK;
    if (!s->s->n) return OK;
    if (s->s->n > COMMENTS_MOST) return fail(cx, E_LIMIT, "at most %d comments at once", COMMENTS_MOST);
    TRY(change_get(cx, db, s->place->subject, s->s->number, &c));
    TRY(hosted_open(cx, s->place->path, NULL, &g));
    for (size_t i = 0; rc == OK && i < s->s->n; i++) rc = check_place(cx, db, g, &c, &s->s->comments[i]);
    git_close(g);
    return rc;
}

enum rc change_say(struct ctx *cx, struct facts *f, sqlite3 *db, const struct gate_place *place,
                   const struct gate_caller *by, const struct saying *s)
{
    struct said said = {place, by, s};
    TRY(check_places(cx, &said, db));
    return append_run(cx, f, facts_now(f), build, &said);
}
