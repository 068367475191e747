/* The payload's schema and the SQL of a kind of fact as they are checked. Only the catalog room sees this, but for
 * kind_sql.h. */
#ifndef SINETTI_CATALOG_KIND_H
#define SINETTI_CATALOG_KIND_H

#include "catalog/fields.h"

/* A schema below `map`; faults are noted. `what` names it in them: "payload.state". */
void read_schema(struct source *s, struct str file, const struct yaml_node *map, struct str what, unsigned depth,
                 struct catalog_schema *out);

#endif
