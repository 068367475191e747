/* The signer as a process: answers on a socket until it is to end. */
#ifndef SINETTI_SERVE_SIGNER_H
#define SINETTI_SERVE_SIGNER_H

#include "ledger/signer.h"

#include <signal.h>

/* Signs for who asks on a listening socket (local.h), while the signer's lock is held: our own user, root and the user
 * `allowed` (-1: nobody else), until *stopped, which a signal that interrupts sets. */
enum rc signer_serve(struct ctx *cx, struct signer *s, int fd, int64_t allowed,
                     const volatile sig_atomic_t *stopped) MUST_CHECK;

#endif
