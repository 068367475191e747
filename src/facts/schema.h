/* Payloads against the schema of their kind, and what the API takes and gives against its schemas. A compiled schema
 * may be shared by threads. */
#ifndef SINETTI_FACTS_SCHEMA_H
#define SINETTI_FACTS_SCHEMA_H

#include "base/ctx.h"
#include "catalog/catalog.h"

struct schema;

/* Borrows the kind. E_INVALID for a pattern that is none, which a checked catalog has not. */
enum rc schema_new(struct ctx *cx, const struct catalog_kind *kind, struct schema **out) MUST_CHECK;
void schema_free(struct schema *s);

/* A schema alone, which is borrowed. */
enum rc schema_new_of(struct ctx *cx, const struct catalog_schema *of, struct schema **out) MUST_CHECK;

/* Whether `payload`, canonical JSON, is what the kind carries. E_INVALID names the path and what is wrong there:
 * "payload.accounts[2].host: is missing". */
enum rc schema_check(struct ctx *cx, const struct schema *s, struct str payload) MUST_CHECK;

/* Everything that is wrong with `value`, canonical JSON, one call each; E_LIMIT after many. */
enum schema_fault {
    SCHEMA_MISSING,
    SCHEMA_UNKNOWN,
    SCHEMA_TYPE,
    SCHEMA_VALUE,
    SCHEMA_LEAST,
    SCHEMA_MOST,
    SCHEMA_PATTERN
};
struct schema_found {
    enum schema_fault what;
    const char *path;                    /* "accounts[2].host"; empty: the value itself */
    const struct catalog_schema *schema; /* what was to be there; NULL for UNKNOWN */
    int64_t number;                      /* for LEAST and MOST: how long, many or large it is */
};
typedef void schema_tell(void *arg, const struct schema_found *found); /* what it is given ends with the call */
enum rc schema_check_all(struct ctx *cx, const struct schema *s, struct str value, schema_tell *tell,
                         void *arg) MUST_CHECK;

#endif
