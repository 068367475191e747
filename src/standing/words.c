/* The words of findings, for the search: tables finding_doc and finding_words. Triggers would keep them, but no
 * connection of ours runs any (store_configure()). */
#include "standing/keeper_int.h"

static enum rc run(struct pass *p, const char *const *statements, size_t n, struct str which)
{
    for (size_t i = 0; i < n; i++) {
        scoped_stmt *st = NULL;
        TRY(store_prepare(p->cx, p->db, str_from(statements[i]), &st));
        store_bind_str(st, 1, which);
        TRY(store_run(p->cx, st));
    }
    return OK;
}

/* An index without a content of its own is told what it is to forget. */
#define FORGET(where)                                                                                                  \
    "INSERT INTO finding_words (finding_words, rowid, text) SELECT 'delete', doc, text FROM finding_doc WHERE " where, \
        "DELETE FROM finding_doc WHERE " where

enum rc words_index(struct pass *p, struct str repository)
{
    static const char *const statements[] = {
        FORGET("repository = ?1"),
        "INSERT INTO finding_doc (repository, id, text) SELECT repository, id, message_en || ' ' || message_fi || ' ' "
        "||"
        " coalesce(path, '') FROM finding WHERE repository = ?1",
        "INSERT INTO finding_words (rowid, text) SELECT doc, text FROM finding_doc WHERE repository = ?1"};
    return run(p, statements, sizeof statements / sizeof *statements, repository);
}

enum rc words_drop_others(struct pass *p, struct str repositories)
{
    static const char *const statements[] = {
        FORGET("repository <> 'org' AND repository NOT IN (SELECT value FROM json_each(?1))")};
    return run(p, statements, sizeof statements / sizeof *statements, repositories);
}
