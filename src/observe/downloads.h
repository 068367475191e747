/* Private to observe: what scripts, containers and automation fetch. Pure. */
#ifndef SINETTI_OBSERVE_DOWNLOADS_H
#define SINETTI_OBSERVE_DOWNLOADS_H

#include "observe/content_rows.h"

/* Adds a pin of kind `download` for each file of a public host that curl, wget or a container file's ADD in the shell
 * text fetches and keeps or runs; `line` is that of the text's first line. Pinned: the text compares something with a
 * digest or a signature, whichever it is. Requests that only ask (health checks, API calls) are no downloads. */
void downloads_read(struct content *c, int64_t line, struct str shell);

#endif
