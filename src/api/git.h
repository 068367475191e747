/* Git's smart HTTP protocol (gitprotocol-http(5)), up to where git itself takes over: what is asked, who asks, and
 * whether they may.
 *
 *     GET /git/NAME.git/info/refs?service=git-upload-pack   how a fetch begins; a push with git-receive-pack
 *     POST /git/NAME.git/git-upload-pack                    a fetch
 *     POST /git/NAME.git/git-receive-pack                   a push
 *     … /git/NAME.git/info/lfs/…                            Git LFS: refused, in words that its client shows
 *
 * By HTTP's Basic scheme (RFC 7617) with an API token as the password, whoever the name says, or the token as Bearer.
 * A token anywhere else, a session, and a password that is none open nothing. Who shows nothing good hears 401,
 * whatever is or is not there; then a repository that is not for them is as one that does not exist.
 *
 * As api_handle(), it runs in web, and again in worker, which believes nothing of what web has found. */
#ifndef SINETTI_API_GIT_H
#define SINETTI_API_GIT_H

#include "api/api.h"
#include "gates/door.h"

#define API_GIT_PATH "/git/"

struct api_git {
    bool begins;         /* info/refs */
    bool packed;         /* the body is compressed (gzip) */
    uint64_t most;       /* bytes of the body, unpacked */
    struct str protocol; /* as the client said it (Git-Protocol) */
    struct door door;
};

bool api_is_git(struct str path);
/* As api_most_body(). */
size_t api_git_most_body(struct str method, struct str path, bool *follows);
/* Answers a refusal; or done->elsewhere: admitted, and the answer has status and headers. In cx's arena. */
void api_git(struct ctx *cx, struct api *a, const struct http_request *request, struct http_response *answer,
             struct api_done *done, struct api_git *out);
/* Whether a client's Git-Protocol asks for version 2. Pure. */
bool api_git_is_v2(struct str protocol);

#endif
