/* Kinds of record (docs/formats/kinds.md): what a document or a workflow of the organization consists of, as data. Part
 * of the catalog; immutable once open. */
#ifndef SINETTI_CATALOG_RECORD_H
#define SINETTI_CATALOG_RECORD_H

#include "catalog/catalog.h"

enum field_type {
    FIELD_TEXT,
    FIELD_MARKDOWN,
    FIELD_NUMBER,
    FIELD_DATE,
    FIELD_DURATION,
    FIELD_CHOICE,
    FIELD_YES_NO,
    FIELD_PERSON,
    FIELD_GROUP,
    FIELD_LINK,
    FIELD_FILE,
    FIELD_CHECKLIST,
    FIELD_TABLE,
    FIELD_COUNT
};
enum record_phase { PHASE_OPEN, PHASE_IN_FORCE, PHASE_CLOSED, PHASE_COUNT };

struct record_choice {
    struct str key;
    struct str title[LANG_COUNT];
};

struct record_field {
    struct str key;
    int line; /* of its file, while that is read; else 0 */
    enum field_type type;
    struct str label[LANG_COUNT], help[LANG_COUNT];
    bool required, many;
    struct str when, is;         /* asked only when that field has that value; empty: always */
    struct str unit[LANG_COUNT]; /* of a number */
    const struct record_choice *choices;
    size_t n_choices;
    const struct str *to; /* what a link may lead to */
    size_t n_to;
    const struct str *due; /* of a date: states in which the item is due on that day */
    size_t n_due;
    const struct record_field *columns; /* of a table */
    size_t n_columns;
};

struct record_state {
    struct str key;
    struct str title[LANG_COUNT];
    enum record_phase phase;
    int edit; /* index of the state an edit leads to; -1: it cannot be edited */
};

struct record_move {
    struct str key;
    struct str title[LANG_COUNT];
    uint32_t from; /* bit of each state */
    int to;
    int people;
    bool approves, reason;
    const struct str *who, *other_than, *needs;
    size_t n_who, n_other_than, n_needs;
};

struct record_kind {
    struct str key, prefix;
    struct str title[LANG_COUNT], plural[LANG_COUNT], summary[LANG_COUNT];
    const struct str *tasks; /* the first is its home */
    size_t n_tasks;
    const struct record_field *fields;
    size_t n_fields;
    const struct record_state *states;
    size_t n_states;
    const struct record_move *moves;
    size_t n_moves;
    int review_days; /* 0: none */
    const struct str *accept;
    size_t n_accept;
};

/* A ready item to start from (catalog/templates/<kind>/<key>.yaml). */
struct record_template {
    struct str kind, key;
    struct str title[LANG_COUNT], about[LANG_COUNT];
    struct str hint[LANG_COUNT]; /* what only the organization knows; may be empty */
    const struct str *shows;     /* points */
    size_t n_shows;
    struct str content[LANG_COUNT]; /* JSON object of the kind's fields */
};

/* The next place of a text that is left open, "[fill in: …]" or "[täydennä: …]", from *at, which is moved behind it.
 * What has no end within its line is none. Pure. */
bool record_next_open(struct str text, size_t *at, struct str *out);

const char *field_type_name(enum field_type t);
const char *record_phase_name(enum record_phase p);
const struct record_field *record_find_field(const struct record_kind *k, struct str key);
const struct record_move *record_find_move(const struct record_kind *k, struct str key);
int record_find_state(const struct record_kind *k, struct str key); /* -1: none */

#endif
