/* Hosting a repository: making one, taking over an existing one's history, saying which refs are protected. */
#ifndef SINETTI_GATES_HOST_H
#define SINETTI_GATES_HOST_H

#include "gates/place.h"

struct host_wish {
    struct str name, project; /* project: project:ID or empty */
    struct str main;          /* empty: the one that HEAD of what is imported names, else refs/heads/main */
    const char *import;       /* path of a repository to take over; NULL: none */
};
/* Makes folder and fact; *subject is repo:ID. What fails leaves nothing behind. E_CONFLICT: the name is taken;
 * E_INVALID says what is wrong with it. */
enum rc host_create(struct ctx *cx, struct facts *f, const char *dir, const struct identity_actor *by,
                    const struct host_wish *w, struct str *subject) MUST_CHECK;

struct host_protection {
    struct str pattern, method, reason;
    int64_t reviewers;
    const struct str *publishers;
    size_t n_publishers;
    bool signatures; /* commits must be signed by their committers */
    bool resolved;   /* threads of a change are to be */
    bool active;     /* false: taken back */
};
/* As the payload of a `protection` fact. */
enum rc host_protection_payload(struct ctx *cx, const struct host_protection *p, struct str *out) MUST_CHECK;
enum rc host_protect(struct ctx *cx, struct facts *f, const struct identity_actor *by, const struct gate_place *place,
                     const struct host_protection *p) MUST_CHECK;

/* Before git takes a push: the hooks of all hosted repositories (DIR/hooks names the program that stands beside this
 * one), and what earlier ones have left in this. */
enum rc host_ready(struct ctx *cx, const char *dir, const struct gate_place *place) MUST_CHECK;

#endif
