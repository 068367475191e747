-- What was done with items: each step, and for each item the move that brought it where it is. A new version of it (fact_record with a larger n) is
-- where its own `state` says.
CREATE TABLE p_step (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  step TEXT NOT NULL, version INTEGER NOT NULL, digest TEXT NOT NULL, move TEXT, state TEXT, phase TEXT, approves INTEGER, review_due INTEGER, reason TEXT,
  PRIMARY KEY (subject, n)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_step AS SELECT n, at, subject, actor, via, step, version, digest, move, state, phase, approves, review_due, reason FROM p_step;
CREATE TABLE p_step_last (subject TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, version INTEGER NOT NULL, digest TEXT NOT NULL,
  state TEXT NOT NULL, phase TEXT NOT NULL, approves INTEGER, review_due INTEGER,
  PRIMARY KEY (subject)) STRICT, WITHOUT ROWID;
CREATE INDEX p_step_last_due ON p_step_last (review_due);
CREATE INDEX p_step_last_state ON p_step_last (state);
CREATE VIEW fact_step_last AS SELECT n, 0 AS seq, subject, at, actor, version, digest, state, phase, approves, review_due FROM p_step_last;

INSERT INTO p_step (n, at, subject, actor, via, step, version, digest, move, state, phase, approves, review_due, reason)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'step', :payload ->> 'version', :payload ->> 'digest', :payload ->> 'move', :payload ->> 'state',
  :payload ->> 'phase', :payload ->> 'approves', :payload ->> 'review_due', :payload ->> 'reason');
INSERT OR REPLACE INTO p_step_last (subject, n, at, actor, version, digest, state, phase, approves, review_due)
SELECT :subject, :n, :at, :actor, :payload ->> 'version', :payload ->> 'digest', :payload ->> 'state', :payload ->> 'phase', :payload ->> 'approves',
  :payload ->> 'review_due' WHERE :payload ->> 'step' = 'move';
UPDATE p_step_last SET review_due = :payload ->> 'review_due' WHERE subject = :subject AND :payload ->> 'step' = 'review' AND digest = :payload ->> 'digest';
