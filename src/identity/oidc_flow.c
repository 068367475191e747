#include "identity/oidc_flow.h"

#include "base/limits.h"
#include "identity/identity_int.h"
#include "identity/oidc_fetch.h"
#include "identity/oidc_kept_int.h"
#include "identity/people.h"
#include "identity/tokens.h"

#include <sodium.h>

#define SCOPE STR("openid email")
#define FLOWS_MOST 20000 /* under way at a time */
#define CODE_MOST 4096   /* bytes of a code */

const char *oidc_why_name(enum oidc_why why)
{
    static const char *const names[] = {
        [OIDC_FINE] = "fine",   [OIDC_REFUSED] = "refused", [OIDC_OVER] = "over",
        [OIDC_WRONG] = "wrong", [OIDC_UNKNOWN] = "unknown", [OIDC_TAKEN] = "taken",
    };
    return names[why];
}

/* --- there */

/* What is kept of one that is under way. */
struct flow {
    struct str provider, nonce, verifier, redirect, landing, person, session;
};

static enum rc make_room(struct ctx *cx, struct identity *id)
{
    scoped_stmt *old = NULL, *count = NULL;
    bool row;
    TRY(state_prepare(cx, id, "DELETE FROM flow WHERE until <= ?1", &old));
    store_bind_int(old, 1, identity_now(id));
    TRY(store_run(cx, old));
    TRY(state_prepare(cx, id, "SELECT count(*) FROM flow", &count));
    TRY(store_step(cx, count, &row));
    if (row && sqlite3_column_int(count, 0) >= FLOWS_MOST)
        return fail(cx, E_BUSY, "too many people are signing in at this moment; try again in a few minutes");
    return OK;
}

static enum rc put_flow(struct ctx *cx, struct identity *id, const struct flow *f, const uint8_t state[DIGEST_SIZE],
                        const uint8_t browser[DIGEST_SIZE])
{
    scoped_stmt *st = NULL;
    TRY(make_room(cx, id));
    TRY(state_prepare(cx, id, "INSERT INTO flow VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", &st));
    store_bind_blob(st, 1, state, DIGEST_SIZE);
    store_bind_blob(st, 2, browser, DIGEST_SIZE);
    store_bind_str(st, 3, f->provider);
    store_bind_str(st, 4, f->nonce);
    store_bind_str(st, 5, f->verifier);
    store_bind_str(st, 6, f->redirect);
    store_bind_str(st, 7, f->landing);
    store_bind_str(st, 8, f->person);
    store_bind_str(st, 9, f->session);
    store_bind_int(st, 10, identity_now(id) + FLOW_SECONDS);
    return store_run(cx, st);
}

static struct str random_text(struct ctx *cx)
{
    char text[SECRET_TEXT + 1];
    secret_new(text);
    struct str s = arena_str(&cx->arena, str_from(text));
    sodium_memzero(text, sizeof text);
    return s;
}

/* The cookie is the browser's secret, and behind a full stop that of an invitation: so it is kept nowhere here. */
static enum rc make_cookie(struct ctx *cx, const struct oidc_start *s, struct str browser, char out[FLOW_COOKIE + 1])
{
    if (s->invitation.n && s->invitation.n != SECRET_TEXT)
        return fail(cx, E_DENIED, "this invitation was used, has ended, or never was; ask for another");
    memcpy(out, browser.p, SECRET_TEXT);
    out[SECRET_TEXT] = 0;
    if (!s->invitation.n) return OK;
    out[SECRET_TEXT] = '.';
    memcpy(out + SECRET_TEXT + 1, s->invitation.p, SECRET_TEXT);
    out[FLOW_COOKIE] = 0;
    return OK;
}

