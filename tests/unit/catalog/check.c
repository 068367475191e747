/* catalog_check: a right folder has no faults, and each thing spoilt in it gives its own fault at its own place. */
#include "base/limits.h"
#include "catalog/catalog.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "unit.h"

#include "folder.h"

struct spoil {
    const char *path;
    const char *old, *new; /* old NULL: the whole file is `new`; new NULL: the file is removed */
    const char *at;        /* file and line of the fault expected first among those with the text */
    const char *text;      /* part of it */
    size_t faults;         /* in all */
};

#define FIRST "tasks/first/task.yaml"
#define SECOND "tasks/second/task.yaml"
#define RULE "tasks/second/shown.sql"
#define CASE "tasks/second/cases/shown--bad.json"
#define FRAME "frameworks/fw-1.0.yaml"
#define KIND "facts/thing/schema.yaml"
#define PROJECT "facts/thing/project.sql"
#define MEMO "kinds/memo.yaml"
#define PAPER "kinds/paper.yaml"
#define READY "templates/paper/rules.yaml"
#define LIBRARY "libraries/two.yaml"
#define MARK "facts/mark/project.sql"

/* One row per kind of fault. */
static const struct spoil spoils[] = {
    /* files */
    {"README.md", NULL, "x", "README.md:0", "no place in a catalog", 1},
    {"frameworks/notes.txt", NULL, "x", "frameworks/notes.txt:0", "no place in a catalog", 1},
    {"frameworks/.hidden.yaml", NULL, "x", "frameworks/.hidden.yaml:0", "no place in a catalog", 1},
    {"tasks/second/cases/readme", NULL, "x", "tasks/second/cases/readme:0", "no place in a catalog", 1},
    {"tasks/first/extra.py", NULL, "x", "tasks/first/extra.py:0", "no place in a catalog", 1},
    {"tasks/loose.yaml", NULL, "x", "tasks/loose.yaml:0", "not a task's folder", 1},
    {"tasks/loose", NULL, "x", "tasks/loose:0", "not a folder", 1},
    {"tasks/Upper/task.yaml", NULL, "x", "tasks/Upper:0", "not a task's folder", 1},
    {FIRST, NULL, NULL, "tasks/first:0", "there is no task.yaml", 2},
    {FIRST, "About it.", "About \xff it.", FIRST ":0", "not UTF-8", 2},
    /* libraries */
    {LIBRARY, "key: two", "key: three", LIBRARY ":1", "is not the file's name", 1},
    {LIBRARY, "relation: subset", "relation: cousin", LIBRARY ":15", "is no relation of a pair", 1},
    {LIBRARY, "strength: 50", "strength: 101", LIBRARY ":15", "not such a number", 1},
    {LIBRARY, "from: \"1.1\"", "from: \"7\"", LIBRARY ":15", "no control \"7\" in \"fw-1.0\"", 1},
    {LIBRARY, "target: old", "target: new", LIBRARY ":14", "unknown framework \"new\"", 2},
    {LIBRARY, "from: \"1.1\"", "from: \"1.2\"", LIBRARY ":15", "stands in line 14 too", 1},
    {LIBRARY, "reference: \"urn:x:c1\"", "reference: \"urn:x:c2\"", LIBRARY ":8", "unknown reference control", 1},
    {LIBRARY, "version: 2\n", "", LIBRARY ":1", "\"version\" of a library is missing", 1},
    {"libraries/notes.txt", NULL, "x", "libraries/notes.txt:0", "no place in a catalog", 1},
    /* YAML */
    {FIRST, "summary: {en", "summary: {en: {", FIRST ":", "", 1},
    {FIRST, NULL, "", FIRST ":0", "there are no keys", 1},
    {FIRST, NULL, "- a\n", FIRST ":1", "there are no keys", 1},
    {FIRST, "order: 1\n", "order: 1\norder: 3\n", FIRST ":3", "duplicate key \"order\"", 1},
    {FIRST, "{en: About it.", "&a {en: About it.", FIRST ":9", "an anchor", 1},
    {FIRST, "title: {en: First", "title: !x {en: First", FIRST ":8", "a tag", 1},
    {FIRST, "{en: Theme, fi: Teema}", "{en: &t Theme, fi: *t}", FIRST ":4", "an alias", 3},
    /* keys and values */
    {FIRST, "priority: high", "priority: high\ncolour: red", FIRST ":8", "unknown key \"colour\"", 1},
    {FIRST, "title: {en: First, fi: Eka}\n", "", FIRST ":1", "\"title\" of a task is missing", 1},
    {FIRST, "fi: Eka", "sv: Etta", FIRST ":8", "unknown key \"sv\"", 2},
    {FIRST, ", fi: Eka", "", FIRST ":8", "\"fi\" of \"title\" is missing", 1},
    {FIRST, "{en: First,", "{", FIRST ":8", "\"en\" of \"title\" is missing", 1},
    {FIRST, "fi: Eka", "fi: \"\"", FIRST ":8", "\"fi\" of \"title\" is empty", 1},
    {FIRST, "fi: Eka", "fi: \"E\\u202eka\"", FIRST ":8", "hidden characters", 1},
    {FIRST, "{en: First, fi: Eka}", "First", FIRST ":8", "not a text in each language", 1},
    {FIRST, "key: first", "key: First", FIRST ":1", "is not a key", 1},
    {FIRST, "key: first", "key: fourth", FIRST ":1", "not the folder's name", 1},
    {FRAME, "key: fw-1.0", "key: fw-2.0", FRAME ":1", "not the file's name", 5},
    {FIRST, "order: 1", "order: one", FIRST ":2", "is not such a number", 1},
    {FIRST, "order: 1", "order: 0", FIRST ":2", "is not such a number", 1},
    {FIRST, "priority: high", "priority: urgent", FIRST ":7", "\"urgent\" is no priority", 1},
    {FIRST, "strength: must", "strength: shall", FIRST ":16", "is no strength", 1},
    {FIRST, "source: page", "source: guess", FIRST ":11", "is no source", 1},
    {SECOND, "check: true", "check: maybe", SECOND ":24", "neither true nor false", 1},
    {FIRST, "id: \"9\"", "id: 9", FIRST ":11", "looks like a number", 1},
    {FIRST, "needs: [paper, memo]", "needs: []", FIRST ":21", "is an empty list", 2},
    {FIRST, "needs: [paper, memo]", "needs: [\"Some Kind\"]", FIRST ":21", "not a kind of record", 2},
    {FIRST, "[paper, memo]", "[memo, memo]", FIRST ":21", "duplicate kind", 1},
    /* frameworks */
    {FRAME, "id: \"1.2\"", "id: \"1.1\"", FRAME ":10", "duplicate control \"1.1\"", 2},
    {FRAME, "group: \"1\"}", "group: \"7\"}", FRAME ":9", "no heading \"7\"", 1},
    {FRAME, "heading: true", "heading: false", FRAME ":9", "is no heading", 2},
    {"frameworks/old.yaml", "order: 2", "order: 1", "frameworks/old.yaml:1", "order 1 is taken", 1},
    /* across files */
    {FIRST, "framework: fw-1.0", "framework: nope", FIRST ":12", "unknown framework \"nope\"", 1},
    {FIRST, "id: \"1.1\"", "id: \"1.9\"", FIRST ":12", "no control \"1.9\"", 1},
    {FIRST, "id: \"1.1\"", "id: \"1.2\"", FIRST ":12", "outside secure development", 1},
    {FIRST, "{framework: fw-1.0, id: \"1.1\", source: own_judgement}", "{framework: old, id: \"9\", source: page}",
     FIRST ":12", "stands twice", 1},
    {SECOND, "order: 2", "order: 1", SECOND ":2", "order 1 is taken by first", 1},
    {SECOND, "point: 2", "point: 1", SECOND ":19", "duplicate point 1", 1},
    {SECOND, "key: also", "key: shown", SECOND ":19", "duplicate obligation", 7},
    {SECOND, "theme_title: {en: Theme,", "theme_title: {en: Other,", SECOND ":1", "theme_title differs", 1},
    {SECOND, "policy_title: {en: Policy,", "policy_title: {en: Other,", SECOND ":1", "policy_title differs", 1},
    {"presets/few.yaml", "second/shown", "second/nothing", "presets/few.yaml:3", "unknown obligation", 1},
    {"presets/few.yaml", "second/shown", "shown", "presets/few.yaml:3", "unknown obligation", 1},
    {"presets/few.yaml", "second/shown", "first/named", "presets/few.yaml:3", "is a must already", 1},
    {"presets/few.yaml", "second/shown", "second/also, second/also", "presets/few.yaml:3", "stands twice", 1},
    {"presets/few.yaml", "[second/shown]", "second/shown", "presets/few.yaml:3", "is not a list", 1},
    {"presets/page.yaml", "recommended", "must", "presets/page.yaml:3", "not a strength", 1},
    /* points and their rules */
    {SECOND, "    message: {en: \"{title} does not show it.\", fi: \"{title} ei näytä sitä.\"}\n", "", SECOND ":19",
     "\"message\" of shown is missing", 1},
    {SECOND, "    fix: {en: Mend it., fi: Korjaa se.}\n", "", SECOND ":19", "\"fix\" of shown is missing", 1},
    {SECOND, "    needs: [paper]\n", "", SECOND ":11", "\"needs\" of also is missing", 1},
    {FIRST, "    needs:", "    fix: {en: a, fi: b}\n    message: {en: a, fi: b}\n    needs:", FIRST ":22",
     "\"message\" where there is no rule", 2},
    {FIRST, "    needs:", "    check: true\n    needs:", FIRST ":21", "\"check\" where there is no rule", 1},
    {FIRST, "    needs:", "    off: later\n    needs:", FIRST ":21", "\"off\" where there is no rule", 1},
    {SECOND, "fix: {en: Mend it.", "fix: {en: \"Mend {thing}.\"", SECOND ":27", "{thing} in \"fix\" is no column", 1},
    {SECOND, "fix: {en: Mend it.", "fix: {en: \"Mend {it.\"", SECOND ":27", "a { without }", 1},
    {SECOND, "settles: {en: Show it.", "settles: {en: \"Show {title}.\"", SECOND ":28",
     "the hole {title} in \"settles\"", 1},
    {"tasks/second/other.sql", NULL, "SELECT 1", "tasks/second/other.sql:0", "a rule of no obligation", 1},
    {RULE, NULL, NULL, SECOND ":19", "\"needs\" of shown is missing", 7},
    /* SQL */
    {RULE, "-- Evidence:", "-- Evidently:", RULE ":1", "no comment \"-- Evidence:\"", 1},
    {RULE, "-- Blind spots: all else.\n", "", RULE ":1", "no comment \"-- Blind spots:\"", 1},
    {RULE, "c.paths > 1", "c.pathos > 1", RULE ":4", "no such column: c.pathos", 1},
    {RULE, "SELECT", "SELEKT", RULE ":4", "syntax error", 1},
    {RULE, "JOIN commits", "JOIN comets", RULE ":0", "no such table", 1},
    {RULE, ":since\n", ":since;\nDELETE FROM asked", RULE ":0", "exactly one statement", 1},
    {RULE, "AS ok", "AS okay", RULE ":0", "column 2 is not \"ok\"", 1},
    {RULE, "c.at AS at,", "", RULE ":0", "column 3 is not \"at\"", 2},
    {RULE, "c.subject_line AS title", "c.subject_line AS title, 1 AS title", RULE ":0", "two columns are named", 1},
    {RULE, ":since", ":until", RULE ":0", "unknown parameter :until", 1},
    {RULE, "JOIN commits c", "JOIN d_commit c", RULE ":5", "\"d_commit\" is a derived table", 2},
    {RULE, "SELECT c.subject", "WITH x AS (SELECT oid FROM main.d_commit) SELECT c.subject", RULE ":4",
     "\"d_commit\" is a derived table", 1},
    {RULE, "SELECT c.subject", "WITH x AS (SELECT oid FROM 'd_commit') SELECT c.subject", RULE ":4",
     "\"d_commit\" is a derived table", 1},
    {RULE, "SELECT c.subject", "WITH commits AS (SELECT 'x' AS subject, * FROM \"d_commit\") SELECT c.subject",
     RULE ":4", "\"d_commit\" is a derived table", 1},
    {RULE, "c.at >= :since", "(SELECT count(*) FROM sqlite_schema) > 0", RULE ":0", "reads the table sqlite_", 1},
    {RULE, "c.at >= :since", "(SELECT count(*) FROM pragma_table_list) > 0", RULE ":0", "the rule does more than read",
     1},
    {RULE, "c.at >= :since", "random() > 0", RULE ":5", "the rule calls random", 1},
    {RULE, "c.at >= :since", "c.at < current_timestamp", RULE ":5", "the rule calls current_timestamp", 1},
    {RULE, "c.at >= :since", "c.at < unixepoch('now')", RULE ":5", "'now' reads the machine's clock", 1},
    {RULE, "c.at >= :since", "c.at < unixepoch()", RULE ":5", "unixepoch() without a time", 1},
    {RULE, "c.at >= :since", "'2026' < strftime('%Y')", RULE ":5", "strftime() without a time", 1},
    {RULE, "c.at >= :since", "'2026' < date(c.at, 'unixepoch', 'localtime')", RULE ":5", "time zone", 1},
    {RULE, NULL, "-- Evidence: a\n-- Blind spots: b\nDELETE FROM asked", RULE ":0", "the rule does more than read", 1},
    {RULE, NULL, "-- Evidence: a\n-- Blind spots: b\nPRAGMA user_version", RULE ":0", "the rule does more than read",
     1},
    {RULE, NULL, "-- Evidence: a\n-- Blind spots: b\nATTACH '/tmp/x' AS y", RULE ":0", "the rule does more than read",
     1},
    {RULE, NULL, "-- Evidence: a\n-- Blind spots: b\n", RULE ":0", "exactly one statement", 1},
    /* kinds of facts */
    {"facts/Upper/schema.yaml", NULL, "x", "facts/Upper:0", "not a kind's folder", 1},
    {"facts/thing/readme", NULL, "x", "facts/thing/readme:0", "no place in a catalog", 1},
    {KIND, NULL, NULL, "facts/thing:0", "there is no schema.yaml", 1},
    {PROJECT, NULL, NULL, "facts/thing:0", "there is no project.sql", 1},
    {KIND, "key: thing", "key: other", KIND ":1", "not the folder's name", 1},
    {KIND, "kept: true\n", "", KIND ":1", "\"kept\" of a kind is missing", 1},
    {KIND, "[project, repo]", "[project, planet]", KIND ":4", "no type of subject", 1},
    {KIND, "[project, repo]", "[project, project]", KIND ":4", "stands twice", 1},
    {KIND, "project: replaces", "project: mends", KIND ":5", "\"mends\" is no project", 2},
    {KIND, "[about]", "[size]", KIND ":6", "names no string", 1},
    {KIND, "[parts]", "[about]", KIND ":7", "names no list", 1},
    {KIND, "maximum: 9", "maximum: 9, multipleOf: 3", KIND ":13", "unknown key \"multipleOf\"", 1},
    {KIND, "{type: integer, minimum: 1,", "{type: number, minimum: 1,", KIND ":13", "\"number\" is no type", 4},
    {KIND, "{type: integer, ", "{", KIND ":13", "\"type\" of payload.size is missing", 1},
    {KIND, "minimum: 1", "minimum: 10", KIND ":13", "is over \"maximum\"", 1},
    {KIND, "minimum: 1", "minimum: 1.5", KIND ":13", "is not such a number", 1},
    {KIND, "[on, \"1\"]", "[on, 1]", KIND ":14", "a value of payload.mode is no string", 1},
    {KIND, "[on, \"1\"]", "[on, on]", KIND ":14", "stands twice", 1},
    {KIND, "[a-z]+:", "(?:[a-z]+):", KIND ":15", "a group is ( and ) alone", 1},
    {KIND, ", maxLength: 100", "", KIND ":15", "\"maxLength\" of payload.about is missing", 1},
    {KIND, "  additionalProperties: false\n", "", KIND ":9", "payload would take unknown fields", 1},
    {KIND, "additionalProperties: false, required", "additionalProperties: true, required", KIND ":20",
     "payload.parts[] would take unknown fields", 1},
    {KIND, "[size, parts]", "[size, weight]", KIND ":11", "none of the properties", 1},
    {KIND, "size: {", "Size: {", KIND ":13", "cannot be a field's name", 2},
    {KIND, "      maxItems: 3\n", "      uniqueItems: true\n", KIND ":18", "unknown key \"uniqueItems\"", 1},
    {PROJECT, "CREATE TABLE p_thing (", "CREATE TABLE q_thing (", PROJECT ":2", "it makes the table q_thing", 1},
    {PROJECT, "CREATE TABLE p_thing (", "CREATE TEMP TABLE p_thing (", PROJECT ":2", "the statement is refused", 1},
    {PROJECT, "  STRICT, WITHOUT ROWID;\nCREATE VIEW", ";\nCREATE VIEW", PROJECT ":0", "p_thing is not STRICT", 1},
    {PROJECT, "WITHOUT ROWID;\nCREATE INDEX", "WITHOUT ROWID;\nCREATE UNIQUE INDEX", PROJECT ":0",
     "a second unique key", 1},
    {PROJECT, "CREATE VIEW fact_thing AS SELECT n,", "CREATE VIEW fact_thing AS SELECT", PROJECT ":0",
     "fact_thing has no column \"n\"", 1},
    {PROJECT, "seq, name FROM", "name FROM", PROJECT ":0", "fact_thing_parts has no column \"seq\"", 1},
    {PROJECT, "CREATE VIEW fact_thing ", "CREATE VIEW fact_thing_all ", PROJECT ":0", "there is no view fact_thing", 2},
    {PROJECT, "FROM p_thing_parts;", "FROM p_mark;", PROJECT ":0", "no such table", 1},
    {PROJECT, "SELECT n, seq, name FROM p_thing_parts;",
     "SELECT rootpage AS n, rootpage AS seq, name FROM sqlite_schema;", PROJECT ":0", "it reads sqlite_", 1},
    {PROJECT, "DELETE FROM p_thing_parts", "DELETE FROM \"p_thing_parts\"", PROJECT ":8", "a name in quotes", 1},
    {PROJECT, "DELETE FROM p_thing_parts", "DELETE FROM sqlite_schema", PROJECT ":8", "SQL", 1},
    {PROJECT, "WHERE subject = :subject);", "WHERE subject = random());", PROJECT ":8", "it calls random", 1},
    {PROJECT, "WHERE subject = :subject);", "WHERE subject = :credential);", PROJECT ":8",
     "unknown parameter :credential", 1},
    {PROJECT, "DELETE FROM p_thing_parts WHERE",
     "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x FROM r)\n"
     "DELETE FROM p_thing_parts WHERE n IN (SELECT x FROM r) AND",
     PROJECT ":8", "it is recursive", 1},
    {PROJECT, "DELETE FROM p_thing_parts WHERE", "SELECT * FROM p_thing_parts WHERE", PROJECT ":8",
     "does not only change a table", 1},
    {PROJECT, "DELETE FROM", "PRAGMA user_version = 3;\nDELETE FROM", PROJECT ":8", "the statement is refused", 1},
    {PROJECT, "DELETE FROM", "ATTACH '/tmp/x' AS y;\nDELETE FROM", PROJECT ":8", "the statement is refused", 1},
    {PROJECT, "DELETE FROM", "DROP TABLE p_thing;\nDELETE FROM", PROJECT ":8", "the statement is refused", 1},
    {PROJECT, "DELETE FROM", "COMMIT;\nDELETE FROM", PROJECT ":8", "the statement is refused", 1},
    {PROJECT, "DELETE FROM",
     "CREATE TRIGGER p_thing_t AFTER INSERT ON p_thing BEGIN DELETE FROM p_thing; END;\nDELETE FROM", PROJECT ":8",
     "the statement is refused", 1},
    {MARK, NULL,
     "CREATE TABLE p_mark (n INTEGER PRIMARY KEY, at, subject, actor, via);\n"
     "CREATE VIEW fact_mark AS SELECT * FROM p_mark;\n",
     MARK ":0", "no statement puts a fact into the tables", 2},
    {MARK, "INSERT INTO p_mark", "UPDATE p_mark SET text = '';\nINSERT INTO p_mark", MARK ":3",
     "a kind that adds changes other rows", 1},
    {MARK, "n INTEGER PRIMARY KEY, at INTEGER,", "n INTEGER, at INTEGER PRIMARY KEY,", MARK ":0",
     "p_mark of a kind that adds has another key", 2},
    /* cases */
    {CASE, NULL, NULL, RULE ":0", "no case has a row with ok 0", 1},
    {CASE, "\"ok\": 0", "\"ok\": 1", RULE ":0", "no case has a row with ok 0", 1},
    {"tasks/second/cases/shown--good.json", NULL, NULL, RULE ":0", "no case has a row with ok 1", 1},
    {"tasks/second/cases/shown--none.json", NULL, NULL, RULE ":0", "ok null, or no rows", 1},
    {"tasks/second/cases/also--x.json", NULL, "{}", "tasks/second/cases/also--x.json:0", "a case of no rule", 1},
    {CASE, NULL, "{\"about\": ", CASE ":1", "not a case", 2},
    {CASE, NULL, "[]", CASE ":1", "not a case: no object", 2},
    {CASE, "{\"about\"", "{\"about\": \"x\", \"about\"", CASE ":1", "not a case", 2},
    {CASE, "\"about\": \"bad\", ", "", CASE ":0", "\"about\" is missing", 1},
    {CASE, "2026-06-01T00:00:00Z", "June", CASE ":1", "\"now\" is missing or no time", 1},
    {CASE, "\"since\"", "\"from\"", CASE ":1", "\"from\" is no key of a case", 2},
    {CASE, "\"commit\":", "\"comet\":", CASE ":2", "\"comet\" is no derived table", 1},
    {CASE, "\"paths\"", "\"pathos\"", CASE ":2", "is no column of d_commit", 1},
    {CASE, "\"paths\": 2", "\"paths\": [2]", CASE ":2", "neither text", 1},
    {CASE, "[{\"oid\": \"c1\", \"paths\": 2}]", "3", CASE ":2", "is no list", 1},
    {CASE, "\"ok\": 0", "\"ok\": 2", CASE ":3", "ok is not 1, 0 or null", 2},
    {CASE, "\"subject\": \"commit:self/c1\"", "\"about\": \"c1\"", CASE ":3", "without a subject", 1},
    /* kinds of record */
    {"kinds/notes.txt", NULL, "x", "kinds/notes.txt:0", "no place in a catalog", 1},
    {PAPER, "key: paper", "key: papers", PAPER ":1", "is not the file's name", 4},
    {PAPER, "prefix: PAP", "prefix: pap", PAPER ":5", "\"prefix\" is not one", 1},
    {PAPER, "tasks: [first]", "tasks: [third]", PAPER ":6", "unknown task \"third\"", 1},
    {PAPER, "type: markdown", "type: html", PAPER ":8", "is no type of a field", 1},
    {PAPER, "key: why", "key: sort", PAPER ":9", "duplicate field \"sort\"", 2},
    {PAPER, "required: true}", "required: true, many: true}", PAPER ":8", "does not go with the type", 1},
    {PAPER, ", {key: short, title: {en: Short, fi: Lyhyt}}", "", PAPER ":9", "nothing to choose", 1},
    {PAPER, "is: long", "is: wide", PAPER ":10", "can never be true", 1},
    {PAPER, "to: [paper, repo]", "to: [book]", PAPER ":12", "no kind of record", 1},
    {PAPER, "name, type: text", "name, type: table", PAPER ":13", "a column cannot be", 1},
    {PAPER, "fi: Luonnos}, phase: open", "fi: Luonnos}, phase: closed", PAPER ":15", "the first state is not open", 1},
    {PAPER, "edit: draft", "edit: gone", PAPER ":16", "leads to no state", 1},
    {PAPER, "edit: draft", "edit: approved", PAPER ":16", "without anybody's approval", 1},
    {PAPER, "from: [draft], to", "from: [begun], to", PAPER ":19", "there is no state \"begun\"", 2},
    {PAPER, "to: retired", "to: approved", PAPER ":19", "no move leads to the state \"retired\"", 1},
    {MEMO, "from: [open]", "from: [done]", MEMO ":13", "nothing leads on from the state \"open\"", 2},
    {PAPER, "who: [security_officer", "who: [boss", PAPER ":19", "neither a role nor a field", 1},
    {PAPER, "other_than: [editor]", "other_than: [why]", PAPER ":19", "neither a role nor a field", 1},
    {PAPER, "needs: [sort]", "needs: [sorts]", PAPER ":19", "there is no field \"sorts\"", 1},
    {PAPER, "people: 2", "people: 0", PAPER ":19", "is not such a number", 1},
    {PAPER, "days: 365", "days: 0", PAPER ":21", "is not such a number", 1},
    {PAPER, "accept: [developer]", "accept: [owner]", PAPER ":22", "neither a role nor a field", 1},
    /* templates */
    {"templates/book/rules.yaml", NULL, "key: rules\ntitle: {en: A, fi: B}\nabout: {en: A, fi: B}\ncontent: {}\n",
     "templates/book/rules.yaml:0", "no kind of record \"book\"", 1},
    {"templates/paper/notes.txt", NULL, "x", "templates/paper/notes.txt:0", "no place in a catalog", 1},
    {READY, "key: rules", "key: other", READY ":1", "not the file's name", 1},
    {READY, "about: {en: What it is for., fi: Mitä varten se on.}\n", "", READY ":1", "\"about\" of a template", 1},
    {READY, "shows: [first/named]", "shows: [second/shown]", READY ":4", "no point that an item of this kind", 1},
    {READY, "shows: [first/named]", "shows: [first/named, first/named]", READY ":4", "stands twice", 1},
    {READY, "  sort: long", "  sort: middling", READY ":7", "is no choice of \"sort\"", 1},
    {READY, "  sort: long", "  colour: red", READY ":7", "unknown key \"colour\"", 1},
    {READY, "\"12\"", "\"twelve\"", READY ":8", "is no number", 1},
    {READY, "  sort: long", "  reader: \"person:x\"", READY ":7", "cannot hold \"reader\"", 1},
    {READY, "    - name: ISO", "    - names: ISO", READY ":11", "unknown key \"names\"", 1},
    {READY, "parts:\n", "parts: all\n  pages2:\n", READY ":9", "", 2},
    {READY, "{en: \"We [fill in: what].\"", "{en: \"We do.\"", READY ":6", "differ in what is to be filled in", 1},
    {READY, "Rules of [fill in: team]", "Rules", READY ":1", "differ in what is to be filled in", 1},
    {READY, "[fill in: what].", "[fill in: what.", READY ":6", "has no end", 2},
    {READY, "[täydennä: mitä]", "[fill in: mitä]", READY ":6", "in the other language", 1},
    {READY, "{en: One, fi: Yksi}", "{en: One}", READY ":10", "\"fi\" of", 1},
    {READY, "{en: One, fi: Yksi}", "{en: \"One\\nor two\", fi: Yksi}", READY ":10", "has line breaks", 1},
};

