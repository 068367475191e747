/* What the files about people share. */
#ifndef SINETTI_IDENTITY_PEOPLE_INT_H
#define SINETTI_IDENTITY_PEOPLE_INT_H

#include "identity/identity_int.h"
#include "identity/people.h"

/* A person as the tables of `db` have them, and the number of that fact. E_NOTFOUND. */
enum rc person_read(struct ctx *cx, sqlite3 *db, struct str person, struct person *out, int64_t *n) MUST_CHECK;
/* Whether names and addresses are well-formed. */
enum rc person_check(struct ctx *cx, const struct person *p) MUST_CHECK;
/* The payload of a person's fact; accounts are those of fact n (-1: none). */
enum rc person_payload(struct ctx *cx, sqlite3 *db, const struct person *p, int64_t n, struct str *out) MUST_CHECK;

/* A person's fact to be, which goes on from fact n (-1: none): judged within the unit that appends it. */
struct person_change {
    struct person person;
    int64_t n;
};
enum rc person_change_make(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                           const struct person_change *c, struct body *out) MUST_CHECK;
enum rc person_change_judge(struct ctx *cx, sqlite3 *db, void *arg) MUST_CHECK;

/* What holds of a role whatever the tables say, and its payload. */
enum rc role_form(struct ctx *cx, const struct role_change *c, int64_t now) MUST_CHECK;
enum rc role_payload(struct ctx *cx, const struct role_change *c, struct str *out) MUST_CHECK;
/* E_CONFLICT when the person is the last lasting Security officer. */
enum rc officer_may_go(struct ctx *cx, sqlite3 *db, struct str person) MUST_CHECK;

/* Names and addresses that are taken: of all who are here but `but`. In cx's arena. */
struct likenesses;
enum rc likenesses_read(struct ctx *cx, sqlite3 *db, struct str but, struct likenesses **out) MUST_CHECK;
/* Takes p's too; E_CONFLICT when one can be taken for another's. `where` goes before the text. */
enum rc likenesses_add(struct ctx *cx, struct likenesses *l, const struct person *p, const char *where) MUST_CHECK;

#endif
