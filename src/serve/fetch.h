/* A repository elsewhere as a mirror here: DIR/repos/ID.git, fetched by git over HTTPS or SSH, and nothing else. No
 * configuration of the user or the machine is read, nothing is asked for, no submodule followed, no hook run.
 *
 * Who the server is to others stands in DIR/keys, for its owner alone:
 *     deploy, deploy.pub   its SSH key, made when it is first needed; the public one is to be registered there
 *     ID                   an SSH key for that repository alone, instead
 *     known_hosts          keys of hosts; one that is not there yet is believed the first time
 *     credentials          for HTTPS, as git-credential-store(1) has them: https://NAME:TOKEN@HOST */
#ifndef SINETTI_SERVE_FETCH_H
#define SINETTI_SERVE_FETCH_H

#include "base/ctx.h"

/* Whether it names a repository elsewhere: https://…, ssh://…, [USER@]HOST:PATH. */
bool fetch_is_remote(struct str location);
/* Brings the mirror up to date; *path is where it is. `id`: of the repository, 20 of a-z2-7. E_INVALID for a location
 * with a password in it or of another kind; E_IO with what git said. */
enum rc fetch_mirror(struct ctx *cx, const char *dir, struct str id, struct str location, const char **path) MUST_CHECK;

#endif
