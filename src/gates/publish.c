#include "gates/publish.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "gates/attest.h"
#include "gates/checks.h"
#include "gates/critical.h"
#include "gates/expunge.h"
#include "gates/push_scan.h"
#include "gates/receive.h"
#include "gates/seal.h"
#include "git/object.h"
#include "git/oid.h"
#include "git/refname.h"
#include "ledger/log_reader.h"
#include "store/store.h"

struct publishing {
    struct facts *facts;
    struct log_reader *reader;
    struct git *git;
    const struct gate_place *place;
    const struct gate_caller *by;
    struct change change;
    struct str tip;
    bool try_only;
    struct seal seal; /* not of who only asks */
    struct str *made; /* what is signed by it */
    size_t n_made;
};

/* --- what the branch gets */

/* "Name <address> seconds +0000", of a person as of now. */
static enum rc ident_of(struct ctx *cx, sqlite3 *db, struct str person, int64_t now, struct str *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT p.name, (SELECT value FROM fact_person_addresses a WHERE a.n = p.n ORDER BY seq "
                          "LIMIT 1) FROM fact_person p WHERE p.subject = ?1"),
                      &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    struct str name = row ? store_column_str(st, 0) : STR("Sinetti"),
               address = row ? store_column_str(st, 1) : STR_NONE;
    if (!address.n) address = STR("unknown@localhost");
    *out =
        arena_printf(&cx->arena, STR_FMT " <" STR_FMT "> %lld +0000", STR_ARG(name), STR_ARG(address), (long long)now);
    for (size_t i = 0; i < out->n; i++) /* a name's own brackets and line ends would make another header */
        if ((i < name.n && strchr("<>", out->p[i])) || out->p[i] == '\n') ((char *)(uintptr_t)out->p)[i] = ' ';
    return OK;
}

/* Who only asks, asks for the same object each time. */
static int64_t made_at(const struct publishing *p)
{
    return p->try_only ? p->change.opened : facts_now(p->facts);
}

static void sign(struct publishing *p, struct commit_draft *d)
{
    if (p->try_only) return; /* nobody will see it */
    d->sign = seal_commit;
    d->sign_arg = &p->seal;
}

/* What the server says of the change, in a paragraph of its own: of trailers only the last paragraph's count. */
static enum rc put_trailers(struct ctx *cx, const struct publishing *p, struct buf *out)
{
    struct approvals a;
    const struct change *c = &p->change;
    sqlite3 *db = log_reader_db(p->reader);
    TRY(change_approvals(cx, db, facts_now(p->facts), p->place->project, c->subject, c->commit, c->target, &a));
    buf_printf(out, "\nChange: %lld/%lld\n", (long long)c->number, (long long)c->patch_set);
    for (int64_t i = 0; i < a.approvals; i++) {
        struct str who;
        TRY(ident_of(cx, db, a.people[i], 0, &who));
        buf_printf(out, "Reviewed-by: " STR_FMT "\n", STR_ARG(str_slice(who, 0, who.n - sizeof " 0 +0000" + 1)));
    }
    return OK;
}

static enum rc make(struct ctx *cx, struct publishing *p, struct commit_draft *d, struct str *out)
{
    sign(p, d);
    TRY(hosted_commit(cx, p->git, d, out));
    p->made[p->n_made++] = *out;
    return OK;
}

/* "Reviewed-by: …", "Change: …": what the server itself says, when it stands at a line's beginning. */
static bool is_trailer(struct str line)
{
    struct str rest = line, word;
    if (!str_cut(&rest, ':', &word) || !rest.p) return false;
    word = str_trim(word);
    return str_eq_nocase(word, STR("change")) || (str_ends_nocase(word, STR("-by")) && !memchr(word.p, ' ', word.n));
}

/* In its writer's words, none of which passes for the server's. */
static void put_description(struct buf *out, struct str text)
{
    struct str line;
    buf_char(out, '\n');
    while (str_cut(&text, '\n', &line)) {
        buf_cstr(out, is_trailer(line) ? "    " : "");
        buf_visible(out, line);
        buf_char(out, '\n');
    }
}

