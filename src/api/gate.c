/* The push gate as its keepers see it: what branches are held to, changed by two people, and what the gate would have
 * stopped, had it blocked (gates/replay.h). */
#include "api/act.h"
#include "api/show.h"
#include "base/json_read.h"
#include "base/texts_fi.h"
#include "base/time.h"
#include "gates/expunge.h"
#include "gates/host.h"
#include "gates/replay.h"
#include "store/store.h"

#include <string.h>

/* --- what it would have stopped */

#define ROWS_SHOWN 50 /* of a point */
#define PEOPLE_COUNTED 10000

struct gathered {
    struct ctx *cx;
    const struct replay_point *point; /* of the rows at hand */
    struct point_rows {
        const struct replay_point *point;
        struct replay_row rows[ROWS_SHOWN]; /* a ring: the newest are the last */
        size_t n;
        struct str *people;
        size_t n_people;
    } * points;
    size_t n;
};

static enum rc gather(void *arg, const struct replay_row *row)
{
    struct gathered *g = arg;
    if (g->n == 0 || g->points[g->n - 1].point != row->point)
        g->points[g->n++] = (struct point_rows){.point = row->point};
    struct point_rows *p = &g->points[g->n - 1];
    p->rows[p->n++ % ROWS_SHOWN] = *row;
    if (!p->people) p->people = arena_array(&g->cx->arena, struct str, PEOPLE_COUNTED);
    for (size_t i = 0; i < p->n_people; i++)
        if (str_eq(p->people[i], row->person)) return OK;
    if (row->person.n && p->n_people < PEOPLE_COUNTED) p->people[p->n_people++] = row->person;
    return OK;
}

static void put_row(struct json *j, const struct replay_row *r)
{
    json_begin(j, '{');
    api_put_time(j, "at", r->at);
    if (r->push >= 0)
        json_put_int(j, "event", r->push);
    else
        json_put_cstr(j, "event", NULL);
    json_put_str(j, "repository", r->repository);
    json_put_str(j, "repository_name", r->name);
    json_put_str(j, "ref", r->ref);
    show_person(j, "by", r->person, r->person_name);
    json_put_str(j, "message", r->message);
    json_put_str(j, "fix", r->fix);
    json_end(j, '}');
}

static void put_point(struct ctx *cx, struct api_call *call, const struct gathered *g, const struct replay_point *p)
{
    struct json *j = &call->out;
    const struct point_rows *rows = NULL;
    for (size_t i = 0; i < g->n; i++)
        if (g->points[i].point == p) rows = &g->points[i];
    struct str point =
        arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(p->obligation->task), STR_ARG(p->obligation->key));
    json_begin(j, '{');
    json_put_str(j, "point", point);
    json_put_str(
        j, "title",
        show_subject(call->catalog, call->lang, arena_printf(&cx->arena, "obligation:" STR_FMT, STR_ARG(point))));
    json_put_str(j, "text", p->obligation->text[call->lang]);
    json_put_str(j, "task_title", p->task->title[call->lang]);
    json_put_cstr(j, "mode", gate_mode_name(p->mode));
    json_put_int(j, "judged", p->judged);
    json_put_int(j, "would", p->would);
    json_put_int(j, "refused", p->refused);
    json_put_int(j, "people", rows ? (int64_t)rows->n_people : 0);
    json_key(j, "rows");
    json_begin(j, '[');
    size_t n = rows ? rows->n : 0;
    for (size_t i = n; i > 0 && i + ROWS_SHOWN > n; i--) put_row(j, &rows->rows[(i - 1) % ROWS_SHOWN]);
    json_end(j, ']');
    json_end(j, '}');
}

static enum rc put_count(struct ctx *cx, struct api_call *call, const char *key, const char *sql,
                         const struct replay_wish *w)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, str_from(sql), &st));
    store_bind_int(st, 1, w->since);
    store_bind_str(st, 2, w->repository);
    TRY(store_step(cx, st, &row));
    json_put_int(&call->out, key, row ? sqlite3_column_int64(st, 0) : 0);
    return OK;
}

API_OPERATION(gate_replay)
{
    struct json *j = &call->out;
    struct str repository = api_value(call, "repository");
    const struct replay_point *points;
    size_t n;
    const struct replay_wish w = {
        .now = call->now,
        .since = call->now - api_value_int(call, "days", 90) * DAY_SECONDS,
        .repository = repository.p ? arena_printf(&cx->arena, "repo:" STR_FMT, STR_ARG(repository)) : STR(""),
        .lang = call->lang};
    struct gathered g = {.cx = cx, .points = arena_array(&cx->arena, struct point_rows, REPLAY_POINTS)};
    TRY(gate_replay(cx, call->ledger, call->catalog, &w, gather, &g, &points, &n));
    json_begin(j, '{');
    api_put_time(j, "since", w.since);
    TRY(put_count(cx, call, "pushes", "SELECT count(*) FROM fact_push WHERE at >= ?1 AND (?2 = '' OR subject = ?2)",
                  &w));
    TRY(put_count(
        cx, call, "refused",
        "SELECT count(*) FROM fact_decision WHERE decision = 'refused' AND at >= ?1 AND (?2 = '' OR subject = ?2)",
        &w));
    json_key(j, "points");
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) put_point(cx, call, &g, &points[i]);
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* --- what branches are held to */

