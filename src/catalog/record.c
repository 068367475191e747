#include "catalog/record.h"

const char *field_type_name(enum field_type t)
{
    static const char *const names[] = {"text",   "markdown", "number", "date", "duration",  "choice", "yes_no",
                                        "person", "group",    "link",   "file", "checklist", "table"};
    return t < FIELD_COUNT ? names[t] : "";
}

const char *record_phase_name(enum record_phase p)
{
    static const char *const names[] = {"open", "in_force", "closed"};
    return p < PHASE_COUNT ? names[p] : "";
}

const struct record_field *record_find_field(const struct record_kind *k, struct str key)
{
    for (size_t i = 0; i < k->n_fields; i++)
        if (str_eq(k->fields[i].key, key)) return &k->fields[i];
    return NULL;
}

const struct record_move *record_find_move(const struct record_kind *k, struct str key)
{
    for (size_t i = 0; i < k->n_moves; i++)
        if (str_eq(k->moves[i].key, key)) return &k->moves[i];
    return NULL;
}

int record_find_state(const struct record_kind *k, struct str key)
{
    for (size_t i = 0; i < k->n_states; i++)
        if (str_eq(k->states[i].key, key)) return (int)i;
    return -1;
}
