-- Contents that are to be taken out of a hosted repository's history. It is done once a second person has approved it (fact_approval).
CREATE TABLE p_expunge (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE INDEX p_expunge_subject ON p_expunge (subject);
CREATE VIEW fact_expunge AS SELECT n, at, subject, actor, via, reason FROM p_expunge;
CREATE TABLE p_expunge_objects (n INTEGER NOT NULL, seq INTEGER NOT NULL, oid TEXT NOT NULL, path TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_expunge_objects AS SELECT n, seq, oid, path FROM p_expunge_objects;

INSERT INTO p_expunge (n, at, subject, actor, via, reason) VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'reason');
INSERT INTO p_expunge_objects SELECT :n, key, value ->> 'oid', value ->> 'path' FROM json_each(:payload, '$.objects');
