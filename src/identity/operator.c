#include "identity/identity_int.h"
#include "identity/people_int.h"
#include "identity/tokens.h"

static const struct identity_actor operator_ = {{"unknown", 7}, {"", 0}, {"operator", 8}};

#define FIRST_NAME "Admin"
#define OPERATOR_SECONDS 1800

/* Person and role in one breath, so that a crash leaves no half. */
static enum rc judge_first(struct ctx *cx, sqlite3 *db, void *arg)
{
    struct likenesses *l;
    const struct person *p = arg;
    TRY(likenesses_read(cx, db, p->id, &l));
    return likenesses_add(cx, l, p, "");
}

static enum rc make_first(struct ctx *cx, struct identity *id, struct str *person)
{
    struct person p = {.id = arena_printf(&cx->arena, "person:" STR_FMT, STR_ARG(id_new(cx))), .name = STR(FIRST_NAME)};
    struct str payload;
    struct change c;
    TRY(person_payload(cx, id->o.ledger, &p, -1, &payload));
    const struct body bodies[] = {
        change_body(&operator_, "person", p.id, payload),
        change_body(&operator_, "role", p.id, STR("{\"role\":\"admin\",\"scope\":\"org\",\"state\":\"granted\"}"))};
    TRY(change_make(cx, id, bodies, 2, &c));
    c.judge = judge_first;
    c.arg = &p;
    *person = p.id;
    return change_append(cx, id, &c);
}

static enum rc only_admin(struct ctx *cx, struct identity *id, struct str *person)
{
    scoped_stmt *st = NULL;
    bool row;
    *person = STR_NONE;
    TRY(store_prepare(
        cx, id->o.ledger,
        STR("SELECT p.subject FROM fact_role r JOIN fact_person p ON p.subject = r.subject WHERE r.role = "
            "'admin' AND r.scope = 'org' AND r.state = 'granted' AND (r.until IS NULL OR r.until > ?1) AND "
            "p.state = 'active' ORDER BY p.subject LIMIT 2"),
        &st));
    store_bind_int(st, 1, identity_now(id));
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    *person = arena_str(&cx->arena, store_column_str(st, 0));
    TRY(store_step(cx, st, &row));
    return row ? fail(cx, E_CONFLICT, "there are several Admins: say for whom, by address or person:ID") : OK;
}

static enum rc find(struct ctx *cx, struct identity *id, struct str who, struct person *out)
{
    struct str person = who;
    if (!str_starts(who, STR("person:"))) TRY(identity_person_find(cx, id, who, &person));
    if (!person.p)
        return fail(cx, E_NOTFOUND, "nobody here has the address \"%s\"; `sinetti people list` tells who there is",
                    str_visible(cx, who));
    return identity_person_get(cx, id, person, out);
}

enum rc identity_operator_link(struct ctx *cx, struct identity *id, struct str who, struct str *person,
                               struct link_made *out)
{
    struct person p = {.id = STR_NONE};
    if (who.n) {
        TRY(find(cx, id, who, &p));
    } else {
        TRY(only_admin(cx, id, &p.id));
        if (p.id.p) TRY(identity_person_get(cx, id, p.id, &p));
    }
    if (!p.id.p) TRY(make_first(cx, id, &p.id));
    *person = p.id;
    /* who has no address could not come back but by another link: it asks for one, and a password */
    return identity_link_create(cx, id, &operator_, p.id, p.n_addresses ? LINK_SIGN_IN : LINK_INVITATION,
                                OPERATOR_SECONDS, out);
}

enum rc identity_is_closed(struct ctx *cx, struct identity *id, bool *closed)
{
    int64_t ways = 0;
    enum rc rc = store_get_int(cx, id->o.state,
                               "SELECT EXISTS (SELECT 1 FROM account WHERE password IS NOT NULL) OR EXISTS (SELECT 1 "
                               "FROM passkey) OR EXISTS (SELECT 1 FROM foreign_account)",
                               &ways);
    *closed = ways == 0;
    return rc;
}
