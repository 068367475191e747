#include "cli/review.h"

#include <stdio.h>
#include <string.h>

#include "base/texts_fi.h"
#include "gates/comment.h"
#include "gates/critical.h"
#include "gates/override.h"
#include "gates/publish.h"
#include "gates/tell.h"
#include "gates/unblock.h"
#include "git/refname.h"
#include "identity/identity.h"
#include "ledger/log_reader.h"
#include "store/store.h"

struct reviewing {
    struct facts *facts;
    const char *dir;
    const struct gate_caller *by;
    struct log_reader *reader;
    struct gate_place place;
    struct identity_who who;
    const struct review_asked *asked;
};

static struct str name_of(struct ctx *cx, sqlite3 *db, struct str person)
{
    struct str name;
    return identity_name(cx, db, person, &name) == OK && name.p ? name : STR("?");
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
        struct str owner = name_of(cx, db, store_column_str(st, 3));
        review_print_row(cx, sqlite3_column_int64(st, 0), store_column_str(st, 1), store_column_str(st, 2), owner);
    }
}

#define KEY_SHOWN 8

/* Critical code it touches: by which source, whose approval, and what is to be ticked; `*`: by who asks, before. */
static void say_critical(struct ctx *cx, sqlite3 *db, const struct push *p, const struct str *mine, size_t n_mine)
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
        for (size_t k = 0; k < n->n_owners; k++)
            printf("  may approve: %s\n", str_visible(cx, name_of(cx, db, n->owners[k])));
        if (!n->n_owners) printf("  nobody who owns it may approve it\n");
        for (size_t k = 0; k < n->n_items; k++)
            printf("  %.*s%c %s\n", KEY_SHOWN, n->items[k].key,
                   str_among(mine, n_mine, str_from(n->items[k].key)) ? '*' : ' ', str_visible(cx, n->items[k].text));
    }
}

/* What a definition of done has reviewers tick. */
static void say_ticks(struct ctx *cx, const struct push *p)
{
    for (size_t i = 0; i < p->n_checks; i++) {
        const struct push_check *c = &p->checks[i];
        if (c->n_items)
            printf("to be ticked by who approves: %lld of %lld are\n", (long long)c->found, (long long)c->wanted);
        for (size_t k = 0; k < c->n_items; k++)
            printf("  %.*s%c %s\n", KEY_SHOWN, c->items[k].key, c->items[k].ticked ? '*' : ' ',
                   str_visible(cx, c->items[k].text));
    }
}

/* What the gate still wants: the same question that publishing asks, without doing it. */
static enum rc say_wants(struct ctx *cx, struct reviewing *r)
{
    struct published done;
    struct change c;
    struct str *mine;
    size_t n_mine;
    scoped_buf say;
    enum rc rc = publish_change(cx, r->facts, r->dir, &r->place, r->by, r->asked->number, true, &done);
    if (rc == E_CONFLICT || rc == E_LIMIT) {
        printf("gate: %s\n", r->by->lang == LANG_FI ? text_fi(cx, cx->message) : cx->message);
        return OK;
    }
    TRY(rc);
    buf_init(&say, 1 << 20);
    tell_decided(&say, done.push, &done.decided);
    TRY(unblock_tell(cx, log_reader_db(r->reader), facts_now(r->facts), done.push, &done.decided, &say));
    TRY(change_get(cx, log_reader_db(r->reader), r->place.subject, r->asked->number, &c));
    TRY(change_ticked(cx, log_reader_db(r->reader), &c, r->by->person, &mine, &n_mine));
    str_sort(mine, n_mine);
    say_critical(cx, log_reader_db(r->reader), done.push, mine, n_mine);
    say_ticks(cx, done.push);
    review_print_gate(done.decided.allowed);
    printf("%.*s", (int)say.n, say.p ? say.p : "");
    return OK;
}

static enum rc show(struct ctx *cx, struct reviewing *r)
{
    sqlite3 *db = log_reader_db(r->reader);
    struct change c;
    struct approvals a;
    TRY(change_get(cx, db, r->place.subject, r->asked->number, &c));
    TRY(change_approvals(cx, db, facts_now(r->facts), r->place.project, c.subject, c.commit, c.target, &a));
    struct review_shown shown = {.number = c.number,
                                 .patch_set = c.patch_set,
                                 .commits = c.commits,
                                 .approvals = a.approvals,
                                 .rejections = a.rejections,
                                 .title = c.title,
                                 .state = c.state,
                                 .target = c.target,
                                 .owner = name_of(cx, db, c.owner),
                                 .commit = c.commit,
                                 .base = c.base};
    TRY(comment_open_threads(cx, db, c.subject, &shown.open_threads));
    review_print_change(cx, &shown);
    for (int64_t i = 0; i < a.approvals; i++) review_print_approver(cx, name_of(cx, db, a.people[i]));
    review_print_description(cx, c.description);
    return str_eq(c.state, STR("open")) ? say_wants(cx, r) : OK;
}

