-- The verdicts as they were on a day, for every point of the catalog.
CREATE TABLE p_verdicts (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  catalog TEXT NOT NULL, program TEXT NOT NULL) STRICT;
CREATE INDEX p_verdicts_subject ON p_verdicts (subject, n);
CREATE VIEW fact_verdicts AS SELECT n, at, subject, actor, via, catalog, program FROM p_verdicts;
CREATE TABLE p_verdicts_refs (n INTEGER NOT NULL, seq INTEGER NOT NULL, oid TEXT NOT NULL, ref TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_verdicts_refs AS SELECT n, seq, oid, ref FROM p_verdicts_refs;
CREATE TABLE p_verdicts_points (n INTEGER NOT NULL, seq INTEGER NOT NULL, obligation TEXT NOT NULL, verdict TEXT NOT NULL,
  assurance TEXT NOT NULL, scope INTEGER NOT NULL, judged INTEGER NOT NULL, failing INTEGER NOT NULL,
  adopted INTEGER, due INTEGER,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_verdicts_points AS SELECT n, seq, obligation, verdict, assurance, scope, judged, failing, adopted, due
FROM p_verdicts_points;
CREATE TABLE p_verdicts_priorities (n INTEGER NOT NULL, seq INTEGER NOT NULL, task TEXT NOT NULL, priority TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_verdicts_priorities AS SELECT n, seq, task, priority FROM p_verdicts_priorities;

INSERT INTO p_verdicts (n, at, subject, actor, via, catalog, program)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'catalog', :payload ->> 'program');
INSERT INTO p_verdicts_refs SELECT :n, key, value ->> 'oid', value ->> 'ref'
FROM json_each(:payload, '$.refs');
INSERT INTO p_verdicts_points SELECT :n, key, value ->> 'obligation', value ->> 'verdict', value ->> 'assurance', value ->> 'scope',
  value ->> 'judged', value ->> 'failing', value ->> 'adopted', value ->> 'due'
FROM json_each(:payload, '$.points');
INSERT INTO p_verdicts_priorities SELECT :n, key, value ->> 'task', value ->> 'priority'
FROM json_each(:payload, '$.priorities');
