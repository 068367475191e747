#include "gates/decide.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "gates/check_ticks.h"
#include "gates/checks.h"
#include "gates/comment.h"
#include "gates/critical.h"
#include "gates/gate_rules.h"
#include "gates/override.h"
#include "gates/push_scan.h"
#include "gates/tell.h"
#include "gates/times_judge.h"
#include "git/oid.h"
#include "store/store.h"

struct deciding {
    struct push *p;
    const char *gate;
    enum decide_stage stage;
    const struct change_place *places;
    struct decided *out;
    struct gate_fault *faults;
    struct arena *arena;
    int64_t override; /* break glass that lets it in; 0: none was needed */
};

/* --- what facts say */

/* What is published is the newest patch set of a change that is open still. */
static enum rc check_open(struct append *a, const struct push_ref *r)
{
    scoped_stmt *st = NULL;
    bool open;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT 1 FROM fact_change WHERE subject = ?1 AND state = 'open' AND ?2 = (SELECT "
                          "max(number) FROM fact_patch_set WHERE subject = ?1)"),
                      &st));
    store_bind_str(st, 1, r->change);
    store_bind_int(st, 2, r->patch_set);
    TRY(store_step(a->cx, st, &open));
    return open ? OK : fail(a->cx, E_CONFLICT, "the change has become another meanwhile; look at it again");
}

/* given: by publish, which computed what the branch gets. */
static enum rc judge_ref(struct append *a, struct push *p, size_t i, const struct identity_who *who, bool given)
{
    struct push_ref *r = &p->refs[i];
    struct str project = p->place->project;
    if (r->signatures) TRY(signatures_judge(a->cx, a->db, a->now, p->place, r->signatures));
    if (given) TRY(check_open(a, r));
    r->may = identity_may(who, "code.write", project);
    r->publisher = true;
    r->covered = true;
    if (r->kind == PUSH_TAG) { /* a release is made of it, and it stays */
        r->narrowed = identity_token_lacks(who, "code.publish", project);
        r->publisher = identity_may(who, "code.publish", project);
    }
    if (!r->protection) return OK;
    TRY(protection_publisher(a->cx, a->db, r->protection, p->caller->person, &r->publisher));
    r->narrowed = r->publisher && identity_token_lacks(who, "code.publish", project);
    r->publisher = r->publisher && identity_may(who, "code.publish", project);
    r->reviewers = r->protection->reviewers;
    if (r->commits == 0 && !given) return OK; /* nothing that is not on a protected branch already */
    struct str target = r->name;
    struct approvals counted = {0};
    if (!given) {
        r->change = STR_NONE; /* a unit may run again */
        r->patch_set = 0;
        TRY(change_of_commit(a->cx, a->db, p->place->subject, r->after, target, &r->change, &r->patch_set));
    }
    r->covered = r->patch_set != 0;
    check_ticks_judge(p, i, &counted);
    if (!r->covered) return critical_judge(a, p, i, project, &counted, STR_NONE);
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT s.commit_oid, s.base_oid, EXISTS (SELECT 1 FROM fact_person h WHERE h.subject = "
                          "s.actor AND h.bot) FROM fact_patch_set s WHERE s.subject = ?1 AND s.number = ?2"),
                      &st));
    store_bind_str(st, 1, r->change);
    store_bind_int(st, 2, r->patch_set);
    TRY(store_step(a->cx, st, &row));
    /* a machine answers for nothing, and whose name stands in a commit nobody has shown: one person more looks */
    if (row && sqlite3_column_int(st, 2)) r->reviewers = (r->reviewers > 1 ? r->reviewers : 1) + 1;
    /* pushed as it is, it gives the branch the difference that was reviewed only where it was reviewed from */
    r->covered = row && (given || str_eq(store_column_str(st, 1), r->before));
    if (r->covered)
        TRY(change_approvals(a->cx, a->db, a->now, project, r->change,
                             arena_str(&a->cx->arena, store_column_str(st, 0)), target, &counted));
    r->approvals = counted.approvals;
    r->rejections = counted.rejections;
    if (r->protection->resolved) TRY(comment_open_threads(a->cx, a->db, r->change, &r->threads));
    check_ticks_judge(p, i, &counted);
    return critical_judge(a, p, i, project, &counted, r->change);
}

/* --- what is always held to */

static void add_fault(struct deciding *d, size_t ref, const char *word)
{
    if (d->out->n_faults == FAULTS_MOST) return;
    struct gate_fault *f = &d->faults[d->out->n_faults++];
    *f = (struct gate_fault){.word = word, .mode = MODE_BLOCK, .ref = ref};
    tell_shape(d->p->caller->lang, word, &f->message, &f->fix);
    const struct str hole = STR("branch"), branch = tell_branch(d->arena, d->p->refs[ref].name);
    f->fix = tell_fill(d->arena, f->fix, &hole, &branch, 1);
    struct str more = d->p->refs[ref].shape_detail;
    if (more.p && d->p->refs[ref].shape == word)
        f->message = arena_printf(d->arena, STR_FMT " (" STR_FMT ")", STR_ARG(f->message), STR_ARG(more));
}

