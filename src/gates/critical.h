/* Critical code: what a push changes of it, and whose approval that wants. Critical is what the register says of a
 * repository (items of the kind critical_code, as they were approved last) and what CODEOWNERS gives to owners, as it
 * stands on the branch before the push: nobody changes the rule they are judged by.
 *
 * A change touches what it adds, edits or deletes, by content, mode or type: of a renamed file both names. Beside: a
 * name that is another's but for case or Unicode's form; a link that leads to critical code or a folder that holds
 * some; a submodule in its place; an exact copy of a critical file. CODEOWNERS itself is its own line's, else any of
 * its owners'.
 *
 *     critical.c         what a push touches, as needs
 *     critical_paths.c   changed paths, links, copies
 *     critical_owners.c  CODEOWNERS of a tree
 *     critical_define.c  definitions of the register
 *     critical_candidates.c  new files that look critical
 *     critical_judge.c   whose approvals fill a need, within the unit that decides */
#ifndef SINETTI_GATES_CRITICAL_H
#define SINETTI_GATES_CRITICAL_H

#include "gates/change.h"
#include "gates/push.h"

/* A line of a definition's checklist. */
struct critical_item {
    char key[65]; /* SHA-256 of its text */
    struct str text;
};

/* Somebody who answers for code, as they are named: person:ID, group:ID, or as CODEOWNERS has it. */
struct critical_name {
    const char *kind; /* person, group, user, team, role, email */
    struct str text;
};

/* One definition, or one line of CODEOWNERS, that a ref of the push touches. */
struct critical_need {
    size_t ref;
    struct str source; /* record:critical_code/ID, or the path of CODEOWNERS */
    int64_t number;    /* of the definition in its register; 0: CODEOWNERS */
    int64_t line;      /* of CODEOWNERS; 0: the file itself */
    bool general;      /* by a line for everything, which names nothing as critical */
    int64_t files;     /* how many are touched … */
    struct str *paths; /* … the first of them */
    size_t n_paths;
    const struct critical_name *names;
    size_t n_names;
    const struct critical_item *items; /* what whoever approves must have ticked */
    size_t n_items;
    int64_t wanted;
    /* by critical_judge(): */
    struct str *owners; /* people who are named and may still approve: they hold the right and had no part in it */
    size_t n_owners;
    int64_t known;     /* people who are named and are somebody here */
    int64_t approvals; /* of owners, with all that is to be ticked */
    int64_t unticked;  /* of owners, without */
};
#define CRITICAL_NEEDS 1000
#define CRITICAL_PATHS 200

/* Reads git's side, outside any transaction: fills p->needs, and the shape of a ref that brings a faulty CODEOWNERS.
 * E_LIMIT: more than can be told apart, so nothing may be let in. */
enum rc critical_read(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p) MUST_CHECK;

/* Within the unit, for one ref: `change` and its commit, STR_NONE: no change's. E_CONFLICT: what is critical has
 * changed since it was read. */
enum rc critical_judge(struct append *a, struct push *p, size_t ref, struct str project, const struct approvals *given,
                       struct str change) MUST_CHECK;
/* Into the push's fact: `critical`, what is not met first. Nothing when nothing is touched. */
#define CRITICAL_PUT 200
struct json;
void critical_put(struct ctx *cx, struct json *j, const struct push *p);
bool critical_is_met(const struct critical_need *n);

/* New files that look critical and that nothing names as such: neither a definition of the register, nor a line of its
 * own in CODEOWNERS as it is with them; nor does a definition say that they were looked at and are not. */
struct critical_candidate {
    struct str path;
    const char *hint; /* observe/critical.h */
};
#define CRITICAL_CANDIDATES 100
/* Of what is between two commits. */
enum rc critical_candidates(struct ctx *cx, sqlite3 *db, struct git *g, struct str repository, struct str from,
                            struct str to, struct critical_candidate *out, size_t *n) MUST_CHECK;
/* Of a push: fills candidates of changes and of protected branches that go forward, and `settled`: candidates of before
 * that are named now, or are gone. They stop nothing: what cannot be told is left out. */
enum rc critical_find(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p) MUST_CHECK;
void critical_put_candidates(struct ctx *cx, struct json *j, const struct push *p);

/* SHA-256 of a checklist's line, as hex. Pure. */
void critical_item_key(struct str text, char out[65]);

#endif
