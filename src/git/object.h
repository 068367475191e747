/* Parsers of commit and tag objects and of the ident lines in them. Everything borrows from the text given.
 * Lenient where history is: whatever a tool once wrote is read as far as it makes sense. Pure. */
#ifndef SINETTI_GIT_OBJECT_H
#define SINETTI_GIT_OBJECT_H

#include "base/str.h"

struct ident {
    struct str name, email; /* trimmed; empty when absent */
    int64_t at;             /* Unix seconds, clamped to the years 1 to 9999; 0 when there is none */
};

/* "Name <email> 1234567890 +0200"; anything else gives what can be told. */
struct ident ident_parse(struct str line);

struct commit_object {
    struct str tree;
    struct str parent_lines; /* n_parents lines of equal length */
    size_t n_parents;
    struct ident author, committer;
    const char *signature; /* "openpgp", "ssh", "x509" or NULL */
    struct str message;    /* STR_NONE when the header did not end */
};

/* hex: digits of an id. false when it does not start with a tree and a well-formed list of parents, or has no
 * committer. */
bool commit_parse(struct str raw, size_t hex, struct commit_object *out);
struct str commit_parent(const struct commit_object *c, size_t i);

struct tag_object {
    struct str object; /* the id it points to */
    struct str type;   /* "commit", "tree", "blob", "tag" */
    struct ident tagger;
    const char *signature;
};

bool tag_parse(struct str raw, size_t hex, struct tag_object *out);

#endif
