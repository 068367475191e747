/* The subjects a rule is asked about. */
#include "rules/rules.h"

#define CREATE                                                                                                         \
    "CREATE TEMP TABLE IF NOT EXISTS asked(type TEXT NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL,"             \
    " PRIMARY KEY(type, name)) WITHOUT ROWID;"

/* Views that several rules share and that take long: a table of the same name hides each from the rules. */
#define KEEP(view) "CREATE TEMP TABLE IF NOT EXISTS " view " AS SELECT * FROM main." view ";"

enum rc rules_ask_none(struct ctx *cx, sqlite3 *db)
{
    return store_exec(cx, db,
                      CREATE "DELETE FROM temp.asked;" KEEP("reviewers") KEEP("reviews") KEEP("review_practice")
                          KEEP("listed") "CREATE INDEX IF NOT EXISTS temp.reviewers_commit ON reviewers(commit_oid);"
                                         "CREATE INDEX IF NOT EXISTS temp.reviews_commit ON reviews(commit_oid)");
}

enum rc rules_ask_all(struct ctx *cx, sqlite3 *db)
{
    TRY(rules_ask_none(cx, db));
    return store_exec(cx, db,
                      "INSERT INTO temp.asked VALUES ('repo', '', 'repo:self');"
                      "INSERT INTO temp.asked SELECT 'commit', oid, 'commit:self/' || oid FROM main.d_commit;"
                      "INSERT INTO temp.asked SELECT 'ref', name, 'ref:self/' || name FROM main.d_ref;"
                      "INSERT INTO temp.asked SELECT 'file', path, 'file:self/' || path FROM main.d_file");
}
