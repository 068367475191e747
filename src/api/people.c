/* People: added, changed, imported, leaving and returning. */
#include "identity/people.h"
#include "api/api_int.h"
#include "api/link_mail.h"
#include "api/person.h"
#include "api/show.h"
#include "base/texts_fi.h"
#include "identity/accounts.h"
#include "identity/import.h"
#include "identity/tokens.h"

/* Whoever may read people for some projects alone sees those who have a role there, and themselves. */
static enum rc check_seen(struct ctx *cx, struct api_call *call, struct str person)
{
    scoped_stmt *st = NULL;
    bool row, seen = api_within(call, STR_NONE) || str_eq(person, call->who.person);
    if (seen) return OK;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT scope FROM fact_role WHERE subject = ?1 AND state = 'granted' AND (until IS NULL OR "
                          "until > ?2)"),
                      &st));
    store_bind_str(st, 1, person);
    store_bind_int(st, 2, call->now);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        if (api_within(call, store_column_str(st, 0))) return OK;
    }
    return api_fail(cx, call, E_NOTFOUND, "there is no such person", "sellaista henkilöä ei ole");
}

API_OPERATION(people_get)
{
    struct str person = person_of(cx, call);
    TRY(check_seen(cx, call, person));
    return person_put_details(cx, call, person);
}

API_OPERATION(people_create)
{
    struct str person;
    size_t n;
    const struct str *addresses = person_addresses(cx, call->body, &n);
    struct str name = api_field(call->body, "name");
    TRY(api_field_bool(call->body, "bot", false)
            ? identity_bot_create(cx, call->identity, &call->actor, name, addresses, n, &person)
            : identity_person_create(cx, call->identity, &call->actor, name, addresses, n, &person));
    api_created(cx, call, arena_printf(&cx->arena, "/api/v1/people/" STR_FMT, STR_ARG(str_slice(person, 7, person.n))));
    return person_put_details(cx, call, person);
}

API_OPERATION(people_patch)
{
    struct str person = person_of(cx, call), name = api_field(call->body, "name");
    struct person p;
    int64_t version;
    TRY(identity_person_get(cx, call->identity, person, &p));
    TRY(identity_person_version(cx, call->identity, person, &version));
    TRY(api_match(cx, call, (uint64_t)version));
    size_t n = p.n_addresses;
    const struct str *addresses = p.addresses;
    if (json_object_get(call->body, "addresses")) {
        bool power;
        TRY(identity_holds_power(cx, call->identity, person, &power));
        if (power && !str_eq(person, call->who.person)) /* by an address one signs in */
            return api_fail(cx, call, E_DENIED,
                            "addresses of an Admin or Security officer are changed by themselves, or by who runs the "
                            "server: sinetti people change",
                            "pääkäyttäjän tai tietoturvavastaavan osoitteet muuttaa hän itse tai palvelimen ylläpito: "
                            "sinetti people change");
        addresses = person_addresses(cx, call->body, &n);
    }
    TRY(identity_person_change(cx, call->identity, &call->actor, person, version, name.p ? name : p.name, addresses,
                               n));
    return person_put_details(cx, call, person);
}

/* Two people take these roles away. If one alone could by saying that somebody has left, they would leave one officer
 * behind, and do alone from then on what needs two. */
API_OPERATION(people_leave)
{
    struct str person = person_of(cx, call);
    bool power;
    TRY(identity_holds_power(cx, call->identity, person, &power));
    if (power)
        return api_fail(
            cx, call, E_CONFLICT,
            "an Admin's or Security officer's role is taken away first, by two people; who runs the server "
            "can do both at once: sinetti people leave",
            "pääkäyttäjän tai tietoturvavastaavan rooli perutaan ensin kahden henkilön päätöksellä; palvelimen "
            "ylläpito voi tehdä molemmat kerralla: sinetti people leave");
    TRY(identity_person_leave(cx, call->identity, &call->actor, person));
    return person_put_details(cx, call, person);
}

API_OPERATION(people_return)
{
    struct str person = person_of(cx, call);
    TRY(identity_person_return(cx, call->identity, &call->actor, person));
    return person_put_details(cx, call, person);
}

