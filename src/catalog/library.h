/* What libraries of others say of requirements: which of one framework answers to which of another, and which controls
 * they suggest for one. Part of the catalog (docs/formats/libraries.md); immutable once open.
 *
 * Nothing here changes what a task is mapped to or what coverage is counted from: it is shown, with where it is from.
 */
#ifndef SINETTI_CATALOG_LIBRARY_H
#define SINETTI_CATALOG_LIBRARY_H

#include "catalog/catalog.h"

/* Of the first requirement to the second, as sets of what they ask for. */
enum relation {
    RELATION_EQUAL,
    RELATION_SUBSET,
    RELATION_SUPERSET,
    RELATION_INTERSECT,
    RELATION_NOT_RELATED,
    RELATION_COUNT
};

struct catalog_reference {
    struct str urn, id, name; /* of the library; name may be empty */
    struct str category, function;
};

struct catalog_suggestion {
    const struct catalog_framework *framework;
    const struct catalog_control *control;
    const struct catalog_reference *reference; /* of the same library */
};

struct catalog_pair {
    const struct catalog_framework *from_framework, *to_framework;
    const struct catalog_control *from, *to;
    enum relation relation;
    struct str set;       /* urn of the set of mappings it stands in */
    struct str rationale; /* a word or sentence of the library's; may be empty */
    int strength;         /* 0 to 100 as the library has it; -1: it says none */
};

struct catalog_library {
    struct str key, urn, name, provider;
    int version;
    const struct catalog_reference *references;
    size_t n_references;
    const struct catalog_suggestion *suggestions;
    size_t n_suggestions;
    const struct catalog_pair *pairs; /* by framework and control of `from`, then of `to` */
    size_t n_pairs;
};

const char *relation_name(enum relation r);
/* As it reads from the second to the first. */
enum relation relation_turned(enum relation r);
const struct catalog_library *catalog_find_library(const struct catalog *c, struct str key);
const struct catalog_framework *catalog_find_framework(const struct catalog *c, struct str key);
const struct catalog_control *catalog_find_control(const struct catalog_framework *f, struct str id);

/* The urn libraries know a framework's control by; empty: the framework names none. In cx's arena. */
struct str catalog_control_urn(struct ctx *cx, const struct catalog_framework *f, const struct catalog_control *c);

/* Whether the two are one: also where two frameworks of the catalog are editions of the same one of a library. */
bool catalog_same_control(struct ctx *cx, const struct catalog_framework *f, const struct catalog_control *c,
                          const struct catalog_framework *g, const struct catalog_control *d);

#endif
