-- What gates decided, by which verdicts. A decision without an outcome is not settled yet.
CREATE TABLE p_decision (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  gate TEXT NOT NULL, decision TEXT NOT NULL, request TEXT NOT NULL, push INTEGER, override INTEGER,
  PRIMARY KEY (n)) STRICT, WITHOUT ROWID;
CREATE INDEX p_decision_override ON p_decision (override) WHERE override IS NOT NULL;
CREATE INDEX p_decision_push ON p_decision (push) WHERE push IS NOT NULL;
CREATE INDEX p_decision_subject ON p_decision (subject, n);
CREATE VIEW fact_decision AS SELECT n, at, subject, actor, via, gate, decision, request, push, override FROM p_decision;
CREATE TABLE p_decision_refs (n INTEGER NOT NULL, seq INTEGER NOT NULL, ref TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_decision_refs AS SELECT n, seq, ref, before, after FROM p_decision_refs;
CREATE TABLE p_decision_verdicts (n INTEGER NOT NULL, seq INTEGER NOT NULL, obligation TEXT NOT NULL, subject TEXT NOT NULL, ok INTEGER NOT NULL, mode TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_decision_verdicts AS SELECT n, seq, obligation, subject, ok, mode, count FROM p_decision_verdicts;

INSERT INTO p_decision (n, at, subject, actor, via, gate, decision, request, push, override)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'gate', :payload ->> 'decision', :payload ->> 'request', :payload ->> 'push', :payload ->> 'override');
INSERT INTO p_decision_refs SELECT :n, key, value ->> 'ref', value ->> 'before', value ->> 'after' FROM json_each(:payload, '$.refs');
INSERT INTO p_decision_verdicts SELECT :n, key, value ->> 'obligation', value ->> 'subject', value ->> 'ok', value ->> 'mode', coalesce(value ->> 'count', 1)
  FROM json_each(:payload, '$.verdicts');
