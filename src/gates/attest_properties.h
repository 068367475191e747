/* Properties of an organization's own in what is attested of published code (SLSA source track, "Additional
 * properties"): items of the register *Properties of source code*, each a name and the points of tasks that stand for
 * it. One is attested of a revision when the text that was approved before the decision names points each of which
 * blocked, was asked of that very ref, and held; what broken glass let by did not. Names always begin with ORG_SOURCE_.
 *
 * Threads: as facts.h. */
#ifndef SINETTI_GATES_ATTEST_PROPERTIES_H
#define SINETTI_GATES_ATTEST_PROPERTIES_H

#include "base/json.h"
#include "gates/attest.h"

#define PROPERTY_PREFIX "ORG_SOURCE_"
#define PROPERTIES_MOST 40 /* of one repository; what they rest on has to fit into a statement */
#define PROPERTY_POINTS 20 /* of one */
#define PROPERTY_NAME 64   /* without the prefix */

struct source_property {
    struct str name, item;  /* whole; record:source_property/ID */
    int64_t text, approved; /* numbers of the facts with this text, and of the step that approved it */
    const struct str *points;
    size_t n_points;
    bool unasked; /* holds too where a point that blocks had nothing to ask */
    bool doubled; /* another item has the name: neither is attested */
    bool held;
    struct str since; /* of one that held: the commit from which on it has, by the same text and without a gap */
};

/* Those that are in force for a repository now. */
enum rc properties_read(struct ctx *cx, sqlite3 *db, const struct gate_place *place, struct source_property **out,
                        size_t *n) MUST_CHECK;
/* Of what moved a branch: fills v->properties with all of them, held or not. before: attested a moment ago (of the same
 * call), else the log is asked. */
enum rc properties_judge(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct gate_place *place,
                         const struct source_property *all, size_t n, const struct revision *done, size_t n_done,
                         struct revision *v) MUST_CHECK;
/* Of a tag: those that held of the commit, by the attestation it rests on. */
enum rc properties_of(struct ctx *cx, sqlite3 *db, int64_t attestation, struct revision *v) MUST_CHECK;

/* Members: of provenance, all; of the fact, those that held. */
void properties_put_provenance(struct json *j, const struct revision *v);
void properties_put_fact(struct json *j, const struct revision *v);

#endif
