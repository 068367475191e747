/* Pages of events out of a long log, newest first. A page looks at a bounded number of events; when few of them fit it
 * is short, and its cursor goes on. */
#ifndef SINETTI_API_EVENT_LIST_H
#define SINETTI_API_EVENT_LIST_H

#include "api/api.h"

#define EVENT_SOURCES 16

/* Where events come from: each source is served by an index. */
enum event_source { EVENTS_ALL, EVENTS_OF_KIND, EVENTS_OF_ACTOR, EVENTS_ABOUT };
struct event_wish {
    enum event_source source;
    struct str of[EVENT_SOURCES]; /* kinds, actors, or subjects that are event_has_index() */
    size_t n_of;
    struct str actor, subject, kinds, text; /* further filters; kinds: JSON list; STR_NONE: none */
    int64_t first, last;                    /* numbers */
    int64_t limit;
};
/* Numbers of the events that fit, newest first, at most `limit`, and where the next page begins (-1: there is none). */
struct event_page {
    int64_t *n;
    size_t count;
    int64_t next;
};
enum rc event_list_find(struct ctx *cx, struct api_call *call, const struct event_wish *w,
                        struct event_page *out) MUST_CHECK;

/* These events as EventRows, in one statement. */
enum rc event_list_put(struct ctx *cx, struct api_call *call, const int64_t *n, size_t count) MUST_CHECK;

/* The number of the first event at or after `at` (Unix seconds); how many there are when all are before. */
enum rc event_list_since(struct ctx *cx, struct api_call *call, int64_t at, int64_t *n) MUST_CHECK;

/* Whether events about it are found by an index: tasks, points, repositories, people, projects, groups. */
bool event_has_index(struct str subject);

/* "tasks", "people" …; what a page of the log is filtered by. */
const char *event_theme(struct str kind);

#endif
