#include "base/json.h"
#include "identity/identity_int.h"
#include "identity/people_int.h"
#include "identity/tokens.h"

#include <string.h>

static const struct {
    const char *name;
    int64_t seconds;
} purposes[LINK_COUNT] = {
    [LINK_INVITATION] = {"invitation", 7 * DAY_SECONDS},
    [LINK_RESET] = {"reset", 3600},
    [LINK_SIGN_IN] = {"sign_in", 1800},
};

const char *link_purpose_name(enum link_purpose p)
{
    return p < LINK_COUNT ? purposes[p].name : "";
}

static enum rc insert(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                      enum link_purpose p, const struct link_made *made)
{
    scoped_stmt *st = NULL, *old = NULL;
    uint8_t hash[DIGEST_SIZE];
    if (!secret_hash(str_from(made->secret), hash)) return fail(cx, E_INTERNAL, "no secret was made");
    TRY(state_prepare(cx, id, "DELETE FROM link WHERE person = ?1 AND purpose = ?2", &old));
    store_bind_str(old, 1, person);
    store_bind_str(old, 2, str_from(purposes[p].name));
    TRY(store_run(cx, old));
    TRY(state_prepare(cx, id, "INSERT INTO link VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    store_bind_str(st, 2, made->id);
    store_bind_str(st, 3, person);
    store_bind_str(st, 4, str_from(purposes[p].name));
    store_bind_str(st, 5, by->person);
    store_bind_int(st, 6, identity_now(id));
    store_bind_int(st, 7, made->until);
    return store_run(cx, st);
}

enum rc identity_link_create(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                             enum link_purpose p, int64_t seconds, struct link_made *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, id->o.ledger, STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'"), &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no person \"%s\", or not any more", str_visible(cx, person));
    secret_new(out->secret);
    out->id = id_new(cx);
    out->until = identity_now(id) + (seconds ? seconds : purposes[p].seconds);
    TRY(state_begin(cx, id));
    enum rc rc = insert(cx, id, by, person, p, out);
    if (rc == OK) rc = identity_tell(cx, id, by, person, "link", "added", fingerprint_of(cx, "link", out->id));
    return state_end(cx, id, rc);
}

#define NO_LINK "this link was used, has ended, or never was; ask for another"

struct row {
    struct str person, made_by, id;
    enum link_purpose purpose;
};

static enum rc read_row(struct ctx *cx, sqlite3_stmt *st, struct row *out)
{
    bool row;
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_DENIED, NO_LINK);
    out->person = arena_str(&cx->arena, store_column_str(st, 0));
    out->made_by = arena_str(&cx->arena, store_column_str(st, 2));
    out->id = arena_str(&cx->arena, store_column_str(st, 3));
    for (int i = 0; i < LINK_COUNT; i++)
        if (str_eq(store_column_str(st, 1), str_from(purposes[i].name))) {
            out->purpose = (enum link_purpose)i;
            return store_step(cx, st, &row);
        }
    return fail(cx, E_DENIED, NO_LINK);
}

static enum rc ask(struct ctx *cx, struct identity *id, const char *sql, struct str secret, struct row *out)
{
    scoped_stmt *st = NULL;
    uint8_t hash[DIGEST_SIZE];
    *out = (struct row){0};
    if (!secret_hash(secret, hash)) return fail(cx, E_DENIED, NO_LINK);
    TRY(state_prepare(cx, id, sql, &st));
    store_bind_blob(st, 1, hash, sizeof hash);
    store_bind_int(st, 2, identity_now(id));
    return read_row(cx, st, out);
}

static enum rc look(struct ctx *cx, struct identity *id, struct str secret, struct row *out)
{
    return ask(cx, id, "SELECT person, purpose, made_by, id FROM link WHERE hash = ?1 AND until > ?2", secret, out);
}

enum rc identity_link_find(struct ctx *cx, struct identity *id, struct str secret, enum link_purpose *p,
                           struct str *person)
{
    struct row r;
    enum rc rc = look(cx, id, secret, &r);
    *p = r.purpose;
    *person = rc == OK ? r.person : STR_NONE;
    return rc;
}

/* --- using one */

struct used {
    const struct link_use *u;
    struct row link;
    struct password_ready password;
    struct person_change person; /* when there is a name */
};

static struct str used_payload(struct ctx *cx, const struct used *d, bool makers_browser)
{
    struct json j;
    scoped_buf text;
    buf_init(&text, 0);
    json_init(&j, &text, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "what", "link");
    json_put_cstr(&j, "change", "used");
    json_put_str(&j, "fingerprint", fingerprint_of(cx, "link", d->link.id));
    json_put_str(&j, "made_by", d->link.made_by);
    json_put_bool(&j, "makers_browser", makers_browser);
    json_end(&j, '}');
    return arena_str(&cx->arena, buf_view(&text));
}

/* The events of it, in one unit. */
static enum rc tell(struct ctx *cx, struct identity *id, struct used *d)
{
    const struct identity_actor by = {.person = d->link.person, .credential = STR(""), .via = STR("person")};
    struct body bodies[3];
    struct change c;
    size_t n = 0;
    bool makers;
    TRY(device_is_known(cx, id, d->link.made_by, d->u->device, &makers));
    if (d->u->name.p) TRY(person_change_make(cx, id, &by, &d->person, &bodies[n++]));
    bodies[n++] = change_body(&by, "credential", d->link.person, used_payload(cx, d, makers));
    if (d->u->password.p)
        bodies[n++] = change_body(&by, "credential", d->link.person,
                                  d->password.had ? STR("{\"what\":\"password\",\"change\":\"changed\"}")
                                                  : STR("{\"what\":\"password\",\"change\":\"added\"}"));
    TRY(change_make(cx, id, bodies, n, &c));
    c.judge = d->u->name.p ? person_change_judge : NULL;
    c.arg = &d->person;
    return change_append(cx, id, &c);
}

static enum rc use(struct ctx *cx, struct identity *id, struct used *d)
{
    struct str person = d->link.person;
    TRY(ask(cx, id, "DELETE FROM link WHERE hash = ?1 AND until > ?2 RETURNING person, purpose, made_by, id",
            d->u->secret, &d->link));
    if (!str_eq(person, d->link.person)) return fail(cx, E_INTERNAL, "a link has changed its owner");
    TRY(tell(cx, id, d));
    return d->u->password.p ? password_put(cx, id, person, &d->password, STR_NONE) : OK;
}

enum rc identity_link_use(struct ctx *cx, struct identity *id, const struct link_use *u, enum link_purpose *p,
                          struct str *person)
{
    struct used d = {.u = u};
    const struct str also[] = {u->name, u->address};
    *person = STR_NONE;
    TRY(look(cx, id, u->secret, &d.link));
    if (u->name.p) {
        TRY(person_read(cx, id->o.ledger, d.link.person, &d.person.person, &d.person.n));
        d.person.person.name = u->name;
        d.person.person.addresses = &u->address;
        d.person.person.n_addresses = 1;
        TRY(person_check(cx, &d.person.person));
    }
    if (u->password.p) TRY(password_make(cx, id, d.link.person, also, u->name.p ? 2 : 0, u->password, &d.password));
    TRY(state_begin(cx, id));
    enum rc rc = state_end(cx, id, use(cx, id, &d));
    explicit_bzero(d.password.hash, sizeof d.password.hash);
    *p = d.link.purpose;
    *person = rc == OK ? d.link.person : STR_NONE;
    return rc;
}

enum rc identity_link_revoke(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str link)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(state_prepare(cx, id, "DELETE FROM link WHERE id = ?1 RETURNING person", &st));
    store_bind_str(st, 1, link);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such link, or it was used");
    struct str person = arena_str(&cx->arena, store_column_str(st, 0));
    TRY(store_step(cx, st, &row));
    return identity_tell(cx, id, by, person, "link", "revoked", fingerprint_of(cx, "link", link));
}
