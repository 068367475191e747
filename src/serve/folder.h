/* The data folder as a whole: who may work on it alone, and which tables of state.db there are. */
#ifndef SINETTI_SERVE_FOLDER_H
#define SINETTI_SERVE_FOLDER_H

#include "store/state.h"

/* Held by a server as long as it runs, and by what must be alone. E_BUSY with who has it. */
enum rc folder_lock(struct ctx *cx, const char *dir, int *fd) MUST_CHECK;

/* Every room's tables in state.db. */
extern const struct state_room *const folder_rooms[];
extern const size_t folder_rooms_n;
enum rc folder_migrate(struct ctx *cx, const char *dir) MUST_CHECK;
/* For who only looks: E_CONFLICT older, E_DENIED newer than this program. */
enum rc folder_check(struct ctx *cx, const char *dir) MUST_CHECK;
/* A copy of state.db at `file`, which must not exist, for its owner alone. */
enum rc folder_copy_state(struct ctx *cx, const char *dir, const char *file) MUST_CHECK;

#endif
