#include "gates/override.h"

#include <errno.h>
#include <unistd.h>

#include "base/json.h"
#include "base/limits.h"
#include "gates/decide.h"
#include "gates/hold.h"
#include "gates/receive.h"
#include "gates/watch.h"
#include "records/request.h"
#include "store/store.h"

#define PLACES_MOST 10000

/* --- facts */

struct moved {
    struct str ref; /* full name */
    struct str before, after;
};

static struct str payload_of(struct ctx *cx, const struct gate_place *place, const struct override_wish *w,
                             int64_t until, const struct moved *found, size_t n)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "refs", w->refs);
    json_put_int(&j, "until", until);
    json_put_str(&j, "reason", w->reason);
    if (w->person.n) json_put_str(&j, "person", w->person);
    if (n) {
        json_key(&j, "found");
        json_begin(&j, '[');
        for (size_t i = 0; i < n; i++) {
            json_begin(&j, '{');
            json_put_str(&j, "ref", push_subject(cx, place, found[i].ref));
            json_put_str(&j, "before", found[i].before);
            json_put_str(&j, "after", found[i].after);
            json_end(&j, '}');
        }
        json_end(&j, ']');
    }
    json_end(&j, '}');
    return arena_str(&cx->arena, buf_view(&b));
}

/* --- opening */

struct opening {
    const struct gate_place *place;
    const struct identity_actor *by;
    const struct override_wish *w;
    const struct moved *found;
    size_t n_found;
    struct request_outcome outcome;
};

static enum rc put(struct append *a, struct opening *o)
{
    const struct request_actor who = {.by = *o->by};
    const struct request_wish wish = {
        .kind = "override",
        .subject = o->place->subject,
        .reason = o->w->reason,
        .payload = payload_of(a->cx, o->place, o->w, a->now + o->w->minutes * 60, o->found, o->n_found)};
    return request_put_alone(a, &who, &wish, &o->outcome);
}

static enum rc build(struct append *a, void *arg)
{
    struct opening *o = arg;
    struct identity_who who;
    if (!str_eq(o->by->via, STR("operator"))) {
        TRY(identity_of(a->cx, a->db, a->now, o->by->person, &who));
        if (who.credential == CREDENTIAL_NONE || !identity_may(&who, "code.override", o->place->project))
            return fail(a->cx, E_DENIED,
                        "you may not break glass here; a Development manager or Security officer of the project may");
    }
    return put(a, o);
}

enum rc override_open(struct ctx *cx, struct facts *f, const struct gate_place *place, const struct identity_actor *by,
                      const struct override_wish *w, uint64_t *n, uint64_t *request)
{
    struct opening o = {.place = place, .by = by, .w = w};
    if (!str_trim(w->reason).n) return fail(cx, E_INVALID, "a reason is needed to break glass");
    if (!str_starts(w->refs, STR("refs/heads/")) || w->refs.n > 255)
        return fail(cx, E_INVALID, "a branch, or a pattern of branches, is expected");
    if (w->minutes < 1 || w->minutes > OVERRIDE_MINUTES_MOST)
        return fail(cx, E_INVALID, "it lasts from 1 to %d minutes", OVERRIDE_MINUTES_MOST);
    TRY(append_run(cx, f, facts_now(f), build, &o));
    *n = o.outcome.event;
    *request = o.outcome.request;
    return OK;
}

enum rc override_find(struct ctx *cx, sqlite3 *db, int64_t now, const struct gate_place *place, struct str ref,
                      struct str person, int64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    *n = 0;
    TRY(store_prepare(cx, db,
                      STR("SELECT n, refs FROM fact_override WHERE subject = ?1 AND until > ?2 AND found = 0 AND "
                          "(person IS NULL OR person = ?3) ORDER BY n DESC LIMIT 1000"),
                      &st));
    store_bind_str(st, 1, place->subject);
    store_bind_int(st, 2, now);
    store_bind_str(st, 3, person);
    while (!*n) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (protection_matches(store_column_str(st, 1), ref)) *n = sqlite3_column_int64(st, 0);
    }
    return OK;
}

/* --- what moved past the gate */

#define FOUND_REASON "found: moved without a decision of the gate"

