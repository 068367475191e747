/* Why code is likely security-critical. Pure. */
#ifndef SINETTI_OBSERVE_CRITICAL_H
#define SINETTI_OBSERVE_CRITICAL_H

#include "observe/content_rows.h"

/* As d_file.critical_hint; static, NULL when nothing says so. The path must name the subject; where head is given, the
 * content has to speak of it too. */
const char *critical_hint(const struct place *pl, const char *language, struct str head);

#endif
