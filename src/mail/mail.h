/* Mail out: which server it goes by, and a queue that survives crashes. What is in the queue is sent once: a message
 * that was being handed over when the process died is not handed over again by itself, but shown as unknown.
 *
 * In state.db. A server that does not answer holds up nothing but the queue: attempts come later each time. Threads: as
 * the handle; one thread of one process delivers. */
#ifndef SINETTI_MAIL_MAIL_H
#define SINETTI_MAIL_MAIL_H

#include "mail/smtp.h"
#include "store/state.h"

extern const struct state_room mail_state;

struct mail_settings {
    struct smtp_server server; /* password empty when read: has_password */
    struct str from_name, from;
    bool active, has_password;
    int64_t version;    /* grows with each change; 0: there is none */
    int64_t since;      /* when this server began to send */
    bool caught_up;     /* false: what is open at the beginning was told by another server */
    struct str trouble; /* why the last attempt came to nothing; STR_NONE when it did not */
    int64_t trouble_at;
};
/* version 0 when no server is set up. The password is left out. */
enum rc mail_settings_get(struct ctx *cx, sqlite3 *db, struct mail_settings *out) MUST_CHECK;
/* `password` STR_NONE: as it is; when host, port or user change it must be given again, or it would go to whoever is
 * named now. E_INVALID, E_CONFLICT (another version). */
enum rc mail_settings_put(struct ctx *cx, sqlite3 *db, struct mail_settings *s, struct str password,
                          int64_t now) MUST_CHECK;
enum rc mail_settings_remove(struct ctx *cx, sqlite3 *db) MUST_CHECK;
enum rc mail_settings_caught_up(struct ctx *cx, sqlite3 *db) MUST_CHECK;

struct mail_letter {
    struct str person;   /* person:ID */
    const char *purpose; /* "reminder", "digest", "invitation", "reset", "test" */
    struct str name, address, lang, subject, text, html, preferences;
    int64_t until; /* not sent after that; 0: three days */
};
/* Puts one into the queue, in the caller's transaction if there is one. E_LIMIT when too many wait. */
enum rc mail_add(struct ctx *cx, sqlite3 *db, const struct mail_letter *l, int64_t now) MUST_CHECK;

struct mail_row {
    struct str id, person, purpose, name, address, subject, state, answer;
    int64_t created, next, ended, tries;
};
/* Newest first; state STR_NONE: all that are not sent. */
enum rc mail_list(struct ctx *cx, sqlite3 *db, struct str state, size_t most, struct mail_row *out,
                  size_t *n) MUST_CHECK;
enum rc mail_counts(struct ctx *cx, sqlite3 *db, int64_t *waiting, int64_t *failed) MUST_CHECK;
/* Of what failed or is unknown. E_NOTFOUND. */
enum rc mail_retry(struct ctx *cx, sqlite3 *db, struct str id, int64_t now) MUST_CHECK;
enum rc mail_drop(struct ctx *cx, sqlite3 *db, struct str id) MUST_CHECK;

/* --- for who delivers */

/* After a start: what was being handed over is unknown. */
enum rc mail_recover(struct ctx *cx, sqlite3 *db, int64_t now) MUST_CHECK;
/* Hands over one message that is due, if there is one and the server's time has come: *tried says so. `may_have` says
 * whether the person still gets mail. */
typedef enum rc mail_may_have(struct ctx *cx, void *arg, struct str person, bool *out);
enum rc mail_deliver(struct ctx *cx, sqlite3 *db, int64_t now, mail_may_have *may_have, void *arg,
                     bool *tried) MUST_CHECK;
/* Hands over at once, past the queue, for who tries the settings out: E_BUSY with the reason when it does not go. */
enum rc mail_send_now(struct ctx *cx, sqlite3 *db, const struct mail_letter *l, int64_t now) MUST_CHECK;
/* Takes away what ended long ago. */
enum rc mail_sweep(struct ctx *cx, sqlite3 *db, int64_t now) MUST_CHECK;

#endif
