/* What a push asks for. push_read() looks at git's side of it, in quarantine or outside; decide_push() within the unit
 * that decides adds what facts say (who may, what was approved) and puts it into the log.
 *
 * Read are names, kinds and how refs would move; which commits a protected branch would gain and by which change; the
 * secrets and personal data in what the push brings, also in what merges alone bring, in messages, tags and names.
 * Nothing a push brings is executed or followed. */
#ifndef SINETTI_GATES_PUSH_H
#define SINETTI_GATES_PUSH_H

#include "gates/place.h"
#include "gates/signature.h"
#include "git/hosted.h"

enum push_kind { PUSH_BRANCH, PUSH_TAG, PUSH_CHANGE, PUSH_OTHER };
enum push_act { PUSH_CREATE, PUSH_UPDATE, PUSH_REWIND, PUSH_DELETE };
const char *push_kind_name(enum push_kind k);
const char *push_act_name(enum push_act a);

struct push_ref {
    struct str name;          /* as it was asked */
    struct str before, after; /* ids; zeros: not there */
    enum push_kind kind;
    enum push_act act;
    const struct protection *protection; /* NULL: not protected */
    int64_t commits;                     /* a protected branch's new ones; a change's own */
    bool published;                      /* of a tag: what it names is on a protected branch */
    int64_t secrets;
    const char *shape;       /* what is wrong with it whatever any rule says, a word of tell.h; NULL: nothing */
    struct str shape_detail; /* where, in the caller's language; STR_NONE: nothing to add */
    /* of PUSH_CHANGE */
    struct str target, topic;
    struct str base, tree, message; /* base: where it leaves its target; message: of its last commit, whole */
    bool signing;                   /* its protection wants signatures: of a tag, the main branch's */
    struct signatures *signatures;  /* of a change's commits; where they are wanted, of what a branch gains, of a tag */
    /* by decide_push(): */
    bool may, publisher, covered;
    bool narrowed; /* what `publisher` lacks, the token lacks and not the person */
    int64_t reviewers, approvals, rejections;
    int64_t threads;   /* not resolved, where the branch asks for none */
    struct str change; /* change:ID the branch gets, by its patch set … */
    int64_t patch_set; /* … of this number; 0: none */
};

struct critical_need; /* critical.h */
struct push_time;     /* times_judge.h */
/* Where something was found that is no file's content: its path is empty then. */
struct push_spot {
    const char *found_in; /* message, header: of a commit; tag: what a tag says; name: of a file; NULL: a file */
    struct str object;    /* the commit, or the tag */
};
/* A new file that looks critical and that nothing names (critical.h). */
struct push_candidate {
    size_t ref;
    struct str path;
    const char *hint;
};
struct push_hit {
    size_t ref;
    struct str path;
    int64_t line; /* of a name 0 */
    const char *rule;
    struct push_spot spot;
};
/* A file of data with people's own in it, more than stood there before. */
struct push_personal {
    struct str path;
    int64_t line; /* of the first */
    int64_t items;
    const char *rule; /* of the scanner: what most of them are */
    struct push_spot spot;
};
/* What could not be looked through to its end, so that nobody can say it is clean. */
struct push_unread {
    struct str path;
    const char *why; /* limits, missing, tree: the ref names one that no commit has */
};
/* A requirement that reviewers tick (check_ticks.h). */
struct push_tick {
    char key[65]; /* SHA-256 of its text */
    struct str text;
    bool ticked; /* by somebody whose approval counts */
};
/* Something a definition of done asks of a ref (checks.h). */
struct push_check {
    size_t ref;
    const char *what; /* tests, findings, coverage, documentation, instructions, asvs */
    struct str definition;
    int64_t wanted, found, total; /* found, total: -1: nothing shows it */
    const char *why;              /* … a word; NULL: something does */
    struct str level;             /* of findings */
    struct push_tick *items;      /* of asvs */
    size_t n_items;
};
#define PUSH_CHECKS 1000
#define PUSH_REFS 3000
#define PUSH_HITS 100

struct push {
    const struct gate_place *place;
    const struct gate_caller *caller;
    struct push_ref *refs;
    size_t n;
    struct push_hit hits[PUSH_HITS];
    size_t n_hits;
    int64_t secrets;
    struct push_personal personal[PUSH_HITS]; /* the first of them */
    size_t n_personal;
    struct push_unread unread[PUSH_HITS]; /* the first of them */
    size_t n_unread;
    bool says_keys;         /* the message of a commit holds one: nothing of it is kept in words */
    bool lfs;               /* it brings files that lie in LFS */
    struct str large;       /* a file over LIMIT_PUSH_FILE; STR_NONE: none is */
    bool too_much;          /* all it brings is over LIMIT_PUSH_UNPACKED */
    const struct str *gone; /* contents taken out of the history (expunge.h), by id, sorted */
    size_t n_gone;
    struct str back;             /* a file that brings one of them back; STR_NONE: none does */
    struct str odd;              /* a new file by a name that shows as another; STR_NONE: none has one */
    bool scanned;                /* these are known already (handover.h): push_read() does not look for them */
    const struct str *addresses; /* of authors, committers and co-authors of what a change brings */
    size_t n_addresses;
    struct str options[16]; /* push options, key=value */
    size_t n_options;
    const struct protection *protections;
    size_t n_protections;
    struct critical_need *needs; /* critical code it touches */
    size_t n_needs;
    struct push_time *times; /* when its protected branches may move */
    size_t n_times;
    const struct str *made; /* commits the server made of a change that it publishes */
    size_t n_made;
    struct str emergency; /* record:change/ID that lets it in all the same; STR_NONE: none */
    struct push_candidate *candidates;
    size_t n_candidates;
    struct str *settled; /* candidates of before that are named now, or are gone */
    size_t n_settled;
    uint64_t definitions; /* state of what says so, when it was read … */
    bool critical_known;  /* … if it was */
    struct push_check *checks;
    size_t n_checks;
    int64_t checks_seen; /* the newest fact they rest on */
};

/* ref:ID/NAME, as facts have it. */
struct str push_subject(struct ctx *cx, const struct gate_place *place, struct str name);

/* Value of a push option; STR_NONE when it was not given. */
struct str push_option(const struct push *p, const char *key);

/* Fills all but what decide_push() does. db: facts as they are now. E_LIMIT for too many refs; a ref that is wrong by
 * its shape is no error. */
enum rc push_read(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p) MUST_CHECK;

/* Of what rev-list finds: for publishing, which computes what a branch gets. */
enum rc push_read_signatures(struct ctx *cx, sqlite3 *db, const struct git *g, struct push_ref *r,
                             struct str revisions) MUST_CHECK;

/* Splits what stands behind refs/for/: the branch there is, and a topic. The branch is STR_NONE when there is none. */
enum rc push_target(struct ctx *cx, const struct git *g, struct str rest, struct str *branch,
                    struct str *topic) MUST_CHECK;

#endif
