#include "gates/pusher.h"

#include "gates/door.h"

static struct str variable(const struct hook_call *h, const char *name)
{
    struct str value = hook_variable(h, name);
    return value.n <= 1024 ? value : STR_NONE;
}

/* A deploy key is a key of the repository, and nobody's: it must not pass for the person whose name stands beside. */
static struct str gitea(struct ctx *cx, const struct hook_call *h)
{
    struct str key = variable(h, "GITEA_DEPLOY_KEY_ID");
    return key.p && !str_eq(key, STR("0")) ? arena_printf(&cx->arena, "deploy-key-" STR_FMT, STR_ARG(key))
                                           : variable(h, "GITEA_PUSHER_NAME");
}

static struct str gitlab(const struct hook_call *h)
{
    struct str id = variable(h, "GL_ID");
    return str_starts(id, STR("user-")) ? variable(h, "GL_USERNAME") : id;
}

static struct str account_of(struct ctx *cx, const struct hook_call *h, enum gate_host host)
{
    return host == GATE_GITOLITE ? variable(h, "GL_USER")
           : host == GATE_GITEA  ? gitea(cx, h)
           : host == GATE_GITLAB ? gitlab(h)
                                 : variable(h, "SINETTI_ACCOUNT");
}

enum rc pusher_find(struct ctx *cx, sqlite3 *db, const struct hook_call *h, const struct gate_place *place,
                    struct gate_caller *out, struct str *account)
{
    *account = STR_NONE;
    if (place->host == GATE_BARE && variable(h, "SINETTI_PERSON").p) { /* by our own door */
        struct str repository;
        return door_caller(cx, h, &repository, out);
    }
    *account = account_of(cx, h, place->host);
    out->person = STR_NONE;
    if (account->p && str_is_utf8(*account)) TRY(identity_of_account(cx, db, place->accounts, *account, &out->person));
    if (!out->person.p) out->person = STR("unknown");
    return OK;
}
