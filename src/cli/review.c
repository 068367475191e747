#include "cli/review.h"

#include <stdio.h>
#include <string.h>

#include "gates/critical.h"
#include "gates/publish.h"
#include "gates/tell.h"
#include "ledger/log_reader.h"
#include "store/store.h"

static const char usage[] = "review list REPOSITORY\n"
                            "review show REPOSITORY NUMBER\n"
                            "review approve REPOSITORY NUMBER PATCH_SET [KEY]...   (keys of a checklist's lines that "
                            "hold, as show tells them)\n"
                            "review reject|withdraw REPOSITORY NUMBER PATCH_SET\n"
                            "review publish|abandon REPOSITORY NUMBER";

struct reviewing {
    struct facts *facts;
    const char *dir;
    const struct gate_caller *by;
    struct log_reader *reader;
    struct gate_place place;
    struct identity_who who;
    int64_t number, patch_set;
    const struct str *keys; /* of a checklist's lines, as they were typed */
    size_t n_keys;
};

static const char *name_of(struct ctx *cx, sqlite3 *db, struct str person)
{
    scoped_stmt *st = NULL;
    bool row = false;
    if (store_prepare(cx, db, STR("SELECT name FROM fact_person WHERE subject = ?1"), &st) != OK) return "?";
    store_bind_str(st, 1, person);
    return store_step(cx, st, &row) == OK && row ? str_visible(cx, store_column_str(st, 0)) : "?";
}

static enum rc list(struct ctx *cx, struct reviewing *r)
{
    sqlite3 *db = log_reader_db(r->reader);
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, db,
        STR("SELECT number, target, title, owner FROM fact_change WHERE repository = ?1 AND state = 'open' "
            "ORDER BY number DESC LIMIT 1000"),
        &st));
    store_bind_str(st, 1, r->place.subject);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str target = store_column_str(st, 1);
        printf("%lld\t%s\t%s\t", (long long)sqlite3_column_int64(st, 0),
               str_visible(cx, str_slice(target, 11, target.n)), str_visible(cx, store_column_str(st, 2)));
        printf("%s\n", name_of(cx, db, store_column_str(st, 3)));
    }
}

#define KEY_SHOWN 8

/* Critical code it touches: by which source, whose approval, and what is to be ticked. */
static void say_critical(struct ctx *cx, sqlite3 *db, const struct push *p)
{
    for (size_t i = 0; i < p->n_needs; i++) {
        const struct critical_need *n = &p->needs[i];
        printf("critical: %s", str_visible(cx, n->paths[0]));
        if (n->files > 1) printf(" and %lld more", (long long)n->files - 1);
        if (n->number)
            printf(", by CRI-%lld", (long long)n->number);
        else
            printf(", by %s line %lld", str_visible(cx, n->source), (long long)n->line);
        printf(": %lld of %lld owners approved\n", (long long)n->approvals, (long long)n->wanted);
        for (size_t k = 0; k < n->n_owners; k++) printf("  may approve: %s\n", name_of(cx, db, n->owners[k]));
        if (!n->n_owners) printf("  nobody who owns it may approve it\n");
        for (size_t k = 0; k < n->n_items; k++)
            printf("  %.*s  %s\n", KEY_SHOWN, n->items[k].key, str_visible(cx, n->items[k].text));
    }
}

/* What the gate still wants: the same question that publishing asks, without doing it. */
static enum rc say_wants(struct ctx *cx, struct reviewing *r)
{
    struct published done;
    scoped_buf say;
    enum rc rc = publish_change(cx, r->facts, r->dir, &r->place, r->by, r->number, true, &done);
    if (rc == E_CONFLICT) {
        printf("gate: %s\n", cx->message);
        return OK;
    }
    TRY(rc);
    buf_init(&say, 1 << 20);
    tell_decided(&say, done.push, &done.decided);
    say_critical(cx, log_reader_db(r->reader), done.push);
    printf("gate: %s\n%.*s", done.decided.allowed ? "it may be published by you now" : "not yet", (int)say.n,
           say.p ? say.p : "");
    return OK;
}

static enum rc show(struct ctx *cx, struct reviewing *r)
{
    sqlite3 *db = log_reader_db(r->reader);
    struct change c;
    struct approvals a;
    TRY(change_get(cx, db, r->place.subject, r->number, &c));
    TRY(change_approvals(cx, db, facts_now(r->facts), r->place.project, c.subject, c.commit, c.target, &a));
    printf("change %lld: %s\n", (long long)c.number, str_visible(cx, c.title));
    printf("state: %s\ntarget: %s\n", str_visible(cx, c.state), str_visible(cx, c.target));
    printf("owner: %s\n", name_of(cx, db, c.owner));
    printf("patch set: %lld, commit " STR_FMT ", %lld commit%s on " STR_FMT "\n", (long long)c.patch_set,
           STR_ARG(c.commit), (long long)c.commits, c.commits == 1 ? "" : "s", STR_ARG(str_slice(c.base, 0, 12)));
    printf("approvals: %lld, rejections: %lld\n", (long long)a.approvals, (long long)a.rejections);
    for (int64_t i = 0; i < a.approvals; i++) printf("  approved by %s\n", name_of(cx, db, a.people[i]));
    if (c.description.n) printf("\n%s\n", str_visible(cx, c.description));
    return str_eq(c.state, STR("open")) ? say_wants(cx, r) : OK;
}

