/* Any bytes as what a provider says. The first byte says which document: discovery, keys, tokens, an ID token,
 * userinfo. What is read holds what it must; no ID token is ever right, since its key is nobody's. */
#include "identity/oidc.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KEYS                                                                                                           \
    "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"e\",\"x\":\"11qYAYKxCrfVS_"                             \
    "7TyWQHOg7hcvPapiMlrwIaaPcHURo\"},"                                                                                \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"c\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","           \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"

static void as_server(struct ctx *cx, struct str bytes)
{
    struct oidc_server s;
    if (oidc_server_read(cx, STR("https://id.example"), bytes, &s) != OK) return;
    const struct str all[] = {s.authorization, s.token, s.keys};
    for (size_t i = 0; i < 3; i++) assert(oidc_address_check(cx, "x", all[i], false) == OK);
}

static void as_keys(struct ctx *cx, struct str bytes)
{
    struct oidc_keys *k;
    if (oidc_keys_read(cx, bytes, &k) == OK) oidc_keys_free(k);
}

static void as_tokens(struct ctx *cx, struct str bytes)
{
    struct oidc_tokens t;
    if (oidc_tokens_read(cx, bytes, &t) == OK) assert(t.id.p);
    assert(oidc_error_word(bytes));
}

static void as_id_token(struct ctx *cx, struct str bytes)
{
    const struct oidc_expected e = {STR("https://id.example"), STR("us"), STR("n"), 1700000000};
    struct oidc_claims c;
    struct oidc_keys *k;
    if (oidc_keys_read(cx, STR(KEYS), &k) != OK) __builtin_trap();
    assert(oidc_id_token_check(cx, k, &e, bytes, &c) != OK);
    oidc_keys_free(k);
}

static void as_userinfo(struct ctx *cx, struct str bytes)
{
    struct oidc_claims c = {.subject = STR("s")};
    (void)!oidc_userinfo_read(cx, bytes, &c);
    struct str to = oidc_landing(bytes);
    assert(to.n && to.p[0] == '/' && (to.n == 1 || (to.p[1] != '/' && to.p[1] != '\\')));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const ways[])(struct ctx *, struct str) = {as_server, as_keys, as_tokens, as_id_token, as_userinfo};
    struct ctx cx;
    if (!size || size > 16384) return 0;
    ctx_init(&cx);
    ways[data[0] % 5](&cx, (struct str){(const char *)data + 1, size - 1});
    ctx_release(&cx);
    return 0;
}
