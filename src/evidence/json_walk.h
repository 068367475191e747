/* Reads JSON (RFC 8259) of any length in fixed memory, and gives what stands at the paths that are asked for. What
 * stands elsewhere is held to the grammar and passed over. Pure.
 *
 * Refused: more than LIMIT_EVIDENCE_DEPTH levels, anything behind the value, a text at a path that is asked for which
 * is no UTF-8. Such a text is given up to JSON_TEXT_MOST bytes. */
#ifndef SINETTI_EVIDENCE_JSON_WALK_H
#define SINETTI_EVIDENCE_JSON_WALK_H

#include "evidence/input.h"

enum json_event {
    SAW_OBJECT,
    SAW_ARRAY,
    SAW_END, /* of either */
    SAW_TEXT,
    SAW_NUMBER, /* as it is spelled */
    SAW_TRUE,
    SAW_FALSE,
    SAW_NULL
};
#define JSON_TEXT_MOST 8192
#define JSON_PATHS 64       /* asked for at once */
#define JSON_PATH_LEVELS 12 /* of one */

/* `path` is keys with slashes between, `*` for each element of a list: "runs/ * /results" without the blanks; "" is the
 * whole. A `**` in a key's place stands for any key. */
struct json_path {
    const char *path;
    int id;
};
/* Stops the reading with anything but OK, which is returned. */
typedef enum rc json_take(void *arg, int id, enum json_event e, struct str value);

struct json_walk {
    const struct json_path *paths;
    size_t n_paths;
    json_take *take;
    void *arg;
    struct input *in; /* where it stands, for faults */
};
/* From the beginning of the file to its end. */
enum rc json_walk(struct ctx *cx, struct json_walk *w, struct input *in) MUST_CHECK;

#endif
