/* Private to observe: the change a message came in by, and the issues it names. Pure. */
#ifndef SINETTI_OBSERVE_COMMIT_REFS_H
#define SINETTI_OBSERVE_COMMIT_REFS_H

#include "observe/commit.h"

/* Needs the trailers; fills change_number, change_kind and issue_refs. */
void commit_refs_read(struct str message, struct str first_line, size_t parents, struct commit_facts *f);

#endif