static enum rc put_publishers(struct ctx *cx, struct api_call *call, const struct protection *p)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT coalesce((SELECT name FROM fact_person WHERE subject = ?1), (SELECT name FROM "
                          "fact_group WHERE subject = ?1))"),
                      &st));
    json_key(j, "publishers");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_publishers; i++) {
        bool row;
        store_bind_str(st, 1, p->publishers[i]);
        TRY(store_step(cx, st, &row));
        show_person_item(j, p->publishers[i], row ? store_column_str(st, 0) : STR_NONE);
        sqlite3_reset(st);
    }
    json_end(j, ']');
    return OK;
}

/* What only the operator wrote, which older versions took, nobody has asked for: void. Of a mirror, what came of it
 * since the contents were gone: what is over there is the newest word on all that was taken out before. */
static const char expunges_sql[] =
    "SELECT e.n, e.at, e.reason, (SELECT count(*) FROM fact_expunge_objects o WHERE o.n = e.n), x.n, x.commits,"
    " CASE WHEN o.settled IS NULL AND o.outcome = 'done' THEN 'done'"
    " ELSE coalesce((SELECT CASE WHEN a.decision IN ('approved', 'reviewed') THEN 'due' ELSE 'alone' END"
    " FROM fact_approval a WHERE a.act = e.n), 'void') END,"
    " (SELECT c.outcome FROM fact_cleared c WHERE c.subject = e.subject AND c.expunged >= x.n ORDER BY c.n DESC LIMIT "
    "1),"
    " (SELECT c.why FROM fact_cleared c WHERE c.subject = e.subject AND c.expunged >= x.n ORDER BY c.n DESC LIMIT 1),"
    " (SELECT m.n FROM fact_mirror m WHERE m.subject = e.subject AND m.state = 'active' AND m.n < x.n)"
    " FROM fact_expunge e LEFT JOIN fact_expunged x ON x.n = (SELECT max(l.n) FROM fact_expunged l WHERE l.act = e.n)"
    " LEFT JOIN fact_outcome o ON o.decision = x.n WHERE e.subject = ?1 ORDER BY e.n DESC LIMIT 20";

static enum rc put_expunges(struct ctx *cx, struct api_call *call, struct str repository)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger, STR(expunges_sql), &st));
    store_bind_str(st, 1, repository);
    json_key(j, "expunges");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        bool done = str_eq(store_column_str(st, 6), STR("done")), cleared = sqlite3_column_type(st, 7) != SQLITE_NULL;
        bool mirrored = sqlite3_column_type(st, 9) != SQLITE_NULL;
        json_begin(j, '{');
        json_put_int(j, "event", sqlite3_column_int64(st, 0));
        api_put_time(j, "at", sqlite3_column_int64(st, 1));
        json_put_str(j, "reason", store_column_str(st, 2));
        json_put_int(j, "objects", sqlite3_column_int64(st, 3));
        json_put_str(j, "state", store_column_str(st, 6));
        if (done)
            json_put_int(j, "done", sqlite3_column_int64(st, 4));
        else
            json_put_cstr(j, "done", NULL);
        json_put_int(j, "commits", sqlite3_column_int64(st, 5));
        json_put_str(j, "mirror",
                     done && cleared    ? store_column_str(st, 7)
                     : done && mirrored ? STR("waits")
                                        : STR("none"));
        json_put_str(j, "mirror_says", done && cleared ? store_column_str(st, 8) : STR(""));
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static enum rc put_repository(struct ctx *cx, struct api_call *call, struct str subject)
{
    struct json *j = &call->out;
    struct gate_place place;
    const struct protection *list;
    size_t n;
    TRY(gate_place_find(cx, call->ledger, call->dir, subject, &place));
    if (!api_within(call, place.project)) return OK;
    TRY(protections_read(cx, call->ledger, &place, &list, &n));
    json_begin(j, '{');
    json_put_str(j, "id", place.subject);
    json_put_str(j, "name", place.name);
    json_put_str(j, "main", place.main);
    json_put_cstr(j, "host", place.host == GATE_HOSTED ? "hosted" : gate_host_name(place.host));
    json_key(j, "protections");
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) {
        json_begin(j, '{');
        json_put_str(j, "pattern", list[i].pattern);
        json_put_int(j, "reviewers", list[i].reviewers);
        json_put_str(j, "method", list[i].method);
        TRY(put_publishers(cx, call, &list[i]));
        json_put_bool(j, "resolved", list[i].resolved);
        json_put_bool(j, "signatures", list[i].signatures);
        json_end(j, '}');
    }
    json_end(j, ']');
    TRY(put_expunges(cx, call, place.subject));
    json_end(j, '}');
    return OK;
}

