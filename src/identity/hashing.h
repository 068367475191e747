/* Argon2id by libsodium, at INTERACTIVE cost: 64 MiB each, so at most HASHES_AT_ONCE at a time in this process; whoever
 * comes when many wait already hears E_BUSY. Threads: locked inside. */
#ifndef SINETTI_IDENTITY_HASHING_H
#define SINETTI_IDENTITY_HASHING_H

#include "base/ctx.h"

#define HASHES_AT_ONCE 4
#define HASHES_WAITING 32
#define HASH_TEXT 128

enum rc hashing_make(struct ctx *cx, struct str password, char out[HASH_TEXT]) MUST_CHECK;
/* *right says whether it is that password; hash STR_NONE: the same time is spent on nobody's, and it is not. */
enum rc hashing_check(struct ctx *cx, struct str hash, struct str password, bool *right) MUST_CHECK;
/* Whether it was made at another cost than today's. */
bool hashing_is_old(struct str hash);

#endif
