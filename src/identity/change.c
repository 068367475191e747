#include "identity/identity_int.h"

struct body change_body(const struct identity_actor *by, const char *kind, struct str subject, struct str payload)
{
    return (struct body){.actor = by->person,
                         .credential = by->credential.p ? by->credential : STR(""),
                         .via = by->via,
                         .kind = str_from(kind),
                         .subject = subject,
                         .payload = payload};
}

enum rc change_make(struct ctx *cx, struct identity *id, const struct body *bodies, size_t n, struct change *out)
{
    *out = (struct change){.n = n};
    if (!id->o.facts) return fail(cx, E_INTERNAL, "this process only reads");
    out->ready = arena_array(&cx->arena, struct facts_ready, n);
    for (size_t i = 0; i < n; i++) TRY(facts_make(cx, id->o.facts, &bodies[i], false, &out->ready[i]));
    return OK;
}

struct unit {
    struct facts *facts;
    struct change *change;
};

static enum rc append(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct unit *u = arg;
    TRY(facts_begin(cx, u->facts, tx, NULL));
    if (u->change->judge) TRY(u->change->judge(cx, log_db(tx), u->change->arg));
    for (size_t i = 0; i < u->change->n; i++) {
        struct leaf l;
        TRY(facts_put(cx, u->facts, tx, &u->change->ready[i], &l));
        if (i == 0) u->change->first = l.n;
    }
    return OK;
}

enum rc change_append(struct ctx *cx, struct identity *id, struct change *c)
{
    struct unit u = {id->o.facts, c};
    return c->n ? log_submit(cx, facts_log(id->o.facts), append, &u) : OK;
}
