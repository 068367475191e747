#include "identity/oidc.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/limits.h"
#include "identity/oidc_int.h"

#include <string.h>

json_t *oidc_load(struct ctx *cx, const char *what, struct str body)
{
    json_error_t why;
    json_t *root = json_loadb(body.p ? body.p : "", body.n, JSON_REJECT_DUPLICATES, &why);
    if (json_is_object(root)) return root;
    json_decref(root);
    (void)fail(cx, E_INVALID, "%s: this is not a JSON object", what);
    return NULL;
}

/* Whether the array has the word; `otherwise` when the member is not there. */
static bool offers(const json_t *object, const char *name, const char *word, bool otherwise)
{
    const json_t *list = json_object_get(object, name), *one;
    size_t i;
    if (!list) return otherwise;
    json_array_foreach(list, i, one) if (json_is_string(one) && strcmp(json_string_value(one), word) == 0) return true;
    return false;
}

static bool is_loopback(struct str authority)
{
    static const struct str hosts[] = {{"127.0.0.1", 9}, {"localhost", 9}, {"[::1]", 5}};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct str port = str_slice(authority, hosts[i].n, authority.n);
        int64_t ignored;
        if (!str_starts_nocase(authority, hosts[i])) continue;
        if (!port.n || (port.p[0] == ':' && str_to_i64(str_slice(port, 1, port.n), 1, 65535, &ignored))) return true;
    }
    return false;
}

enum rc oidc_address_check(struct ctx *cx, const char *what, struct str address, bool issuer)
{
    bool plain = str_starts(address, STR("http://"));
    struct str rest = str_slice(address, plain ? 7 : 8, address.n);
    if (!plain && !str_starts(address, STR("https://")))
        return fail(cx, E_INVALID, "%s: an https address is expected", what);
    if (address.n > LIMIT_OIDC_ADDRESS) return fail(cx, E_LIMIT, "%s: over %llu bytes", what, LIMIT_OIDC_ADDRESS);
    for (size_t i = 0; i < address.n; i++)
        if ((unsigned char)address.p[i] <= 0x20 || (unsigned char)address.p[i] >= 0x7f ||
            strchr("\\\"<>^`{|}#", address.p[i]))
            return fail(cx, E_INVALID, "%s: a character that no address has, or a fragment", what);
    size_t end = 0;
    while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?') end++;
    struct str authority = str_slice(rest, 0, end);
    if (!authority.n || str_find(authority, STR("@")))
        return fail(cx, E_INVALID, "%s: a host, and no user, is expected", what);
    if (plain && !is_loopback(authority)) return fail(cx, E_INVALID, "%s: an https address is expected", what);
    if (issuer && str_find(address, STR("?"))) return fail(cx, E_INVALID, "%s: an issuer has no query", what);
    return OK;
}

struct str oidc_discovery_address(struct ctx *cx, struct str issuer)
{
    while (str_ends(issuer, STR("/"))) issuer.n--;
    return arena_printf(&cx->arena, STR_FMT "/.well-known/openid-configuration", STR_ARG(issuer));
}

static enum rc take_address(struct ctx *cx, const json_t *root, const char *name, bool wanted, struct str *out)
{
    struct str s = json_member(root, name);
    *out = STR_NONE;
    if (!s.p && !wanted) return OK;
    if (!s.p) return fail(cx, E_INVALID, "discovery document: there is no %s", name);
    TRY(oidc_address_check(cx, arena_printf(&cx->arena, "discovery document, %s", name).p, s, false));
    *out = arena_str(&cx->arena, s);
    return OK;
}

