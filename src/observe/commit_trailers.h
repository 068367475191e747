/* Private to observe: the trailers at a message's end. Pure apart from the arena. */
#ifndef SINETTI_OBSERVE_COMMIT_TRAILERS_H
#define SINETTI_OBSERVE_COMMIT_TRAILERS_H

#include "observe/commit.h"

/* Fills trailers and n_trailers. */
void commit_trailers_read(struct arena *a, struct str message, struct commit_facts *out);

#endif