static enum rc publish(struct ctx *cx, struct reviewing *r)
{
    struct published done;
    scoped_buf say;
    struct gate_caller by = *r->by;
    by.emergency = r->asked->place;
    TRY(publish_change(cx, r->facts, r->dir, &r->place, &by, r->asked->number, false, &done));
    buf_init(&say, 1 << 20);
    tell_decided(&say, done.push, &done.decided);
    TRY(unblock_tell(cx, log_reader_db(r->reader), facts_now(r->facts), done.push, &done.decided, &say));
    printf("%.*s", (int)say.n, say.p ? say.p : "");
    if (!done.done) return fail(cx, E_DENIED, "change %lld is not published", (long long)r->asked->number);
    if (done.unattested.p) printf("it is not attested yet: %s\n", str_visible(cx, done.unattested));
    printf("published: %s is " STR_FMT "\n", str_visible(cx, done.target), STR_ARG(str_slice(done.after, 0, 12)));
    return OK;
}

static struct str whole_key(const struct push *p, struct str typed)
{
    for (size_t i = 0; typed.n >= KEY_SHOWN && i < p->n_needs; i++)
        for (size_t m = 0; m < p->needs[i].n_items; m++)
            if (str_starts(str_from(p->needs[i].items[m].key), typed)) return str_from(p->needs[i].items[m].key);
    for (size_t i = 0; typed.n >= KEY_SHOWN && i < p->n_checks; i++)
        for (size_t m = 0; m < p->checks[i].n_items; m++)
            if (str_starts(str_from(p->checks[i].items[m].key), typed)) return str_from(p->checks[i].items[m].key);
    return STR_NONE;
}

/* The whole keys of what was typed, by what the change's checklists have now. */
static enum rc find_keys(struct ctx *cx, struct reviewing *r, const struct str **keys, size_t *n)
{
    struct published tried;
    struct str rest = r->asked->text, *out = arena_array(&cx->arena, struct str, REVIEW_TICKS + 1), key;
    *keys = out;
    *n = 0;
    if (!rest.n) return OK;
    TRY(publish_change(cx, r->facts, r->dir, &r->place, r->by, r->asked->number, true, &tried));
    while (str_cut(&rest, ' ', &key)) {
        if (!key.n) continue;
        if (*n == REVIEW_TICKS) return fail(cx, E_LIMIT, "at most %d lines can be ticked", REVIEW_TICKS);
        out[*n] = whole_key(tried.push, key);
        if (!out[*n].p)
            return fail(cx, E_INVALID, "\"%s\" is no key of this change's checklists: `review show` tells them",
                        str_visible(cx, key));
        for (size_t i = 0; i < *n; i++)
            if (str_eq(out[i], out[*n])) return fail(cx, E_INVALID, "a key stands there twice");
        ++*n;
    }
    return OK;
}

static enum rc print_comments(struct ctx *cx, sqlite3 *db, int64_t thread)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("SELECT actor, text FROM fact_comment WHERE thread = ?1 ORDER BY n LIMIT 1000"),
                      &st));
    store_bind_int(st, 1, thread);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str name = name_of(cx, db, store_column_str(st, 0));
        review_print_comment(cx, name, store_column_str(st, 1));
    }
}

static enum rc comments(struct ctx *cx, struct reviewing *r)
{
    sqlite3 *db = log_reader_db(r->reader);
    scoped_stmt *st = NULL;
    struct change c;
    TRY(change_get(cx, db, r->place.subject, r->asked->number, &c));
    TRY(store_prepare(cx, db,
                      STR("SELECT t.thread, t.resolved, b.path, b.line, b.last, b.patch_set FROM (SELECT max(n), "
                          "thread, resolved FROM fact_comment WHERE subject = ?1 GROUP BY thread) t LEFT JOIN "
                          "fact_comment b ON b.n = t.thread ORDER BY t.thread LIMIT 1000"),
                      &st));
    store_bind_str(st, 1, c.subject);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        review_print_thread(cx, sqlite3_column_int64(st, 0), store_column_str(st, 2), sqlite3_column_int64(st, 3),
                            sqlite3_column_int64(st, 4), sqlite3_column_int64(st, 5), sqlite3_column_int(st, 1));
        TRY(print_comments(cx, db, sqlite3_column_int64(st, 0)));
    }
}

