/* Frameworks of others as files of a catalog folder (docs/formats/libraries.md): CISO Assistant's library YAML, and
 * OWASP ASVS 4 and 5 as JSON or CSV. What the file says becomes frameworks/KEY.yaml; what a catalog has no place for is
 * counted and told, never dropped in silence.
 *
 * Threads: one. */
#ifndef SINETTI_EXCHANGE_LIBRARY_H
#define SINETTI_EXCHANGE_LIBRARY_H

#include "catalog/catalog.h"

struct library_told {
    struct str key, name;                 /* of the framework that was read */
    size_t controls, headings;            /* taken */
    size_t notes;                         /* explanations between requirements: left out */
    size_t references, threats, mappings; /* left out: reference controls, threats, mapped pairs */
    size_t matrices;                      /* left out: risk matrices */
};

/* Reads `given` and appends the framework file to `out`. `order`: its place among the frameworks. E_INVALID with the
 * line where the file is not what it is to be; E_NOTFOUND when it holds no framework. */
enum rc library_read(struct ctx *cx, struct str given, int order, struct buf *out,
                     struct library_told *told) MUST_CHECK;

#endif
