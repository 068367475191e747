/* Answers of audits: what is said of one requirement of a framework or of a checklist (docs/formats/kinds.md). Judged
 * within the unit that appends, as all of records.h.
 *
 * Threads: as facts.h. */
#ifndef SINETTI_RECORDS_ANSWER_H
#define SINETTI_RECORDS_ANSWER_H

#include "records/records.h"

struct records_answer_draft {
    struct str audit;       /* record:audit/ID */
    struct str list;        /* framework:KEY or record:audit_checklist/ID */
    struct str requirement; /* its id there */
    struct str answer;      /* pass, fail, not_applicable, open */
    struct str note, evidence;
    int64_t seen; /* number of the answer it was written over; -1: there was none */
};

/* Answers. *n: number of the fact, also of one that said the same already. E_CONFLICT: somebody else has answered
 * since, or the audit is no draft any more; E_INVALID: the list has no such requirement; E_NOTFOUND: no such audit. */
enum rc records_answer(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                       const struct records_answer_draft *d, uint64_t *n) MUST_CHECK;

#endif
