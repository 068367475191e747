/* Libraries of others as files of a catalog folder (docs/formats/libraries.md): CISO Assistant's YAML, and OWASP ASVS 4
 * and 5 as JSON or CSV. A framework becomes frameworks/KEY.yaml; reference controls and mapped pairs become
 * libraries/KEY.yaml. What a catalog has no place for is counted and told, never dropped in silence.
 *
 *     library_take() → library_framework(), library_rest() → library_difference()
 *
 * Everything lives in cx's arena. Threads: one. */
#ifndef SINETTI_EXCHANGE_LIBRARY_H
#define SINETTI_EXCHANGE_LIBRARY_H

#include "catalog/catalog.h"

#define LIBRARY_FAULTS 50 /* as many are told */
#define LIBRARY_LEFT 20

struct library_line {
    int line; /* of the file */
    struct str text;
};

struct library_told {
    struct str framework, framework_name; /* key; empty: there is none */
    size_t controls, headings;            /* taken */
    size_t notes;                         /* explanations between requirements: left out */
    size_t threats, matrices;             /* left out: threats, risk matrices */
    struct str key, urn, name;            /* of the library; key is empty where there is nothing beside a framework */
    int version;
    size_t references, suggestions; /* reference controls, and requirements they are suggested for */
    size_t pairs, repeated;         /* mapped pairs; of the file's, those that stood there twice */
    size_t left;                    /* pairs of requirements or frameworks that the catalog does not hold */
    size_t unknown;                 /* suggestions of reference controls of other libraries */
    struct library_line left_lines[LIBRARY_LEFT];
    size_t faults;
    struct library_line fault_lines[LIBRARY_FAULTS];
};

/* What a library says of itself. */
struct library_head {
    struct str key;                /* made of its ref_id, else of its name: [a-z][a-z0-9.-]* */
    struct str urn, name;          /* of the ASVS the urn is empty */
    struct str provider, licence;  /* may be empty; licence: what its file says of copyright */
    struct str edition, framework; /* of its framework, and its key; empty: it has none */
    int version;                   /* whole number; 0: the edition says it */
};

struct library;

/* E_INVALID with the line where the file is not what it is to be. */
enum rc library_take(struct ctx *cx, struct str given, struct library **out) MUST_CHECK;
/* E_INVALID where it does not say who it is. In cx's arena. */
enum rc library_head(struct ctx *cx, const struct library *l, struct library_head *out) MUST_CHECK;
bool library_has_framework(const struct library *l);
bool library_has_rest(const struct library *l);
/* Appends the framework's file. `order`: its place among the frameworks. */
enum rc library_framework(struct ctx *cx, struct library *l, int order, struct buf *out,
                          struct library_told *told) MUST_CHECK;
/* Appends the library's file: pairs whose requirements the catalog `c` or the library's own framework has. E_INVALID
 * with told->faults when the file contradicts itself; E_NOTFOUND when nothing is left of it. */
enum rc library_rest(struct ctx *cx, struct library *l, const struct catalog *c, struct buf *out,
                     struct library_told *told) MUST_CHECK;

/* What would change: controls of the framework, reference controls, suggestions and pairs of the library. One that
 * stands in one of the two catalogs alone is new, or gone, as a whole. */
enum library_thing { LIBRARY_CONTROL, LIBRARY_REFERENCE, LIBRARY_SUGGESTION, LIBRARY_PAIR };
struct library_change {
    enum library_thing what;
    char sign;           /* '+' new, '-' gone, '~' changed */
    struct str id;       /* how it is told */
    struct str was, now; /* what it says; empty where there is nothing to say */
};
enum rc library_changes(struct ctx *cx, const struct catalog *before, const struct catalog *after,
                        const struct library_told *told, struct library_change **out, size_t *n) MUST_CHECK;

/* The same of what stands in both, a line each. */
enum rc library_difference(struct ctx *cx, const struct catalog *before, const struct catalog *after,
                           const struct library_told *told, struct buf *out, size_t *lines) MUST_CHECK;

#endif
