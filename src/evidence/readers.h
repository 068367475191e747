/* A reader for each type; `in` stands at the beginning. */
#ifndef SINETTI_EVIDENCE_READERS_H
#define SINETTI_EVIDENCE_READERS_H

#include "evidence/evidence.h"
#include "evidence/json_walk.h"
#include "evidence/xml_walk.h"

struct reading {
    struct ctx *cx;
    sqlite3 *db;
    struct input *in;
    const struct evidence_sink *sink;
    struct evidence *out;
};

enum rc read_junit(struct reading *r) MUST_CHECK;
enum rc read_sarif(struct reading *r) MUST_CHECK;
enum rc read_cyclonedx_json(struct reading *r) MUST_CHECK;
enum rc read_cyclonedx_xml(struct reading *r) MUST_CHECK;
enum rc read_lcov(struct reading *r) MUST_CHECK;
enum rc read_cobertura(struct reading *r) MUST_CHECK;
enum rc read_in_toto(struct reading *r) MUST_CHECK;
enum rc read_scorecard(struct reading *r) MUST_CHECK;

/* A count: a number without sign or fraction below 10^15; anything else is 0. */
int64_t read_count(struct str s);

#endif
