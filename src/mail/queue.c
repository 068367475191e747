/* The queue: one message at a time, later each time. */
#include "mail/mail.h"

#include "base/limits.h"
#include "base/time.h"
#include "mail/message.h"

#include <sodium.h>

#define KEPT (30 * DAY_SECONDS)
#define USUAL (3 * DAY_SECONDS)
#define FIRST_AGAIN 60  /* seconds, then twice as long each time … */
#define LAST_AGAIN 3600 /* … up to this */

static int64_t again_after(int64_t tries)
{
    int64_t s = FIRST_AGAIN;
    for (int64_t i = 1; i < tries && s < LAST_AGAIN; i++) s *= 2;
    return s < LAST_AGAIN ? s : LAST_AGAIN;
}

enum rc mail_add(struct ctx *cx, sqlite3 *db, const struct mail_letter *l, int64_t now)
{
    scoped_stmt *st = NULL;
    unsigned char random[16];
    char id[2 * sizeof random + 1];
    int64_t waiting;
    if (!mail_address_ok(l->address))
        return fail(cx, E_INVALID, "%s: mail cannot go to this address", str_visible(cx, l->address));
    TRY(store_get_int(cx, db, "SELECT count(*) FROM mail WHERE state = 'queued'", &waiting));
    if (waiting >= LIMIT_MAIL_WAITING) return fail(cx, E_LIMIT, "too many messages wait for the mail server");
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(id, sizeof id, random, sizeof random);
    TRY(store_prepare(
        cx, db,
        STR("INSERT INTO mail VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'queued', 0, ?11, "
            "NULL, '')"),
        &st));
    store_bind_str(st, 1, str_from(id));
    store_bind_str(st, 2, l->person);
    store_bind_str(st, 3, str_from(l->purpose));
    store_bind_str(st, 4, l->name.n ? l->name : STR(""));
    store_bind_str(st, 5, l->address);
    store_bind_str(st, 6, l->lang);
    store_bind_str(st, 7, l->subject);
    store_bind_str(st, 8, l->text);
    store_bind_str(st, 9, l->html);
    store_bind_str(st, 10, l->preferences.n ? l->preferences : STR(""));
    store_bind_int(st, 11, now);
    store_bind_int(st, 12, l->until ? l->until : now + USUAL);
    return store_run(cx, st);
}

/* --- looking */

static struct str column(struct ctx *cx, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_str(&cx->arena, s) : STR("");
}

enum rc mail_list(struct ctx *cx, sqlite3 *db, struct str state, size_t most, struct mail_row *out, size_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    *n = 0;
    TRY(store_prepare(
        cx, db,
        STR("SELECT id, person, purpose, name, address, subject, state, answer, created, next, ended, tries "
            "FROM mail WHERE CASE WHEN ?1 IS NULL THEN state <> 'sent' ELSE state = ?1 END ORDER BY created "
            "DESC, id LIMIT ?2"),
        &st));
    store_bind_str(st, 1, state);
    store_bind_int(st, 2, (int64_t)most);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        out[(*n)++] = (struct mail_row){.id = column(cx, st, 0),
                                        .person = column(cx, st, 1),
                                        .purpose = column(cx, st, 2),
                                        .name = column(cx, st, 3),
                                        .address = column(cx, st, 4),
                                        .subject = column(cx, st, 5),
                                        .state = column(cx, st, 6),
                                        .answer = column(cx, st, 7),
                                        .created = sqlite3_column_int64(st, 8),
                                        .next = sqlite3_column_int64(st, 9),
                                        .ended = sqlite3_column_int64(st, 10),
                                        .tries = sqlite3_column_int64(st, 11)};
    }
}

enum rc mail_counts(struct ctx *cx, sqlite3 *db, int64_t *waiting, int64_t *failed)
{
    TRY(store_get_int(cx, db, "SELECT count(*) FROM mail WHERE state IN ('queued', 'sending')", waiting));
    return store_get_int(cx, db, "SELECT count(*) FROM mail WHERE state IN ('failed', 'unknown')", failed);
}

static enum rc change(struct ctx *cx, sqlite3 *db, const char *sql, struct str id, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, id);
    if (sqlite3_bind_parameter_count(st) > 1) store_bind_int(st, 2, now);
    TRY(store_run(cx, st));
    return sqlite3_changes(db) ? OK : fail(cx, E_NOTFOUND, "there is no such message, or it does not wait for that");
}

