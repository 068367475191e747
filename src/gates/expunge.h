/* Contents taken out of a hosted repository's history by two people: what must not be there (a key, somebody's data,
 * what a court forbids) and was published all the same.
 *
 * One asks (an `expunge` fact, by request), another approves; only then it is done: every commit that holds one of the
 * contents, and all after it, is made again with a note in its place (git/rewrite.h), branches and tags are moved to
 * what was made, patch sets that held it are taken away, and git forgets the old objects. An `expunged` fact says which
 * refs move from where to where, before they do; its `outcome`, as of a decision, that the contents are gone. What a
 * crash has left is settled as a push is (decide.h), and done again. Nothing of the log is rewritten. What is attested
 * begins anew behind it.
 *
 * Nothing gets in by it: the tree at the tip of each protected branch is the same before and after, so what stands
 * there still is taken out by a reviewed change first. What was taken out is not let in again (push_scan.h).
 *
 * Threads: as facts.h. */
#ifndef SINETTI_GATES_EXPUNGE_H
#define SINETTI_GATES_EXPUNGE_H

#include "gates/place.h"
#include "git/hosted.h"

#define EXPUNGE_OBJECTS 1000
#define EXPUNGE_JOB "expunge"

/* What is asked for, as the payload of an `expunge` fact. what: a path (all that has ever stood there), REVISION:path,
 * or a content's own id. E_INVALID: none of these, or an empty file. E_NOTFOUND: nothing is there. E_CONFLICT: it
 * stands at the tip of a protected branch. */
enum rc expunge_payload(struct ctx *cx, sqlite3 *db, const struct gate_place *place, const struct str *what, size_t n,
                        struct str reason, struct str *out) MUST_CHECK;

/* Ids of what a second person has agreed to, sorted; done or not. */
enum rc expunge_ids(struct ctx *cx, sqlite3 *db, struct str repository, struct str **ids, size_t *n) MUST_CHECK;

/* Repositories of which something waits to be done, by repo:ID. */
enum rc expunge_due(struct ctx *cx, sqlite3 *db, struct str **repositories, size_t *n) MUST_CHECK;

struct expunged {
    size_t acts, commits, refs, patch_sets; /* done, made again, moved, taken away */
};
/* Does what waits, and looks whether all that was ever taken out is gone. E_CONFLICT: why it cannot be. */
enum rc expunge_run(struct ctx *cx, struct facts *f, const char *dir, const struct gate_place *place,
                    const struct gate_caller *by, struct expunged *out) MUST_CHECK;

/* Of what failed with rc over these commits: E_CONFLICT when one of them is not here any more, since it held what was
 * taken out; else as it was. */
enum rc expunge_explain(struct ctx *cx, const struct git *g, const struct str *commits, size_t n,
                        enum rc rc) MUST_CHECK;

/* Within both: E_CONFLICT names a protected branch whose tip has one of these contents. */
enum rc expunge_check_tips(struct ctx *cx, sqlite3 *db, const struct git *g, const struct gate_place *place,
                           const struct str *ids, size_t n) MUST_CHECK;

#endif
