-- What the facts room keeps beside the ledger's tables, in the same file and transactions.
-- Every fact; the view `facts` is what others read.
CREATE TABLE IF NOT EXISTS p_facts (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT, actor TEXT, via TEXT) STRICT;
-- By what the audit log is read: few kinds, people and things that last, so that entries go to the ends of few ranges. Not of commits and files.
CREATE INDEX IF NOT EXISTS p_facts_kind ON p_facts (kind, n, actor);
CREATE INDEX IF NOT EXISTS p_facts_actor ON p_facts (actor, n, kind);
CREATE INDEX IF NOT EXISTS p_facts_subject ON p_facts (subject, n) WHERE substr(subject, 1, 5) IN ('task:', 'oblig', 'repo:', 'perso', 'proje', 'group');
CREATE VIEW IF NOT EXISTS facts AS SELECT n, at, kind, subject, actor, via FROM p_facts;
-- Kinds whose tables are made: the digest of what made them, and the schema last used.
CREATE TABLE IF NOT EXISTS projections (kind TEXT PRIMARY KEY, digest TEXT NOT NULL, schema BLOB NOT NULL) STRICT, WITHOUT ROWID;
-- How often they were made: who has prepared statements sees by it that they are of yesterday. And, while some are being
-- made beside: for which definitions, and up to which fact.
CREATE TABLE IF NOT EXISTS projecting (one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, beside TEXT, next INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO projecting VALUES (1, 0, NULL, 0);
-- The definition of what is made of two kinds together (joined.sql).
CREATE TABLE IF NOT EXISTS joined (one INTEGER PRIMARY KEY CHECK (one = 1), digest TEXT NOT NULL) STRICT;
INSERT OR IGNORE INTO joined VALUES (1, '');
-- With what all of them were last found as they should be (tables.c), and how often they had been made then: who starts with the same need not compare
-- each.
CREATE TABLE IF NOT EXISTS made (one INTEGER PRIMARY KEY CHECK (one = 1), digest TEXT NOT NULL, generation INTEGER NOT NULL) STRICT;
-- When the machine's clock was last believed: which start of the machine it was, microseconds since then, and the clock.
CREATE TABLE IF NOT EXISTS clock (one INTEGER PRIMARY KEY CHECK (one = 1), boot TEXT NOT NULL, up INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
