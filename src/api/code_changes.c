/* Changes proposed for branches of hosted repositories (gates/change.h): as pages show them, and what people do with
 * them. */
#include "api/code_change.h"
#include "api/code_critical.h"
#include "api/code_signed.h"
#include "api/evidence.h"
#include "api/show.h"
#include "base/limits.h"
#include "gates/comment.h"
#include "gates/publish.h"
#include "store/store.h"

enum rc code_change_find(struct ctx *cx, struct api_call *call, struct code_change *f)
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
        STR("SELECT s.number, s.commit_oid, s.base_oid, s.commits, s.at, s.actor, p.name, s.strangers, s.n FROM "
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
        TRY(code_put_signatures(cx, call, sqlite3_column_int64(st, 8)));
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
        STR("SELECT r.patch_set, r.vote, r.at, r.actor, p.name, r.n FROM fact_review r LEFT JOIN fact_person p ON "
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
        show_column_int(j, "event", st, 5);
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

/* Whoever has the right, and no part in it. */
static enum rc may_review(struct ctx *cx, struct api_call *call, const struct code_change *f, bool *out)
{
    bool part;
    TRY(change_had_part(cx, call->ledger, f->change.subject, call->who.person, &part));
    *out = api_may(call, "code.review", f->place.project) && !part;
    return OK;
}

#define APPROVERS_SHOWN 30
#define APPROVERS_ASKED 2000 /* people looked at */

static enum rc put_approvers(struct ctx *cx, struct api_call *call, const struct code_change *f)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    int64_t n = 0;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT subject, name FROM fact_person WHERE state = 'active' AND subject NOT IN (SELECT "
                          "p.value FROM fact_patch_set s JOIN fact_patch_set_people p ON p.n = s.n WHERE s.subject = "
                          "?1) ORDER BY name COLLATE NOCASE, subject LIMIT ?2"),
                      &st));
    store_bind_str(st, 1, f->change.subject);
    store_bind_int(st, 2, str_eq(f->change.state, STR("open")) ? APPROVERS_ASKED : 0);
    json_key(j, "may_approve");
    json_begin(j, '[');
    for (bool row;;) {
        struct identity_who who;
        TRY(store_step(cx, st, &row));
        if (!row) break;
        struct str person = arena_str(&cx->arena, store_column_str(st, 0));
        TRY(identity_of(cx, call->ledger, call->now, person, &who));
        if (who.credential == CREDENTIAL_NONE || !identity_may(&who, "code.review", f->place.project)) continue;
        if (n++ < APPROVERS_SHOWN) show_person_item(j, person, store_column_str(st, 1));
    }
    json_end(j, ']');
    json_put_int(j, "may_approve_more", n > APPROVERS_SHOWN ? n - APPROVERS_SHOWN : 0);
    return OK;
}

void code_change_narrow(const struct api_call *call, struct code_change *f)
{
    f->caller.only = call->who.only;
    f->caller.n_only = call->who.n_only;
}

/* What the caller has ticked, and need not tick again. */
static enum rc put_ticked(struct ctx *cx, struct api_call *call, const struct code_change *f)
{
    struct str *keys;
    size_t n;
    TRY(change_ticked(cx, call->ledger, &f->change, call->who.person, &keys, &n));
    json_key(&call->out, "ticked");
    json_begin(&call->out, '[');
    for (size_t i = 0; i < n; i++) json_str(&call->out, keys[i]);
    json_end(&call->out, ']');
    return OK;
}

/* The same question that publishing asks, by the caller, without doing it. */
static enum rc put_gate(struct ctx *cx, struct api_call *call, const struct code_change *f)
{
    struct json *j = &call->out;
    struct published tried = {0};
    struct str conflict = STR_NONE;
    bool open = str_eq(f->change.state, STR("open")), review;
    TRY(may_review(cx, call, f, &review));
    if (open) {
        enum rc rc = publish_change(cx, call->facts, call->dir, &f->place, &f->caller, f->change.number, true, &tried);
        if (rc == E_CONFLICT || rc == E_LIMIT) conflict = arena_str(&cx->arena, str_from(cx->message));
        if (rc != OK && !conflict.p) return rc;
    }
    json_key(j, "gate");
    json_begin(j, '{');
    json_put_bool(j, "allowed", open && !conflict.p && tried.decided.allowed);
    json_put_bool(j, "may_read", api_may(call, "code.read", f->place.project));
    json_put_bool(j, "may_override", open && api_may(call, "code.override", f->place.project));
    json_put_bool(j, "may_review", review && open);
    json_put_bool(j, "may_resolve", review);
    json_put_bool(j, "may_comment",
                  api_may(call, "code.write", f->place.project) || api_may(call, "code.review", f->place.project));
    json_put_bool(j, "may_publish", open && api_may(call, "code.publish", f->place.project));
    TRY(put_ticked(cx, call, f));
    show_text(j, "conflict", conflict);
    put_faults(cx, call, &tried.decided);
    TRY(code_critical_put(cx, call, &f->place, open && !conflict.p ? tried.push : NULL));
    json_end(j, '}');
    return evidence_put_checks(cx, call, tried.push);
}

static enum rc put_change(struct ctx *cx, struct api_call *call, const struct code_change *f)
{
    struct json *j = &call->out;
    const struct change *c = &f->change;
    struct approvals a;
    struct str owner;
    int64_t threads;
    TRY(change_approvals(cx, call->ledger, call->now, f->place.project, c->subject, c->commit, c->target, &a));
    TRY(identity_name(cx, call->ledger, c->owner, &owner));
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
    show_person(j, "owner", c->owner, owner);
    api_put_time(j, "opened", c->opened);
    TRY(put_patch_sets(cx, call, c->subject));
    TRY(put_reviews(cx, call, c->subject));
    json_put_int(j, "approvals", a.approvals);
    json_put_int(j, "rejections", a.rejections);
    TRY(comment_open_threads(cx, call->ledger, c->subject, &threads));
    json_put_int(j, "open_threads", threads);
    TRY(put_approvers(cx, call, f));
    TRY(code_put_published(cx, call, &f->place, c));
    TRY(put_gate(cx, call, f));
    TRY(evidence_put_counting(cx, call, f->place.subject, c->tree));
    json_end(j, '}');
    return OK;
}

API_OPERATION(code_changes_get)
{
    struct code_change f;
    TRY(code_change_find(cx, call, &f));
    return put_change(cx, call, &f);
}

enum rc code_change_done(struct api_call *call)
{
    json_begin(&call->out, '{');
    json_put_bool(&call->out, "done", true);
    json_end(&call->out, '}');
    return OK;
}

API_OPERATION(code_changes_publish)
{
    struct code_change f;
    struct published done;
    TRY(code_change_find(cx, call, &f));
    f.caller.emergency = api_value(call, "emergency");
    TRY(publish_change(cx, call->facts, call->dir, &f.place, &f.caller, f.change.number, false, &done));
    for (size_t i = 0; !done.done && i < done.decided.n_faults; i++)
        if (done.decided.faults[i].mode == MODE_BLOCK)
            return fail(cx, E_CONFLICT, STR_FMT, STR_ARG(done.decided.faults[i].message));
    return code_change_done(call);
}

API_OPERATION(code_changes_abandon)
{
    struct code_change f;
    TRY(code_change_find(cx, call, &f));
    code_change_narrow(call, &f);
    TRY(change_abandon(cx, call->facts, &f.place, &f.caller, f.change.number));
    return code_change_done(call);
}
