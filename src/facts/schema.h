/* Payloads against the schema of their kind. A compiled schema may be shared by threads. */
#ifndef SINETTI_FACTS_SCHEMA_H
#define SINETTI_FACTS_SCHEMA_H

#include "base/ctx.h"
#include "catalog/catalog.h"

struct schema;

/* Borrows the kind. E_INVALID for a pattern that is none, which a checked catalog has not. */
enum rc schema_new(struct ctx *cx, const struct catalog_kind *kind, struct schema **out) MUST_CHECK;
void schema_free(struct schema *s);

/* Whether `payload`, canonical JSON, is what the kind carries. E_INVALID names the path and what is wrong there:
 * "payload.accounts[2].host: is missing". */
enum rc schema_check(struct ctx *cx, const struct schema *s, struct str payload) MUST_CHECK;

#endif