static enum rc merge_message(struct ctx *cx, const struct publishing *p, struct str *out)
{
    scoped_buf b;
    const struct change *c = &p->change;
    buf_init(&b, LIMIT_COMMIT_MESSAGE);
    buf_printf(&b, "Merge change %lld: ", (long long)c->number);
    buf_visible(&b, c->title);
    buf_char(&b, '\n');
    if (c->description.n) put_description(&b, str_trim(c->description));
    TRY(put_trailers(cx, p, &b));
    *out = arena_str(&cx->arena, buf_view(&b));
    return OK;
}

static enum rc conflicts(struct ctx *cx, const struct publishing *p, struct str paths)
{
    struct str first;
    (void)str_cut(&paths, '\n', &first);
    return fail(cx, E_CONFLICT,
                "change %lld does not merge into %s without conflicts (%s%s): rebase it and push a new patch set",
                (long long)p->change.number, str_visible(cx, refname_short(p->change.target)), str_visible(cx, first),
                paths.p ? " and others" : "");
}

static enum rc by_merge(struct ctx *cx, struct publishing *p, struct str *after)
{
    struct str tree, paths, parents[2] = {p->tip, p->change.commit};
    struct commit_draft d = {.parents = parents, .n_parents = 2};
    int64_t now = made_at(p);
    TRY(hosted_merge(cx, p->git, p->tip, p->change.commit, STR_NONE, &tree, &paths));
    if (!tree.p) return conflicts(cx, p, paths);
    d.tree = tree;
    TRY(ident_of(cx, log_reader_db(p->reader), p->by->person, now, &d.author));
    d.committer = arena_printf(&cx->arena, "Sinetti <sinetti@localhost> %lld +0000", (long long)now);
    TRY(merge_message(cx, p, &d.message));
    return make(cx, p, &d, after);
}

struct replay {
    struct ctx *cx;
    const struct publishing *p;
    struct str *oids, *messages, *parents;
    size_t n;
    bool merges;
};
#define REPLAY_MOST 1000

static enum rc take(void *arg, const struct git_commit *c)
{
    struct replay *r = arg;
    if (c->n_parents != 1) r->merges = true;
    if (r->n == REPLAY_MOST)
        return fail(r->cx, E_LIMIT, "a change of more than %d commits is merged, not rebased", REPLAY_MOST);
    r->oids[r->n] = arena_str(&r->cx->arena, c->oid);
    r->messages[r->n] = arena_str(&r->cx->arena, c->message);
    r->parents[r->n++] = c->n_parents ? arena_str(&r->cx->arena, c->parents[0]) : STR_NONE;
    return OK;
}

/* The author's line as it stands in the commit. */
static enum rc author_line(struct ctx *cx, const struct git *g, struct str oid, struct str *out)
{
    const char *const argv[] = {"cat-file", "commit", arena_cstr(&cx->arena, oid), NULL};
    scoped_buf b;
    struct str rest, line;
    int code;
    buf_init(&b, LIMIT_GIT_HEADER + LIMIT_COMMIT_MESSAGE);
    TRY(hosted_run(cx, g, argv, STR_NONE, &b, &code, NULL));
    rest = buf_view(&b);
    while (str_cut(&rest, '\n', &line) && line.n)
        if (str_starts(line, STR("author "))) {
            *out = arena_str(&cx->arena, str_slice(line, 7, line.n));
            return OK;
        }
    return fail(cx, E_CORRUPT, "a commit of the change cannot be read");
}

/* The approved message, and what the server says beside it. */
static enum rc rebased_message(struct ctx *cx, const struct publishing *p, struct str message, struct str *out)
{
    scoped_buf b;
    buf_init(&b, 2 * LIMIT_COMMIT_MESSAGE);
    buf_str(&b, message);
    if (message.n && message.p[message.n - 1] != '\n') buf_char(&b, '\n');
    TRY(put_trailers(cx, p, &b));
    *out = arena_str(&cx->arena, buf_view(&b));
    return OK;
}

/* Set upon the branch one by one, commits can take back what one of them has brought and the branch has too: nobody saw
 * that in the difference of all. */
