-- An approved exception from a point with an end, for one subject or for all (*).
CREATE TABLE p_waiver (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  about TEXT NOT NULL, until INTEGER NOT NULL, reason TEXT NOT NULL, withdrawn INTEGER,
  PRIMARY KEY (subject, about)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_waiver AS SELECT n, at, subject, actor, via, about, until, reason, withdrawn FROM p_waiver;
CREATE TABLE p_waiver_approved_by (n INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_waiver_approved_by AS SELECT n, seq, value FROM p_waiver_approved_by;

DELETE FROM p_waiver_approved_by WHERE n = (SELECT n FROM p_waiver WHERE subject = :subject AND about = :payload ->> 'about');
INSERT OR REPLACE INTO p_waiver (n, at, subject, actor, via, about, until, reason, withdrawn)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'about', :payload ->> 'until', :payload ->> 'reason', :payload ->> 'withdrawn');
INSERT INTO p_waiver_approved_by SELECT :n, key, value FROM json_each(:payload, '$.approved_by');
