#include "base/json.h"
#include "identity/identity_int.h"
#include "identity/people_int.h"

#include <jansson.h>

/* Without an end: one that ends would leave the organization without anybody by itself. */
#define LASTING_OFFICERS                                                                                               \
    "SELECT count(*) FROM fact_role r JOIN fact_person p ON p.subject = r.subject WHERE r.role = 'security_officer' "  \
    "AND r.scope = 'org' AND r.state = 'granted' AND r.until IS NULL AND p.state = 'active'"

static enum rc lasting_officers(struct ctx *cx, sqlite3 *db, struct str but, int64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR(LASTING_OFFICERS " AND r.subject IS NOT ?1"), &st));
    store_bind_str(st, 1, but);
    TRY(store_step(cx, st, &row));
    *n = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

enum rc identity_security_officers(struct ctx *cx, sqlite3 *db, int64_t now, int64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT count(*) FROM fact_role r JOIN fact_person p ON p.subject = r.subject WHERE "
                          "r.role = 'security_officer' AND r.scope = 'org' AND r.state = 'granted' AND "
                          "(r.until IS NULL OR r.until > ?1) AND p.state = 'active'"),
                      &st));
    store_bind_int(st, 1, now);
    TRY(store_step(cx, st, &row));
    *n = row ? sqlite3_column_int64(st, 0) : 0;
    return OK;
}

enum rc identity_holds_power(struct ctx *cx, struct identity *id, struct str person, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, id->o.ledger,
                      STR("SELECT 1 FROM fact_role WHERE subject = ?1 AND role IN ('admin', 'security_officer') AND "
                          "state = 'granted' AND (until IS NULL OR until > ?2)"),
                      &st));
    store_bind_str(st, 1, person);
    store_bind_int(st, 2, identity_now(id));
    return store_step(cx, st, out);
}

/* `person` stops being a lasting Security officer: some other must be one, unless there was none. */
enum rc officer_may_go(struct ctx *cx, sqlite3 *db, struct str person)
{
    int64_t all, others;
    TRY(lasting_officers(cx, db, STR_NONE, &all));
    TRY(lasting_officers(cx, db, person, &others));
    if (all == others || others > 0) return OK;
    return fail(cx, E_CONFLICT,
                "this is the last Security officer: give somebody else the role, without an end, before it is taken");
}

static enum rc has(struct ctx *cx, sqlite3 *db, const char *sql, struct str subject, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, subject);
    return store_step(cx, st, out);
}

/* What holds of the role alone, whatever the tables say. */
enum rc role_form(struct ctx *cx, const struct role_change *c, int64_t now)
{
    bool own = c->role == ROLE_ADMIN || c->role == ROLE_SECURITY_OFFICER;
    bool org = str_eq(c->scope, STR("org"));
    bool person = str_starts(c->subject, STR("person:"));
    const char *name = identity_role_name(c->role);
    if (own && !person) return fail(cx, E_INVALID, "role: %s is given to people one by one, not to groups", name);
    if (own && !org) return fail(cx, E_INVALID, "scope: %s is a role in the whole organization", name);
    if (c->revoke) return OK;
    if ((c->role == ROLE_PARTNER || c->role == ROLE_AUDITOR) && !c->until)
        return fail(cx, E_INVALID, "until: a %s's role has an end", name);
    if (c->until && c->until <= now) return fail(cx, E_INVALID, "until: it lies in the past");
    return OK;
}

static enum rc check_there(struct ctx *cx, sqlite3 *db, const struct role_change *c)
{
    bool person = str_starts(c->subject, STR("person:")), found;
    TRY(has(cx, db,
            person ? "SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'"
                   : "SELECT 1 FROM fact_group WHERE subject = ?1 AND state = 'active'",
            c->subject, &found));
    if (!found)
        return fail(cx, E_NOTFOUND, "there is no %s \"%s\", or not any more", person ? "person" : "group",
                    str_visible(cx, c->subject));
    if (c->role == ROLE_ADMIN || c->role == ROLE_SECURITY_OFFICER) {
        TRY(has(cx, db, "SELECT 1 FROM fact_person WHERE subject = ?1 AND bot", c->subject, &found));
        if (found) return fail(cx, E_INVALID, "role: %s is given to people, not to bots", identity_role_name(c->role));
    }
    if (str_eq(c->scope, STR("org"))) return OK;
    TRY(has(cx, db, "SELECT 1 FROM fact_project WHERE subject = ?1 AND state = 'active'", c->scope, &found));
    return found ? OK : fail(cx, E_NOTFOUND, "scope: there is no project \"%s\"", str_visible(cx, c->scope));
}

/* Within the unit. */
static enum rc judge_change(struct ctx *cx, sqlite3 *db, const struct role_change *c, int64_t now)
{
    TRY(role_form(cx, c, now));
    if (!c->revoke) TRY(check_there(cx, db, c));
    return c->role == ROLE_SECURITY_OFFICER && (c->revoke || c->until) ? officer_may_go(cx, db, c->subject) : OK;
}

