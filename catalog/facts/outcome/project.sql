-- What became of what a gate allowed; `settled`: found out later, after a crash.
CREATE TABLE p_outcome (n INTEGER NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL,
  decision INTEGER NOT NULL, outcome TEXT NOT NULL, settled INTEGER,
  PRIMARY KEY (decision)) STRICT, WITHOUT ROWID;
CREATE VIEW fact_outcome AS SELECT n, at, subject, actor, via, decision, outcome, settled FROM p_outcome;

INSERT OR REPLACE INTO p_outcome (n, at, subject, actor, via, decision, outcome, settled)
VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'decision', :payload ->> 'outcome', :payload ->> 'settled');