API_OPERATION(people_import)
{
    struct import_result r;
    struct json *j = &call->out;
    bool dry = api_value_bool(call, "dry_run", false);
    if (!api_may(call, "roles.grant", STR_NONE)) { /* a token may have less than its owner */
        TRY(identity_import(cx, call->identity, &call->actor, call->request->body, true, &r));
        if (r.roles)
            return api_fail(cx, call, E_DENIED, "roles.grant is needed to give roles; leave their columns out",
                            "roolien antamiseen tarvitaan oikeus roles.grant; jätä niiden sarakkeet pois");
    }
    TRY(identity_import(cx, call->identity, &call->actor, call->request->body, dry, &r));
    json_begin(j, '{');
    json_put_bool(j, "added", !dry && !r.all_faults);
    json_put_int(j, "people", r.people);
    json_put_int(j, "roles", r.roles);
    json_put_int(j, "fault_count", r.all_faults);
    json_key(j, "faults");
    json_begin(j, '[');
    for (size_t i = 0; i < r.n_faults; i++) {
        json_begin(j, '{');
        json_put_int(j, "line", r.faults[i].line);
        json_put_str(j, "field", r.faults[i].field);
        const char *said = arena_cstr(&cx->arena, r.faults[i].text);
        json_put_cstr(j, "detail", call->lang == LANG_FI ? text_fi(cx, said) : said);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* --- ways in */

/* Whoever could set a password for an Admin or Security officer could approve their own requests in that one's name:
 * of those, once they have been here, only the operator makes a link. */
static enum rc check_may_reset(struct ctx *cx, struct api_call *call, struct str person)
{
    bool used, power = false;
    TRY(identity_account_used(cx, call->identity, person, &used));
    if (used) TRY(identity_holds_power(cx, call->identity, person, &power));
    if (!power) return OK;
    return api_fail(
        cx, call, E_DENIED,
        "the sign-in of an Admin or Security officer is reset by who runs the server: sinetti admin-link",
        "pääkäyttäjän tai tietoturvavastaavan kirjautumisen nollaa palvelimen ylläpito: sinetti admin-link");
}

API_OPERATION(people_link)
{
    struct str person = person_of(cx, call);
    struct json *j = &call->out;
    struct link_made link;
    enum link_purpose p = str_eq(api_field(call->body, "purpose"), STR("reset")) ? LINK_RESET : LINK_INVITATION;
    struct str to = STR_NONE;
    TRY(check_may_reset(cx, call, person));
    TRY(identity_link_create(cx, call->identity, &call->actor, person, p, 0, &link));
    if (!api_field_bool(call->body, "by_hand", false)) TRY(link_mail(cx, call, person, p, &link, &to));
    call->answer->status = 201;
    json_begin(j, '{');
    json_put_str(j, "id", link.id);
    /* what goes to the person alone is nobody else's */
    json_put_cstr(j, "path", to.n ? NULL : arena_printf(&cx->arena, "/link#%s", link.secret).p);
    show_text(j, "mailed_to", to);
    api_put_time(j, "until", link.until);
    json_end(j, '}');
    return OK;
}

API_OPERATION(people_access_end)
{
    struct person p;
    struct str person = person_of(cx, call);
    TRY(identity_person_get(cx, call->identity, person, &p));
    TRY(identity_access_end(cx, call->identity, &call->actor, person));
    call->answer->status = 204;
    return OK;
}

API_OPERATION(people_factors_reset)
{
    struct str person = person_of(cx, call);
    if (str_eq(person, call->who.person))
        return api_fail(cx, call, E_DENIED, "your own are removed in your account, after you have shown them",
                        "omat lisävarmenteesi poistetaan omista tiedoistasi, kun olet vahvistanut ne");
    TRY(check_may_reset(cx, call, person));
    TRY(identity_factors_reset(cx, call->identity, &call->actor, person));
    call->answer->status = 204;
    return OK;
}

API_OPERATION(invitations_list)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(
        cx, call->state,
        STR("SELECT id, person, purpose, made_by, created, until FROM link WHERE until > ?1 ORDER BY created "
            "DESC, id LIMIT 500"),
        &st));
    store_bind_int(st, 1, call->now);
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        json_put_str(j, "id", store_column_str(st, 0));
        TRY(person_put(cx, call, "person", store_column_str(st, 1)));
        json_put_str(j, "purpose", store_column_str(st, 2));
        TRY(person_put(cx, call, "made_by", store_column_str(st, 3)));
        api_put_time(j, "created", sqlite3_column_int64(st, 4));
        api_put_time(j, "until", sqlite3_column_int64(st, 5));
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(invitations_revoke)
{
    TRY(identity_link_revoke(cx, call->identity, &call->actor, api_value(call, "link")));
    call->answer->status = 204;
    return OK;
}
