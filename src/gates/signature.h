/* Signatures of commits and tags, as git has them: `gpgsig` of a commit, what stands at the end of a tag.
 *
 * A signature is good when its key is, now, that of the person whom the commit names as committer (the tag: as tagger),
 * and that person may write here; the author may be somebody else, whose work was taken over. The server's own key is
 * good for merges, which bring nothing that their parents do not, and for what it set upon a branch where all that it
 * was made of was asked for good signatures: else whoever finds a branch that asks for none has the server sign for it.
 * Dates within a commit count for nothing, being written by whoever signs: a key counts from when it stands in the log
 * until it is removed, at the moment the gate asks. So it is asked when a patch set comes and again when it reaches its
 * branch.
 *
 * SSH signatures hold their key; OpenPGP's only name it, so they are looked for among the keys people have added. X.509
 * is not read.
 *
 * Threads: per ctx. */
#ifndef SINETTI_GATES_SIGNATURE_H
#define SINETTI_GATES_SIGNATURE_H

#include "gates/place.h"
#include "git/hosted.h"

struct signature {
    struct str oid, email; /* email: of committer or tagger */
    struct str name;       /* what a tag calls itself */
    bool merge;            /* of several parents */
    char key[65];          /* fingerprint, as facts have it; empty: none can be told */
    const char *found;     /* by reading alone: NULL: it is of this key; else a word as below */
    /* by signatures_judge(): NULL: it is good; else why not: "none", "bad" (not of these bytes, or for another
     * purpose), "unknown" (nobody's key here), "other" (not the committer's), "may_not" (who may not write here),
     * "expired", "unsupported", "remade" (by the server, of commits that were not asked for theirs) */
    const char *word;
    int64_t until;     /* when its key ends, Unix seconds; 0: never */
    struct str person; /* whose key it is; "system" is the server; STR_NONE */
};
struct signatures {
    struct signature *list;
    size_t n;
};

/* Reads those of what `git rev-list --stdin` finds, newest first, or of tags by their ids; what can be told without
 * asking who anybody is. db: for the OpenPGP keys that people have here. */
enum rc signatures_of_commits(struct ctx *cx, sqlite3 *db, const struct git *g, struct str revisions,
                              struct signatures *out) MUST_CHECK;
enum rc signatures_of_tags(struct ctx *cx, sqlite3 *db, const struct git *g, const struct str *oids, size_t n,
                           struct signatures *out) MUST_CHECK;

/* Whose they are, by the facts as they are in db. */
enum rc signatures_judge(struct ctx *cx, sqlite3 *db, int64_t now, const struct gate_place *place,
                         struct signatures *s) MUST_CHECK;
size_t signatures_wanting(const struct signatures *s, const struct signature **first);

/* Takes an object apart. payload: what was signed; armored: the signature, empty when there is none. false: it has
 * several. Pure. */
bool signature_split(struct str object, bool tag, struct buf *payload, struct buf *armored, struct str *email);

#endif
