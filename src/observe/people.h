/* Who is who: names and addresses → persons. Two mentions are the same person when they share an address, a full name
 * of two words or more, or a .mailmap line says so; people are only ever joined, never split, so that independence of a
 * reviewer is never overstated. A person is shown to rules as a keyed hash only. */
#ifndef SINETTI_OBSERVE_PEOPLE_H
#define SINETTI_OBSERVE_PEOPLE_H

#include "base/ctx.h"

struct people;

struct people *people_new(const uint8_t key[16]);
void people_free(struct people *p);

/* Mentions a person; either part may be empty. Returns a handle for people_hash(). */
int people_mention(struct people *p, struct str name, struct str email);
/* A .mailmap file (gitmailmap(5)): its lines join people. Lines that do not parse are passed over. */
void people_mailmap(struct people *p, struct str content);
/* The person's hash, 32 hex digits, final once all mentions are in; it does not depend on their order. */
struct str people_hash(struct people *p, int handle);

/* The person who was mentioned by this address: their hash, or STR_NONE. Borrowed until the next call. Mentions nobody.
 */
struct str people_find(struct people *p, struct str email);

/* From now on people_hash() tells mentions apart: each name and address has a hash of its own, final at once. What was
 * stored with such hashes can be joined later, and again differently when mentions come or go (see observe/join.h). */
void people_keep_apart(struct people *p);
/* Mentions so far, by handle from 0; name and email as they were given. */
int people_count(const struct people *p);
void people_get(const struct people *p, int handle, struct str *name, struct str *email);

/* A robot by its name or address: [bot], dependabot, renovate, github-actions, *-bot … */
bool people_is_bot(struct str name, struct str email);
/* The hosting service itself as committer: noreply@github.com, noreply@gitlab.com, … */
bool people_is_host(struct str name, struct str email);

#endif
