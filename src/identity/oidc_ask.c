/* What a server says of itself: its discovery document and its keys, fetched when what is kept is too old. */
#include "identity/identity_int.h"
#include "identity/oidc_fetch.h"
#include "identity/oidc_kept_int.h"

#define DOCUMENT_SECONDS 3600 /* so long a discovery document is believed */
#define KEYS_SECONDS 600      /* so long keys are: one that was taken back is refused after that */
#define KEYS_AGAIN 5          /* so soon they are fetched again for a key that is not among them */
#define FAILED_SECONDS 10     /* so long it is not tried again */

enum what { DOCUMENT, KEYS };
static const struct {
    const char *read, *write;
} statements[] = {
    [DOCUMENT] =
        {"SELECT document, document_at, failed_at FROM provider WHERE id = ?1",
         "UPDATE provider SET document = ?2, document_at = ?3, failed_at = NULL WHERE id = ?1 AND version = ?4"},
    [KEYS] = {"SELECT keys, keys_at, failed_at FROM provider WHERE id = ?1",
              "UPDATE provider SET keys = ?2, keys_at = ?3, failed_at = NULL WHERE id = ?1 AND version = ?4"},
};

static enum rc note_failure(struct ctx *cx, struct identity *id, const struct oidc_provider *p)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, "UPDATE provider SET failed_at = ?2 WHERE id = ?1", &st));
    store_bind_str(st, 1, p->id);
    store_bind_int(st, 2, identity_now(id));
    return store_run(cx, st);
}

static enum rc fetch(struct ctx *cx, struct identity *id, const struct oidc_provider *p, struct str address,
                     struct str *body)
{
    const struct oidc_fetch f = {.address = address};
    int64_t status = 0;
    enum rc rc = oidc_fetch(cx, &f, &status, body);
    if (rc == OK && status != 200)
        rc = fail(cx, E_BUSY, "%s: it answers %lld", str_visible(cx, address), (long long)status);
    if (rc != OK) {
        struct ctx other; /* the text is of what went wrong first */
        ctx_init(&other);
        (void)note_failure(&other, id, p);
        ctx_release(&other);
    }
    return rc;
}

static enum rc keep(struct ctx *cx, struct identity *id, enum what what, const struct oidc_provider *p, struct str body)
{
    scoped_stmt *st = NULL;
    TRY(state_prepare(cx, id, statements[what].write, &st));
    store_bind_str(st, 1, p->id);
    store_bind_str(st, 2, body);
    store_bind_int(st, 3, identity_now(id));
    store_bind_int(st, 4, p->version);
    return store_run(cx, st);
}

/* What is kept, if it is at most `age` old; STR_NONE when it is to be fetched. */
static enum rc read_kept(struct ctx *cx, struct identity *id, enum what what, const struct oidc_provider *p,
                         int64_t age, struct str *out)
{
    scoped_stmt *st = NULL;
    int64_t now = identity_now(id);
    bool row;
    *out = STR_NONE;
    TRY(state_prepare(cx, id, statements[what].read, &st));
    store_bind_str(st, 1, p->id);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such sign-in provider");
    int64_t at = sqlite3_column_int64(st, 1), failed = sqlite3_column_int64(st, 2);
    struct str text = store_column_str(st, 0);
    if (text.p && at <= now && now - at < age) {
        *out = arena_str(&cx->arena, text);
        return OK;
    }
    if (age > 0 && failed && failed <= now && now - failed < FAILED_SECONDS)
        return fail(cx, E_BUSY, "%s did not answer a moment ago; try again in a moment", str_visible(cx, p->name));
    return OK;
}

enum rc provider_server(struct ctx *cx, struct identity *id, const struct oidc_provider *p, bool fresh,
                        struct oidc_server *out)
{
    struct str body;
    TRY(read_kept(cx, id, DOCUMENT, p, fresh ? 0 : DOCUMENT_SECONDS, &body));
    if (body.p) return oidc_server_read(cx, p->issuer, body, out);
    TRY(fetch(cx, id, p, oidc_discovery_address(cx, p->issuer), &body));
    TRY(oidc_server_read(cx, p->issuer, body, out));
    return keep(cx, id, DOCUMENT, p, body);
}

enum rc provider_keys(struct ctx *cx, struct identity *id, const struct oidc_provider *p, const struct oidc_server *s,
                      bool fresh, struct oidc_keys **out)
{
    struct str body;
    *out = NULL;
    TRY(read_kept(cx, id, KEYS, p, fresh ? KEYS_AGAIN : KEYS_SECONDS, &body));
    if (body.p) return oidc_keys_read(cx, body, out);
    TRY(fetch(cx, id, p, s->keys, &body));
    TRY(oidc_keys_read(cx, body, out));
    enum rc rc = keep(cx, id, KEYS, p, body);
    if (rc == OK) return OK;
    oidc_keys_free(*out);
    *out = NULL;
    return rc;
}
