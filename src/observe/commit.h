/* What a commit message says: subject, type, change number, issues, trailers. Pure apart from the arena; everything is
 * hostile, and a message is read in time linear in its length (it is cut at LIMIT_COMMIT_MESSAGE by its reader).
 *
 * Trailers follow git-interpret-trailers(1): the last paragraph, when all its lines are trailers or a known line stands
 * among them and a quarter are. Wider than git in two things, because people's reviews hang on them: a `Reviewed-by:`
 * and its like count as known lines, and so do closing lines ("Fixes #12"); paragraphs of nothing but such trailers
 * right above belong too.
 */
#ifndef SINETTI_OBSERVE_COMMIT_H
#define SINETTI_OBSERVE_COMMIT_H

#include "base/arena.h"

struct commit_trailer {
    struct str key;   /* lower case */
    struct str value; /* one line */
    bool is_person;   /* then name and email say whom; either may be empty */
    struct str name, email;
};

struct commit_facts {
    struct str subject;       /* safe to show, at most 200 characters */
    const char *conventional; /* static: feat, fix …; NULL none */
    bool is_breaking, is_revert;
    int64_t change_number;   /* 0 none */
    const char *change_kind; /* static: merge, squash; NULL none */
    int64_t issue_refs;
    const struct commit_trailer *trailers; /* a line that names several persons gives several */
    size_t n_trailers;                     /* at most LIMIT_TRAILERS */
};

/* parents: of the commit; more than one makes a change number's kind `merge`. Strings live in the arena or the message.
 */
void commit_read(struct arena *a, struct str message, size_t parents, struct commit_facts *out);

#endif