static enum rc read_server(struct ctx *cx, struct str issuer, const json_t *root, struct oidc_server *out)
{
    struct str said = json_member(root, "issuer");
    if (!str_eq(said, issuer))
        return fail(cx, E_DENIED, "discovery document: it is of issuer %s, not of %s", str_visible(cx, said),
                    str_visible(cx, issuer));
    out->issuer = arena_str(&cx->arena, issuer);
    TRY(take_address(cx, root, "authorization_endpoint", true, &out->authorization));
    TRY(take_address(cx, root, "token_endpoint", true, &out->token));
    TRY(take_address(cx, root, "jwks_uri", true, &out->keys));
    TRY(take_address(cx, root, "userinfo_endpoint", false, &out->userinfo));
    if (!offers(root, "response_types_supported", "code", true))
        return fail(cx, E_DENIED, "discovery document: the server has no code flow");
    if (!offers(root, "code_challenge_methods_supported", "S256", true))
        return fail(cx, E_DENIED, "discovery document: the server has no PKCE with S256");
    static const char *const algorithms[] = {"RS256", "PS256", "ES256", "EdDSA"};
    bool any = false;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        any = any || offers(root, "id_token_signing_alg_values_supported", algorithms[i], true);
    if (!any)
        return fail(cx, E_DENIED, "discovery document: ID tokens are signed by none of RS256, PS256, ES256 and EdDSA");
    out->names_issuer = json_is_true(json_object_get(root, "authorization_response_iss_parameter_supported"));
    const char *methods = "token_endpoint_auth_methods_supported";
    out->secret_in_body =
        !offers(root, methods, "client_secret_basic", true) && offers(root, methods, "client_secret_post", false);
    return OK;
}

enum rc oidc_server_read(struct ctx *cx, struct str issuer, struct str body, struct oidc_server *out)
{
    json_t *root = oidc_load(cx, "discovery document", body);
    *out = (struct oidc_server){0};
    if (!root) return cx->error;
    enum rc rc = read_server(cx, issuer, root, out);
    json_decref(root);
    return rc;
}

/* application/x-www-form-urlencoded, and good in a query too. */
static void put_value(struct buf *out, const char *name, struct str value)
{
    if (name) buf_printf(out, "%s%s=", out->n && !strchr("?&", out->p[out->n - 1]) ? "&" : "", name);
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c)))
            buf_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

struct str oidc_authorization_address(struct ctx *cx, const struct oidc_server *s, const struct oidc_request *r)
{
    uint8_t hash[32];
    scoped_buf challenge, out;
    struct digest d;
    buf_init(&challenge, 0);
    buf_init(&out, 0);
    digest_init(&d);
    digest_add(&d, r->verifier);
    digest_final(&d, hash);
    base64url_put(&challenge, hash, sizeof hash);
    buf_str(&out, s->authorization);
    buf_char(&out, str_find(s->authorization, STR("?")) ? '&' : '?');
    put_value(&out, "response_type", STR("code"));
    put_value(&out, "client_id", r->client);
    put_value(&out, "redirect_uri", r->redirect);
    put_value(&out, "scope", r->scope);
    put_value(&out, "state", r->state);
    put_value(&out, "nonce", r->nonce);
    put_value(&out, "code_challenge", buf_view(&challenge));
    put_value(&out, "code_challenge_method", STR("S256"));
    return arena_str(&cx->arena, buf_view(&out));
}

enum rc oidc_return_check(struct ctx *cx, const struct oidc_server *s, struct str iss)
{
    if (!iss.p && !s->names_issuer) return OK;
    if (str_eq(iss, s->issuer)) return OK;
    return fail(cx, E_DENIED,
                iss.p ? "the answer is another server's" : "the answer does not say whose it is, as this server does");
}

struct str oidc_token_request(struct ctx *cx, const struct oidc_server *s, const struct oidc_request *r,
                              struct str secret, struct str code, struct str *authorization)
{
    scoped_buf out, pair, text;
    buf_init(&out, 0);
    buf_init(&pair, 0);
    buf_init(&text, 0);
    *authorization = STR_NONE;
    put_value(&out, "grant_type", STR("authorization_code"));
    put_value(&out, "code", code);
    put_value(&out, "redirect_uri", r->redirect);
    put_value(&out, "code_verifier", r->verifier);
    if (!secret.n || s->secret_in_body) put_value(&out, "client_id", r->client);
    if (secret.n && s->secret_in_body) put_value(&out, "client_secret", secret);
    if (secret.n && !s->secret_in_body) { /* RFC 6749, section 2.3.1: both are encoded as in a form first */
        put_value(&pair, NULL, r->client);
        buf_char(&pair, ':');
        put_value(&pair, NULL, secret);
        base64_put(&text, pair.p, pair.n);
        *authorization = arena_printf(&cx->arena, "Basic " STR_FMT, STR_ARG(buf_view(&text)));
    }
    return arena_str(&cx->arena, buf_view(&out));
}

