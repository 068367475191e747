/* What libraries of others say of one control: which requirements of other frameworks it is mapped to, and which
 * reference controls are suggested for it. */
#ifndef SINETTI_API_SAID_H
#define SINETTI_API_SAID_H

#include "api/api.h"
#include "catalog/library.h"

struct control {
    const struct catalog_framework *framework;
    const struct catalog_control *control;
};

/* The pairs that have the control at one end, found once: libraries have a hundred thousand of them. */
struct said_pair {
    const struct catalog_library *library;
    const struct catalog_pair *pair;
    struct control other;   /* the other end */
    enum relation relation; /* as it reads from the control */
};
struct said {
    struct said_pair *pairs;
    size_t n;
};

struct said said_of(struct ctx *cx, const struct catalog *catalog, const struct control *c);
/* Marks the controls of each framework that stand at an other end: [framework][control]. */
bool **said_marks(struct ctx *cx, const struct catalog *catalog, const struct said *said);
/* Members of an object. */
void said_put_mappings(struct ctx *cx, struct api_call *call, const struct said *said, const struct control *other);
void said_put_references(struct ctx *cx, struct api_call *call, const struct control *c);

#endif