static bool publishes(const struct deciding *d)
{
    return strcmp(d->gate, "publish") == 0;
}

static void hold_shape(struct deciding *d)
{
    for (size_t i = 0; i < d->p->n; i++) {
        const struct push_ref *r = &d->p->refs[i];
        if (r->shape)
            add_fault(d, i, r->shape);
        else if (d->p->place->host != GATE_HOSTED && !publishes(d))
            continue; /* its host has rules of its own; what follows is judged by points, in their modes */
        else if (!r->may)
            add_fault(d, i, "may_not");
        else if (r->protection && r->act == PUSH_DELETE)
            add_fault(d, i, "delete");
        else if (r->protection && r->act == PUSH_REWIND)
            add_fault(d, i, "rewind");
        else if (r->kind == PUSH_TAG && r->act != PUSH_CREATE)
            add_fault(d, i, "tag_moves");
        else if (r->kind == PUSH_TAG && !r->published)
            add_fault(d, i, "tag_unpublished");
        else if ((r->protection || r->kind == PUSH_TAG) && !r->publisher)
            add_fault(d, i,
                      r->narrowed           ? "token_publishes_not"
                      : r->kind == PUSH_TAG ? "tag_no_publisher"
                                            : "no_publisher");
    }
}

/* --- as facts */

static void put_oids(struct ctx *cx, struct json *j, const struct push *p, const struct push_ref *r)
{
    json_put_str(j, "ref", push_subject(cx, p->place, r->name));
    json_put_str(j, "before", r->before);
    json_put_str(j, "after", r->after);
}

/* What is as it is for a branch of one's own is not said: three thousand of them have to fit into one event. */
static void put_ref(struct ctx *cx, struct json *j, const struct push *p, const struct push_ref *r)
{
    json_begin(j, '{');
    put_oids(cx, j, p, r);
    json_put_cstr(j, "kind", push_kind_name(r->kind));
    json_put_cstr(j, "act", push_act_name(r->act));
    if (!r->may) json_put_bool(j, "may", false);
    if (r->kind == PUSH_TAG) json_put_bool(j, "published", r->published);
    if (r->commits) json_put_int(j, "commits", r->commits);
    if (r->secrets) json_put_int(j, "secrets", r->secrets);
    if (r->protection) {
        json_put_bool(j, "protected", true);
        json_put_bool(j, "publisher", r->publisher);
        json_put_bool(j, "covered", r->covered);
        json_put_int(j, "reviewers", r->reviewers);
        json_put_int(j, "approvals", r->approvals);
        json_put_int(j, "rejections", r->rejections);
        if (r->threads) json_put_int(j, "threads", r->threads);
    }
    if (r->change.n) json_put_str(j, "change", r->change);
    if (r->patch_set) json_put_int(j, "patch_set", r->patch_set);
    json_end(j, '}');
}

#define WANTING_TAGS 100 /* told one by one; a push with one that wants a signature is as wrong as with a thousand */

/* Where signatures are wanted: how many are not there, and the first of them. */
static void put_signatures(struct ctx *cx, struct json *j, const struct push *p)
{
    size_t tags = 0;
    bool begun = false;
    for (size_t i = 0; i < p->n; i++) {
        const struct push_ref *r = &p->refs[i];
        const struct signature *first = NULL;
        size_t wanting = r->signatures ? signatures_wanting(r->signatures, &first) : 0;
        if (!r->signing || (r->kind == PUSH_TAG && (!wanting || tags++ >= WANTING_TAGS))) continue;
        if (!begun) {
            json_key(j, "signatures");
            json_begin(j, '[');
            begun = true;
        }
        json_begin(j, '{');
        json_put_str(j, "ref", push_subject(cx, p->place, r->name));
        json_put_int(j, "wanting", (int64_t)wanting);
        if (first) json_put_str(j, "first", first->oid);
        if (first) json_put_cstr(j, "why", first->word);
        json_end(j, '}');
    }
    if (begun) json_end(j, ']');
}