struct seen {
    const struct spoil *want;
    size_t faults, matching;
    bool sorted;
    char last[300], log[8000];
    int last_line;
};

static void see(void *arg, const struct catalog_fault *f)
{
    struct seen *s = arg;
    char at[320], file[300];
    (void)snprintf(file, sizeof file, STR_FMT, STR_ARG(f->file));
    (void)snprintf(at, sizeof at, "%s:%d", file, f->line);
    size_t n = strlen(s->log);
    (void)snprintf(s->log + n, sizeof s->log - n, "    %s: " STR_FMT ". " STR_FMT "\n", at, STR_ARG(f->text),
                   STR_ARG(f->remedy));
    int order = strcmp(s->last, file);
    s->sorted = s->sorted && (order < 0 || (order == 0 && s->last_line <= f->line));
    strcpy(s->last, file);
    s->last_line = f->line;
    s->faults++;
    if (f->remedy.n == 0) s->sorted = false;
    if (!s->want) return;
    size_t m = strlen(s->want->at);
    bool here = s->want->at[m - 1] == ':' ? !strncmp(at, s->want->at, m) : !strcmp(at, s->want->at);
    s->matching += here && str_has(f->text, str_from(s->want->text));
}

static char dir[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static int setup(void **state)
{
    (void)state;
    folder_make(dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void check(struct seen *s)
{
    struct ctx cx;
    size_t faults = 99;
    s->sorted = true;
    ctx_init(&cx);
    enum rc rc = catalog_check(&cx, dir, see, s, &faults);
    if (rc != OK) print_error("%s\n", cx.message);
    ctx_release(&cx);
    assert_int_equal(rc, OK);
    assert_int_equal(faults, s->faults);
}

static const char *content_of(const char *path)
{
    for (int i = 0; i < N_RIGHT; i++)
        if (!strcmp(right_catalog[i].path, path)) return right_catalog[i].content;
    return NULL;
}

static void apply(const struct spoil *s)
{
    char name[256];
    (void)snprintf(name, sizeof name, "%s/%s", dir, s->path);
    if (!s->new) {
        assert_int_equal(remove(name), 0);
        return;
    }
    if (!s->old) {
        folder_put(dir, s->path, s->new, strlen(s->new));
        return;
    }
    const char *before = content_of(s->path), *at = before ? strstr(before, s->old) : NULL;
    if (!at) fail_msg("%s has no \"%s\"", s->path, s->old);
    scoped_buf b;
    buf_init(&b, 0);
    buf_add(&b, before, (size_t)(at - before));
    buf_cstr(&b, s->new);
    buf_cstr(&b, at + strlen(s->old));
    folder_put(dir, s->path, b.p, b.n);
}

static void restore(const struct spoil *s)
{
    char name[256];
    const char *content = content_of(s->path);
    if (content) {
        folder_put(dir, s->path, content, strlen(content));
        return;
    }
    (void)snprintf(name, sizeof name, "%s/%s", dir, s->path);
    assert_int_equal(remove(name), 0);
    *strrchr(name, '/') = 0;
    (void)rmdir(name); /* only when the fault brought its folder along */
}

static void test_catalog_check__right_folder_has_no_faults(void **state)
{
    (void)state;
    struct seen s = {0};
    check(&s);
    if (s.faults) print_error("%s", s.log);
    assert_int_equal(s.faults, 0);
}

static void test_catalog_check__each_fault_is_found_at_its_place(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++) {
        struct seen s = {.want = &spoils[i]};
        apply(&spoils[i]);
        check(&s);
        restore(&spoils[i]);
        if (s.matching == 1 && s.faults == spoils[i].faults && s.sorted) continue;
        wrong++;
        print_error("row %zu, want %zu fault(s), \"%s\" at %s; got %zu:\n%s", i, spoils[i].faults, spoils[i].text,
                    spoils[i].at, s.faults, s.log);
    }
    assert_int_equal(wrong, 0);
}

static void keep(void *arg, const struct catalog_fault *f)
{
    buf_printf(arg, STR_FMT " " STR_FMT "\n", STR_ARG(f->file), STR_ARG(f->text));
}

/* What a changed schema no longer admits of what the right one does; the folder is as before afterwards. */
static void grow(const char *old, const char *new, const char *want)
{
    struct ctx cx;
    struct catalog *before, *after = NULL;
    size_t faults = 0;
    struct spoil change = {.path = KIND, .old = old, .new = new};
    scoped_buf said;
    buf_init(&said, 0);
    ctx_init(&cx);
    assert_int_equal(catalog_load(&cx, dir, &before), OK);
    apply(&change);
    if (catalog_load(&cx, dir, &after) != OK) fail_msg("%s: %s", new, cx.message);
    restore(&change);
    catalog_check_growth(&cx, before, after, keep, &said, &faults);
    if (want ? faults != 1 || !str_has(buf_view(&said), str_from(want)) : faults != 0)
        fail_msg("%s: %zu faults\n" STR_FMT, new, faults, STR_ARG(buf_view(&said)));
    catalog_free(before);
    catalog_free(after);
    ctx_release(&cx);
}

static void test_catalog_check__a_schema_only_grows(void **state)
{
    (void)state;
    grow("maximum: 9}", "maximum: 10}", NULL);
    grow("required: [size, parts]", "required: [parts]", NULL);
    grow("[on, \"1\"]", "[on, off, \"1\"]", NULL);
    grow("    parts:\n", "    more: {type: boolean}\n    parts:\n", NULL);
    grow("[project, repo]", "[project, repo, org]", NULL);
    grow("maximum: 9}", "maximum: 8}", "facts/thing/schema.yaml payload.size has narrower bounds");
    grow("required: [size, parts]", "required: [size, parts, mode]", "payload.mode is required now");
    grow("[on, \"1\"]", "[\"1\"]", "payload.mode admits fewer values");
    grow("    mode: {type: string, enum: [on, \"1\"]}\n", "", "payload.mode is gone");
    grow("[a-z]+:", "[a-z]+;", "payload.about has another pattern");
    grow("{type: integer, minimum: 1, maximum: 9}", "{type: string, maxLength: 9}", "payload.size has another type");
    grow("maxLength: 20", "maxLength: 19", "payload.parts[].name has narrower bounds");
    grow("[project, repo]", "[project]", "subjects lack a type");
    grow("kept: true", "kept: false", "kept is taken back");
    grow("kept: true", "kept: true\nreserved: true", "the kind is reserved now");
    grow("kept: true", "kept: true\nby_request: true", "the kind comes by request alone now");
    grow("required: [size, parts]\n  properties:\n",
         "required: [size, parts, more]\n  properties:\n    more: {type: boolean}\n",
         "payload.more is new, and required");
    grow("subject_fields: [about]", "subject_fields: [about, mode]", "payload.mode must be a subject now");
}

static void test_catalog_check__links_are_not_followed(void **state)
{
    (void)state;
    char name[256];
    (void)snprintf(name, sizeof name, "%s/frameworks/link.yaml", dir);
    assert_int_equal(symlink("/etc/passwd", name), 0);
    (void)snprintf(name, sizeof name, "%s/tasks/link", dir);
    assert_int_equal(symlink("/etc", name), 0);
    struct seen s = {0};
    check(&s);
    assert_int_equal(s.faults, 2);
    assert_non_null(strstr(s.log, "frameworks/link.yaml:0: a symbolic link"));
    assert_non_null(strstr(s.log, "tasks/link:0: not a folder"));
}

static void test_catalog_check__special_files_do_not_block(void **state)
{
    (void)state;
    char name[256];
    (void)snprintf(name, sizeof name, "%s/presets/pipe.yaml", dir);
    assert_int_equal(mkfifo(name, 0600), 0);
    struct seen s = {0};
    check(&s);
    assert_int_equal(s.faults, 1);
    assert_non_null(strstr(s.log, "not a plain file"));
}

static void test_catalog_check__large_files_are_not_read(void **state)
{
    (void)state;
    char *text = calloc(1, LIMIT_CATALOG_FILE + 2);
    assert_non_null(text);
    memset(text, '#', LIMIT_CATALOG_FILE + 1);
    folder_put(dir, FRAME, text, LIMIT_CATALOG_FILE + 1);
    free(text);
    struct seen s = {0};
    check(&s);
    assert_non_null(strstr(s.log, FRAME ":0: larger than"));
}

static void test_catalog_check__all_faults_of_a_folder_come_at_once(void **state)
{
    (void)state;
    apply(&(struct spoil){.path = FIRST, .old = "priority: high", .new = "priority: urgent\nextra: 1"});
    apply(&(struct spoil){.path = FRAME, .old = "id: \"1.2\"", .new = "id: \"1\""});
    apply(&(struct spoil){.path = RULE, .old = "-- Evidence:", .new = "--"});
    struct seen s = {0};
    check(&s);
    assert_int_equal(s.faults, 5);
    assert_true(s.sorted);
}

static void test_catalog_check__absent_folder_is_not_found(void **state)
{
    (void)state;
    struct ctx cx;
    size_t faults;
    struct seen s = {0};
    ctx_init(&cx);
    assert_int_equal(catalog_check(&cx, "/nonexistent/catalog", see, &s, &faults), E_NOTFOUND);
    assert_int_equal(catalog_check(&cx, "/etc/passwd", see, &s, &faults), E_NOTFOUND);
    ctx_release(&cx);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(test_catalog_check__##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(right_folder_has_no_faults), T(each_fault_is_found_at_its_place),
        T(links_are_not_followed),     T(special_files_do_not_block),
        T(large_files_are_not_read),   T(all_faults_of_a_folder_come_at_once),
        T(absent_folder_is_not_found), T(a_schema_only_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
