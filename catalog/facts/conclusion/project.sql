-- An assessor's conclusion; it stands beside the computed status.
CREATE TABLE p_conclusion (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  conclusion TEXT NOT NULL, assessor TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX p_conclusion_subject ON p_conclusion (subject, n);
CREATE VIEW fact_conclusion AS SELECT n, at, subject, actor, via, conclusion, assessor, text FROM p_conclusion;

INSERT INTO p_conclusion (n, at, subject, actor, via, conclusion, assessor, text)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'conclusion', :payload ->> 'assessor', :payload ->> 'text');