static enum rc put_push(struct append *a, const struct push *p, uint64_t *n)
{
    scoped_buf b;
    struct json j;
    struct str reason = push_option(p, "reason");
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_key(&j, "refs");
    json_begin(&j, '[');
    for (size_t i = 0; i < p->n; i++) put_ref(a->cx, &j, p, &p->refs[i]);
    json_end(&j, ']');
    if (p->n_hits) push_put_hits(a->cx, &j, p);
    if (p->n_personal) push_put_personal(&j, p);
    if (p->n_unread) push_put_unread(&j, p);
    put_signatures(a->cx, &j, p);
    if (p->n_made) {
        json_key(&j, "made");
        json_begin(&j, '[');
        for (size_t i = 0; i < p->n_made; i++) json_str(&j, p->made[i]);
        json_end(&j, ']');
    }
    critical_put(a->cx, &j, p);
    critical_put_candidates(a->cx, &j, p);
    checks_put(a->cx, &j, p);
    times_put(a->cx, &j, p);
    if (reason.n) json_put_str(&j, "reason", str_slice(reason, 0, 4096));
    if (p->caller->way) json_put_cstr(&j, "way", p->caller->way);
    json_end(&j, '}');
    return gate_put(a, p->caller, "push", p->place->subject, &b, n);
}

/* SHA-256 over gate and, for each ref, name and both ids, as fields. */
static void request_digest(const struct deciding *d, char out[65])
{
    struct digest g;
    uint8_t bytes[32];
    digest_init(&g);
    digest_field(&g, str_from(d->gate));
    for (size_t i = 0; i < d->p->n; i++) {
        digest_field(&g, d->p->refs[i].name);
        digest_field(&g, d->p->refs[i].before);
        digest_field(&g, d->p->refs[i].after);
    }
    digest_final(&g, bytes);
    digest_hex(bytes, 32, out);
}

#define REFUSED_REFS 1000 /* told of a refusal; the digest is of all */

/* What does not hold stands by itself; of what does, the rule's verdicts in a row are one. Returns how many that were.
 */
static size_t put_verdict(struct ctx *cx, struct json *j, const struct push *p, const struct gate_verdicts *all,
                          size_t i)
{
    const struct gate_verdict *v = &all->list[i];
    size_t n = 1;
    while (v->ok && i + n < all->n && all->list[i + n].ok && all->list[i + n].obligation == v->obligation) n++;
    json_begin(j, '{');
    json_put_str(
        j, "obligation",
        arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(v->obligation->task), STR_ARG(v->obligation->key)));
    json_put_str(j, "subject", n > 1 ? p->place->subject : v->subject);
    json_put_bool(j, "ok", v->ok);
    json_put_cstr(j, "mode", gate_mode_name(v->mode));
    if (n > 1) json_put_int(j, "count", (int64_t)n);
    json_end(j, '}');
    return n;
}

static enum rc put_decision(struct append *a, const struct deciding *d, const struct gate_verdicts *verdicts,
                            const uint64_t *push)
{
    scoped_buf b;
    struct json j;
    char request[65];
    request_digest(d, request);
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "gate", d->gate);
    json_put_cstr(&j, "decision", d->out->allowed ? "allowed" : "refused");
    json_put_cstr(&j, "request", request);
    if (push) json_put_int(&j, "push", (int64_t)*push);
    if (d->out->allowed && d->override) json_put_int(&j, "override", d->override);
    json_key(&j, "refs"); /* of what was let in, the push tells them */
    json_begin(&j, '[');
    for (size_t i = 0; !push && i < d->p->n && i < REFUSED_REFS; i++) {
        json_begin(&j, '{');
        put_oids(a->cx, &j, d->p, &d->p->refs[i]);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_key(&j, "verdicts");
    json_begin(&j, '[');
    for (size_t i = 0; i < verdicts->n;) i += put_verdict(a->cx, &j, d->p, verdicts, i);
    json_end(&j, ']');
    json_end(&j, '}');
    return gate_put(a, d->p->caller, "decision", d->p->place->subject, &b, &d->out->decision);
}

/* --- the unit */

static size_t ref_of(const struct push *p, const struct str *subjects, struct str subject)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(subjects[i], subject)) return i;
    return p->n;
}

/* Whether somebody has broken glass for what does not hold of this ref. */
static enum rc excuse(struct append *a, struct deciding *d, size_t ref, enum gate_mode *mode)
{
    int64_t n = 0;
    if (*mode != MODE_BLOCK) return OK;
    TRY(override_find(a->cx, a->db, a->now, d->p->place, d->p->refs[ref].name, d->p->caller->person, &n));
    if (!n || (d->override && d->override != n)) return OK; /* a decision tells of one: what needs another goes apart */
    d->override = n;
    *mode = MODE_WARN;
    return OK;
}

/* A rule looks at what was until :now, and the push was put down a moment after the question was begun: one that came
 * in the next second would be nobody's to judge. */
