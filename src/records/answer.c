/* What an audit says of a requirement: one fact for each answer, so that an audit of hundreds of them is not written
 * anew with each. */
#include "records/answer.h"

#include "base/json.h"
#include "base/limits.h"

struct answering {
    struct facts *f;
    const struct catalog *c;
    const struct records_by *by;
    const struct records_answer_draft *d;
    uint64_t *n;
};

static bool is_control(const struct catalog *c, struct str framework, struct str id)
{
    for (size_t i = 0; i < c->n_frameworks; i++) {
        if (!str_eq(c->frameworks[i].key, framework)) continue;
        for (size_t k = 0; k < c->frameworks[i].n_controls; k++)
            if (str_eq(c->frameworks[i].controls[k].id, id)) return true;
    }
    return false;
}

#define ON_LIST                                                                                                        \
    "SELECT 1 FROM fact_record f, json_each(f.content, '$.requirements') r WHERE f.subject = ?1 AND f.kind = "         \
    "'audit_checklist' AND r.value ->> 'id' = ?2"

/* The requirement stands on the list it is said to be of. */
static enum rc check_requirement(struct ctx *cx, sqlite3 *db, const struct answering *a)
{
    const struct str prefix = STR("framework:");
    bool there = false;
    if (str_starts(a->d->list, prefix)) {
        there = is_control(a->c, str_slice(a->d->list, prefix.n, a->d->list.n), a->d->requirement);
    } else {
        scoped_stmt *st = NULL;
        TRY(store_prepare(cx, db, STR(ON_LIST), &st));
        store_bind_str(st, 1, a->d->list);
        store_bind_str(st, 2, a->d->requirement);
        TRY(store_step(cx, st, &there));
    }
    return there ? OK
                 : fail(cx, E_INVALID, "%s has no requirement %s", str_visible(cx, a->d->list),
                        str_visible(cx, a->d->requirement));
}

#define BEFORE                                                                                                         \
    "SELECT n, answer = ?4 AND note = ?5 AND evidence = ?6 FROM fact_answer WHERE subject = ?1 AND list = ?2 AND "     \
    "requirement = ?3"

/* Nobody's words are lost: what is written over is what was seen. *same: it says so already. */
static enum rc check_seen(struct ctx *cx, sqlite3 *db, const struct answering *a, bool *same)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR(BEFORE), &st));
    const struct str values[] = {a->d->audit, a->d->list, a->d->requirement, a->d->answer, a->d->note, a->d->evidence};
    for (int i = 0; i < 6; i++) store_bind_str(st, i + 1, values[i]);
    TRY(store_step(cx, st, &row));
    int64_t now = row ? sqlite3_column_int64(st, 0) : -1;
    *same = row && sqlite3_column_int(st, 1);
    *a->n = row ? (uint64_t)now : 0;
    if (*same || now == a->d->seen) return OK;
    return fail(cx, E_CONFLICT, "somebody has answered %s since you read it: look at what is new, then do it again",
                str_visible(cx, a->d->requirement));
}

static void spell(const struct records_answer_draft *d, struct buf *out)
{
    struct json j;
    json_init(&j, out, false);
    json_begin(&j, '{');
    json_put_str(&j, "list", d->list);
    json_put_str(&j, "requirement", d->requirement);
    json_put_str(&j, "answer", d->answer);
    json_put_str(&j, "note", d->note);
    json_put_str(&j, "evidence", d->evidence);
    json_end(&j, '}');
}

static enum rc put(struct ctx *cx, struct log_tx *tx, void *arg)
{
    const struct answering *a = arg;
    struct records_item item;
    struct facts_ready ready;
    struct leaf leaf;
    bool same;
    scoped_buf payload;
    TRY(facts_begin(cx, a->f, tx, NULL));
    TRY(records_get(cx, log_db(tx), a->c, a->d->audit, &item));
    if (record_find_state(item.kind, item.state) != 0)
        return fail(cx, E_CONFLICT,
                    "an audit is answered while it is a draft; this one is in the state \"" STR_FMT "\"",
                    STR_ARG(item.state));
    TRY(check_requirement(cx, log_db(tx), a));
    TRY(check_seen(cx, log_db(tx), a, &same));
    if (same) return OK;
    buf_init(&payload, LIMIT_BODY);
    spell(a->d, &payload);
    TRY(buf_ok(&payload));
    const struct body body = {.actor = a->by->actor.person,
                              .credential = a->by->actor.credential,
                              .via = a->by->actor.via,
                              .kind = STR("answer"),
                              .subject = item.subject,
                              .payload = arena_str(&cx->arena, buf_view(&payload))};
    TRY(facts_make(cx, a->f, &body, true, &ready));
    TRY(facts_put(cx, a->f, tx, &ready, &leaf));
    *a->n = leaf.n;
    return OK;
}

enum rc records_answer(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                       const struct records_answer_draft *d, uint64_t *n)
{
    struct answering a = {f, c, by, d, n};
    if (!str_starts(d->audit, STR("record:audit/"))) return fail(cx, E_INVALID, "only audits are answered");
    return log_submit(cx, facts_log(f), put, &a);
}
