/* People, roles, and how somebody proves who they are. Roles and what changed about a credential are facts; secrets,
 * sessions and counters live in state.db and never in facts, logs or texts.
 *
 *     identity.h   opening; who a request comes from
 *     people.h     people, groups, roles (facts)          names.h    names and addresses that look alike
 *     sessions.h   sessions and the steps before them     tokens.h   API tokens, one-time links, recovery codes
 *     accounts.h   passwords; delays after failures       keys.h     SSH, GPG and X.509 keys
 *
 * In state.db every secret stands as SHA-256 (they are random, 128 bits or more) or, passwords, as Argon2id.
 *
 * Threads: a struct identity belongs to one thread at a time; each thread opens its own. */
#ifndef SINETTI_IDENTITY_IDENTITY_H
#define SINETTI_IDENTITY_IDENTITY_H

#include "base/ctx.h"
#include "base/time.h"
#include "facts/facts.h"
#include "store/state.h"

enum identity_role {
    ROLE_ADMIN,
    ROLE_SECURITY_OFFICER,
    ROLE_DEVELOPMENT_MANAGER,
    ROLE_DEVELOPER,
    ROLE_DATA_OWNER,
    ROLE_CONTRIBUTOR,
    ROLE_EMPLOYEE,
    ROLE_PARTNER,
    ROLE_AUDITOR,
    ROLE_COUNT
};
const char *identity_role_name(enum identity_role r); /* snake case, as in facts */
/* false when there is no such role. */
bool identity_role_find(struct str name, enum identity_role *out);

enum identity_credential { CREDENTIAL_NONE, CREDENTIAL_SESSION, CREDENTIAL_TOKEN, CREDENTIAL_KEY };
enum identity_level { LEVEL_NONE, LEVEL_ONE, LEVEL_TWO }; /* factors shown: TWO also for a passkey alone */

struct identity_grant {
    enum identity_role role;
    struct str scope; /* "org" or project:ID */
    int64_t until;    /* Unix seconds; 0: no end */
    struct str group; /* group:ID it comes from; STR_NONE: the person's own */
};

/* Who a request comes from, as of now. */
struct identity_who {
    enum identity_credential credential; /* NONE: nobody in particular; all else is empty then */
    struct str person;                   /* person:ID */
    struct str name;                     /* as the person's fact has it; raw */
    struct str fingerprint;              /* of the credential, for `credential` of facts; no secret */
    struct str session;                  /* id by which session or token is listed and revoked; no secret */
    struct str lang;                     /* chosen by the person: "en", "fi"; STR_NONE when not */
    uint32_t roles;                      /* bit of each role held in scope org */
    const struct identity_grant *grants; /* all that are in force, org's too */
    size_t n_grants;
    bool bot;               /* a machine: rights.h */
    const struct str *only; /* permissions a token is narrowed to; n 0: all of the person's */
    size_t n_only;
    enum identity_level level;
    bool touch; /* it is time to note its use: identity_touch(), by a process that writes */
};

/* The tables of this room in state.db, for state_migrate(). */
extern const struct state_room identity_state;

struct identity;
struct identity_options {
    sqlite3 *state;       /* state.db with our tables; borrowed */
    sqlite3 *ledger;      /* ledger.db, to read; borrowed */
    struct facts *facts;  /* borrowed; NULL: this process only reads */
    int64_t (*now)(void); /* Unix seconds; NULL: the machine's clock */
};
enum rc identity_open(struct ctx *cx, const struct identity_options *o, struct identity **out) MUST_CHECK;
void identity_close(struct identity *id);
int64_t identity_now(const struct identity *id);

/* Whose session (value of the cookie) or token (`snt_…`) this is; the token counts when both are given. What is not
 * known, over, or a leaver's is nobody: OK and CREDENTIAL_NONE. Texts live in cx's arena. Reads only. */
struct identity_shown {
    struct str cookie, bearer;
};
enum rc identity_authenticate(struct ctx *cx, struct identity *id, const struct identity_shown *shown,
                              struct identity_who *out) MUST_CHECK;
/* For gates, of any database with the facts' views: who a person is now, with their roles; OK and CREDENTIAL_NONE when
 * they are not here (any more). */
enum rc identity_of(struct ctx *cx, sqlite3 *db, int64_t now, struct str person, struct identity_who *out) MUST_CHECK;
/* What a person is called, here still or not; in the arena. STR_NONE: nobody is known so. */
enum rc identity_name(struct ctx *cx, sqlite3 *db, struct str person, struct str *name) MUST_CHECK;
/* The person who has that key (64 hexadecimal digits), and the one who has that address; *person is STR_NONE when there
 * is nobody, or when it is not clear who. */
enum rc identity_of_key(struct ctx *cx, sqlite3 *db, struct str fingerprint, struct str *person) MUST_CHECK;
enum rc identity_of_address(struct ctx *cx, sqlite3 *db, struct str address, struct str *person) MUST_CHECK;
/* Whose account that is on another host, as declared. */
enum rc identity_of_account(struct ctx *cx, sqlite3 *db, struct str host, struct str name,
                            struct str *person) MUST_CHECK;

/* The same of somebody who is not asking: name, roles and language, no credential. *here false: they have left. */
enum rc identity_who_is(struct ctx *cx, struct identity *id, struct str person, struct identity_who *out,
                        bool *here) MUST_CHECK;
/* Notes that the credential was used now. */
enum rc identity_touch(struct ctx *cx, struct identity *id, const struct identity_who *who) MUST_CHECK;

/* What stands in facts for a session or token with that id. */
struct str identity_fingerprint(struct ctx *cx, enum identity_credential c, struct str id);

/* Who does something, for the facts that say so. */
struct identity_actor {
    struct str person;     /* person:ID, or "unknown", "system" */
    struct str credential; /* fingerprint, or empty */
    struct str via;        /* "person", "operator" */
};
struct identity_actor identity_actor_of(const struct identity_who *who); /* via person */

/* Appends a `credential` fact: what is "password", "totp", "passkey", "recovery_codes", "token", "key", "session",
 * "link", "account"; change "added", "changed", "removed", "revoked"; fingerprint 64 hexadecimal digits, or STR_NONE.
 */
enum rc identity_tell(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                      const char *what, const char *change, struct str fingerprint) MUST_CHECK;

/* Takes everything of a person's out of state.db: what somebody who leaves loses. */
enum rc identity_purge(struct ctx *cx, struct identity *id, struct str person) MUST_CHECK;

/* To be called once a minute by one process that writes: failures of hours that are over become one `sign_in` fact
 * each; what is over is taken out of state.db; a purge that a crash cut short is done again. */
enum rc identity_sweep(struct ctx *cx, struct identity *id) MUST_CHECK;

#endif
