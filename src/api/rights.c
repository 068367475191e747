/* Who asks, and whether they may: by the roles they hold, in the organization or in projects (roles.yaml). */
#include "api/api_int.h"
#include "api/browser.h"

#define BEARER STR("Bearer ")

/* A browser sends its cookie whoever made it ask. Only our own pages can add the header, and say where they are from.
 */
static enum rc check_origin(struct ctx *cx, struct api_call *call)
{
    const struct http_request *r = call->request;
    struct str site = http_request_header(r, "Sec-Fetch-Site"), origin = http_request_header(r, "Origin");
    struct str own = browser_origin(cx, call);
    if (str_eq(r->method, STR("GET")) || str_eq(r->method, STR("HEAD"))) return OK;
    if (str_eq(http_request_header(r, "X-Sinetti"), STR("1")) &&
        (!site.p || str_eq(site, STR("same-origin")) || str_eq(site, STR("none"))) &&
        (!origin.p || str_eq_nocase(origin, own)))
        return OK;
    return api_refuse(cx, call, E_DENIED, "denied",
                      "this request did not come from a page of this server; programs send an API token instead of a "
                      "cookie, and the header X-Sinetti: 1 when they sign in",
                      "tämä pyyntö ei tullut tämän palvelimen sivulta; ohjelmat lähettävät evästeen sijaan "
                      "rajapintatunnuksen, ja kirjautuessaan otsakkeen X-Sinetti: 1");
}

enum rc api_authenticate(struct ctx *cx, struct api_call *call)
{
    const struct http_request *r = call->request;
    struct str given = http_request_header(r, "Authorization");
    struct identity_shown shown = {.cookie = http_request_cookie(r, r->secure ? "__Host-sinetti" : "sinetti")};
    if (str_starts_nocase(given, BEARER)) shown.bearer = str_trim(str_slice(given, BEARER.n, given.n));
    if (given.p) shown.cookie = STR_NONE;
    if (!given.p) TRY(check_origin(cx, call));
    if (!given.p && !shown.cookie.p) return OK;
    if (!given.p || shown.bearer.n) TRY(identity_authenticate(cx, call->identity, &shown, &call->who));
    if (call->who.credential != CREDENTIAL_NONE) {
        call->actor = identity_actor_of(&call->who);
        return OK;
    }
    if (!given.p) return OK;
    api_header(call, "WWW-Authenticate", STR("Bearer"));
    return api_refuse(cx, call, E_DENIED, "signed_out", "the token is not known, has ended, or was revoked",
                      "tunnusta ei tunneta, se on päättynyt tai se on peruttu");
}

bool api_may(struct api_call *call, const char *permission, struct str project)
{
    call->asked = true;
    return identity_may(&call->who, permission, project);
}

static enum rc denied(struct ctx *cx, struct api_call *call)
{
    if (call->who.credential == CREDENTIAL_NONE)
        return api_refuse(cx, call, E_DENIED, "signed_out", "this needs a session or a token",
                          "tähän tarvitaan istunto tai tunnus");
    const char *name = call->op->permission >= 0 ? identity_permissions[call->op->permission].name : "self";
    if (!identity_token_gives(&call->who, name))
        return api_refuse(cx, call, E_DENIED, "denied",
                          "this API token may not: it lacks %s; make one that has it (My account, API tokens)",
                          "tämä rajapintatunnus ei riitä: siltä puuttuu oikeus %s; tee tunnus, jolla se on (Oma tili, "
                          "rajapintatunnukset)",
                          name);
    return api_refuse(cx, call, E_DENIED, "denied",
                      "%s is needed for this; an administrator can grant a role that has it",
                      "tähän tarvitaan oikeus %s; pääkäyttäjä voi antaa roolin, jolla se on", name);
}

enum rc api_permit(struct ctx *cx, struct api_call *call)
{
    const struct identity_who *w = &call->who;
    const struct api_operation *op = call->op;
    call->everywhere = true;
    if (op->permission == API_PUBLIC) return OK;
    if (w->credential == CREDENTIAL_NONE) return denied(cx, call);
    if (op->permission == API_SESSION && w->credential != CREDENTIAL_SESSION)
        return api_refuse(cx, call, E_DENIED, "denied", "this is done in a browser; a token does not open it",
                          "tämä tehdään selaimessa; tunnus ei riitä siihen");
    if (op->permission == API_SESSION) return OK;
    if (op->permission == API_SELF) /* what a token is narrowed to says nothing of changing one's own account */
        return w->n_only && strcmp(op->method, "GET") != 0 && !identity_token_gives(w, "self") ? denied(cx, call) : OK;
    const struct identity_permission *p = &identity_permissions[op->permission];
    if (!identity_token_gives(w, p->name)) return denied(cx, call);
    call->everywhere = (w->roles & p->roles) != 0;
    if (call->everywhere) return OK;
    struct str *projects = arena_array(&cx->arena, struct str, w->n_grants);
    for (size_t i = 0; i < w->n_grants; i++)
        if (identity_grant_gives(&w->grants[i], p)) projects[call->n_projects++] = w->grants[i].scope;
    call->projects = projects;
    return call->n_projects && op->scope != API_SCOPE_ORG ? OK : denied(cx, call);
}

enum rc api_permit_at(struct ctx *cx, struct api_call *call)
{
    if (call->everywhere || call->op->scope < 0) return OK;
    struct str id = call->values[call->op->scope];
    struct str wanted =
        arena_printf(&cx->arena, "%s" STR_FMT, str_starts(id, STR("project:")) ? "" : "project:", STR_ARG(id));
    for (size_t i = 0; id.n && i < call->n_projects; i++)
        if (str_eq(call->projects[i], wanted)) return OK;
    return denied(cx, call);
}
