#include "records/request.h"

#include "base/json.h"
#include "base/limits.h"
#include "identity/people.h"
#include "ledger/canonical.h"
#include "store/store.h"

#include <stdio.h>

static const char *const words[REQUEST_STATES] = {"waiting",   "solo",    "approved", "rejected",
                                                  "withdrawn", "expired", "reviewed", "disputed"};

const char *request_state_name(enum request_state s)
{
    return s < REQUEST_STATES ? words[s] : "";
}

enum request_state request_state_of(struct str decision, int64_t until, int64_t now)
{
    for (int i = REQUEST_SOLO; i < REQUEST_STATES; i++)
        if (str_eq(decision, str_from(words[i]))) return (enum request_state)i;
    return until <= now ? REQUEST_EXPIRED : REQUEST_WAITING;
}

/* --- what is appended */

static void put_approvers(struct buf *out, const struct identity_actor *by)
{
    buf_cstr(out, "\"approved_by\":[");
    canonical_put_str(out, by->person);
    buf_cstr(out, "]");
}

static bool takes_approvers(const struct catalog_kind *k)
{
    for (size_t i = 0; i < k->payload.n_fields; i++)
        if (str_eq(k->payload.fields[i].name, STR("approved_by"))) return true;
    return false;
}

/* The canonical payload, with who approved it where the kind has a place for them. */
static struct str approved(struct ctx *cx, const struct catalog_kind *k, struct str payload,
                           const struct identity_actor *by)
{
    scoped_buf b;
    if (!takes_approvers(k)) return payload;
    buf_init(&b, LIMIT_BODY);
    buf_char(&b, '{');
    put_approvers(&b, by);
    if (payload.n > 2) buf_char(&b, ',');
    buf_str(&b, str_slice(payload, 1, payload.n));
    return arena_str(&cx->arena, buf_view(&b));
}

static enum rc add_decision(struct append *a, const struct request_actor *who, uint64_t request,
                            enum request_state decision, struct str reason)
{
    scoped_buf b;
    struct json j;
    char subject[32];
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_int(&j, "request", (int64_t)request);
    json_put_cstr(&j, "decision", request_state_name(decision));
    json_put_str(&j, "reason", reason.p ? reason : STR(""));
    json_end(&j, '}');
    (void)snprintf(subject, sizeof subject, "fact:%llu", (unsigned long long)request);
    const struct body fact = append_body(&who->by, "approval", str_from(subject), buf_view(&b));
    return append_add(a, &fact, NULL);
}

static enum rc put_reserved(struct append *a, const struct body *act, uint64_t *n)
{
    struct facts_ready ready;
    struct leaf leaf;
    *n = a->next;
    TRY(facts_make(a->cx, a->facts, act, true, &ready));
    TRY(facts_put(a->cx, a->facts, a->tx, &ready, &leaf));
    a->next = leaf.n + 1;
    return OK;
}

/* Right after the decision it rests on, so that the one tells the other's number. */
static enum rc add_act(struct append *a, const struct body *asked, const struct identity_actor *approver,
                       struct request_outcome *out)
{
    const struct catalog_kind *k = catalog_find_kind(facts_catalog(a->facts), asked->kind);
    struct body act = *asked;
    if (!k) return fail(a->cx, E_CONFLICT, "the catalog no longer has the kind that was asked for");
    act.payload = approved(a->cx, k, asked->payload, approver);
    TRY(identity_role_judge(a->cx, a->db, &act, a->now));
    TRY(k->by_request ? put_reserved(a, &act, &out->event) : append_add(a, &act, &out->event));
    out->has_event = true;
    return OK;
}

/* --- asking */

struct asking {
    const struct request_actor *who;
    const struct request_wish *wish;
    struct body asked; /* payload canonical, without approvers */
    struct request_outcome *out;
};

static enum rc check_same(struct append *a, const struct asking *q)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT r.n FROM fact_request r LEFT JOIN fact_approval d ON d.request = r.n"
                          " WHERE r.subject = ?1 AND r.kind = ?2 AND r.payload = ?3 AND r.until > ?4 AND d.n IS NULL"),
                      &st));
    store_bind_str(st, 1, q->asked.subject);
    store_bind_str(st, 2, q->asked.kind);
    store_bind_str(st, 3, q->asked.payload);
    store_bind_int(st, 4, a->now);
    TRY(store_step(a->cx, st, &row));
    return row ? fail(a->cx, E_CONFLICT, "the same is asked for already and waits: request %lld",
                      (long long)sqlite3_column_int64(st, 0))
               : OK;
}

