/* What definitions of done ask of commits that a protected branch would get, and what evidence shows of it.
 *
 * What is asked, records say: items of the register of definitions of done, as they were last approved. A definition
 * that is being rewritten asks what it asked before; one that was retired asks nothing. Nothing a push brings has a
 * say.
 *
 * Evidence counts when it is about the same tree, whatever the commit: all a test or a scanner sees of a commit is its
 * tree. A message that was amended takes no evidence away; one changed byte of any file takes all of it. Of reports of
 * one name and type from one sender the newest counts; a failure in any that counts is one.
 *
 * checks_read() looks, outside any transaction; checks_still() within the unit that decides says whether what it saw is
 * still all there is. */
#ifndef SINETTI_GATES_CHECKS_H
#define SINETTI_GATES_CHECKS_H

#include "base/json.h"
#include "gates/push.h"
#include "records/append.h"

#define CHECK_ASVS "asvs" /* what approvals have ticked: counted within the unit that decides (check_ticks.h) */

/* Fills checks of the push; its refs have been read. */
enum rc checks_read(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p) MUST_CHECK;
/* E_CONFLICT: evidence or a definition has come meanwhile. */
enum rc checks_still(struct append *a, const struct push *p) MUST_CHECK;
/* As the member `checks` of the fact; nothing when there are none. */
void checks_put(struct ctx *cx, struct json *j, const struct push *p);
/* What the rules make of one (catalog/tasks): 1 it holds, 0 not. */
bool check_holds(const struct push_check *c);

#endif