static enum rc check_rebased(struct ctx *cx, const struct publishing *p, struct str after)
{
    struct str whole, paths, tree;
    TRY(hosted_merge(cx, p->git, p->tip, p->change.commit, p->change.base, &whole, &paths));
    if (!whole.p) return conflicts(cx, p, paths);
    TRY(hosted_tree(cx, p->git, after, &tree));
    return str_eq(tree, whole)
               ? OK
               : fail(cx, E_CONFLICT,
                      "set upon the branch one by one, the commits of change %lld give another result than was "
                      "reviewed: rebase it and push a new patch set",
                      (long long)p->change.number);
}

static enum rc by_rebase(struct ctx *cx, struct publishing *p, struct str *after)
{
    struct replay r = {cx,
                       p,
                       arena_array(&cx->arena, struct str, REPLAY_MOST),
                       arena_array(&cx->arena, struct str, REPLAY_MOST),
                       arena_array(&cx->arena, struct str, REPLAY_MOST),
                       0,
                       false};
    const struct git_log_options o = {.head = p->change.commit, .exclude = p->change.base, .since = INT64_MIN};
    int64_t missing;
    *after = p->change.commit;
    if (str_eq(p->tip, p->change.base)) return OK; /* it stands there already */
    TRY(git_log(cx, p->git, &o, take, &r, &missing));
    if (r.merges)
        return fail(cx, E_CONFLICT,
                    "the change has merges, which cannot be rebased: rebase it and push a new patch set");
    *after = p->tip;
    for (size_t i = r.n; i-- > 0;) {
        struct str tree, paths, author, message;
        TRY(hosted_merge(cx, p->git, *after, r.oids[i], r.parents[i], &tree, &paths));
        if (!tree.p) return conflicts(cx, p, paths);
        TRY(author_line(cx, p->git, r.oids[i], &author));
        TRY(rebased_message(cx, p, r.messages[i], &message));
        struct commit_draft d = {
            .tree = tree,
            .parents = after,
            .n_parents = 1,
            .author = author,
            .committer = arena_printf(&cx->arena, "Sinetti <sinetti@localhost> %lld +0000", (long long)made_at(p)),
            .message = message};
        TRY(make(cx, p, &d, after));
    }
    return check_rebased(cx, p, *after);
}

static enum rc by_forward(struct ctx *cx, const struct publishing *p, struct str *after)
{
    *after = p->change.commit;
    return str_eq(p->tip, p->change.base)
               ? OK
               : fail(cx, E_CONFLICT, "the branch has gone on: rebase change %lld onto it and push a new patch set",
                      (long long)p->change.number);
}

/* --- moving it */

static enum rc move(struct ctx *cx, struct publishing *p, struct push *push, struct published *out)
{
    const struct ref_update u = {push->refs[0].name, push->refs[0].before, push->refs[0].after};
    struct ref_moves m = REF_MOVES_NONE;
    TRY(ref_moves_prepare(cx, p->git, &u, 1, p->place->host == GATE_HOSTED, &m));
    enum rc rc = decide_push(cx, p->facts, push, "publish", DECIDE_MOVE, NULL, &out->decided);
    if (rc != OK || !out->decided.allowed) {
        ref_moves_abort(&m);
        return rc;
    }
    rc = ref_moves_commit(cx, &m);
    if (rc != OK) return decide_failed(cx, p->facts, p->reader, p->git, p->place, p->by, rc);
    out->done = true;
    return decide_outcome(cx, p->facts, push, out->decided.decision);
}

/* What was reviewed is the difference from where the change left the branch. When the branch has taken in part of the
 * change since, the rest of it is another difference: it may take back what nobody saw it take back. */
static enum rc check_base(struct ctx *cx, const struct publishing *p)
{
    struct str base;
    bool only;
    TRY(git_only_merge_base(cx, p->git, p->tip, p->change.commit, &base, &only));
    return only && str_eq(base, p->change.base)
               ? OK
               : fail(cx, E_CONFLICT,
                      "the branch has taken in part of change %lld since it was pushed: push it to refs/for/ again, so "
                      "that what is left of it is reviewed",
                      (long long)p->change.number);
}

