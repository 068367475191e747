/* Private to observe: what a command line is for. Pure. */
#ifndef SINETTI_OBSERVE_COMMANDS_H
#define SINETTI_OBSERVE_COMMANDS_H

#include "observe/content_rows.h"

/* Adds a step for each role of the shell text, whose first line is `line` of the file. A backslash joins lines.
 * Comments, echoed text and here-documents say nothing. */
void commands_read(struct content *c, const struct job *j, int64_t line, struct str shell);

/* The role of a target, task or script by its name ("test:unit", "deploy-staging"), NULL when it tells nothing. */
const char *command_target_role(struct str name);

#endif
