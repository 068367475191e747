/* What the files of reminders share. */
#ifndef SINETTI_NOTICES_REMIND_INT_H
#define SINETTI_NOTICES_REMIND_INT_H

#include "base/zone.h"
#include "notices/letter.h"
#include "notices/remind.h"
#include "notices/wishes.h"

struct round {
    const struct remind_options *o;
    struct zone zone;
    struct str organization, lang; /* of the organization's settings */
    int64_t local;                 /* now, there */
    int hour, weekday;             /* 0 Sunday */
    struct remind_done *done;
};

struct hearer {
    const struct identity_who *who;
    struct str address;
    enum lang lang;
    struct wishes wishes;
    bool leads; /* runs things: hears how the organization stands */
};

/* Notes that it is told now; *first: it had not been. Within the caller's transaction. */
enum rc told_once(struct ctx *cx, const struct round *r, struct str person, const char *what, struct str subject,
                  int64_t moment, bool *first) MUST_CHECK;
enum rc told_before(struct ctx *cx, const struct round *r, struct str person, const char *what, struct str subject,
                    int64_t moment, bool *is) MUST_CHECK;
/* Puts a letter into the queue. Within the caller's transaction. */
enum rc remind_post(struct ctx *cx, const struct round *r, const struct hearer *h, const char *purpose,
                    struct str subject, struct letter *l) MUST_CHECK;
/* The Monday morning's letter: the person's own tasks, what changed, and for who leads how things stand. */
enum rc weekly_post(struct ctx *cx, const struct round *r, const struct hearer *h, const struct notice *list,
                    size_t n) MUST_CHECK;

#endif
