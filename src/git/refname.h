/* Names of refs, and the files they are stored in: packed-refs and loose ones. Only well-formed content is taken.
 * Everything borrows from the text given. Pure. */
#ifndef SINETTI_GIT_REFNAME_H
#define SINETTI_GIT_REFNAME_H

#include "base/arena.h"

/* A full name below refs/ that git-check-ref-format(1) accepts, at most LIMIT_PATH long. */
bool refname_is_valid(struct str name);
/* A branch by its short name or any full name, or a pattern of them, in full. In the arena. */
struct str refname_full(struct arena *a, struct str name);
/* As people call it: a branch without refs/heads/. */
struct str refname_short(struct str name);

struct packed_ref {
    struct str name, oid;
};
/* The next well-formed line of *rest, which moves behind it; false at the end. Comments, peeled ids and lines that are
 * not well-formed are passed over; those last are counted in *skipped. */
bool packed_refs_next(struct str *rest, size_t hex, struct packed_ref *out, size_t *skipped);

enum loose_kind { LOOSE_BAD, LOOSE_OID, LOOSE_SYMBOLIC };
/* What a loose ref (or HEAD) says: an id, or "ref: refs/…". *value is the id or the name. */
enum loose_kind loose_ref_parse(struct str content, size_t hex, struct str *value);

#endif