static enum rc add_request(struct append *a, const struct asking *q)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "kind", q->wish->kind);
    json_put_str(&j, "payload", q->asked.payload);
    json_put_str(&j, "reason", q->wish->reason.p ? q->wish->reason : STR(""));
    json_put_int(&j, "until", a->now + REQUEST_SECONDS);
    json_end(&j, '}');
    const struct body fact = append_body(&q->who->by, "request", q->asked.subject, buf_view(&b));
    return append_add(a, &fact, &q->out->request);
}

static enum rc ask(struct append *a, void *arg)
{
    const struct asking *q = arg;
    int64_t officers;
    *q->out = (struct request_outcome){.state = REQUEST_WAITING};
    TRY(check_same(a, q));
    TRY(identity_security_officers(a->cx, a->db, a->now, &officers));
    TRY(add_request(a, q));
    if (officers >= 2 || !q->who->may_decide) return OK;
    q->out->state = REQUEST_SOLO;
    TRY(add_decision(a, q->who, q->out->request, REQUEST_SOLO, q->wish->reason));
    return add_act(a, &q->asked, &q->who->by, q->out);
}

/* What is asked for must be possible: it is made once as it would be done. */
static enum rc check_wish(struct ctx *cx, struct facts *f, const struct request_actor *who,
                          const struct request_wish *w, struct asking *q)
{
    scoped_buf payload;
    struct facts_ready ready;
    const struct catalog_kind *k = catalog_find_kind(facts_catalog(f), str_from(w->kind));
    if (!k || !k->kept || k->reserved)
        return fail(cx, E_INTERNAL, "facts of the kind \"%s\" cannot be asked for", w->kind);
    buf_init(&payload, LIMIT_BODY);
    TRY(canonical_from(cx, w->payload, 1, &payload));
    if (takes_approvers(k) && canonical_find(buf_view(&payload), "approved_by").p)
        return fail(cx, E_INVALID, "approved_by: it is for whoever approves");
    q->asked = append_body(&who->by, w->kind, w->subject, arena_str(&cx->arena, buf_view(&payload)));
    struct body act = q->asked;
    act.payload = approved(cx, k, q->asked.payload, &who->by);
    return facts_make(cx, f, &act, k->by_request, &ready);
}

enum rc request_make(struct ctx *cx, struct facts *f, int64_t now, const struct request_actor *who,
                     const struct request_wish *w, struct request_outcome *out)
{
    struct asking q = {.who = who, .wish = w, .out = out};
    TRY(check_wish(cx, f, who, w, &q));
    return append_run(cx, f, now, ask, &q);
}

enum rc request_put_alone(struct append *a, const struct request_actor *who, const struct request_wish *w,
                          struct request_outcome *out)
{
    scoped_buf payload;
    struct asking q = {.who = who, .wish = w, .out = out};
    *out = (struct request_outcome){.state = REQUEST_SOLO, .has_event = true};
    buf_init(&payload, LIMIT_BODY);
    TRY(canonical_from(a->cx, w->payload, 1, &payload));
    q.asked = append_body(&who->by, w->kind, w->subject, arena_str(&a->cx->arena, buf_view(&payload)));
    TRY(add_request(a, &q));
    TRY(add_decision(a, who, out->request, REQUEST_SOLO, w->reason));
    return put_reserved(a, &q.asked, &out->event);
}

/* --- deciding */

struct deciding {
    const struct request_actor *who;
    uint64_t n;
    enum request_decision decision;
    struct str reason;
    struct request_outcome *out;
};

static enum rc read_request(struct append *a, uint64_t n, struct body *asked, enum request_state *state, bool *left)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        a->cx, a->db,
        STR("SELECT r.kind, r.subject, r.payload, r.actor, r.via, b.body ->> 'credential', d.decision, r.until,"
            " coalesce(p.state, '') = 'left' FROM fact_request r JOIN bodies b ON b.n = r.n"
            " LEFT JOIN fact_approval d ON d.request = r.n LEFT JOIN fact_person p ON p.subject = r.actor"
            " WHERE r.n = ?1"),
        &st));
    store_bind_int(st, 1, (int64_t)n);
    TRY(store_step(a->cx, st, &row));
    if (!row) return fail(a->cx, E_NOTFOUND, "there is no request %llu", (unsigned long long)n);
    struct str *fields[] = {&asked->kind,  &asked->subject, &asked->payload,
                            &asked->actor, &asked->via,     &asked->credential};
    for (int i = 0; i < (int)(sizeof fields / sizeof *fields); i++)
        *fields[i] = arena_str(&a->cx->arena, store_column_str(st, i));
    *state = request_state_of(store_column_str(st, 6), sqlite3_column_int64(st, 7), a->now);
    *left = sqlite3_column_int(st, 8) != 0;
    return OK;
}

