/* What pages read of where the organization stands: DIR/derived.db (its tables: derived.sql), made from the facts of
 * the ledger and the reports that assessments have left in DIR/reports. Computed by rules_standing(), as `sinetti
 * status` does; here it is only kept.
 *
 * Bringing it up to date by and by ends with the same tables as making it from nothing. What cannot be read (another
 * version's, damaged, of another ledger) is made again by itself. Whoever has it open reads on: each refresh is one
 * transaction.
 *
 * One thread at a time for each struct keeper; several processes may have one, their refreshes wait for one another. */
#ifndef SINETTI_STANDING_STANDING_H
#define SINETTI_STANDING_STANDING_H

#include "facts/facts.h"
#include "rules/rules.h"

struct keeper;

struct keeper_options {
    const struct catalog *catalog;       /* must stay until keeper_close() */
    const struct catalog_preset *preset; /* where no fact names one; may be NULL */
};

/* Opens derived.db of the data folder `dir`, makes it when there is none. E_NOTFOUND (no ledger), E_DENIED, E_IO. */
enum rc keeper_open(struct ctx *cx, const char *dir, const struct keeper_options *o, struct keeper **out) MUST_CHECK;
void keeper_close(struct keeper *k);

/* What one refresh came to. */
struct refreshed {
    uint64_t facts;   /* of the ledger that are in it now */
    bool anew, whole; /* everything was made from nothing; every scope was computed */
    size_t scopes;    /* the organization and projects that were computed */
    int64_t next;     /* Unix seconds: call again by then, and after each append */
};
/* Up to the newest fact that stands in its tables, as of `now` (Unix seconds). After an append only what it touched;
 * wholly when a moment has come at which something changes by itself, each hour, and when the clock went back. On error
 * the tables are as they were. */
enum rc keeper_refresh(struct ctx *cx, struct keeper *k, int64_t now, struct refreshed *out) MUST_CHECK;
/* The same from nothing. */
enum rc keeper_rebuild(struct ctx *cx, struct keeper *k, int64_t now, struct refreshed *out) MUST_CHECK;

/* Records where the organization stands as its `verdicts` of the day of `now` (UTC), unless they are there: then
 * *recorded is false. Any server may ask at any time. */
enum rc keeper_record_day(struct ctx *cx, struct keeper *k, struct facts *facts, int64_t now,
                          bool *recorded) MUST_CHECK;

#endif
