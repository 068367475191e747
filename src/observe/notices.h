/* What a reader must know of the input before believing a report: sentences in English and Finnish. Pure. */
#ifndef SINETTI_OBSERVE_NOTICES_H
#define SINETTI_OBSERVE_NOTICES_H

#include "base/arena.h"

enum notice {
    NOTICE_SHALLOW,     /* commits here */
    NOTICE_PARTIAL,     /* files that are not here */
    NOTICE_MISSING,     /* objects */
    NOTICE_TOO_LARGE,   /* files, and some of them */
    NOTICE_UNREAD,      /* files missing though the clone is whole */
    NOTICE_PARTLY,      /* files scanned only in part */
    NOTICE_REFUSED,     /* paths that git would not check out */
    NOTICE_FUTURE,      /* commits */
    NOTICE_NO_COMMITS,  /* in the period */
    NOTICE_CHANGES_CUT, /* changed paths kept */
    NOTICE_REPLACED,    /* replace refs passed over */
    NOTICE_SUBMODULES,  /* submodules not followed */
    NOTICE_CACHE,       /* why it could not be written */
    NOTICE_COUNT
};

/* n: the number in it; detail: names or a reason, safe to show, may be empty. lang: 0 English, 1 Finnish. */
struct str notice_text(struct arena *a, enum notice k, int lang, int64_t n, struct str detail);

#endif