#define IS_ABOUT                                                                                                       \
    "SELECT 1 WHERE ?1 = ?2 UNION ALL SELECT 1 FROM fact_group g JOIN fact_group_members m ON m.n = g.n WHERE "        \
    "g.subject = ?1 AND m.value = ?2"

enum rc request_is_about(struct ctx *cx, sqlite3 *db, struct str subject, struct str person, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR(IS_ABOUT), &st));
    store_bind_str(st, 1, subject);
    store_bind_str(st, 2, person);
    return store_step(cx, st, out);
}

/* Who made use of what was done alone has had their say. */
static enum rc check_user(struct append *a, const struct deciding *q)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT 1 FROM fact_approval s JOIN fact_decision d ON d.override = s.act WHERE s.request = "
                          "?1 AND d.actor = ?2 UNION ALL SELECT 1 FROM fact_approval s JOIN fact_override o ON o.n = "
                          "s.act WHERE s.request = ?1 AND o.person = ?2 LIMIT 1"),
                      &st));
    store_bind_int(st, 1, (int64_t)q->n);
    store_bind_str(st, 2, q->who->by.person);
    TRY(store_step(a->cx, st, &row));
    return row ? fail(a->cx, E_DENIED, "nobody reviews what they have made use of: another person has to") : OK;
}

static enum rc check_decider(struct append *a, const struct deciding *q, const struct body *asked)
{
    struct ctx *cx = a->cx;
    bool about, own = str_eq(q->who->by.person, asked->actor);
    if (q->decision == REQUEST_WITHDRAW)
        return own ? OK : fail(cx, E_DENIED, "only who has asked may withdraw the request; it can be rejected");
    if (own) return fail(cx, E_DENIED, "nobody decides what they have asked for: a second person has to");
    TRY(check_user(a, q));
    TRY(request_is_about(cx, a->db, asked->subject, q->who->by.person, &about));
    if (q->decision == REQUEST_APPROVE && about)
        return fail(cx, E_DENIED, "nobody approves what is about themselves: another person has to");
    return q->who->may_decide ? OK : fail(cx, E_DENIED, "deciding requests of others is not among your permissions");
}

static enum rc decide(struct append *a, void *arg)
{
    const struct deciding *q = arg;
    struct body asked;
    enum request_state state, next;
    bool left;
    *q->out = (struct request_outcome){.request = q->n};
    TRY(read_request(a, q->n, &asked, &state, &left));
    TRY(check_decider(a, q, &asked));
    if (state != REQUEST_WAITING && (state != REQUEST_SOLO || q->decision == REQUEST_WITHDRAW))
        return fail(a->cx, E_CONFLICT, "request %llu is %s already", (unsigned long long)q->n,
                    request_state_name(state));
    if (q->decision == REQUEST_APPROVE && state == REQUEST_WAITING && left)
        return fail(a->cx, E_CONFLICT, "who has asked for it has left meanwhile: reject it, and ask anew");
    if (state == REQUEST_SOLO)
        next = q->decision == REQUEST_APPROVE ? REQUEST_REVIEWED : REQUEST_DISPUTED;
    else
        next = q->decision == REQUEST_APPROVE  ? REQUEST_APPROVED
               : q->decision == REQUEST_REJECT ? REQUEST_REJECTED
                                               : REQUEST_WITHDRAWN;
    q->out->state = next;
    TRY(add_decision(a, q->who, q->n, next, q->reason));
    return next == REQUEST_APPROVED ? add_act(a, &asked, &q->who->by, q->out) : OK;
}

enum rc request_decide(struct ctx *cx, struct facts *f, int64_t now, const struct request_actor *who, uint64_t n,
                       enum request_decision decision, struct str reason, struct request_outcome *out)
{
    struct deciding q = {who, n, decision, reason, out};
    return append_run(cx, f, now, decide, &q);
}
