/* What verifying a ledger or a proof came to, for an auditor to read or a program: text and JSON. They compute nothing.
 * Pure apart from the ctx's arena. */
#ifndef SINETTI_REPORTS_LEDGER_H
#define SINETTI_REPORTS_LEDGER_H

#include "ledger/proof.h"
#include "ledger/verify.h"
#include "reports/reports.h"

struct ledger_report {
    const struct verify_options *asked;
    const struct verified *found;
    const char *wrong; /* file, fact and what is wrong; NULL: it verifies */
    enum lang lang;
};

void report_ledger_text(struct ctx *cx, const struct ledger_report *r, const struct report_style *s, struct buf *out);
void report_ledger_json(struct ctx *cx, const struct ledger_report *r, struct buf *out);

/* A proof of one fact. What `found` holds counts only when nothing is wrong. */
struct proof_report {
    const struct note_key *key;
    const struct proven *found;
    const struct verify_witness *witnesses;
    size_t n_witnesses;
    const char *wrong;
    enum lang lang;
};

void report_proof_text(struct ctx *cx, const struct proof_report *r, const struct report_style *s, struct buf *out);
void report_proof_json(struct ctx *cx, const struct proof_report *r, struct buf *out);

/* "name+1a2b3c4d": enough to tell keys apart, in the arena, safe to show. Whole keys are in the JSON. */
const char *report_key(struct ctx *cx, const struct note_key *key);
/* Microseconds as RFC 3339, seconds. */
const char *report_time_us(int64_t at, char out[32]);

#endif
