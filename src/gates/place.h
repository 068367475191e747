/* Repositories with a gate: DIR/hosted/ID.git, of a `repository` fact that says `hosted`, and those that others keep,
 * whose fact says by `gate` who; and which of their refs are protected: by `protection` facts, and the main branch
 * always. */
#ifndef SINETTI_GATES_PLACE_H
#define SINETTI_GATES_PLACE_H

#include "gates/gates.h"

/* Who keeps it: the program itself, or a host that the gate is connected to (connect.h). */
enum gate_host { GATE_HOSTED, GATE_BARE, GATE_GITOLITE, GATE_GITEA, GATE_GITLAB, GATE_HOSTS };
const char *gate_host_name(enum gate_host h);
/* Of a connected one; false: there is none of that name. */
bool gate_host_find(struct str name, enum gate_host *out);
/* Whether changes are proposed there by refs/for/: where git's own receive-pack asks our proc-receive. */
bool gate_host_takes_changes(enum gate_host h);

struct gate_place {
    struct str subject, id; /* repo:ID, ID */
    struct str name, project, main;
    enum gate_host host;
    struct str accounts; /* of a connected one: the host that accounts there are declared under */
    const char *dir;     /* the data folder */
    const char *path;    /* of the bare repository */
};
/* By its name, as it stands in addresses (`.git` at its end does not count), or by repo:ID. E_NOTFOUND when there is
 * none that is active and hosted or connected. */
enum rc gate_place_find(struct ctx *cx, sqlite3 *db, const char *dir, struct str name,
                        struct gate_place *out) MUST_CHECK;

/* Whether a new one may be called so: E_INVALID says what may. Pure. */
enum rc gate_place_check_name(struct ctx *cx, struct str name) MUST_CHECK;

struct protection {
    struct str pattern;
    int64_t reviewers;
    struct str method;            /* merge, rebase, fast_forward */
    const struct str *publishers; /* person:ID, group:ID; none: whoever has the right */
    size_t n_publishers;
    bool signatures; /* commits must be signed by their committers */
    bool resolved;   /* threads of a change are to be */
};
#define PROTECTION_REVIEWERS 1 /* of the main branch, while nothing else was said */
/* All of a repository, those that say more first. */
enum rc protections_read(struct ctx *cx, sqlite3 *db, const struct gate_place *place, const struct protection **list,
                         size_t *n) MUST_CHECK;
/* The one that holds for a ref: its own name's before any pattern's; NULL: it is not protected. */
const struct protection *protection_of(const struct protection *list, size_t n, struct str ref);
/* `*` stands for any run of characters but `/`, `**` for any run. Pure. */
bool protection_matches(struct str pattern, struct str ref);
/* Whether the person is among its publishers, by a group too. */
enum rc protection_publisher(struct ctx *cx, sqlite3 *db, const struct protection *p, struct str person,
                             bool *out) MUST_CHECK;

#endif
