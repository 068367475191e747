/* The data folder and its ledger, for the commands that work on it. */
#ifndef SINETTI_CLI_DATA_H
#define SINETTI_CLI_DATA_H

#include "ledger/heads.h"

struct data {
    const char *dir, *signer_dir; /* from the options; NULL: not given */
    struct log *log;
    struct log_reader *reader;
    struct signer *signer;
    const char *catalog; /* from the options; NULL: the built-in one */
};

#define DATA_HELP                                                                                                      \
    "  --data DIR      the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"                                       \
    "  --signer PATH   the signer's folder, or the socket of `sinetti signer` ($SINETTI_SIGNER, else the data\n"       \
    "                  folder's name with .signer)\n"

/* What a command needs of it. */
enum { DATA_READ = 1, DATA_WRITE = 2, DATA_SIGN = 4, DATA_AS_IT_IS = 8 };

/* Fills dir and signer_dir where no option gave them, and opens what is needed; data_close() in any case. */
void data_find(struct ctx *cx, struct data *d); /* only the names */
enum rc data_open(struct ctx *cx, struct data *d, unsigned needs) MUST_CHECK;
void data_close(struct data *d);
/* What is needed to read the tables of facts: data_open(DATA_READ), and tables that another version of the catalog made
 * are made anew first. */
struct catalog;
enum rc data_open_tables(struct ctx *cx, struct data *d, const struct catalog *c) MUST_CHECK;

/* Of a log that servers share, takes over what others have added, tables too: data_open() does for what is only read,
 * unless it is wanted DATA_AS_IT_IS. When PostgreSQL is not there, it says so on standard error, and what was taken
 * over before is read. */
enum rc data_follow(struct ctx *cx, const char *dir, const char *catalog) MUST_CHECK;

/* Puts the facts that a command appended to the log itself into their tables, so that what reads tables shows them. */
enum rc data_catch_up(struct ctx *cx, struct data *d) MUST_CHECK;

/* Microseconds since 1970, by the machine's clock. */
int64_t data_clock(void);

#endif
