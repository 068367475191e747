-- The seam of a restored backup: what was lost.
CREATE TABLE p_restored (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  head TEXT NOT NULL, lost_from INTEGER NOT NULL, lost_to INTEGER NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
  reason TEXT NOT NULL) STRICT;
CREATE VIEW fact_restored AS SELECT n, at, subject, actor, via, head, lost_from, lost_to, old, new, reason FROM p_restored;

INSERT INTO p_restored (n, at, subject, actor, via, head, lost_from, lost_to, old, new, reason)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'head', :payload ->> 'lost_from', :payload ->> 'lost_to', :payload ->> 'old',
  :payload ->> 'new', :payload ->> 'reason');
