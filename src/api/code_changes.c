/* Changes proposed for branches of hosted repositories (gates/change.h): as pages show them, and what people do with
 * them. */
#include "api/api.h"
#include "api/code_critical.h"
#include "api/show.h"
#include "base/limits.h"
#include "gates/diff.h"
#include "gates/publish.h"
#include "store/store.h"

struct found {
    struct gate_place place;
    struct gate_caller caller;
    struct change change;
};

static enum rc find(struct ctx *cx, struct api_call *call, struct found *f)
{
    scoped_stmt *st = NULL;
    bool row;
    struct str subject = arena_printf(&cx->arena, "change:" STR_FMT, STR_ARG(api_value(call, "change")));
    TRY(store_prepare(cx, call->ledger, STR("SELECT repository, number FROM fact_change WHERE subject = ?1"), &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    struct str repository = row ? arena_str(&cx->arena, store_column_str(st, 0)) : STR("repo:");
    int64_t number = row ? sqlite3_column_int64(st, 1) : 0;
    enum rc rc = gate_place_find(cx, call->ledger, call->dir, repository, &f->place);
    bool within = api_within(call, rc == OK ? f->place.project : STR(""));
    if (rc != OK || !within)
        return api_fail(cx, call, E_NOTFOUND, "there is no such change, or it is not for you",
                        "sellaista muutosta ei ole, tai se ei ole sinulle");
    f->caller =
        (struct gate_caller){.person = call->who.person, .credential = call->actor.credential, .lang = call->lang};
    return change_get(cx, call->ledger, f->place.subject, number, &f->change);
}

/* --- one change */

static enum rc put_patch_sets(struct ctx *cx, struct api_call *call, struct str change)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT s.number, s.commit_oid, s.base_oid, s.commits, s.at, s.actor, p.name, s.strangers FROM "
            "fact_patch_set s LEFT JOIN fact_person p ON p.subject = s.actor WHERE s.subject = ?1 ORDER BY "
            "s.number DESC LIMIT 1000"),
        &st));
    store_bind_str(st, 1, change);
    json_key(j, "patch_sets");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        show_column_int(j, "number", st, 0);
        show_column_text(j, "commit", st, 1);
        show_column_text(j, "base", st, 2);
        show_column_int(j, "commits", st, 3);
        show_column_time(j, "at", st, 4);
        show_column_person(j, "by", st, 5);
        show_column_int(j, "strangers", st, 7);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static enum rc put_reviews(struct ctx *cx, struct api_call *call, struct str change)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT r.patch_set, r.vote, r.at, r.actor, p.name FROM fact_review r LEFT JOIN fact_person p ON "
            "p.subject = r.actor WHERE r.subject = ?1 ORDER BY r.n DESC LIMIT 1000"),
        &st));
    store_bind_str(st, 1, change);
    json_key(j, "reviews");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        show_column_int(j, "patch_set", st, 0);
        show_column_text(j, "vote", st, 1);
        show_column_time(j, "at", st, 2);
        show_column_person(j, "by", st, 3);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static void put_faults(struct ctx *cx, struct api_call *call, const struct decided *d)
{
    struct json *j = &call->out;
    json_key(j, "faults");
    json_begin(j, '[');
    for (size_t i = 0; i < d->n_faults; i++) {
        const struct gate_fault *f = &d->faults[i];
        json_begin(j, '{');
        json_put_cstr(j, "mode", gate_mode_name(f->mode));
        json_put_str(j, "message", f->message);
        json_put_str(j, "fix", f->fix);
        json_put_str(j, "point",
                     f->obligation ? arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(f->obligation->task),
                                                  STR_ARG(f->obligation->key))
                                   : STR_NONE);
        if (f->task)
            json_put_str(j, "task_title", f->task->title[call->lang]);
        else
            json_put_cstr(j, "task_title", NULL);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static enum rc may_review(struct ctx *cx, struct api_call *call, const struct found *f, bool *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = api_may(call, "code.review", f->place.project) && str_eq(f->change.state, STR("open"));
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT 1 FROM fact_patch_set s JOIN fact_patch_set_people p ON p.n = s.n WHERE s.subject = ?1 "
            "AND p.value = ?2"),
        &st));
    store_bind_str(st, 1, f->change.subject);
    store_bind_str(st, 2, call->who.person);
    TRY(store_step(cx, st, &row));
    *out = *out && !row;
    return OK;
}

/* The same question that publishing asks, by the caller, without doing it. */
static enum rc put_gate(struct ctx *cx, struct api_call *call, const struct found *f)
{
    struct json *j = &call->out;
    struct published tried = {0};
    struct str conflict = STR_NONE;
    bool open = str_eq(f->change.state, STR("open")), review;
    TRY(may_review(cx, call, f, &review));
    if (open) {
        enum rc rc = publish_change(cx, call->facts, call->dir, &f->place, &f->caller, f->change.number, true, &tried);
        if (rc == E_CONFLICT) conflict = arena_str(&cx->arena, str_from(cx->message));
        if (rc != OK && rc != E_CONFLICT) return rc;
    }
    json_key(j, "gate");
    json_begin(j, '{');
    json_put_bool(j, "allowed", open && !conflict.p && tried.decided.allowed);
    json_put_bool(j, "may_review", review);
    json_put_bool(j, "may_publish", open && api_may(call, "code.publish", f->place.project));
    show_text(j, "conflict", conflict);
    put_faults(cx, call, &tried.decided);
    TRY(code_critical_put(cx, call, &f->place, open && !conflict.p ? tried.push : NULL));
    json_end(j, '}');
    return OK;
}

