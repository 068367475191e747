/* People, groups and roles: all of it facts. What must hold between them is judged within the unit that appends,
 * so that no two at once get past it, on one server or several:
 *   - no two people have names or addresses that can be taken for one another (names.h);
 *   - the organization keeps a Security officer once it has one; nobody takes the last one's role;
 *   - who leaves loses every role in the same breath, and every session, token, link and key with it.
 *
 * Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_PEOPLE_H
#define SINETTI_IDENTITY_PEOPLE_H

#include "identity/identity.h"

#define PEOPLE_ADDRESSES 10 /* of one person */
#define PERSON_NAME 200     /* bytes */
#define PERSON_ADDRESS 254

struct person {
    struct str id, name; /* person:ID */
    const struct str *addresses;
    size_t n_addresses;
    bool left;
    bool bot; /* a machine: it pushes and reports, and approves nothing; it is so from the start and stays so */
};

/* Makes somebody; *out is person:ID. E_INVALID for what is no name or address, E_CONFLICT for one that looks like
 * somebody else's (the text says whose). */
enum rc identity_person_create(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str name,
                               const struct str *addresses, size_t n, struct str *out) MUST_CHECK;
/* The same of a machine. */
enum rc identity_bot_create(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str name,
                            const struct str *addresses, size_t n, struct str *out) MUST_CHECK;
/* Name and addresses become these; accounts at hosts stay. `version` is the fact it goes on from, or E_CONFLICT; 0:
 * whatever is there. */
enum rc identity_person_change(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                               int64_t version, struct str name, const struct str *addresses, size_t n) MUST_CHECK;
/* E_CONFLICT for the last Security officer. Doing it again finishes what a crash left. */
enum rc identity_person_leave(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                              struct str person) MUST_CHECK;
/* Comes back, with nothing: roles and credentials are given anew. */
enum rc identity_person_return(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                               struct str person) MUST_CHECK;
/* E_NOTFOUND. */
enum rc identity_person_get(struct ctx *cx, struct identity *id, struct str person, struct person *out) MUST_CHECK;
/* Number of the person's newest fact. */
enum rc identity_person_version(struct ctx *cx, struct identity *id, struct str person, int64_t *out) MUST_CHECK;
/* By an address as typed, of who has not left; *person STR_NONE when there is nobody. */
enum rc identity_person_find(struct ctx *cx, struct identity *id, struct str address, struct str *person) MUST_CHECK;

/* --- groups */

struct group {
    struct str id, name; /* group:ID */
    const struct str *members;
    size_t n_members;
    bool closed;
    int64_t version; /* put: number of the fact it goes on from, or E_CONFLICT; 0: whatever is there */
};
enum rc identity_group_put(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                           struct group *g) MUST_CHECK; /* id empty: a new one, set */
enum rc identity_group_get(struct ctx *cx, struct identity *id, struct str group, struct group *out) MUST_CHECK;

/* --- roles */

struct role_change {
    struct str subject; /* person:ID or group:ID */
    enum identity_role role;
    struct str scope; /* "org" or project:ID */
    bool revoke;
    int64_t until; /* of what is granted; 0: no end. Partner and auditor need one */
};
/* Whether it may be at all, and the payload of its `role` fact (canonical), for a request of two people. */
enum rc identity_role_payload(struct ctx *cx, struct identity *id, const struct role_change *c,
                              struct str *payload) MUST_CHECK;
/* The same, within the unit that appends it, for who appends it there: E_CONFLICT when it takes the last Security
 * officer. `db` is log_db(). Any other fact is let be. */
enum rc identity_role_judge(struct ctx *cx, sqlite3 *db, const struct body *fact, int64_t now) MUST_CHECK;
/* Appends it; *event (may be NULL) is its number. */
enum rc identity_role_put(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                          const struct role_change *c, uint64_t *event) MUST_CHECK;
/* Whether the person is Admin or Security officer now: whoever could act as one could decide their own requests, so
 * that nobody but themselves and the operator changes how they sign in. */
enum rc identity_holds_power(struct ctx *cx, struct identity *id, struct str person, bool *out) MUST_CHECK;
/* People who are Security officers of the organization now. */
enum rc identity_security_officers(struct ctx *cx, sqlite3 *db, int64_t now, int64_t *n) MUST_CHECK;

#endif