static enum rc say(struct ctx *cx, struct reviewing *r, const struct saying *s)
{
    return change_say(cx, r->facts, log_reader_db(r->reader), &r->place, r->by, s);
}

static enum rc vote(struct ctx *cx, struct reviewing *r)
{
    static const char *const words[] = {"approve", "reject", "withdraw"}, *const said[] = {"approved", "rejected",
                                                                                           "withdrawn"};
    struct saying s = {.number = r->asked->number, .word = {.patch_set = r->asked->patch_set}};
    for (int i = 0; i < 3; i++)
        if (str_eq(r->asked->word, str_from(words[i]))) s.word.vote = (enum review_vote)i;
    TRY(find_keys(cx, r, &s.word.ticked, &s.word.n_ticked));
    TRY(say(cx, r, &s));
    printf("change %lld, patch set %lld: %s\n", (long long)s.number, (long long)s.word.patch_set, said[s.word.vote]);
    return OK;
}

static enum rc comment(struct ctx *cx, struct reviewing *r)
{
    const struct review_asked *a = r->asked;
    struct comment_draft d = {.thread = -1, .text = a->text, .resolved = -1};
    const struct saying s = {.number = a->number, .word = {.vote = REVIEW_NONE}, .comments = &d, .n = 1};
    if (str_eq(a->word, STR("resolve"))) d.resolved = 1;
    if (str_eq(a->word, STR("reopen"))) d.resolved = 0;
    if (a->verb == REVIEW_ANSWER) d.thread = a->thread;
    if (a->verb == REVIEW_COMMENT) TRY(review_take_place(cx, a->place, &d.path, &d.line, &d.last));
    TRY(say(cx, r, &s));
    printf("change %lld: said\n", (long long)a->number);
    return OK;
}

static enum rc break_glass(struct ctx *cx, struct reviewing *r)
{
    const struct review_asked *a = r->asked;
    const struct identity_actor by = {r->by->person, r->by->credential, STR("person")};
    const struct override_wish w = {
        .refs = refname_full(&cx->arena, a->place), .person = r->by->person, .reason = a->text, .minutes = a->minutes};
    uint64_t event, request;
    TRY(override_open(cx, r->facts, &r->place, &by, &w, &event, &request));
    printf("override %llu: you may publish to %s for %lld minutes; request %llu waits for another's review\n",
           (unsigned long long)event, str_visible(cx, w.refs), (long long)w.minutes, (unsigned long long)request);
    return OK;
}

static enum rc act(struct ctx *cx, struct reviewing *r)
{
    switch (r->asked->verb) {
    case REVIEW_LIST:
        return list(cx, r);
    case REVIEW_SHOW:
        return show(cx, r);
    case REVIEW_COMMENTS:
        return comments(cx, r);
    case REVIEW_VOTE:
        return vote(cx, r);
    case REVIEW_PUBLISH:
        return publish(cx, r);
    case REVIEW_ABANDON:
        return change_abandon(cx, r->facts, &r->place, r->by, r->asked->number);
    case REVIEW_OVERRIDE:
        return break_glass(cx, r);
    case REVIEW_COMMENT:
    case REVIEW_ANSWER:
    default:
        return comment(cx, r);
    }
}

enum rc review_run(struct ctx *cx, struct facts *f, const char *dir, const struct gate_caller *by,
                   const struct review_asked *asked)
{
    struct reviewing r = {.facts = f, .dir = dir, .by = by, .asked = asked};
    TRY(log_reader_open(cx, dir, &r.reader));
    enum rc rc = gate_place_find(cx, log_reader_db(r.reader), dir, asked->repository, &r.place);
    if (rc == OK) rc = identity_of(cx, log_reader_db(r.reader), facts_now(f), by->person, &r.who);
    if (rc == OK && !identity_may(&r.who, "code.read", r.place.project))
        rc = fail(cx, E_NOTFOUND, "there is no repository \"%s\", or it is not for you",
                  str_visible(cx, asked->repository));
    if (rc == OK) rc = act(cx, &r);
    log_reader_close(r.reader);
    return rc;
}
