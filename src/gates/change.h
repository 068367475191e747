/* Changes: what is proposed for a branch, in patch sets, and what reviewers said of them. An approval names repository,
 * target, the patch set's commit and its base; any new patch set leaves it behind. Whoever had a part in any patch set
 * of a change (author, committer, co-author, uploader) is no reviewer of it; nobody who cannot be told is. Roles count
 * when a word is given and again when it is used.
 *
 * Threads: as facts.h. */
#ifndef SINETTI_GATES_CHANGE_H
#define SINETTI_GATES_CHANGE_H

#include "gates/push.h"
#include "records/append.h"

struct change {
    struct str subject, repository; /* change:ID, repo:ID */
    struct str owner, target, topic, title, description, state;
    int64_t number, opened;
    /* its newest patch set */
    int64_t patch_set, strangers, commits;
    struct str commit, base, tree, message;
};
/* By the number it has in a repository. E_NOTFOUND. */
enum rc change_get(struct ctx *cx, sqlite3 *db, struct str repository, int64_t number, struct change *out) MUST_CHECK;

/* What approvals count for a patch set now. */
struct approvals {
    int64_t approvals, rejections;
    const struct str *people; /* who approves, as it counts */
    const struct str *ticked; /* by person: keys of what they have ticked (critical.h), as a JSON list */
};
enum rc change_approvals(struct ctx *cx, sqlite3 *db, int64_t now, struct str project, struct str change,
                         struct str commit, struct str target, struct approvals *out) MUST_CHECK;
/* The open change whose newest patch set is that commit, for that target; patch_set 0: there is none. */
enum rc change_of_commit(struct ctx *cx, sqlite3 *db, struct str repository, struct str commit, struct str target,
                         struct str *change, int64_t *patch_set) MUST_CHECK;

/* Where a pushed change goes: a new one's number, or that of the one it adds a patch set to. */
struct change_place {
    struct str subject; /* change:ID */
    int64_t number, patch_set;
    bool is_new;
    struct str ref; /* refs/changes/NN/NUMBER/PATCH_SET */
};
/* E_NOTFOUND: push option change=N names none that is open; E_CONFLICT: the same commit is its newest patch set. */
enum rc change_find_place(struct ctx *cx, sqlite3 *db, const struct push *p, const struct push_ref *r,
                          struct change_place *out) MUST_CHECK;
/* Appends its facts. */
enum rc change_put(struct append *a, const struct push *p, const struct push_ref *r,
                   const struct change_place *place) MUST_CHECK;
/* Appends a `change` fact that differs by its state alone. */
enum rc change_put_state(struct append *a, const struct gate_caller *by, const struct change *c,
                         const char *state) MUST_CHECK;

/* Whether the person is author, committer, co-author or uploader of any of its patch sets. */
enum rc change_had_part(struct ctx *cx, sqlite3 *db, struct str change, struct str person, bool *out) MUST_CHECK;

/* Takes a change back: its owner, or who may publish. */
enum rc change_abandon(struct ctx *cx, struct facts *f, const struct gate_place *place, const struct gate_caller *by,
                       int64_t number) MUST_CHECK;

/* --- for gates */

/* A reviewer's word on a patch set, which must be the newest. ticked: with an approval, keys of lines of checklists
 * (critical.h) that the reviewer holds to be so. */
#define REVIEW_TICKS 500
enum review_vote { REVIEW_APPROVE, REVIEW_REJECT, REVIEW_WITHDRAW, REVIEW_NONE };
struct review_word {
    int64_t patch_set;
    enum review_vote vote;
    const struct str *ticked;
    size_t n_ticked;
};
/* What this person has ticked of the change as it is: by their newest word, when that approved the same content (tree
 * and base), also of an earlier patch set. Approving again keeps it; taking the approval back, or rejecting, does not.
 */
enum rc change_ticked(struct ctx *cx, sqlite3 *db, const struct change *c, struct str person, struct str **keys,
                      size_t *n) MUST_CHECK;
/* Appends it. E_DENIED: not by this person, and why; E_CONFLICT: there is a newer patch set, or the change is over. */
enum rc change_put_review(struct append *a, const struct gate_place *place, const struct gate_caller *by,
                          const struct change *c, const struct review_word *w) MUST_CHECK;
/* Appends a fact of a kind that only gates append; its number in *n (may be NULL). */
enum rc gate_put(struct append *a, const struct gate_caller *by, const char *kind, struct str subject,
                 struct buf *payload, uint64_t *n) MUST_CHECK;

#endif
