#include "cli/data.h"

#include "facts/facts.h"
#include "ledger/log_reader.h"
#include "ledger/signer_wire.h"
#include "store/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

int64_t data_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void data_find(struct ctx *cx, struct data *d)
{
    d->dir = config_folder(d->dir);
    if (!d->signer_dir) d->signer_dir = config_signer(cx, d->dir);
}

/* The folder, or who has it: `sinetti signer`, or a server that runs on the data folder. */
static enum rc open_signer(struct ctx *cx, struct data *d, bool is_socket)
{
    if (is_socket) return signer_connect(cx, d->signer_dir, &d->signer);
    enum rc rc = signer_open(cx, d->signer_dir, &d->signer);
    if (rc != E_BUSY) return rc;
    const char *message = arena_cstr(&cx->arena, str_from(cx->message));
    if (signer_connect(cx, arena_printf(&cx->arena, "%s/signer.sock", d->dir).p, &d->signer) == OK) return OK;
    return fail(cx, E_BUSY, "%s", message);
}

enum rc data_open(struct ctx *cx, struct data *d, unsigned needs)
{
    data_find(cx, d);
    /* the signer first: it is the one that may be busy or not ours to read */
    struct stat st;
    bool is_socket = stat(d->signer_dir, &st) == 0 && S_ISSOCK(st.st_mode);
    if (needs & DATA_SIGN) TRY(open_signer(cx, d, is_socket));
    struct config config;
    if (needs & (DATA_WRITE | DATA_READ)) TRY(config_read(cx, d->dir, &config));
    if (!(needs & (DATA_WRITE | DATA_AS_IT_IS)) && needs & DATA_READ) TRY(data_follow(cx, d->dir, d->catalog));
    if (needs & DATA_WRITE) TRY(log_open(cx, d->dir, data_clock, &d->log));
    if (needs & DATA_READ) TRY(log_reader_open(cx, d->dir, &d->reader));
    return OK;
}

enum rc data_open_tables(struct ctx *cx, struct data *d, const struct catalog *c)
{
    bool current;
    struct facts *f;
    struct facts_options o = {.clock_is_right = true};
    TRY(data_open(cx, d, DATA_READ));
    TRY(facts_tables_current(cx, log_reader_db(d->reader), c, &current));
    if (current) return OK;
    log_reader_close(d->reader);
    d->reader = NULL;
    TRY(facts_open(cx, d->dir, c, &o, &f));
    facts_close(f);
    return log_reader_open(cx, d->dir, &d->reader);
}

enum rc data_catch_up(struct ctx *cx, struct data *d)
{
    struct catalog *c;
    struct facts *f = NULL;
    /* whether the clock is right was asked when the fact was appended, or is the next one's matter */
    struct facts_options o = {.clock_is_right = true};
    TRY(d->catalog ? catalog_load(cx, d->catalog, &c) : catalog_builtin(cx, &c));
    enum rc rc = facts_open(cx, d->dir, c, &o, &f);
    facts_close(f);
    catalog_free(c);
    return rc;
}

enum rc data_follow(struct ctx *cx, const char *dir, const char *catalog)
{
    struct config config;
    struct data d = {.dir = dir, .catalog = catalog};
    TRY(config_read(cx, dir, &config));
    if (!config_log_is_shared(&config)) return OK;
    enum rc rc = data_catch_up(cx, &d);
    if (rc != E_IO && rc != E_DENIED && rc != E_BUSY) return rc;
    fprintf(stderr, "sinetti: %s: shown is what this server has seen so far\n", cx->message);
    return OK;
}

void data_close(struct data *d)
{
    log_reader_close(d->reader);
    log_close(d->log);
    signer_close(d->signer);
    d->reader = NULL;
    d->log = NULL;
    d->signer = NULL;
}