enum rc identity_oidc_start(struct ctx *cx, struct identity *id, const struct oidc_start *s, struct oidc_started *out)
{
    struct oidc_provider p;
    struct oidc_server server;
    uint8_t state_hash[DIGEST_SIZE], browser_hash[DIGEST_SIZE];
    TRY(identity_provider_get(cx, id, s->provider, &p));
    if (!p.active) return fail(cx, E_NOTFOUND, "there is no such sign-in provider");
    TRY(provider_server(cx, id, &p, false, &server));
    struct oidc_request r = {.client = p.client,
                             .redirect = s->redirect,
                             .scope = SCOPE,
                             .state = random_text(cx),
                             .nonce = random_text(cx),
                             .verifier = random_text(cx)};
    struct str browser = random_text(cx);
    TRY(make_cookie(cx, s, browser, out->cookie));
    if (!secret_hash(r.state, state_hash) || !secret_hash(browser, browser_hash))
        return fail(cx, E_INTERNAL, "no secret was made");
    const struct flow f = {p.id, r.nonce, r.verifier, r.redirect, oidc_landing(s->landing), s->person, s->session};
    TRY(state_begin(cx, id));
    TRY(state_end(cx, id, put_flow(cx, id, &f, state_hash, browser_hash)));
    out->address = oidc_authorization_address(cx, &server, &r);
    return OK;
}

/* --- and back */

static struct str column(struct ctx *cx, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_str(&cx->arena, s) : STR_NONE;
}

/* The one that answers, which is none from now on; *found false when there is none of this browser. */
static enum rc take_flow(struct ctx *cx, struct identity *id, const struct oidc_return *r, struct flow *f, bool *found)
{
    scoped_stmt *st = NULL;
    uint8_t state[DIGEST_SIZE], browser[DIGEST_SIZE];
    *found = false;
    *f = (struct flow){0};
    if (!secret_hash(r->state, state)) return OK;
    TRY(state_prepare(cx, id,
                      "DELETE FROM flow WHERE hash = ?1 RETURNING provider, nonce, verifier, redirect, landing, "
                      "person, session, browser, until",
                      &st));
    store_bind_blob(st, 1, state, sizeof state);
    TRY(store_step(cx, st, found));
    if (!*found) return OK;
    *f = (struct flow){column(cx, st, 0), column(cx, st, 1), column(cx, st, 2), column(cx, st, 3),
                       column(cx, st, 4), column(cx, st, 5), column(cx, st, 6)};
    struct str kept = store_column_blob(st, 7);
    *found = secret_hash(str_slice(r->cookie, 0, SECRET_TEXT), browser) && kept.n == DIGEST_SIZE &&
             sodium_memcmp(kept.p, browser, DIGEST_SIZE) == 0 && sqlite3_column_int64(st, 8) > identity_now(id) &&
             str_eq(f->provider, r->provider);
    return store_run(cx, st);
}

static enum rc change_code(struct ctx *cx, struct identity *id, const struct oidc_provider *p,
                           const struct oidc_server *s, const struct flow *f, struct str code, struct oidc_tokens *out)
{
    const struct oidc_request r = {.client = p->client, .redirect = f->redirect, .verifier = f->verifier};
    struct str secret, body;
    int64_t status;
    if (!code.n || code.n > CODE_MOST) return fail(cx, E_INVALID, "the answer has no code");
    TRY(provider_secret(cx, id, p->id, &secret));
    struct oidc_fetch ask = {.address = s->token};
    ask.form = oidc_token_request(cx, s, &r, secret, code, &ask.authorization);
    TRY(oidc_fetch(cx, &ask, &status, &body));
    if (status != 200)
        return fail(cx, E_DENIED, "the token endpoint answers %lld %s", (long long)status, oidc_error_word(body));
    return oidc_tokens_read(cx, body, out);
}

