#include "identity/identity_int.h"

#include "base/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#define TOUCH_SECONDS 60

extern const char identity_purge_sql[];

static const char *const roles[ROLE_COUNT] = {
    [ROLE_ADMIN] = "admin",
    [ROLE_SECURITY_OFFICER] = "security_officer",
    [ROLE_DEVELOPMENT_MANAGER] = "development_manager",
    [ROLE_DEVELOPER] = "developer",
    [ROLE_DATA_OWNER] = "data_owner",
    [ROLE_CONTRIBUTOR] = "contributor",
    [ROLE_EMPLOYEE] = "employee",
    [ROLE_PARTNER] = "partner",
    [ROLE_AUDITOR] = "auditor",
};

const char *identity_role_name(enum identity_role r)
{
    return r < ROLE_COUNT ? roles[r] : "";
}

bool identity_role_find(struct str name, enum identity_role *out)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (str_eq(name, str_from(roles[i]))) {
            *out = (enum identity_role)i;
            return true;
        }
    return false;
}

static int64_t machine_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec;
}

enum rc identity_open(struct ctx *cx, const struct identity_options *o, struct identity **out)
{
    *out = NULL;
    TRY(state_check(cx, o->state, &identity_state));
    struct identity *id = calloc(1, sizeof *id);
    if (!id) return fail(cx, E_IO, "out of memory");
    id->o = *o;
    if (!id->o.now) id->o.now = machine_now;
    *out = id;
    return OK;
}

void identity_close(struct identity *id)
{
    if (!id) return;
    store_finalize(&id->session);
    store_finalize(&id->token);
    store_finalize(&id->person);
    free(id);
}

int64_t identity_now(const struct identity *id)
{
    return id->o.now();
}

/* --- state.db */

enum rc state_begin(struct ctx *cx, struct identity *id)
{
    return store_begin_write(cx, id->o.state);
}

enum rc state_end(struct ctx *cx, struct identity *id, enum rc rc)
{
    if (rc == OK) return store_commit(cx, id->o.state);
    store_rollback(id->o.state);
    return rc;
}

enum rc state_prepare(struct ctx *cx, struct identity *id, const char *sql, sqlite3_stmt **out)
{
    return store_prepare(cx, id->o.state, str_from(sql), out);
}

bool next_row(struct ctx *cx, sqlite3_stmt *st, enum rc *rc)
{
    bool row = false;
    *rc = store_step(cx, st, &row);
    return *rc == OK && row;
}

/* --- who a request comes from */

/* One row of a statement that is kept: *row says whether it is there; the caller resets it. */
static enum rc ask(struct ctx *cx, sqlite3 *db, sqlite3_stmt **st, const char *sql, bool *row, struct str key,
                   int64_t now)
{
    if (!*st) TRY(store_prepare(cx, db, str_from(sql), st));
    if (sqlite3_bind_parameter_count(*st) > 1) store_bind_int(*st, 2, now);
    if (key.n == DIGEST_SIZE)
        store_bind_blob(*st, 1, key.p, key.n);
    else
        store_bind_str(*st, 1, key);
    return store_step(cx, *st, row);
}

static struct str column(struct ctx *cx, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_str(&cx->arena, s) : STR_NONE;
}

/* The permissions of a token, a JSON list of ours. One that cannot be read opens nothing. */
static void narrow(struct ctx *cx, struct str text, struct identity_who *out)
{
    json_t *list = json_loadb(text.p ? text.p : "", text.n, 0, NULL);
    size_t n = json_array_size(list);
    struct str *only = arena_array(&cx->arena, struct str, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *p = json_string_value(json_array_get(list, i));
        only[i] = arena_str(&cx->arena, p ? str_from(p) : STR(""));
    }
    out->only = only;
    out->n_only = n ? n : 1;
    if (!n) only[0] = STR("");
    json_decref(list);
}

static enum rc by_token(struct ctx *cx, struct identity *id, struct str bearer, int64_t now, struct identity_who *out)
{
    uint8_t hash[DIGEST_SIZE];
    bool row;
    if (!str_starts(bearer, STR("snt_")) || !secret_hash(str_slice(bearer, 4, bearer.n), hash)) return OK;
    TRY(ask(cx, id->o.state, &id->token,
            "SELECT t.id, t.person, t.only_may, t.seen, a.lang FROM token t LEFT JOIN account a ON a.person = t.person "
            "WHERE t.hash = ?1 AND t.until > ?2",
            &row, (struct str){(const char *)hash, sizeof hash}, now));
    if (row) {
        out->credential = CREDENTIAL_TOKEN;
        out->session = column(cx, id->token, 0);
        out->person = column(cx, id->token, 1);
        narrow(cx, store_column_str(id->token, 2), out);
        out->touch = now - sqlite3_column_int64(id->token, 3) >= TOUCH_SECONDS;
        out->lang = column(cx, id->token, 4);
        out->level = LEVEL_ONE;
        out->fingerprint = fingerprint_of(cx, "token", out->session);
    }
    sqlite3_reset(id->token);
    return OK;
}