/* Where the log last saw a ref; STR_NONE: it never did. */
static enum rc last_seen(struct ctx *cx, sqlite3 *db, const struct gate_place *place, struct str ref, struct str *oid)
{
    scoped_stmt *st = NULL;
    bool row;
    *oid = STR_NONE;
    TRY(store_prepare(
        cx, db,
        STR("SELECT after, n FROM (SELECT r.after AS after, r.n AS n FROM fact_push_refs r JOIN fact_decision d ON "
            "d.push = r.n JOIN fact_outcome o ON o.decision = d.n WHERE r.ref = ?1 AND o.outcome = 'done' AND NOT "
            "EXISTS (SELECT 1 FROM fact_outcome_stayed s WHERE s.decision = d.n AND s.ref = r.ref) ORDER BY r.n "
            "DESC LIMIT 1) UNION ALL SELECT after, n FROM (SELECT after, n FROM fact_override_found WHERE ref = ?1 "
            "ORDER BY n DESC LIMIT 1) UNION ALL SELECT after, n FROM (SELECT m.after, m.n FROM fact_expunged_moved m "
            "JOIN fact_outcome o ON o.decision = m.n WHERE m.ref = ?1 AND o.outcome = 'done' AND NOT EXISTS (SELECT 1 "
            "FROM fact_outcome_stayed s WHERE s.decision = m.n AND s.ref = m.ref) ORDER BY m.n DESC LIMIT 1) ORDER BY "
            "n DESC LIMIT 1"),
        &st));
    store_bind_str(st, 1, push_subject(cx, place, ref));
    TRY(store_step(cx, st, &row));
    if (row) *oid = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

static enum rc put_found(struct append *a, const struct gate_place *place, const struct identity_actor *by,
                         const struct moved *found, size_t n)
{
    const struct override_wish w = {.refs = n == 1 ? found[0].ref : STR("refs/heads/*"), .reason = STR(FOUND_REASON)};
    struct opening o = {.place = place, .by = by, .w = &w, .found = found, .n_found = n};
    return n ? put(a, &o) : OK;
}

enum rc override_notice(struct append *a, const struct push *p)
{
    struct moved *found = arena_array(&a->cx->arena, struct moved, p->n + 1);
    size_t n = 0;
    if (p->place->host != GATE_HOSTED) return OK; /* others move refs there in their own ways */
    for (size_t i = 0; i < p->n; i++) {
        const struct push_ref *r = &p->refs[i];
        struct str seen;
        if (!r->protection) continue;
        TRY(last_seen(a->cx, a->db, p->place, r->name, &seen));
        if (seen.p && !str_eq(seen, r->before)) found[n++] = (struct moved){r->name, seen, r->before};
    }
    const struct identity_actor by = {p->caller->person, p->caller->credential, STR("gate")};
    return put_found(a, p->place, &by, found, n);
}

struct checking {
    const struct gate_place *place;
    const struct identity_actor *by;
    struct moved *refs; /* as they are */
    size_t n, found;
};

static enum rc build_check(struct append *a, void *arg)
{
    struct checking *c = arg;
    struct moved *found = arena_array(&a->cx->arena, struct moved, c->n + 1);
    c->found = 0;
    for (size_t i = 0; i < c->n && c->found < PUSH_REFS; i++) {
        struct str seen;
        TRY(last_seen(a->cx, a->db, c->place, c->refs[i].ref, &seen));
        if (seen.p && !str_eq(seen, c->refs[i].after))
            found[c->found++] = (struct moved){c->refs[i].ref, seen, c->refs[i].after};
    }
    return put_found(a, c->place, c->by, found, c->found);
}

static bool is_listed(const struct checking *c, struct str ref)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->refs[i].ref, ref)) return true;
    return false;
}

/* The main branch, when it is gone. */
static void add_main(struct checking *c)
{
    if (!is_listed(c, c->place->main))
        c->refs[c->n++] =
            (struct moved){.ref = c->place->main, .after = STR("0000000000000000000000000000000000000000")};
}

enum rc override_check(struct ctx *cx, struct facts *f, sqlite3 *db, const struct git *g,
                       const struct gate_place *place, const struct identity_actor *by, size_t *found)
{
    static const char *const argv[] = {"for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", NULL};
    const struct protection *rules;
    size_t n_rules;
    scoped_buf out;
    int code;
    *found = 0;
    if (place->host != GATE_HOSTED) return OK;
    TRY(protections_read(cx, db, place, &rules, &n_rules));
    buf_init(&out, 64U << 20);
    TRY(hosted_run(cx, g, argv, STR_NONE, &out, &code, NULL));
    if (code != 0) return fail(cx, E_CORRUPT, "the repository's refs cannot be read");
    struct str rest = arena_str(&cx->arena, buf_view(&out)), line, oid;
    struct checking c = {place, by, arena_array(&cx->arena, struct moved, rest.n / 42 + 2), 0, 0};
    while (str_cut(&rest, '\n', &line))
        if (str_cut(&line, ' ', &oid) && line.n && protection_of(rules, n_rules, line))
            c.refs[c.n++] = (struct moved){.ref = line, .after = oid};
    add_main(&c);
    /* nothing is appended where nothing is amiss */
    for (size_t i = 0; i < c.n; i++) {
        struct str seen;
        TRY(last_seen(cx, db, place, c.refs[i].ref, &seen));
        *found += seen.p && !str_eq(seen, c.refs[i].after);
    }
    if (!*found) return OK;
    TRY(append_run(cx, f, facts_now(f), build_check, &c));
    *found = c.found;
    return OK;
}

enum rc override_check_place(struct ctx *cx, struct facts *f, const char *dir, sqlite3 *db, struct str name,
                             const struct identity_actor *by, bool wait, size_t *found)
{
    struct gate_hold h;
    size_t settled;
    *found = 0;
    enum rc rc = gate_hold(cx, db, dir, name, wait, &h);
    const struct gate_caller caller = {.person = by->person, .credential = by->credential};
    if (rc == OK && h.git)
        rc = decide_settle(cx, f, db, h.git, &h.place, &caller, &settled); /* a crash is no way past */
    if (rc == OK && h.git) rc = override_check(cx, f, db, h.git, &h.place, by, found);
    gate_release(&h);
    return rc;
}

enum rc override_places(struct ctx *cx, sqlite3 *db, struct str **list, size_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    *list = arena_array(&cx->arena, struct str, PLACES_MOST);
    *n = 0;
    TRY(store_prepare(cx, db,
                      STR("SELECT subject FROM fact_repository WHERE hosted AND state = 'active' ORDER BY name"), &st));
    while (*n < PLACES_MOST) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        (*list)[(*n)++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
    return OK;
}
