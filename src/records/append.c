#include "records/append.h"

#define MICROSECONDS 1000000 /* of a second */

struct unit {
    struct facts *facts;
    int64_t now;
    append_build *build;
    void *arg;
};

static enum rc run_unit(struct ctx *cx, struct log_tx *tx, void *arg)
{
    const struct unit *u = arg;
    int64_t late;
    TRY(facts_begin(cx, u->facts, tx, &late));
    /* it may have waited for its turn, and the log's time may be ahead: what is there already is not of the future */
    int64_t at = facts_now(u->facts) + (late + MICROSECONDS - 1) / MICROSECONDS;
    struct append a = {.cx = cx,
                       .db = log_db(tx),
                       .now = u->now > at ? u->now : at,
                       .next = log_size(tx),
                       .facts = u->facts,
                       .tx = tx};
    return u->build(&a, u->arg);
}

enum rc append_run(struct ctx *cx, struct facts *f, int64_t now, append_build *build, void *arg)
{
    struct unit u = {f, now, build, arg};
    return log_submit(cx, facts_log(f), run_unit, &u);
}

enum rc append_add(struct append *a, const struct body *fact, uint64_t *n)
{
    struct facts_ready ready;
    struct leaf leaf;
    if (n) *n = a->next;
    TRY(facts_make(a->cx, a->facts, fact, false, &ready));
    TRY(facts_put(a->cx, a->facts, a->tx, &ready, &leaf));
    a->next = leaf.n + 1;
    return OK;
}

struct body append_body(const struct identity_actor *by, const char *kind, struct str subject, struct str payload)
{
    return (struct body){.actor = by->person,
                         .credential = by->credential,
                         .via = by->via,
                         .kind = str_from(kind),
                         .subject = subject,
                         .payload = payload};
}
