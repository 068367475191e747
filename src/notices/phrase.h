/* The words of mail, in both languages. Pure but for the time zone's file, which was read before. */
#ifndef SINETTI_NOTICES_PHRASE_H
#define SINETTI_NOTICES_PHRASE_H

#include "base/zone.h"
#include "notices/notices.h"

/* "30 June 2026", "30.6.2026"; the day there. */
struct str phrase_date(struct ctx *cx, const struct zone *z, enum lang lang, int64_t t);
/* Why one hears of it: "Due 30 June 2026". */
struct str phrase_why(struct ctx *cx, const struct notices_options *o, const struct zone *z, enum lang lang,
                      const struct notice *n);
/* Its title, with what is to be known of it: "Approval: …". */
struct str phrase_heading(struct ctx *cx, enum lang lang, size_t n);

#endif
