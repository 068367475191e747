/* What stands in a text in base64 and is text itself, as in settings of Kubernetes: laid out line by line, for a
 * scanner. Pure. */
#ifndef SINETTI_SCAN_DECODED_H
#define SINETTI_SCAN_DECODED_H

#include "base/str.h"

#define DECODED_LINES 20000 /* of what is decoded; the rest is left out */

struct decoded {
    struct buf text;
    int64_t *lines; /* for each line of it, the line it stood in, from 1 */
    size_t n;
    bool left_out; /* there was more */
};
void decoded_init(struct decoded *d);
void decoded_release(struct decoded *d);
/* In the place of what it had. */
void decoded_read(struct decoded *d, struct str text);

#endif
