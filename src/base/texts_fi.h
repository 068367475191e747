/* Errors in Finnish. Rooms know one language and say each text once, in English; here stands the other one, by the
 * English, for whoever speaks to people: pages (api/problem.c), git's output (gates/receive.c). Pure.
 * tests/system/texts.py asks for a text of each error that a page or a push can show. */
#ifndef SINETTI_BASE_TEXTS_FI_H
#define SINETTI_BASE_TEXTS_FI_H

#include "base/ctx.h"

/* {} stands for what differs; {1} for the first of them. Without the name of the field that stands before a colon. */
struct text_pair {
    const char *en, *fi;
};

extern const struct text_pair texts_fi_gates[]; /* of rooms `gates` and `git`, and what records refuse */
extern const size_t texts_fi_gates_n;
extern const struct text_pair texts_fi_libraries[]; /* of room `exchange`: libraries of others */
extern const size_t texts_fi_libraries_n;

extern const struct text_pair texts_fi_evidence[]; /* of room `evidence` */
extern const size_t texts_fi_evidence_n;

/* What `text` says, in Finnish, in cx's arena; a field's name before it (`reason: …`, `subject[0].digest: …`) stays, a
 * place (`line 3, byte 14: …`) is said. text itself where nobody
 * has said it yet. */
const char *text_fi(struct ctx *cx, const char *text);

#endif
