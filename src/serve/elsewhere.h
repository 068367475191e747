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

#include "git/location.h"

#define ELSEWHERE_SAID 2000 /* of git's complaints, kept */

struct elsewhere {
    const char *dir;
    struct str location; /* without a secret, so it may be shown */
    struct location at;
    const char **env; /* n_env, and room for one more and the end */
    size_t n_env;
    const char *key, *helper; /* key: of SSH; NULL: over HTTPS */
    const char *pin;          /* for git, once its addresses are known */
};
/* `id`: of the repository, 20 of a-z2-7. In the arena. E_INVALID as location_read(). Looks nothing up. */
enum rc elsewhere_open(struct ctx *cx, const char *dir, struct str id, struct str location,
                       struct elsewhere *out) MUST_CHECK;
/* To be registered there; empty: none is used. */
struct str elsewhere_public_key(struct ctx *cx, const struct elsewhere *r);

/* git in the repository at `path`, with these arguments (NULL at the end). out: what it prints; NULL: nowhere. doing:
 * for the error, as "fetched". Its host is looked up the first time, and git and ssh are held to the addresses that
 * address_may_reach() then, without redirects: so whoever registers a repository reaches nothing inside by it, unless
 * `repositories_inside` says so in the folder's config. E_DENIED for that, or with the key to register; E_IO with what
 * git said. */
enum rc elsewhere_git(struct ctx *cx, struct elsewhere *r, const char *path, const char *const *rest, struct buf *out,
                      const char *doing) MUST_CHECK;
enum rc elsewhere_make_folder(struct ctx *cx, const char *path) MUST_CHECK;

#endif
