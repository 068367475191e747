/* CODEOWNERS: its lines, their patterns, and which line decides a path. Pure; one thread at a time. */
#ifndef SINETTI_OBSERVE_CODEOWNERS_H
#define SINETTI_OBSERVE_CODEOWNERS_H

#include "base/arena.h"

enum owners_dialect { OWNERS_GITHUB = 1, OWNERS_GITLAB = 2 };

#define OWNERS_MAX 100 /* owners kept of one line */
struct owners_owner {
    struct str text;  /* without "@", or the address */
    const char *kind; /* user, team, role, email */
};
struct owners_line {
    int64_t line;
    struct str pattern, section; /* section: GitLab's; STR_NONE: none */
    const char *error;           /* why its host would pass over it, or read it otherwise; NULL: nothing */
    int64_t required;            /* how many of the owners; 0: an optional section */
    struct owners_owner owners[OWNERS_MAX];
    unsigned n;
};
/* Calls take() for each line that says something, with the dialects that read it so (`dialects`: those to read it in;
 * where they differ, once for each). Strings borrow the text. */
typedef void owners_take(void *arg, const struct owners_line *line, int dialects);
void owners_read(struct str text, int dialects, owners_take *take, void *arg);

/* Whether a pattern matches a path (docs.github.com "About code owners"; docs.gitlab.com "Code Owners file"). Neither
 * the path nor the pattern holds a NUL; the path has no leading slash. *work falls with each step, and at 0 nothing
 * matches. */
bool owners_pattern_matches(struct str pattern, struct str path, enum owners_dialect dialect, int64_t *work);

struct owners_index;

/* Patterns in the order of their lines; `section` is a small number (0: none). The strings must outlive the index. */
struct owners_index *owners_index_new(struct arena *a, enum owners_dialect dialect, int64_t work);
void owners_index_add(struct owners_index *x, struct str pattern, int32_t rule, int32_t section, bool exclusion);

/* Calls found(arg, rule, section) for the last line of each section that matches the path. false: the work was used up
 * and nothing is known of this path. */
bool owners_index_find(struct owners_index *x, struct str path, void (*found)(void *arg, int32_t rule, int32_t section),
                       void *arg);

#endif
