/* Requests of two people: what waits, and deciding it (records/request.h). */
#include "api/act.h"
#include "api/approval.h"
#include "api/page.h"
#include "api/show.h"
#include "store/store.h"

static const char select_one[] = "SELECT " APPROVAL_COLUMNS " WHERE r.n = ?1";

/* A state is known only from decision and time. */
#define SELECT_PAGE(more)                                                                                              \
    "SELECT " APPROVAL_COLUMNS " WHERE r.n <= ?1" more                                                                 \
    " AND (?2 IS NULL OR CASE ?2 WHEN 'open' THEN (d.n IS NULL AND r.until > ?3) OR d.decision = 'solo'"               \
    " WHEN 'waiting' THEN d.n IS NULL AND r.until > ?3 WHEN 'expired' THEN d.n IS NULL AND r.until <= ?3"              \
    " ELSE d.decision = ?2 END) AND (?4 IS NULL OR r.actor = ?4) AND (?5 IS NULL OR r.subject = ?5)"                   \
    " AND (?7 IS NULL OR r.actor <> ?7)"                                                                               \
    " ORDER BY r.n DESC LIMIT ?6"
static const char select_page[] = SELECT_PAGE("");
static const char select_open[] = SELECT_PAGE(" AND r.n IN (" APPROVALS_OPEN("?3") ")");

static bool is_of_open(struct str state)
{
    return str_eq(state, STR("open")) || str_eq(state, STR("waiting")) || str_eq(state, STR("solo"));
}

enum rc approval_put(struct ctx *cx, struct api_call *call, sqlite3_stmt *st, bool may_decide)
{
    bool about;
    struct json *j = &call->out;
    enum request_state state = request_state_of(store_column_str(st, 8), sqlite3_column_int64(st, 7), call->now);
    struct str subject = store_column_str(st, 2), actor = store_column_str(st, 5), kind = store_column_str(st, 1);
    const struct catalog_kind *k = catalog_find_kind(call->catalog, kind);
    bool open = state == REQUEST_WAITING || state == REQUEST_SOLO;
    may_decide = open && may_decide && !str_eq(actor, call->who.person);
    TRY(request_is_about(cx, call->ledger, subject, call->who.person, &about));
    json_begin(j, '{');
    show_column_int(j, "request", st, 0);
    json_put_cstr(j, "state", request_state_name(state));
    json_put_str(j, "kind", kind);
    json_put_str(j, "kind_title", k ? k->title[call->lang] : kind);
    json_put_str(j, "subject", subject);
    struct str title = show_subject(call->catalog, call->lang, subject);
    if (!title.n) title = store_column_str(st, 16); /* somebody's name */
    json_put_str(j, "subject_title", title.n ? title : subject);
    json_key(j, "payload");
    json_raw(j, store_column_str(st, 3));
    show_column_text(j, "reason", st, 4);
    show_column_time(j, "at", st, 14);
    show_column_person(j, "by", st, 5);
    show_column_time(j, "until", st, 7);
    show_column_time(j, "decided_at", st, 9);
    show_column_person(j, "decided_by", st, 10);
    show_column_text(j, "decision_reason", st, 12);
    show_column_int(j, "event", st, 13);
    json_put_bool(j, "solo", sqlite3_column_type(st, 15) != SQLITE_NULL);
    json_put_bool(j, "may_decide", may_decide);
    json_put_bool(j, "may_approve", may_decide && !about);
    json_end(j, '}');
    return OK;
}

API_OPERATION(approvals_list)
{
    scoped_stmt *st = NULL;
    int64_t from, next = -1, limit = page_limit(call);
    bool may_decide = api_may(call, "approvals.decide", STR_NONE);
    TRY(page_cursor(cx, call, INT64_MAX, &from));
    bool for_me = api_value_bool(call, "for_me", false), all = api_within(call, STR(""));
    struct str state = api_value(call, "state");
    if (for_me && !state.p) state = STR("open");
    TRY(store_prepare(cx, call->ledger, str_from(is_of_open(state) ? select_open : select_page), &st));
    store_bind_int(st, 1, for_me && !may_decide ? -1 : from);
    store_bind_str(st, 2, state);
    store_bind_int(st, 3, call->now);
    store_bind_str(st, 4, !all || api_value_bool(call, "mine", false) ? call->who.person : STR_NONE);
    store_bind_str(st, 7, for_me ? call->who.person : STR_NONE);
    store_bind_str(st, 5, api_value(call, "subject"));
    store_bind_int(st, 6, limit + 1);
    page_begin(call);
    for (int64_t i = 0;; i++) {
        bool row;
        TRY(store_step(cx, st, &row));
        if (!row) break;
        if (i == limit)
            next = sqlite3_column_int64(st, 0);
        else
            TRY(approval_put(cx, call, st, may_decide));
    }
    return page_end(cx, call, next, -1);
}

static enum rc put_one(struct ctx *cx, struct api_call *call)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR(select_one), &st));
    store_bind_int(st, 1, api_value_int(call, "request", -1));
    TRY(store_step(cx, st, &row));
    if (!row || !(api_within(call, STR("")) || str_eq(store_column_str(st, 5), call->who.person)))
        return api_fail(cx, call, E_NOTFOUND, "there is no such request", "sellaista pyyntöä ei ole");
    return approval_put(cx, call, st, api_may(call, "approvals.decide", STR_NONE));
}

API_OPERATION(approvals_get)
{
    return put_one(cx, call);
}

static enum rc decide(struct ctx *cx, struct api_call *call, enum request_decision decision)
{
    struct request_outcome o;
    struct str reason = api_field(call->body, "reason");
    const struct request_actor who = act_actor(call);
    if (decision == REQUEST_REJECT && !str_trim(reason).n)
        api_fault(call, "reason", "is empty: who has asked wants to know why", "on tyhjä: pyytäjä haluaa tietää syyn");
    TRY(api_faults(cx, call));
    TRY(request_decide(cx, call->facts, call->now, &who, (uint64_t)api_value_int(call, "request", 0), decision,
                       reason.p ? reason : STR(""), &o));
    return put_one(cx, call);
}

API_OPERATION(approvals_approve)
{
    return decide(cx, call, REQUEST_APPROVE);
}

API_OPERATION(approvals_reject)
{
    return decide(cx, call, REQUEST_REJECT);
}

API_OPERATION(approvals_withdraw)
{
    return decide(cx, call, REQUEST_WITHDRAW);
}
