#include "identity/people.h"

#include "base/json.h"
#include "facts/subject.h"
#include "identity/identity_int.h"
#include "identity/names.h"
#include "identity/people_int.h"

/* --- reading */

static enum rc read_addresses(struct ctx *cx, sqlite3 *db, int64_t n, struct person *out)
{
    scoped_stmt *st = NULL;
    enum rc rc = OK;
    struct str *all = arena_array(&cx->arena, struct str, 1000);
    TRY(store_prepare(cx, db, STR("SELECT value FROM fact_person_addresses WHERE n = ?1 ORDER BY seq LIMIT 1000"),
                      &st));
    store_bind_int(st, 1, n);
    while (next_row(cx, st, &rc)) all[out->n_addresses++] = arena_str(&cx->arena, store_column_str(st, 0));
    out->addresses = all;
    return rc;
}

enum rc person_read(struct ctx *cx, sqlite3 *db, struct str person, struct person *out, int64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct person){0};
    TRY(store_prepare(cx, db, STR("SELECT name, state, n, bot FROM fact_person WHERE subject = ?1"), &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no person \"%s\"", str_visible(cx, person));
    out->id = arena_str(&cx->arena, person);
    out->name = arena_str(&cx->arena, store_column_str(st, 0));
    out->left = str_eq(store_column_str(st, 1), STR("left"));
    out->bot = sqlite3_column_int(st, 3) != 0;
    *n = sqlite3_column_int64(st, 2);
    return read_addresses(cx, db, *n, out);
}

enum rc identity_person_get(struct ctx *cx, struct identity *id, struct str person, struct person *out)
{
    int64_t n;
    return person_read(cx, id->o.ledger, person, out, &n);
}

enum rc identity_person_version(struct ctx *cx, struct identity *id, struct str person, int64_t *out)
{
    struct person ignored;
    return person_read(cx, id->o.ledger, person, &ignored, out);
}

enum rc identity_person_find(struct ctx *cx, struct identity *id, struct str address, struct str *person)
{
    *person = STR_NONE;
    return address.n == 0 || address.n > PERSON_ADDRESS ? OK : identity_of_address(cx, id->o.ledger, address, person);
}

/* --- what a person's fact says */

/* The accounts of the fact n, as JSON, go on as they are. */
static enum rc put_accounts(struct ctx *cx, sqlite3 *db, int64_t n, struct json *j)
{
    scoped_stmt *st = NULL;
    enum rc rc = OK;
    json_key(j, "accounts");
    json_begin(j, '[');
    if (n >= 0) {
        TRY(store_prepare(cx, db, STR("SELECT host, name FROM fact_person_accounts WHERE n = ?1 ORDER BY seq"), &st));
        store_bind_int(st, 1, n);
        while (next_row(cx, st, &rc)) {
            json_begin(j, '{');
            json_put_str(j, "host", store_column_str(st, 0));
            json_put_str(j, "name", store_column_str(st, 1));
            json_end(j, '}');
        }
    }
    json_end(j, ']');
    return rc;
}

enum rc person_payload(struct ctx *cx, sqlite3 *db, const struct person *p, int64_t n, struct str *out)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "name", p->name);
    json_key(&j, "addresses");
    json_begin(&j, '[');
    for (size_t i = 0; i < p->n_addresses; i++) json_str(&j, p->addresses[i]);
    json_end(&j, ']');
    TRY(put_accounts(cx, db, n, &j));
    json_put_cstr(&j, "state", p->left ? "left" : "active");
    if (p->bot) json_put_bool(&j, "bot", true);
    json_end(&j, '}');
    *out = arena_str(&cx->arena, buf_view(&b));
    return OK;
}

enum rc person_check(struct ctx *cx, const struct person *p)
{
    TRY(name_check(cx, p->name, PERSON_NAME));
    if (p->n_addresses > PEOPLE_ADDRESSES)
        return fail(cx, E_INVALID, "addresses: more than %d of one person", PEOPLE_ADDRESSES);
    for (size_t i = 0; i < p->n_addresses; i++) {
        TRY(address_check(cx, p->addresses[i]));
        for (size_t k = 0; k < i; k++)
            if (str_eq_nocase(p->addresses[i], p->addresses[k]))
                return fail(cx, E_INVALID, "addresses: \"%s\" stands there twice", str_visible(cx, p->addresses[i]));
    }
    return OK;
}

/* --- changing */

enum rc person_change_judge(struct ctx *cx, sqlite3 *db, void *arg)
{
    struct person_change *c = arg;
    struct person now;
    int64_t n = -1;
    if (c->n >= 0) {
        TRY(person_read(cx, db, c->person.id, &now, &n));
        if (n != c->n) return fail(cx, E_CONFLICT, "somebody else changed this person meanwhile: look again");
    }
    struct likenesses *l;
    TRY(likenesses_read(cx, db, c->person.id, &l));
    return c->person.left ? OK : likenesses_add(cx, l, &c->person, "");
}

enum rc person_change_make(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                           const struct person_change *c, struct body *out)
{
    struct str payload;
    TRY(person_check(cx, &c->person));
    TRY(person_payload(cx, id->o.ledger, &c->person, c->n, &payload));
    *out = change_body(by, "person", c->person.id, payload);
    return OK;
}

static enum rc put(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct person_change *c)
{
    struct body b;
    struct change change;
    TRY(person_change_make(cx, id, by, c, &b));
    TRY(change_make(cx, id, &b, 1, &change));
    change.judge = person_change_judge;
    change.arg = c;
    return change_append(cx, id, &change);
}

static enum rc create(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct person *p,
                      struct str *out)
{
    struct person_change c = {.person = *p, .n = -1};
    c.person.id = arena_printf(&cx->arena, "person:" STR_FMT, STR_ARG(id_new(cx)));
    TRY(put(cx, id, by, &c));
    *out = c.person.id;
    return OK;
}

enum rc identity_person_create(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str name,
                               const struct str *addresses, size_t n, struct str *out)
{
    struct person p = {.name = name, .addresses = addresses, .n_addresses = n};
    return create(cx, id, by, &p, out);
}

enum rc identity_bot_create(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str name,
                            const struct str *addresses, size_t n, struct str *out)
{
    struct person p = {.name = name, .addresses = addresses, .n_addresses = n, .bot = true};
    return create(cx, id, by, &p, out);
}

enum rc identity_person_change(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                               int64_t version, struct str name, const struct str *addresses, size_t n)
{
    struct person_change c;
    TRY(person_read(cx, id->o.ledger, person, &c.person, &c.n));
    if (version) c.n = version;
    if (c.person.left) return fail(cx, E_CONFLICT, "this person has left");
    c.person.name = name;
    c.person.addresses = addresses;
    c.person.n_addresses = n;
    return put(cx, id, by, &c);
}

enum rc identity_person_return(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person)
{
    struct person_change c;
    TRY(person_read(cx, id->o.ledger, person, &c.person, &c.n));
    if (!c.person.left) return fail(cx, E_CONFLICT, "this person has not left");
    TRY(identity_purge(cx, id, person)); /* of what a crash may have left: before anything of it could count again */
    c.person.left = false;
    return put(cx, id, by, &c);
}