static enum rc by_session(struct ctx *cx, struct identity *id, struct str cookie, int64_t now, struct identity_who *out)
{
    uint8_t hash[DIGEST_SIZE];
    bool row;
    if (!secret_hash(cookie, hash)) return OK;
    TRY(ask(cx, id->o.state, &id->session,
            "SELECT s.id, s.person, s.level, s.seen, a.lang FROM session s LEFT JOIN account a ON a.person = s.person "
            "WHERE s.hash = ?1 AND s.stage = 1 AND s.until > ?2",
            &row, (struct str){(const char *)hash, sizeof hash}, now));
    if (row && now - sqlite3_column_int64(id->session, 3) < SESSION_IDLE) {
        out->credential = CREDENTIAL_SESSION;
        out->session = column(cx, id->session, 0);
        out->person = column(cx, id->session, 1);
        out->level = sqlite3_column_int64(id->session, 2) > 1 ? LEVEL_TWO : LEVEL_ONE;
        out->touch = now - sqlite3_column_int64(id->session, 3) >= TOUCH_SECONDS;
        out->lang = column(cx, id->session, 4);
        out->fingerprint = fingerprint_of(cx, "session", out->session);
    }
    sqlite3_reset(id->session);
    return OK;
}

/* The person's row, and one for each role. Admin and Security officer are people's own: a group's grant of them,
 * however it came there, counts for nobody. */
#define PERSON                                                                                                         \
    "SELECT 1, name, NULL, bot, NULL FROM fact_person WHERE subject = ?1 AND state = 'active' UNION ALL "              \
    "SELECT 0, role, scope, until, NULL FROM fact_role "                                                               \
    "WHERE subject = ?1 AND state = 'granted' AND (until IS NULL OR until > ?2) UNION ALL "                            \
    "SELECT 0, r.role, r.scope, r.until, g.subject FROM fact_group_members m JOIN fact_group g ON g.n = m.n "          \
    "JOIN fact_role r ON r.subject = g.subject WHERE m.value = ?1 AND g.state = 'active' AND r.state = 'granted' "     \
    "AND (r.until IS NULL OR r.until > ?2) AND r.role NOT IN ('admin', 'security_officer')"

static void add_grant(struct ctx *cx, struct identity_who *out, size_t *room, struct identity_grant **all,
                      const struct identity_grant *g)
{
    if (!*all || out->n_grants == *room) {
        struct identity_grant *more = arena_array(&cx->arena, struct identity_grant, *room ? 2 * *room : 8);
        if (*all && out->n_grants) memcpy(more, *all, out->n_grants * sizeof *more);
        *all = more;
        *room = *room ? 2 * *room : 8;
    }
    (*all)[out->n_grants++] = *g;
    if (str_eq(g->scope, STR("org"))) out->roles |= 1U << g->role;
}

/* *here: the person has not left. One statement, so that all of it is of one moment; it is kept in *st. */
static enum rc read_person(struct ctx *cx, sqlite3 *db, sqlite3_stmt **st, int64_t now, struct identity_who *out,
                           bool *here)
{
    struct identity_grant *all = NULL;
    size_t room = 0;
    bool row;
    *here = false;
    TRY(ask(cx, db, st, PERSON, &row, out->person, now));
    while (row) {
        struct identity_grant g = {
            .scope = column(cx, *st, 2), .until = sqlite3_column_int64(*st, 3), .group = column(cx, *st, 4)};
        if (sqlite3_column_int(*st, 0)) {
            out->name = column(cx, *st, 1);
            out->bot = sqlite3_column_int(*st, 3) != 0;
            *here = true;
        } else if (identity_role_find(store_column_str(*st, 1), &g.role)) {
            add_grant(cx, out, &room, &all, &g);
        }
        TRY(store_step(cx, *st, &row));
    }
    sqlite3_reset(*st);
    out->grants = all;
    return OK;
}

enum rc identity_of(struct ctx *cx, sqlite3 *db, int64_t now, struct str person, struct identity_who *out)
{
    scoped_stmt *st = NULL;
    bool here;
    *out = (struct identity_who){.person = person};
    TRY(read_person(cx, db, &st, now, out, &here));
    if (here)
        out->credential = CREDENTIAL_KEY;
    else
        *out = (struct identity_who){0};
    return OK;
}

static enum rc one_person(struct ctx *cx, sqlite3 *db, const char *sql, struct str key, struct str *person)
{
    scoped_stmt *st = NULL;
    bool row;
    *person = STR_NONE;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, key);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    *person = column(cx, st, 0);
    TRY(store_step(cx, st, &row));
    if (row) *person = STR_NONE; /* of two people, as only an operator's own fact can have it: nobody's */
    return OK;
}

