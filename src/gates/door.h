/* The way in for who has shown who they are, by a key (`sinetti door`) or a token (serve/git_served.h): whether they
 * may read, or write, a repository whose git is served here: a hosted one, or one of plain git that is connected; and
 * the environment in which git's own programs are started for them. */
#ifndef SINETTI_GATES_DOOR_H
#define SINETTI_GATES_DOOR_H

#include "gates/hook_call.h"
#include "gates/place.h"

struct door {
    const char *dir; /* the data folder */
    bool writes;     /* a push */
    struct gate_place place;
    struct gate_caller caller;
};

/* who: with its fingerprint, and what a token is narrowed to. E_NOTFOUND, in the same words, for a repository that is
 * not there and for one they may not read; E_DENIED for who may read it, not write. Texts are in `lang`. */
enum rc door_admit(struct ctx *cx, sqlite3 *db, const char *dir, const struct identity_who *who, struct str name,
                   bool writes, enum lang lang, struct door *out) MUST_CHECK;

/* Who comes by SSH, by a key, with what ssh brought along (sshd_config(5): ForceCommand, AcceptEnv). `dir` is absolute.
 * E_DENIED for what is no clone, fetch or push, and for a key of nobody; else as door_admit(). */
struct door_call;
enum rc door_by_key(struct ctx *cx, sqlite3 *db, const char *dir, const struct door_call *call,
                    struct door *out) MUST_CHECK;
enum lang door_language(const char *lang);      /* $LANG; NULL: not set */
const char *door_service(const struct door *d); /* git's command */

/* What git gets, NULL at its end, and nothing else: no secret, no word of the caller's but the protocol's version
 * (gitprotocol-v2(5)), which is left out when it looks like anything else. In the arena. */
const char *const *door_environment(struct ctx *cx, const struct door *d, struct str protocol);

/* Of who comes through: what a hook finds in its environment, which lends it. E_DENIED when somebody comes by another
 * way. */
enum rc door_caller(struct ctx *cx, const struct hook_call *h, struct str *repository,
                    struct gate_caller *out) MUST_CHECK;
enum lang hook_language(const struct hook_call *h);

#endif