enum rc oidc_tokens_read(struct ctx *cx, struct str body, struct oidc_tokens *out)
{
    json_t *root = oidc_load(cx, "answer of the token endpoint", body);
    *out = (struct oidc_tokens){0};
    if (!root) return cx->error;
    struct str id = json_member(root, "id_token"), access = json_member(root, "access_token");
    bool bearer = str_eq_nocase(json_member(root, "token_type"), STR("Bearer"));
    if (id.p) out->id = arena_str(&cx->arena, id);
    if (access.p && bearer) out->access = arena_str(&cx->arena, access);
    json_decref(root);
    return id.p ? OK : fail(cx, E_INVALID, "answer of the token endpoint: there is no ID token in it");
}

const char *oidc_error_word(struct str body)
{
    static const char *const words[] = {"invalid_request",     "invalid_client",         "invalid_grant",
                                        "unauthorized_client", "unsupported_grant_type", "invalid_scope"};
    const char *found = "";
    json_t *root = json_loadb(body.p ? body.p : "", body.n, JSON_REJECT_DUPLICATES, NULL);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(json_member(root, "error"), str_from(words[i]))) found = words[i];
    json_decref(root);
    return found;
}

static void take_email(struct ctx *cx, const json_t *root, struct oidc_claims *claims)
{
    struct str email = json_member(root, "email");
    if (email.n && json_is_true(json_object_get(root, "email_verified"))) claims->email = arena_str(&cx->arena, email);
}

void oidc_claims_take(struct ctx *cx, const json_t *root, struct oidc_claims *out)
{
    *out = (struct oidc_claims){.subject = arena_str(&cx->arena, json_member(root, "sub"))};
    take_email(cx, root, out);
    out->several = offers(root, "amr", "mfa", false);
}

enum rc oidc_userinfo_read(struct ctx *cx, struct str body, struct oidc_claims *claims)
{
    json_t *root = oidc_load(cx, "answer of the userinfo endpoint", body);
    if (!root) return cx->error;
    bool same = str_eq(json_member(root, "sub"), claims->subject);
    if (same && !claims->email.p) take_email(cx, root, claims);
    json_decref(root);
    return same ? OK : fail(cx, E_DENIED, "answer of the userinfo endpoint: it is about somebody else");
}

/* First parts of our pages' paths (web/src/app/screens.ts). */
static bool is_page(struct str path)
{
    static const char *const pages[] = {"",         "account",      "approvals", "assessments", "audit-log", "coverage",
                                        "findings", "frameworks",   "groups",    "jobs",        "me",        "my-tasks",
                                        "people",   "repositories", "roles",     "search",      "settings",  "tasks"};
    size_t end = 1;
    while (end < path.n && path.p[end] != '/' && path.p[end] != '?') end++;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (str_eq(str_slice(path, 1, end), str_from(pages[i]))) return true;
    return false;
}

/* What browsers take for another host or scheme has a second slash, a backslash, a colon before a slash, or characters
 * that they take away. */
struct str oidc_landing(struct str wish)
{
    if (!wish.n || wish.n > LIMIT_OIDC_ADDRESS || wish.p[0] != '/' || !is_page(wish)) return STR("/");
    if (wish.n > 1 && wish.p[1] == '/') return STR("/");
    for (size_t i = 0; i < wish.n; i++) {
        char c = wish.p[i];
        bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("/-._~?&=%+,:", c);
        if (!c || !plain) return STR("/");
    }
    return wish;
}
