/* Which names the refs of a push may have: ones that anybody can read without being led astray, that git takes for
 * nothing else, and that nobody takes for another's. Two are taken for one another when they are the same without case,
 * accents' spelling and scripts that look alike (identity/names.h), or when a file system that knows no case would have
 * one stand where the other's folder is; here a branch and a tag of one name are two for git, too, which asks for the
 * tag first.
 *
 * A name that is there already stays: only what begins is judged. */
#ifndef SINETTI_GATES_REF_NAMES_H
#define SINETTI_GATES_REF_NAMES_H

#include "gates/push.h"

/* What every system can keep, and shows as it is. */
bool ref_name_is_plain(struct str name);

/* Sets `shape` (and what it is taken for) of refs that begin and may not. there: branches and tags as they are, in
 * full.
 */
enum rc ref_names_judge(struct ctx *cx, struct push *p, const struct str *there, size_t n) MUST_CHECK;

#endif
