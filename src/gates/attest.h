/* What the server attests of each revision that came to a protected branch, and of each tag of one: source provenance
 * (how it came there, of the facts) and a source verification summary (SLSA's: at which level), each a DSSE envelope
 * signed by the server's key. Format and levels: docs/slsa-source.md.
 *
 * The level is computed of what was decided: 2: the branch's history, forward only and by those entitled; 3: the rule
 * of reviews was in force and blocking; 4: two trusted persons agreed. Since which revision each holds without a gap
 * goes on from what was attested of the move before; a ref that moved without a decision, or a move that a rule would
 * have stopped, begins it anew.
 *
 * Kept as `attestation` facts; a copy of each commit's stands in refs/notes/attestations.
 *
 * Threads: as facts.h. For the holder of the repository's lock. */
#ifndef SINETTI_GATES_ATTEST_H
#define SINETTI_GATES_ATTEST_H

#include "gates/place.h"
#include "git/hosted.h"
#include "ledger/log_reader.h"

#define ATTEST_PROVENANCE "tag:sinetti,2026:source-provenance/v1"
#define ATTEST_SUMMARY "https://slsa.dev/verification_summary/v1"
#define ATTEST_NOTES "refs/notes/attestations"

/* Makes what is missing of the repository, at most 200 at a time; *made: how many. Of a connected repository nothing is
 * attested: its host moves the refs. */
enum rc attest_catch_up(struct ctx *cx, struct facts *f, struct log_reader *r, const struct git *g, const char *dir,
                        const struct gate_place *place, size_t *made) MUST_CHECK;
/* To be called before refs move: the first time, the key comes to be known, so that what is moved now is attested. */
void attest_begin(struct ctx *cx, struct facts *f, sqlite3 *db, const char *dir);

/* The envelopes of a commit, oldest first, a provenance and a summary of each attestation; E_NOTFOUND when there are
 * none. each: provenance, summary, level and ref of one. */
struct attested {
    struct str ref, provenance, summary;
    int64_t n, at, level;
    struct str history_since, controls_since, review_since; /* STR_NONE: not held */
};
enum rc attest_read(struct ctx *cx, struct log_reader *r, struct str repository, struct str commit,
                    enum rc (*each)(void *arg, const struct attested *a), void *arg) MUST_CHECK;

/* --- for attest.c: what is known of one move */

struct source_property; /* attest_properties.h */
struct revision {
    int64_t push, decision, at, commits, reviewers, approvals, rejections, patch_set, earlier;
    struct str actor, ref, name, before, after, kind, act, change, gate, uploader;
    bool permitted, continues, enforced, two_persons;
    struct str commit, parents; /* of a tag: what it names; ids with blanks between */
    int level;
    struct str history_since, controls_since, review_since;
    const struct source_property *properties; /* in force then */
    size_t n_properties;
};
/* The statements, as JSON. policy: SHA-256 of the controls, as hexadecimal digits. */
enum rc attest_provenance(struct ctx *cx, sqlite3 *db, const struct gate_place *place, struct str origin,
                          const struct revision *v, char policy[65], struct buf *out) MUST_CHECK;
enum rc attest_summary(struct ctx *cx, const struct gate_place *place, struct str origin, const struct revision *v,
                       const char *policy, struct str provenance, int64_t now, struct buf *out) MUST_CHECK;

#endif
