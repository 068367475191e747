/* What waits for somebody, computed from facts and derived tables each time it is asked for, and told once: on the page
 * (the bell), by mail and to webhooks it is the same list. Nobody hears of a thing they may not read.
 *
 *     notices.h  the list                          wishes.h   who wants to hear what, when
 *     remind.h   mails it                          letter.h   what mail looks like
 *     feed.h     what comes due, as iCalendar      events.h   events for webhooks
 *
 * Threads: as the handles. */
#ifndef SINETTI_NOTICES_NOTICES_H
#define SINETTI_NOTICES_NOTICES_H

#include "catalog/record.h"
#include "identity/identity.h"

enum notice_group { NOTICE_WORK, NOTICE_APPROVALS, NOTICE_MENTIONS, NOTICE_EXCEPTIONS, NOTICE_GROUPS };
enum notice_what {
    NOTICE_TASK_OVERDUE,
    NOTICE_TASK_DUE, /* within 7 days */
    NOTICE_REVIEW_OVERDUE,
    NOTICE_REVIEW_DUE, /* of a task, within 14 days */
    NOTICE_ITEM_REVIEW_OVERDUE,
    NOTICE_ITEM_REVIEW_DUE,
    NOTICE_ITEM_OVERDUE, /* a date of an item that is due in its state (docs/formats/kinds.md) */
    NOTICE_ITEM_DUE,     /* within 14 days */
    NOTICE_JOB_FAILING,  /* what the server does for a repository by itself fails each time: for who keeps its gate */
    NOTICE_CRITICAL_CANDIDATE, /* new files look critical and nothing names them: for who answers for such code there */
    NOTICE_READING,            /* to be read and accepted */
    NOTICE_APPROVAL,
    NOTICE_SOLO_REVIEW,
    NOTICE_ITEM_MOVE, /* an item waits for a move that only others than its writers may make */
    NOTICE_DECIDED,
    NOTICE_MENTION,
    NOTICE_WAIVER_ENDING,
    NOTICE_WAIVER_ENDED,
    NOTICE_ROLE_ENDING,
    NOTICE_WHATS
};
const char *notice_word(enum notice_what w); /* "task_overdue" … */
enum notice_group notice_group_of(enum notice_what w);
const char *notice_group_word(enum notice_group g); /* "work", "approvals", "mentions", "exceptions" */
bool notice_is_late(enum notice_what w);

struct notice {
    enum notice_what what;
    struct str subject; /* where one goes: task:…, record:…, fact:N of a request, obligation:…, person:… */
    struct str title;   /* of the item; who mentions; what a request is about; a role */
    struct str detail; /* label of the date; kind of a request; its decision; the move; a role's scope; a job; the first
                          file, and how many more */
    int64_t moment;    /* with what and subject: this very thing, once for ever */
    int64_t due;       /* Unix seconds; 0: none */
};

struct notices_options {
    sqlite3 *ledger; /* facts' views and `records`; with derived.NAME if `derived` */
    bool derived;
    sqlite3 *state; /* jobs; NULL: none are looked at */
    const struct catalog *catalog;
    int64_t now;
    int64_t ahead; /* seconds: look so much further than usual, for calendars */
};
/* In the order of enum notice_what, the earliest first; at most LIMIT_NOTICES. In cx's arena. */
enum rc notices_read(struct ctx *cx, const struct notices_options *o, const struct identity_who *who,
                     struct notice **out, size_t *n) MUST_CHECK;

/* What it is about, in words; and the page it leads to ("/tasks/code-review"). */
struct str notice_title(struct ctx *cx, const struct notices_options *o, enum lang lang,
                        const struct notice *n) MUST_CHECK;
struct str notice_path(struct ctx *cx, const struct notice *n) MUST_CHECK;

/* The tables of this room in state.db. */
extern const struct state_room notices_state;

#endif
