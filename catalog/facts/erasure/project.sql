-- That a body was taken away: `erased` is the number of its fact.
CREATE TABLE p_erasure (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  erased INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE VIEW fact_erasure AS SELECT n, at, subject, actor, via, erased, reason FROM p_erasure;
CREATE TABLE p_erasure_approved_by (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_erasure_approved_by AS SELECT n, seq, value FROM p_erasure_approved_by;

INSERT INTO p_erasure (n, at, subject, actor, via, erased, reason)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'n', :payload ->> 'reason');
INSERT INTO p_erasure_approved_by SELECT :n, key, value FROM json_each(:payload, '$.approved_by');
