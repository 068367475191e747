#include "mail/mail.h"

#include "mail/message.h"

extern const char mail_state_001_sql[];

static const char *const steps[] = {mail_state_001_sql};
const struct state_room mail_state = {"mail", steps, sizeof steps / sizeof *steps};

#define TEXT_MOST 255
#define CA_MOST (64 * 1024)

static struct str column(struct ctx *cx, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_str(&cx->arena, s) : STR("");
}

enum rc mail_settings_get(struct ctx *cx, sqlite3 *db, struct mail_settings *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct mail_settings){0};
    TRY(store_prepare(cx, db,
                      STR("SELECT host, port, security, account, ca, from_name, from_address, active, version, since, "
                          "caught_up, trouble, trouble_at, password <> '' FROM mail_server"),
                      &st));
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    out->server.host = column(cx, st, 0);
    out->server.port = sqlite3_column_int(st, 1);
    if (!smtp_security_find(store_column_str(st, 2), &out->server.security)) out->server.security = SMTP_TLS;
    out->server.user = column(cx, st, 3);
    out->server.password = STR("");
    out->server.ca = column(cx, st, 4);
    out->from_name = column(cx, st, 5);
    out->from = column(cx, st, 6);
    out->active = sqlite3_column_int(st, 7);
    out->version = sqlite3_column_int64(st, 8);
    out->since = sqlite3_column_int64(st, 9);
    out->caught_up = sqlite3_column_int(st, 10);
    out->trouble = sqlite3_column_type(st, 11) == SQLITE_NULL ? STR_NONE : column(cx, st, 11);
    out->trouble_at = sqlite3_column_int64(st, 12);
    out->has_password = sqlite3_column_int(st, 13);
    return OK;
}

static enum rc check(struct ctx *cx, const struct mail_settings *s, struct str password)
{
    struct smtp_server server = s->server;
    if (password.p) server.password = password;
    if (s->server.user.n > TEXT_MOST || password.n > TEXT_MOST || s->from_name.n > TEXT_MOST ||
        s->server.ca.n > CA_MOST)
        return fail(cx, E_LIMIT, "a field of the mail server is too long");
    if (!mail_address_ok(s->from)) return fail(cx, E_INVALID, "from: an address like sinetti@example.org is expected");
    if (s->server.ca.n && !str_has(s->server.ca, STR("-----BEGIN CERTIFICATE-----")))
        return fail(cx, E_INVALID, "ca: certificates in PEM are expected");
    return smtp_server_check(cx, &server);
}

enum rc mail_settings_put(struct ctx *cx, sqlite3 *db, struct mail_settings *s, struct str password, int64_t now)
{
    struct mail_settings before;
    scoped_stmt *st = NULL;
    TRY(check(cx, s, password));
    TRY(mail_settings_get(cx, db, &before));
    if (before.version != s->version)
        return fail(cx, E_CONFLICT, "somebody else has changed the mail server meanwhile");
    bool same = str_eq(before.server.host, s->server.host) && before.server.port == s->server.port &&
                str_eq(before.server.user, s->server.user) && before.server.security == s->server.security &&
                str_eq(before.server.ca, s->server.ca);
    if (s->server.user.n && !password.p && before.has_password && !same)
        return fail(cx, E_INVALID, "password: it must be given again when host, port, security or user change");
    if (s->server.user.n && !password.n && !(before.has_password && !password.p))
        return fail(cx, E_INVALID, "password: is needed with a user");
    s->since = before.version && before.active ? before.since : now;
    s->version = before.version + 1;
    TRY(store_prepare(
        cx, db,
        STR("INSERT INTO mail_server(one, host, port, security, account, password, ca, from_name, from_address, "
            "active, "
            "version, since, caught_up) VALUES (1, ?1, ?2, ?3, ?4, coalesce(?5, ''), ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON "
            "CONFLICT (one) DO UPDATE SET host = ?1, port = ?2, security = ?3, account = ?4, password = coalesce(?5, "
            "password), ca = ?6, from_name = ?7, from_address = ?8, active = ?9, version = ?10, since = ?11, caught_up "
            "= "
            "?12, trouble = NULL, trouble_at = NULL, fails = 0, again = 0"),
        &st));
    store_bind_str(st, 1, s->server.host);
    store_bind_int(st, 2, s->server.port);
    store_bind_str(st, 3, str_from(smtp_security_name(s->server.security)));
    store_bind_str(st, 4, s->server.user.n ? s->server.user : STR(""));
    store_bind_str(st, 5, s->server.user.n ? password : STR(""));
    store_bind_str(st, 6, s->server.ca.n ? s->server.ca : STR(""));
    store_bind_str(st, 7, s->from_name.n ? s->from_name : STR(""));
    store_bind_str(st, 8, s->from);
    store_bind_int(st, 9, s->active);
    store_bind_int(st, 10, s->version);
    store_bind_int(st, 11, s->since);
    store_bind_int(st, 12, s->caught_up);
    TRY(store_run(cx, st));
    return mail_settings_get(cx, db, s);
}

enum rc mail_settings_remove(struct ctx *cx, sqlite3 *db)
{
    return store_exec(cx, db, "DELETE FROM mail_server; DELETE FROM mail WHERE state = 'queued'");
}

enum rc mail_settings_caught_up(struct ctx *cx, sqlite3 *db)
{
    return store_exec(cx, db, "UPDATE mail_server SET caught_up = 1");
}
