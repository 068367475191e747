/* A row that a rule returned, and what a finding is made of: its text and its identity. Only the rules room sees this.
 * Pure. */
#ifndef SINETTI_RULES_ROW_H
#define SINETTI_RULES_ROW_H

#include "base/digest.h"
#include "rules/rules.h"

#define ROW_COLUMNS 64

enum cell_kind { CELL_NULL, CELL_INT, CELL_TEXT };

struct cell {
    enum cell_kind kind;
    int64_t i;
    struct str text;
};

/* The rule's columns, and where the known ones are (-1: it has none). */
struct columns {
    struct str names[ROW_COLUMNS];
    int n;
    int subject, ok, at, due, path, line, commit, fingerprint, approved, reviewed_at, via, changes_at;
};

enum identity { IDENTITY_BYTES = 16 };

struct row {
    const struct cell *cells;     /* columns.n of them */
    uint8_t base[IDENTITY_BYTES]; /* what it is, set by row_identify(); equal for exact duplicates */
};

/* Finds the known columns by name. */
void columns_find(struct columns *c);

struct str row_text(const struct row *r, int column); /* STR_NONE when absent, NULL or no text */
int64_t row_int(const struct row *r, int column, int64_t otherwise);

/* By path, line, newest `at` first, subject, fingerprint, then everything else: a total order but for exact copies. */
int row_compare(const struct columns *c, const struct row *a, const struct row *b);

/* SHA-256 over the point's full name, the subject, and the fingerprint or else the path and other texts. Left out is
 * what moves or differs by language: numbers, the line, Finnish wordings (_fi) and digits in English ones (_en). */
void row_identify(const struct catalog_obligation *o, const struct columns *c, struct row *r);
/* The finding's id: of its identity and which one of exact duplicates it is (from 0). */
void row_id(const uint8_t base[IDENTITY_BYTES], uint32_t ordinal, char out[33]);

/* Fills the {column} holes of a text. Values are made safe to show and cut; NULL and unknown columns show as "–"; at,
 * due and columns in _at show as dates, object ids by their first 12 digits. Cut at LIMIT_MESSAGE. */
void row_render(struct buf *out, struct str text, const struct columns *c, const struct row *r);

#endif
