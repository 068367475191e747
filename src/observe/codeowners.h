/* Private to observe: the patterns of CODEOWNERS, and which line decides a path. Pure; one thread at a time. */
#ifndef SINETTI_OBSERVE_CODEOWNERS_H
#define SINETTI_OBSERVE_CODEOWNERS_H

#include "base/arena.h"

enum owners_dialect { OWNERS_GITHUB = 1, OWNERS_GITLAB = 2 };

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
