/* The catalog as a library of CISO Assistant (docs/formats/libraries.md): our tasks and their points as a framework,
 * registers as reference controls, what tasks are mapped to as sets of mappings. Other frameworks' own words are
 * not in it, only the urns their libraries know them by. Pure but for cx's arena. */
#ifndef SINETTI_EXCHANGE_LIBRARY_WRITE_H
#define SINETTI_EXCHANGE_LIBRARY_WRITE_H

#include "catalog/catalog.h"

enum rc library_write(struct ctx *cx, const struct catalog *c, struct buf *out) MUST_CHECK;

/* What the library calls them. In the arena. */
struct str library_urn_of_task(struct ctx *cx, const struct catalog_task *t);
struct str library_urn_of_point(struct ctx *cx, const struct catalog_obligation *o);
struct str library_ref_of_task(struct ctx *cx, const struct catalog_task *t);
struct str library_ref_of_point(struct ctx *cx, const struct catalog_task *t, const struct catalog_obligation *o);

#endif
