/* Who wants to hear what by mail, and when. In state.db. */
#ifndef SINETTI_NOTICES_WISHES_H
#define SINETTI_NOTICES_WISHES_H

#include "notices/notices.h"

enum wish_when { WISH_NOW, WISH_DAILY, WISH_WEEKLY, WISH_NONE, WISH_WHENS };
const char *wish_when_word(enum wish_when w); /* "now", "daily", "weekly", "none" */
bool wish_when_find(struct str word, enum wish_when *out);

struct wishes {
    enum wish_when when[NOTICE_GROUPS];
    bool summary;             /* on Mondays, how things stand */
    int quiet_from, quiet_to; /* hours of the day, 0 to 23; the same: none */
    bool weekends;            /* nothing is too quiet for them */
    bool chosen;              /* somebody has; else what is usual */
};

/* What holds for a person who has chosen nothing depends on nothing: work daily, approvals and mentions at once,
 * exceptions daily, a summary for who runs things (`leads`). */
enum rc wishes_get(struct ctx *cx, sqlite3 *state, struct str person, bool leads, struct wishes *out) MUST_CHECK;
/* E_INVALID for hours that are none. */
enum rc wishes_put(struct ctx *cx, sqlite3 *state, struct str person, const struct wishes *w, int64_t now) MUST_CHECK;
/* Whether that hour (0 to 23) of that day (0 Sunday) is one of silence. */
bool wishes_quiet(const struct wishes *w, int hour, int weekday);

#endif
