/* Private to observe: which command is for what. */
#ifndef SINETTI_OBSERVE_COMMANDS_TABLE_H
#define SINETTI_OBSERVE_COMMANDS_TABLE_H

#include <stddef.h>

/* words: the command's name, then words that must follow in this order, anything between them. "a|b" are alternatives;
 * "a*" begins with a. The command's name is compared without its folder. */
struct command {
    const char *role, *words;
};
extern const struct command commands_table[];
extern const size_t commands_table_n;

/* A target of make, npm, just and the like. */
extern const struct command targets_table[];
extern const size_t targets_table_n;

#endif