enum rc identity_role_judge(struct ctx *cx, sqlite3 *db, const struct body *fact, int64_t now)
{
    if (!str_eq(fact->kind, STR("role"))) return OK;
    json_t *p = json_loadb(fact->payload.p, fact->payload.n, JSON_REJECT_DUPLICATES, NULL);
    const char *role = json_string_value(json_object_get(p, "role"));
    const char *scope = json_string_value(json_object_get(p, "scope"));
    const char *state = json_string_value(json_object_get(p, "state"));
    struct role_change c = {.subject = fact->subject,
                            .scope = arena_str(&cx->arena, str_from(scope)),
                            .revoke = state && strcmp(state, "granted") != 0,
                            .until = json_integer_value(json_object_get(p, "until"))};
    bool ok = role && scope && state && identity_role_find(str_from(role), &c.role);
    json_decref(p);
    return ok ? judge_change(cx, db, &c, now) : fail(cx, E_INVALID, "the payload is none of a role");
}

enum rc role_payload(struct ctx *cx, const struct role_change *c, struct str *out)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "role", identity_role_name(c->role));
    json_put_str(&j, "scope", c->scope);
    json_put_cstr(&j, "state", c->revoke ? "revoked" : "granted");
    if (c->until && !c->revoke) json_put_int(&j, "until", c->until);
    json_end(&j, '}');
    *out = arena_str(&cx->arena, buf_view(&b));
    return OK;
}

enum rc identity_role_payload(struct ctx *cx, struct identity *id, const struct role_change *c, struct str *payload)
{
    TRY(judge_change(cx, id->o.ledger, c, identity_now(id)));
    return role_payload(cx, c, payload);
}

struct judging {
    const struct role_change *change;
    int64_t now;
};

static enum rc judge(struct ctx *cx, sqlite3 *db, void *arg)
{
    const struct judging *j = arg;
    return judge_change(cx, db, j->change, j->now);
}

enum rc identity_role_put(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                          const struct role_change *c, uint64_t *event)
{
    struct str payload;
    struct change change;
    struct judging j = {c, identity_now(id)};
    TRY(role_payload(cx, c, &payload));
    const struct body b = change_body(by, "role", c->subject, payload);
    TRY(change_make(cx, id, &b, 1, &change));
    change.judge = judge;
    change.arg = &j;
    TRY(change_append(cx, id, &change));
    if (event) *event = change.first;
    return OK;
}

/* --- leaving */

struct leaving {
    struct identity *id;
    const struct identity_actor *by;
    struct str person;
    struct change *change;
    bool before; /* had left already */
};

static struct facts_ready *more(struct ctx *cx, struct change *c)
{
    struct facts_ready *all = arena_array(&cx->arena, struct facts_ready, c->n + 1);
    if (c->n) memcpy(all, c->ready, c->n * sizeof *all);
    c->ready = all;
    return &all[c->n++];
}

/* A fact for each row of `sql`: its columns are the payload's. */
static enum rc take_away(struct ctx *cx, sqlite3 *db, struct leaving *l, const char *sql, const char *kind)
{
    scoped_stmt *st = NULL;
    enum rc rc = OK;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, l->person);
    while (next_row(cx, st, &rc)) {
        const struct body b = change_body(l->by, kind, l->person, arena_str(&cx->arena, store_column_str(st, 0)));
        TRY(facts_make(cx, l->id->o.facts, &b, false, more(cx, l->change)));
    }
    return rc;
}

/* What is taken is what the tables have right before it. */
static enum rc judge_leave(struct ctx *cx, sqlite3 *db, void *arg)
{
    struct leaving *l = arg;
    struct person p;
    struct str payload;
    int64_t n;
    l->change->n = 0;
    TRY(person_read(cx, db, l->person, &p, &n));
    l->before = p.left;
    if (p.left) return OK;
    TRY(officer_may_go(cx, db, l->person));
    p.left = true;
    TRY(person_payload(cx, db, &p, n, &payload));
    const struct body b = change_body(l->by, "person", l->person, payload);
    TRY(facts_make(cx, l->id->o.facts, &b, false, more(cx, l->change)));
    TRY(take_away(cx, db, l,
                  "SELECT json_object('role', role, 'scope', scope, 'state', 'revoked') FROM fact_role "
                  "WHERE subject = ?1 AND state = 'granted'",
                  "role"));
    return take_away(cx, db, l,
                     "SELECT json_object('fingerprint', fingerprint, 'public', public, 'state', 'removed', 'type', "
                     "type) FROM fact_key WHERE subject = ?1 AND state = 'added'",
                     "key");
}

enum rc identity_person_leave(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person)
{
    struct change change = {.n = 1};
    struct leaving l = {id, by, person, &change, false};
    if (!id->o.facts) return fail(cx, E_INTERNAL, "this process only reads");
    change.judge = judge_leave;
    change.arg = &l;
    TRY(change_append(cx, id, &change));
    return identity_purge(cx, id, person); /* already nobody's, by the fact: identity_authenticate() */
}