API_OPERATION(gate_repositories)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT subject FROM fact_repository WHERE state = 'active' AND (hosted OR gate IS NOT NULL) "
                          "ORDER BY name COLLATE NOCASE, subject LIMIT 500"),
                      &st));
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        TRY(put_repository(cx, call, arena_str(&cx->arena, store_column_str(st, 0))));
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

static enum rc take_publishers(struct ctx *cx, struct api_call *call, struct host_protection *p)
{
    const json_t *list = json_object_get(call->body, "publishers");
    scoped_stmt *st = NULL;
    struct str *out = json_list(&cx->arena, list, &p->n_publishers);
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active' UNION ALL SELECT 1 FROM "
                          "fact_group WHERE subject = ?1 AND state = 'active'"),
                      &st));
    for (size_t i = 0; i < p->n_publishers; i++) {
        bool row;
        store_bind_str(st, 1, out[i]);
        TRY(store_step(cx, st, &row));
        sqlite3_reset(st);
        if (!row) api_fault(call, "publishers", "names somebody who is not there", "nimeää jonkun, jota ei ole");
        for (size_t k = 0; k < i; k++)
            if (str_eq(out[k], out[i])) api_fault(call, "publishers", "names somebody twice", "nimeää jonkun kahdesti");
    }
    p->publishers = out;
    return OK;
}

static enum rc find_place(struct ctx *cx, struct api_call *call, struct gate_place *place)
{
    struct str subject = arena_printf(&cx->arena, "repo:" STR_FMT, STR_ARG(api_value(call, "repository")));
    enum rc rc = gate_place_find(cx, call->ledger, call->dir, subject, place);
    bool within = api_within(call, rc == OK ? place->project : STR(""));
    return rc == OK && within ? OK
                              : api_fail(cx, call, E_NOTFOUND, "there is no such repository, or it is not for you",
                                         "sellaista repositoriota ei ole, tai se ei ole sinulle");
}

API_OPERATION(gate_protect)
{
    struct gate_place place;
    struct str method = api_field(call->body, "method");
    struct host_protection p = {.pattern = api_field(call->body, "pattern"),
                                .method = method.p ? method : STR("merge"),
                                .reason = api_field(call->body, "reason"),
                                .reviewers = api_field_int(call->body, "reviewers", PROTECTION_REVIEWERS),
                                .resolved = api_field_bool(call->body, "resolved", false),
                                .signatures = api_field_bool(call->body, "signatures", false),
                                .active = str_eq(api_field(call->body, "state"), STR("active"))};
    TRY(find_place(cx, call, &place));
    if (!str_trim(p.reason).n) api_fault(call, "reason", "is empty", "on tyhjä");
    TRY(take_publishers(cx, call, &p));
    TRY(api_faults(cx, call));
    struct request_wish w = {.kind = "protection", .subject = place.subject, .reason = p.reason};
    TRY(host_protection_payload(cx, &p, &w.payload));
    return act_ask(cx, call, &w);
}

/* --- what is taken out of history */

API_OPERATION(gate_expunge)
{
    struct gate_place place;
    struct str reason = api_field(call->body, "reason");
    const json_t *list = json_object_get(call->body, "what");
    size_t n = json_array_size(list);
    struct str *what = arena_array(&cx->arena, struct str, n + 1);
    TRY(find_place(cx, call, &place));
    if (!str_trim(reason).n) api_fault(call, "reason", "is empty", "on tyhjä");
    TRY(api_faults(cx, call));
    for (size_t i = 0; i < n; i++) what[i] = str_from(json_string_value(json_array_get(list, i)));
    struct request_wish w = {.kind = "expunge", .subject = place.subject, .reason = reason};
    enum rc rc = expunge_payload(cx, call->ledger, &place, what, n, reason, &w.payload);
    if (rc == E_INVALID || rc == E_NOTFOUND || rc == E_CONFLICT || rc == E_LIMIT) {
        const char *why = arena_cstr(&cx->arena, str_from(cx->message));
        api_fault(call, "what", why, text_fi(cx, why));
        return api_faults(cx, call);
    }
    TRY(rc);
    return act_ask(cx, call, &w);
}
