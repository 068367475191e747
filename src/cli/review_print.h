/* How reviews are told in a terminal, wherever what is told comes from: the log (`ssh HOST review …`) or a server's API
 * (`sinetti review --server URL`). To standard output; texts of people are made safe to show. */
#ifndef SINETTI_CLI_REVIEW_PRINT_H
#define SINETTI_CLI_REVIEW_PRINT_H

#include "base/ctx.h"

struct review_shown {
    int64_t number, patch_set, commits, approvals, rejections, open_threads;
    struct str title, state, target, owner, commit, base, description; /* owner: a name */
};
void review_print_row(struct ctx *cx, int64_t number, struct str target, struct str title, struct str owner);
void review_print_change(struct ctx *cx, const struct review_shown *c);
void review_print_approver(struct ctx *cx, struct str name);
void review_print_description(struct ctx *cx, struct str text);
/* What the gate still wants follows it. */
void review_print_gate(bool allowed);
/* path empty: of the change as a whole; line 0: of the file as a whole. */
void review_print_thread(struct ctx *cx, int64_t thread, struct str path, int64_t line, int64_t last, int64_t patch_set,
                         bool resolved);
void review_print_comment(struct ctx *cx, struct str name, struct str text);

/* FILE, FILE:LINE or FILE:LINE-LAST; `.` is the change as a whole (path empty). */
enum rc review_take_place(struct ctx *cx, struct str word, struct str *path, int64_t *line, int64_t *last) MUST_CHECK;

/* What can be asked, by words, and how many words each wants. */
enum review_verb {
    REVIEW_LIST,
    REVIEW_SHOW,
    REVIEW_COMMENTS,
    REVIEW_VOTE, /* approve, reject, withdraw */
    REVIEW_COMMENT,
    REVIEW_ANSWER,  /* answer, resolve, reopen */
    REVIEW_PUBLISH, /* place: the emergency change that hurries */
    REVIEW_ABANDON,
    REVIEW_OVERRIDE /* place: a branch; minutes; text: why */
};
struct review_asked {
    enum review_verb verb;
    struct str word, repository, place, text; /* word: the verb's own */
    int64_t number, patch_set, thread, minutes;
};
#define REVIEW_WORDS 5 /* the last is all that is left of the line */
/* E_INVALID says how to ask. */
enum rc review_take_words(struct ctx *cx, const struct str *words, size_t n, struct review_asked *out) MUST_CHECK;

#endif
