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

bool record_next_open(struct str text, size_t *at, struct str *out)
{
    static const char *const marks[] = {"[fill in:", "[täydennä:"};
    for (size_t i = *at; i < text.n; i++) {
        struct str rest = str_slice(text, i, text.n);
        bool begins = false;
        for (size_t k = 0; text.p[i] == '[' && k < sizeof marks / sizeof *marks; k++)
            begins = begins || str_starts(rest, str_from(marks[k]));
        for (size_t end = 1; begins && end < rest.n && rest.p[end] != '\n' && rest.p[end] != '['; end++)
            if (rest.p[end] == ']') {
                *out = str_slice(rest, 0, end + 1);
                *at = i + end + 1;
                return true;
            }
    }
    *at = text.n;
    return false;
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
