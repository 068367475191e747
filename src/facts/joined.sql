-- Items of registers as they stand, of the facts `record` and `step` together: what a list filters and sorts by, with an index for each (a table with rowids: an
-- index is asked before the row is fetched). No kind's own
-- table can hold it. `low` is the title as it is searched. `fact_…` names stay the kinds'; this is read as `items_now`.
CREATE TABLE j_item (subject TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL, low TEXT NOT NULL, owner TEXT NOT NULL, version INTEGER NOT NULL, n INTEGER NOT NULL,
  at INTEGER NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL, state_at INTEGER NOT NULL, approved_at INTEGER, review_due INTEGER) STRICT;
CREATE INDEX j_item_number ON j_item (kind, number, low, review_due);
CREATE INDEX j_item_title ON j_item (kind, title, number, low);
CREATE INDEX j_item_at ON j_item (kind, at, number);
CREATE INDEX j_item_state ON j_item (kind, state, number);
CREATE INDEX j_item_phase ON j_item (kind, phase, number, review_due);
CREATE INDEX j_item_phase_title ON j_item (kind, phase, title, number);
CREATE INDEX j_item_owner ON j_item (owner, kind, number);
CREATE INDEX j_item_due ON j_item (review_due, subject, kind) WHERE review_due IS NOT NULL;
CREATE INDEX j_item_owner_due ON j_item (owner, review_due, subject) WHERE review_due IS NOT NULL;
