/* Whether a password can be guessed: by what it is made of. Names and addresses of its owner and organization, common
 * words (with the usual exchanges: 0 for o, @ for a), runs along the keyboard or the alphabet, repetitions and years
 * count as little as a guesser's rules make of them. Pure. */
#ifndef SINETTI_IDENTITY_QUALITY_H
#define SINETTI_IDENTITY_QUALITY_H

#include "base/ctx.h"

/* `own`: texts about the owner and the organization; their parts of three letters and more count. E_INVALID says why,
 * without any of the password. */
enum rc quality_check(struct ctx *cx, struct str password, const struct str *own, size_t n_own) MUST_CHECK;

#endif
