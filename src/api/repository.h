/* Repositories as facts hold them: read, checked, appended. */
#ifndef SINETTI_API_REPOSITORY_H
#define SINETTI_API_REPOSITORY_H

#include "api/api.h"
#include "records/append.h"

#define REPOSITORY_HOURS 24 /* between assessments, when nobody says otherwise */

struct repository {
    bool is_there;
    uint64_t fact;
    struct str subject; /* repo:ID */
    struct str name, project, main, state, location;
    int64_t schedule;    /* hours; 0: on demand */
    bool hosted;         /* kept by the program itself (gates/host.h): place and main branch stay as they are … */
    struct str gate;     /* … as those of one that others keep with our gate as its hook (gates/connect.h): who … */
    struct str accounts; /* … and under which host their accounts are declared; empty: none */
};
enum rc repository_read(struct ctx *cx, sqlite3 *db, struct str subject, struct repository *out) MUST_CHECK;
/* Fields of a body (NewRepository, RepositoryChange) over what is so. */
void repository_apply(const json_t *object, struct repository *r);
/* Faults of a location: a path that begins with /, or https:// or ssh:// without user name and password. */
void repository_check(struct ctx *cx, struct api_call *call, const struct repository *r);
/* Appends it; E_CONFLICT when another active one has its name, E_INVALID when its project is not there. */
enum rc repository_add(struct append *a, struct api_call *call, const struct repository *r) MUST_CHECK;
/* Puts its assessment into the queue of jobs; the job's id in the arena. E_BUSY where no jobs run, E_LIMIT. */
enum rc repository_assess(struct ctx *cx, struct api_call *call, struct str subject, struct str *job) MUST_CHECK;

#endif