static enum rc publish(struct ctx *cx, struct reviewing *r)
{
    struct published done;
    scoped_buf say;
    TRY(publish_change(cx, r->facts, r->dir, &r->place, r->by, r->number, false, &done));
    buf_init(&say, 1 << 20);
    tell_decided(&say, done.push, &done.decided);
    printf("%.*s", (int)say.n, say.p ? say.p : "");
    if (!done.done) return fail(cx, E_DENIED, "change %lld is not published", (long long)r->number);
    if (done.unattested.p) printf("it is not attested yet: %s\n", str_visible(cx, done.unattested));
    printf("published: %s is " STR_FMT "\n", str_visible(cx, done.target), STR_ARG(str_slice(done.after, 0, 12)));
    return OK;
}

/* The whole keys of what was typed, by what the change's checklists have now. */
static enum rc find_keys(struct ctx *cx, struct reviewing *r, struct str *out)
{
    struct published tried;
    if (!r->n_keys) return OK;
    TRY(publish_change(cx, r->facts, r->dir, &r->place, r->by, r->number, true, &tried));
    for (size_t k = 0; k < r->n_keys; k++) {
        out[k] = STR_NONE;
        for (size_t i = 0; i < tried.push->n_needs; i++)
            for (size_t m = 0; m < tried.push->needs[i].n_items; m++) {
                struct str key = str_from(tried.push->needs[i].items[m].key);
                if (r->keys[k].n >= KEY_SHOWN && str_starts(key, r->keys[k])) out[k] = key;
            }
        if (!out[k].p)
            return fail(cx, E_INVALID, "\"%s\" is no key of this change's checklists: `review show` tells them",
                        str_visible(cx, r->keys[k]));
        for (size_t i = 0; i < k; i++)
            if (str_eq(out[i], out[k])) return fail(cx, E_INVALID, "a key stands there twice");
    }
    return OK;
}

static enum rc vote(struct ctx *cx, struct reviewing *r, enum review_vote v)
{
    static const char *const said[] = {"approved", "rejected", "withdrawn"};
    struct str *ticked = arena_array(&cx->arena, struct str, r->n_keys + 1);
    TRY(find_keys(cx, r, ticked));
    TRY(change_review(cx, r->facts, &r->place, r->by, r->number, r->patch_set, v, ticked, r->n_keys));
    printf("change %lld, patch set %lld: %s\n", (long long)r->number, (long long)r->patch_set, said[v]);
    return OK;
}

static enum rc act(struct ctx *cx, struct reviewing *r, struct str verb, size_t n)
{
    if (n == 2 && str_eq(verb, STR("list"))) return list(cx, r);
    if (n == 3 && str_eq(verb, STR("show"))) return show(cx, r);
    if (n == 3 && str_eq(verb, STR("publish"))) return publish(cx, r);
    if (n == 3 && str_eq(verb, STR("abandon"))) return change_abandon(cx, r->facts, &r->place, r->by, r->number);
    if (n >= 4 && str_eq(verb, STR("approve"))) return vote(cx, r, REVIEW_APPROVE);
    if (n == 4 && str_eq(verb, STR("reject"))) return vote(cx, r, REVIEW_REJECT);
    if (n == 4 && str_eq(verb, STR("withdraw"))) return vote(cx, r, REVIEW_WITHDRAW);
    return fail(cx, E_INVALID, "this is how to ask:\n%s", usage);
}

enum rc review_run(struct ctx *cx, struct facts *f, const char *dir, const struct gate_caller *by,
                   const struct str *words, size_t n)
{
    struct reviewing r = {
        .facts = f, .dir = dir, .by = by, .keys = words + (n < 4 ? n : 4), .n_keys = n < 4 ? 0 : n - 4};
    if (n < 2 || (n > 2 && !str_to_i64(words[2], 1, INT32_MAX, &r.number)) ||
        (n > 3 && !str_to_i64(words[3], 1, INT32_MAX, &r.patch_set)))
        return fail(cx, E_INVALID, "this is how to ask:\n%s", usage);
    TRY(log_reader_open(cx, dir, &r.reader));
    enum rc rc = gate_place_find(cx, log_reader_db(r.reader), dir, words[1], &r.place);
    if (rc == OK) rc = identity_of(cx, log_reader_db(r.reader), facts_now(f), by->person, &r.who);
    if (rc == OK && !identity_may(&r.who, "code.read", r.place.project))
        rc = fail(cx, E_NOTFOUND, "there is no repository \"%s\", or it is not for you", str_visible(cx, words[1]));
    if (rc == OK) rc = act(cx, &r, words[0], n);
    log_reader_close(r.reader);
    return rc;
}
