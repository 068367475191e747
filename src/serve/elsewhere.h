/* Repositories elsewhere, reached by git over HTTPS or SSH, and nothing else: fetched (fetch.h), or pushed to
 * (mirror.h). No configuration of the user or the machine is read, nothing is asked for, no hook run.
 *
 * Who the server is to others stands in DIR/keys, for its owner alone:
 *     deploy, deploy.pub   its SSH key, made when it is first needed; the public one is to be registered there
 *     ID                   an SSH key for that repository alone, instead
 *     known_hosts          keys of hosts; one that is not there yet is believed the first time
 *     credentials          for HTTPS, as git-credential-store(1) has them: https://NAME:TOKEN@HOST */
#ifndef SINETTI_SERVE_ELSEWHERE_H
#define SINETTI_SERVE_ELSEWHERE_H

#include "base/ctx.h"

#define ELSEWHERE_SAID 2000 /* of git's complaints, kept */

/* Whether it names a repository elsewhere: https://…, ssh://…, [USER@]HOST:PATH. */
bool elsewhere_is(struct str location);
/* E_INVALID for a location with a password in it or of another kind. */
enum rc elsewhere_check(struct ctx *cx, struct str location) MUST_CHECK;

struct elsewhere {
    struct str location;
    const char *const *env;
    const char *key, *helper; /* key: of SSH; NULL: over HTTPS */
};
/* `id`: of the repository, 20 of a-z2-7. In the arena. */
enum rc elsewhere_open(struct ctx *cx, const char *dir, struct str id, struct str location,
                       struct elsewhere *out) MUST_CHECK;
/* To be registered there; empty: none is used. */
struct str elsewhere_public_key(struct ctx *cx, const struct elsewhere *r);

/* git in the repository at `path`, with these arguments (NULL at the end). out: what it prints; NULL: nowhere. doing:
 * for the error, as "fetched". E_DENIED with the key to register; E_IO with what git said. */
enum rc elsewhere_git(struct ctx *cx, const struct elsewhere *r, const char *path, const char *const *rest,
                      struct buf *out, const char *doing) MUST_CHECK;
enum rc elsewhere_make_folder(struct ctx *cx, const char *path) MUST_CHECK;

#endif
