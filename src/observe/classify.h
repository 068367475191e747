/* What a path is, by its name, its place and, where given, its first bytes. Pure tables. */
#ifndef SINETTI_OBSERVE_CLASSIFY_H
#define SINETTI_OBSERVE_CLASSIFY_H

#include "base/str.h"

struct classification {
    const char *class;         /* as d_file.class; static */
    const char *language;      /* as d_file.language; static, NULL unknown */
    const char *critical_hint; /* as d_file.critical_hint; static, NULL none */
};

/* mode: git's (0100644 …). head: the first bytes of the content, STR_NONE when not read (then binary and generated are
 * judged by name alone, and critical_hint stays a guess by path). */
struct classification classify(struct str path, uint32_t mode, struct str head);

#endif