enum rc mail_retry(struct ctx *cx, sqlite3 *db, struct str id, int64_t now)
{
    return change(
        cx, db,
        "UPDATE mail SET state = 'queued', tries = 0, next = ?2, until = ?2 + 259200, ended = NULL WHERE id = ?1 "
        "AND state IN ('failed', 'unknown')",
        id, now);
}

enum rc mail_drop(struct ctx *cx, sqlite3 *db, struct str id)
{
    return change(cx, db, "DELETE FROM mail WHERE id = ?1 AND state IN ('queued', 'failed', 'unknown')", id, 0);
}

/* --- delivering */

enum rc mail_recover(struct ctx *cx, sqlite3 *db, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("UPDATE mail SET state = 'unknown', ended = ?1, answer = 'the server was handed it when this "
                          "program ended; whether it was taken is not known' WHERE state = 'sending'"),
                      &st));
    store_bind_int(st, 1, now);
    return store_run(cx, st);
}

static enum rc read_password(struct ctx *cx, sqlite3 *db, struct mail_settings *s)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT password FROM mail_server"), &st));
    TRY(store_step(cx, st, &row));
    if (row) s->server.password = column(cx, st, 0);
    return OK;
}

static enum rc hand_over(struct ctx *cx, const struct mail_settings *s, const struct mail_letter *l, struct str id,
                         int64_t at, enum smtp_fate *fate)
{
    scoped_buf message;
    buf_init(&message, LIMIT_MAIL_MESSAGE);
    const struct mail_message m = {.from_name = s->from_name,
                                   .from = s->from,
                                   .to_name = l->name,
                                   .to = l->address,
                                   .subject = l->subject,
                                   .lang = l->lang,
                                   .text = l->text,
                                   .html = l->html,
                                   .id = id,
                                   .preferences = l->preferences,
                                   .at = at};
    enum rc rc = mail_message_write(cx, &m, &message);
    if (rc != OK) { /* it will never be one */
        *fate = SMTP_NEVER;
        return rc == E_INVALID || rc == E_LIMIT ? OK : rc;
    }
    return smtp_send(cx, &s->server, s->from, l->address, buf_view(&message), fate);
}

/* The message whose time has come, now being handed over; *found false when there is none. */
static enum rc take(struct ctx *cx, sqlite3 *db, int64_t now, struct str *id, struct mail_letter *l, int64_t *created,
                    int64_t *tries, bool *found)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, db,
        STR("UPDATE mail SET state = 'sending', tries = tries + 1 WHERE id = (SELECT id FROM mail WHERE state = "
            "'queued' "
            "AND next <= ?1 ORDER BY next, id LIMIT 1) RETURNING id, person, name, address, lang, subject, text, html, "
            "preferences, created, tries, until"),
        &st));
    store_bind_int(st, 1, now);
    TRY(store_step(cx, st, found));
    if (!*found) return OK;
    *id = column(cx, st, 0);
    *l = (struct mail_letter){.person = column(cx, st, 1),
                              .name = column(cx, st, 2),
                              .address = column(cx, st, 3),
                              .lang = column(cx, st, 4),
                              .subject = column(cx, st, 5),
                              .text = column(cx, st, 6),
                              .html = column(cx, st, 7),
                              .preferences = column(cx, st, 8),
                              .until = sqlite3_column_int64(st, 11)};
    *created = sqlite3_column_int64(st, 9);
    *tries = sqlite3_column_int64(st, 10);
    bool more;
    return store_step(cx, st, &more);
}

static enum rc note(struct ctx *cx, sqlite3 *db, struct str id, const char *state, int64_t next, int64_t ended,
                    struct str answer)
{
    scoped_stmt *st = NULL;
    bool keeps = strcmp(state, "sent") != 0 && strcmp(state, "gone") != 0;
    TRY(store_prepare(
        cx, db,
        STR("UPDATE mail SET state = ?2, next = ?3, ended = nullif(?4, 0), answer = ?5, text = CASE WHEN ?6 "
            "THEN text ELSE '' END, html = CASE WHEN ?6 THEN html ELSE '' END WHERE id = ?1"),
        &st));
    store_bind_str(st, 1, id);
    store_bind_str(st, 2, str_from(state));
    store_bind_int(st, 3, next);
    store_bind_int(st, 4, ended);
    store_bind_str(st, 5, answer);
    store_bind_int(st, 6, keeps);
    return store_run(cx, st);
}

