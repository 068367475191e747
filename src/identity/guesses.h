/* Delays after wrong guesses. Each thing that is counted has a bucket: a guess puts one in, time lets them run out, and
 * past `free` of them each further one must wait twice as long as the one before. A guess is put in before it is
 * judged; the right one is taken out again. Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_GUESSES_H
#define SINETTI_IDENTITY_GUESSES_H

#include "identity/identity_int.h"

struct bucket {
    uint8_t what[DIGEST_SIZE];
    int64_t free; /* guesses without delay */
    int64_t leak; /* seconds until one of them is forgotten */
    int64_t most; /* seconds of the longest delay */
};
/* `word` and `text` name what is counted. */
struct bucket bucket_of(const char *word, struct str text, int64_t free, int64_t leak, int64_t most);

/* Puts one into each, or none and says E_LIMIT and how long to wait. */
enum rc guesses_put(struct ctx *cx, struct identity *id, const struct bucket *b, size_t n, int64_t *wait) MUST_CHECK;
/* It was right: one less in each, and none in the first. */
enum rc guesses_right(struct ctx *cx, struct identity *id, const struct bucket *b, size_t n) MUST_CHECK;

/* For the hour's sum: one that was wrong, or came too soon (refused). */
enum rc guesses_count(struct ctx *cx, struct identity *id, bool refused, struct str account,
                      struct str network) MUST_CHECK;

/* The network a guess comes from: an IPv4 address, or the /64 of an IPv6 one. In cx's arena. */
struct str network_of(struct ctx *cx, struct str peer);

#endif
