/* What the files of this room share among themselves. */
#ifndef SINETTI_SERVE_INSIDE_H
#define SINETTI_SERVE_INSIDE_H

#include "serve/rights.h"
#include "serve/serve.h"

#include <signal.h>
#include <sys/types.h>

/* What a process gets from the supervisor. */
struct serve {
    const struct serve_options *o;
    struct rights rights;        /* of the data folder */
    struct rights signer_rights; /* of the signer's */
    struct catalog *catalog;
    struct str origin;    /* what users open; empty: nobody said it */
    struct str link_base; /* with what links in mails begin; empty: not known */
    int lock;             /* of the folder */
    pid_t supervisor;
    int listener;
    int web, worker;           /* ends of the pair */
    int signer;                /* listening socket, -1: the signer is another's */
    const char *signer_socket; /* where it is found; NULL: another server has it */
    struct str vkey;           /* by which the ledger is verified; empty: the signer did not answer */
    int log;                   /* of requests */
    int ready;                 /* pipe: a byte says that the process is */
    bool told;                 /* where it is, and by which link the first one comes in: a process was started again */
};

/* Each is the whole life of a process; the exit code. */
int serve_web(struct serve *s);
int serve_worker(struct serve *s);
int serve_signer(struct serve *s);

/* Waits for SIGTERM, which every process but the supervisor has blocked from its start. Who has not ended some time
 * after that is ended by the kernel, even when there is no supervisor any more. */
void serve_wait_for_end(void);
/* Has the supervisor start web anew, which opens what is there now. */
void serve_reload(const struct serve *s);
/* Once. `link`: the secret of a link that lets the first one in, for the supervisor to print; or "". */
void serve_say_ready(struct serve *s, const char *link);

/* A line for the operator on standard error: JSON, `text` in "message". */
void serve_tell(const char *process, const char *level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