static enum rc put_change(struct ctx *cx, struct api_call *call, const struct found *f)
{
    struct json *j = &call->out;
    const struct change *c = &f->change;
    struct approvals a;
    scoped_stmt *st = NULL;
    bool row;
    TRY(change_approvals(cx, call->ledger, call->now, f->place.project, c->subject, c->commit, c->target, &a));
    TRY(store_prepare(cx, call->ledger, STR("SELECT name FROM fact_person WHERE subject = ?1"), &st));
    store_bind_str(st, 1, c->owner);
    TRY(store_step(cx, st, &row));
    json_begin(j, '{');
    json_put_str(j, "id", c->subject);
    json_put_int(j, "number", c->number);
    json_put_str(j, "title", c->title);
    json_put_str(j, "description", c->description);
    json_put_str(j, "topic", c->topic);
    json_put_str(j, "repository", f->place.subject);
    json_put_str(j, "repository_name", f->place.name);
    json_put_str(j, "target", c->target);
    json_put_str(j, "state", c->state);
    show_person(j, "owner", c->owner, row ? store_column_str(st, 0) : STR_NONE);
    api_put_time(j, "opened", c->opened);
    TRY(put_patch_sets(cx, call, c->subject));
    TRY(put_reviews(cx, call, c->subject));
    json_put_int(j, "approvals", a.approvals);
    json_put_int(j, "rejections", a.rejections);
    TRY(put_gate(cx, call, f));
    json_end(j, '}');
    return OK;
}

API_OPERATION(code_changes_get)
{
    struct found f;
    TRY(find(cx, call, &f));
    return put_change(cx, call, &f);
}

/* After an act the reader stands where it stood before: the change is asked for anew. */
static enum rc answer(struct ctx *cx, struct api_call *call)
{
    json_begin(&call->out, '{');
    json_put_bool(&call->out, "done", true);
    json_end(&call->out, '}');
    (void)cx;
    return OK;
}

API_OPERATION(code_changes_review)
{
    static const char *const votes[] = {"approve", "reject", "withdraw"};
    struct found f;
    enum review_vote vote = REVIEW_APPROVE;
    struct str *ticked;
    size_t n_ticked;
    TRY(find(cx, call, &f));
    TRY(code_critical_ticked(cx, call, &ticked, &n_ticked));
    for (int i = 0; i < 3; i++)
        if (str_eq(api_field(call->body, "vote"), str_from(votes[i]))) vote = (enum review_vote)i;
    TRY(change_review(cx, call->facts, &f.place, &f.caller, f.change.number, api_field_int(call->body, "patch_set", 0),
                      vote, ticked, n_ticked));
    return answer(cx, call);
}

API_OPERATION(code_changes_publish)
{
    struct found f;
    struct published done;
    TRY(find(cx, call, &f));
    TRY(publish_change(cx, call->facts, call->dir, &f.place, &f.caller, f.change.number, false, &done));
    for (size_t i = 0; !done.done && i < done.decided.n_faults; i++)
        if (done.decided.faults[i].mode == MODE_BLOCK)
            return fail(cx, E_CONFLICT, STR_FMT, STR_ARG(done.decided.faults[i].message));
    return answer(cx, call);
}

API_OPERATION(code_changes_abandon)
{
    struct found f;
    TRY(find(cx, call, &f));
    TRY(change_abandon(cx, call->facts, &f.place, &f.caller, f.change.number));
    return answer(cx, call);
}

/* --- differences */

static void put_file(void *arg, const struct diff_file *file)
{
    struct json *j = arg;
    json_begin(j, '{');
    json_put_str(j, "path", file->path);
    json_put_cstr(j, "old_path", NULL);
    json_put_cstr(j, "status", file->status);
    json_put_int(j, "added", file->added);
    json_put_int(j, "removed", file->removed);
    json_put_bool(j, "binary", file->binary);
    json_put_str(j, "text", file->text);
    json_end(j, '}');
}

static enum rc commit_of(struct ctx *cx, struct api_call *call, struct str change, int64_t number, struct str *commit,
                         struct str *base)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT commit_oid, base_oid FROM fact_patch_set WHERE subject = ?1 AND number = ?2"), &st));
    store_bind_str(st, 1, change);
    store_bind_int(st, 2, number);
    TRY(store_step(cx, st, &row));
    if (!row) return api_fail(cx, call, E_NOTFOUND, "there is no such patch set", "sellaista versiota ei ole");
    *commit = arena_str(&cx->arena, store_column_str(st, 0));
    *base = arena_str(&cx->arena, store_column_str(st, 1));
    return OK;
}

API_OPERATION(code_changes_diff)
{
    struct found f;
    struct git *g = NULL;
    struct json *j = &call->out;
    struct str commit, base, ignored;
    bool cut = false;
    TRY(find(cx, call, &f));
    int64_t number = api_value_int(call, "patch_set", f.change.patch_set), against = api_value_int(call, "against", 0);
    TRY(commit_of(cx, call, f.change.subject, number, &commit, &base));
    if (against) TRY(commit_of(cx, call, f.change.subject, against, &base, &ignored));
    TRY(hosted_open(cx, f.place.path, NULL, &g));
    json_begin(j, '{');
    json_put_int(j, "patch_set", number);
    if (against)
        json_put_int(j, "against", against);
    else
        json_put_cstr(j, "against", NULL);
    json_key(j, "files");
    json_begin(j, '[');
    enum rc rc = diff_read(cx, g, base, commit, put_file, j, &cut);
    json_end(j, ']');
    json_put_bool(j, "cut", cut);
    json_end(j, '}');
    git_close(g);
    return rc;
}
