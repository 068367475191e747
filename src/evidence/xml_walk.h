/* Reads XML (by expat) of any length in fixed memory, and gives its elements. Pure.
 *
 * Refused: a document type and with it every entity, more than LIMIT_EVIDENCE_DEPTH levels, one tag, comment or
 * instruction of over LIMIT_EVIDENCE_TAG, more than LIMIT_EVIDENCE_NAMES different names of elements and attributes. */
#ifndef SINETTI_EVIDENCE_XML_WALK_H
#define SINETTI_EVIDENCE_XML_WALK_H

#include "evidence/input.h"

struct xml_element {
    struct str name, space;  /* space: its namespace; empty: none */
    int depth;               /* of the root 0 */
    const char **attributes; /* name, value, … NULL */
};
/* Stops the reading with anything but OK. at_end: its end tag; without attributes. */
typedef enum rc xml_take(void *arg, const struct xml_element *e, bool at_end);

struct xml_walk {
    xml_take *take;
    void *arg;
};
enum rc xml_walk(struct ctx *cx, const struct xml_walk *w, struct input *in) MUST_CHECK;

/* STR_NONE when it is not there. */
struct str xml_attribute(const struct xml_element *e, const char *name);

#endif
