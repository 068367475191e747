/* Errors of rooms below in Finnish. Those rooms know one language and say each text once; here stands the other one, by
 * the English. Pure. */
#ifndef SINETTI_API_TEXTS_FI_H
#define SINETTI_API_TEXTS_FI_H

#include "base/ctx.h"

/* What `text` says, in Finnish, in cx's arena; text itself where nobody has said it yet. */
const char *text_fi(struct ctx *cx, const char *text);

#endif