/* All wait when the server is not there: one message a time finds out whether it is again. */
static enum rc note_server(struct ctx *cx, sqlite3 *db, bool works, struct str why, int64_t now)
{
    scoped_stmt *st = NULL;
    int64_t fails = 0;
    if (!works) TRY(store_get_int(cx, db, "SELECT coalesce(max(fails), 0) + 1 FROM mail_server", &fails));
    TRY(store_prepare(
        cx, db,
        STR("UPDATE mail_server SET fails = ?1, again = ?2, trouble = ?3, trouble_at = ?4 WHERE ?1 > 0 OR "
            "fails > 0 OR trouble IS NOT NULL"),
        &st));
    store_bind_int(st, 1, fails);
    store_bind_int(st, 2, works ? 0 : now + again_after(fails));
    store_bind_str(st, 3, works ? STR_NONE : why);
    store_bind_int(st, 4, works ? 0 : now);
    return store_run(cx, st);
}

static enum rc settle(struct ctx *cx, sqlite3 *db, struct str id, const struct mail_letter *l, int64_t tries,
                      enum smtp_fate fate, struct str why, int64_t now)
{
    TRY(note_server(cx, db, fate != SMTP_TROUBLE, why, now));
    if (fate == SMTP_SENT) return note(cx, db, id, "sent", now, now, STR(""));
    if (fate == SMTP_UNKNOWN) return note(cx, db, id, "unknown", now, now, why);
    bool over = fate == SMTP_NEVER || now + again_after(tries) > l->until;
    if (over) return note(cx, db, id, "failed", now, now, why);
    return note(cx, db, id, "queued", now + (fate == SMTP_LATER ? again_after(tries) : 0), 0, why);
}

enum rc mail_deliver(struct ctx *cx, sqlite3 *db, int64_t now, mail_may_have *may_have, void *arg, bool *tried)
{
    struct mail_settings s;
    struct mail_letter l;
    struct str id;
    int64_t created, tries, again;
    enum smtp_fate fate;
    bool may;
    *tried = false;
    TRY(mail_settings_get(cx, db, &s));
    if (!s.version || !s.active) return OK;
    TRY(store_get_int(cx, db, "SELECT again FROM mail_server", &again));
    if (again > now) return OK;
    TRY(take(cx, db, now, &id, &l, &created, &tries, tried));
    if (!*tried) return OK;
    TRY(may_have(cx, arg, l.person, &may));
    if (!may) return note(cx, db, id, "gone", now, now, STR("the person has left"));
    TRY(read_password(cx, db, &s));
    TRY(hand_over(cx, &s, &l, id, created, &fate));
    struct str why = fate == SMTP_SENT ? STR("") : arena_str(&cx->arena, str_from(cx->message));
    return settle(cx, db, id, &l, tries, fate, why, now);
}

enum rc mail_send_now(struct ctx *cx, sqlite3 *db, const struct mail_letter *l, int64_t now)
{
    struct mail_settings s;
    enum smtp_fate fate;
    unsigned char random[16];
    char id[2 * sizeof random + 1];
    TRY(mail_settings_get(cx, db, &s));
    if (!s.version) return fail(cx, E_NOTFOUND, "no mail server is set up");
    TRY(read_password(cx, db, &s));
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(id, sizeof id, random, sizeof random);
    TRY(hand_over(cx, &s, l, str_from(id), now, &fate));
    struct str why = fate == SMTP_SENT ? STR("") : arena_str(&cx->arena, str_from(cx->message));
    TRY(note_server(cx, db, fate != SMTP_TROUBLE, why, now));
    return fate == SMTP_SENT ? OK : fail(cx, E_BUSY, "%s", arena_cstr(&cx->arena, why));
}

enum rc mail_sweep(struct ctx *cx, sqlite3 *db, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, db, STR("DELETE FROM mail WHERE state IN ('sent', 'gone', 'failed', 'unknown') AND ended < ?1"), &st));
    store_bind_int(st, 1, now - KEPT);
    return store_run(cx, st);
}