static enum rc moment_of(struct append *a, uint64_t push, int64_t *now)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(a->cx, a->db, STR("SELECT max(at, ?2) FROM fact_push WHERE n = ?1"), &st));
    store_bind_int(st, 1, (int64_t)push);
    store_bind_int(st, 2, a->now);
    TRY(store_step(a->cx, st, &row));
    if (!row) return fail(a->cx, E_INTERNAL, "what is asked for cannot be found, so nothing is let in");
    *now = sqlite3_column_int64(st, 0);
    return OK;
}

static enum rc judge(struct append *a, struct deciding *d, uint64_t push, struct gate_verdicts *verdicts)
{
    bool stopped = d->out->n_faults > 0; /* what is always held to */
    int64_t now;
    d->override = 0;
    struct str *subjects = arena_array(&a->cx->arena, struct str, d->p->n + 1);
    for (size_t i = 0; i < d->p->n; i++) subjects[i] = push_subject(a->cx, d->p->place, d->p->refs[i].name);
    TRY(moment_of(a, push, &now));
    TRY(gate_rules_run(a->cx, a->db, facts_catalog(a->facts), d->p, now, push, verdicts));
    for (size_t i = 0; i < verdicts->n; i++) {
        const struct gate_verdict *v = &verdicts->list[i];
        size_t ref = v->ok ? d->p->n : ref_of(d->p, subjects, v->subject);
        enum gate_mode mode = v->mode;
        if (ref == d->p->n) continue;
        TRY(excuse(a, d, ref, &mode));
        stopped |= mode == MODE_BLOCK;
        if (d->out->n_faults == FAULTS_MOST) continue;
        d->faults[d->out->n_faults++] = (struct gate_fault){.task = v->task,
                                                            .obligation = v->obligation,
                                                            .mode = mode,
                                                            .ref = ref,
                                                            .message = v->message,
                                                            .fix = v->fix};
    }
    d->out->allowed = !stopped;
    return OK;
}

/* As they are now: what was read of git was read by them, so a branch whose protection has come, or asks for more, is
 * another question. */
static enum rc read_protections(struct append *a, struct push *p)
{
    TRY(protections_read(a->cx, a->db, p->place, &p->protections, &p->n_protections));
    for (size_t i = 0; i < p->n; i++) {
        struct push_ref *r = &p->refs[i];
        if (r->kind != PUSH_BRANCH) continue;
        const struct protection *now = protection_of(p->protections, p->n_protections, r->name);
        if (!r->protection != !now)
            return fail(a->cx, E_CONFLICT, "what is protected here has just changed; push again");
        if (now && now->signatures != r->protection->signatures)
            return fail(a->cx, E_CONFLICT, "what is protected here has just changed; push again");
        r->protection = now;
    }
    return OK;
}

static enum rc build(struct append *a, void *arg)
{
    struct deciding *d = arg;
    struct identity_who who;
    struct gate_verdicts verdicts = {0};
    uint64_t push;
    d->out->n_faults = 0;
    d->out->decision = UINT64_MAX;
    TRY(identity_of(a->cx, a->db, a->now, d->p->caller->person, &who));
    who.only = d->p->caller->only;
    who.n_only = d->p->caller->n_only;
    TRY(read_protections(a, d->p));
    TRY(checks_still(a, d->p));
    for (size_t i = 0; i < d->p->n; i++) TRY(judge_ref(a, d->p, i, &who, publishes(d)));
    TRY(times_judge(a, d->p));
    hold_shape(d);
    if (d->stage == DECIDE_MOVE) TRY(override_notice(a, d->p)); /* what was is told before what is */
    TRY(log_mark(a->cx, a->tx));
    TRY(put_push(a, d->p, &push));
    TRY(judge(a, d, push, &verdicts));
    bool keep = d->out->allowed && d->stage == DECIDE_MOVE;
    if (!keep) {
        TRY(log_back(a->cx, a->tx));
        a->next = log_size(a->tx);
    } else {
        TRY(log_keep(a->cx, a->tx));
    }
    if (d->stage == DECIDE_TRY || (d->stage == DECIDE_ASK && d->out->allowed)) {
        log_discard(a->tx);
        return OK;
    }
    for (size_t i = 0; keep && d->places && i < d->p->n; i++)
        if (d->p->refs[i].kind == PUSH_CHANGE) TRY(change_put(a, d->p, &d->p->refs[i], &d->places[i]));
    return put_decision(a, d, &verdicts, keep ? &push : NULL);
}

enum rc decide_push(struct ctx *cx, struct facts *f, struct push *p, const char *gate, enum decide_stage stage,
                    const struct change_place *places, struct decided *out)
{
    struct gate_fault *faults = arena_array(&cx->arena, struct gate_fault, FAULTS_MOST);
    *out = (struct decided){.faults = faults};
    struct deciding d = {p, gate, stage, places, out, faults, &cx->arena, 0};
    return append_run(cx, f, facts_now(f), build, &d);
}
