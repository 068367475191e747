/* Files that say something about how a team works: CODEOWNERS, MAINTAINERS, documents, changelogs, CI, manifests,
 * migrations, container files. Reading is pure and may run on any thread; storing is for the thread that owns the
 * tables.
 */
#ifndef SINETTI_OBSERVE_CONTENT_H
#define SINETTI_OBSERVE_CONTENT_H

#include "observe/people.h"
#include "store/store.h"

/* What was read of one file; lives in the arena it was read into. */
struct content;

/* Whether content_read() would find anything in such a file (else it need not be read for this purpose). */
bool content_wanted(struct str path, const char *class);

/* Never fails on the file's account: what does not parse becomes a row that says so. NULL when there is nothing to
 * tell. */
struct content *content_read(struct arena *a, struct str path, const char *class, struct str bytes);

/* Registers the people it mentions, then (second call, once all people of the run are known) writes its rows. */
void content_mention(struct content *c, struct people *p);
enum rc content_store(struct ctx *cx, sqlite3 *db, struct people *p, const struct content *c) MUST_CHECK;

/* After all files: which CODEOWNERS is in force and what each line decides (d_owner_rule.matches, d_file_owner), lock
 * files of manifests, migrations whose way down is a file of its own. Reads d_file. */
enum rc content_finish(struct ctx *cx, sqlite3 *db) MUST_CHECK;

#endif
