-- A new key for the ledger's checkpoints.
CREATE TABLE p_rotation (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  old TEXT NOT NULL, new TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE VIEW fact_rotation AS SELECT n, at, subject, actor, via, old, new, reason FROM p_rotation;

INSERT INTO p_rotation (n, at, subject, actor, via, old, new, reason)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'old', :payload ->> 'new', :payload ->> 'reason');
