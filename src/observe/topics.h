/* Private to observe: which topics a text speaks about. Pure. */
#ifndef SINETTI_OBSERVE_TOPICS_H
#define SINETTI_OBSERVE_TOPICS_H

#include "base/arena.h"

/* Where a phrase counts. */
enum phrase_where {
    IN_HEADING = 1, /* of any document looked at */
    IN_SENTENCE = 2,
    IN_PROCESS_HEADING = 4, /* only of documents about how the team works: the word alone could mean the product */
    IN_PROCESS_SENTENCE = 8
};

/* text: words of letters and digits in lower case without marks (ä is a, ö is o, user's is user s); "a|b" alternatives,
 * "a*" begins with a, ".." at most twelve words between. */
struct phrase {
    const char *topic;
    unsigned where;
    const char *text;
};
extern const struct phrase topic_phrases[];
extern const size_t topic_phrases_n;

struct topic_index;
struct topic_index *topic_index_new(struct arena *a);

/* Calls found(arg, topic) for each phrase that stands in the text in one of the places of `where`; a topic may come
 * more than once. Headings are one text each, paragraphs are cut into sentences. */
void topics_find(struct topic_index *x, struct str text, unsigned where, void (*found)(void *arg, const char *topic),
                 void *arg);

#endif