static enum rc check_token(struct ctx *cx, struct identity *id, const struct oidc_provider *p,
                           const struct oidc_server *s, const struct flow *f, struct str token, struct oidc_claims *out)
{
    const struct oidc_expected e = {p->issuer, p->client, f->nonce, identity_now(id)};
    enum rc rc = E_NOTFOUND;
    for (int fresh = 0; fresh < 2 && rc == E_NOTFOUND; fresh++) { /* the key may be newer than what is kept */
        struct oidc_keys *keys;
        TRY(provider_keys(cx, id, p, s, fresh, &keys));
        rc = oidc_id_token_check(cx, keys, &e, token, out);
        oidc_keys_free(keys);
    }
    return rc;
}

/* An address that is not in the token may be at the userinfo endpoint. It is needed only for the first time. */
static enum rc ask_address(struct ctx *cx, const struct oidc_server *s, const struct oidc_tokens *t,
                           struct oidc_claims *claims)
{
    struct oidc_fetch ask = {.address = s->userinfo};
    struct str body;
    int64_t status;
    if (claims->email.p || !s->userinfo.p || !t->access.p || str_has(t->access, STR("\n")) ||
        str_has(t->access, STR("\r")))
        return OK;
    ask.authorization = arena_printf(&cx->arena, "Bearer " STR_FMT, STR_ARG(t->access));
    TRY(oidc_fetch(cx, &ask, &status, &body));
    if (status != 200) return fail(cx, E_DENIED, "the userinfo endpoint answers %lld", (long long)status);
    return oidc_userinfo_read(cx, body, claims);
}

/* Whether the session that began to link is still there: whoever ended it has ended this too. */
static enum rc session_lives(struct ctx *cx, struct identity *id, const struct flow *f, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "SELECT 1 FROM session WHERE id = ?1 AND person = ?2 AND stage = 1 AND until > ?3", &st));
    store_bind_str(st, 1, f->session);
    store_bind_str(st, 2, f->person);
    store_bind_int(st, 3, identity_now(id));
    return store_step(cx, st, out);
}

static enum rc link_to(struct ctx *cx, struct identity *id, struct str person, const struct oidc_provider *p,
                       const struct oidc_claims *claims, struct oidc_outcome *out)
{
    const struct identity_actor by = {.person = person, .via = STR("person")};
    enum rc rc = identity_account_link(cx, id, &by, person, p->issuer, claims->subject);
    out->person = rc == OK ? person : STR_NONE;
    out->why = rc == OK ? OIDC_FINE : OIDC_TAKEN;
    return rc == E_CONFLICT || rc == E_LIMIT ? OK : rc;
}

/* Somebody who comes for the first time: by an invitation, or by an address. */
static enum rc recognize(struct ctx *cx, struct identity *id, const struct oidc_return *r,
                         const struct oidc_provider *p, const struct oidc_server *s, const struct oidc_tokens *t,
                         struct oidc_claims *claims, struct oidc_outcome *out)
{
    struct str invitation = str_slice(r->cookie, SECRET_TEXT + 1, r->cookie.n), person = STR_NONE;
    enum link_purpose purpose;
    if (invitation.n) {
        enum rc rc = identity_link_find(cx, id, invitation, &purpose, &person);
        if (rc == OK && purpose != LINK_INVITATION) rc = fail(cx, E_DENIED, "this link is no invitation");
        const struct link_use u = {.secret = invitation, .device = r->device};
        if (rc == OK) rc = identity_link_use(cx, id, &u, &purpose, &person);
        if (rc == E_DENIED) out->why = OIDC_OVER;
        if (rc != OK) return rc == E_DENIED ? OK : rc;
        return link_to(cx, id, person, p, claims, out);
    }
    if (p->by_address) {
        out->why = OIDC_WRONG;
        enum rc rc = ask_address(cx, s, t, claims);
        if (rc != OK) return rc == E_IO || rc == E_INTERNAL ? rc : OK;
        if (claims->email.p) TRY(identity_person_find(cx, id, claims->email, &person));
        bool power = false; /* else whoever sets up a provider could come in as they */
        if (person.p) TRY(identity_holds_power(cx, id, person, &power));
        if (power) person = STR_NONE;
    }
    if (person.p) return link_to(cx, id, person, p, claims, out);
    out->why = OIDC_UNKNOWN;
    (void)fail(cx, E_DENIED,
               p->by_address ? "nobody here has that account or a verified address of it"
                             : "nobody here has that account");
    return OK;
}

