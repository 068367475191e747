/* The signer as a process: answers on a socket until it is to end. */
#ifndef SINETTI_SERVE_SIGNER_H
#define SINETTI_SERVE_SIGNER_H

#include "ledger/signer.h"

#include <signal.h>

/* A listening socket at `path`, made anew, while the signer's lock is held; whoever may reach it is the kernel's to
 * say, `everybody` lets any user try: who asks is looked at each time. E_CONFLICT when something else is there. */
enum rc signer_listen(struct ctx *cx, const char *path, bool everybody, int *out) MUST_CHECK;
/* Signs for who asks on it: our own user, root and the user `allowed` (-1: nobody else), until *stopped, which a signal
 * that interrupts sets. */
enum rc signer_serve(struct ctx *cx, struct signer *s, int fd, int64_t allowed,
                     const volatile sig_atomic_t *stopped) MUST_CHECK;

#endif
