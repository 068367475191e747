/* Subjects: what facts are about, `type:rest` (docs/formats/subjects.md). One thing has one spelling. Pure. */
#ifndef SINETTI_FACTS_SUBJECT_H
#define SINETTI_FACTS_SUBJECT_H

#include "base/ctx.h"
#include "catalog/catalog.h"

#define SUBJECT_ID 20 /* characters of an id */

/* Whether `s` is a subject a fact may have; its type goes to *out. E_INVALID says what is wrong. */
enum rc subject_check(struct ctx *cx, struct str s, enum subject_type *out) MUST_CHECK;

/* A ref's name or a path as it stands in a subject, and back. Back: false when it is not the one spelling. */
void subject_spell(struct buf *out, struct str name);
bool subject_unspell(struct buf *out, struct str spelled);

/* A new id, drawn at random, as a string. */
void subject_new_id(char out[SUBJECT_ID + 1]);

#endif