static enum rc prepare(struct ctx *cx, struct publishing *p, struct push *push, struct published *out)
{
    struct push_ref *r = &push->refs[0];
    TRY(protections_read(cx, log_reader_db(p->reader), p->place, &push->protections, &push->n_protections));
    const struct protection *rule = protection_of(push->protections, push->n_protections, p->change.target);
    out->method = rule ? rule->method : STR("merge");
    struct str after;
    p->made = arena_array(&cx->arena, struct str, REPLAY_MOST);
    TRY(check_base(cx, p));
    TRY(str_eq(out->method, STR("rebase"))         ? by_rebase(cx, p, &after)
        : str_eq(out->method, STR("fast_forward")) ? by_forward(cx, p, &after)
                                                   : by_merge(cx, p, &after));
    *r = (struct push_ref){.name = p->change.target,
                           .before = p->tip,
                           .after = after,
                           .kind = PUSH_BRANCH,
                           .act = PUSH_UPDATE,
                           .protection = rule,
                           .commits = p->change.commits,
                           .change = p->change.subject,
                           .patch_set = p->change.patch_set};
    if (rule && rule->signatures) { /* of the patch set: what is made of it here is the server's */
        r->signing = true;
        TRY(push_read_signatures(
            cx, log_reader_db(p->reader), p->git, r,
            arena_printf(&cx->arena, STR_FMT "\n^" STR_FMT "\n", STR_ARG(p->change.commit), STR_ARG(p->change.base))));
    }
    push->n = 1;
    push->made = p->made;
    push->n_made = p->n_made;
    TRY(push_found(cx, log_reader_db(p->reader), r->change, r->patch_set, push));
    TRY(critical_read(cx, log_reader_db(p->reader), p->git, push));
    if (!p->try_only) TRY(critical_find(cx, log_reader_db(p->reader), p->git, push));
    TRY(checks_read(cx, log_reader_db(p->reader), p->git, push));
    out->target = r->name;
    out->before = r->before;
    out->after = r->after;
    return OK;
}

static enum rc publish(struct ctx *cx, struct publishing *p, int64_t number, struct published *out)
{
    size_t settled = 0;
    struct push *push = arena_new(&cx->arena, struct push);
    *push = (struct push){.place = p->place, .caller = p->by, .refs = arena_array(&cx->arena, struct push_ref, 1)};
    out->push = push;
    TRY(log_reader_refresh(cx, p->reader));
    if (!p->try_only) TRY(decide_settle(cx, p->facts, log_reader_db(p->reader), p->git, p->place, p->by, &settled));
    if (settled) TRY(log_reader_refresh(cx, p->reader));
    TRY(change_get(cx, log_reader_db(p->reader), p->place->subject, number, &p->change));
    if (!str_eq(p->change.state, STR("open")))
        return fail(cx, E_CONFLICT, "change %lld is %s", (long long)number, str_visible(cx, p->change.state));
    TRY(hosted_ref(cx, p->git, p->change.target, &p->tip));
    if (!p->tip.p) return fail(cx, E_CONFLICT, "its target is not there any more");
    enum rc rc = prepare(cx, p, push, out);
    if (rc != OK) return expunge_explain(cx, p->git, &p->change.commit, 1, rc);
    return p->try_only ? decide_push(cx, p->facts, push, "publish", DECIDE_TRY, NULL, &out->decided)
                       : move(cx, p, push, out);
}

enum rc publish_change(struct ctx *cx, struct facts *f, const char *dir, const struct gate_place *place,
                       const struct gate_caller *by, int64_t number, bool try_only, struct published *out)
{
    struct publishing p = {.facts = f, .place = place, .by = by, .try_only = try_only};
    *out = (struct published){0};
    /* who only asks holds nobody up */
    int lock = try_only ? -1 : receive_lock(cx, place->path);
    if (lock < 0 && !try_only) return fail(cx, E_IO, "the repository cannot be locked: %s", strerror(errno));
    enum rc rc = log_reader_open(cx, dir, &p.reader);
    if (rc == OK) rc = hosted_open(cx, place->path, NULL, &p.git);
    if (rc == OK && !try_only) rc = seal_open(cx, f, log_reader_db(p.reader), dir, &p.seal);
    if (rc == OK) rc = publish(cx, &p, number, out);
    size_t made; /* what cannot be attested now is when a ref next moves */
    if (rc == OK && out->done && attest_catch_up(cx, f, p.reader, p.git, dir, place, &made) != OK)
        out->unattested = arena_str(&cx->arena, str_from(cx->message));
    git_close(p.git);
    log_reader_close(p.reader);
    if (lock >= 0) (void)close(lock);
    return rc;
}