static enum rc settle(struct ctx *cx, struct identity *id, const struct oidc_return *r, const struct flow *f,
                      const struct oidc_provider *p, const struct oidc_server *s, const struct oidc_tokens *t,
                      struct oidc_claims *claims, struct oidc_outcome *out)
{
    struct str owner;
    bool lives;
    out->several = claims->several && p->believes;
    if (f->person.p) {
        TRY(session_lives(cx, id, f, &lives));
        if (lives) return link_to(cx, id, f->person, p, claims, out);
        out->why = OIDC_OVER;
        (void)fail(cx, E_DENIED, "the session that began this has ended");
        return OK;
    }
    TRY(identity_account_find(cx, id, p->issuer, claims->subject, &owner));
    if (!owner.p) return recognize(cx, id, r, p, s, t, claims, out);
    out->why = OIDC_FINE;
    out->person = owner;
    return identity_account_seen(cx, id, p->issuer, claims->subject);
}

static enum rc ask_server(struct ctx *cx, struct identity *id, const struct oidc_return *r, const struct flow *f,
                          const struct oidc_provider *p, struct oidc_server *s, struct oidc_tokens *t,
                          struct oidc_claims *claims)
{
    TRY(provider_server(cx, id, p, false, s));
    TRY(oidc_return_check(cx, s, r->iss));
    TRY(change_code(cx, id, p, s, f, r->code, t));
    return check_token(cx, id, p, s, f, t->id, claims);
}

/* What comes of a flow that was found. */
static enum rc finish(struct ctx *cx, struct identity *id, const struct oidc_return *r, const struct flow *f,
                      struct oidc_outcome *out)
{
    struct oidc_provider p;
    struct oidc_server s;
    struct oidc_tokens t;
    struct oidc_claims claims;
    out->why = OIDC_REFUSED;
    if (r->error.p) {
        (void)fail(cx, E_DENIED, "the server says %s", str_visible(cx, r->error));
        return OK;
    }
    out->why = OIDC_WRONG;
    enum rc rc = identity_provider_get(cx, id, f->provider, &p);
    if (rc == OK && !p.active) rc = fail(cx, E_NOTFOUND, "this sign-in provider is turned off");
    if (rc == OK) rc = ask_server(cx, id, r, f, &p, &s, &t, &claims);
    if (rc == E_IO || rc == E_CORRUPT || rc == E_INTERNAL) return rc;
    return rc == OK ? settle(cx, id, r, f, &p, &s, &t, &claims, out) : OK;
}

enum rc identity_oidc_finish(struct ctx *cx, struct identity *id, const struct oidc_return *r, struct oidc_outcome *out)
{
    struct flow f;
    bool found;
    *out = (struct oidc_outcome){.why = OIDC_OVER, .landing = STR("/")};
    TRY(take_flow(cx, id, r, &f, &found));
    if (!found) return OK;
    out->landing = f.landing;
    out->linking = f.person.p != NULL;
    TRY(finish(cx, id, r, &f, out));
    return out->why == OIDC_FINE ? OK : provider_note(cx, id, f.provider);
}

enum rc identity_oidc_test(struct ctx *cx, struct identity *id, struct str provider)
{
    struct oidc_provider p;
    struct oidc_server s;
    struct oidc_keys *keys;
    TRY(identity_provider_get(cx, id, provider, &p));
    TRY(provider_server(cx, id, &p, true, &s));
    TRY(provider_keys(cx, id, &p, &s, true, &keys));
    oidc_keys_free(keys);
    return OK;
}
