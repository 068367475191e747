/* One-time links as those who got one use them. */
#include "api/api_int.h"
#include "api/sign_in.h"
#include "identity/accounts.h"
#include "identity/people.h"
#include "identity/tokens.h"

/* Guesses at links are counted by network alone: 256 bits need no more, and nobody is to be kept out by others. */
static enum rc find(struct ctx *cx, struct api_call *call, struct str secret, enum link_purpose *p, struct str *person)
{
    int64_t wait;
    struct str what = arena_printf(&cx->arena, "link " STR_FMT, STR_ARG(call->request->peer));
    enum rc rc = identity_guess(cx, call->identity, what, call->request->peer, &wait);
    TRY(sign_in_judged(cx, call, rc, wait));
    rc = identity_link_find(cx, call->identity, secret, p, person);
    if (rc == OK) return identity_guess_right(cx, call->identity, what, call->request->peer);
    if (rc != E_DENIED) return rc;
    return api_refuse(cx, call, E_DENIED, "not_right", "this link was used, has ended, or never was; ask for another",
                      "linkki on käytetty tai vanhentunut, tai sitä ei ole ollutkaan; pyydä uusi");
}

API_OPERATION(session_link_look)
{
    enum link_purpose p;
    struct str whose;
    struct person person;
    struct json *j = &call->out;
    TRY(find(cx, call, api_field(call->body, "secret"), &p, &whose));
    TRY(identity_person_get(cx, call->identity, whose, &person));
    json_begin(j, '{');
    json_put_cstr(j, "purpose", link_purpose_name(p));
    json_put_str(j, "name", person.name);
    json_key(j, "address");
    if (person.n_addresses)
        json_str(j, person.addresses[0]);
    else
        json_nil(j);
    json_put_bool(j, "password", p != LINK_SIGN_IN);
    json_end(j, '}');
    return OK;
}

/* Who was made without an address says it now, and a name. */
static enum rc take_profile(struct ctx *cx, struct api_call *call, const struct person *p, struct link_use *u)
{
    struct str name = api_field(call->body, "name"), address = api_field(call->body, "address");
    bool same = p->n_addresses && str_eq(name, p->name) && str_eq(address, p->addresses[0]); /* asked again */
    if (same) return OK;
    if (p->n_addresses) {
        if (name.p) api_fault(call, "name", "it is known already", "se tiedetään jo");
        if (address.p) api_fault(call, "address", "it is known already", "se tiedetään jo");
        return api_faults(cx, call);
    }
    if (!name.p) api_fault(call, "name", "is missing", "puuttuu");
    if (!address.p) api_fault(call, "address", "is missing", "puuttuu");
    u->name = name;
    u->address = address;
    return api_faults(cx, call);
}

API_OPERATION(session_link)
{
    enum link_purpose p, used;
    struct str whose, person, secret = api_field(call->body, "secret"), password = api_field(call->body, "password");
    struct person now;
    TRY(find(cx, call, secret, &p, &whose));
    TRY(identity_person_get(cx, call->identity, whose, &now));
    if (p != LINK_SIGN_IN && !password.p) {
        api_fault(call, "password", "choose one", "valitse salasana");
        return api_faults(cx, call);
    }
    if (p == LINK_SIGN_IN && password.p) {
        api_fault(call, "password", "none goes with a link to sign in", "kirjautumislinkin kanssa ei anneta salasanaa");
        return api_faults(cx, call);
    }
    struct link_use u = {.secret = secret, .device = sign_in_device(call), .password = password};
    TRY(take_profile(cx, call, &now, &u));
    TRY(sign_in_judged(cx, call, identity_link_use(cx, call->identity, &u, &used, &person), 0));
    /* a link to sign in is given by who has the machine: it stands for both factors */
    return sign_in_begin(cx, call, person, "link", p == LINK_SIGN_IN ? LEVEL_TWO : LEVEL_ONE);
}