enum rc identity_name(struct ctx *cx, sqlite3 *db, struct str person, struct str *name)
{
    scoped_stmt *st = NULL;
    bool row;
    *name = STR_NONE;
    if (!person.n) return OK;
    TRY(store_prepare(cx, db, STR("SELECT name FROM fact_person WHERE subject = ?1"), &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    if (row) *name = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

enum rc identity_of_key(struct ctx *cx, sqlite3 *db, struct str fingerprint, struct str *person)
{
    return one_person(cx, db,
                      "SELECT k.subject FROM fact_key k JOIN fact_person p ON p.subject = k.subject WHERE "
                      "k.fingerprint = ?1 AND k.state = 'added' AND p.state = 'active' LIMIT 2",
                      fingerprint, person);
}

enum rc identity_of_address(struct ctx *cx, sqlite3 *db, struct str address, struct str *person)
{
    return one_person(cx, db,
                      "SELECT p.subject FROM fact_person_addresses a JOIN fact_person p ON p.n = a.n WHERE "
                      "a.value = ?1 COLLATE NOCASE AND p.state = 'active' ORDER BY p.subject LIMIT 2",
                      address, person);
}

enum rc identity_of_account(struct ctx *cx, sqlite3 *db, struct str host, struct str name, struct str *person)
{
    return one_person(
        cx, db,
        "SELECT p.subject FROM fact_person_accounts a JOIN fact_person p ON p.n = a.n WHERE "
        "a.host || char(10) || a.name = ?1 COLLATE NOCASE AND p.state = 'active' GROUP BY p.subject LIMIT 2",
        arena_printf(&cx->arena, STR_FMT "\n" STR_FMT, STR_ARG(host), STR_ARG(name)), person);
}

enum rc identity_who_is(struct ctx *cx, struct identity *id, struct str person, struct identity_who *out, bool *here)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(identity_of(cx, id->o.ledger, identity_now(id), person, out));
    *here = out->credential != CREDENTIAL_NONE;
    out->credential = CREDENTIAL_NONE;
    TRY(state_prepare(cx, id, "SELECT lang FROM account WHERE person = ?1", &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    if (row) out->lang = column(cx, st, 0);
    return OK;
}

enum rc identity_authenticate(struct ctx *cx, struct identity *id, const struct identity_shown *shown,
                              struct identity_who *out)
{
    int64_t now = identity_now(id);
    bool here;
    *out = (struct identity_who){0};
    if (shown->bearer.n)
        TRY(by_token(cx, id, shown->bearer, now, out));
    else if (shown->cookie.n)
        TRY(by_session(cx, id, shown->cookie, now, out));
    if (out->credential == CREDENTIAL_NONE) return OK;
    TRY(read_person(cx, id->o.ledger, &id->person, now, out, &here));
    if (!here) *out = (struct identity_who){0};
    return OK;
}

struct str identity_fingerprint(struct ctx *cx, enum identity_credential c, struct str id)
{
    return fingerprint_of(cx, c == CREDENTIAL_TOKEN ? "token" : "session", id);
}

enum rc identity_touch(struct ctx *cx, struct identity *id, const struct identity_who *who)
{
    scoped_stmt *st = NULL;
    if (who->credential == CREDENTIAL_NONE) return OK;
    TRY(state_prepare(cx, id,
                      who->credential == CREDENTIAL_TOKEN
                          ? "UPDATE token SET seen = ?1 WHERE person = ?2 AND id = ?3"
                          : "UPDATE session SET seen = ?1 WHERE person = ?2 AND id = ?3",
                      &st));
    store_bind_int(st, 1, identity_now(id));
    store_bind_str(st, 2, who->person);
    store_bind_str(st, 3, who->session);
    return store_run(cx, st);
}

/* --- what changed about somebody */

struct identity_actor identity_actor_of(const struct identity_who *who)
{
    return (struct identity_actor){.person = who->person, .credential = who->fingerprint, .via = STR("person")};
}

enum rc identity_tell(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                      const char *what, const char *change, struct str fingerprint)
{
    scoped_buf payload;
    struct json j;
    struct change c;
    buf_init(&payload, 0);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "what", what);
    json_put_cstr(&j, "change", change);
    if (fingerprint.n) json_put_str(&j, "fingerprint", fingerprint);
    json_end(&j, '}');
    const struct body b = change_body(by, "credential", person, buf_view(&payload));
    TRY(change_make(cx, id, &b, 1, &c));
    return change_append(cx, id, &c);
}

static enum rc purge(struct ctx *cx, struct identity *id, struct str person)
{
    const char *sql = identity_purge_sql;
    while (sql && *sql) { /* one statement after the other */
        sqlite3_stmt *st = NULL;
        if (sqlite3_prepare_v2(id->o.state, sql, -1, &st, &sql) != SQLITE_OK)
            return fail(cx, E_INTERNAL, "purge: %s", sqlite3_errmsg(id->o.state));
        if (!st) continue;
        store_bind_str(st, 1, person);
        enum rc rc = store_run(cx, st);
        store_finalize(&st);
        if (rc != OK) return rc;
    }
    return OK;
}

enum rc identity_purge(struct ctx *cx, struct identity *id, struct str person)
{
    TRY(state_begin(cx, id));
    return state_end(cx, id, purge(cx, id, person));
}
