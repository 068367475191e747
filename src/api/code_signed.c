#include "api/code_signed.h"

#include "api/show.h"
#include "store/store.h"

/* What was asked of it when it was let in, and how it was answered: of each point the worst. */
static enum rc put_verdicts(struct ctx *cx, struct api_call *call, int64_t decision)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT obligation, min(ok), max(mode), sum(count) FROM fact_decision_verdicts WHERE n = ?1 "
                          "GROUP BY obligation ORDER BY min(ok), obligation LIMIT 200"),
                      &st));
    store_bind_int(st, 1, decision);
    json_key(j, "verdicts");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        struct str point = arena_str(&cx->arena, store_column_str(st, 0)), rest = point, task;
        str_cut(&rest, '/', &task);
        const struct catalog_task *t = catalog_find_task(call->catalog, task);
        const struct catalog_obligation *o = NULL;
        for (size_t i = 0; t && i < t->n_obligations; i++)
            if (str_eq(t->obligations[i].key, rest)) o = &t->obligations[i];
        json_begin(j, '{');
        json_put_str(j, "point", point);
        show_text(j, "text", o ? o->text[call->lang] : STR_NONE); /* of a catalog of before: none */
        show_column_bool(j, "ok", st, 1);
        show_column_text(j, "mode", st, 2);
        show_column_int(j, "asked", st, 3);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

enum rc code_put_signatures(struct ctx *cx, struct api_call *call, int64_t n)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT s.state, sum(s.commits), s.person, p.name FROM fact_patch_set_signatures s LEFT JOIN fact_person p "
            "ON p.subject = s.person WHERE s.n = ?1 GROUP BY s.state, s.person ORDER BY s.state = 'good', "
            "sum(s.commits) "
            "DESC, s.state, s.person LIMIT 100"),
        &st));
    store_bind_int(st, 1, n);
    json_key(j, "signatures");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        show_column_text(j, "state", st, 0);
        show_column_int(j, "commits", st, 1);
        show_column_person(j, "by", st, 2);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

/* What the organization has attested beside the level. */
static enum rc put_properties(struct ctx *cx, struct api_call *call, int64_t attestation)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT name, item, since FROM fact_attestation_properties WHERE n = ?1 ORDER BY seq"), &st));
    store_bind_int(st, 1, attestation);
    json_key(j, "properties");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        show_column_text(j, "name", st, 0);
        show_column_text(j, "item", st, 1);
        show_column_text(j, "since", st, 2);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

enum rc code_put_published(struct ctx *cx, struct api_call *call, const struct gate_place *place,
                           const struct change *c)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        cx, call->ledger,
        STR("SELECT r.after, p.at, a.level, a.history_since, a.controls_since, a.review_since, d.n, d.actor, w.name, "
            "d.override, a.n FROM fact_push_refs r "
            "JOIN fact_push p ON p.n = r.n JOIN fact_decision d ON d.subject = p.subject AND d.n > p.n AND d.push = "
            "p.n "
            "JOIN fact_outcome o ON o.decision = d.n AND o.outcome = 'done' LEFT JOIN fact_attestation a ON a.push = "
            "r.n "
            "AND a.ref = r.ref LEFT JOIN fact_person w ON w.subject = d.actor WHERE r.ref = ?1 AND r.change = ?2 AND "
            "?3 AND NOT EXISTS (SELECT 1 FROM "
            "fact_outcome_stayed y WHERE "
            "y.decision = d.n AND y.ref = r.ref) ORDER BY r.n DESC LIMIT 1"),
        &st));
    store_bind_str(st, 1, push_subject(cx, place, c->target));
    store_bind_str(st, 2, c->subject);
    store_bind_int(st, 3, str_eq(c->state, STR("published")));
    TRY(store_step(cx, st, &row));
    json_key(j, "published");
    if (!row) {
        json_nil(j);
        return OK;
    }
    json_begin(j, '{');
    show_column_text(j, "commit", st, 0);
    show_column_time(j, "at", st, 1);
    show_column_int(j, "level", st, 2);
    show_column_text(j, "history_since", st, 3);
    show_column_text(j, "controls_since", st, 4);
    show_column_text(j, "review_since", st, 5);
    show_column_int(j, "decision", st, 6);
    show_column_person(j, "by", st, 7);
    show_column_int(j, "override", st, 9);
    TRY(put_properties(cx, call, sqlite3_column_type(st, 10) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, 10)));
    TRY(put_verdicts(cx, call, sqlite3_column_int64(st, 6)));
    json_end(j, '}');
    return OK;
}
